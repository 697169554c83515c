"""Numbers against the drawing and against each other: what differs is told, what agrees is not."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Geometry, MultiPolygon, box

from ingest.gate.audit.areas import check_areas
from ingest.gate.audit.balance import Balance, land_name
from ingest.gate.audit.balance_lines import check_balance
from ingest.gate.audit.balance_sheet import (
    BalanceRow,
    BalanceTable,
    SheetUnreadable,
    read_balance,
)
from ingest.gate.audit.norms import check_norms
from ingest.gate.audit.parents import check_parents
from ingest.gate.audit.rounding import differ, half_units, in_unit
from ingest.gate.audit.zones import AuditedZones, number
from ingest.gate.rows import ZONE_COLUMNS
from ingest.gate.topology.tolerance import Tolerance
from schemas.indicators import parse_indicator
from schemas.issues import Issue
from schemas.profiles.tolerances import AuditRule, TopologyRule

EAST, NORTH = 603_000.0, 1_191_000.0
TOLERANCE = Tolerance.of(TopologyRule(), 2000)
FILE, LAYER = "QuyHoach.gpkg", "ChucNangSuDungDat_A"


def square(east: float, north: float, side: float = 100.0) -> Geometry:
    return box(EAST + east, NORTH + north, EAST + east + side, NORTH + north + side)


def zone(
    shape: Geometry,
    symbol: str = "A",
    level: str = "lot",
    norms: tuple[str, str, str] = ("", "", ""),
    **columns: Any,
) -> dict[str, Any]:
    """A row of the zone table."""
    row = dict.fromkeys(ZONE_COLUMNS)
    for name, text in zip(("density", "storeys", "far"), norms, strict=True):
        read = parse_indicator(text, norm=name)  # type: ignore[arg-type]
        row |= {f"{name}_min": read.low, f"{name}_max": read.high, f"{name}_text": read.text}
    stated = {"area_declared_m2": np.nan, "population": pd.NA, **columns}
    place = {"source_file": FILE, "source_layer": LAYER, "source_row": 7}
    return {
        **row, **place, **stated, "symbol": symbol, "level": level, "area_m2": shape.area,
        "geom": MultiPolygon([shape]),
    }  # fmt: skip


def audited(*rows: dict[str, Any], rule: AuditRule | None = None) -> AuditedZones:
    targets: dict[str, str | None] = {
        "area_declared_m2": "dienTich", "population": "danSo", "far": "heSoSuDungDat",
    }  # fmt: skip
    frame = pd.DataFrame(rows)[ZONE_COLUMNS]
    frame["population"] = frame["population"].astype("Int64")
    return AuditedZones(frame, 9210, rule or AuditRule(), {(FILE, LAYER): targets})


def codes(issues: Any) -> list[str]:
    return [issue.code for issue in issues]


def only(issues: Any) -> Issue:
    (issue,) = issues
    assert issue.message.vi
    assert "…" not in issue.message.vi
    assert issue.message.vi != issue.message.en
    return issue


# When numbers differ


@pytest.mark.parametrize(
    ("written", "half"), [(12, 0.5), (12.5, 0.05), (1.25, 0.005), (0.1234567, 0.00005), (0, 0.5)]
)
def test_half_of_the_last_decimal_is_rounding(written: float, half: float) -> None:
    assert half_units([written])[0] == pytest.approx(half)


def test_numbers_differ_beyond_half_a_percent_and_their_rounding() -> None:
    stated, found = [1004.9, 1005.1, 12.0, 12.0, np.nan], [1000.0, 1000.0, 12.4, 12.6, 5.0]
    wrong = differ(stated, found, 0.005, half_units(stated))
    assert wrong.tolist() == [False, True, False, True, False]


@given(st.floats(0.05, 1e7), st.integers(0, 3))
def test_a_rounded_number_never_differs_from_itself(value: float, decimals: int) -> None:
    stated = round(value, decimals)
    assert not differ([stated], [value], 0.005, half_units([stated]))[0]


@given(st.floats(1000, 1e7))
def test_square_metres_written_as_hectares_are_known(area_m2: float) -> None:
    stated = round(area_m2 / 10_000, 2)
    assert in_unit([stated], [area_m2], 10_000.0)[0] or stated == 0
    assert not in_unit([area_m2], [area_m2], 10_000.0)[0]


# Areas of zones


def test_areas_as_drawn_are_not_told_and_not_stated_neither() -> None:
    zones = audited(
        zone(square(0, 0), area_declared_m2=10_000.0),
        zone(square(0, 0), area_declared_m2=10_049.0),
        zone(square(0, 0)),
    )
    assert codes(check_areas(zones)) == []


def test_a_wrong_area_is_told_at_its_cell_with_both_numbers() -> None:
    zones = audited(zone(square(0, 0), "A-01", area_declared_m2=11_000.0))
    issue = only(check_areas(zones))
    assert (issue.code, issue.level) == ("AREA_DIFFERS", "WARNING")
    assert (issue.file, issue.layer, issue.row, issue.column) == (FILE, LAYER, 7, "dienTich")
    assert issue.value == "11000"
    assert issue.detail["drawn_m2"] == "10000"
    assert (issue.detail["off_m2"], issue.detail["percent"]) == ("1000", "10")
    assert issue.geom is not None
    assert issue.geom.x == pytest.approx(106.69, abs=0.02)


def test_hectares_are_told_once_as_another_unit() -> None:
    zones = audited(*(zone(square(0, 0), area_declared_m2=1.0) for _ in range(30)))
    issue = only(check_areas(zones))
    assert (issue.code, issue.count, issue.detail["unit"]) == ("AREA_UNIT", 30, "ha")


def test_many_wrong_areas_are_twenty_in_full_and_a_count() -> None:
    zones = audited(
        *(zone(square(0, 0), f"L{i}", area_declared_m2=11_000.0 + i) for i in range(100))
    )
    issues = list(check_areas(zones))
    assert len(issues) == 21
    assert sum(issue.count for issue in issues) == 100
    assert issues[0].value == "11099"


# Density, storeys, floor area ratio


@pytest.mark.parametrize(
    ("norms", "expected"),
    [
        (("60", "7", "4,2"), []),
        (("≤ 60", "≤ 7", "≤ 4,2"), []),
        (("60", "7", "2,4"), []),
        (("33,3", "3", "1,0"), []),
        (("40-60", "3÷5", "1,2-3,0"), []),
        (("-", "7", "8,4"), []),
        (("60", "", "8,4"), []),
        (("60", "7", "8,4"), ["FAR_TOO_HIGH"]),
        (("40-60", "3÷5", "≤ 3,5"), ["FAR_TOO_HIGH"]),
        (("60", "7", "≥ 5"), ["FAR_TOO_HIGH"]),
        (("45÷60", "7÷12", "200%"), ["FAR_TOO_LOW"]),
        (("45", "7", "≤ 2,0"), []),
    ],
)
def test_norms_that_exclude_each_other(norms: tuple[str, str, str], expected: list[str]) -> None:
    issues = list(check_norms(audited(zone(square(0, 0), norms=norms))))
    assert codes(issues) == expected
    for issue in issues:
        assert (issue.column, issue.value) == ("heSoSuDungDat", norms[2])
        assert norms[1] in issue.message.vi


percents, floors = st.integers(5, 100), st.integers(1, 60)


@given(percents, floors, st.floats(0.01, 1.0))
def test_a_ratio_that_can_be_built_is_never_told(density: int, storeys: int, part: float) -> None:
    far = f"{density * storeys / 100 * part:.1f}".replace(".", ",")
    rows = zone(square(0, 0), norms=(str(density), str(storeys), far))
    assert codes(check_norms(audited(rows))) == []


# Parts and wholes


def town(**cell: Any) -> list[dict[str, Any]]:
    """A cell of 200 × 100 m with two lots."""
    whole = box(EAST, NORTH, EAST + 200, NORTH + 100)
    return [
        zone(whole, "A", "cell", **cell),
        zone(square(0, 0), "A-01", area_declared_m2=10_000.0, population=120),
        zone(square(100, 0), "A-02", area_declared_m2=10_000.0, population=80),
    ]


def test_parts_that_make_up_their_whole_are_not_told() -> None:
    rows = town(area_declared_m2=20_000.0, population=200)
    assert codes(check_parents(audited(*rows), TOLERANCE)) == []


def test_a_whole_larger_than_its_parts_is_not_told_for_there_are_roads() -> None:
    rows = town(area_declared_m2=26_000.0)
    assert codes(check_parents(audited(*rows), TOLERANCE)) == []


def test_parts_larger_than_their_whole_are_told_by_name() -> None:
    rows = town(area_declared_m2=19_000.0)
    issue = only(check_parents(audited(*rows), TOLERANCE))
    assert (issue.code, issue.value, issue.detail["sum"]) == ("AREA_SUM_DIFFERS", "19000", "20000")
    assert issue.detail["parts"] == "A-01, A-02"


@pytest.mark.parametrize("people", [150, 250])
def test_people_must_add_up_both_ways(people: int) -> None:
    issue = only(check_parents(audited(*town(population=people)), TOLERANCE))
    assert (issue.code, issue.column) == ("PEOPLE_SUM_DIFFERS", "danSo")
    assert issue.detail["sum"] == "200"


def test_people_stated_nowhere_below_are_not_compared() -> None:
    rows = [row | {"population": pd.NA} for row in town()]
    rows[0]["population"] = 500
    assert codes(check_parents(audited(*rows), TOLERANCE)) == []


def test_a_lot_across_the_edge_of_its_cell_is_told_at_the_place() -> None:
    rows = town()
    wide = box(EAST + 100, NORTH, EAST + 210, NORTH + 100)
    rows[2] |= {"geom": MultiPolygon([wide]), "area_m2": wide.area}
    issue = only(check_parents(audited(*rows), TOLERANCE))
    assert (issue.code, issue.value) == ("ZONE_CROSSES_PARENT", "A-02")
    assert (issue.detail["parent"], issue.detail["area_m2"]) == ("A", "1000")


def test_an_edge_off_by_less_than_tolerance_is_not_told() -> None:
    rows = town()
    wide = box(EAST + 100, NORTH, EAST + 200.5, NORTH + 100)
    rows[2] |= {"geom": MultiPolygon([wide]), "area_m2": wide.area}
    assert codes(check_parents(audited(*rows), TOLERANCE)) == []


def test_cells_are_compared_with_their_area_too() -> None:
    rows = [
        zone(square(0, 0), "I", "area", population=10),
        zone(square(0, 0), "A", "cell", population=20),
    ]
    assert codes(check_parents(audited(*rows), TOLERANCE)) == ["PEOPLE_SUM_DIFFERS"]


# The land-balance table


HEADINGS = ["STT", "Chức năng sử dụng đất", "Diện tích (ha)", "Tỷ lệ (%)"]
LINES = [
    [1, "Đất nhóm nhà ở", 1.0, 50],
    [2, "Đất cây xanh", "1,0", "50%"],
    [None, "Tổng cộng", 2.0, 100],
]


def sheet(path: Path, *rows: list[Any], title: str = "CBDD") -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = title
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def tables(path: Path) -> list[BalanceTable]:
    return [page.table for page in read_balance(path) if page.table is not None]


def test_a_land_balance_table_is_known_by_its_headings(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", ["BẢNG CÂN BẰNG SỬ DỤNG ĐẤT"], [], HEADINGS, *LINES)
    (table,) = tables(path)
    assert (table.sheet, table.unit, table.area_heading) == ("CBDD", "ha", "Diện tích (ha)")
    assert table.rows == (
        BalanceRow(4, "Đất nhóm nhà ở", 1.0, 50.0),
        BalanceRow(5, "Đất cây xanh", 1.0, 50.0),
        BalanceRow(6, "Tổng cộng", 2.0, 100.0),
    )


@pytest.mark.parametrize("numbers", [["(1)", "(2)", "(3)", "(4)"], [1, 2, 3, 4]])
def test_the_numbers_of_the_columns_are_no_land(tmp_path: Path, numbers: list[Any]) -> None:
    (table,) = tables(sheet(tmp_path / "a.xlsx", HEADINGS, numbers, *LINES))
    assert [row.number for row in table.rows] == [3, 4, 5]


def test_of_two_columns_the_planned_one_is_taken_and_groups_are_passed_by(tmp_path: Path) -> None:
    upper = ["STT", "Loại đất", "Hiện trạng", None, "Quy hoạch", None]
    lower = [None, None, "Diện tích", "Tỷ lệ (%)", "Diện tích", "Tỷ lệ (%)"]
    group = ["I", "Đất dân dụng", "", "", "", ""]
    line = [1, "Đất nhóm nhà ở", 5, 1, "12.345,6", 50]
    path = sheet(tmp_path / "a.xlsx", ["Đơn vị: m2"], upper, lower, group, line)
    (table,) = tables(path)
    assert table.unit == "m2"
    assert [(row.number, row.area) for row in table.rows] == [(5, 12_345.6)]


@pytest.mark.parametrize(
    "rows",
    [
        [["Mã hồ sơ", "Tên đồ án", "Diện tích"], ["79QPK", "x", 5]],
        [["Chức năng", "Diện tích (ha)"], ["Đất ở", 5]],
        [["HIỆN TRẠNG SỬ DỤNG ĐẤT"], HEADINGS, *LINES],
        [],
    ],
)
def test_other_sheets_are_no_land_balance(tmp_path: Path, rows: list[list[Any]]) -> None:
    assert tables(sheet(tmp_path / "a.xlsx", *rows, title="Trang 1")) == []


def test_a_table_far_down_and_behind_one_of_existing_land_is_found(tmp_path: Path) -> None:
    notes = [[f"Ghi chú {number}"] for number in range(60)]
    existing: list[list[Any]] = [["HIỆN TRẠNG SỬ DỤNG ĐẤT"], HEADINGS, *LINES]
    planned: list[list[Any]] = [
        [],
        [],
        [],
        ["QUY HOẠCH SỬ DỤNG ĐẤT"],
        HEADINGS,
        [1, "Đất ở", 7.0, 100],
    ]
    (table,) = tables(sheet(tmp_path / "a.xlsx", *existing, *notes, *planned, title="Trang 1"))
    assert [(row.name, row.area) for row in table.rows] == [("Đất ở", 7.0)]


def test_a_sheet_larger_than_what_is_looked_at_is_known_to_be(tmp_path: Path) -> None:
    lines: list[list[Any]] = [[number, f"Lô {number}", 1.0, 0] for number in range(5_000)]
    (page,) = read_balance(sheet(tmp_path / "a.xlsx", HEADINGS, *lines))
    assert page.in_part
    assert (page.n_rows, page.n_columns) == (5_001, 4)
    (small,) = read_balance(sheet(tmp_path / "b.xlsx", HEADINGS, *LINES))
    assert not small.in_part


def test_a_spreadsheet_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 hong")
    with pytest.raises(SheetUnreadable):
        read_balance(path)


@pytest.mark.parametrize(
    "text",
    [
        "Đất nhóm nhà ở",
        "1. Đất nhóm nhà ở",
        "II.  ĐẤT NHÓM NHÀ Ở",
        "- nhóm nhà ở",
        "1.2 Nhóm nhà ở:",
    ],
)
def test_names_of_land_compare_without_numbers_and_the_word_land(text: str) -> None:
    assert land_name(text) == "nhóm nhà ở"


def test_a_name_of_one_letter_keeps_it() -> None:
    assert land_name("Y tế") == "y tế"


def balance(*rows: BalanceRow, unit: Any = "ha") -> Balance:
    zones = audited(
        zone(square(0, 0), "A-01", function_1="Đất dân dụng", function_2="Nhóm nhà ở"),
        zone(square(100, 0), "A-02", function_1="Đất dân dụng", function_2="Đất cây xanh"),
    )
    table = BalanceTable("CBDD", "Diện tích", "Tỷ lệ", unit, rows)
    return Balance("bang.xlsx", table, zones, 20_000.0)


RIGHT = (
    BalanceRow(4, "1. Đất nhóm nhà ở", 1.0, 50.0),
    BalanceRow(5, "2. Cây xanh", 1.0, 50.0),
    BalanceRow(6, "Tổng cộng", 2.0, 100.0),
)


@pytest.mark.parametrize("unit", ["ha", None])
def test_a_table_that_agrees_with_the_drawing_is_not_told(unit: Any) -> None:
    assert codes(check_balance(balance(*RIGHT, unit=unit))) == []


def test_groups_on_a_higher_level_agree_too() -> None:
    group = BalanceRow(3, "Đất dân dụng", 2.0, 100.0)
    assert codes(check_balance(balance(group, *RIGHT))) == []


def test_a_line_that_differs_names_the_zones(tmp_path: Path) -> None:
    wrong = replace(RIGHT[0], area=1.2, share=None)
    issue = only(check_balance(balance(wrong, *RIGHT[1:])))
    assert (issue.code, issue.file, issue.layer) == ("BALANCE_DIFFERS", "bang.xlsx", "CBDD")
    assert (issue.row, issue.column, issue.value) == (4, "Diện tích", "1.2")
    assert (issue.detail["drawn"], issue.detail["zones"]) == ("1", "A-01")


def test_a_rounded_line_does_not_differ() -> None:
    assert codes(check_balance(balance(replace(RIGHT[0], area=0.96), *RIGHT[1:]))) == [
        "BALANCE_DIFFERS", "SHARE_DIFFERS",
    ]  # fmt: skip
    coarse = BalanceRow(5, "Cây xanh", 1, 50.0)
    assert codes(check_balance(balance(RIGHT[0], coarse, RIGHT[2]))) == []


def test_a_wrong_total_a_share_too_large_and_a_wrong_share_are_told() -> None:
    total = replace(RIGHT[2], area=2.5)
    found = codes(check_balance(balance(*RIGHT[:2], total)))
    assert found == ["BALANCE_TOTAL_DIFFERS", "SHARE_DIFFERS", "SHARE_DIFFERS"]
    large = replace(RIGHT[0], share=150.0)
    assert codes(check_balance(balance(large, *RIGHT[1:]))) == ["SHARE_OVER_HUNDRED"]
    off = replace(RIGHT[0], share=40.0)
    assert only(check_balance(balance(off, *RIGHT[1:]))).detail["right"] == "50"


def test_shares_written_as_parts_of_one_are_not_told() -> None:
    parts = [replace(row, share=(row.share or 0) / 100) for row in RIGHT]
    assert codes(check_balance(balance(*parts))) == []


def in_parts(*rows: BalanceRow) -> list[BalanceRow]:
    """The same lines with their shares as a cell in percent format holds them."""
    return [replace(row, share=(row.share or 0) / 100) for row in rows]


def test_shares_in_percent_format_are_held_against_the_areas() -> None:
    wrong = [replace(RIGHT[0], share=95.0), replace(RIGHT[1], share=90.0), RIGHT[2]]
    for rows in (wrong, in_parts(*wrong)):
        found = list(check_balance(balance(*rows)))
        assert codes(found) == ["SHARE_DIFFERS", "SHARE_DIFFERS"]
        assert [(one.value, one.detail["right"]) for one in found] == [("95", "50"), ("90", "50")]


def test_one_share_over_one_does_not_turn_the_rule_round() -> None:
    large = in_parts(replace(RIGHT[0], share=150.0), *RIGHT[1:])
    assert codes(check_balance(balance(*large))) == ["SHARE_OVER_HUNDRED"]


def test_parts_of_one_are_known_by_their_sum_where_the_total_has_no_share() -> None:
    total = replace(RIGHT[2], share=None)
    half, other = in_parts(*RIGHT[:2])
    assert codes(check_balance(balance(half, other, total))) == []
    more, less = replace(half, share=0.55), replace(other, share=0.4)
    found = codes(check_balance(balance(more, less, total)))
    assert found == ["SHARE_DIFFERS", "SHARE_DIFFERS"]


def test_shares_below_one_that_add_up_to_nothing_known_are_not_judged() -> None:
    """Either percents of a few small lines, or parts of one in groups and their own lines."""
    total = replace(RIGHT[2], share=None)
    group = BalanceRow(3, "Đất dân dụng", 2.0, 1.0)
    assert codes(check_balance(balance(group, *in_parts(*RIGHT[:2]), total))) == []
    small = [replace(row, share=0.3) for row in RIGHT[:2]]
    assert codes(check_balance(balance(*small, total))) == []


def test_a_deviation_of_just_the_share_that_counts_is_one() -> None:
    stated, found = [1005.0, 995.0, 1004.9, np.nan, 0.0], [1000.0, 1000.0, 1000.0, 1.0, 0.0]
    told = differ(stated, found, 0.005, [0.5] * 5)
    assert told.tolist() == [True, True, False, False, False]
    assert differ([100.5], [100.0], 0.005, [0.5]).tolist() == [False], "rounding explains it"


def test_what_only_one_side_has_is_told() -> None:
    other = BalanceRow(5, "Đất công nghiệp", 1.0, 50.0)
    found = list(check_balance(balance(RIGHT[0], other, RIGHT[2])))
    assert codes(found) == ["BALANCE_ROW_UNKNOWN", "BALANCE_FUNCTION_MISSING"]
    assert found[1].layer == LAYER


def test_names_that_are_left_out_of_a_list_are_hinted_at() -> None:
    others = [BalanceRow(5 + n, f"Đất loại {n}", 1.0, 10.0) for n in range(7)]
    found = list(check_balance(balance(RIGHT[0], *others)))
    (unknown,) = [one for one in found if one.code == "BALANCE_ROW_UNKNOWN"]
    assert unknown.detail["names"].endswith("Đất loại 4, …")
    assert unknown.count == 7


def test_a_table_of_other_words_is_said_not_to_be_compared() -> None:
    rows = [replace(row, name=f"Hạng mục {row.number}") for row in RIGHT]
    assert only(check_balance(balance(*rows))).code == "BALANCE_NOT_COMPARED"


def test_numbers_in_sentences_have_no_needless_zeros() -> None:
    assert [number(1.50), number(100.0), number(0.0), number(1234.567)] == [
        "1.5", "100", "0", "1234.57",
    ]  # fmt: skip
