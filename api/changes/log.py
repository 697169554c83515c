"""The log of changes as a document: complete, ordered, in pages; apply it in its order."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

import asyncpg
import orjson
from pydantic import TypeAdapter, ValidationError

from api.changes.queries import QUERIES
from api.changes.words import KINDS, happened
from api.deps import Pool
from api.params import Moment
from schemas.errors import BadQuestion
from schemas.words import Words

MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
SINCE = Words(
    "“since” là con trỏ đã nhận (một số) hoặc một thời điểm có múi giờ.",
    "“since” is a cursor you were given (a number), or a moment with its time zone.",
)
SUCH_AS = Words(
    "Ví dụ since=0 (từ đầu) hoặc since=2026-01-31T08:00:00%2B07:00.",
    "Such as since=0 (from the start) or since=2026-01-31T08:00:00%2B07:00.",
)


async def changes_since(database: Pool, since: str, most: int) -> dict[str, Any]:
    """`changes/1`: up to `most` entries after a cursor or a moment, the oldest first.

    `cursor`: where the next question begins; `next`: its address while there is more now.
    """
    after = await _cursor(database, since)
    rows = await database.fetch(QUERIES["log"], after, most + 1)
    items = [change_item(row) for row in rows[:most]]
    cursor = items[-1]["seq"] if items else str(after)
    more = len(rows) > most
    return {
        "schema": "changes/1",
        "since": since,
        "items": items,
        "cursor": cursor,
        "next": f"/v1/changes?since={cursor}&limit={most}" if more else None,
    }


async def _cursor(database: Pool, since: str) -> int:
    text = since.strip()
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    try:
        moment = MOMENT.validate_python(text)
    except ValidationError as error:
        raise BadQuestion(SINCE, remedy=SUCH_AS) from error
    if text.lstrip("+-").replace(".", "").isdigit():  # a bare number is no moment
        raise BadQuestion(SINCE, remedy=SUCH_AS)
    return int(await database.fetchval(QUERIES["before_moment"], moment))


def change_item(row: asyncpg.Record) -> dict[str, Any]:
    """One entry: what changed, by which decision, which days of which version began and ended."""
    detail = orjson.loads(row["detail"])
    item = {
        "seq": str(row["seq"]),
        "revision": row["revision"],
        "at": row["at"],
        "kind": row["kind"],
        "says": KINDS[row["kind"]]._asdict(),
        "plan": None,
        "versions": [],
        "extent": list(row["extent"]) if row["extent"] else None,
    }
    if row["plan_id"] is None:
        return item | {"counts": detail["counts"], "communes": detail.get("communes", [])}
    return item | _plan_part(row, detail["versions"])


def _plan_part(row: asyncpg.Record, versions: list[dict[str, Any]]) -> dict[str, Any]:
    url = f"/plans/{quote(row['plan_id'], safe='')}"
    told = dict(row) | {"versions": versions}
    return {
        "says": happened(told)._asdict(),
        "plan": {
            "id": row["plan_id"],
            "name": row["plan_name"],
            "level": row["plan_level"],
            "authority": row["authority"],
            "url": url,
        },
        "version": row["version"],
        "decision": row["decision"],
        "date": row["date"],
        "adjustment_kind": row["adjustment_kind"],
        "invented": row["invented"],
        "versions": [
            each | {"url": f"{url}/versions/{each['version']}"} for each in versions
        ],
    }  # fmt: skip
