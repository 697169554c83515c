"""Edges that miss each other by less than tolerance brought together, as a proposal with its cost.

`shapely.coverage_clean` gives every small overlap and gap to one of its neighbours. What it would
change beyond the bounds of the rule is not proposed.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from ingest.gate.topology.overlaps import Indices, Overlaps, Tolerance, find_overlaps
from ingest.gate.topology.widths import wider

UNCHANGED_M2 = 1e-6
MOST_ZONES = 100_000


@dataclass(frozen=True)
class Snapping:
    """Zones (k,) that would change: their indices, new shapes, and the ground that moves.

    `moved_m2`: area that leaves a zone plus area that comes to it.
    """

    indices: Indices
    after: NDArray[np.object_]
    before_m2: NDArray[np.float64]
    after_m2: NDArray[np.float64]
    moved_m2: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.indices)


def propose_snapping(
    zones: NDArray[np.object_],
    overlaps: Overlaps,
    gaps: NDArray[np.object_],
    tolerance: Tolerance,
    most_share: float,
) -> Snapping:
    """Snapping of the zones (n,) around small overlaps and narrow `gaps`; grave ones stay.

    No zone moves more than `most_share` of its area, nor anywhere more than the tolerance.
    """
    group = _neighbourhood(zones, overlaps, gaps, tolerance)
    if not 2 <= len(group) <= MOST_ZONES:
        return _proposal(zones, group[:0], zones[:0], np.zeros(0))
    before = zones[group]
    cleaned = shapely.coverage_clean(
        before, snapping_distance=tolerance.noise_m, gap_width=tolerance.width_m
    )
    ground = shapely.symmetric_difference(before, cleaned)
    moved = shapely.area(ground)
    changed = np.flatnonzero(moved > UNCHANGED_M2)
    too_much = _unbounded(before[changed], cleaned[changed], ground[changed], tolerance, most_share)
    proposed = zones.copy()
    proposed[group[changed]] = cleaned[changed]
    too_much |= _newly_overlapping(zones, proposed, overlaps, group[changed], tolerance)
    kept = changed[~_spread(ground[changed], too_much)]
    return _proposal(zones, group[kept], cleaned[kept], moved[kept])


def _proposal(
    zones: NDArray[np.object_],
    indices: Indices,
    after: NDArray[np.object_],
    moved: NDArray[np.float64],
) -> Snapping:
    order = np.argsort(-moved, kind="stable")
    before_m2, after_m2 = shapely.area(zones[indices]), shapely.area(after)
    return Snapping(indices[order], after[order], before_m2[order], after_m2[order], moved[order])


def _neighbourhood(
    zones: NDArray[np.object_],
    overlaps: Overlaps,
    gaps: NDArray[np.object_],
    tolerance: Tolerance,
) -> Indices:
    """Zones at small faults and those that touch them, without the ones in grave overlaps."""
    tree = STRtree(zones)
    grave = np.unique(
        np.concatenate((overlaps.first[overlaps.above], overlaps.second[overlaps.above]))
    )
    small = np.concatenate((overlaps.first, overlaps.second))
    at_gaps = tree.query(gaps, predicate="dwithin", distance=tolerance.noise_m)[1]
    faulty = np.setdiff1d(np.concatenate((small, at_gaps)), grave)
    around = tree.query(zones[faulty], predicate="dwithin", distance=tolerance.width_m)[1]
    return np.setdiff1d(np.union1d(faulty, around), grave).astype(np.intp)


def _unbounded(
    before: NDArray[np.object_],
    after: NDArray[np.object_],
    ground: NDArray[np.object_],
    tolerance: Tolerance,
    most_share: float,
) -> NDArray[np.bool_]:
    """Changes that lose a zone, break it, or move more ground than is allowed."""
    lost = shapely.is_missing(after) | shapely.is_empty(after) | ~shapely.is_valid(after)
    much = shapely.area(ground) > most_share * shapely.area(before)
    wide = wider(ground, tolerance.width_m)
    return np.asarray(lost | much | wide, dtype=bool)


def _newly_overlapping(
    zones: NDArray[np.object_],
    proposed: NDArray[np.object_],
    overlaps: Overlaps,
    changed: Indices,
    tolerance: Tolerance,
) -> NDArray[np.bool_]:
    """Changed zones that would lie on a zone they did not lie on before."""
    suspects = np.zeros(len(zones), bool)
    suspects[changed] = True
    sound = ~(shapely.is_missing(proposed) | shapely.is_empty(proposed))
    proposed = np.where(sound & shapely.is_valid(proposed), proposed, zones)
    found = find_overlaps(proposed, tolerance, suspects)
    known = set(zip(overlaps.first.tolist(), overlaps.second.tolist(), strict=True))
    pairs = zip(found.first.tolist(), found.second.tolist(), strict=True)
    fresh = {zone for pair in pairs if pair not in known for zone in pair}
    return np.isin(changed, list(fresh))


def _spread(ground: NDArray[np.object_], refused: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Refusals passed on to every zone whose moving ground hangs together with a refused one's."""
    tree = STRtree(ground)
    reached = refused.copy()
    front = np.flatnonzero(refused)
    while len(front):
        touching = np.unique(tree.query(ground[front], predicate="intersects")[1])
        front = touching[~reached[touching]]
        reached[front] = True
    return reached
