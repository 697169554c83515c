"""Public error reports over HTTP: sending one, and seeing what becomes of it."""

import hmac
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import Field

from api.accounts.access import open_to_all
from api.accounts.credentials import hash_of
from api.deps import Database, Deployment, Now, WriteDatabase
from api.pages import holds_invented, page_of
from api.params import Asked
from api.tickets.about import subject_of
from api.tickets.document import object_url, public_document, ticket_row
from api.tickets.form import read_form
from api.tickets.queries import QUERIES
from api.tickets.send import open_ticket
from maps.pages import Lang
from maps.ticket_pages import new_ticket_page, ticket_page
from schemas.errors import BadQuestion, NotAllowed, NotFound, RegisterError
from schemas.tickets import NewTicket, TicketDocument
from schemas.words import Words

router = APIRouter()

Number = Annotated[str, Path(max_length=40, pattern=r"^[^\x00]+$")]
Anyone = Depends(open_to_all)
ELSEWHERE = Words(
    "Biểu mẫu phải được gửi từ trang này; không có gì được lưu.",
    "The form must be sent from this site; nothing was stored.",
)
Short = Annotated[str, Field(max_length=400, pattern=r"^[^\x00]*$")]


class LangQuery(Asked):
    """Parameters of a page about reports."""

    lang: Lang = "vi"


class NewQuery(LangQuery):
    """What the report is about, in exactly one way."""

    parcel: Short = ""
    plan: Short = ""
    version: Short = ""
    zone: Short = ""
    lon: Short = ""
    lat: Short = ""


class TicketQuery(LangQuery):
    """`key`: of the sender's own link."""

    key: str = Field("", max_length=100, pattern=r"^[\w-]*$")


@router.get("/reports/new", include_in_schema=False)
async def new_report(
    request: Request,
    query: Annotated[NewQuery, Query()],
    database: Database,
    settings: Deployment,
    moment: Now,
) -> Response:
    """The form; what it is about is looked up first, so that nobody writes in vain."""
    fields = {name: value for name, value in query.model_dump(exclude={"lang"}).items() if value}
    page = page_of(request, await holds_invented(database))
    if not fields:
        return HTMLResponse(new_ticket_page(page, {}, None))
    subject = await subject_of(database, fields, settings.storage_srid, moment)
    return HTMLResponse(new_ticket_page(page, fields, subject.words))


@router.post("/reports", include_in_schema=False, dependencies=[Anyone])
async def send_report(
    request: Request,
    query: Annotated[LangQuery, Query()],
    database: WriteDatabase,
    reading: Database,
    settings: Deployment,
    moment: Now,
) -> Response:
    """A report by the plain form; a fault is told beside the form, with what was written."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed(ELSEWHERE)
    sent = await read_form(request.headers.get("content-type", ""), request.stream())
    try:
        number, key = await open_ticket(
            database, reading, sent, address=_address(request),
            storage_srid=settings.storage_srid, moment=moment,
        )  # fmt: skip
    except (BadQuestion, NotFound) as fault:
        page = page_of(request, await holds_invented(reading))
        return HTMLResponse(_again(page, sent.fields, fault), 400)
    page = page_of(request, invented=False)
    return RedirectResponse(page.link(f"/reports/{number}?key={key}"), 303)


def _again(page: Any, fields: dict[str, str], fault: RegisterError) -> str:
    return new_ticket_page(page, fields, None, fault=fault)


def _address(request: Request) -> str | None:
    return request.client.host if request.client else None


@router.post(
    "/v1/tickets",
    tags=["tickets"],
    status_code=201,
    dependencies=[Anyone],
    responses={201: {"model": NewTicket}},
)
async def send_ticket(
    request: Request,
    query: Annotated[Asked, Query()],
    database: WriteDatabase,
    reading: Database,
    settings: Deployment,
    moment: Now,
) -> Response:
    """Báo một chỗ sai (multipart: message, đối tượng, photo) / report an error."""
    request.state.private = True
    sent = await read_form(request.headers.get("content-type", ""), request.stream())
    number, key = await open_ticket(
        database, reading, sent, address=_address(request),
        storage_srid=settings.storage_srid, moment=moment,
    )  # fmt: skip
    document = public_document(await ticket_row(database, number), moment)
    document["reader_url"] = f"/reports/{number}?key={key}"
    headers = {"Location": f"/v1/tickets/{number}"}
    return Response(orjson.dumps(document), 201, headers, "application/json")


@router.get("/v1/tickets/{ticket}", tags=["tickets"], responses={200: {"model": TicketDocument}})
async def ticket_json(
    ticket: Number, query: Annotated[Asked, Query()], database: WriteDatabase, moment: Now
) -> Response:
    """Phản ánh đang ở đâu / what has become of a report."""
    document = public_document(await ticket_row(database, ticket), moment)
    headers = {"Cache-Control": "no-cache"}
    return Response(orjson.dumps(document), media_type="application/json", headers=headers)


@router.get("/reports/{ticket}", include_in_schema=False)
async def report(
    request: Request,
    ticket: Number,
    query: Annotated[TicketQuery, Query()],
    database: WriteDatabase,
    moment: Now,
) -> Response:
    """What everybody may see; with the sender's key, also what was sent."""
    row = await ticket_row(database, ticket)
    own = is_reader(row, query.key)
    request.state.private = bool(query.key)
    document = public_document(row, moment)
    page = page_of(request, await holds_invented(database))
    html = ticket_page(
        page,
        document,
        object_url=object_url(document["about"]),
        sent=sent_part(row) if own else None,
        key=query.key if own else "",
    )
    return HTMLResponse(html)


def is_reader(row: Any, key: str) -> bool:
    """Whether the key is that of the sender's own link."""
    return bool(key and row["reader"]) and hmac.compare_digest(hash_of(key), row["reader"])


def sent_part(row: Any) -> dict[str, Any]:
    """What only the sender and the office see."""
    why = orjson.loads(row["photo_why"]) if row["photo_why"] else None
    return {"message": row["message"], "photo": row["photo"], "photo_why": why}


@router.get("/reports/{ticket}/photo", include_in_schema=False)
async def own_photo(
    request: Request,
    ticket: Number,
    query: Annotated[TicketQuery, Query()],
    database: WriteDatabase,
) -> Response:
    """The clean copy of the photo, for its sender."""
    request.state.private = True
    row = await ticket_row(database, ticket)
    if not is_reader(row, query.key):
        raise NotFound
    return await photo_of(database, row["id"])


async def photo_of(database: WriteDatabase, number: str) -> Response:
    """The clean copy. Raises NotFound."""
    image = await database.fetchval(QUERIES["photo"], number)
    if image is None:
        raise NotFound
    return Response(image, media_type="image/jpeg")
