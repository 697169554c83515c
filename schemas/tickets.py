"""Public error reports: numbers people can say, text cleaned, states, and the public document."""

import datetime as dt
import re
import secrets
import unicodedata
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.accounts import BadField, Role
from schemas.issues import Bilingual
from schemas.words import Words

State = Literal["open", "answered", "closed"]
STATES: dict[State, Words] = {
    "open": Words("Chờ trả lời", "Waiting for an answer"),
    "answered": Words("Đã trả lời", "Answered"),
    "closed": Words("Đã đóng", "Closed"),
}
ACTIONS: dict[str, Words] = {
    "opened": Words("Nhận phản ánh", "Report received"),
    "answered": Words("Cơ quan trả lời", "The office answered"),
    "closed": Words("Đóng phản ánh", "Report closed"),
}
UNASSIGNED = Words("chưa giao", "unassigned")
STAFF: tuple[Role, ...] = ("officer", "approver", "admin")
"""Who reads messages, answers and closes."""

LONGEST_TEXT = 4_000
LARGEST_PHOTO = 5 << 20
SIGNS = "23456789BCDFGHJKMNPQRTVWX"
"""Digits and letters that are not mistaken for one another, and make no words."""
HALF = 4
_ID = re.compile(f"[{SIGNS}]{{{HALF}}}-[{SIGNS}]{{{HALF}}}")
_LINE = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
JOINER = "\u200d"


def new_number() -> str:
    """A report's number, such as `7K3M-9QXD`: 25⁸ of them, so that nobody finds one by trying."""
    signs = [secrets.choice(SIGNS) for _ in range(2 * HALF)]
    return f"{''.join(signs[:HALF])}-{''.join(signs[HALF:])}"


def number_typed(text: str) -> str | None:
    """The number as it is kept, however letters, spaces and dash were typed; None: no number."""
    signs = re.sub(r"[\s-]+", "", text.upper())
    number = f"{signs[:HALF]}-{signs[HALF:]}"
    return number if _ID.fullmatch(number) else None


def clean_text(text: str) -> str:
    """NFC, lines ended by newlines, no control, formatting or unassigned characters."""
    text = _LINE.sub("\n", unicodedata.normalize("NFC", text)).replace("\t", " ")
    kept = (sign for sign in text if sign in ("\n", JOINER) or unicodedata.category(sign)[0] != "C")
    return re.sub(r"\n{3,}", "\n\n", "".join(kept)).strip()


def said_text(text: str, field: str) -> str:
    """What a person wrote, clean, 1 to LONGEST_TEXT characters. Raises BadField."""
    clean = clean_text(text)
    if not clean:
        raise BadField(field, Words("Hãy viết nội dung.", "Please write something."))
    if len(clean) > LONGEST_TEXT:
        raise BadField(
            field,
            Words(
                f"Nội dung dài {len(clean)} ký tự; tối đa {LONGEST_TEXT}.",
                f"The text has {len(clean)} characters; at most {LONGEST_TEXT}.",
            ),
        )
    return clean


class Document(BaseModel):
    """Part of a document; nothing else is in it."""

    model_config = ConfigDict(extra="forbid")


class TicketStep(Document):
    """One step that everybody may see."""

    at: dt.datetime
    action: Literal["opened", "answered", "closed"]
    says: Bilingual


class TicketDocument(Document):
    """What everybody may see of a report: never its message, its photo or who wrote it.

    `office`: the authority of the plan concerned; null: nobody is assigned yet.
    """

    schema_: Literal["ticket/1"] = Field(alias="schema")
    id: str
    subject: str
    about: dict[str, str | int | float]
    state: State
    says: Bilingual
    office: str | None
    opened_at: dt.datetime
    age_days: int
    answer: str | None
    answered_at: dt.datetime | None
    closed_at: dt.datetime | None
    history: list[TicketStep]
    url: str


class NewTicket(TicketDocument):
    """The same, to the one who has just sent it. `reader_url`: shows the message too; keep it."""

    reader_url: str
