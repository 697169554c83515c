"""What a browser or a program shows to be known: tokens, their hashes, cookies."""

import hashlib
import hmac
import secrets

from fastapi import Request
from fastapi.openapi.models import APIKey, APIKeyIn
from fastapi.responses import Response
from fastapi.security import HTTPBearer
from fastapi.security.base import SecurityBase

SESSION = "sqh"
SIGNING_IN = "sqh-login"
SESSION_WORDS = (
    "Phiên làm việc trên trang web; thay đổi cần thêm X-CSRF-Token / a browser's session; "
    "changes need X-CSRF-Token as well. Over https the cookie is called __Host-sqh."
)


def new_token() -> str:
    """256 random bits; what is stored of it is `hash_of` alone."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """The sha256 a token is known by in the register."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_of(token: str) -> str:
    """The proof that a form was made for the browser that holds this session's cookie."""
    key = token.encode("utf-8", "surrogatepass")
    return hmac.new(key, b"csrf", hashlib.sha256).hexdigest()


def cookie_name(request: Request, name: str) -> str:
    """Over https no other host or path can set the cookie, by its prefix."""
    return f"__Host-{name}" if request.url.scheme == "https" else name


def cookie_of(request: Request, name: str) -> str | None:
    """The cookie's value; None where there is none or an empty one."""
    return request.cookies.get(cookie_name(request, name)) or None


def set_cookie(
    request: Request, response: Response, name: str, value: str, *, strict: bool
) -> None:
    """Out of reach of scripts and other sites; gone when the browser closes."""
    response.set_cookie(
        cookie_name(request, name),
        value,
        path="/",
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="strict" if strict else "lax",
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Take the cookie back."""
    response.delete_cookie(
        cookie_name(request, name),
        path="/",
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="lax",
    )


class SessionCookie(SecurityBase):
    """The session's cookie, documented in OpenAPI."""

    def __init__(self) -> None:
        self.model = APIKey.model_validate(
            {"name": SESSION, "in": APIKeyIn.cookie, "description": SESSION_WORDS}
        )
        self.scheme_name = "session"

    async def __call__(self, request: Request) -> str | None:
        return cookie_of(request, SESSION)


SESSION_COOKIE = SessionCookie()
BEARER = HTTPBearer(
    scheme_name="bearer",
    auto_error=False,
    description="Dành cho chương trình: `sqh account token` hoặc trang /account / "
    "for programs: made by `sqh account token` or on /account.",
)
