"""When two numbers differ: by the share that counts or more, and by more than they were rounded."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

MOST_DECIMALS = 4
HECTARE_M2, SQUARE_KILOMETRE_M2 = 10_000.0, 1_000_000.0


def half_units(numbers: ArrayLike) -> NDArray[np.float64]:
    """Half of the last decimal written of each number (n,): 12.5 → 0.05, 12 → 0.5."""
    values = np.nan_to_num(np.abs(np.asarray(numbers, dtype=np.float64)))
    halves = np.full(values.shape, 0.5 * 10.0**-MOST_DECIMALS)
    for decimals in reversed(range(MOST_DECIMALS)):
        scaled = values * 10.0**decimals
        halves[np.abs(scaled - np.round(scaled)) < 1e-6 * 10.0**decimals] = 0.5 * 10.0**-decimals
    return halves


def differ(
    stated: ArrayLike, found: ArrayLike, share: float, rounding: ArrayLike
) -> NDArray[np.bool_]:
    """Which stated numbers (n,) miss the found ones by `share` of these or more, and by more than
    they were rounded; a number not stated (NaN) misses nothing.
    """
    stated, found = np.asarray(stated, dtype=np.float64), np.asarray(found, dtype=np.float64)
    off = np.abs(stated - found)
    much = off >= share * np.abs(found) * (1 - 1e-9)
    return np.asarray(
        much & (off > np.asarray(rounding, dtype=np.float64) * (1 + 1e-9)), dtype=bool
    )


def in_unit(stated: ArrayLike, found_m2: ArrayLike, unit_m2: float) -> NDArray[np.bool_]:
    """Which stated areas (n,) are right when read in another unit (of `unit_m2`)."""
    stated, found = np.asarray(stated, dtype=np.float64), np.asarray(found_m2, dtype=np.float64)
    allowed = np.maximum(0.02 * found, half_units(stated) * unit_m2)
    right = np.abs(stated * unit_m2 - found) <= allowed
    return np.asarray(right & (stated * unit_m2 <= 2 * found), dtype=bool)
