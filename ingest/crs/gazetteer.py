"""Names of units, old and new, and the present communes each of them is or became.

What a commune's ground roughly is comes from the package too: a disc of its area around its centre,
and the boxes of the former communes it was made of; together they hold all but a few islands.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Literal

import numpy as np
import shapely
from shapely import Geometry

from ingest.crs.unit_tables import Present, UnitTables, read_unit_tables
from schemas.names import split_unit_name, unit_key, unit_spelling

Level = Literal["province", "district", "commune"]

ROUND_MORE, ROUND_LEAST_M, BOX_MARGIN_M = 1.6, 1_500.0, 1_000.0
METRES_PER_DEGREE = 111_000.0

FAR_ISLANDS = {
    "20333": (111.0, 15.5, 113.0, 17.5),
    "22736": (111.4, 6.5, 117.9, 12.2),
}
"""Hoàng Sa and Trường Sa (lon/lat boxes), of which the package knows no ground."""


@dataclass(frozen=True)
class Named:
    """A unit of some time under its name; `communes`: codes of what it is or became.

    `province`: code of the present province.
    """

    level: Level
    full_name: str
    province: str
    communes: frozenset[str]

    @property
    def kind(self) -> str | None:
        return split_unit_name(self.full_name)[0]

    @property
    def spelling(self) -> str:
        return unit_spelling(self.full_name)


@dataclass(frozen=True)
class Gazetteer:
    """All units by the key of their name, and the present provinces by code.

    `province_by_code`: code of the present province of every code of two digits, old or new;
    `present`, `former_boxes`: what is known of where each present commune lies, by its code.
    """

    by_key: dict[str, tuple[Named, ...]]
    provinces: dict[str, Named]
    province_by_code: dict[str, str]
    present: dict[str, Present]
    former_boxes: dict[str, tuple[str, ...]]

    def province_of(self, code: str) -> Named | None:
        """The present province that a code of two digits means, or meant."""
        return self.provinces.get(self.province_by_code.get(code, ""))

    def rough(self, code: str) -> tuple[Geometry, ...]:
        """Shapes (lon/lat) that together hold the ground of a present commune."""
        known = self.present.get(code)
        shapes = [] if known is None else [*_disc(known)]
        if code in FAR_ISLANDS:
            shapes.append(shapely.box(*FAR_ISLANDS[code]))
        return (*shapes, *chain.from_iterable(map(_box, self.former_boxes.get(code, ()))))


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer of the installed package: 34 provinces, 3,321 communes, 10,000 former ones."""
    tables = read_unit_tables()
    provinces = _provinces(tables)
    by_key: dict[str, list[Named]] = {}
    for unit in (*provinces.values(), *_present(tables), *_former(tables)):
        by_key.setdefault(unit_key(unit.full_name), []).append(unit)
    codes = {row.province_code: tables.now_in[row.province_key] for row in tables.former}
    return Gazetteer(
        {key: tuple(units) for key, units in by_key.items()},
        provinces,
        codes | {code: code for code in provinces},
        {row.code: row for row in tables.present},
        _former_boxes(tables),
    )


def _provinces(tables: UnitTables) -> dict[str, Named]:
    communes: dict[str, set[str]] = {}
    for row in tables.present:
        communes.setdefault(row.province_code, set()).add(row.code)
    names = {row.province_code: row.province for row in tables.present}
    return {
        code: Named("province", names[code], code, frozenset(inside))
        for code, inside in communes.items()
    }


def _present(tables: UnitTables) -> Iterator[Named]:
    for row in tables.present:
        yield Named("commune", row.name, row.province_code, frozenset((row.code,)))


def _former(tables: UnitTables) -> Iterator[Named]:
    """Former communes; then districts and provinces with what became of all their communes."""
    districts: dict[tuple[str, str], set[str]] = {}
    provinces: dict[str, set[str]] = {}
    for row in tables.former:
        now = tables.became.get(row.key, frozenset())
        province = tables.now_in[row.province_key]
        if row.name is not None:
            yield Named("commune", row.name, province, now)
        districts.setdefault((row.district, province), set()).update(now)
        provinces.setdefault(row.province_key, set()).update(now)
    for (name, province), communes in districts.items():
        yield Named("district", name, province, frozenset(communes))
    present = {row.province_key for row in tables.present}
    names = {row.province_key: row.province for row in tables.former}
    for key in provinces.keys() - present:
        yield Named("province", names[key], tables.now_in[key], frozenset(provinces[key]))


def _former_boxes(tables: UnitTables) -> dict[str, tuple[str, ...]]:
    boxes: dict[str, list[str]] = {}
    for row in tables.former:
        for code in tables.became.get(row.key, ()) if row.bounds else ():
            boxes.setdefault(code, []).append(row.bounds or "")
    return {code: tuple(texts) for code, texts in boxes.items()}


def _disc(row: Present) -> Iterator[Geometry]:
    if row.lat is None or row.lon is None:
        return
    radius_m = ROUND_MORE * math.sqrt((row.area_km2 or 0) * 1e6 / math.pi) + 500.0
    radius = max(radius_m, ROUND_LEAST_M) / METRES_PER_DEGREE
    turn = np.linspace(0, 2 * math.pi, 24, endpoint=False)
    wide = radius / math.cos(math.radians(row.lat))
    yield shapely.Polygon(
        np.column_stack((row.lon + wide * np.cos(turn), row.lat + radius * np.sin(turn)))
    )


def _box(bounds: str | None) -> Iterator[Geometry]:
    numbers = [float(text) for text in re.findall(r"\d+(?:\.\d+)?", bounds or "")]
    if len(numbers) == 4:
        south, west, north, east = numbers
        margin = BOX_MARGIN_M / METRES_PER_DEGREE
        yield shapely.box(west - margin, south - margin, east + margin, north + margin)
