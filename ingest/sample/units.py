"""The administrative units of the sample: one province, one ward, its two former wards.

Same layout as the national file (layers `provinces` and `communes`, EPSG:4326), with the days of
validity, and a third layer `former_wards` that names the successor of each. `valid_to` is the first
day a unit no longer exists.
"""

from datetime import date
from pathlib import Path

from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from ingest.sample.geopackage import Layer, write_geopackage
from ingest.sample.place import EAST, MERGED_ON, PROVINCE, SRID, WARD, WEST, former_wards
from ingest.sample.tiling import joined
from schemas.crs import WGS84, project_one

NOTE = "Đơn vị hành chính minh họa, không có thật"
MERGED, FOUNDED = date.fromisoformat(MERGED_ON), date(2000, 1, 1)
SQUARE_KM = 1_000_000


def write_units(path: Path) -> Path:
    """Write the units file, longitude/latitude by the official VN-2000 shift."""
    old = former_wards()
    ward = joined([part for shape in old.values() for part in shape.geoms])
    layers = [
        _layer("provinces", _unit(*PROVINCE, "Tỉnh", "Province", FOUNDED, ward), [ward]),
        _layer(
            "communes",
            {
                **_unit(*WARD, "Phường", "Ward", MERGED, ward),
                "province_code": ("text", [PROVINCE[0]]),
            },
            [ward],
        ),
        _layer("former_wards", _former(), [old[EAST[0]], old[WEST[0]]]),
    ]
    return write_geopackage(path, layers, "EPSG:4326")


Columns = dict[str, tuple[str, list[object]]]


def _unit(
    code: str, full_name: str, kind: str, kind_en: str, since: date, ground: BaseGeometry
) -> Columns:
    return {
        "code": ("text", [code]),
        "name": ("text", ["Minh Họa"]),
        "full_name": ("text", [full_name]),
        "full_name_en": ("text", [f"Minh Hoa {kind_en}"]),
        "unit_type": ("text", [kind]),
        "area_km2_official": ("float", [round(ground.area / SQUARE_KM, 2)]),
        "valid_from": ("date", [since]),
        "valid_to": ("date", [None]),
        "note": ("text", [NOTE]),
    }


def _former() -> Columns:
    wards = (EAST, WEST)
    return {
        "code": ("text", [code for code, _ in wards]),
        "name": ("text", [name.removeprefix("Phường ") for _, name in wards]),
        "full_name": ("text", [name for _, name in wards]),
        "unit_type": ("text", ["Phường"] * 2),
        "province_code": ("text", [PROVINCE[0]] * 2),
        "successor_code": ("text", [WARD[0]] * 2),
        "relation": ("text", ["whole"] * 2),
        "valid_from": ("date", [FOUNDED] * 2),
        "valid_to": ("date", [MERGED] * 2),
        "note": ("text", [NOTE] * 2),
    }


def _layer(name: str, columns: Columns, grounds: list[MultiPolygon]) -> Layer:
    degrees = [project_one(ground, SRID, WGS84) for ground in grounds]
    return Layer(name, "MultiPolygon", columns, degrees)
