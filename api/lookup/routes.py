"""Questions about parcels over HTTP: the answer document, the search box, the parcel page."""

from datetime import date, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import Field

from api.accounts.access import open_to_all
from api.deps import Database, Deployment, Now, Pool
from api.lookup.ask import (
    QUERIES_NEAR,
    Question,
    answer,
    by_key,
    by_lonlat,
    by_northing_easting,
)
from api.lookup.communes import known_commune_codes
from api.lookup.find import find_parcels
from api.lookup.geometry import Drawn, by_geometry
from api.pages import PageQuery, holds_invented, page_of
from api.params import At, KeyPart, LookupQuery
from maps.lookup_pages import parcel_page, search_page
from maps.pages import Lang
from schemas.answers import ParcelAnswer
from schemas.crs import srid_of
from schemas.errors import BadQuestion
from schemas.words import Words

router = APIRouter()

ANSWER: dict[int | str, dict[str, Any]] = {200: {"model": ParcelAnswer}}

ONE_WAY = Words(
    "Hãy nêu đúng một cách: lon và lat; x, y và crs; commune, sheet và number; parcel_code; "
    "hoặc parcel_id.",
    "Name the place in exactly one way: lon and lat; x, y and crs; commune, sheet and number; "
    "parcel_code; or parcel_id.",
)
WAYS = (
    ("lon", "lat"),
    ("x", "y", "crs"),
    ("commune", "sheet", "number"),
    ("parcel_code",),
    ("parcel_id",),
)


async def question_of(query: LookupQuery, database: Pool, storage_srid: int, day: date) -> Question:
    """The question a query asks. Raises BadQuestion, UnknownCrs."""
    given = tuple(query.model_dump(exclude={"valid_at", "known_at"}, exclude_none=True))
    if given not in WAYS:
        raise BadQuestion(ONE_WAY)
    asked = query.model_dump(exclude={"valid_at", "known_at"}, exclude_none=True)
    if given == ("lon", "lat"):
        return by_lonlat(asked["lon"], asked["lat"], storage_srid)
    if given == ("x", "y", "crs"):
        return by_northing_easting(asked["x"], asked["y"], srid_of(asked["crs"]), storage_srid)
    if given == ("commune", "sheet", "number"):
        codes = await known_commune_codes(database, asked["commune"], day)
        return by_key(codes, asked["sheet"], asked["number"], asked)
    if given == ("parcel_code",):
        return Question("code", (asked["parcel_code"],), asked)
    return Question("id", (asked["parcel_id"],), asked)


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), media_type="application/json")


@router.get("/v1/lookup", responses=ANSWER, tags=["lookup"])
async def lookup(
    query: Annotated[LookupQuery, Query()], database: Database, settings: Deployment, moment: Now
) -> Response:
    """Quy hoạch nào áp dụng tại một nơi / which plans apply to one place, and how surely."""
    day, known_at = query.times(moment)
    question = await question_of(query, database, settings.storage_srid, day)
    return _json(await answer(database, question, day, known_at))


@router.post("/v1/lookup", responses=ANSWER, tags=["lookup"], dependencies=[Depends(open_to_all)])
async def lookup_drawn(
    drawn: Drawn,
    query: Annotated[At, Query()],
    database: Database,
    settings: Deployment,
    moment: Now,
) -> Response:
    """Quy hoạch trong một vùng vẽ (GeoJSON) / which plans apply inside a drawn area."""
    day, known_at = query.times(moment)
    question = by_geometry(drawn, settings.storage_srid)
    return _json(await answer(database, question, day, known_at))


class SearchQuery(At):
    """One box: `5/12`, `tờ 5 thửa 12`, with or without a ward; coordinates; national code."""

    q: str = Field("", max_length=500)
    lang: Lang = "vi"


@router.get("/v1/search", tags=["lookup"])
async def search(
    query: Annotated[SearchQuery, Query()], database: Database, settings: Deployment, moment: Now
) -> Response:
    """Tìm thửa đất / every parcel that fits what was typed; never a silent pick."""
    day, known_at = query.times(moment)
    return _json(await find_parcels(database, query.q, day, known_at, settings.storage_srid))


@router.get("/", include_in_schema=False)
async def home(
    request: Request,
    query: Annotated[SearchQuery, Query()],
    database: Database,
    settings: Deployment,
    moment: Now,
) -> Response:
    """The search page; one match goes straight to its parcel, several are listed."""
    found = None
    if query.q.strip():
        day, known_at = query.times(moment)
        found = await find_parcels(database, query.q, day, known_at, settings.storage_srid)
        if found["unique"] and not found["read_in"]:
            page = page_of(request, invented=False)
            return RedirectResponse(page.link(found["items"][0]["url"]), 303)
    page = page_of(request, await holds_invented(database))
    return HTMLResponse(search_page(page, query.q, found))


class OneOf(At):
    """Of parcels that share a key, the one chosen."""

    parcel_id: int | None = Field(None, ge=1, le=2**62)


class ParcelPageQuery(PageQuery, OneOf):
    """Parameters of a parcel's page."""


async def parcel_document(
    parts: "ParcelPath", query: OneOf, database: Pool, moment: datetime
) -> dict[str, Any]:
    """The answer for the parcel an address names."""
    day, known_at = query.times(moment)
    if query.parcel_id is not None:  # also the way to a parcel without a whole key
        question = Question("id", (query.parcel_id,), {"parcel_id": query.parcel_id})
        return await answer(database, question, day, known_at)
    codes = await known_commune_codes(database, parts.commune, day)
    asked = {"commune": parts.commune, "sheet": parts.sheet, "number": parts.number}
    question = by_key(codes, parts.sheet, parts.number, asked)
    return await answer(database, question, day, known_at)


class ParcelPath:
    """The three parts of a parcel's address."""

    def __init__(self, commune: KeyPart, sheet: KeyPart, number: KeyPart) -> None:
        self.commune, self.sheet, self.number = commune, sheet, number


Parts = Annotated[ParcelPath, Depends()]


@router.get("/parcels/{commune}/{sheet}/{number:path}.json", responses=ANSWER, tags=["lookup"])
async def parcel_json(
    parts: Parts, query: Annotated[OneOf, Query()], database: Database, moment: Now
) -> Response:
    """Câu trả lời cho một thửa đất / the answer for one parcel."""
    return _json(await parcel_document(parts, query, database, moment))


@router.get("/parcels/{commune}/{sheet}/{number:path}", include_in_schema=False)
async def parcel_html(
    request: Request,
    parts: Parts,
    query: Annotated[ParcelPageQuery, Query()],
    database: Database,
    moment: Now,
) -> Response:
    """The parcel page: the answer in words first, then a drawing and the sources."""
    document = await parcel_document(parts, query, database, moment)
    day, known_at = query.times(moment)
    shapes = await database.fetch(QUERIES_NEAR["picture"], known_at, day, document["parcel"]["id"])
    invented = document["invented"] or await holds_invented(database)
    return HTMLResponse(
        parcel_page(page_of(request, invented), document, [dict(row) for row in shapes])
    )
