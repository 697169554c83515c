"""The gate's pages: the dossiers, one dossier, and plain forms that need no script."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from pydantic import Field

from api.accounts.access import Person, Visit
from api.deps import Deployment, Now, Pool, WriteDatabase, WritePool
from api.dossiers.actions import Decider, Uploader, begin, deliver, dossier_of_version
from api.dossiers.ask import QUERIES
from api.dossiers.difference import difference_of
from api.dossiers.documents import dossier_of, dossiers_of
from api.dossiers.findings import first_findings
from api.dossiers.reports import report_path, reports_of
from api.dossiers.rights import DELIVERS
from api.dossiers.routes import DossierId, Reader
from api.dossiers.sender import FormAccess
from api.dossiers.wishes import CheckWishes, Decision, Reason, asked
from api.maps.routes import register_revision
from api.pages import desk_page
from api.params import Asked
from api.plans.routes import Ordinal, PlanId
from maps.dossier_pages import dossier_page, dossiers_page
from maps.pages import Lang

router = APIRouter(include_in_schema=False)

BySender = Annotated[Person, Depends(FormAccess(frozenset(DELIVERS), by_token=False))]
SOON = 20_000
"""Zones that are compared while a person waits for the page."""


class DeskQuery(Asked):
    """Parameters of a page of the gate."""

    lang: Lang = "vi"


class ListQuery(DeskQuery):
    """Where the page of the list begins."""

    before: int | None = Field(None, ge=1, le=2**62)


class DossierQuery(DeskQuery):
    """`difference`: compare even a very large dossier."""

    difference: bool = False


Desk = Annotated[DeskQuery, Query()]


@router.get("/dossiers")
async def dossiers_html(
    request: Request,
    query: Annotated[ListQuery, Query()],
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
async def upload_form(
    request: Request,
    _: Desk,
    person: BySender,
    database: WriteDatabase,
    settings: Deployment,
    moment: Now,
) -> Response:
    """A dossier delivered by the plain form."""
    visit: Visit = request.state.visit
    admitted = await deliver(request, database, settings, person, moment, visit.csrf)
    return _to_dossier(request, admitted.id)


@router.post("/dossiers/{dossier}/check")
async def check_form(
    request: Request,
    dossier: DossierId,
    _: Desk,
    person: Uploader,
    database: WriteDatabase,
    settings: Deployment,
    moment: Now,
) -> Response:
    """Check again, by the plain form."""
    wishes = (await asked(request, CheckWishes)).stored() | {"by": person.id}
    await begin("check", database, settings, person, moment, dossier, wishes=wishes)
    return _to_dossier(request, dossier)


@router.post("/dossiers/{dossier}/publish")
async def publish_form(
    request: Request,
    dossier: DossierId,
    _: Desk,
    person: Decider,
    database: WriteDatabase,
    settings: Deployment,
    moment: Now,
) -> Response:
    """Publish, by the plain form."""
    order = (await asked(request, Decision)).stored()
    await begin("publish", database, settings, person, moment, dossier, asked=order)
    return _to_dossier(request, dossier)


@router.post("/dossiers/{dossier}/reject")
async def reject_form(
    request: Request,
    dossier: DossierId,
    _: Desk,
    person: Decider,
    database: WriteDatabase,
    settings: Deployment,
    moment: Now,
) -> Response:
    """Turn away, by the plain form."""
    order = (await asked(request, Reason)).stored()
    await begin("reject", database, settings, person, moment, dossier, asked=order)
    return _to_dossier(request, dossier)


@router.post("/plans/{plan}/versions/{version}/withdraw")
async def withdraw_form(
    request: Request,
    plan: PlanId,
    version: Ordinal,
    _: Desk,
    person: Decider,
    database: WriteDatabase,
    settings: Deployment,
    moment: Now,
) -> Response:
    """Withdraw a version, by the plain form."""
    order = (await asked(request, Reason)).stored() | {"version": f"{plan}/{version}"}
    delivered = await dossier_of_version(database, plan, version)
    await begin("withdraw", database, settings, person, moment, delivered, asked=order)
    return _to_dossier(request, delivered)


def _to_dossier(request: Request, dossier: int) -> Response:
    return RedirectResponse(desk_page(request).link(f"/dossiers/{dossier}"), 303)


async def _told(database: Pool, dossier: int) -> list[dict[str, Any]]:
    rows = await database.fetch(QUERIES["history"], dossier)
    return [orjson.loads(row["event"]) for row in rows]


async def _compared(
    database: WritePool, dossier: dict[str, Any], even_large: bool
) -> dict[str, Any] | None:
    """The difference, where there is something to compare and it does not take long."""
    zones = sum(version["zones"] for version in dossier["versions"])
    ready = dossier["state"] in ("staged", "published") and dossier["work"] is None
    if not ready or not dossier["versions"] or (zones > SOON and not even_large):
        return None
    return await difference_of(database, dossier["id"])
