"""Being told over HTTP: the log of changes, the feeds, and the pages that explain them."""

import hashlib
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import Field

from api.changes.areas import ground_of, typed_ring, written
from api.changes.feeds import Feed, atom, entries_of, feed_of, json_feed
from api.changes.log import changes_since
from api.changes.places import Place, area_place, commune_place, parcel_place
from api.deps import Database, Deployment, Now, Pool
from api.lookup.routes import Parts
from api.maps.routes import register_revision
from api.pages import holds_invented, page_of
from api.params import Asked
from maps.feed_pages import area_page, watch_page
from maps.pages import Lang
from schemas.changes import Changes
from schemas.day import legal_day
from schemas.run_identity import code_version
from schemas.settings import Settings

router = APIRouter()

Form = Literal["atom", "json"]
MEDIA: dict[Form, str] = {"atom": "application/atom+xml", "json": "application/feed+json"}
FRESH = "public, max-age=300"
CommuneCode = Annotated[str, Path(pattern=r"^[0-9]{1,10}$")]
AreaText = Annotated[str, Path(max_length=1_500)]


class ChangesQuery(Asked):
    """Since when, and how many at a time."""

    since: str = Field("0", max_length=60, description="Con trỏ hoặc thời điểm / cursor or moment")
    limit: int = Field(100, ge=1, le=1000, description="Số mục mỗi trang / entries a page")


class FeedQuery(Asked):
    """Parameters of a feed."""

    lang: Lang = "vi"


class ParcelFeedQuery(FeedQuery):
    """Of parcels that share a key, the one chosen."""

    parcel_id: int | None = Field(None, ge=1, le=2**62)


class AreaQuery(FeedQuery):
    """Corners of an area, one a line."""

    corners: str = Field("", max_length=6_000, pattern=r"^[^\x00]*$")


