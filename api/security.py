"""Headers that keep the pages safe: everything from this host alone, nothing sniffed."""

import secrets

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def new_nonce() -> str:
    """A fresh nonce for the one inline script there is, the import map."""
    return secrets.token_urlsafe(16)


def nonce_of(request: Request) -> str:
    """The nonce of this request; a fresh one where the program failed before the door."""
    nonce: str = getattr(request.state, "nonce", None) or new_nonce()
    return nonce


def content_security_policy(nonce: str) -> str:
    """The content policy of every page."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    )


def guard(headers: MutableHeaders, nonce: str, *, private: bool = False) -> None:
    """Security headers on every answer, and the content policy on every page.

    `private`: the answer is for one person; nobody between keeps a copy.
    """
    headers["X-Content-Type-Options"] = "nosniff"
    if private:
        headers["Cache-Control"] = "private, no-store"
    if headers.get("content-type", "").startswith("text/html"):
        headers["Content-Security-Policy"] = content_security_policy(nonce)
        headers["Referrer-Policy"] = "same-origin"


def guarded(response: Response, request: Request) -> Response:
    """The same response with its security headers: for answers made outside of the door."""
    private = getattr(request.state, "private", False)
    guard(response.headers, nonce_of(request), private=private)
    return response


class Door:
    """What every request passes: HEAD is GET without the body, and no answer leaves unguarded.

    Plain ASGI, since it stands before every look-up.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = new_nonce()
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        state = {**scope.get("state", {}), "nonce": nonce}
        scope = {**scope, "method": method, "state": state}

        async def guarded_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                private = state.get("private", False)
                guard(MutableHeaders(scope=message), nonce, private=private)
            await send(message)

        await self.app(scope, receive, guarded_send)
