"""Where zones lie on each other: every pair once, set-based, in bounded memory.

A coverage without a fault is recognised by its edges alone: GEOS's coverage validator marks at
least one of any two areas that overlap, so only pairs with a marked one are looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from ingest.gate.topology.widths import polygons_of, wider
from schemas.profiles.tolerances import TopologyRule

AT_ONCE = 256
MOST_PAIRS = 4_000_000
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Tolerance:
    """Limits on the ground, metres and m². `judged`: the plan's scale is known."""

    noise_m: float
    noise_m2: float
    width_m: float
    least_area_m2: float
    judged: bool

    @classmethod
    def of(cls, rule: TopologyRule, scale: int | None) -> "Tolerance":
        """The rule's limits at a scale (its denominator)."""
        if scale is None:
            return cls(rule.noise_m, rule.noise_m2, rule.unscaled_tolerance_m, 0.0, judged=False)
        width = max(rule.tolerance_mm / 1000 * scale, 2 * rule.noise_m)
        least = rule.least_area_mm2 / 1e6 * scale**2
        return cls(rule.noise_m, rule.noise_m2, width, least, judged=True)

    def real(self, polygons: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Which polygons are more than the noise of rounding."""
        large = np.asarray(shapely.area(polygons) > self.noise_m2, dtype=bool)
        large[large] = wider(polygons[large], self.noise_m)
        return large

    def above(self, polygons: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Which polygons are wider and larger than tolerance."""
        large = np.asarray(shapely.area(polygons) > self.least_area_m2, dtype=bool)
        return large & wider(polygons, self.width_m)


@dataclass(frozen=True)
class Overlaps:
    """Pairs (k,) of zones that lie on each other, largest first.

    `first` < `second`: indices; `area_m2`: common area; `same`: common area / area of both;
    `above`: beyond tolerance; `complete` false: so many that not every pair was looked at.
    """

    first: Indices
    second: Indices
    area_m2: NDArray[np.float64]
    same: NDArray[np.float64]
    above: NDArray[np.bool_]
    complete: bool = True

    def __len__(self) -> int:
        return len(self.first)


def marked(zones: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Zones (n,), valid areas, with an edge that does not fit their neighbours' edges."""
    if len(zones) < 2:
        return np.zeros(len(zones), bool)
    edges = shapely.coverage_invalid_edges(zones)
    return np.asarray(~(shapely.is_missing(edges) | shapely.is_empty(edges)), dtype=bool)


def find_overlaps(
    zones: NDArray[np.object_],
    tolerance: Tolerance,
    suspects: NDArray[np.bool_] | None = None,
    most_pairs: int = MOST_PAIRS,
) -> Overlaps:
    """All overlaps between valid areas (n,) in a metric CRS, the noise of rounding left out.

    `suspects`: zones of which every overlapping pair holds one (default: the marked ones).
    """
    flagged = marked(zones) if suspects is None else suspects
    shapely.prepare(zones)
    found, looked_at, complete = [], 0, True
    for first, second in _pairs(zones, flagged):
        looked_at += len(first)
        if looked_at > most_pairs:
            complete = False
            break
        found.append(_measured(zones, first, second, tolerance))
    return _sorted(found, complete)


def _pairs(
    zones: NDArray[np.object_], flagged: NDArray[np.bool_]
) -> Iterator[tuple[Indices, Indices]]:
    """Pairs whose boxes meet, one of them flagged; each pair once, some zones at a time."""
    tree = STRtree(zones)
    (places,) = np.nonzero(flagged)
    for start in range(0, len(places), AT_ONCE):
        some = places[start : start + AT_ONCE]
        at, other = tree.query(zones[some])
        one = some[at]
        once = (one != other) & ~(flagged[other] & (other < one))
        yield np.minimum(one, other)[once], np.maximum(one, other)[once]


Columns = tuple[Indices, Indices, NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]


def _measured(
    zones: NDArray[np.object_], first: Indices, second: Indices, tolerance: Tolerance
) -> Columns:
    """Area, sameness and gravity of the pairs whose interiors meet."""
    inside = shapely.relate_pattern(zones[first], zones[second], "T********")
    first, second = first[inside], second[inside]
    common = shapely.intersection(zones[first], zones[second])
    parts, owner = polygons_of(common)
    real = tolerance.real(parts)
    grave = np.zeros(len(first), bool)
    grave[owner[real][tolerance.above(parts[real])]] = True
    kept = np.unique(owner[real])
    area = shapely.area(common[kept])
    both = shapely.area(zones[first[kept]]) + shapely.area(zones[second[kept]]) - area
    return first[kept], second[kept], area, area / both, grave[kept]


def _sorted(found: list[Columns], complete: bool) -> Overlaps:
    if not found:
        nothing = np.array([], dtype=np.intp)
        numbers = np.array([], dtype=np.float64)
        return Overlaps(nothing, nothing, numbers, numbers, np.array([], dtype=bool), complete)
    first, second, area, same, above = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.argsort(-area, kind="stable")
    return Overlaps(first[order], second[order], area[order], same[order], above[order], complete)
