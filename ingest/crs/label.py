"""Which CRS a layer is in: by its label, by its projection's numbers, or by the profile's word.

A hand-made .prj often names another datum than VN-2000. A transverse Mercator with k 0.9999 on one
of the VN-2000 meridians is VN-2000 whatever its datum is called; k 0.9996 is told from WGS 84 UTM
by the datum's name alone.
"""

import math
import re
from dataclasses import dataclass
from typing import Literal

from pyproj import CRS
from pyproj.exceptions import CRSError

from schemas.crs import VN2000, WGS84

How = Literal["label", "recognised", "profile", "chosen"]


@dataclass(frozen=True)
class LayerCrs:
    """The CRS of a layer: EPSG code, how it was found, and the file's own label."""

    srid: int
    how: How
    label: str | None


def find_crs(label: str | None, wanted: int | None = None) -> LayerCrs | None:
    """CRS of a layer labelled `label`; `wanted` (the profile's) wins. None = cannot be told."""
    if wanted is not None:
        return LayerCrs(wanted, "profile", label)
    if label is None:
        return None
    try:
        crs = CRS.from_user_input(label)
    except CRSError:
        return None
    if (vn2000 := _vn2000_like(crs)) is not None:
        stated = crs.to_authority(min_confidence=100)
        named = stated is not None and stated[1] == str(vn2000)
        return LayerCrs(vn2000, "label" if named else "recognised", label)
    code = _code_of(crs)
    return None if code is None else LayerCrs(code, "label", label)


def label_differs(label: str | None, srid: int) -> bool:
    """Whether a file's label means another CRS than `srid`; no label contradicts nothing."""
    if label is None:
        return False
    own = find_crs(label)
    return own is None or own.srid != srid


def _code_of(crs: CRS) -> int | None:
    """EPSG code of a labelled CRS; OGC:CRS84 is WGS 84 with longitude first, as we read it.

    Below a confidence of 70 PROJ guesses: a bare UTM 48 comes back as Indian 1960.
    """
    if crs.to_authority() == ("OGC", "CRS84"):
        return WGS84
    code = crs.to_epsg(min_confidence=70)
    return None if code is None else int(code)


def _vn2000_like(crs: CRS) -> int | None:
    """VN-2000 code of a CRS with such a projection, or of the geographic VN-2000."""
    plain = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    says_vn = "vn" in re.sub(r"[^a-z0-9]", "", str(plain.datum).casefold() + plain.name.casefold())
    if plain.is_geographic:
        return 4756 if plain.to_epsg() == 4756 else None
    shape = _projection(plain)
    if shape is None:
        return None
    for srid, system in VN2000.items():
        if system.meridian is None:
            continue
        same = math.isclose(shape.meridian, system.meridian, abs_tol=1e-5)
        if same and math.isclose(shape.scale, system.scale, abs_tol=1e-8):
            return srid if system.scale == 0.9999 or says_vn else None
    return None


@dataclass(frozen=True)
class _Projection:
    meridian: float
    scale: float


def _projection(crs: CRS) -> _Projection | None:
    """Meridian and scale of a transverse Mercator from the equator, easting 500 km, in metres."""
    operation = crs.coordinate_operation
    if operation is None or "transverse mercator" not in operation.method_name.casefold():
        return None
    values = {param.name.casefold(): float(param.value or 0) for param in operation.params}
    wanted = ("latitude of", "longitude of", "scale factor", "false easting", "false northing")
    latitude, longitude, scale, east, north = (
        next((value for name, value in values.items() if key in name), math.nan) for key in wanted
    )
    in_place = latitude == 0 and abs(east - 500_000) < 0.01 and abs(north) < 0.01
    metric = all(axis.unit_conversion_factor == 1 for axis in crs.axis_info)
    return _Projection(longitude, scale) if in_place and metric else None
