"""Dossiers as documents: the list, one, its findings, its events, and what it changes."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import Field

from api.accounts.access import Person, allow, visit_of
from api.accounts.credentials import BEARER, SESSION_COOKIE
from api.deps import Deployment, WriteDatabase, now
from api.dossiers.bell import Bell
from api.dossiers.difference import difference_of
from api.dossiers.documents import dossier_of, dossiers_of, public
from api.dossiers.events import HEADERS, MEDIA_TYPE, stream
from api.dossiers.findings import (
    MEDIA_TYPES,
    Form,
    IssuesQuery,
    as_lines,
    as_places,
    form_of,
    page_of_findings,
)
from api.dossiers.rights import READS
from api.params import Asked
from schemas.errors import DatabaseUnavailable

router = APIRouter(tags=["dossiers"])

Reader = Annotated[Person, Depends(allow(*READS))]
DossierId = Annotated[int, Path(ge=1, le=2**62)]
LastSeen = Annotated[int, Header(alias="Last-Event-ID", ge=0, le=2**31 - 1)]


class ListQuery(Asked):
    """Where the page of the list begins."""

    before: int | None = Field(None, ge=1, le=2**62)


def document(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(value), status, headers, "application/json")


@router.get("/v1/dossiers")
async def dossiers(
    query: Annotated[ListQuery, Query()], person: Reader, database: WriteDatabase
) -> Response:
    """Hồ sơ đã nộp / dossiers, newest first: a planner's own, an approver's and admin's all."""
    return document(await dossiers_of(database, person, query.before))


@router.get("/v1/dossiers/{dossier}")
async def one_dossier(
    dossier: DossierId,
    _: Annotated[Asked, Query()],
    person: Reader,
    database: WriteDatabase,
    settings: Deployment,
) -> Response:
    """Một hồ sơ: đang ở đâu, ai nộp, kiểm tra ra sao / one dossier and how it stands."""
    return document(public(await dossier_of(database, dossier, person, settings)))


@router.get("/v1/dossiers/{dossier}/issues")
@router.get("/v1/dossiers/{dossier}/issues.{form}")
async def issues(
    dossier: DossierId,
    query: Annotated[IssuesQuery, Query()],
    person: Reader,
    database: WriteDatabase,
    settings: Deployment,
    accept: Annotated[str, Header()] = "",
    form: Form | None = None,
) -> Response:
    """Kết quả kiểm tra: JSON theo trang, GeoJSON, JSON Lines / findings of the last check."""
    found = await dossier_of(database, dossier, person, settings)
    wanted = form or form_of(accept)
    if wanted == "json":
        return document(await page_of_findings(database, found, query))
    write = as_places if wanted == "geojson" else as_lines
    name = f'attachment; filename="dossier-{dossier}-findings.{wanted}"'
    headers = {"Content-Disposition": name} if form else {}
    return StreamingResponse(write(database, found, query), 200, headers, MEDIA_TYPES[wanted])


@router.get("/v1/dossiers/{dossier}/difference")
async def difference(
    dossier: DossierId,
    _: Annotated[Asked, Query()],
    person: Reader,
    database: WriteDatabase,
    settings: Deployment,
) -> Response:
    """Khác gì bản đang có hiệu lực / zone by zone against the version in force."""
    await dossier_of(database, dossier, person, settings)
    return document(await difference_of(database, dossier))


class Caller:
    """Who calls a route, asked once more while its answer still goes out."""

    def __init__(
        self,
        database: WriteDatabase,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
        cookie: Annotated[str | None, Depends(SESSION_COOKIE)],
    ) -> None:
        self._database = database
        self._token = bearer.credentials if bearer else None
        self._cookie = cookie

    async def is_still(self, person: Person) -> bool:
        """Whether it is this person yet, in the same role; a lost database sends nobody away."""
        try:
            visit = await visit_of(self._database, self._token, self._cookie, now())
        except DatabaseUnavailable:
            return True
        return visit is not None and visit.person == person


@router.get("/v1/dossiers/{dossier}/events")
async def events(
    request: Request,
    dossier: DossierId,
    _: Annotated[Asked, Query()],
    person: Reader,
    database: WriteDatabase,
    settings: Deployment,
    caller: Annotated[Caller, Depends()],
    last_seen: LastSeen = 0,
) -> Response:
    """Tiến độ (server-sent events); `Last-Event-ID` nối tiếp / progress as it happens."""
    await dossier_of(database, dossier, person, settings)
    bell: Bell = request.app.state.bell
    told = stream(database, bell, dossier, last_seen, person, lambda: caller.is_still(person))
    return StreamingResponse(told, headers=HEADERS, media_type=MEDIA_TYPE)
