"""Published plans, their versions and their papers, as pages and as documents."""

import pathlib
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from api.deps import Database, Deployment, Now, Pool
from api.pages import PageQuery, holds_invented, page_of
from api.params import At
from maps.plan_pages import data_page, plan_map, plan_page, plans_page
from schemas.blobs import BlobStore
from schemas.errors import NotFound
from schemas.queries import load_queries
from schemas.words import Words

router = APIRouter()
QUERIES = load_queries(pathlib.Path(__file__).with_name("plans.sql"))

NO_PLAN = Words(
    "Sổ không có quy hoạch đã công bố mang mã này.",
    "No published plan bears this identifier.",
)
PlanId = Annotated[str, Path(max_length=200, pattern=r"^[^\x00]+$")]
Ordinal = Annotated[int, Path(ge=1, le=2**31 - 1)]
DocumentId = Annotated[int, Path(ge=1, le=2**62)]
SHOWN_INLINE = ("application/pdf", "image/jpeg", "image/png", "image/tiff", "text/plain")


async def published_plans(database: Pool, query: At, moment: datetime) -> list[dict[str, Any]]:
    """Every published plan with the version in force on the day asked for."""
    day, known_at = query.times(moment)
    rows = await database.fetch(QUERIES["plans"], known_at, day)
    return [orjson.loads(row["document"]) for row in rows]


async def one_plan(database: Pool, plan: str, query: At, moment: datetime) -> dict[str, Any]:
    """One plan with its versions. Raises NotFound."""
    text = await database.fetchval(QUERIES["plan"], query.known_at or moment, plan)
    if text is None:
        raise NotFound(NO_PLAN)
    document: dict[str, Any] = orjson.loads(text)
    return document


@router.get("/v1/plans", tags=["plans"])
async def plans(query: Annotated[At, Query()], database: Database, moment: Now) -> Response:
    """Các quy hoạch đã công bố / published plans and the version in force of each."""
    items = await published_plans(database, query, moment)
    document = {"schema": "plans/1", "valid_at": query.times(moment)[0], "items": items}
    return Response(orjson.dumps(document), media_type="application/json")


@router.get("/plans", include_in_schema=False)
async def plans_html(
    request: Request, query: Annotated[PageQuery, Query()], database: Database, moment: Now
) -> HTMLResponse:
    """The list of plans."""
    page = page_of(request, await holds_invented(database))
    return HTMLResponse(plans_page(page, await published_plans(database, query, moment)))


@router.get("/data", include_in_schema=False)
async def data_html(
    request: Request, query: Annotated[PageQuery, Query()], database: Database, moment: Now
) -> HTMLResponse:
    """Where the open data is."""
    page = page_of(request, await holds_invented(database))
    return HTMLResponse(data_page(page, await published_plans(database, query, moment)))


@router.get("/plans/{plan}", include_in_schema=False)
@router.get("/plans/{plan}/versions/{version}", include_in_schema=False)
async def plan_html(
    request: Request,
    plan: PlanId,
    query: Annotated[PageQuery, Query()],
    database: Database,
    moment: Now,
    version: Ordinal | None = None,
) -> HTMLResponse:
    """One plan: its versions, when each was the law, and its papers."""
    document = await one_plan(database, plan, query, moment)
    known = [item["version"] for item in document["versions"]]
    if version is not None and version not in known:
        raise NotFound(NO_PLAN)
    page = page_of(request, any(item["invented"] for item in document["versions"]))
    return HTMLResponse(plan_page(page, document, version))


@router.get("/plans/{plan}/versions/{version}/documents/{document}", tags=["plans"])
async def paper(
    plan: PlanId, version: Ordinal, document: DocumentId, database: Database, settings: Deployment
) -> FileResponse:
    """Bản gốc của văn bản, bản vẽ / the delivered original of a paper, byte for byte."""
    row = await database.fetchrow(QUERIES["paper"], plan, version, document)
    path = BlobStore(settings.blob_dir).path(row["sha256"]) if row else None
    if row is None or path is None or not path.is_file():
        raise NotFound
    name = pathlib.PurePosixPath(row["path"]).name
    inline = row["media_type"] in SHOWN_INLINE
    disposition = "inline" if inline else "attachment"
    return FileResponse(
        path,
        media_type=row["media_type"] if inline else "application/octet-stream",
        headers={
            "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(name)}",
            "X-Content-Type-Options": "nosniff",
            "ETag": f'"{row["sha256"]}"',
            "Cache-Control": "public, max-age=31536000, immutable",
        },
    )


@router.get("/plans/{plan}/versions/{version}/map.html", tags=["plans"])
async def published_map(
    plan: PlanId,
    version: Ordinal,
    query: Annotated[PageQuery, Query()],
    database: Database,
    moment: Now,
) -> Response:
    """Bản đồ một tệp, mở không cần mạng / the version's map as one file that needs no network."""
    document = await one_plan(database, plan, query, moment)
    shown = next((item for item in document["versions"] if item["version"] == version), None)
    if shown is None:
        raise NotFound(NO_PLAN)
    rows = await database.fetch(QUERIES["zones"], plan, version)
    html = plan_map(document, shown, [orjson.loads(row["feature"]) for row in rows], query.lang)
    name = f"{plan}-{version}.html"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(html, media_type="text/html; charset=utf-8", headers=headers)
