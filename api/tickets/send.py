"""A report comes in: throttled by address, stored with its photo, given its number."""

import secrets
from datetime import datetime
from math import ceil

import asyncpg
import orjson

from api.accounts.credentials import hash_of
from api.accounts.queries import QUERIES as ACCOUNT_QUERIES
from api.accounts.throttle import reporter_of
from api.deps import Pool, WritePool
from api.tickets.about import Subject, subject_of
from api.tickets.form import Sent
from api.tickets.queries import QUERIES
from schemas.errors import TooManyReports
from schemas.jobs import CLEAN_PHOTO, task_name
from schemas.tickets import new_number, said_text

FREE_BY_ADDRESS = 5
LONGEST_WAIT_S = 3600.0


async def open_ticket(
    database: WritePool,
    reading: Pool,
    sent: Sent,
    *,
    address: str | None,
    storage_srid: int,
    moment: datetime,
) -> tuple[str, str]:
    """The number of a new report, and the key of its sender's own link.

    Raises BadField, BadQuestion, NotFound, UnknownParcel, TooManyReports; then nothing is stored.
    """
    message = said_text(sent.fields.get("message", ""), "message")
    subject = await subject_of(reading, sent.fields, storage_srid, moment)
    key = secrets.token_urlsafe(24)
    async with database.transaction() as connection:
        await _count(connection, address, moment)
        number = await _store(connection, subject, message, hash_of(key), moment)
        if sent.photo:
            await connection.execute(QUERIES["photo_in"], number, sent.photo)
            arguments = orjson.dumps({"ticket_id": number}).decode()
            lock = f"ticket/{number}"
            await connection.execute(QUERIES["defer"], task_name(CLEAN_PHOTO), lock, arguments, 5)
    return number, key


async def _count(connection: asyncpg.Connection, address: str | None, moment: datetime) -> None:
    """Every report counts; after a few of one day each waits twice as long as the one before."""
    subject = reporter_of(address)
    values = (subject, moment, FREE_BY_ADDRESS, LONGEST_WAIT_S)
    if await connection.fetchval(ACCOUNT_QUERIES["count_attempt"], *values) is None:
        until = await connection.fetchval(ACCOUNT_QUERIES["locked_until"], subject)
        raise TooManyReports(max(1, ceil((until - moment).total_seconds())))


async def _store(
    connection: asyncpg.Connection, subject: Subject, message: str, reader: str, moment: datetime
) -> str:
    about = orjson.dumps(subject.reference).decode()
    number = None
    while number is None:  # until a number is free
        number = await connection.fetchval(
            QUERIES["open"], new_number(), moment, subject.words, message, about,
            subject.authority_id, reader, *subject.place, subject.parcel_id,
        )  # fmt: skip
    await connection.execute(QUERIES["tell"], number, moment, "opened", None, None)
    return str(number)
