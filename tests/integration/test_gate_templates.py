"""The four national templates of Circular 16, filled with real shapes and read back whole."""

import shutil
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from ingest.delivery import Delivery
from ingest.gdal import pyogrio
from schemas.crs import project
from schemas.profiles import find_profile
from tests.gate_dossier import CODE, INFO, codes, inspect, write_workbook

pytestmark = pytest.mark.shared_data

# template → EPSG code, its classes, communes near its meridian, words of its central meridian
TEMPLATES = {
    "01.HaNoi.CTDL_QuyHoachDTNT_TT16_VN2000_105-00_gdb_template.zip": (5897, 153, "105°00'"),
    "48.DaNang.CTDL_QuyHoachDTNT_TT16_VN2000_107-45_gdb_template.zip": (5899, 153, "107°45'"),
    "79.HCM.CTDL_QuyHoachDTNT_TT16_VN2000_105-45_gdb_template.zip": (9210, 150, "105°45'"),
    "CTDL_QuyHoachDTNT_TT16_VN2000_105-00_Mui6_gdb_template.zip": (3405, 153, "105°00'"),
}
MERIDIAN = {5897: 105.0, 5899: 107.75, 9210: 105.75, 3405: 105.0}
NORM_TEXTS = {"matDoXayDung": "40-60", "tangCaoXayDung": "≤ 7", "heSoSuDungDat": "8,4"}
MARK = "Đường Nguyễn Thị Định — ô số"


@dataclass(frozen=True)
class Filled:
    """A filled template: where it lies, and what was written: (geodatabase, layer) → rows.

    `province`: code of the province of the commune drawn in it, which its codes begin with.
    """

    folder: Path
    srid: int
    province: str
    rows: dict[tuple[str, str], dict[str, Any]]
    delivery: Delivery


@pytest.fixture(scope="module", params=TEMPLATES, ids=lambda name: name.split(".CTDL")[0][:12])
def filled(
    request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Filled]:
    """A copy of a template with one real commune in every layer, read through the gate."""
    srid, _, meridian = TEMPLATES[request.param]
    home = tmp_path_factory.mktemp("template")
    top = home / "CSDL_Mau" / "HoSoGIS"
    with zipfile.ZipFile(shared_data / "vn" / "tt16" / request.param) as pack:
        pack.extractall(top)
    shape, province = a_commune(shared_data, home, srid)
    keys = {"maHoSoQH": province + CODE[2:], "maThongTinQH": province + INFO[2:]}
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for geodatabase in sorted(top.rglob("*.gdb")):
        for layer in pyogrio.list_layers(geodatabase)[:, 0]:
            rows[geodatabase.stem, layer] = fill(geodatabase, layer, shape, keys)
    write_workbook(
        home / "CSDL_Mau" / "HoSoScan" / f"{keys['maHoSoQH']}.xlsx",
        {
            "Mã hồ sơ": keys["maHoSoQH"],
            "Mã thông tin quy hoạch": keys["maThongTinQH"],
            "Hệ tọa độ": f"VN-2000, kinh tuyến trục {meridian}",
        },
    )
    delivery = inspect(home / "CSDL_Mau", home / "work", storage_srid=srid)
    yield Filled(home / "CSDL_Mau", srid, province, rows, delivery)
    shutil.rmtree(home)


def a_commune(shared_data: Path, home: Path, srid: int) -> tuple[shapely.Geometry, str]:
    """The commune nearest to the template's meridian, from the map of 2026, and its province."""
    packed = home / "communes.gpkg.zip"
    shutil.copy(shared_data / "vn" / "vn_admin_2026.gpkg.zip", packed)
    found = pyogrio.raw.read(f"/vsizip/{packed}", layer="communes", columns=["province_code"])
    shapes = shapely.from_wkb(found[2])
    valid = shapely.is_valid(shapes)
    shapes, provinces = shapes[valid], found[3][0][valid]
    off = np.abs(shapely.get_x(shapely.centroid(shapes)) - MERIDIAN[srid])
    nearest = int(np.argmin(off))
    return project(shapes[[nearest]], 4326, srid)[0], str(provinces[nearest])


