"""What is noise of rounding, what lies within the tolerance of a drawing, and what beyond it."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from ingest.gate.topology.widths import wider
from schemas.profiles.tolerances import TopologyRule


@dataclass(frozen=True)
class Tolerance:
    """Limits on the ground, metres and m². `judged`: the plan's scale is known."""

    noise_m: float
    noise_m2: float
    width_m: float
    least_area_m2: float
    judged: bool

    @classmethod
    def of(cls, rule: TopologyRule, scale: int | None) -> "Tolerance":
        """The rule's limits at a scale (its denominator)."""
        if scale is None:
            return cls(rule.noise_m, rule.noise_m2, rule.unscaled_tolerance_m, 0.0, judged=False)
        width = max(rule.tolerance_mm / 1000 * scale, 2 * rule.noise_m)
        least = rule.least_area_mm2 / 1e6 * scale**2
        return cls(rule.noise_m, rule.noise_m2, width, least, judged=True)

    def real(self, polygons: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Which polygons are more than the noise of rounding."""
        large = np.asarray(shapely.area(polygons) > self.noise_m2, dtype=bool)
        large[large] = wider(polygons[large], self.noise_m)
        return large

    def above(self, polygons: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Which polygons are wider and larger than tolerance."""
        large = np.asarray(shapely.area(polygons) > self.least_area_m2, dtype=bool)
        return large & wider(polygons, self.width_m)
