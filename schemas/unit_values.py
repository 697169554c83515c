"""Administrative units as answers speak of them: a question, the matches, and their kin."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from schemas.names import UnitName
from schemas.words import Words

Level = Literal["province", "district", "commune"]
MatchedBy = Literal["code", "name", "former_name"]
Share = Literal["whole", "part"]
Overlooked = Literal["kind", "spelling"]
"""What of a typed name no unit bears, so that it had to be overlooked."""


@dataclass(frozen=True)
class UnitQuestion:
    """Which unit is meant on the day `at`? Either a `code`, or a name with its readings.

    `within`: for each district or province named after a comma, its possible keys.
    """

    text: str
    at: date
    code: str | None
    readings: tuple[UnitName, ...]
    within: tuple[frozenset[str], ...] = ()
    level: Level | None = None


@dataclass(frozen=True)
class Kin:
    """A unit before or after another. `share`: how much of the older went into the newer.

    `main`: the newer is the main successor of the older. `until`: first day the row no longer
    holds, None while it does.
    """

    code: str
    level: str
    name: str
    full_name: str
    district: str | None
    share: Share
    main: bool
    until: date | None


@dataclass(frozen=True)
class UnitMatch:
    """One unit in force on the day asked, and how the question leads to it.

    `former`: the units of an earlier day that the question named and that became this one.
    `valid_from` None: not known; `valid_to` is the first day the row no longer holds.
    `predecessors` reach all the way back; `successors` are the next ones.
    """

    code: str
    level: Level
    kind: str
    name: str
    full_name: str
    name_en: str | None
    district: str | None
    province_code: str | None
    province: str | None
    valid_from: date | None
    valid_to: date | None
    has_boundary: bool
    invented: bool
    matched_by: MatchedBy
    former: tuple[Kin, ...]
    predecessors: tuple[Kin, ...]
    successors: tuple[Kin, ...]

    @property
    def old_codes(self) -> tuple[str, ...]:
        """Commune codes under which an old key of a parcel may be filed.

        A former name means that unit's own sheets; otherwise any predecessor's may be meant.
        """
        kin = self.former if self.matched_by == "former_name" else self.predecessors
        return tuple(dict.fromkeys(k.code for k in kin if k.level == "commune"))


@dataclass(frozen=True)
class UnitAnswer:
    """All matches, and what must be said about them (None: one unit, plainly matched)."""

    matches: tuple[UnitMatch, ...]
    why: Words | None

    @property
    def unique(self) -> bool:
        return len(self.matches) == 1


def kin_of(fact: dict[str, Any]) -> Kin:
    """Kin from the query's JSON."""
    return Kin(
        code=fact["code"],
        level=fact["level"],
        name=fact["name"],
        full_name=fact["full_name"],
        district=fact["district"],
        share=fact["share"],
        main=fact["main"],
        until=day_of(fact["valid_to"]),
    )


def day_of(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
