"""Edges that miss each other by less than tolerance brought together, as a proposal with its cost.

`shapely.coverage_clean` gives every small overlap and gap to one of its neighbours. What it would
change beyond the bounds of the rule is not proposed.
"""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from ingest.gate.topology.faces import Indices
from ingest.gate.topology.overlaps import Overlaps, find_overlaps
from ingest.gate.topology.tolerance import Tolerance
from ingest.gate.topology.widths import wider

UNCHANGED_M2 = 1e-6
MOST_POINTS = 1_500_000


@dataclass(frozen=True)
class Snapping:
    """Zones (k,) that would change: their indices, new shapes, and the ground that moves.

    `moved_m2`: area that leaves a zone plus area that comes to it; `points_seen`: where there are
    so many that nothing was proposed.
    """

    indices: Indices
    after: NDArray[np.object_]
    before_m2: NDArray[np.float64]
    after_m2: NDArray[np.float64]
    moved_m2: NDArray[np.float64]
    points_seen: int | None = None

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
    faulty, group = _neighbourhood(zones, overlaps, gaps)
    before = zones[group]
    points = int(shapely.get_num_coordinates(before).sum())
    if points > MOST_POINTS:
        return replace(no_snapping(zones), points_seen=points)
    if len(group) < 2:
        return no_snapping(zones)
    cleaned = shapely.coverage_clean(
        before, snapping_distance=tolerance.noise_m, gap_width=tolerance.width_m
    )
    suspect = np.isin(group, faulty) | _resized(before, cleaned)
    ground = shapely.symmetric_difference(before[suspect], cleaned[suspect])
    moved = shapely.is_missing(ground) | (shapely.area(ground) > UNCHANGED_M2)
    changed, ground = np.flatnonzero(suspect)[moved], ground[moved]
    before, cleaned, group = before[changed], cleaned[changed], group[changed]
    refused = _unbounded(before, cleaned, ground, tolerance, most_share)
    refused |= _newly_overlapping(zones, group, cleaned, overlaps, tolerance)
    kept = ~_spread(ground, refused)
    return _proposal(zones, group[kept], cleaned[kept], shapely.area(ground[kept]))


def no_snapping(zones: NDArray[np.object_]) -> Snapping:
    """Nothing proposed."""
    return _proposal(zones, np.zeros(0, np.intp), zones[:0], np.zeros(0))


def _resized(before: NDArray[np.object_], after: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Shapes of another area or outline: points added on an edge change neither."""
    area = np.abs(shapely.area(after) - shapely.area(before)) > UNCHANGED_M2
    edge = np.abs(shapely.length(after) - shapely.length(before)) > UNCHANGED_M2
    return np.asarray(area | edge | shapely.is_missing(after), dtype=bool)


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
    zones: NDArray[np.object_], overlaps: Overlaps, gaps: NDArray[np.object_]
) -> tuple[Indices, Indices]:
    """Zones at small faults, and these with all that touch them; none of a grave overlap."""
    tree = STRtree(zones)
    grave = np.unique(
        np.concatenate((overlaps.first[overlaps.above], overlaps.second[overlaps.above]))
    )
    small = np.concatenate((overlaps.first, overlaps.second))
    at_gaps = tree.query(gaps, predicate="intersects")[1]
    faulty = np.setdiff1d(np.concatenate((small, at_gaps)), grave)
    around = tree.query(zones[faulty], predicate="intersects")[1]
    group = np.setdiff1d(np.union1d(faulty, around), grave)
    return faulty.astype(np.intp), group.astype(np.intp)


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
    changed: Indices,
    after: NDArray[np.object_],
    overlaps: Overlaps,
    tolerance: Tolerance,
) -> NDArray[np.bool_]:
    """Changed zones that would lie on a zone they did not lie on before."""
    proposed = zones.copy()
    sound = ~shapely.is_missing(after) & shapely.is_valid(after) & ~shapely.is_empty(after)
    proposed[changed[sound]] = after[sound]
    near = np.union1d(STRtree(zones).query(proposed[changed])[1], changed)
    found = find_overlaps(proposed[near], tolerance)
    if found.pairs_seen is not None:
        return np.ones(len(changed), bool)
    known = set(zip(overlaps.first.tolist(), overlaps.second.tolist(), strict=True))
    pairs = zip(near[found.first].tolist(), near[found.second].tolist(), strict=True)
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
