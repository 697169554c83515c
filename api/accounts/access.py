"""Who may call a route: `Signed` for everybody with an account, `allow(...)` for some roles.

A route that changes something names its access in its signature or its `dependencies`;
`open_to_all` says that anyone may. Such a route has no body parameters of FastAPI's, which would
read the body before anyone is asked who sends it: read `request.form()` or `request.stream()`.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials

from api.accounts.audit import write_audit
from api.accounts.credentials import BEARER, SESSION_COOKIE, csrf_of, hash_of
from api.deps import Now, Pool, WriteDatabase
from schemas.accounts import ROLES, Person, Role
from schemas.errors import NotAllowed, NotSignedIn
from schemas.queries import load_queries
from schemas.words import Words

__all__ = [
    "Person",
    "Signed",
    "Visit",
    "allow",
    "open_to_all",
    "refuse_forgery",
    "signed_in_browser",
    "visit_of",
    "write_audit",
]

QUERIES = load_queries(Path(__file__).with_name("access.sql"))
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
IDLE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
FORM = "application/x-www-form-urlencoded"
FORGED = Words(
    "Yêu cầu không mang dấu của phiên này; không có gì thay đổi.",
    "The request does not bear this session's mark; nothing was changed.",
)
BROWSER_ONLY = Words(
    "Việc này chỉ làm được sau khi đăng nhập, không bằng mã truy cập.",
    "This needs a person signed in; a bearer token is not enough.",
)
RELOAD = Words("Tải lại trang rồi thử lại.", "Load the page again and retry.")


@dataclass(frozen=True)
class Visit:
    """A request by someone known. `csrf`: what forms must carry; empty for a bearer token."""

    person: Person
    csrf: str
    session_id: int | None


class Access:
    """A dependency that lets some roles in and gives the person. Raises NotSignedIn, NotAllowed."""

    def __init__(self, roles: frozenset[Role], *, by_token: bool) -> None:
        self.roles = roles
        self.by_token = by_token

    async def __call__(
        self,
        request: Request,
        database: WriteDatabase,
        moment: Now,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
        cookie: Annotated[str | None, Depends(SESSION_COOKIE)],
    ) -> Person:
        request.state.private = True
        token = bearer.credentials if bearer else None
        visit = await visit_of(database, token, cookie, moment)
        if visit is None:
            raise NotSignedIn
        if bearer and not self.by_token:
            raise NotAllowed(BROWSER_ONLY)
        if visit.person.role not in self.roles:
            raise NotAllowed
        if not bearer and request.method not in SAFE:
            await refuse_forgery(request, cookie)
        request.state.visit = visit
        return visit.person


def allow(*roles: Role, by_token: bool = True) -> Access:
    """The access of a route: `person: Annotated[Person, Depends(allow("planner"))]`.

    `by_token=False`: a lost bearer token must not be enough for it.
    """
    return Access(frozenset(roles), by_token=by_token)


signed_in = allow(*ROLES)
signed_in_browser = allow(*ROLES, by_token=False)
Signed = Annotated[Person, Depends(signed_in)]


def open_to_all() -> None:
    """The declared access of a route that anyone may call; what it stores is bounded."""


async def visit_of(
    database: Pool, token: str | None, cookie: str | None, moment: datetime
) -> Visit | None:
    """Who shows this bearer token or, where there is none, this session's cookie."""
    if token is not None:
        row = await database.fetchrow(QUERIES["bearer"], hash_of(token), moment)
        return Visit(Person(row["id"], row["name"], row["role"]), "", None) if row else None
    if cookie is None:
        return None
    row = await database.fetchrow(QUERIES["session"], hash_of(cookie), moment, moment - IDLE)
    if row is None:
        return None
    if row["last_seen_at"] < moment - SEEN_EVERY:
        await database.fetchval(QUERIES["seen"], row["session_id"], moment)
    person = Person(row["id"], row["name"], row["role"])
    return Visit(person, csrf_of(cookie), row["session_id"])


async def refuse_forgery(request: Request, cookie: str | None) -> None:
    """Raises NotAllowed unless the request comes from a page made for the holder of the cookie.

    The mark is the header `X-CSRF-Token`, or the field `csrf` of a plain form. A multipart body
    can only bring the header: it is not read before its sender is known.
    """
    if not cookie or not _from_here(request):
        raise NotAllowed(FORGED, remedy=RELOAD)
    mark = request.headers.get("x-csrf-token")
    if mark is None and request.headers.get("content-type", "").split(";")[0].strip() == FORM:
        form = await request.form(max_fields=100, max_part_size=65_536)
        field = form.get("csrf")
        mark = field if isinstance(field, str) else None
    if not hmac.compare_digest((mark or "").encode(), csrf_of(cookie).encode()):
        raise NotAllowed(FORGED, remedy=RELOAD)


def _from_here(request: Request) -> bool:
    """Whether the browser says that a page of this host sent it; programs say nothing."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    try:
        return origin is None or urlsplit(origin).netloc == request.headers.get("host")
    except ValueError:
        return False
