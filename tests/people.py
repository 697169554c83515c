"""People for tests: accounts made as the operator makes them, browsers that keep cookies."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from api.accounts.changes import account_named, add_account, make_token
from api.accounts.credentials import csrf_of
from api.accounts.passwords import hashed
from api.accounts.sign_in import open_session
from api.app import create_app
from api.deps import WritePool, now
from schemas.accounts import Person, Role
from tests.conftest import Register

PASSWORD = "Mật khẩu của tôi 2026"
START = datetime(2026, 11, 24, 8, tzinfo=UTC)
SECRETS: dict[str, str] = {}
"""Hashes of the passwords that people were hired with; each takes a tenth of a second."""


@dataclass
class Clock:
    """The time the routes read."""

    moment: datetime = START

    def __call__(self) -> datetime:
        return self.moment

    def wait(self, **span: float) -> None:
        self.moment += timedelta(**span)


class Browser:
    """A browser without scripts: keeps cookies, sends forms with their mark."""

    def __init__(self, app: FastAPI, address: str, base_url: str) -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 1))
        self.http = httpx.AsyncClient(
            transport=transport, base_url=base_url, headers={"Accept": "text/html"}
        )

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.http.get(path, **more)

    async def mark(self, path: str) -> str:
        """The mark that the forms of a page carry."""
        page = await self.get(path)
        found = re.search(r'name="csrf" value="([0-9a-f]*)"', page.text)
        assert found, page.text
        return found[1]

    async def send(self, page: str, path: str, **fields: str) -> httpx.Response:
        """Fill in a form of `page` that goes to `path`."""
        return await self.http.post(path, data={"csrf": await self.mark(page), **fields})

    async def sign_in(
        self, name: str, password: str = PASSWORD, next_path: str = "/account"
    ) -> httpx.Response:
        return await self.send("/login", "/login", name=name, password=password, next=next_path)

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self.http.cookies.jar}


@dataclass
class House:
    """The program for one register, its clock, and the people who use it.

    `moved_in`: the newest event of the audit trail before; an empty house has no people.
    """

    app: FastAPI
    clock: Clock
    moved_in: int = 0
    browsers: list[Browser] = field(default_factory=list)

    @property
    def database(self) -> WritePool:
        pool: WritePool = self.app.state.write_database
        return pool

    def browser(self, address: str = "192.0.2.1", base_url: str = "http://test") -> Browser:
        self.browsers.append(Browser(self.app, address, base_url))
        return self.browsers[-1]

    async def hire(self, name: str, role: Role, password: str = PASSWORD) -> Person:
        if password not in SECRETS:
            SECRETS[password] = await hashed(password)
        async with self.database.transaction() as connection:
            number = await add_account(
                connection, "sqh", name, role, SECRETS[password], self.clock()
            )
        return Person(number, name, role)

    async def session(self, person: Person) -> dict[str, str]:
        """Headers of a browser in which the person is signed in, with the mark."""
        async with self.database.transaction() as connection:
            token = await open_session(connection, person, self.clock())
        assert token is not None
        return {"Cookie": f"sqh={token}", "X-CSRF-Token": csrf_of(token)}

    async def bearer(self, person: Person, days: int = 30) -> dict[str, str]:
        """Headers of a program that works for the person."""
        async with self.database.transaction() as connection:
            account = await account_named(connection, person.name)
            token = await make_token(connection, person, account, "thử", days, self.clock())
        return {"Authorization": f"Bearer {token}"}

    async def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request by a program that keeps nothing."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **more)

    async def trail(self, action: str) -> list[dict[str, Any]]:
        """Events of one action, oldest first."""
        return [event for event in await self.events() if event["action"] == action]

    async def events(self) -> list[dict[str, Any]]:
        """What the audit trail tells since the house was opened, oldest first."""
        query = """
            SELECT at, actor, action, subject, before::text AS before, after::text AS after
              FROM audit_event WHERE id > $1 ORDER BY id
        """
        return [dict(row) for row in await self.database.fetch(query, self.moved_in)]

    async def empty(self) -> None:
        """Nobody has an account, nobody failed to sign in."""
        await self.database.fetchval("DELETE FROM account")
        await self.database.fetchval("DELETE FROM login_attempt")
        query = "SELECT coalesce(max(id), 0) FROM audit_event"
        self.moved_in = await self.database.fetchval(query)


@asynccontextmanager
async def house_of(register: Register) -> AsyncIterator[House]:
    """The program for a register, until the end of the block."""
    app, clock = create_app(register.settings, register.url), Clock()
    app.dependency_overrides[now] = clock
    house = House(app, clock)
    await house.empty()
    try:
        yield house
    finally:
        for browser in house.browsers:
            await browser.http.aclose()
        await app.state.database.close()
        await app.state.write_database.close()
