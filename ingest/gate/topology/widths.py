"""How wide a shape is at its widest place: what tells a sliver from a real overlap."""

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry


def wider(polygons: NDArray[np.object_], width_m: float) -> NDArray[np.bool_]:
    """Which polygons (n,) hold a disc of diameter `width_m`, metres of their CRS.

    Shrinking by half the width must leave something; only where the area does not already tell.
    """
    area, edge = shapely.area(polygons), shapely.length(polygons)
    surely = area > width_m * edge
    unsure = np.flatnonzero(~surely & (area >= math.pi / 4 * width_m**2))
    if len(unsure):
        left = shapely.buffer(polygons[unsure], -width_m / 2, quad_segs=4)
        surely[unsure] = ~shapely.is_empty(left)
    return np.asarray(surely, dtype=bool)


def width_m(polygon: Geometry) -> float:
    """Diameter of the largest disc in a polygon or in the widest of several."""
    parts = polygons_of(np.array([polygon], dtype=object))[0]
    if not len(parts):
        return 0.0
    radii = shapely.length(shapely.maximum_inscribed_circle(parts))
    return 2 * float(np.max(radii))


def polygons_of(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Single polygons in the shapes (n,), collections opened; and which shape each is of."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    deeper, inner = shapely.get_parts(parts, return_index=True)
    kept = shapely.get_type_id(deeper) == 3
    return deeper[kept], owner[inner[kept]]
