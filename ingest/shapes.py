"""Shapes in the form the register stores, and what GEOS says is wrong with the others."""

import re

import numpy as np
import shapely
from numpy.typing import NDArray

_MULTI = {0: shapely.multipoints, 1: shapely.multilinestrings, 3: shapely.multipolygons}
_PLACE = re.compile(r"^(.*?)\s*\[(\S+) (\S+?)(?: \S+)?\]$")


def multi(values: NDArray[np.object_]) -> NDArray[np.object_]:
    """Single points, lines and polygons as their multi kinds; all else as it is."""
    result = values.copy()
    kinds = shapely.get_type_id(values)
    for kind, collect in _MULTI.items():
        (places,) = np.nonzero(kinds == kind)
        if len(places):
            result[places] = collect(values[places], indices=np.arange(len(places)))
    return result


def split_reason(reason: str) -> tuple[str, shapely.Point | None]:
    """GEOS's reason why a shape is invalid (`Self-intersection[5 5]`) as words and place.

    No place where GEOS tells none or an infinite one.
    """
    found = _PLACE.match(reason)
    if found is None:
        return reason, None
    x, y = float(found[2]), float(found[3])
    return found[1], shapely.Point(x, y) if np.isfinite([x, y]).all() else None


def shown_area(area_m2: float, decimals: int) -> float | str:
    """An area for a sentence: rounded, never “-0.0”, and “?” where it cannot be computed."""
    return round(area_m2, decimals) + 0.0 if np.isfinite(area_m2) else "?"
