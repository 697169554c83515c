"""Everything that can be wrong between the zones of one level, measured in one go."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from ingest.gate.topology.cover import Places, reaches_edge
from ingest.gate.topology.faces import Indices, Tangled, cut_up
from ingest.gate.topology.overlaps import Overlaps, measured, no_overlaps
from ingest.gate.topology.tolerance import Tolerance
from ingest.gate.topology.widths import wider

AT_ONCE = 20_000


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
    zones: NDArray[np.object_],
    boundary: Geometry | None,
    tolerance: Tolerance,
    sign: Callable[[], None] = lambda: None,
) -> Faults:
    """Measure valid areas (n,) of one level against each other and the boundary, metric CRS.

    `sign` is called now and then: it takes seconds for a million points.
    """
    slivers, sliver_of = _slivers(zones, tolerance)
    try:
        faces = cut_up(zones, boundary, sign=sign)
    except Tangled as tangled:
        nothing = Places.of(zones[:0], tolerance)
        overlaps = no_overlaps(int(tangled.args[0]))
        return Faults(overlaps, nothing, nothing, nothing, slivers, sliver_of)
    sign()
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
    found, zone_of = [zones[:0]], [np.zeros(0, np.intp)]
    for at in range(0, len(zones), AT_ONCE):
        parts, owner = shapely.get_parts(zones[at : at + AT_ONCE], return_index=True)
        thin = ~wider(parts, tolerance.width_m)
        found.append(parts[thin])
        zone_of.append(owner[thin] + at)
    slivers, sliver_of = np.concatenate(found), np.concatenate(zone_of)
    order = np.argsort(shapely.area(slivers), kind="stable")
    return slivers[order], sliver_of[order]
