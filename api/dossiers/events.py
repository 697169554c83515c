"""What happens to a dossier, as server-sent events: from the event table, so that a reload, another
server or a restart misses nothing."""

import time
from collections.abc import AsyncIterator
from typing import Any

import orjson

from api.deps import Pool
from api.dossiers.ask import QUERIES
from api.dossiers.bell import Bell
from schemas.dossier_words import STATES
from schemas.errors import DatabaseUnavailable
from schemas.words import Words

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
MEDIA_TYPE = "text/event-stream"
RETRY_MS = 2000
HEARTBEAT_S = 15.0
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


async def stream(database: Pool, bell: Bell, dossier_id: int, after: int) -> AsyncIterator[bytes]:
    """Events after number `after`, as they come; `end` when no work is under way."""
    yield f"retry: {RETRY_MS}\n\n".encode()
    spoke = heard = time.monotonic()
    with bell.watch(dossier_id) as ring:
        while True:
            news = await _news(database, dossier_id, after)
            for event in news["events"]:
                after, heard = event["seq"], time.monotonic()
                yield _event(event["kind"], event, after)
            if news["end"] is not None and not news["events"]:
                yield _event("end", news["end"])
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
        failure = orjson.loads(row["failure"]) if row["failure"] else None
        words = STATES[row["state"]]._asdict()
        end = {"state": row["state"], "words": words, "failure": failure}
    trouble = None if row["has_worker"] else NO_WORKER
    return {"events": orjson.loads(row["events"]), "end": end, "trouble": trouble}


def _event(kind: str, data: dict[str, Any], number: int | None = None) -> bytes:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {kind}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"
