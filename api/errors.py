"""From errors to problem documents; a person's browser gets the same problem as a page."""

from collections.abc import Awaitable, Callable
from typing import Any, cast
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from api.pages import page_of
from api.security import guarded
from maps.lookup_pages import problem_page
from schemas.errors import (
    BadQuestion,
    Busy,
    DatabaseUnavailable,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refused,
    RegisterError,
    SeveralParcels,
    TooLarge,
    TooManyAttempts,
    TooManySheets,
    UnknownCrs,
    UnknownParcel,
)
from schemas.problems import Problem, problem
from schemas.words import Words

MEDIA_TYPE = "application/problem+json"

KINDS: tuple[tuple[type[RegisterError], str], ...] = (
    (BadQuestion, "bad-parameter"),
    (UnknownCrs, "bad-parameter"),
    (SeveralParcels, "several-match"),
    (UnknownParcel, "not-found"),
    (NotFound, "not-found"),
    (NotSignedIn, "sign-in-needed"),
    (NotAllowed, "not-allowed"),
    (Refused, "refused"),
    (TooLarge, "too-large"),
    (TooManyAttempts, "too-many-attempts"),
    (TooManySheets, "too-many-attempts"),
    (Busy, "busy"),
    (DatabaseUnavailable, "database-unavailable"),
)


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks, for one of the pages."""
    machine = request.url.path.startswith(("/v1/", "/tiles/", "/health/", "/ogc"))
    accepts_html = "text/html" in request.headers.get("accept", "")
    return accepts_html and not machine and not request.url.path.endswith(".json")


def respond(request: Request, found: Problem, headers: dict[str, str] | None = None) -> Response:
    """The problem as a page for people or as RFC 9457 JSON for programs."""
    if wants_page(request):
        page = problem_page(
            found, page_of(request, any(each["invented"] for each in found.candidates))
        )
        return guarded(HTMLResponse(page, found.status, headers), request)
    return guarded(Response(found.model_dump_json(), found.status, headers, MEDIA_TYPE), request)


def of_register(error: RegisterError) -> Problem:
    """The problem document of one of our own errors."""
    kind = next((kind for cls, kind in KINDS if isinstance(error, cls)), "failed")
    candidates = getattr(error, "candidates", None)
    return problem(kind, error.detail, remedy=error.remedy, candidates=candidates)


def of_validation(error: RequestValidationError) -> Problem:
    """The problem document of parameters that are wrong or unknown."""
    errors: list[dict[str, Any]] = [
        {
            "parameter": ".".join(str(part) for part in fault["loc"][1:]) or str(fault["loc"][0]),
            "message": fault["msg"],
        }
        for fault in error.errors()
    ]
    names = ", ".join(dict.fromkeys(fault["parameter"] for fault in errors))
    detail = Words(f"Tham số sai hoặc không có: {names}.", f"Wrong or unknown parameter: {names}.")
    remedy = Words("Xem /docs để biết các tham số.", "See /docs for the parameters.")
    return problem("bad-parameter", detail, remedy=remedy, errors=errors)


def of_http(error: HTTPException) -> Problem:
    """The problem document of the framework's own refusals."""
    if error.status_code == 405:
        detail = Words("Đường dẫn này không nhận phương thức đó.", "This path has no such method.")
        return problem("method-not-allowed", detail)
    if error.status_code == 404:
        return problem("not-found", Words("Không có trang này.", "There is no such page."))
    if 400 <= error.status_code < 500:
        detail = Words("Yêu cầu không đúng dạng.", str(error.detail))
        return problem("bad-parameter", detail)
    return problem("failed", Words("Yêu cầu không thực hiện được.", str(error.detail)))


Handler = Callable[[Request, Any], Awaitable[Response]]


def _handler(shape: Callable[[Any], Problem]) -> Handler:
    async def handle(request: Request, error: Any) -> Response:
        found = shape(error)
        headers = dict(getattr(error, "headers", None) or {})
        if found.status == 503:
            headers["Retry-After"] = "5"
        return respond(request, found, headers)

    return handle


def of_crash(_: Exception) -> Problem:
    """The problem document of a fault of ours; what it was stays in the log."""
    detail = Words(
        "Chương trình gặp lỗi; đây không phải là kết quả tra cứu.",
        "The program failed; this is not a look-up result.",
    )
    return problem("failed", detail)


async def ask_to_sign_in(request: Request, error: NotSignedIn) -> Response:
    """A person's browser goes to the sign-in page and comes back; a program gets a 401."""
    if wants_page(request) and request.method == "GET":
        page = page_of(request, invented=False)
        query = {"next": page.url} | ({"lang": "en"} if page.lang == "en" else {})
        return guarded(RedirectResponse(f"/login?{urlencode(query)}", 303), request)
    return respond(request, of_register(error), {"WWW-Authenticate": "Bearer"})


def install(app: FastAPI) -> None:
    """Register the handlers: every error leaves as a problem."""
    app.add_exception_handler(RegisterError, _handler(of_register))
    app.add_exception_handler(NotSignedIn, cast(Handler, ask_to_sign_in))
    app.add_exception_handler(RequestValidationError, _handler(of_validation))
    app.add_exception_handler(HTTPException, _handler(of_http))
    app.add_exception_handler(Exception, _handler(of_crash))
