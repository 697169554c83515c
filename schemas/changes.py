"""The document of `GET /v1/changes`: entries of the log of changes, the oldest first."""

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.issues import Bilingual

Days = tuple[dt.date, dt.date | None]
"""A period `[from, to)`; None: without end."""


class Document(BaseModel):
    """Part of the document; nothing else is in it."""

    model_config = ConfigDict(extra="forbid")


class ChangedVersion(Document):
    """A version whose days in force or status differ: remove what ended, add what began."""

    version: int
    kind: Literal["published", "adjusted", "corrected", "withdrawn", "superseded", "reinstated"]
    status: Literal["published", "superseded", "withdrawn"]
    began: list[Days]
    ended: list[Days]
    url: str


class ChangedPlan(Document):
    """The plan that changed."""

    id: str
    name: str
    level: str
    authority: str | None
    url: str


class ChangeItem(Document):
    """One change of what the register answers. `extent`: west, south, east, north in degrees.

    `revision`: the register's after it; null for changes made before the log was kept.
    """

    seq: str
    revision: int | None
    at: dt.datetime
    kind: Literal["published", "adjusted", "corrected", "withdrawn", "parcels", "units"]
    says: Bilingual
    plan: ChangedPlan | None
    versions: list[ChangedVersion]
    extent: tuple[float, float, float, float] | None
    version: int | None = None
    decision: str | None = None
    date: dt.date | None = None
    adjustment_kind: Literal["first", "overall", "local"] | None = None
    invented: bool | None = None
    counts: dict[str, int] | None = None
    communes: list[str] | None = None


class Changes(Document):
    """`cursor`: ask again with `since=` it; `next`: the address of what there is more now."""

    schema_: Literal["changes/1"] = Field(alias="schema")
    since: str
    items: list[ChangeItem]
    cursor: str
    next: str | None
