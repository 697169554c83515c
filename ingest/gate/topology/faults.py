"""Everything that can be wrong between the zones of one level, measured in one go."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from ingest.gate.topology.cover import Places, reaches_edge
from ingest.gate.topology.faces import Indices, Tangled, cut_up
from ingest.gate.topology.overlaps import Overlaps, measured, no_overlaps
from ingest.gate.topology.tolerance import Tolerance
from ingest.gate.topology.widths import polygons_of, wider


@dataclass(frozen=True)
class Faults:
    """Faults of zones (n,) that share a level.

    `gaps`: open places that are narrow or closed in by zones (without a boundary: narrow ones);
    `uncovered`: wide ones along the boundary (roads, land without a use); `slivers`: parts of zones
    too thin to be drawn, and `sliver_of`: the zone of each.
    """

    overlaps: Overlaps
    gaps: Places
    uncovered: Places
    outside: Places
    slivers: NDArray[np.object_]
    sliver_of: Indices


def find_faults(
    zones: NDArray[np.object_], boundary: Geometry | None, tolerance: Tolerance
) -> Faults:
    """Measure valid areas (n,) of one level against each other and the boundary, metric CRS."""
    slivers, sliver_of = _slivers(zones, tolerance)
    try:
        faces = cut_up(zones, boundary)
    except Tangled as tangled:
        nothing = Places.of(zones[:0], tolerance)
        overlaps = no_overlaps(int(tangled.args[0]))
        return Faults(overlaps, nothing, nothing, nothing, slivers, sliver_of)
    open_places = Places.of(faces.open, tolerance)
    narrow = ~wider(open_places.shapes, tolerance.width_m)
    wide_edge = np.zeros(len(narrow), bool)
    if boundary is not None:
        wide_edge = ~narrow & reaches_edge(open_places.shapes, boundary)
    return Faults(
        measured(zones, faces, tolerance),
        open_places.only(narrow if boundary is None else ~wide_edge),
        open_places.only(wide_edge),
        Places.of(faces.beyond, tolerance),
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
