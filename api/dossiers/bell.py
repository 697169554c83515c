"""One connection per server that hears of new events of dossiers, and wakes who waits for them."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import asyncpg

CHANNEL = "dossier"
DEAF_S = 1.0
"""How often to look while nothing is heard; also how long until the next try to listen."""
HEARING_S = 10.0
"""How often to look all the same while listening."""


class Bell:
    """Wakes waiters when PostgreSQL notifies; without a connection they look every second."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._waiters: defaultdict[int, set[asyncio.Event]] = defaultdict(set)
        self.watching: Counter[int] = Counter()
        """How much each person, by id, watches now."""
        self._task: asyncio.Task[None] | None = None
        self._hears = False

    @contextmanager
    def watch(self, dossier_id: int, person_id: int) -> Iterator[asyncio.Event]:
        """An event that is set whenever something new is told of the dossier."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._listen())
        mine = asyncio.Event()
        self._waiters[dossier_id].add(mine)
        self.watching[person_id] += 1
        try:
            yield mine
        finally:
            self.watching[person_id] -= 1
            self._waiters[dossier_id].discard(mine)
            if not self._waiters[dossier_id]:
                del self._waiters[dossier_id]

    async def wait(self, mine: asyncio.Event) -> None:
        """Until the bell rings, or it is time to look anyway."""
        with suppress(TimeoutError):
            await asyncio.wait_for(mine.wait(), HEARING_S if self._hears else DEAF_S)
        mine.clear()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self) -> None:
        while True:
            with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._hear()
            self._hears = False
            await asyncio.sleep(DEAF_S)

    async def _hear(self) -> None:
        """Listen until the connection ends."""
        ended = asyncio.Event()
        connection = await asyncpg.connect(self._url, timeout=5)
        try:
            connection.add_termination_listener(lambda _: ended.set())
            await connection.add_listener(CHANNEL, self._ring)
            self._hears = True
            self._ring_all()
            await ended.wait()
        finally:
            with suppress(Exception):
                await connection.close(timeout=2)

    def _ring(self, _: object, __: int, ___: str, payload: object) -> None:
        for waiter in self._waiters.get(int(str(payload)), ()):
            waiter.set()

    def _ring_all(self) -> None:
        """Whatever was told while nobody listened."""
        for waiters in self._waiters.values():
            for waiter in waiters:
                waiter.set()
