"""A Circular 16 package, as folder or zip and in three formats, becomes a plan version."""

from datetime import date
from pathlib import Path

import pytest
import shapely

from ingest.delivery import Delivery
from tests.gate_dossier import (
    CODE,
    EAST,
    NORTH,
    Drawn,
    codes,
    common,
    inspect,
    plan_layers,
    square,
    write_dossier,
    zipped,
)


@pytest.mark.parametrize("form", ["gpkg", "gdb", "shp"])
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_a_sound_package_is_accepted_without_a_finding(
    tmp_path: Path, form: str, packed: bool
) -> None:
    folder = write_dossier(tmp_path, form)
    delivery = inspect(zipped(folder) if packed else folder, tmp_path / "work")
    assert codes(delivery, "ERROR", "WARNING") == []
    (version,) = delivery.versions
    assert version.plan_id == "79qpk0001"
    assert version.plan_code == CODE
    assert (version.plan_level, version.plan_kind) == ("zoning", "urban")
    assert version.adjustment_kind == "first"
    assert version.decision_no == "345/QĐ-UBND"
    assert version.valid_from == version.decision_date == date(2025, 3, 15)
    assert (version.scale, version.tolerance_m) == (2000, 1.0)
    assert version.boundary.area == pytest.approx(20_000)
    assert version.themes == {
        "land_use", "red_line", "building_line", "road", "infrastructure",
    }  # fmt: skip


@pytest.mark.parametrize("form", ["gpkg", "gdb", "shp"])
def test_zones_carry_functions_and_norms_as_ranges_with_their_text(
    tmp_path: Path, form: str
) -> None:
    zones = version_of(inspect(write_dossier(tmp_path, form), tmp_path / "work")).zones
    lots = zones[zones.level == "lot"].set_index("symbol")
    lot = lots.loc["A1-01"]
    assert (lot.function_1, lot.function_2) == ("Đất dân dụng", "Đất đơn vị ở")
    assert lot.function_3 == "Nhóm nhà ở"
    assert (lot.density_min, lot.density_max, lot.density_text) == (40, 60, "40-60")
    assert (lot.storeys_max, lot.storeys_text) == (14, "≤ 14")
    assert lot.far_min == lot.far_max == 8.4
    assert (lot.population, lot.area_declared_m2) == (400, 10_000)
    assert lot.area_m2 == pytest.approx(10_000)
    assert lot.attributes["maDoiTuong"] == "LO-1"
    green = lots.loc["A1-02"]
    assert green[["density_min", "density_max", "storeys_min", "storeys_max"]].isna().all()
    assert green.storeys_text == "0"
    (cell,) = zones[zones.level == "cell"].itertuples()
    assert (cell.storeys_min, cell.storeys_max) == (3, 5)


def test_lines_carry_setback_width_and_name(tmp_path: Path) -> None:
    lines = version_of(inspect(write_dossier(tmp_path), tmp_path / "work")).lines
    by_kind = lines.set_index("kind")
    assert set(by_kind.index) == {"red_line", "building_line", "corridor", "road_axis"}
    assert by_kind.loc["building_line"].setback_m == 3.5
    assert by_kind.loc["road_axis"].width_m == 24
    assert by_kind.loc["road_axis"]["name"] == "Đường số 1"


def test_every_row_cites_a_delivered_file_layer_and_row(tmp_path: Path) -> None:
    for form in ("gpkg", "gdb", "shp"):
        delivery = inspect(write_dossier(tmp_path / form, form), tmp_path / f"work-{form}")
        paths = {file.path for file in delivery.files}
        version = version_of(delivery)
        for frame in (version.zones, version.lines, version.features):
            assert set(frame.source_file) <= paths
        assert {file.role for file in delivery.files} >= {
            "gis", "workbook", "decision", "scan", "drawing", "junk",
        }  # fmt: skip


def test_papers_and_drawings_are_documents_named_by_the_sheets(tmp_path: Path) -> None:
    version = version_of(inspect(write_dossier(tmp_path), tmp_path / "work"))
    by_role = {document.role: document for document in version.documents}
    decision = by_role["decision"]
    assert (decision.title, decision.number) == ("Quyết định phê duyệt", "345/QĐ-UBND")
    assert (decision.date, decision.pages) == (date(2025, 3, 15), 5)
    assert by_role["scan"].title == "Bản đồ sử dụng đất"
    assert by_role["drawing"].path.endswith("QH04.dwg")


