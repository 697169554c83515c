"""Where zones lie on each other: every pair once, measured, in bounded memory."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from ingest.gate.topology.faces import Faces, Indices, Tangled, cut_up
from ingest.gate.topology.tolerance import Tolerance
from ingest.gate.topology.widths import polygons_of

AT_ONCE = 5_000
MEASURED = 30_000
CRUMB_M2 = 1e-3
FEW = 8
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Overlaps:
    """Pairs (k,) of zones that lie on each other, largest first.

    `first` < `second`: indices; `area_m2`: common area; `same`: common area / area of both;
    `above`: beyond tolerance. `pairs_seen`: where there are so many that not all were measured.
    """

    first: Indices
    second: Indices
    area_m2: Numbers
    same: Numbers
    above: NDArray[np.bool_]
    pairs_seen: int | None = None

    def __len__(self) -> int:
        return len(self.first)


def find_overlaps(zones: NDArray[np.object_], tolerance: Tolerance) -> Overlaps:
    """All overlaps between valid areas (n,) in a metric CRS, the noise of rounding left out."""
    try:
        return measured(zones, cut_up(zones, None), tolerance)
    except Tangled as tangled:
        return no_overlaps(int(tangled.args[0]))


def no_overlaps(pairs_seen: int | None = None) -> Overlaps:
    """None measured."""
    nothing, numbers = np.zeros(0, np.intp), np.zeros(0)
    return Overlaps(nothing, nothing, numbers, numbers, np.zeros(0, bool), pairs_seen)


def measured(zones: NDArray[np.object_], faces: Faces, tolerance: Tolerance) -> Overlaps:
    """The pairs that share ground, with what they share; not all, where there are too many."""
    first, second = _candidates(zones, faces.shared[shapely.area(faces.shared) > CRUMB_M2])
    seen = len(first) if len(first) > MEASURED else None
    first, second = first[:MEASURED], second[:MEASURED]
    found = [
        _some(zones, first[at : at + AT_ONCE], second[at : at + AT_ONCE], tolerance)
        for at in range(0, max(len(first), 1), AT_ONCE)
    ]
    first, second, area, same, above = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.argsort(-area, kind="stable")
    return Overlaps(first[order], second[order], area[order], same[order], above[order], seen)


def _candidates(zones: NDArray[np.object_], shared: NDArray[np.object_]) -> tuple[Indices, Indices]:
    """Pairs of zones that meet in a piece of shared ground; in a large one, whose boxes meet."""
    piece, zone = STRtree(zones).query(shared, predicate="intersects")
    order = np.lexsort((zone, piece))
    piece, zone = piece[order], zone[order]
    few = np.bincount(piece, minlength=len(shared))[piece] <= FEW
    some = np.unique(zone[~few])
    one, other = (some[places] for places in STRtree(zones[some]).query(zones[some]))
    pairs = [np.column_stack((one, other))[one < other]]
    piece, zone = piece[few], zone[few]
    for step in range(1, FEW):
        (at,) = np.nonzero(piece[step:] == piece[:-step])
        pairs.append(np.column_stack((zone[at], zone[at + step])))
    found = np.unique(np.concatenate(pairs), axis=0)
    return found[:, 0], found[:, 1]


def _some(
    zones: NDArray[np.object_], first: Indices, second: Indices, tolerance: Tolerance
) -> tuple[Indices, Indices, Numbers, Numbers, NDArray[np.bool_]]:
    """Area, sameness and gravity of some pairs."""
    common = shapely.intersection(zones[first], zones[second])
    parts, owner = polygons_of(common)
    real = tolerance.real(parts)
    grave = np.zeros(len(first), bool)
    grave[owner[real][tolerance.above(parts[real])]] = True
    kept = np.unique(owner[real])
    area = shapely.area(common[kept])
    both = shapely.area(zones[first[kept]]) + shapely.area(zones[second[kept]]) - area
    return first[kept], second[kept], area, area / both, grave[kept]
