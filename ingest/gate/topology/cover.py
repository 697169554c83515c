"""What the zones of a level leave open inside the plan's boundary, and what they cover outside."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from ingest.gate.topology.overlaps import Tolerance
from ingest.gate.topology.widths import polygons_of, wider


@dataclass(frozen=True)
class Places:
    """Areas (k,) beyond the noise of rounding, largest first; `above`: beyond tolerance."""

    shapes: NDArray[np.object_]
    above: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.shapes)

    @property
    def area_m2(self) -> NDArray[np.float64]:
        return np.asarray(shapely.area(self.shapes), dtype=np.float64)

    def only(self, chosen: NDArray[np.bool_]) -> "Places":
        return Places(self.shapes[chosen], self.above[chosen])


def united(zones: NDArray[np.object_], suspects: NDArray[np.bool_]) -> Geometry:
    """All zones (n,) as one area.

    Where edges match (no suspect), shared ones just fall away; only the rest is overlaid.
    """
    fitting = shapely.coverage_union_all(zones[~suspects])
    return shapely.union_all([fitting, *zones[suspects]]) if suspects.any() else fitting


def holes(union: Geometry, tolerance: Tolerance) -> Places:
    """Narrow holes in the union: what nobody would leave open on purpose."""
    parts = polygons_of(np.array([union], dtype=object))[0]
    found = _places(shapely.polygons(_inner_rings(parts)), tolerance)
    return found.only(~wider(found.shapes, tolerance.width_m))


def _inner_rings(parts: NDArray[np.object_]) -> NDArray[np.object_]:
    counts = shapely.get_num_interior_rings(parts)
    owner = np.repeat(np.arange(len(parts)), counts)
    number = np.concatenate([np.arange(n) for n in counts]) if len(counts) else counts
    return np.asarray(shapely.get_interior_ring(parts[owner], number), dtype=object)


def left_open(union: Geometry, boundary: Geometry, tolerance: Tolerance) -> Places:
    """Ground inside the boundary that no zone covers."""
    return _places(shapely.difference(boundary, union), tolerance)


def outside(union: Geometry, boundary: Geometry, tolerance: Tolerance) -> Places:
    """Ground of zones beyond the boundary."""
    return _places(shapely.difference(union, boundary), tolerance)


def reaches_edge(places: NDArray[np.object_], boundary: Geometry) -> NDArray[np.bool_]:
    """Which open places lie along the boundary itself."""
    return np.asarray(shapely.intersects(places, shapely.boundary(boundary)), dtype=bool)


def _places(shapes: "Geometry | NDArray[np.object_]", tolerance: Tolerance) -> Places:
    parts = polygons_of(np.atleast_1d(np.asarray(shapes, dtype=object)))[0]
    parts = parts[tolerance.real(parts)]
    parts = parts[np.argsort(-shapely.area(parts), kind="stable")]
    return Places(parts, tolerance.above(parts))
