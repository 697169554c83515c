"""Readings: every way in which the numbers of a file may have been meant, and where each lies.

A reading is a projection (meridian and scale), a datum shift, and a form of the numbers. Without
the shift of Decision 05/2007/QĐ-BTNMT a place lies 224 m off; with its rotations' signs wrong,
0.5 to 0.8 m.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod, Transformer

from ingest.crs.numbers import VN_LAT, VN_LON, Form, forms_of, middle_of
from schemas.crs import TOWGS84, VN2000, WGS84, transformer

Shift = Literal["official", "none", "rotated"]

VN2000_DEGREES = 4756
TM3, UTM = 0.9999, 0.9996
UPRIGHT = Form()
MERIDIANS = tuple(sorted({s.meridian for s in VN2000.values() if s.meridian is not None}))
WGS84_UTM = {105.0: 32648, 111.0: 32649}

_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Reading:
    """One way to read numbers. `meridian` (degrees) and `scale` None: geographic.

    `other`: EPSG code of a system that is neither VN-2000 nor WGS 84 of Viet Nam.
    """

    meridian: float | None
    scale: float | None
    shift: Shift
    form: Form = UPRIGHT
    other: int | None = None

    @cached_property
    def srid(self) -> int | None:
        """EPSG code under which a GIS reads the numbers so; None: there is none."""
        if self.other is not None or not self.form.plain:
            return self.other
        if self.meridian is None:
            return {"official": VN2000_DEGREES, "none": WGS84}.get(self.shift)
        if self.shift == "none":
            return WGS84_UTM.get(self.meridian) if self.scale == UTM else None
        return _projected(self.meridian, self.scale) if self.shift == "official" else None

    @property
    def usual(self) -> bool:
        """Whether it is VN-2000 as the registry has it."""
        return self.srid in VN2000


@cache
def _projected(meridian: float, scale: float | None) -> int | None:
    found = (s.srid for s in VN2000.values() if (s.meridian, s.scale) == (meridian, scale))
    return next(found, None)


def reading_of(srid: int) -> Reading:
    """The reading that an EPSG code stands for."""
    if srid in VN2000:
        system = VN2000[srid]
        if system.meridian is None:
            return Reading(None, None, "official", Form(degrees=True))
        return Reading(system.meridian, system.scale, "official")
    if srid == WGS84:
        return Reading(None, None, "none", Form(degrees=True))
    for meridian, code in WGS84_UTM.items():
        if srid == code:
            return Reading(meridian, UTM, "none")
    return Reading(None, None, "none", other=srid)


def candidates(points: NDArray[np.float64]) -> tuple[Reading, ...]:
    """Every reading that puts points (n, 2) into Viet Nam."""
    found = [reading for form in forms_of(points) for reading in _of_form(form)]
    middle = middle_of(points)[np.newaxis]
    return tuple(reading for reading in found if in_viet_nam(positions(middle, reading)))


def _of_form(form: Form) -> list[Reading]:
    shifts: tuple[Shift, ...] = ("official", "none")
    if form.degrees:
        return [Reading(None, None, shift, form) for shift in shifts]
    return [
        Reading(meridian, scale, shift, form)
        for meridian in MERIDIANS
        for scale in (TM3, UTM)
        for shift in shifts
    ]


def in_viet_nam(lonlat: NDArray[np.float64]) -> bool:
    """Whether the middle of points (n, 2) lies in the country's box with its islands."""
    lon, lat = np.median(lonlat, axis=0)
    return bool(VN_LON[0] <= lon <= VN_LON[1] and VN_LAT[0] <= lat <= VN_LAT[1])


def positions(points: NDArray[np.float64], reading: Reading) -> NDArray[np.float64]:
    """Longitude and latitude (n, 2) of points (n, 2) under a reading; infinite where nowhere."""
    if reading.other is not None:
        moved = transformer(reading.other, WGS84).transform(points[:, 0], points[:, 1])
        return np.column_stack(moved)
    upright = reading.form.upright(points)
    if reading.meridian is not None and reading.scale is not None:
        lon, lat = _from_plane(reading.scale).transform(upright[:, 0], upright[:, 1])
        upright = np.column_stack((lon + reading.meridian, lat))
    if reading.shift == "none":
        return upright
    return np.column_stack(_to_wgs84(reading.shift).transform(upright[:, 0], upright[:, 1]))


@cache
def _from_plane(scale: float) -> Transformer:
    """Plane metres to degrees counted from the central meridian."""
    return Transformer.from_pipeline(
        f"+proj=pipeline +step +inv +proj=tmerc +lat_0=0 +lon_0=0 +k={scale} +x_0=500000 +y_0=0 "
        "+ellps=WGS84 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )


@cache
def _to_wgs84(shift: Shift) -> Transformer:
    if shift == "official":
        return transformer(VN2000_DEGREES, WGS84)
    parts = TOWGS84.split(",")
    turned = [str(-float(part)) if 3 <= at <= 5 else part for at, part in enumerate(parts)]
    source = f"+proj=longlat +ellps=WGS84 +towgs84={','.join(turned)} +no_defs +type=crs"
    return Transformer.from_crs(source, f"EPSG:{WGS84}", always_xy=True)


def scale_at(points: NDArray[np.float64], reading: Reading) -> float | None:
    """How many metres of the plane one metre of ground makes in the middle of points (n, 2)."""
    if reading.scale is None or reading.meridian is None:
        return None
    east = float(middle_of(reading.form.upright(points))[0])
    away = (east - 500_000.0) / (reading.scale * 6_378_137.0)
    return reading.scale * (1 + away * away / 2)


def distance_m(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Metres on the ground between two points (2,) in lon/lat; infinite where one is nowhere."""
    for lon, lat in (first, second):
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            return float("inf")
    _, _, metres = _GEOD.inv(first[0], first[1], second[0], second[1])
    return float(metres)


def distances_m(
    first: NDArray[np.float64], second: NDArray[np.float64] | Sequence[Sequence[float]]
) -> NDArray[np.float64]:
    """Metres on the ground (n,) between points (n, 2) in longitude and latitude."""
    there = np.asarray(second, dtype=float)
    _, _, metres = _GEOD.inv(first[:, 0], first[:, 1], there[:, 0], there[:, 1])
    return np.asarray(metres, dtype=float)
