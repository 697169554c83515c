"""Places where the zones of a level leave the boundary open, or reach beyond it."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from ingest.gate.topology.tolerance import Tolerance
from ingest.gate.topology.widths import polygons_of


@dataclass(frozen=True)
class Places:
    """Areas (k,) beyond the noise of rounding, largest first; `above`: beyond tolerance."""

    shapes: NDArray[np.object_]
    above: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.shapes)

    @classmethod
    def of(cls, shapes: NDArray[np.object_], tolerance: Tolerance) -> "Places":
        """The places among some shapes."""
        parts = polygons_of(shapes)[0]
        parts = parts[tolerance.real(parts)]
        parts = parts[np.argsort(-shapely.area(parts), kind="stable")]
        return cls(parts, tolerance.above(parts))

    @property
    def area_m2(self) -> NDArray[np.float64]:
        return np.asarray(shapely.area(self.shapes), dtype=np.float64)

    def only(self, chosen: NDArray[np.bool_]) -> "Places":
        return Places(self.shapes[chosen], self.above[chosen])


def reaches_edge(places: NDArray[np.object_], boundary: Geometry) -> NDArray[np.bool_]:
    """Which open places lie along the boundary itself."""
    edge = shapely.boundary(boundary)
    shapely.prepare(edge)
    return np.asarray(shapely.dwithin(edge, places, 1e-6), dtype=bool)
