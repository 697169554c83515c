"""The gate's pages: the dossiers, one dossier, and plain forms that need no script."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from api.accounts.access import Person, Visit
from api.accounts.forms import DeskQuery
from api.deps import Deployment, Pool, WriteDatabase, WritePool
from api.dossiers import work
from api.dossiers.actions import Decider, Uploader
from api.dossiers.ask import QUERIES
from api.dossiers.difference import ComparedLater, difference_of
from api.dossiers.documents import dossier_of, dossiers_of
from api.dossiers.findings import first_findings
from api.dossiers.reports import report_path, reports_of
from api.dossiers.rights import DELIVERS
from api.dossiers.routes import DossierId, ListQuery, Reader
from api.dossiers.sender import FormAccess
from api.dossiers.work import Called
from api.maps.routes import register_revision
from api.pages import desk_page
from api.plans.routes import Ordinal, PlanId
from maps.dossier_pages import dossier_page, dossiers_page

router = APIRouter(include_in_schema=False)

BySender = Annotated[Person, Depends(FormAccess(frozenset(DELIVERS), by_token=False))]
SOON = 20_000
"""Zones that are compared while a person waits for the page."""


class ListPageQuery(ListQuery, DeskQuery):
    """Parameters of the list as a page."""


class DossierQuery(DeskQuery):
    """`difference`: compare even a very large dossier."""

    difference: bool = False


Desk = Annotated[DeskQuery, Query()]


@router.get("/dossiers")
async def dossiers_html(
    request: Request,
    query: Annotated[ListPageQuery, Query()],
    person: Reader,
    database: WriteDatabase,
    settings: Deployment,
) -> Response:
    """The dossiers a person sees, and the form to deliver one."""
    listing = await dossiers_of(database, person, query.before)
    page = desk_page(request, any(item["invented"] for item in listing["items"]))
    may_deliver = person.role in DELIVERS
    limit = settings.max_upload_bytes
    html = dossiers_page(page, listing, may_deliver=may_deliver, limit_bytes=limit)
    return HTMLResponse(html)


@router.get("/dossiers/{dossier}")
async def dossier_html(
    request: Request,
    dossier: DossierId,
    query: Annotated[DossierQuery, Query()],
    person: Reader,
    database: WriteDatabase,
    settings: Deployment,
) -> Response:
    """One dossier: the verdict, the findings, what it changes."""
    found = await dossier_of(database, dossier, person, settings)
    groups = await first_findings(database, found)
    events = await _told(database, dossier)
    difference = await _compared(database, found, query.difference)
    revision = await register_revision(database)
    reports = reports_of(settings, dossier)
    page = desk_page(request, found["invented"])
    return HTMLResponse(dossier_page(page, found, groups, events, difference, reports, revision))


@router.get("/dossiers/{dossier}/reports/{name}")
async def report(
    dossier: DossierId,
    name: str,
    _: Desk,
    person: Reader,
    database: WriteDatabase,
    settings: Deployment,
) -> Response:
    """A report of the last check, as a file."""
    await dossier_of(database, dossier, person, settings)
    path = report_path(settings, dossier, name)
    return FileResponse(path, filename=path.name, media_type="application/octet-stream")


@router.post("/dossiers")
async def upload_form(_: Desk, person: BySender, call: Called) -> Response:
    """A dossier delivered by the plain form."""
    visit: Visit = call.request.state.visit
    admitted = await work.deliver(call, person, visit.csrf)
    return _to_dossier(call.request, admitted.id)


@router.post("/dossiers/{dossier}/check")
async def check_form(dossier: DossierId, _: Desk, person: Uploader, call: Called) -> Response:
    """Check again, by the plain form."""
    await work.check(call, person, dossier)
    return _to_dossier(call.request, dossier)


@router.post("/dossiers/{dossier}/publish")
async def publish_form(dossier: DossierId, _: Desk, person: Decider, call: Called) -> Response:
    """Publish, by the plain form."""
    await work.decide("publish", call, person, dossier)
    return _to_dossier(call.request, dossier)


@router.post("/dossiers/{dossier}/reject")
async def reject_form(dossier: DossierId, _: Desk, person: Decider, call: Called) -> Response:
    """Turn away, by the plain form."""
    await work.decide("reject", call, person, dossier)
    return _to_dossier(call.request, dossier)


@router.post("/plans/{plan}/versions/{version}/withdraw")
async def withdraw_form(
    plan: PlanId, version: Ordinal, _: Desk, person: Decider, call: Called
) -> Response:
    """Withdraw a version, by the plain form."""
    delivered = await work.withdraw(call, person, plan, version)
    return _to_dossier(call.request, delivered["id"])


def _to_dossier(request: Request, dossier: int) -> Response:
    return RedirectResponse(desk_page(request).link(f"/dossiers/{dossier}"), 303)


async def _told(database: Pool, dossier: int) -> list[dict[str, Any]]:
    rows = await database.fetch(QUERIES["history"], dossier)
    return [orjson.loads(row["event"]) for row in rows]


async def _compared(
    database: WritePool, dossier: dict[str, Any], even_large: bool
) -> dict[str, Any] | None:
    """The difference, where there is something to compare and it does not take long.

    Raises ComparedLater where it was asked for (`even_large`); else the page does without.
    """
    zones = sum(version["zones"] for version in dossier["versions"])
    ready = dossier["state"] in ("staged", "published") and dossier["work"] is None
    if not ready or not dossier["versions"] or (zones > SOON and not even_large):
        return None
    try:
        return await difference_of(database, dossier["id"])
    except ComparedLater:
        if even_large:
            raise
        return None
