"""A report as everybody may see it, and as its sender and the office do."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

import asyncpg
import orjson

from api.deps import Pool
from api.tickets.queries import QUERIES
from schemas.day import legal_day
from schemas.errors import NotFound
from schemas.tickets import ACTIONS, STATES, number_typed
from schemas.words import Words

NO_TICKET = Words("Không có phản ánh nào mang số này.", "There is no report with this number.")
HOW = Words("Số phản ánh có dạng 7K3M-9QXD.", "A report's number looks like 7K3M-9QXD.")


async def ticket_row(database: Pool, text: str) -> asyncpg.Record:
    """The report of a number as people type it. Raises NotFound."""
    number = number_typed(text)
    row = await database.fetchrow(QUERIES["ticket"], number) if number else None
    if row is None:
        raise NotFound(NO_TICKET, remedy=HOW)
    return row


def public_document(row: asyncpg.Record, moment: datetime) -> dict[str, Any]:
    """`ticket/1`: number, object, state, office, age and answer; never message, photo or sender."""
    end = row["closed_at"] or moment
    return {
        "schema": "ticket/1",
        "id": row["id"],
        "subject": row["subject"],
        "about": orjson.loads(row["about"]),
        "state": row["state"],
        "says": STATES[row["state"]]._asdict(),
        "office": row["office"],
        "opened_at": row["opened_at"],
        "age_days": age_days(row["opened_at"], end),
        "answer": row["answer"],
        "answered_at": row["answered_at"],
        "closed_at": row["closed_at"],
        "history": [_step(event) for event in orjson.loads(row["events"])],
        "url": f"/reports/{row['id']}",
    }  # fmt: skip


def _step(event: dict[str, Any]) -> dict[str, Any]:
    action = event["action"]
    at = datetime.fromisoformat(event["at"])
    return {"at": at, "action": action, "says": ACTIONS[action]._asdict()}


def age_days(opened: datetime, end: datetime) -> int:
    """Days by the calendar of Viet Nam between two moments."""
    return (legal_day(end) - legal_day(opened)).days


def object_url(about: dict[str, Any]) -> str | None:
    """The page of the object that a report is about, where it has one."""
    if "parcel" in about:
        return "/parcels/" + "/".join(quote(p, safe="") for p in about["parcel"].split("/", 2))
    if "plan" in about:
        return f"/plans/{quote(about['plan'], safe='')}/versions/{about['version']}"
    return None
