"""Layers that cannot lie where their CRS puts them: axes swapped, or outside its area of use."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from ingest.crs.numbers import VN_EAST, VN_NORTH
from schemas.crs import VN2000, WGS84, transformer

Box = tuple[float, float, float, float]

MARGIN_DEGREES = 3.0

Misplacement = Literal["swapped", "outside"]


@dataclass(frozen=True)
class Misplaced:
    """A layer that cannot lie where its CRS puts it. `where`: the first such row's index."""

    why: Misplacement
    count: int
    where: int


def misplaced(geoms: NDArray[np.object_], srid: int, place: Box | None) -> Misplaced | None:
    """Rows (n,) outside the CRS's area of use (and `place`, lon/lat), or with axes swapped."""
    boxes = shapely.bounds(geoms)
    middle = np.column_stack(((boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2))
    there = ~np.isnan(middle).any(axis=1)
    if not there.any():
        return None
    if srid in VN2000 and VN2000[srid].meridian is not None and _swapped(middle[there]):
        return Misplaced("swapped", int(there.sum()), int(np.flatnonzero(there)[0]))
    wrong = there & ~_inside(middle, srid, place)
    if not wrong.any():
        return None
    if _inside(middle[:, ::-1][wrong], srid, place).all():
        return Misplaced("swapped", int(wrong.sum()), int(np.flatnonzero(wrong)[0]))
    return Misplaced("outside", int(wrong.sum()), int(np.flatnonzero(wrong)[0]))


def _swapped(middle: NDArray[np.float64]) -> bool:
    """Northings where eastings belong, in most rows."""
    as_north = (middle[:, 0] > VN_NORTH[0]) & (middle[:, 0] < VN_NORTH[1])
    as_east = (middle[:, 1] > VN_EAST[0]) & (middle[:, 1] < VN_EAST[1])
    upright = (middle[:, 1] > VN_NORTH[0]) & (middle[:, 0] < VN_EAST[1])
    return bool(np.mean(as_north & as_east & ~upright) > 0.5)


def _inside(middle: NDArray[np.float64], srid: int, place: Box | None) -> NDArray[np.bool_]:
    """Which points (n, 2) in `srid` lie in its area of use with a margin, and in `place`."""
    lon, lat = transformer(srid, WGS84).transform(*np.nan_to_num(middle).T)
    good = np.isfinite(lon) & np.isfinite(lat)
    for west, south, east, north in _boxes(srid, place):
        good &= (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return np.asarray(good, dtype=bool)


def _boxes(srid: int, place: Box | None) -> list[Box]:
    area = CRS.from_epsg(srid).area_of_use
    boxes = [] if place is None else [place]
    if area is not None and area.west < area.east:
        m = MARGIN_DEGREES
        boxes.append((area.west - m, area.south - m, area.east + m, area.north + m))
    return boxes
