"""One's own account: password, sessions, bearer tokens."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.accounts.access import IDLE, Visit, signed_in_browser, write_audit
from api.accounts.changes import account_numbered, make_token, revoke_token, set_password
from api.accounts.credentials import SESSION, set_cookie
from api.accounts.forms import DeskQuery, form_of
from api.accounts.passwords import hashed
from api.accounts.queries import QUERIES
from api.accounts.sign_in import Attempt, open_session, prove
from api.deps import Now, Pool, WriteDatabase, WritePool
from api.pages import desk_page
from maps.account_pages import account_page
from schemas.accounts import BadField, Person, new_password, token_days, token_label
from schemas.errors import NotSignedIn
from schemas.words import Words

router = APIRouter(include_in_schema=False)

InBrowser = Annotated[Person, Depends(signed_in_browser)]
Desk = Annotated[DeskQuery, Query()]
TokenId = Annotated[int, Path(ge=1, le=2**62)]
WRONG = Words("Mật khẩu hiện tại không đúng.", "The current password is not right.")
DIFFERENT = Words("Hai lần nhập không giống nhau.", "The two entries differ.")


class AccountQuery(DeskQuery):
    """What was just done, to be said on the page."""

    done: Literal["password", "sessions", "revoked"] | None = None


async def _shown(
    request: Request,
    database: Pool,
    moment: datetime,
    *,
    done: str | None = None,
    fault: BadField | None = None,
    token: str | None = None,
) -> HTMLResponse:
    visit: Visit = request.state.visit
    sessions = await database.fetch(QUERIES["sessions"], visit.person.id, moment, moment - IDLE)
    tokens = await database.fetch(QUERIES["tokens"], visit.person.id, moment)
    shown = account_page(
        desk_page(request, at="/account"),
        sessions=[dict(row) | {"here": row["id"] == visit.session_id} for row in sessions],
        tokens=[dict(row) for row in tokens],
        token=token,
        done=done,
        fault=fault,
    )
    return HTMLResponse(shown, 400 if fault else 200)


def _back(request: Request, done: str) -> Response:
    return RedirectResponse(desk_page(request).link(f"/account?done={done}"), 303)


@router.get("/account")
async def account(
    request: Request,
    query: Annotated[AccountQuery, Query()],
    person: InBrowser,
    database: WriteDatabase,
    moment: Now,
) -> Response:
    """What one can change about oneself."""
    return await _shown(request, database, moment, done=query.done)


@router.post("/account/password")
async def own_password(
    request: Request, _: Desk, person: InBrowser, database: WriteDatabase, moment: Now
) -> Response:
    """A new password; every other session and every token ends, this one gets a new cookie."""
    fields = await form_of(request, "current", "password", "again")
    address = request.client.host if request.client else None
    attempt = Attempt(person.name, fields["current"], address, moment)
    try:
        token = await _changed(database, person, attempt, fields["password"], fields["again"])
    except BadField as fault:
        return await _shown(request, database, moment, fault=fault)
    answer = _back(request, "password")
    set_cookie(request, answer, SESSION, token, strict=False)
    return answer


async def _changed(
    database: WritePool, person: Person, attempt: Attempt, text: str, again: str
) -> str:
    """The token of the session that takes the place of all others. Raises BadField."""
    password = new_password(text, person.name)
    if text != again:
        raise BadField("again", DIFFERENT)
    if await prove(database, attempt) is None:
        raise BadField("current", WRONG)
    secret = await hashed(password)
    async with database.transaction() as connection:
        mine = await account_numbered(connection, person.id)
        await set_password(connection, person, mine, secret, attempt.moment)
        token = await open_session(connection, person, attempt.moment)
    if token is None:
        raise NotSignedIn
    return token


@router.post("/account/sessions")
async def end_others(
    request: Request, _: Desk, person: InBrowser, database: WriteDatabase, moment: Now
) -> Response:
    """End every session but this one."""
    await form_of(request)
    visit: Visit = request.state.visit
    async with database.transaction() as connection:
        await connection.execute(QUERIES["end_sessions"], person.id, visit.session_id)
        subject = f"account/{person.name}"
        await write_audit(connection, person, "sessions_ended", subject, at=moment)
    return _back(request, "sessions")


@router.post("/account/tokens")
async def add_token(
    request: Request, _: Desk, person: InBrowser, database: WriteDatabase, moment: Now
) -> Response:
    """A bearer token for a program; this answer is the only place that shows it."""
    fields = await form_of(request, "label", "days")
    try:
        label, days = token_label(fields["label"]), token_days(fields["days"])
    except BadField as fault:
        return await _shown(request, database, moment, fault=fault)
    async with database.transaction() as connection:
        mine = await account_numbered(connection, person.id)
        token = await make_token(connection, person, mine, label, days, moment)
    return await _shown(request, database, moment, token=token)


@router.post("/account/tokens/{token}/revoke")
async def end_token(
    request: Request,
    token: TokenId,
    _: Desk,
    person: InBrowser,
    database: WriteDatabase,
    moment: Now,
) -> Response:
    """End one of one's own tokens at once."""
    await form_of(request)
    async with database.transaction() as connection:
        await revoke_token(connection, person, token, moment)
    return _back(request, "revoked")
