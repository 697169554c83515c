"""Declared areas and lengths against drawn ones: what they tell of the scale on the meridian.

Between k 0.9996 and k 0.9999 lengths differ by 0.03 % and areas by 0.06 %. Sizes that differ by
just that were measured before the drawing was moved from one to the other.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ingest.crs.readings import TM3, UTM

LEAST_SIZES = 5
PRECISE, CLOSE = 6e-5, 1e-4


def length_ratio(
    drawn: NDArray[np.float64], declared: NDArray[np.float64], power: int
) -> float | None:
    """Drawn by declared length, to a ten-thousandth, from areas (`power` 2) or lengths (1).

    Whole powers of ten between the units (hectares, kilometres, millimetres) are taken out. None:
    too few sizes, or too scattered.
    """
    good = (drawn > 0) & (declared > 0) & np.isfinite(drawn) & np.isfinite(declared)
    if int(good.sum()) < LEAST_SIZES:
        return None
    ratios = drawn[good] / declared[good]
    ratios = (ratios / 10 ** round(math.log10(float(np.median(ratios))))) ** (1 / power)
    middle = float(np.median(ratios))
    spread = 1.4826 * float(np.median(np.abs(ratios - middle))) / math.sqrt(len(ratios))
    return middle if spread < PRECISE and abs(middle - 1) < 0.01 else None


def scale_against(ratio: float | None) -> float | None:
    """The scale factor that measured sizes speak against; None: they speak against none."""
    if ratio is None:
        return None
    if abs(ratio - UTM / TM3) < CLOSE:
        return TM3
    return UTM if abs(ratio - TM3 / UTM) < CLOSE else None
