"""The document `extract-check/1`: is a paper ours, and does it still say what applies."""

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.extracts import Facts
from schemas.issues import Bilingual

Status = Literal["current", "superseded", "parcel_gone"]


class Checked(BaseModel):
    """All parts: unknown fields are a mistake."""

    model_config = ConfigDict(extra="forbid")


class Difference(Checked):
    """One decisive statement that the paper and today's answer do not share; null: not said."""

    what: Bilingual
    then: Bilingual | None
    now: Bilingual | None


class Decided(Checked):
    """A plan version that came, or ended, after the paper was issued."""

    plan: str
    name: str
    version: int
    decision: str | None
    date: dt.date | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    url: str


class QrCheck(Checked):
    """The facts a QR carries. `proved`: signed by a key of this register; `matches`: as issued."""

    facts: Facts
    proved: bool
    matches: bool


class ExtractCheck(Checked):
    """`extract-check/1`. `sha256`: of the issued file. `corrected`: for the paper's own day the
    register now knows better. `superseded_by`, `ended`: what changed the law here since.
    """

    schema_: Literal["extract-check/1"] = Field(alias="schema")
    code: str
    genuine: Literal[True]
    status: Status
    says: Bilingual
    parcel: str
    parcel_url: str | None
    issued_at: dt.datetime
    checked_at: dt.datetime
    valid_at: dt.date
    known_at: dt.datetime
    revision: int
    sha256: str
    answer_sha256: str
    signer: str
    test_signer: bool
    sample: bool
    facts: Facts
    url: str
    corrected: bool
    superseded_by: list[Decided]
    ended: list[Decided]
    differences: list[Difference]
    qr: QrCheck | None
    file_matches: bool | None
