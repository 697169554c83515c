"""Everything that can be wrong between the zones of one level, measured in one go."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from ingest.gate.topology.cover import Places, holes, left_open, outside, reaches_edge, united
from ingest.gate.topology.overlaps import (
    MOST_PAIRS,
    Indices,
    Overlaps,
    Tolerance,
    find_overlaps,
    marked,
)
from ingest.gate.topology.widths import polygons_of, wider


@dataclass(frozen=True)
class Faults:
    """Faults of zones (n,) that share a level.

    `gaps`: open places that are narrow or closed in by zones; `uncovered`: wide ones along the
    boundary (roads, land without a use); `slivers`: parts of zones too thin to be drawn, and
    `sliver_of`: the zone of each.
    """

    overlaps: Overlaps
    gaps: Places
    uncovered: Places
    outside: Places
    slivers: NDArray[np.object_]
    sliver_of: Indices


def find_faults(
    zones: NDArray[np.object_],
    boundary: Geometry | None,
    tolerance: Tolerance,
    most_pairs: int = MOST_PAIRS,
) -> Faults:
    """Measure valid areas (n,) of one level against each other and the boundary, metric CRS."""
    suspects = marked(zones)
    overlaps = find_overlaps(zones, tolerance, suspects, most_pairs)
    union = united(zones, suspects)
    slivers, sliver_of = _slivers(zones, tolerance)
    if boundary is None:
        nothing = Places(zones[:0], np.zeros(0, bool))
        return Faults(overlaps, holes(union, tolerance), nothing, nothing, slivers, sliver_of)
    open_places = left_open(union, boundary, tolerance)
    narrow = ~wider(open_places.shapes, tolerance.width_m)
    inner = ~reaches_edge(open_places.shapes, boundary)
    return Faults(
        overlaps,
        open_places.only(narrow | inner),
        open_places.only(~narrow & ~inner),
        outside(union, boundary, tolerance),
        slivers,
        sliver_of,
    )


def _slivers(
    zones: NDArray[np.object_], tolerance: Tolerance
) -> tuple[NDArray[np.object_], Indices]:
    """Parts of zones narrower than tolerance, thinnest area first."""
    parts, owner = polygons_of(zones)
    thin = np.flatnonzero(~wider(parts, tolerance.width_m))
    thin = thin[np.argsort(shapely.area(parts[thin]), kind="stable")]
    return parts[thin], owner[thin]
