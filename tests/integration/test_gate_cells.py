"""Cells through the whole gate: empty, shared by several rows, strange, at odds with the decision."""

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ingest.delivery import Delivery
from schemas.issues import Issue
from tests.gate_dossier import (
    CODE,
    HOSO,
    Drawn,
    codes,
    inspect,
    plan_layers,
    square,
    write_dossier,
)

BOUNDARY, ZONES, CELLS = "RanhGioiQuyHoach_A", "ChucNangSuDungDat_A", "PhanOQuyHoach_A"
NAME, NUMBER, INFO = "Tên đồ án", "Số QĐ phê duyệt quy hoạch", "Mã thông tin quy hoạch"
NEW = {
    "CELLS_EMPTY", "COLUMN_EMPTY", "VALUES_REPEATED", "CODE_UNKNOWN", "FACT_CELL_EMPTY",
    "FACT_MISSING", "STATUS_CONTRADICTS",
}  # fmt: skip


def checked(tmp_path: Path, hoso: Any = None, **columns: Any) -> Delivery:
    """A dossier with three lots whose cells are changed."""
    layers = plan_layers()
    lots = {name: [*values, values[-1]] for name, values in layers[ZONES].columns.items()}
    lots |= {"kyHieuLoDat": ["A1-01", "A1-02", "A1-03"], "maDoiTuong": ["LO-1", "LO-2", "LO-3"]}
    shapes = [square(0, 0), square(100, 0), square(0, 0, 1.0)]
    layers[ZONES] = Drawn("A", shapes, {**lots, **columns})
    return inspect(write_dossier(tmp_path, layers=layers, hoso=hoso), tmp_path / "work")


def told(delivery: Delivery, code: str) -> list[Issue]:
    return [issue for issue in delivery.issues if issue.code == code]


def test_a_sound_dossier_has_none_of_these_findings(tmp_path: Path) -> None:
    assert not NEW & set(codes(checked(tmp_path)))


def test_a_strange_function_is_told_and_kept(tmp_path: Path) -> None:
    use = ["Đất dân dụng", "XYZ", "Đất dân dụng"]
    delivery = checked(tmp_path, chucNangSuDungDatMuc1=use)
    (issue,) = told(delivery, "CODE_UNKNOWN")
    assert (issue.level, issue.value, issue.column) == ("WARNING", "XYZ", "chucNangSuDungDatMuc1")
    assert issue.row == 2
    assert issue.geom is not None
    assert list(delivery.versions[0].zones["function_1"])[:3] == use


def test_a_lot_without_any_function_is_told_with_its_row_and_place(tmp_path: Path) -> None:
    names = [f"chucNangSuDungDatMuc{number}" for number in (1, 2, 3)]
    columns = {name: ["Đất dân dụng", None, "Đất ở"] for name in names}
    (issue,) = told(checked(tmp_path, **columns), "CELLS_EMPTY")
    assert (issue.level, issue.row, issue.count) == ("WARNING", 2, 1)
    assert issue.geom is not None
    assert all(name in issue.message.vi for name in names)


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_a_mandatory_column_without_one_value_is_an_error(tmp_path: Path, empty: Any) -> None:
    delivery = checked(tmp_path, chucNangSuDungDatMuc1=[empty] * 3)
    (issue,) = told(delivery, "COLUMN_EMPTY")
    assert (issue.level, issue.column) == ("ERROR", "chucNangSuDungDatMuc1")


@pytest.mark.parametrize("column", ["kyHieuLoDat", "maDoiTuong"])
def test_rows_that_share_a_symbol_or_an_id_are_named(tmp_path: Path, column: str) -> None:
    delivery = checked(tmp_path, **{column: ["OXM-01", "B", " oxm-01"]})
    (issue,) = told(delivery, "VALUES_REPEATED")
    assert (issue.level, issue.column, issue.value, issue.count) == (
        "WARNING", column, "OXM-01", 2,
    )  # fmt: skip
    assert "dòng 1, 3" in issue.message.vi
    assert issue.geom is not None
    assert len(issue.geom.geoms) == 2


