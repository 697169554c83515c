"""Columns, cells and shapes against a standard: each rule has a row that breaks it and one not."""

import time
from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from shapely import LineString, MultiPolygon, Point, Polygon, box

from ingest.gate.standard.check import _conditions, _counts
from ingest.gate.standard.columns import check_columns, is_of_type
from ingest.gate.standard.findings import MOST_PLACES
from ingest.gate.standard.tables import Cells
from schemas.issues import Issue
from schemas.standards.model import Column, Condition, RowCount, Rule
from tests.standard_dossier import cells_of, rows_of, table_of


def told(issues: Iterable[Issue]) -> list[tuple[str, int | None, str | None]]:
    return [(issue.code, issue.row, issue.value) for issue in issues]


def check(column: Column, *cells: str | None) -> list[tuple[str, int | None, str | None]]:
    return told(check_columns(rows_of(table_of(column), {column.name: cells})))


def test_an_empty_cell_of_a_required_column_is_found() -> None:
    assert check(Column(name="A", required=True), "x", None) == [("CELL_EMPTY", 2, None)]
    assert check(Column(name="A"), "x", None) == []


def test_a_finding_has_file_layer_row_column_and_value() -> None:
    column = Column(name="A", max_length=2)
    (issue,) = check_columns(rows_of(table_of(column), {"A": ["ab", "abc"]}, file="D/T.dbf"))
    assert (issue.file, issue.layer, issue.row, issue.column) == ("D/T.dbf", "T", 2, "A")
    assert issue.value == "abc"
    assert "3" not in issue.message.vi.replace("“", "")
    assert issue.message.en.endswith("has more than 2 letters.")


def test_lengths_lists_and_patterns() -> None:
    assert check(Column(name="A", min_length=2), "ab", "a") == [("CELL_TOO_SHORT", 2, "a")]
    assert check(Column(name="A", values=("U", "N")), "U", "u") == [("CELL_NOT_ALLOWED", 2, "u")]
    dated = Column(name="A", pattern="[0-9]{8}")
    assert check(dated, "20140603", "2011", "201406031") == [
        ("CELL_PATTERN", 2, "2011"),
        ("CELL_PATTERN", 3, "201406031"),
    ]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("integer", ["4", "-4", "4.0", "+4", "1e3"], ["4.5", "x", "1_000", "inf", "nan"]),
        ("number", ["4.5", "-0.1", "1e3"], ["4,5", "x", "nan"]),
        ("boolean", ["1", "T", "n"], ["true", "2", "O"]),
        (
            "date",
            ["20140603", "03/06/2014", "2014-06-03", "2014/06/03", "2014"],
            ["20141303", "3/6/2014", "2014-6-3", "31/02/2014", "140603", "hier"],
        ),
        ("url", ["http://a.fr/x", "HTTPS://a", "ftp://a"], ["www.a.fr", "a"]),
        ("path", ["a/b.pdf", "a/b.pdf#page=2"], ["a b.pdf", "a%zz"]),
        ("file", ["anything at all"], []),
        ("text", ["anything at all"], []),
    ],
)
def test_the_type_of_a_cell(kind: Any, good: list[str], bad: list[str]) -> None:
    assert [value for value in good if not is_of_type(value, kind)] == []
    assert [value for value in bad if is_of_type(value, kind)] == []
    found = check(Column(name="A", type=kind), *good, *bad)
    assert [code for code, _, _ in found] == ["CELL_TYPE"] * len(bad)


def test_a_missing_column_has_the_level_of_its_rule_and_its_cells_are_not_asked() -> None:
    table = table_of(
        Column(name="A", column="ERROR", required=True),
        Column(name="B", column="INFO"),
        Column(name="C"),
        Column(name="D", also=("Dd",)),
    )
    issues = list(check_columns(rows_of(table, {"dd": ["x"], "X": ["x"]})))
    levels = [(i.code, i.column, i.level) for i in issues]
    assert levels == [
        ("TABLE_COLUMN_UNEXPECTED", "X", "WARNING"),
        ("TABLE_COLUMN_MISSING", "A", "ERROR"),
        ("TABLE_COLUMN_MISSING", "B", "INFO"),
    ]


def test_shapes_must_be_there_of_their_kind_and_valid() -> None:
    column = Column(name="WKT", type="geometry", geometry="multiarea", required=True)
    bow = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    shapes = [box(0, 0, 1, 1), MultiPolygon([box(0, 0, 1, 1)]), None, Point(0, 0), bow]
    issues = list(check_columns(rows_of(table_of(column), {}, shapes)))
    assert told(issues) == [
        ("CELL_EMPTY", 3, None),
        ("CELL_SHAPE", 4, "Point"),
        ("CELL_SHAPE", 5, "Self-intersection"),
    ]
    assert issues[2].geom == Point(1, 1)


