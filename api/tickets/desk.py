"""The office's side of reports: the list, the message, an answer, the end."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import Field

from api.accounts.access import Person, allow
from api.accounts.forms import form_of
from api.deps import Now, WriteDatabase
from api.pages import desk_page, holds_invented
from api.tickets.answers import answer_ticket, close_ticket
from api.tickets.document import age_days, object_url, public_document, ticket_row
from api.tickets.queries import QUERIES
from api.tickets.routes import LangQuery, Number, photo_of, sent_part
from maps.ticket_pages import desk_ticket_page, tickets_page
from schemas.accounts import BadField
from schemas.errors import Refused
from schemas.tickets import STAFF, said_text

router = APIRouter(include_in_schema=False)

Staff = Annotated[Person, Depends(allow(*STAFF, by_token=False))]
Desk = Annotated[LangQuery, Query()]
A_PAGE = 50


class ListQuery(LangQuery):
    """Which reports; `office`: an authority, 0 for none; `before`: older than this report."""

    state: Literal["open", "answered", "closed", ""] = ""
    office: int | None = Field(None, ge=0, le=2**62)
    before: str = Field("", max_length=80, pattern=r"^(\d{1,20}~[\w-]{1,20})?$")


@router.get("/reports")
async def reports(
    request: Request,
    query: Annotated[ListQuery, Query()],
    person: Staff,
    database: WriteDatabase,
    moment: Now,
) -> Response:
    """The reports, newest first; what is shown stands in the address."""
    opened, number = _place(query.before)
    values = (query.state or None, query.office, opened, number, A_PAGE + 1)
    rows = await database.fetch(QUERIES["list"], *values)
    shown = [
        dict(row) | {"age_days": age_days(row["opened_at"], row["closed_at"] or moment)}
        for row in rows[:A_PAGE]
    ]
    offices = [dict(row) for row in await database.fetch(QUERIES["authorities"])]
    html = tickets_page(
        desk_page(request, await holds_invented(database)),
        tickets=shown, offices=offices, state=query.state, office=query.office,
        older=_written(shown[-1]) if len(rows) > A_PAGE else None,
    )  # fmt: skip
    return HTMLResponse(html)


def _written(row: dict[str, object]) -> str:
    """Where the next page begins: the moment in microseconds, and the number."""
    opened = row["opened_at"]
    assert isinstance(opened, datetime)
    return f"{round(opened.timestamp() * 1_000_000)}~{row['id']}"


def _place(before: str) -> tuple[datetime | None, str | None]:
    if not before:
        return None, None
    micros, _, number = before.partition("~")
    seconds, rest = divmod(min(int(micros), 4_000_000_000_000_000), 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest), number


async def _shown(
    request: Request,
    ticket: str,
    database: WriteDatabase,
    moment: datetime,
    *,
    fault: BadField | Refused | None = None,
    entered: str = "",
) -> HTMLResponse:
    row = await ticket_row(database, ticket)
    document = public_document(row, moment)
    html = desk_ticket_page(
        desk_page(request, await holds_invented(database), at=f"/reports/{row['id']}/desk"),
        document, object_url=object_url(document["about"]), sent=sent_part(row), fault=fault,
        entered=entered,
    )  # fmt: skip
    return HTMLResponse(html, 200 if fault is None else 409 if isinstance(fault, Refused) else 400)


@router.get("/reports/{ticket}/desk")
async def desk(
    request: Request, ticket: Number, _: Desk, person: Staff, database: WriteDatabase, moment: Now
) -> Response:
    """One report with its message and photo, and the forms to answer and to close."""
    return await _shown(request, ticket, database, moment)


@router.get("/reports/{ticket}/desk/photo")
async def desk_photo(ticket: Number, _: Desk, person: Staff, database: WriteDatabase) -> Response:
    """The clean copy of the photo, for the office."""
    return await photo_of(database, (await ticket_row(database, ticket))["id"])


@router.post("/reports/{ticket}/answer")
async def answer(
    request: Request, ticket: Number, _: Desk, person: Staff, database: WriteDatabase, moment: Now
) -> Response:
    """An answer, which everybody may read."""
    fields = await form_of(request, "answer", longest=24_000)
    row = await ticket_row(database, ticket)
    try:
        text = said_text(fields["answer"], "answer")
        await answer_ticket(database, row["id"], text, person, moment)
    except (BadField, Refused) as fault:
        return await _shown(
            request, ticket, database, moment, fault=fault, entered=fields["answer"]
        )
    return _back(request, row["id"])


@router.post("/reports/{ticket}/close")
async def close(
    request: Request, ticket: Number, _: Desk, person: Staff, database: WriteDatabase, moment: Now
) -> Response:
    """The end of a report; refused while it has no answer."""
    await form_of(request)
    row = await ticket_row(database, ticket)
    try:
        await close_ticket(database, row["id"], person, moment)
    except Refused as fault:
        return await _shown(request, ticket, database, moment, fault=fault)
    return _back(request, row["id"])


def _back(request: Request, number: str) -> Response:
    return RedirectResponse(desk_page(request).link(f"/reports/{number}/desk"), 303)
