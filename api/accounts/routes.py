"""Signing in and out over HTTP, and who one is."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.accounts.access import Signed, open_to_all, refuse_forgery, signed_in_browser, visit_of
from api.accounts.credentials import (
    SESSION,
    SIGNING_IN,
    cookie_of,
    csrf_of,
    drop_cookie,
    new_token,
    set_cookie,
)
from api.accounts.forms import HOME, DeskQuery, LoginQuery, form_of, own_path
from api.accounts.queries import QUERIES
from api.accounts.sign_in import Attempt, sign_in, sign_out
from api.deps import Database, Now, WriteDatabase
from api.pages import page_of
from api.params import Asked
from maps.account_pages import login_page
from schemas.accounts import Person
from schemas.errors import TooManyAttempts
from schemas.words import Words

router = APIRouter()

WRONG = Words("Tên hoặc mật khẩu không đúng.", "The name or the password is not right.")


@router.get("/login", include_in_schema=False)
async def login(
    request: Request,
    query: Annotated[LoginQuery, Query()],
    questions: Database,
    database: WriteDatabase,
    moment: Now,
) -> Response:
    """The sign-in page; without any account it says which command makes one."""
    request.state.private = True
    cookie = cookie_of(request, SESSION)
    if cookie and await visit_of(database, None, cookie, moment):
        return RedirectResponse(query.next, 303)
    somebody = await questions.fetchval(QUERIES["any"])
    return _login_answer(request, query.next, somebody=somebody)


def _login_answer(
    request: Request,
    next_path: str,
    *,
    name: str = "",
    fault: Words | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    somebody: bool = True,
) -> HTMLResponse:
    """The sign-in page with its mark, which the browser keeps beside it in a cookie."""
    mark = cookie_of(request, SIGNING_IN) or new_token()
    here = f"/login?{urlencode({'next': next_path})}" if next_path != HOME else "/login"
    page = page_of(request, invented=False)
    page = replace(page, url=page.link(here), csrf=csrf_of(mark))
    shown = login_page(page, next_path=next_path, name=name, fault=fault, somebody=somebody)
    answer = HTMLResponse(shown, status, headers)
    set_cookie(request, answer, SIGNING_IN, mark, strict=True)
    return answer


@router.post("/login", include_in_schema=False, dependencies=[Depends(open_to_all)])
async def login_form(
    request: Request, _: Annotated[DeskQuery, Query()], database: WriteDatabase, moment: Now
) -> Response:
    """Sign in: a new session, whatever session or cookie the browser had."""
    request.state.private = True
    await refuse_forgery(request, cookie_of(request, SIGNING_IN))
    fields = await form_of(request, "name", "password", "next")
    next_path, name = own_path(fields["next"]), fields["name"]
    address = request.client.host if request.client else None
    attempt = Attempt(name, fields["password"], address, moment)
    try:
        token = await sign_in(database, attempt, cookie_of(request, SESSION))
    except TooManyAttempts as error:
        return _login_answer(
            request, next_path, name=name, fault=error.detail, status=429, headers=error.headers
        )
    if token is None:
        headers = {"WWW-Authenticate": "Bearer"}
        return _login_answer(
            request, next_path, name=name, fault=WRONG, status=401, headers=headers
        )
    answer = RedirectResponse(next_path, 303)
    set_cookie(request, answer, SESSION, token, strict=False)
    drop_cookie(request, answer, SIGNING_IN)
    return answer


@router.post("/logout", include_in_schema=False)
async def logout(
    request: Request,
    _: Annotated[DeskQuery, Query()],
    person: Annotated[Person, Depends(signed_in_browser)],
    database: WriteDatabase,
    moment: Now,
) -> Response:
    """End this session."""
    await sign_out(database, person, cookie_of(request, SESSION) or "", moment)
    answer = RedirectResponse(page_of(request, invented=False).link("/"), 303)
    drop_cookie(request, answer, SESSION)
    return answer


@router.get("/v1/me", tags=["accounts"])
async def me(_: Annotated[Asked, Query()], person: Signed) -> dict[str, str]:
    """Tên và vai trò của người gọi / the caller's name and role."""
    return {"schema": "me/1", "name": person.name, "role": person.role}
