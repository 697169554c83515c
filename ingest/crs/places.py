"""Places: where a dossier says it lies, looked up by name and code, with or without boundaries.

From the installed gazetteer alone a commune is known to a few kilometres; a file of boundaries
makes it sharp, and gives the lines that a plan's own boundary may follow.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from ingest.crs.boundary_file import BoundaryFile
from ingest.crs.gazetteer import Level, Named, gazetteer
from ingest.crs.misplaced import Box
from ingest.crs.place_names import Mention, mentions, typed_parts, untyped
from ingest.crs.region import Region
from schemas.names import UnitName, unit_key


@dataclass(frozen=True)
class Ground:
    """Where a dossier must lie. `name`: as Vietnamese people write it; `exact`: by boundaries.

    `provinces`: codes of the present provinces it belongs to.
    """

    level: Level
    name: str
    region: Region
    exact: bool
    provinces: frozenset[str] = frozenset()


LOWER: tuple[Level, ...] = ("district", "commune")
NEAREST, MOST_ALIKE, ALIKE = 3, 12, 0.75


@dataclass(frozen=True)
class UnknownPlace:
    """A part of a stated place that no unit is called, and the units with names most like it."""

    text: str
    nearest: tuple[str, ...]


@dataclass(frozen=True)
class Places:
    """The look-up of places; `boundaries` None: only the gazetteer's centres, areas and boxes."""

    boundaries: BoundaryFile | None = None
    _own_names: dict[str, tuple[Named, ...]] = field(default_factory=dict)

    @classmethod
    def of_file(cls, path: Path) -> "Places":
        """Places with the boundaries of a file. Raises DeliveryUnreadable."""
        file = BoundaryFile(path)
        known = gazetteer()
        own: dict[str, list[Named]] = {}
        for unit in file.communes.values():
            if unit.code not in known.present and unit.full_name:
                named = Named("commune", unit.full_name, unit.province, frozenset((unit.code,)))
                own.setdefault(unit_key(unit.full_name), []).append(named)
        return cls(file, {key: tuple(units) for key, units in own.items()})

    def ground(
        self, texts: Sequence[str], more: Sequence[str], province_codes: Iterable[str]
    ) -> tuple[Ground, ...]:
        """Where texts and codes place a dossier: the sharpest first, then its province.

        `texts` name its place; `more` (the names of plans) count where those name no commune.
        """
        coded = {p.province: p for p in map(gazetteer().province_of, province_codes) if p}
        found = self._lookup(texts, coded)
        if not any(unit.level == "commune" for unit in found):
            found = self._lookup(texts, coded, more) or found
        provinces = [unit for unit in found if unit.level == "province"] or list(coded.values())
        lower = [unit for unit in found if unit.level != "province"]
        grounds = (self._ground(units) for units in (lower, provinces) if units)
        return tuple(ground for ground in grounds if ground is not None)

    def lines(self, box: Box) -> NDArray[np.object_]:
        """Known boundary lines (lon/lat) of the communes that meet a box; none without a file."""
        if self.boundaries is None:
            return np.empty(0, dtype=object)
        return np.asarray(shapely.boundary(self.boundaries.around(box)), dtype=object)

    def unknown(
        self, texts: Iterable[str], province_codes: Iterable[str]
    ) -> tuple[UnknownPlace, ...]:
        """Parts of places that begin with a type of unit and name none of the named province."""
        coded = {p.province for p in map(gazetteer().province_of, province_codes) if p}
        found: dict[str, UnknownPlace] = {}
        for text in texts:
            provinces = {unit.province for unit in self._provinces(text)} | coded
            for part, names in typed_parts(text):
                if not self._known(part, provinces):
                    found[part] = UnknownPlace(part, self._nearest(names, provinces))
        return tuple(found.values())

    def _known(self, part: str, provinces: set[str]) -> bool:
        units = (unit for mention in self._mentions(part) for unit in mention.units)
        return any(not provinces or unit.province in provinces for unit in units)

    def _nearest(self, names: list[UnitName], provinces: set[str]) -> tuple[str, ...]:
        """Units of the province with names most like one of the readings."""
        there = {
            unit.full_name
            for units in gazetteer().by_key.values()
            for unit in units
            if unit.level != "district" and unit.province in provinces
        }
        keys = {unit_key(full): full for full in sorted(there)}
        alike = {
            key: _edits(key, name.key)
            for name in names
            for key in get_close_matches(name.key, keys, MOST_ALIKE, ALIKE)
        }
        return tuple(keys[key] for key in sorted(alike, key=alike.__getitem__)[:NEAREST])

    def _provinces(self, text: str) -> list[Named]:
        """Provinces that a place names, with or without their type."""
        named = [*self._mentions(text), *untyped(text, self._by_key)]
        return _of_level(named, "province", None)

    def _lookup(
        self, texts: Sequence[str], coded: dict[str, Named], more: Sequence[str] = ()
    ) -> list[Named]:
        """Units named by texts: communes, else districts, with the provinces named beside them.

        Beside a province a name may stand without its type in `texts`, though not in `more`.
        """
        named = [mention for text in (*texts, *more) for mention in self._mentions(text)]
        bare = [mention for text in texts for mention in untyped(text, self._by_key)]
        provinces = _of_level([*named, *bare], "province", None)
        allowed = frozenset(unit.province for unit in provinces) | coded.keys() or None
        if not any(_of_level(named, level, allowed) for level in LOWER) and allowed is not None:
            named = [widest for one in bare if (widest := _widest(one, allowed)) is not None]
        districts = _of_level(named, "district", allowed)
        communes = _of_level(named, "commune", allowed)
        inside = frozenset().union(*(unit.communes for unit in districts))
        within = [unit for unit in communes if unit.communes & inside]
        return [*(within or communes or districts), *provinces]

    def _mentions(self, text: str) -> list[Mention]:
        return mentions(text, self._by_key)

    @cached_property
    def _by_key(self) -> dict[str, tuple[Named, ...]]:
        return gazetteer().by_key | self._own_names

    def _ground(self, units: list[Named]) -> Ground | None:
        codes = frozenset().union(*(unit.communes for unit in units))
        bounded = codes & self._bounded
        if not bounded and not codes & gazetteer().present.keys():
            return None
        name = ", ".join(dict.fromkeys(unit.full_name for unit in units))
        provinces = frozenset(unit.province for unit in units)
        region = Region(lambda: self._areas(codes))
        return Ground(units[0].level, name, region, bounded == codes, provinces)

    @property
    def _bounded(self) -> frozenset[str]:
        """Codes of the communes that have a boundary in the file."""
        return frozenset() if self.boundaries is None else frozenset(self.boundaries.communes)

    def _areas(self, codes: frozenset[str]) -> list[Geometry]:
        """The boundaries of communes, and rough areas of those that have none."""
        shapes = {} if self.boundaries is None else self.boundaries.shapes(codes & self._bounded)
        rough = (part for code in codes - shapes.keys() for part in gazetteer().rough(code))
        return [*shapes.values(), *rough]


def known_places(file: Path | None, copy: Path) -> Places:
    """Places by a file that a person names; else by the copy that `sqh units load` leaves, if any.

    Raises DeliveryUnreadable where the file, or the copy, cannot be read.
    """
    if file is not None:
        return Places.of_file(file)
    return Places.of_file(copy) if copy.exists() else Places()


def _widest(mention: Mention, provinces: frozenset[str]) -> Mention | None:
    """A name without its type as the district of that name, or else as the communes."""
    for level in LOWER:
        units = tuple(_of_level([mention], level, provinces))
        if units:
            return Mention(mention.text, units)
    return None


def _edits(one: str, other: str) -> int:
    """Letters to add, drop or change to make one name the other."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, start=1):
        before, row[0] = row[0], number
        for at, wanted in enumerate(other, start=1):
            change = before + (letter != wanted)
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, change)
    return row[-1]


def _of_level(named: list[Mention], level: Level, provinces: frozenset[str] | None) -> list[Named]:
    """Units of a level that the mentions may mean, in the given provinces (None: anywhere)."""
    units = dict.fromkeys(unit for mention in named for unit in mention.units)
    return [u for u in units if u.level == level and (provinces is None or u.province in provinces)]
