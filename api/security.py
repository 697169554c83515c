"""Headers that keep the pages safe: everything from this host alone, nothing sniffed."""

import secrets

from fastapi import Request
from fastapi.responses import Response


def new_nonce() -> str:
    """A fresh nonce for the one inline script there is, the import map."""
    return secrets.token_urlsafe(16)


def content_security_policy(nonce: str) -> str:
    """The content policy of every page."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    )


def guarded(response: Response, request: Request) -> Response:
    """The same response with its security headers; a page gets the content policy too."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    if response.headers.get("content-type", "").startswith("text/html"):
        response.headers["Content-Security-Policy"] = content_security_policy(request.state.nonce)
        response.headers["Referrer-Policy"] = "same-origin"
    return response
