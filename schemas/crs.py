"""Coordinate reference systems: VN-2000 with its official shift to WGS 84, in one place.

PROJ picks EPSG operation 5194 instead of the official 6960 in Hồ Chí Minh City and the Mekong
delta (0.8 m off). Every VN-2000 system here therefore carries the seven parameters of Decision
05/2007/QĐ-BTNMT itself, in Python (`crs_of`) as in PostGIS (`spatial_ref_sys`, first migration).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely import Geometry
from shapely import transform as shapely_transform

from schemas.errors import UnknownCrs
from schemas.words import Words

WGS84 = 4326

# Position-vector signs, as `+towgs84` wants them: the decision prints the rotations with the
# opposite (coordinate-frame) signs.
TOWGS84 = "-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278"


@dataclass(frozen=True)
class Vn2000:
    """One VN-2000 system: EPSG code, central meridian (degrees; None = geographic), scale."""

    srid: int
    name: str
    meridian: float | None
    scale: float = 0.9999

    @property
    def proj4(self) -> str:
        """PROJ string with the official parameters (metres, axes easting, northing)."""
        if self.meridian is None:
            return f"+proj=longlat +ellps=WGS84 +towgs84={TOWGS84} +no_defs"
        return (
            f"+proj=tmerc +lat_0=0 +lon_0={self.meridian:g} +k={self.scale:g} +x_0=500000 +y_0=0 "
            f"+ellps=WGS84 +towgs84={TOWGS84} +units=m +no_defs"
        )


def _tm3(srid: int, degrees: int, minutes: int = 0) -> Vn2000:
    return Vn2000(srid, f"VN-2000 / TM-3 {degrees}-{minutes:02d}", degrees + minutes / 60)


# EPSG registry; confidence A.
VN2000: dict[int, Vn2000] = {
    system.srid: system
    for system in (
        Vn2000(4756, "VN-2000", None),
        Vn2000(3405, "VN-2000 / UTM zone 48N", 105, 0.9996),
        Vn2000(3406, "VN-2000 / UTM zone 49N", 111, 0.9996),
        _tm3(5896, 102),
        _tm3(5897, 105),
        _tm3(5898, 108),
        _tm3(5899, 107, 45),
        _tm3(9205, 103),
        _tm3(9206, 104),
        _tm3(9207, 104, 30),
        _tm3(9208, 104, 45),
        _tm3(9209, 105, 30),
        _tm3(9210, 105, 45),
        _tm3(9211, 106),
        _tm3(9212, 106, 15),
        _tm3(9213, 106, 30),
        _tm3(9214, 107),
        _tm3(9215, 107, 15),
        _tm3(9216, 107, 30),
        _tm3(9217, 108, 15),
        _tm3(9218, 108, 30),
    )
}


@lru_cache(maxsize=256)
def crs_of(srid: int) -> CRS:
    """The CRS of an EPSG code; VN-2000 codes come with the official shift bound to them.

    Raises UnknownCrs.
    """
    if srid in VN2000:
        return CRS.from_proj4(VN2000[srid].proj4 + " +type=crs")
    try:
        return CRS.from_epsg(srid)
    except CRSError as error:
        raise UnknownCrs(
            Words(f"Không có hệ tọa độ EPSG:{srid}.", f"There is no CRS EPSG:{srid}."),
            remedy=Words("Ví dụ: EPSG:9210.", "For example: EPSG:9210."),
        ) from error


@lru_cache(maxsize=256)
def transformer(source: int, target: int) -> Transformer:
    """Transformer between two EPSG codes; always easting/longitude first. Raises UnknownCrs."""
    return Transformer.from_crs(crs_of(source), crs_of(target), always_xy=True)


def project(geometries: NDArray[np.object_], source: int, target: int) -> NDArray[np.object_]:
    """Geometries (n,) moved from one EPSG code to another; None stays None."""
    if source == target:
        return geometries
    move = transformer(source, target).transform
    return np.asarray(
        shapely_transform(
            geometries, lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1])), include_z=False
        ),
        dtype=object,
    )


def project_one(geometry: Geometry, source: int, target: int) -> Geometry:
    """One geometry moved from one EPSG code to another."""
    moved: Geometry = project(np.array([geometry], dtype=object), source, target)[0]
    return moved


def srid_of(text: str) -> int:
    """EPSG code from `EPSG:9210`, `epsg:9210` or `9210`. Raises UnknownCrs."""
    code = text.strip().upper().removeprefix("EPSG:")
    if not code.isdecimal() or len(code) > 6:
        raise UnknownCrs(
            Words(f"Không hiểu hệ tọa độ “{text}”.", f"CRS “{text}” is not understood."),
            remedy=Words("Viết EPSG:N, ví dụ EPSG:9210.", "Write EPSG:N, such as EPSG:9210."),
        )
    crs_of(int(code))
    return int(code)
