"""Classes of the circular: spelt as listed, in their geodatabase, once, and all that are needed."""

from pathlib import Path

import pytest

from ingest.gate.inspection import Inspection
from tests.gate_dossier import (
    CODE,
    Drawn,
    common,
    completed,
    inspect,
    plan_layers,
    square,
    write_dossier,
    write_layers,
)
from tests.gate_package import codes, in_memory, look, only, write_package

CLASS_CODES = {
    "LAYER_UNKNOWN", "CLASS_MISNAMED", "CLASS_MISPLACED", "CLASS_SPELLING", "CLASS_SUFFIX",
    "CLASS_TWICE", "CLASS_NEEDED",
}  # fmt: skip
LINES = ("ChiGioiDuongDo_L", "ChiGioiXayDung_L", "HanhLangAnToan_L")
ZONES = "ChucNangSuDungDat_A"


@pytest.mark.parametrize("form", ["gpkg", "gdb", "shp"])
def test_sound_classes_have_no_finding_but_what_is_not_delivered(tmp_path: Path, form: str) -> None:
    delivery = inspect(write_dossier(tmp_path, form), tmp_path / "work")
    assert not CLASS_CODES & set(codes(delivery))
    told = {one.value: one.detail for one in delivery.issues if one.code == "CLASSES_ABSENT"}
    assert (told["QuyHoach"]["there"], told["QuyHoach"]["all"]) == (8, 79)
    assert (told["NenDiaHinh"]["there"], told["NenDiaHinh"]["all"]) == (1, 4)


def test_a_name_close_to_a_class_is_told_with_the_class_that_was_meant(tmp_path: Path) -> None:
    area, line = plan_layers()[ZONES], plan_layers()["MangLuoiCapNuoc_L"]
    meant = {
        "ChucNangSuDungDat_P": (ZONES, area),
        "ChucNangSuDungDat": (ZONES, area),
        "ChucNangSDDat_A": (ZONES, area),
        "ChucNangSuDungDat_A_1": (ZONES, area),
        "ChiGioiDuongDoo_L": ("ChiGioiDuongDo_L", line),
        "MangLuoiCapNuocc_L": ("MangLuoiCapNuoc_L", line),
        "CongTrinhGiaoThong": ("CongTrinhGiaoThong_L", line),
    }
    more = tuple(in_memory(name, drawn) for name, (_, drawn) in meant.items())
    found = look(write_package(tmp_path), tmp_path / "work", more=more)
    told = [one for one in found.issues if one.code == "CLASS_MISNAMED"]
    assert {one.layer: one.detail["name"] for one in told} == {
        name: wanted for name, (wanted, _) in meant.items()
    }
    assert "LAYER_UNKNOWN" not in codes(found)


def test_a_name_like_no_class_is_unknown_and_its_suffix_is_held_against_its_shapes(
    tmp_path: Path,
) -> None:
    layers = {**plan_layers(), "LopRieng_L": Drawn("A", [square(0, 0)], {"ten": ["riêng"]})}
    delivery = look(write_package(tmp_path), tmp_path / "work", layers)
    assert only(delivery, "LAYER_UNKNOWN").layer == "LopRieng_L"
    suffix = only(delivery, "CLASS_SUFFIX")
    assert (suffix.value, suffix.detail["found"]) == ("_L", "A")


@pytest.mark.parametrize(
    ("new", "level"), [("chucnangsudungdat_a", "INFO"), ("ChứcNăngSửDụngĐất_A", "WARNING")]
)
def test_a_class_in_other_letters_is_read_and_told(tmp_path: Path, new: str, level: str) -> None:
    layers = {name: completed(name, drawn) for name, drawn in plan_layers().items()}
    layers[new] = layers.pop(ZONES)
    delivery = inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work")
    issue = only(delivery, "CLASS_SPELLING")
    assert (issue.level, issue.detail["name"]) == (level, ZONES)
    assert len(delivery.versions[0].zones) == 3


