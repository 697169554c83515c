"""Workbook, layers and file names say the same: codes, names, numbers, scale; typed attributes."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.gate.inspection import Inspection
from tests.gate_dossier import (
    CODE,
    INFO,
    Drawn,
    completed,
    drawings_of,
    inspect,
    papers_of,
    plan_layers,
    write_dossier,
    write_workbook,
)
from tests.gate_package import codes, in_memory, look, only, write_package

BOUNDARY, ZONES = "RanhGioiQuyHoach_A", "ChucNangSuDungDat_A"
AGREEMENT_CODES = {
    "FACTS_DIFFER", "FACTS_VARIANT", "CODE_DIFFERS", "VALUE_MISSING", "INFO_CODE_MISSING",
    "INFO_CODE_PATTERN", "CELL_TYPE", "CELL_TOO_LONG", "COLUMN_ABSENT",
}  # fmt: skip


def stated(layer: str, **columns: list[Any]) -> dict[str, Drawn]:
    """The usual layers with other columns in one of them."""
    layers = plan_layers()
    layers[layer].columns.update(columns)
    return layers


def test_a_sound_package_agrees_with_itself(tmp_path: Path) -> None:
    layers = stated(
        BOUNDARY,
        soQDNV=["12/QĐ-UBND"],
        ngayQDNV=["2024-05-06"],
        ngayQDQH=["15/03/2025"],
        tyLe=["1:2000"],
    )
    found = codes(look(write_package(tmp_path), tmp_path / "work", layers))
    assert not AGREEMENT_CODES & set(found)


def test_what_the_boundary_says_otherwise_than_the_workbook_is_told(tmp_path: Path) -> None:
    other = {
        "tenDoAn": "Quy hoạch phân khu 1/2000 Phường Khác",
        "soQDQH": "346/QĐ-UBND",
        "ngayQDQH": "2025-03-16",
        "soQDNV": "13/QĐ-UBND",
        "ngayQDNV": "2024-05-07",
        "tyLe": "1/5000",
        "maThongTinQH": "792521000002",
    }
    layers = stated(BOUNDARY, **{column: [value] for column, value in other.items()})
    found = look(write_package(tmp_path), tmp_path / "work", layers)
    told = [one for one in found.issues if one.code == "FACTS_DIFFER"]
    assert {one.column: one.detail["second"] for one in told} == other
    assert {(one.layer, one.level) for one in told} == {(BOUNDARY, "WARNING")}


def test_another_way_of_writing_is_no_contradiction(tmp_path: Path) -> None:
    other = {
        "tenDoAn": "Quy hoạch phân khu 1/2.000, Phường Minh Hoạ",
        "soQDQH": "Số 345/QD-UBND",
        "soQDNV": "012/QĐ.UBND",
    }
    layers = stated(BOUNDARY, **{column: [value] for column, value in other.items()})
    found = look(write_package(tmp_path), tmp_path / "work", layers)
    told = [one for one in found.issues if one.code == "FACTS_VARIANT"]
    assert {one.column: one.detail["second"] for one in told} == other
    assert {one.level for one in told} == {"INFO"}
    assert "FACTS_DIFFER" not in codes(found)


def test_a_line_of_a_sheet_with_another_dossiers_code_is_told(tmp_path: Path) -> None:
    top = write_package(tmp_path)
    papers = papers_of()
    papers[1][0] = "79QPK1000002"
    write_workbook(top / "HoSoScan" / f"{CODE}.xlsx", None, papers, drawings_of())
    issue = only(look(top, tmp_path / "work"), "CODE_DIFFERS")
    assert (issue.layer, issue.row, issue.value) == ("VanBan", 3, "79QPK1000002")


def test_codes_are_compared_in_every_geodatabase(tmp_path: Path) -> None:
    top = write_package(tmp_path)
    water = plan_layers()["MangLuoiCapNuoc_L"]
    water.columns["maHoSoQH"] = ["79QPK1000009"]
    layer = in_memory("MangLuoiCapNuoc_L", completed("MangLuoiCapNuoc_L", water), "HienTrang")
    issue = only(look(top, tmp_path / "work", more=(layer,)), "CODE_DIFFERS")
    assert issue.file == "HoSoGIS/HienTrang.gpkg"


def test_both_codes_are_compared_row_by_row(tmp_path: Path) -> None:
    layers = stated(ZONES, maThongTinQH=[INFO, "012521000009"], maHoSoQH=[f" {CODE.lower()}", CODE])
    issue = only(look(write_package(tmp_path), tmp_path / "work", layers), "CODE_DIFFERS")
    assert (issue.column, issue.row, issue.value) == ("maThongTinQH", 2, "012521000009")


@pytest.mark.parametrize("column", ["maThongTinQH", "maHoSoQH"])
def test_a_row_without_a_code_is_told(tmp_path: Path, column: str) -> None:
    layers = stated(ZONES, **{column: [CODE if column == "maHoSoQH" else INFO, None]})
    issue = only(look(write_package(tmp_path), tmp_path / "work", layers), "VALUE_MISSING")
    assert (issue.level, issue.column, issue.row) == ("WARNING", column, 2)


def test_a_layer_without_one_of_the_least_columns_is_told(tmp_path: Path) -> None:
    layers = plan_layers()
    del layers["ChiGioiDuongDo_L"].columns["maThongTinQH"]
    issue = only(look(write_package(tmp_path), tmp_path / "work", layers), "COLUMN_ABSENT")
    assert (issue.layer, issue.column) == ("ChiGioiDuongDo_L", "maThongTinQH")


# The planning information code


def with_info(folder: Path, code: str | None, workdir: Path, **hoso: Any) -> Inspection:
    layers = plan_layers()
    for drawn in layers.values():
        drawn.columns["maThongTinQH"] = [code] * len(drawn.geoms)
    top = write_package(folder, {"Mã thông tin quy hoạch": code or "", **hoso})
    return look(top, workdir, layers)


def test_a_dossier_without_any_information_code_is_refused(tmp_path: Path) -> None:
    delivery = with_info(tmp_path, None, tmp_path / "work")
    assert only(delivery, "INFO_CODE_MISSING").level == "ERROR"
    assert "VALUE_MISSING" not in codes(delivery)


def test_a_code_of_another_form_warns_where_the_old_pattern_was_in_force(tmp_path: Path) -> None:
    issue = only(with_info(tmp_path, "QH-2025-7", tmp_path / "work"), "INFO_CODE_PATTERN")
    assert (issue.level, issue.value) == ("WARNING", "QH-2025-7")


def test_from_july_2026_any_text_is_a_code(tmp_path: Path) -> None:
    decided = {"Ngày ": date(2026, 8, 1)}
    found = with_info(tmp_path, "QH-2026-7", tmp_path / "work", **decided)
    assert "INFO_CODE_PATTERN" not in codes(found)


@pytest.mark.parametrize(("length", "found"), [(15, False), (16, True)])
def test_an_information_code_has_at_most_15_letters(
    tmp_path: Path, length: int, found: bool
) -> None:
    delivery = with_info(tmp_path, "X" * length, tmp_path / "work")
    told = [one for one in delivery.issues if one.code == "CELL_TOO_LONG"]
    assert bool(told) == found
    assert all((one.level, one.column) == ("ERROR", "maThongTinQH") for one in told)


# Types and lengths


def test_a_text_longer_than_its_column_is_a_warning_at_its_row(tmp_path: Path) -> None:
    layers = stated(ZONES, ghiChu=["vừa", "x" * 251], maDoiTuong=["y" * 100, "LO-2"])
    issue = only(look(write_package(tmp_path), tmp_path / "work", layers), "CELL_TOO_LONG")
    assert (issue.level, issue.column, issue.row) == ("WARNING", "ghiChu", 2)
    assert issue.detail["most"] == 250


@pytest.mark.parametrize(
    ("value", "fits"), [("12,5", False), ("hai", False), ("12.5", True), (12.5, True), (None, True)]
)
def test_a_number_of_the_circular_is_a_number(tmp_path: Path, value: object, fits: bool) -> None:
    layers = plan_layers()
    layers["MangLuoiCapNuoc_L"].columns["chieuDai"] = [value]
    delivery = look(write_package(tmp_path), tmp_path / "work", layers)
    told = [one for one in delivery.issues if one.code == "CELL_TYPE"]
    assert [(one.level, one.column) for one in told] == ([] if fits else [("WARNING", "chieuDai")])


def test_a_whole_number_has_no_decimals(tmp_path: Path) -> None:
    layers = plan_layers()
    layers["MangLuoiCapNuoc_L"].columns["soOng"] = np.array([1.5])
    issue = only(look(write_package(tmp_path), tmp_path / "work", layers), "CELL_TYPE")
    assert (issue.column, issue.detail["type"]) == ("soOng", "integer")


@pytest.mark.parametrize("form", ["gpkg", "gdb", "shp"])
def test_a_column_of_days_is_one_in_every_form(tmp_path: Path, form: str) -> None:
    typed = np.array(["2025-03-15"], "M8[D]" if form == "shp" else "M8[ms]")
    layers = stated(BOUNDARY, ngayQDQH=typed)
    delivery = inspect(write_dossier(tmp_path, form, layers=layers), tmp_path / "work")
    assert not {"CELL_TYPE", "FACTS_DIFFER"} & {issue.code for issue in delivery.issues}


@pytest.mark.parametrize(
    ("day", "fits"), [("15/3/2025", True), ("2025-03-15", True), ("mùa xuân", False)]
)
def test_a_text_that_is_no_day_does_not_fit_a_column_of_days(
    tmp_path: Path, day: str, fits: bool
) -> None:
    layers = stated(BOUNDARY, ngayQDQH=[day])
    found = codes(look(write_package(tmp_path), tmp_path / "work", layers))
    assert ("CELL_TYPE" not in found) == fits
