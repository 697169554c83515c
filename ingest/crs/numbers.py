"""What kind of numbers a file holds: degrees or metres, which axis first, millimetres, old sheets.

Eastings and northings of the country do not overlap, so the order of the axes shows in the numbers
themselves; where both orders could be meant (the far islands), both are kept.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

# Where VN-2000 coordinates of the country lie, metres: the two ranges never overlap.
VN_EAST, VN_NORTH = (170_000.0, 830_000.0), (700_000.0, 2_650_000.0)
# An easting counted from a meridian far away, which a wrong zone may well be.
FAR_EAST = (-400_000.0, 1_600_000.0)
VN_LON, VN_LAT = (102.0, 118.0), (6.4, 23.5)

Oddity = Literal["zone_prefix", "cut_or_local"]


@dataclass(frozen=True)
class Form:
    """How numbers are written: axes swapped or not; `factor` brings them to metres; degrees."""

    degrees: bool = False
    swapped: bool = False
    factor: float = 1.0

    @property
    def plain(self) -> bool:
        """Whether a GIS would read the numbers as they are."""
        return not self.swapped and self.factor == 1.0

    def upright(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (n, 2) as easting and northing in metres, or longitude and latitude."""
        turned = points[:, ::-1] if self.swapped else points
        return np.asarray(turned * self.factor, dtype=float)


def middle_of(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The median point (2,) of points (n, 2), n at least 1."""
    return np.asarray(np.median(points, axis=0), dtype=float)


def forms_of(points: NDArray[np.float64]) -> tuple[Form, ...]:
    """Every form in which points (n, 2) may lie in Viet Nam; none: unknown numbers."""
    middle = middle_of(points)[np.newaxis]
    forms = [Form(True, swapped) for swapped in (False, True)]
    forms += [Form(False, swapped, factor) for factor in (1.0, 0.001) for swapped in (False, True)]
    return tuple(form for form in forms if _fits(form, form.upright(middle)[0]))


def oddity_of(points: NDArray[np.float64]) -> Oddity:
    """What numbers of no known form look like: an easting with its zone in front, or cut ones."""
    largest = float(np.abs(middle_of(points)).max())
    in_zone = any(abs(largest - zone * 1e6 - 500_000) < 450_000 for zone in (18, 19, 48, 49))
    return "zone_prefix" if in_zone else "cut_or_local"


def _fits(form: Form, point: NDArray[np.float64]) -> bool:
    first, second = (VN_LON, VN_LAT) if form.degrees else (FAR_EAST, VN_NORTH)
    return bool(first[0] < point[0] < first[1] and second[0] < point[1] < second[1])
