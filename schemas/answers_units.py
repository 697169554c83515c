"""The answer document `admin-units/1`: which administrative unit is meant on a day."""

from datetime import date
from typing import Literal

from pydantic import Field

from schemas.answers import Document
from schemas.issues import Bilingual

Level = Literal["province", "district", "commune"]
Share = Literal["whole", "part"]


class Province(Document):
    """The province a unit lies in, on the day asked."""

    code: str
    name: str | None


class Predecessor(Document):
    """A former unit that went into this one. `share`: how much of the former unit did.

    `until`: the first day the former unit was no more.
    """

    code: str
    full_name: str
    district: str | None
    share: Share
    main: bool
    until: date | None


class Successor(Document):
    """A unit this one went into. `main`: where most of it, or its seat, went."""

    code: str
    name: str
    full_name: str
    share: Share
    main: bool


class AdminUnit(Document):
    """One unit in force on the day asked.

    `matched_by` former_name: the unit itself bears another name or code; `former` holds the units
    of the name or code asked for that became it. `valid_from` null: since when is not known.
    `valid_to`: the first day the entry no longer holds. `predecessors` reach all the way back.
    """

    code: str
    level: Level
    kind: str
    name: str
    full_name: str
    name_en: str | None
    district: str | None
    province: Province | None
    valid_from: date | None
    valid_to: date | None
    predecessors: list[Predecessor]
    successors: list[Successor]
    has_boundary: bool
    invented: bool
    matched_by: Literal["code", "name", "former_name"]
    former: list[Predecessor]


class AdminUnitsQuery(Document):
    """What was asked."""

    q: str | None
    code: str | None
    level: Level | None


class AdminUnitsDocument(Document):
    """`admin-units/1`. `unique`: exactly one unit can be meant; `count`: how many can.

    `items` hold at most `limit` of them. `why` says what a reader must know: nothing found,
    several found, a former unit, a reused code; null where one unit was plainly matched.
    """

    schema_: Literal["admin-units/1"] = Field(alias="schema")
    at: date
    query: AdminUnitsQuery
    unique: bool
    count: int
    items: list[AdminUnit]
    why: Bilingual | None
