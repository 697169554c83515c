"""People at the gate for tests: accounts with bearer tokens, and a worker that runs when told."""

import hashlib
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import shapely
from fastapi import FastAPI

from api.accounts.credentials import csrf_of
from api.app import create_app
from ingest.jobs import jobs
from schemas.db import connect
from tests.conftest import Register
from tests.gate_dossier import EAST, NORTH, plan_layers, write_dossier, zipped

PEOPLE = {
    "lan": "planner", "minh": "planner", "binh": "approver", "chi": "approver", "an": "admin",
    "oanh": "officer", "cuc": "clerk",
}  # fmt: skip
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@dataclass
class Office:
    """The program for one register, and the people who use it."""

    register: Register
    app: FastAPI
    tokens: dict[str, str]

    def client(self, name: str | None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.tokens[name]}"} if name else {}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)

    def browser(self, name: str) -> httpx.AsyncClient:
        """A browser without scripts in which somebody is signed in."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        headers = {"Accept": "text/html", "Cookie": f"sqh={self.tokens[name]}"}
        return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)

    def mark(self, name: str) -> str:
        """What a form of theirs carries."""
        return csrf_of(self.tokens[name])

    async def get(self, name: str | None, path: str, **more: Any) -> httpx.Response:
        async with self.client(name) as client:
            return await client.get(path, **more)

    async def deliver(self, name: str | None, path: Path, **fields: str) -> httpx.Response:
        async with self.client(name) as client:
            files = {"file": (path.name, path.read_bytes())}
            return await client.post("/v1/dossiers", data=fields, files=files)

    async def ask(
        self, name: str | None, dossier: int, work: str, body: dict[str, Any] | None = None
    ) -> httpx.Response:
        """Ask for a work; who publishes has read the last check, unless `body` says another."""
        read = {"run": self.last_run(dossier)} if work == "publish" else {}
        async with self.client(name) as client:
            return await client.post(f"/v1/dossiers/{dossier}/{work}", json=read | (body or {}))

    def last_run(self, dossier: int) -> int:
        """The number of a dossier's last check."""
        query = "SELECT coalesce(max(id), 1) FROM ingest_run WHERE dossier_id = %s"
        return int(self.rows(query, dossier)[0][0])

    async def dossier(self, name: str, dossier: int) -> dict[str, Any]:
        answer = await self.get(name, f"/v1/dossiers/{dossier}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def work(self) -> None:
        """A worker does all there is to do, and stops."""
        app = jobs(self.register.url, self.register.settings)
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False)

    async def post(self, name: str | None, path: str, body: dict[str, Any]) -> httpx.Response:
        async with self.client(name) as client:
            return await client.post(path, json=body)

    async def send(self, name: str, path: str, body: bytes) -> httpx.Response:
        """A body as it is, said to be JSON."""
        async with self.client(name) as client:
            headers = {"Content-Type": "application/json"}
            return await client.post(path, content=body, headers=headers)

    async def page(self, name: str, path: str) -> str:
        """A page as somebody's browser shows it."""
        async with self.browser(name) as browser:
            answer = await browser.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with connect(self.register.url) as connection:
            return connection.execute(query, values).fetchall()

    def audit(self, action: str) -> list[tuple[str, Any]]:
        query = "SELECT actor, after FROM audit_event WHERE action = %s ORDER BY id"
        return self.rows(query, action)


@dataclass(frozen=True)
class Sent:
    """A request body as it goes over the line, in chunks; `length`: what its header claims."""

    body: bytes
    content_type: str
    chunk: int = 1 << 20
    length: str | None = None
    gives_up: bool = False


@dataclass(frozen=True)
class Received:
    """What came back, and how much of the body was asked for."""

    status: int
    body: bytes
    chunks_read: int

    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


async def sending(
    office: Office,
    name: str,
    sent: Sent,
    *,
    told: bool = True,
    path: str = "/v1/dossiers",
    cookie: bool = False,
) -> Received:
    """Send a body exactly as given, as a server hands it to the program."""
    who = ("cookie", f"sqh={office.tokens[name]}") if cookie else (
        "authorization", f"Bearer {office.tokens[name]}"
    )  # fmt: skip
    length = [("content-length", sent.length or str(len(sent.body)))] if told else []
    headers = [("host", "test"), ("content-type", sent.content_type), who, *length]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "server": ("test", 80), "client": ("127.0.0.1", 1),
        "headers": [(key.encode(), value.encode()) for key, value in headers],
    }  # fmt: skip
    starts = range(0, len(sent.body), sent.chunk)
    chunks = [sent.body[at : at + sent.chunk] for at in starts] or [b""]
    messages = [
        {"type": "http.request", "body": chunk, "more_body": sent.gives_up or n + 1 < len(chunks)}
        for n, chunk in enumerate(chunks)
    ]
    read, status, body = 0, 0, b""

    async def receive() -> dict[str, Any]:
        nonlocal read
        if read >= len(messages):
            return {"type": "http.disconnect"}
        read += 1
        return messages[read - 1]

    async def send(message: Any) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    await office.app(scope, receive, send)
    return Received(status, body, read)


def crossed_dossier(folder: Path) -> Path:
    """A dossier in which one lot is drawn as a bow tie."""
    layers = plan_layers()
    corners = [(0, 0), (100, 100), (100, 0), (0, 100)]
    bow_tie = shapely.Polygon([(EAST + x, NORTH + y) for x, y in corners])
    layers["ChucNangSuDungDat_A"].geoms[0] = bow_tie
    return zipped(write_dossier(folder, layers=layers))


def hire(url: str) -> dict[str, str]:
    """Accounts of PEOPLE; the token of each is good as a bearer token and as a session's cookie."""
    tokens = {name: secrets.token_urlsafe(32) for name in PEOPLE}
    with connect(url) as connection:
        for name, role in PEOPLE.items():
            row = connection.execute(
                "INSERT INTO account (name, role, created_at) VALUES (%s, %s, %s) RETURNING id",
                (name, role, NOW),
            ).fetchone()
            assert row
            digest = hashlib.sha256(tokens[name].encode()).hexdigest()
            now = datetime.now(UTC)
            connection.execute(
                "INSERT INTO access_token (account_id, sha256, label, created_at, expires_at)"
                " VALUES (%s, %s, 'test', %s, %s)",
                (row[0], digest, now, now + timedelta(days=1)),
            )
            connection.execute(
                "INSERT INTO account_session (account_id, sha256, created_at, last_seen_at,"
                " expires_at) VALUES (%s, %s, %s, %s, %s)",
                (row[0], digest, now, now, now + timedelta(days=1)),
            )
    return tokens


@asynccontextmanager
async def office_of(
    register: Register, tokens: dict[str, str] | None = None
) -> AsyncIterator[Office]:
    """Everybody at work at one register; `tokens`: of those who were hired before."""
    app = create_app(register.settings, register.url)
    office = Office(register, app, tokens or hire(register.url))
    try:
        yield office
    finally:
        await app.state.bell.close()
        await app.state.database.close()
        await app.state.write_database.close()
