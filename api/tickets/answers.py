"""The office answers and closes; the table itself refuses to close what has no answer."""

from datetime import datetime

import asyncpg

from api.accounts.access import write_audit
from api.deps import WritePool
from api.tickets.queries import QUERIES
from schemas.accounts import Person
from schemas.errors import Refused
from schemas.words import Words

CLOSED = Words(
    "Phản ánh này đã đóng; không gì thay đổi.", "This report is closed; nothing changed."
)
NO_ANSWER = Words(
    "Chưa trả lời thì không đóng được phản ánh.", "A report without an answer cannot be closed."
)
WRITE_ONE = Words("Hãy viết câu trả lời trước.", "Write an answer first.")


async def answer_ticket(
    database: WritePool, number: str, text: str, person: Person, moment: datetime
) -> None:
    """An answer for everybody to read. Raises Refused where the report is closed."""
    async with database.transaction() as connection:
        if await connection.fetchval(QUERIES["answer"], number, text, moment) is None:
            raise Refused(CLOSED)
        await _told(connection, number, "answered", person, moment, text)


async def close_ticket(database: WritePool, number: str, person: Person, moment: datetime) -> None:
    """Raises Refused where there is no answer, or it is closed already."""
    try:
        async with database.transaction() as connection:
            if await connection.fetchval(QUERIES["close"], number, moment) is None:
                raise Refused(CLOSED)
            await _told(connection, number, "closed", person, moment, None)
    except asyncpg.CheckViolationError as error:
        raise Refused(NO_ANSWER, remedy=WRITE_ONE) from error


async def _told(
    connection: asyncpg.Connection,
    number: str,
    action: str,
    person: Person,
    moment: datetime,
    text: str | None,
) -> None:
    await connection.execute(QUERIES["tell"], number, moment, action, person.name, text)
    after = {"answer": text} if text else None
    await write_audit(
        connection, person, f"ticket_{action}", f"ticket/{number}", after=after, at=moment
    )
