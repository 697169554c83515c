"""Lots against the cells they lie in, cells against their areas: ground, area and people.

A zone belongs to the parent that holds its inner point. The sum of the parts may be less than the
whole where roads are no zones; people live in zones, so theirs must agree both ways.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from ingest.gate.audit.rounding import differ, half_units
from ingest.gate.audit.zones import AuditedZones, number
from ingest.gate.checks.gravest import gravest
from ingest.gate.topology.tolerance import Tolerance
from ingest.gate.topology.widths import wider
from schemas.crs import WGS84, project_one
from schemas.issues import Issue

PAIRS = (("cell", "lot"), ("area", "cell"))
Numbers = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Family:
    """Rows of the parents (p,) and children (c,) of two levels; `parent_of` (c,): -1 = none."""

    parents: Rows
    children: Rows
    parent_of: Rows

    def sums(self, numbers: Numbers) -> Numbers:
        """Sum over each parent's children (p,); NaN where no child states the number."""
        own = numbers[self.children]
        known = (self.parent_of >= 0) & ~np.isnan(own)
        sums = np.bincount(self.parent_of[known], own[known], minlength=len(self.parents))
        stated = np.bincount(self.parent_of[known], minlength=len(self.parents))
        return np.where(stated > 0, sums, np.nan)

    def rounding(self, numbers: Numbers) -> Numbers:
        """What rounding of the children's numbers may add up to (p,)."""
        return np.nan_to_num(self.sums(np.where(np.isnan(numbers), np.nan, half_units(numbers))))

    def of(self, parent: int) -> Rows:
        """Rows of one parent's children."""
        own: Rows = self.children[self.parent_of == parent]
        return own


def check_parents(zones: AuditedZones, tolerance: Tolerance) -> Iterator[Issue]:
    """Parts that do not fit their whole, on each pair of levels that the plan has."""
    for parent_level, child_level in PAIRS:
        parents, children = zones.on(parent_level), zones.on(child_level)
        if len(parents) and len(children):
            family = _family(zones, parents, children)
            yield from _crossing(zones, family, tolerance)
            yield from _area_sums(zones, family)
            yield from _people_sums(zones, family)


def _family(zones: AuditedZones, parents: Rows, children: Rows) -> Family:
    inner = shapely.point_on_surface(zones.shapes[children])
    child, parent = STRtree(zones.shapes[parents]).query(inner, predicate="intersects")
    parent_of = np.full(len(children), -1, dtype=np.intp)
    parent_of[child[::-1]] = parent[::-1]
    return Family(parents, children, parent_of)


def _crossing(zones: AuditedZones, family: Family, tolerance: Tolerance) -> Iterator[Issue]:
    """Children that lie in more than their parent, by more than tolerance."""
    (held,) = np.nonzero(family.parent_of >= 0)
    child = family.children[held]
    parent = family.parents[family.parent_of[held]]
    shapely.prepare(zones.shapes[parent])
    open_pairs = ~shapely.covers(zones.shapes[parent], zones.shapes[child])
    child, parent = child[open_pairs], parent[open_pairs]
    beyond = shapely.difference(zones.shapes[child], zones.shapes[parent])
    real = wider(beyond, tolerance.width_m)
    found = sorted(
        zip(child[real].tolist(), parent[real].tolist(), beyond[real], strict=True),
        key=lambda one: -one[2].area,
    )
    yield from gravest(found, partial(_crosses, zones))


def _crosses(zones: AuditedZones, found: tuple[int, int, shapely.Geometry]) -> Issue:
    child, parent, beyond = found
    detail = {"parent": zones.name(parent), "area_m2": number(beyond.area, 1)}
    issue = zones.finding(
        child, "ZONE_CROSSES_PARENT", "symbol", value=zones.name(child), detail=detail
    )
    place = shapely.point_on_surface(beyond)
    return replace(issue, geom=project_one(place, zones.srid, WGS84))


def _area_sums(zones: AuditedZones, family: Family) -> Iterator[Issue]:
    """Parents whose stated area is less than their parts' together."""
    stated, drawn = zones.numbers("area_declared_m2"), zones.numbers("area_m2")
    whole = stated[family.parents]
    parts = family.sums(np.where(np.isnan(stated), drawn, stated))
    rounding = family.rounding(stated) + half_units(whole)
    wrong = differ(whole, parts, zones.rule.deviation, rounding) & (parts > whole)
    told = partial(_sum_issue, zones, family, "AREA_SUM_DIFFERS", "area_declared_m2", whole, parts)
    yield from gravest(_worst(wrong, whole, parts), told)


def _people_sums(zones: AuditedZones, family: Family) -> Iterator[Issue]:
    people = zones.numbers("population")
    whole, parts = people[family.parents], family.sums(people)
    wrong = differ(whole, parts, zones.rule.deviation, family.rounding(people) + 0.5)
    told = partial(_sum_issue, zones, family, "PEOPLE_SUM_DIFFERS", "population", whole, parts)
    yield from gravest(_worst(wrong, whole, parts), told)


def _worst(wrong: NDArray[np.bool_], whole: Numbers, parts: Numbers) -> list[int]:
    rows = np.flatnonzero(wrong)
    order = np.argsort(-np.abs(whole[rows] - parts[rows]), kind="stable")
    found: list[int] = rows[order].tolist()
    return found


def _sum_issue(
    zones: AuditedZones,
    family: Family,
    code: str,
    target: str,
    whole: Numbers,
    parts: Numbers,
    parent: int,
) -> Issue:
    children = family.of(parent)
    off = parts[parent] - whole[parent]
    detail = {
        "zone": zones.name(int(family.parents[parent])),
        "sum": number(parts[parent]),
        "percent": number(100 * off / whole[parent], 1),
        "parts": zones.names(children),
        "n_parts": len(children),
    }
    row = int(family.parents[parent])
    return zones.finding(row, code, target, value=number(whole[parent]), detail=detail)