@pytest.mark.parametrize(
    ("column", "values"),
    [("kyHieuLoDat", ["A", None, "B"]), ("dienTich", [10_000.0, None, None])],
)
def test_an_empty_symbol_or_area_is_told(tmp_path: Path, column: str, values: list[Any]) -> None:
    (issue,) = told(checked(tmp_path, **{column: values}), "CELLS_EMPTY")
    assert (issue.level, issue.column, issue.row) == ("WARNING", column, 2)
    assert issue.count == values.count(None)


@pytest.mark.parametrize(
    ("column", "found"),
    [(NAME, HOSO[NAME]), (NUMBER, HOSO[NUMBER]), (INFO, HOSO[INFO])],
)
def test_an_empty_cell_says_where_its_fact_was_taken_from(
    tmp_path: Path, column: str, found: str
) -> None:
    delivery = checked(tmp_path, {column: None})
    (issue,) = told(delivery, "FACT_CELL_EMPTY")
    assert (issue.level, issue.layer, issue.row, issue.column) == ("WARNING", "HoSo", 2, column)
    assert f"“{found}” ở {BOUNDARY}" in issue.message.vi


@pytest.mark.parametrize(("column", "other"), [(NAME, "tenDoAn"), (NUMBER, "soQDQH")])
def test_a_fact_that_nothing_states_is_an_error(tmp_path: Path, column: str, other: str) -> None:
    layers = plan_layers()
    del layers[BOUNDARY].columns[other]
    top = write_dossier(tmp_path, layers=layers, hoso={column: None})
    (issue,) = told(inspect(top, tmp_path / "work"), "FACT_MISSING")
    assert (issue.level, issue.column) == ("ERROR", column)


@pytest.mark.parametrize("column", ["Loại quy hoạch", "Tình trạng"])
def test_a_word_that_no_list_has_is_told(tmp_path: Path, column: str) -> None:
    (issue,) = told(checked(tmp_path, {column: "xyz"}), "CODE_UNKNOWN")
    assert (issue.level, issue.layer, issue.column, issue.value) == (
        "WARNING", "HoSo", column, "xyz",
    )  # fmt: skip


@pytest.mark.parametrize("status", ["Đang lập", "Hết hiệu lực", "Chưa phê duyệt"])
def test_a_status_against_the_decision_is_told(tmp_path: Path, status: str) -> None:
    (issue,) = told(checked(tmp_path, {"Tình trạng": status}), "STATUS_CONTRADICTS")
    assert (issue.level, issue.value) == ("WARNING", status)
    assert "345/QĐ-UBND 15/03/2025" in issue.message.vi


def test_two_dossiers_in_one_package_are_told_in_one_sentence(tmp_path: Path) -> None:
    for name in ("mot", "hai"):
        write_dossier(tmp_path / "goi" / name)
    delivery = inspect(tmp_path / "goi", tmp_path / "work")
    (issue,) = [one for one in delivery.issues if one.level == "ERROR"]
    assert issue.code == "DOSSIERS_SEVERAL"
    assert "chứa 2 hồ sơ" in issue.message.vi
    assert {"hai/CSDL_MinhHoa", "mot/CSDL_MinhHoa"} == set(
        re.findall(r"\(([^)]*)\)", str(issue.value))
    )
    assert CODE in str(issue.value)
    assert delivery.versions == ()


def test_a_second_row_of_the_plan_is_told_with_what_it_holds(tmp_path: Path) -> None:
    top = write_dossier(tmp_path)
    (path,) = top.rglob("*.xlsx")
    book = openpyxl.load_workbook(path)
    book["HoSo"].append(["79QPK1000009", None, "Đồ án khác"])
    book.save(path)
    (issue,) = told(inspect(top, tmp_path / "work"), "SHEET_ROWS")
    assert issue.row == 3
    assert "Mã hồ sơ: 79QPK1000009; Tên đồ án: Đồ án khác" in issue.message.vi
