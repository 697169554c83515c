"""The administrator's pages: accounts, and the audit trail."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import asyncpg
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import Field

from api.accounts.access import allow
from api.accounts.changes import account_numbered, add_account, set_disabled, set_role
from api.accounts.forms import DeskQuery, form_of
from api.accounts.passwords import generated, hashed
from api.accounts.queries import QUERIES
from api.deps import Now, Pool, WriteDatabase, WritePool
from api.pages import desk_page
from maps.account_pages import accounts_page, audit_page
from schemas.accounts import BadField, Person, account_name, role_named
from schemas.errors import Refused

router = APIRouter(include_in_schema=False)

Admin = Annotated[Person, Depends(allow("admin", by_token=False))]
Desk = Annotated[DeskQuery, Query()]
AccountId = Annotated[int, Path(ge=1, le=2**62)]
EVENTS_A_PAGE = 50


async def _shown(
    request: Request,
    database: Pool,
    *,
    entered: dict[str, str] | None = None,
    fault: BadField | None = None,
    added: tuple[str, str] | None = None,
) -> HTMLResponse:
    rows = await database.fetch(QUERIES["all"])
    shown = accounts_page(
        desk_page(request, at="/accounts"),
        accounts=[dict(row) for row in rows],
        entered=entered or {"name": "", "role": "planner"},
        fault=fault,
        added=added,
    )
    return HTMLResponse(shown, 400 if fault else 200)


def _back(request: Request) -> Response:
    return RedirectResponse(desk_page(request).link("/accounts"), 303)


@router.get("/accounts")
async def accounts(
    request: Request, _: Desk, person: Admin, database: WriteDatabase
) -> HTMLResponse:
    """Every account, and the form for a new one."""
    return await _shown(request, database)


@router.post("/accounts")
async def new_account(
    request: Request, _: Desk, person: Admin, database: WriteDatabase, moment: Now
) -> HTMLResponse:
    """A new account; its first password is shown by this answer alone."""
    fields = await form_of(request, "name", "role")
    try:
        added = await _added(database, person, fields, moment)
    except BadField as fault:
        return await _shown(request, database, entered=fields, fault=fault)
    return await _shown(request, database, added=added)


async def _added(
    database: WritePool, person: Person, fields: dict[str, str], moment: datetime
) -> tuple[str, str]:
    """The name and the first password of a new account. Raises BadField."""
    name, role = account_name(fields["name"]), role_named(fields["role"])
    password = generated()
    secret = await hashed(password)
    try:
        async with database.transaction() as connection:
            await add_account(connection, person, name, role, secret, moment)
    except Refused as error:
        raise BadField("name", error.detail) from error
    return name, password


@dataclass(frozen=True)
class Order:
    """What an administrator wants changed: which account, by whose order, and when."""

    request: Request
    account: AccountId
    person: Admin
    database: WriteDatabase
    moment: Now

    @asynccontextmanager
    async def change(self) -> AsyncIterator[tuple[asyncpg.Connection, asyncpg.Record]]:
        """A transaction, and the account held until it ends. Raises NotFound."""
        async with self.database.transaction() as connection:
            yield connection, await account_numbered(connection, self.account)


Ordered = Annotated[Order, Depends()]


@router.post("/accounts/{account}/role")
async def role(_: Desk, order: Ordered) -> Response:
    """Another role, from the next request on."""
    fields = await form_of(order.request, "role")
    async with order.change() as (connection, found):
        await set_role(connection, order.person, found, role_named(fields["role"]), order.moment)
    return _back(order.request)


@router.post("/accounts/{account}/disable")
async def disable(_: Desk, order: Ordered) -> Response:
    """Close an account; its sessions and tokens end at once."""
    return await _close(order, disabled=True)


@router.post("/accounts/{account}/enable")
async def enable(_: Desk, order: Ordered) -> Response:
    """Open it again; its old sessions and tokens stay ended."""
    return await _close(order, disabled=False)


async def _close(order: Order, *, disabled: bool) -> Response:
    await form_of(order.request)
    async with order.change() as (connection, found):
        await set_disabled(connection, order.person, found, disabled, order.moment)
    return _back(order.request)


class AuditQuery(DeskQuery):
    """Whose and which events; `before`: older than this event."""

    actor: str = Field("", max_length=200, pattern=r"^[^\x00]*$")
    action: str = Field("", max_length=200, pattern=r"^[^\x00]*$")
    before: int | None = Field(None, ge=1, le=2**62)


@router.get("/audit")
async def audit(
    request: Request,
    query: Annotated[AuditQuery, Query()],
    person: Admin,
    database: WriteDatabase,
) -> HTMLResponse:
    """Who changed what, newest first."""
    actor, action = query.actor.strip() or None, query.action or None
    values = (actor, action, query.before, EVENTS_A_PAGE + 1)
    rows = await database.fetch(QUERIES["trail"], *values)
    events: list[dict[str, Any]] = [dict(row) for row in rows[:EVENTS_A_PAGE]]
    shown = audit_page(
        desk_page(request),
        events=events,
        actions=[row["action"] for row in await database.fetch(QUERIES["actions"])],
        actor=query.actor,
        action=query.action,
        older=events[-1]["id"] if len(rows) > EVENTS_A_PAGE else None,
    )
    return HTMLResponse(shown)
