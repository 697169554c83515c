"""The viewer page, vector tiles and TileJSON."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.deps import Database, Now, Pool
from api.pages import PageQuery, holds_invented, page_of
from api.params import At
from maps import tiles
from maps.viewer import viewer_page

router = APIRouter()

LASTING = "public, max-age=31536000, immutable"
BRIEF = "public, max-age=60"


class TileQuery(At):
    """Parameters of a tile; `revision` makes its address change with the register."""

    revision: int | None = None


async def register_revision(database: Pool) -> int:
    """The register's revision: it grows with every publication."""
    return int(await database.fetchval("SELECT revision FROM register_state"))


async def style_names(request: Request, database: Pool, revision: int) -> str:
    """Style of every function name in the register; read again when the revision changes."""
    known: tuple[int, str] | None = getattr(request.app.state, "style_names", None)
    if known is None or known[0] != revision:
        query = tiles.zone_names_query()
        rows = await database.fetch(query.sql, *query.values)
        known = (revision, tiles.style_index(row[0] for row in rows))
        request.app.state.style_names = known
    return known[1]


@router.get("/tiles/{layer}.json", tags=["maps"])
async def tile_json(
    request: Request, layer: str, query: Annotated[At, Query()], database: Database, moment: Now
) -> Response:
    """Mô tả lớp bản đồ (TileJSON) / what a tile layer holds, and where."""
    tiles.layer_of(layer)
    extent = tiles.extent_query(*query.times(moment))
    row = await database.fetchrow(extent.sql, *extent.values)
    bounds = tiles.bounds_of(tuple(row) if row else (None,) * 4)
    revision = await register_revision(database)
    base = str(request.base_url).rstrip("/")
    document = tiles.tile_json(layer, base, revision, bounds, query.valid_at)
    headers = {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    return Response(orjson.dumps(document), media_type="application/json", headers=headers)


@router.get("/tiles/{layer}/{z}/{x}/{y}.mvt", tags=["maps"])
async def tile(
    request: Request,
    layer: str,
    z: int,
    x: int,
    y: int,
    query: Annotated[TileQuery, Query()],
    database: Database,
    moment: Now,
) -> Response:
    """Một ô bản đồ véc-tơ / one vector tile of what is in force."""
    revision = await register_revision(database)
    styles = await style_names(request, database, revision)
    day, known_at = query.times(moment)
    wanted = tiles.tile_query(layer, tiles.Tile(z, x, y), day, known_at, styles)
    headers = {
        "Cache-Control": LASTING if query.revision == revision and query.valid_at else BRIEF,
        "ETag": f'"{revision}-{day}"',
        "Access-Control-Allow-Origin": "*",
    }
    if query.known_at is None and request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    found = (
        tiles.tile_bytes(await database.fetchval(wanted.sql, *wanted.values)) if wanted else None
    )
    if found is None:
        return Response(status_code=204, headers=headers)
    return Response(found, media_type=tiles.MEDIA_TYPE, headers=headers)


@router.get("/map", include_in_schema=False)
async def viewer(
    request: Request, query: Annotated[PageQuery, Query()], database: Database, moment: Now
) -> HTMLResponse:
    """The map."""
    extent = tiles.extent_query(*query.times(moment))
    row = await database.fetchrow(extent.sql, *extent.values)
    bounds = tiles.bounds_of(tuple(row) if row else (None,) * 4)
    page = page_of(request, await holds_invented(database))
    revision = await register_revision(database)
    return HTMLResponse(viewer_page(page, revision, bounds, query.valid_at))