def test_an_unknown_layer_is_kept_as_features_with_a_warning(tmp_path: Path) -> None:
    layers = {**plan_layers(), "LopRieng_A": Drawn("A", [square(0, 0)], {"ten": ["Ghi chú riêng"]})}
    delivery = inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work")
    assert codes(delivery, "WARNING") == ["LAYER_UNKNOWN"]
    features = version_of(delivery).features
    (kept,) = features[features.layer == "LopRieng_A"].itertuples()
    assert kept.attributes == {"ten": "Ghi chú riêng"}
    assert kept.theme is None


def test_the_existing_state_never_answers_for_the_plan(tmp_path: Path) -> None:
    from tests.gate_dossier import write_layers

    folder = write_dossier(tmp_path)
    today = {"ChucNangSuDungDat_A": plan_layers()["ChucNangSuDungDat_A"]}
    write_layers(folder / "HoSoGIS" / "HienTrang", "gpkg", today, "EPSG:9210")
    version = version_of(inspect(folder, tmp_path / "work"))
    assert len(version.zones) == 3
    existing = version.features[version.features.layer == "ChucNangSuDungDat_A"]
    assert len(existing) == 2
    assert existing.theme.isna().all()


@pytest.mark.parametrize(
    ("drawn", "claimed"),
    [(["closed", "closed"], True), (["closed", "open"], False), (["closed", None], False)],
)
def test_corridors_without_width_are_claimed_only_where_they_are_closed(
    tmp_path: Path, drawn: list[str | None], claimed: bool
) -> None:
    shapes = {
        "open": shapely.LineString([(EAST, NORTH), (EAST + 200, NORTH)]),
        "closed": shapely.LineString(square(0, 0).exterior),
        None: None,
    }
    layers = plan_layers()
    layers["HanhLangAnToan_L"] = Drawn("L", [shapes[one] for one in drawn], common(2))
    version = version_of(inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work"))
    assert ("corridor" in version.themes) == claimed
    assert "red_line" in version.themes


def test_an_empty_template_layer_claims_no_theme(tmp_path: Path) -> None:
    layers = plan_layers()
    layers["ChiGioiDuongDo_L"] = Drawn("L", [], {name: [] for name in common(1)})
    version = version_of(inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work"))
    assert "red_line" not in version.themes


def test_a_code_with_local_digits_is_a_local_adjustment_of_the_same_plan(tmp_path: Path) -> None:
    layers = plan_layers()
    layers["RanhGioiQuyHoach_A"].columns["loaiDieuChinh"] = ["Điều chỉnh cục bộ"]
    for drawn in layers.values():
        drawn.columns["maHoSoQH"] = ["79QPK1020001"] * len(drawn.geoms)
    folder = write_dossier(tmp_path, layers=layers, hoso={"Mã hồ sơ": "79QPK1020001"})
    version = version_of(inspect(folder, tmp_path / "work"))
    assert (version.plan_id, version.adjustment_kind) == ("79qpk0001", "local")


def test_the_marker_in_the_workbook_makes_the_delivery_invented(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path, hoso={"Ghi chú": "DỮ LIỆU MINH HỌA, không có thật"})
    assert inspect(folder, tmp_path / "work").invented
    assert not inspect(write_dossier(tmp_path / "b"), tmp_path / "work2").invented


def test_the_same_package_reads_the_same_twice(tmp_path: Path) -> None:
    path = zipped(write_dossier(tmp_path))
    one, two = (inspect(path, tmp_path / name) for name in ("a", "b"))
    assert one.sha256 == two.sha256
    assert [f.sha256 for f in one.files] == [f.sha256 for f in two.files]
    assert (
        version_of(one)
        .zones.drop(columns="geom")
        .equals(version_of(two).zones.drop(columns="geom"))
    )


def test_reading_leaves_the_delivered_folder_untouched(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path, "shp")
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*")}
    inspect(folder, tmp_path / "work")
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*")} == before


def test_shapes_come_back_in_the_storage_crs(tmp_path: Path) -> None:
    delivery = inspect(write_dossier(tmp_path), tmp_path / "work", storage_srid=5897)
    east = shapely.bounds(version_of(delivery).boundary)[0]
    assert east == pytest.approx(685_000, abs=1000)


def version_of(delivery: Delivery):  # type: ignore[no-untyped-def]
    assert len(delivery.versions) == 1, delivery.issues
    return delivery.versions[0]
