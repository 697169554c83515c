"""Signing in and out: a password proven, a session opened, ended, counted in the trail."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import asyncpg

from api.accounts.access import IDLE
from api.accounts.audit import write_audit
from api.accounts.credentials import hash_of, new_token
from api.accounts.passwords import fits, hashed, outdated
from api.accounts.queries import QUERIES
from api.accounts.throttle import count_attempt, forgive, subjects_of
from api.deps import WritePool
from schemas.accounts import LONGEST_PASSWORD, Person, account_name
from schemas.errors import BadQuestion

LONGEST_SESSION = timedelta(days=7)
SOMEBODY = "?"


@dataclass(frozen=True)
class Attempt:
    """One try to prove who one is. `address`: of the client, None where it is unknown."""

    name: str
    password: str = field(repr=False)
    address: str | None
    moment: datetime


async def prove(database: WritePool, attempt: Attempt) -> Person | None:
    """The person whose password this is, or None: unknown, wrong and disabled look alike.

    Raises TooManyAttempts.
    """
    name = _known_form(attempt.name)
    account = await database.fetchrow(QUERIES["by_name"], name) if name else None
    secret: str | None = account["secret"] if account else None
    subjects = subjects_of(account["name"] if account else attempt.name, attempt.address)
    async with database.transaction() as connection:
        await count_attempt(connection, subjects, attempt.moment)
    good = await fits(secret, attempt.password[: LONGEST_PASSWORD + 1])
    async with database.transaction() as connection:
        if account is None or secret is None or not good or account["disabled"]:
            await _tell_failure(connection, account, attempt)
            return None
        await forgive(connection, subjects, attempt.moment)
        if outdated(secret):
            renewed = await hashed(attempt.password)
            await connection.execute(QUERIES["renew_secret"], account["id"], renewed, secret)
    return Person(account["id"], account["name"], account["role"])


def _known_form(typed: str) -> str | None:
    try:
        return account_name(typed)
    except BadQuestion:
        return None


async def _tell_failure(
    connection: asyncpg.Connection, account: asyncpg.Record | None, attempt: Attempt
) -> None:
    """What was typed is not told where it is no account's name: it may be a password."""
    subject = f"account/{account['name'] if account else SOMEBODY}"
    after = {"address": attempt.address}
    await write_audit(
        connection, SOMEBODY, "sign_in_failed", subject, after=after, at=attempt.moment
    )


async def sign_in(database: WritePool, attempt: Attempt, old_cookie: str | None) -> str | None:
    """The token of a new session, or None where the name and password do not belong together.

    `old_cookie`: of the session the browser had; it ends. Raises TooManyAttempts.
    """
    person = await prove(database, attempt)
    if person is None:
        return None
    async with database.transaction() as connection:
        if old_cookie:
            await connection.execute(QUERIES["end_session"], hash_of(old_cookie))
        await connection.execute(QUERIES["forget_sessions"], attempt.moment, attempt.moment - IDLE)
        token = await open_session(connection, person, attempt.moment)
        if token is not None:
            subject, after = f"account/{person.name}", {"address": attempt.address}
            await write_audit(
                connection, person, "sign_in", subject, after=after, at=attempt.moment
            )
    return token


async def open_session(
    connection: asyncpg.Connection, person: Person, moment: datetime
) -> str | None:
    """The token of a new session; None where the account was disabled this moment."""
    token = new_token()
    values = (hash_of(token), moment, moment + LONGEST_SESSION)
    opened = await connection.fetchval(QUERIES["open_session"], person.id, *values)
    return token if opened else None


async def sign_out(database: WritePool, person: Person, cookie: str, moment: datetime) -> None:
    """End the session of this cookie."""
    async with database.transaction() as connection:
        await connection.execute(QUERIES["end_session"], hash_of(cookie))
        await write_audit(connection, person, "sign_out", f"account/{person.name}", at=moment)
