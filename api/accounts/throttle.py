"""Failed sign-ins slow down, twice as long each time: by name and address, by address, by name.

By name and address first: whoever tries a name from elsewhere does not lock out its owner. Tries
against one name from everywhere count too, but many more of them are free.
"""

import hashlib
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import NamedTuple

import asyncpg

from api.accounts.queries import QUERIES
from schemas.errors import TooManyAttempts

FREE_BY_BOTH = 5
FREE_BY_ADDRESS = 20  # an office shares one
FREE_BY_NAME = 50
LONGEST_WAIT_S = 900.0


class Subjects(NamedTuple):
    """Under what a try is counted; hashed, since people type passwords into the name's field."""

    both: str
    address: str
    name: str


def subjects_of(name: str, address: str | None) -> Subjects:
    """`address`: of the client; of an IPv6 address its network counts, since a house has one."""
    who, where = f"name {name.casefold()}", f"address {_network(address or '')}"
    return Subjects(_hash(f"{who}, {where}"), _hash(where), _hash(who))


def reporter_of(address: str | None) -> str:
    """Under what error reports from an address are counted, apart from its sign-ins."""
    return _hash(f"report {_network(address or '')}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _network(address: str) -> str:
    try:
        found = ip_address(address.split("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or found.packed[:8].hex())


async def count_attempt(
    connection: asyncpg.Connection, subjects: Subjects, moment: datetime
) -> None:
    """Count a try before it is looked at, so that many at once are no way round.

    Raises TooManyAttempts; then nothing may be counted, and the caller rolls back.
    """
    for subject, free in zip(subjects, (FREE_BY_BOTH, FREE_BY_ADDRESS, FREE_BY_NAME), strict=True):
        counted = await connection.fetchval(
            QUERIES["count_attempt"], subject, moment, free, LONGEST_WAIT_S
        )
        if counted is None:
            until = await connection.fetchval(QUERIES["locked_until"], subject)
            raise TooManyAttempts(max(1, ceil((until - moment).total_seconds())))


async def forgive(connection: asyncpg.Connection, subjects: Subjects, moment: datetime) -> None:
    """The try was no failure: the name is free again, its address loses the one count."""
    for subject in (subjects.both, subjects.name):
        await connection.execute(QUERIES["forgive_subject"], subject)
    await connection.execute(QUERIES["forgive_address"], subjects.address)
    await connection.execute(QUERIES["forget_attempts"], moment)