def test_a_class_in_the_wrong_geodatabase_is_told_with_its_home(tmp_path: Path) -> None:
    top = write_dossier(tmp_path)
    areas = {"PhanKhuQuyHoach_A": Drawn("A", [square(0, 0)], common(1))}
    write_layers(top / "HoSoGIS" / "HienTrang", "gpkg", areas, "EPSG:9210")
    delivery = inspect(top, tmp_path / "work")
    issue = only(delivery, "CLASS_MISPLACED")
    assert (issue.layer, issue.value, issue.detail["home"]) == (
        "PhanKhuQuyHoach_A", "HienTrang", "QuyHoach",
    )  # fmt: skip
    assert "LAYER_UNKNOWN" not in [one.code for one in delivery.issues]


def test_one_class_drawn_twice_is_an_error(tmp_path: Path) -> None:
    again = in_memory(ZONES, completed(ZONES, plan_layers()[ZONES]), form="gdb")
    issue = only(look(write_package(tmp_path), tmp_path / "work", more=(again,)), "CLASS_TWICE")
    assert issue.level == "ERROR"
    assert "QuyHoach.gdb" in str(issue.value)
    assert "QuyHoach.gpkg" in str(issue.value)


def test_an_empty_second_copy_does_no_harm(tmp_path: Path) -> None:
    empty = in_memory(ZONES, Drawn("A", [], {name: [] for name in common(0)}), form="gdb")
    found = look(write_package(tmp_path), tmp_path / "work", more=(empty,))
    assert only(found, "CLASS_TWICE").level == "INFO"


def test_the_same_name_in_two_geodatabases_of_the_circular_is_fine(tmp_path: Path) -> None:
    name = "MangLuoiCapNuoc_L"
    water = in_memory(name, completed(name, plan_layers()[name]), "HienTrang")
    found = look(write_package(tmp_path), tmp_path / "work", more=(water,))
    assert not CLASS_CODES & set(codes(found))


# Red lines, building lines, corridors


def without_lines(folder: Path, code: str, kind: str, adjustment: str = "Lập mới") -> Inspection:
    layers = {name: one for name, one in plan_layers().items() if name not in LINES}
    layers["RanhGioiQuyHoach_A"].columns["loaiDieuChinh"] = [adjustment]
    for drawn in layers.values():
        drawn.columns["maHoSoQH"] = [code] * len(drawn.geoms)
    hoso = {"Mã hồ sơ": code, "Loại quy hoạch": kind, "Mã thông tin quy hoạch": ""}
    return look(write_package(folder, hoso), folder / "work", layers)


@pytest.mark.parametrize(
    ("code", "kind", "level"),
    [
        (CODE, "Quy hoạch phân khu đô thị", "ERROR"),
        ("79QCT1000001", "Quy hoạch chi tiết đô thị", "ERROR"),
        ("79QCT1000001", "Quy hoạch tổng mặt bằng", "ERROR"),
        ("79QHC1000001", "Quy hoạch chung đô thị", "WARNING"),
    ],
)
def test_the_line_classes_are_needed_by_the_kind_of_plan(
    tmp_path: Path, code: str, kind: str, level: str
) -> None:
    delivery = without_lines(tmp_path, code, kind)
    issue = only(delivery, "CLASS_NEEDED")
    assert (issue.level, issue.value) == (level, "QuyHoach")
    assert issue.detail["name"] == ", ".join(LINES)
    absent = next(one for one in delivery.issues if one.code == "CLASSES_ABSENT")
    assert not any(line in absent.detail["name"] for line in LINES)


def test_a_local_adjustment_may_leave_out_what_it_does_not_touch(tmp_path: Path) -> None:
    found = without_lines(tmp_path, "79QPK1010001", "Quy hoạch phân khu", "Điều chỉnh cục bộ")
    assert only(found, "CLASS_NEEDED").level == "WARNING"


def test_empty_line_classes_are_delivered_classes(tmp_path: Path) -> None:
    layers = plan_layers()
    for name in LINES:
        layers[name] = Drawn("L", [], {column: [] for column in common(0)})
    delivery = look(write_package(tmp_path), tmp_path / "work", layers)
    assert "CLASS_NEEDED" not in codes(delivery)
