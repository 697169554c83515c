"""The HTTP program: routes, error documents, headers that keep the pages safe."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

from api import errors
from api.deps import Pool
from api.docs.routes import router as docs
from api.lookup.routes import router as lookup
from api.maps.routes import router as maps
from api.ops.routes import router as ops
from api.plans.routes import router as plans
from api.units.routes import router as units
from maps.pages import STATIC
from schemas.cluster import database_url
from schemas.settings import Settings

DESCRIPTION = """
Sổ Quy Hoạch: quy hoạch nào áp dụng cho một thửa đất, bao nhiêu m² và %, theo quyết định nào.
Which plan applies to a parcel, with m² and %, since when and by which decision.
"""


def content_security_policy(nonce: str) -> str:
    """Everything from this host alone; the one inline script is the import map, by nonce."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    )


async def guard(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
    """Security headers on every answer, and a content policy on every page."""
    request.state.nonce = secrets.token_urlsafe(16)
    response = await go_on(request)
    response.headers["X-Content-Type-Options"] = "nosniff"
    if response.headers.get("content-type", "").startswith("text/html"):
        response.headers["Content-Security-Policy"] = content_security_policy(request.state.nonce)
        response.headers["Referrer-Policy"] = "same-origin"
    return response


def create_app(settings: Settings, database_url: str, pool_size: int = 8) -> FastAPI:
    """The program for one register. `database_url`: `postgresql://…`, opened at first use."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await app.state.database.close()

    app = FastAPI(
        title="Sổ Quy Hoạch",
        version=version("soquyhoach"),
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.database = Pool(settings.read_database_url or database_url, pool_size)
    app.middleware("http")(guard)
    errors.install(app)
    for router in (lookup, plans, units, maps, docs, ops):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def from_environment() -> FastAPI:
    """The program for the register that `SQH_*` names; for server processes."""
    settings = Settings()
    return create_app(settings, database_url(settings))
