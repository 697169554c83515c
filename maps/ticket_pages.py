"""Pages about error reports: the form, one report for everybody, and the office's desk."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from maps.pages import Page, render
from schemas.errors import RegisterError
from schemas.tickets import LONGEST_TEXT, STATES, UNASSIGNED


def new_ticket_page(
    page: Page, fields: dict[str, str], subject: str | None, *, fault: RegisterError | None = None
) -> str:
    """The form. `subject`: what the report is about, once it was looked up; `fields`: as typed."""
    return render(
        "report_new.html",
        page,
        fields={name: fields.get(name, "") for name in
                ("message", "parcel", "plan", "version", "zone", "lon", "lat")},
        subject=subject,
        fault=fault,
        longest=LONGEST_TEXT,
    )  # fmt: skip


def ticket_page(
    page: Page,
    ticket: dict[str, Any],
    *,
    object_url: str | None,
    sent: dict[str, Any] | None,
    key: str,
) -> str:
    """One report. `sent`: message and photo, to its sender alone; `key`: of the sender's link."""
    return render(
        "report.html", page, ticket=ticket, object_url=object_url, sent=sent, key=key,
        unassigned=UNASSIGNED,
    )  # fmt: skip


def desk_ticket_page(
    page: Page,
    ticket: dict[str, Any],
    *,
    object_url: str | None,
    sent: dict[str, Any],
    fault: RegisterError | None,
    entered: str,
) -> str:
    """One report for the office. `entered`: an answer that could not be taken."""
    return render(
        "report_desk.html", page, ticket=ticket, object_url=object_url, sent=sent, fault=fault,
        entered=entered, unassigned=UNASSIGNED, longest=LONGEST_TEXT,
    )  # fmt: skip


def tickets_page(
    page: Page,
    *,
    tickets: Sequence[dict[str, Any]],
    offices: Sequence[dict[str, Any]],
    state: str,
    office: int | None,
    older: str | None,
) -> str:
    """The reports that fit the filter, newest first. `older`: where the next page begins."""
    asked = {"state": state, "office": office, "before": older}
    query = urlencode({name: value for name, value in asked.items() if value not in (None, "")})
    return render(
        "reports.html", page, tickets=tickets, offices=offices, state=state, office=office,
        states=STATES, unassigned=UNASSIGNED,
        older_url=page.link(f"/reports?{query}") if older else None,
    )  # fmt: skip