def test_a_multi_shape_of_one_part_passes_for_its_single_kind() -> None:
    column = Column(name="WKT", type="geometry", geometry="area")
    two = MultiPolygon([box(0, 0, 1, 1), box(2, 2, 3, 3)])
    shapes = [MultiPolygon([box(0, 0, 1, 1)]), two]
    assert told(check_columns(rows_of(table_of(column), {}, shapes))) == [
        ("CELL_SHAPE", 2, "MultiPolygon")
    ]
    anything = Column(name="WKT", type="geometry", geometry="any")
    assert not list(check_columns(rows_of(table_of(anything), {}, [LineString([(0, 0), (1, 1)])])))


def test_a_table_without_its_shapes_is_an_error() -> None:
    column = Column(name="WKT", type="geometry")
    assert told(check_columns(rows_of(table_of(column), {"A": ["x"]}))) == [
        ("TABLE_COLUMN_UNEXPECTED", None, None),
        ("TABLE_SHAPES_MISSING", None, None),
    ]


def test_a_condition_is_told_with_its_row() -> None:
    table = table_of(Column(name="A"), conditions=(Condition(test="A <> 'x'"),))
    (issue,) = _conditions(rows_of(table, {"A": ["y", "x"]}))
    assert (issue.code, issue.row) == ("CONDITION_BROKEN", 2)
    assert issue.message.en.endswith("breaks the rule: A must not be “x”.")
    assert issue.detail["condition"] == "A <> 'x'"


def test_a_table_without_rows_and_one_with_too_few() -> None:
    table = table_of(Column(name="A"), counts=(RowCount(least=2, mandatory="WARNING"),))
    empty = list(_counts(rows_of(table, {"A": []})))
    assert [(i.code, i.level) for i in empty] == [
        ("TABLE_EMPTY", "ERROR"),
        ("TABLE_ROW_COUNT", "WARNING"),
    ]
    assert not list(_counts(rows_of(table, {"A": ["x", "y"]})))
    single = table_of(Column(name="A"), counts=(RowCount(least=1, most=1),))
    assert [i.level for i in _counts(rows_of(single, {"A": ["x", "y"]}))] == ["ERROR"]


def test_a_pattern_that_runs_away_is_a_rule_that_cannot_be_applied() -> None:
    column = Column(name="A", pattern=r"(a+)+b|(a|aa)+c|(.*)*d")
    begun = time.perf_counter()
    assert told(check_columns(rows_of(table_of(column), {"A": ["a" * 200 + "!"]}))) == [
        ("STANDARD_RULE_UNUSABLE", None, column.pattern)
    ]
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize("wrong", ["(", "[a-", "a" * 3000, "(?P<x>a)(?P<x>b", "*"])
def test_a_pattern_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Column(name="A", pattern=wrong)


def test_a_rule_is_in_force_from_its_first_day_until_before_its_last() -> None:
    rule = Rule(article="Đ. 5", valid_from=date(2025, 7, 1), valid_to=date(2026, 7, 1))
    days = [date(2025, 6, 30), date(2025, 7, 1), date(2026, 6, 30), date(2026, 7, 1)]
    assert [rule.in_force(day) for day in days] == [False, True, True, False]
    assert Rule().in_force(days[0])


def test_of_a_great_many_equal_findings_the_first_are_placed_and_all_are_counted() -> None:
    rows = rows_of(table_of(Column(name="A", required=True)), {"A": [None] * 5000})
    issues = list(check_columns(rows))
    assert len(issues) == MOST_PLACES
    assert sum(issue.count for issue in issues) == 5000
    assert issues[0].row == 1


def test_cells_forget_outer_blanks_and_empty_texts() -> None:
    cells = Cells.coded(np.array([0, 1, 2, -1]), [" x", "x ", "  "])
    assert cells.values == ("x",)
    assert cells.codes.tolist() == [0, 0, -1, -1]
    assert cells_of([None]).at(0) is None


@pytest.mark.slow
def test_a_hundred_thousand_rows_of_twenty_columns_are_checked_in_seconds() -> None:
    columns = tuple(
        Column(name=f"C{n}", required=True, max_length=20, pattern="[0-9a-z]{1,12}")
        for n in range(20)
    )
    cells = {f"C{n}": [f"{i % 5000}" for i in range(100_000)] for n in range(20)}
    rows = rows_of(table_of(*columns), cells)
    begun = time.perf_counter()
    assert not list(check_columns(rows))
    assert time.perf_counter() - begun < 10
