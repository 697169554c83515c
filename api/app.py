"""The HTTP program: routes, error documents, headers that keep the pages safe."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.staticfiles import StaticFiles

from api import errors
from api.accounts.admin_routes import router as admin
from api.accounts.own_routes import router as own_account
from api.accounts.routes import router as accounts
from api.changes.routes import router as changes
from api.deps import Pool, WritePool
from api.docs.routes import router as docs
from api.dossiers.actions import router as dossier_actions
from api.dossiers.bell import Bell
from api.dossiers.pages import router as dossier_pages
from api.dossiers.routes import router as dossiers
from api.errors import MEDIA_TYPE
from api.extracts.queue import Press
from api.extracts.routes import router as extracts
from api.extracts.verify_routes import router as verify
from api.lookup.routes import router as lookup
from api.maps.routes import router as maps
from api.ops.routes import router as ops
from api.plans.routes import router as plans
from api.security import Door
from api.tickets.desk import router as ticket_desk
from api.tickets.routes import router as tickets
from api.units.routes import router as units
from maps.pages import STATIC
from schemas.cluster import database_url
from schemas.errors import BadQuestion
from schemas.problems import GUARDED_STATUSES, PROBLEM_STATUSES, problem_schema
from schemas.settings import Settings
from schemas.words import Words

DESCRIPTION = """
Sổ Quy Hoạch: quy hoạch nào áp dụng cho một thửa đất, bao nhiêu m² và %, theo quyết định nào.
Which plan applies to a parcel, with m² and %, since when and by which decision.
"""


def no_repeats(request: Request) -> None:
    """Raises BadQuestion where a parameter is given twice: none of the two is guessed."""
    names = [name for name, _ in request.query_params.multi_items()]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadQuestion(
            Words(
                f"Tham số được cho hai lần: {', '.join(twice)}.",
                f"Given twice: {', '.join(twice)}.",
            )
        )


def described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the problems that routes really answer."""
    if app.openapi_schema is None:
        document = FastAPI.openapi(app)
        document["components"]["schemas"] |= {"Problem": problem_schema()}
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for methods in document["paths"].values():
            for route in methods.values():
                route["responses"].pop("422", None)
                guarded = GUARDED_STATUSES if "security" in route else {}
                for status, words in (PROBLEM_STATUSES | guarded).items():
                    answer = {"description": str(words), "content": content}
                    route["responses"].setdefault(status, answer)
        app.openapi_schema = document
    return app.openapi_schema


def create_app(settings: Settings, database_url: str, pool_size: int = 2) -> FastAPI:
    """The program for one register.

    `database_url`: `postgresql://…`, opened at first use. `pool_size`: connections; answers are
    work for the processor, so more of them than cores only makes each one wait longer.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await app.state.database.close()
        await app.state.write_database.close()
        await app.state.bell.close()

    app = FastAPI(
        title="Sổ Quy Hoạch",
        version=version("soquyhoach"),
        description=DESCRIPTION,
        lifespan=lifespan,
        dependencies=[Depends(no_repeats)],
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.database = Pool(settings.read_database_url or database_url, pool_size)
    app.state.write_database = WritePool(database_url)
    app.state.bell = Bell(database_url)
    app.state.press = Press()
    app.add_middleware(Door)
    app.openapi = lambda: described(app)  # type: ignore[method-assign]
    errors.install(app)
    for router in (extracts, verify):  # before the parcel's page, which takes any number
        app.include_router(router)
    for router in (lookup, plans, units, maps, docs, ops, dossiers, dossier_actions, dossier_pages):
        app.include_router(router)
    for router in (accounts, own_account, admin, changes, ticket_desk, tickets):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def from_environment() -> FastAPI:
    """The program for the register that `SQH_*` names; for server processes."""
    settings = Settings()
    return create_app(settings, database_url(settings))
