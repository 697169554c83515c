"""The audit trail: who changed what, when, with the state before and after."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from schemas.accounts import Person
from schemas.queries import load_queries

WRITE = load_queries(Path(__file__).with_name("access.sql"))["audit"]


async def write_audit(
    connection: asyncpg.Connection,
    person: Person | str,
    action: str,
    subject: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    *,
    at: datetime | None = None,
) -> None:
    """One event, in the transaction of the change it tells. Never a password, never a token.

    `person`: who did it; a name where nobody is signed in. `at`: now, by the database's clock.
    """
    actor = person.name if isinstance(person, Person) else person
    states = (
        orjson.dumps(state).decode() if state is not None else None for state in (before, after)
    )
    await connection.execute(WRITE, at, actor, action, subject, *states)
