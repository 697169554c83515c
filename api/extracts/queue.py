"""The way to the press: a short queue, no sheet printed twice, and a bound for each address."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime, timedelta

from maps.extract.press import PRESS
from schemas.errors import Busy, TooManySheets

QUEUE = 8
"""Sheets waiting or in print at the most: the last of them waits about two seconds."""
KEPT = 64
ISSUES, WINDOW = 60, timedelta(hours=1)
ADDRESSES = 4096


class Press:
    """The press of one program. Every method runs in its event loop."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._under_way: dict[str, asyncio.Future[bytes]] = {}
        self._waiting = 0
        self._issued: OrderedDict[str, deque[datetime]] = OrderedDict()

    async def sheet(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The sheet of a key: kept, under way, or printed now. Raises Busy."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if key not in self._under_way:
            self._under_way[key] = asyncio.ensure_future(self._print(key, make))
        return await asyncio.shield(self._under_way[key])

    async def run(self, make: Callable[[], bytes]) -> bytes:
        """One turn at the press. Raises Busy where too many wait."""
        if self._waiting >= QUEUE:
            raise Busy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(PRESS, make)
        finally:
            self._waiting -= 1

    async def _print(self, key: str, make: Callable[[], bytes]) -> bytes:
        try:
            pdf = await self.run(make)
        finally:
            self._under_way.pop(key, None)
        self._kept[key] = pdf
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return pdf

    def count_issue(self, address: str, moment: datetime) -> None:
        """Note that an address has a new paper issued. Raises TooManySheets beyond ISSUES an hour.

        Addresses stay in memory alone, the latest ADDRESSES of them.
        """
        times = self._issued.setdefault(address, deque())
        self._issued.move_to_end(address)
        while times and times[0] <= moment - WINDOW:
            times.popleft()
        if len(times) >= ISSUES:
            raise TooManySheets(int((times[0] + WINDOW - moment).total_seconds()) + 1)
        times.append(moment)
        while len(self._issued) > ADDRESSES:
            self._issued.popitem(last=False)
