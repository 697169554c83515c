"""Administrative units and their successions as values, before they are rows of the register."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from shapely import MultiPolygon

from schemas.names import split_unit_name, unit_key


@dataclass(frozen=True, order=True)
class UnitKey:
    """What tells a unit from another: level, code, and the first day of its row.

    `start` None: the day is not known, the row reaches back without bound.
    """

    level: str
    code: str
    start: date | None = None


@dataclass(frozen=True)
class Unit:
    """One row of `admin_unit`: what held for one unit from `key.start` until `end` (exclusive).

    `geom` is in the storage CRS.
    """

    key: UnitKey
    full_name: str
    source: str
    end: date | None = None
    parent_code: str | None = None
    parent_name: str | None = None
    name_en: str | None = None
    invented: bool = False
    geom: MultiPolygon | None = None

    @property
    def kind(self) -> str:
        """Unit type as the full name says it."""
        return split_unit_name(self.full_name)[0] or ""

    @property
    def name(self) -> str:
        return split_unit_name(self.full_name)[1]

    @property
    def name_key(self) -> str:
        return unit_key(self.full_name)


@dataclass(frozen=True)
class Succession:
    """The old unit went into the new one, `whole` or in `part`; `main`: most of it did."""

    old: UnitKey
    new: UnitKey
    share: str
    main: bool
    resolution: str | None = None


@dataclass(frozen=True)
class UnitList:
    """Units and what became of them."""

    units: tuple[Unit, ...] = ()
    successions: tuple[Succession, ...] = field(default=())

    def __add__(self, other: "UnitList") -> "UnitList":
        return UnitList(self.units + other.units, self.successions + other.successions)


def with_parent_names(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """The units with their parents' names: the last that a parent bore while the row holds."""
    units = tuple(units)
    parents: dict[str, list[Unit]] = {}
    for unit in sorted(units, key=lambda unit: unit.key.start or date.min):
        if unit.key.level != "commune":
            parents.setdefault(unit.key.code, []).append(unit)
    return tuple(_with_parent_name(unit, parents.get(unit.parent_code or "", [])) for unit in units)


def _with_parent_name(unit: Unit, parents: list[Unit]) -> Unit:
    last_day = unit.end or date.max
    names = [p.full_name for p in parents if p.key.start is None or p.key.start < last_day]
    return replace(unit, parent_name=names[-1]) if names else unit