@router.get("/v1/changes", tags=["changes"], responses={200: {"model": Changes}})
async def changes(query: Annotated[ChangesQuery, Query()], database: Database) -> Response:
    """Mọi thay đổi của sổ, đủ và theo thứ tự / every change of the register, complete, ordered."""
    found = await changes_since(database, query.since, query.limit)
    headers = {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    return Response(orjson.dumps(found), media_type="application/json", headers=headers)


def _base(request: Request, settings: Settings) -> str:
    return settings.public_url or str(request.base_url).rstrip("/")


async def _etag(request: Request, database: Pool, settings: Settings, moment: datetime) -> str:
    """Of a feed: the same until the register, the day, the address or the program changes."""
    revision = await register_revision(database)
    parts = (_base(request, settings), request.url.path, request.url.query, code_version())
    digest = hashlib.sha256("\n".join((*parts, str(legal_day(moment)))).encode()).hexdigest()
    return f'"{revision}-{digest[:16]}"'


def _is_known(request: Request, etag: str) -> bool:
    known = request.headers.get("if-none-match", "")
    return known.strip() == "*" or etag in {
        each.strip().removeprefix("W/") for each in known.split(",")
    }


async def _answered(
    request: Request, place: Place, form: Form, lang: Lang, database: Pool, base: str, etag: str
) -> Response:
    feed: Feed = await feed_of(database, place, base, lang)
    body = atom(feed) if form == "atom" else json_feed(feed)
    return Response(body, media_type=MEDIA[form], headers=_headers(etag))


def _headers(etag: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": FRESH, "Access-Control-Allow-Origin": "*"}


@router.get("/feeds/parcels/{commune}/{sheet}/{number:path}.{form}", tags=["changes"])
async def parcel_feed(
    request: Request,
    parts: Parts,
    form: Form,
    query: Annotated[ParcelFeedQuery, Query()],
    database: Database,
    settings: Deployment,
    moment: Now,
) -> Response:
    """Tin thay đổi của một thửa đất (Atom, JSON Feed) / what changes on one parcel."""
    etag = await _etag(request, database, settings, moment)
    if _is_known(request, etag):
        return Response(status_code=304, headers=_headers(etag))
    key = (parts.commune, parts.sheet, parts.number, query.parcel_id)
    place = await parcel_place(database, *key, moment)
    base = _base(request, settings)
    return await _answered(request, place, form, query.lang, database, base, etag)


@router.get("/feeds/communes/{code}.{form}", tags=["changes"])
async def commune_feed(
    request: Request,
    code: CommuneCode,
    form: Form,
    query: Annotated[FeedQuery, Query()],
    database: Database,
    settings: Deployment,
    moment: Now,
) -> Response:
    """Tin thay đổi của một phường, xã / what changes in one commune."""
    etag = await _etag(request, database, settings, moment)
    if _is_known(request, etag):
        return Response(status_code=304, headers=_headers(etag))
    place = await commune_place(database, code, moment)
    base = _base(request, settings)
    return await _answered(request, place, form, query.lang, database, base, etag)


@router.get("/feeds/areas/{area}.{form}", tags=["changes"])
async def area_feed(
    request: Request,
    area: AreaText,
    form: Form,
    query: Annotated[FeedQuery, Query()],
    database: Database,
    settings: Deployment,
    moment: Now,
) -> Response:
    """Tin thay đổi trong một vùng vẽ; vùng nằm trong địa chỉ / what changes in a drawn area."""
    place = area_place(area, settings.storage_srid)
    etag = await _etag(request, database, settings, moment)
    if _is_known(request, etag):
        return Response(status_code=304, headers=_headers(etag))
    base = _base(request, settings)
    return await _answered(request, place, form, query.lang, database, base, etag)


async def _watched(request: Request, place: Place, database: Pool, base: str) -> HTMLResponse:
    invented = place.invented or await holds_invented(database)
    entries = [asdict(entry) for entry in await entries_of(database, place)]
    page = page_of(request, invented)
    feeds: dict[str, str] = {form: place.feed(form, page.lang) for form in MEDIA}
    shown = watch_page(
        page, title=place.title, home=place.page, feeds=feeds, entries=entries, base=base
    )
    return HTMLResponse(shown)


@router.get("/watch/parcels/{commune}/{sheet}/{number:path}", include_in_schema=False)
async def watch_parcel(
    request: Request,
    parts: Parts,
    query: Annotated[ParcelFeedQuery, Query()],
    database: Database,
    settings: Deployment,
    moment: Now,
) -> Response:
    """How to be told when something changes on a parcel."""
    key = (parts.commune, parts.sheet, parts.number, query.parcel_id)
    place = await parcel_place(database, *key, moment)
    return await _watched(request, place, database, _base(request, settings))


@router.get("/watch/communes/{code}", include_in_schema=False)
async def watch_commune(
    request: Request,
    code: CommuneCode,
    query: Annotated[FeedQuery, Query()],
    database: Database,
    settings: Deployment,
    moment: Now,
) -> Response:
    """How to be told when something changes in a commune."""
    place = await commune_place(database, code, moment)
    return await _watched(request, place, database, _base(request, settings))


@router.get("/watch/areas/{area}", include_in_schema=False)
async def watch_area(
    request: Request,
    area: AreaText,
    query: Annotated[FeedQuery, Query()],
    database: Database,
    settings: Deployment,
) -> Response:
    """How to be told when something changes in a drawn area."""
    place = area_place(area, settings.storage_srid)
    return await _watched(request, place, database, _base(request, settings))


@router.get("/watch", include_in_schema=False)
async def draw_area(
    request: Request,
    query: Annotated[AreaQuery, Query()],
    database: Database,
    settings: Deployment,
) -> Response:
    """Corners become an area with feeds of its own; without corners, the form."""
    page = page_of(request, await holds_invented(database))
    if not query.corners.strip():
        return HTMLResponse(area_page(page))
    ring = typed_ring(query.corners)
    ground_of(ring, settings.storage_srid)
    return RedirectResponse(page.link(f"/watch/areas/{written(ring)}"), 303)
