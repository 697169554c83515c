"""A region on the ground made of parts that may overlap: who lies in it, and how far from it."""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, STRtree

METRES_PER_DEGREE = 111_000.0


class Region:
    """Areas in longitude and latitude, at least one, fetched when they are first asked for."""

    def __init__(self, fetch: Callable[[], Sequence[Geometry]]) -> None:
        self._fetch = fetch

    @cached_property
    def parts(self) -> NDArray[np.object_]:
        """The areas (n,)."""
        return np.asarray(self._fetch(), dtype=object)

    @cached_property
    def _tree(self) -> STRtree:
        shapely.prepare(self.parts)
        return STRtree(self.parts)

    def holds(self, lonlat: NDArray[np.float64], slack_m: float) -> NDArray[np.bool_]:
        """Which points (n, 2) lie inside or no further than `slack_m` from it (n,)."""
        inside = np.zeros(len(lonlat), dtype=bool)
        there = np.flatnonzero(np.isfinite(lonlat).all(axis=1))
        points = shapely.points(lonlat[there])
        found = self._tree.query(points, predicate="dwithin", distance=slack_m / METRES_PER_DEGREE)
        inside[there[found[0]]] = True
        return inside

    def distance_m(self, point: NDArray[np.float64]) -> float:
        """About how far a point (2,) lies from it; 0 inside."""
        near = self._tree.nearest(shapely.points(point))
        return float(shapely.distance(self.parts[near], shapely.points(point))) * METRES_PER_DEGREE
