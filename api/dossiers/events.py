"""What happens to a dossier, as server-sent events: from the event table, so that a reload, another
server or a restart misses nothing."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import orjson

from api.deps import Pool
from api.dossiers.ask import QUERIES
from api.dossiers.bell import Bell
from schemas.accounts import Person
from schemas.dossier_words import STATES, failure_words
from schemas.errors import DatabaseUnavailable
from schemas.words import Words

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
MEDIA_TYPE = "text/event-stream"
RETRY_MS, RETRY_LATER_MS = 2_000, 20_000
MOST_STREAMS = 8
"""What one person watches at once; of more, each tells what happened and comes back later."""
HEARTBEAT_S = 15.0
"""How long a watcher hears nothing, and is not asked again who it is."""
QUIET_S = 5.0
"""Silence after which a watcher wants to know whether anybody works at all."""

NO_WORKER = Words(
    "Chưa có tiến trình xử lý nào chạy (sqh worker); hồ sơ vẫn được giữ và sẽ được xử lý.",
    "No worker is running (sqh worker); the dossier is kept and will be dealt with.",
)
NO_DATABASE = Words(
    "Cơ sở dữ liệu tạm thời không trả lời; đang thử lại.",
    "The database does not answer for now; trying again.",
)


StillThere = Callable[[], Awaitable[bool]]


async def stream(
    database: Pool, bell: Bell, dossier_id: int, after: int, person: Person, still: StillThere
) -> AsyncIterator[bytes]:
    """Events after number `after`, as they come; `end` when no work is under way.

    `still`: whether the person may see them yet; asked again and again, a no ends the stream.
    """
    spoke = heard = asked = time.monotonic()
    with bell.watch(dossier_id, person.id) as ring:
        is_one_too_many = bell.watching[person.id] > MOST_STREAMS
        yield f"retry: {RETRY_LATER_MS if is_one_too_many else RETRY_MS}\n\n".encode()
        while True:
            if time.monotonic() - asked > HEARTBEAT_S:
                asked = time.monotonic()
                if not await still():
                    return
            news = await _news(database, dossier_id, after)
            for event in news["events"]:
                after, heard = event["seq"], time.monotonic()
                yield _event(event["kind"], event, after)
            if news["end"] is not None and not news["events"]:
                yield _event("end", news["end"])
                return
            if is_one_too_many:
                return
            silent = time.monotonic() - max(spoke, heard)
            if news["trouble"] is not None and silent > QUIET_S:
                spoke = time.monotonic()
                yield _event("waiting", {"words": news["trouble"]._asdict()})
            elif silent > HEARTBEAT_S:
                spoke = time.monotonic()
                yield b": \n\n"
            if not news["events"]:
                await bell.wait(ring)


async def _news(database: Pool, dossier_id: int, after: int) -> dict[str, Any]:
    """New events; `end`: how the dossier stands once nothing is under way; `trouble`: why not."""
    try:
        row = await database.fetchrow(QUERIES["news"], dossier_id, after)
    except DatabaseUnavailable:
        return {"events": [], "end": None, "trouble": NO_DATABASE}
    if row is None:
        return {"events": [], "end": {"state": None}, "trouble": None}
    end = None
    if row["work"] is None:
        failure = row["failure"] and failure_words(orjson.loads(row["failure"]))._asdict()
        words = STATES[row["state"]]._asdict()
        end = {"state": row["state"], "words": words, "failure": failure}
    trouble = None if row["has_worker"] else NO_WORKER
    return {"events": orjson.loads(row["events"]), "end": end, "trouble": trouble}


def _event(kind: str, data: dict[str, Any], number: int | None = None) -> bytes:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {kind}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"
