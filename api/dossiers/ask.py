"""Asking for work on a dossier: state, audit event, notice and job in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from api.accounts.access import write_audit
from api.dossiers.rights import POSSIBLE_IN, Work
from schemas.accounts import Person
from schemas.errors import Refused
from schemas.jobs import JOB_OF_WORK, dossier_lock, task_name
from schemas.queries import load_queries
from schemas.words import Words

QUERIES = load_queries(Path(__file__).with_name("dossiers.sql"))
URGENT = ("publish", "reject", "withdraw")
"""Work of a moment, which does not wait behind other dossiers' checks."""

CHANGED = Words(
    "Hồ sơ vừa được người khác xử lý; hãy tải lại trang.",
    "Somebody else has just begun work on the dossier; load the page again.",
)
NOTICES: dict[Work, Words] = {
    "check": Words("Hồ sơ chờ kiểm tra", "Waiting to be checked"),
    "publish": Words("{person} yêu cầu công bố", "{person} asks for publication"),
    "reject": Words("{person} trả lại hồ sơ", "{person} turns the dossier away"),
    "withdraw": Words("{person} yêu cầu thu hồi", "{person} asks for withdrawal"),
}


async def ask_for(
    work: Work,
    connection: asyncpg.Connection,
    dossier_id: int,
    sha256: str,
    person: Person,
    moment: datetime,
    *,
    asked: Mapping[str, Any] | None = None,
    wishes: Mapping[str, Any] | None = None,
) -> None:
    """Begin a work in the caller's transaction. Raises Refused where another was faster."""
    order = {"name": person.name, **(asked or {})}
    begun = await connection.fetchval(
        QUERIES["begin"], dossier_id, work, POSSIBLE_IN[work], _json(order), _json(wishes)
    )
    if begun is None:
        raise Refused(CHANGED)
    notice = NOTICES[work].filled(person=person.name)
    after = {**(asked or {}), **(wishes or {})}
    after.pop("by", None)
    await write_audit(
        connection, person, f"ask_{work}", f"dossier/{sha256}", after=after, at=moment
    )
    await connection.execute(
        QUERIES["defer"],
        task_name(JOB_OF_WORK[work]),
        dossier_lock(dossier_id),
        _json({"dossier_id": dossier_id}),
        10 if work in URGENT else 0,
    )
    await connection.execute(QUERIES["tell"], dossier_id, moment, *notice)


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else orjson.dumps(value).decode()