def fill(
    geodatabase: Path, layer: str, shape: shapely.Geometry, keys: dict[str, str]
) -> dict[str, Any]:
    """Append one row with a value in every field; what was written, by field."""
    info = pyogrio.read_info(geodatabase, layer=layer)
    written = {
        field: a_value(field, str(dtype), keys)
        for field, dtype in zip(info["fields"], info["dtypes"], strict=True)
        if field not in ("Shape_Length", "Shape_Area")
    }
    kind = info["geometry_type"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.raw.write(
            geodatabase,
            shapely.to_wkb(np.array([as_kind(shape, kind)], dtype=object)),
            [as_array(value) for value in written.values()],
            list(written),
            layer=layer,
            driver="OpenFileGDB",
            geometry_type=kind,
            crs=info["crs"],
            append=True,
        )
    return written


def a_value(field: str, dtype: str, keys: dict[str, str]) -> Any:
    fixed = {**keys, "loaiDieuChinh": "Lập mới", **NORM_TEXTS}
    fixed |= {"khoangLuiXayDung": "3,5", "loGioi": "24", "tyLe": "1/2000", "soQDQH": "345/QĐ-UBND"}
    fixed |= {"capDoQuyHoach": "Quy hoạch phân khu", "loaiQuyHoach": "Quy hoạch phân khu đô thị"}
    if field in fixed and dtype == "object":
        return fixed[field]
    if dtype.startswith("datetime"):
        return date(2025, 3, 15)
    if dtype.startswith("int"):
        return 12
    return 12.5 if dtype.startswith("float") else f"{MARK} {field}"


def as_array(value: Any) -> NDArray[Any]:
    if isinstance(value, date):
        return np.array([value], dtype="datetime64[ms]")
    if isinstance(value, int):
        return np.array([value], dtype=np.int32)
    return np.array([value], dtype=object if isinstance(value, str) else float)


def as_kind(shape: shapely.Geometry, kind: str) -> shapely.Geometry:
    if "Point" in kind:
        point = shape.representative_point()
        return shapely.multipoints([point]) if kind.startswith("Multi") else point
    if "Line" in kind:
        return shapely.multilinestrings([shapely.get_exterior_ring(shapely.get_geometry(shape, 0))])
    return shape


def test_a_filled_template_has_no_error_but_the_classes_it_lacks(filled: Filled) -> None:
    lacking = ["CLASS_NEEDED"] if len(filled.rows) < 153 else []
    assert codes(filled.delivery, "FATAL", "ERROR") == lacking
    assert len(filled.delivery.versions) == 1


def test_every_class_of_the_template_is_known_and_read(filled: Filled) -> None:
    assert "LAYER_UNKNOWN" not in codes(filled.delivery)
    classes = {(r.container, r.layer) for r in find_profile("vn_circular16").layers}
    assert set(filled.rows) <= classes
    assert len(filled.rows) == next(
        count for srid, count, _ in TEMPLATES.values() if srid == filled.srid
    )
    assert set(rows_of(filled)) == set(filled.rows)


def test_every_attribute_comes_back_as_it_was_written(filled: Filled) -> None:
    read = rows_of(filled)
    for place, written in filled.rows.items():
        assert read[place].keys() >= written.keys(), place
        for field, value in written.items():
            found = read[place][field]
            if isinstance(value, date):
                assert found.startswith(value.isoformat()), (place, field)
            else:
                assert found == value, (place, field)


def test_the_plans_facts_come_from_workbook_and_boundary(filled: Filled) -> None:
    (version,) = filled.delivery.versions
    assert version.plan_id == f"{filled.province}qpk0001"
    assert (version.decision_no, version.decision_date) == ("345/QĐ-UBND", date(2025, 3, 15))
    assert (version.plan_level, version.scale) == ("zoning", 2000)


def test_the_boundary_is_the_commune_itself(filled: Filled) -> None:
    (version,) = filled.delivery.versions
    assert sorted(set(version.zones.level)) == ["area", "cell", "lot"]
    assert version.zones.area_m2.to_numpy() == pytest.approx(version.boundary.area, rel=1e-9)
    assert version.themes >= {"land_use", "road", "infrastructure"}


def rows_of(filled: Filled) -> dict[tuple[str, str], dict[str, Any]]:
    """Attributes read, by (geodatabase, layer), from wherever the row went."""
    (version,) = filled.delivery.versions
    found = {
        (Path(row.source_file).stem, row.source_layer): row.attributes
        for frame in (version.zones, version.lines, version.features)
        for row in frame.itertuples()
    }
    found["QuyHoach", "RanhGioiQuyHoach_A"] = version.attributes["RanhGioiQuyHoach_A"][0]
    return found
