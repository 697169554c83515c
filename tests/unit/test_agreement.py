"""One fact in two places: ways of writing are told apart from contradictions."""

import pytest

from ingest.gate.agreement import agreement
from ingest.gate.facts import Fact
from ingest.gate.written import is_impossible


@pytest.mark.parametrize(
    ("sort", "one", "other", "verdict"),
    [
        ("number", "345/QĐ-UBND", "345 /QĐ-UBND", "same"),
        ("number", "345/QĐ-UBND", "345/QD-UBND", "variant"),
        ("number", "345/QĐ-UBND", "Số 0345/QĐ.UBND", "variant"),
        ("number", "345/QĐ-UBND", "Quyết định số 345/QĐ-UBND ngày 15/3/2025", "variant"),
        ("number", "345/QĐ-UBND", "QĐ số 345/QĐ-UBND", "variant"),
        ("number", "345/QĐ-UBND", "346/QĐ-UBND", "different"),
        ("number", "345/QĐ-UBND", "345/2025/QĐ-UBND", "different"),
        ("number", "345/QĐ-UBND", "345/QĐ-TTg", "different"),
        ("words", "Quy hoạch phân khu 1/2000", "quy hoạch  phân khu 1/2000", "same"),
        (
            "words",
            "Quy hoạch phân khu tỷ lệ 1/2000",
            "Quy hoạch phân khu, tỉ lệ 1/2.000",
            "variant",
        ),
        ("words", "Quy hoạch phân khu tỷ lệ 1/2000", "Quy hoạch phân khu, tỉ lệ 1/2000", "variant"),
        ("words", "UBND phường Hòa Bình", "Ủy ban nhân dân phường Hoà Bình", "variant"),
        ("words", "Quy hoạch Tân Lập", "Quy hoach Tan Lap", "variant"),
        ("words", "Quy hoạch Tân Lập", "Quy hoạch Tân Lấp", "different"),
        ("code", "79QPK1000001", "79qpk1000001", "same"),
        ("code", "79QPK1000001", "79.QPK.100.0001", "variant"),
        ("code", "79QPK1000001", "79QPK1000002", "different"),
        ("date", "15/3/2025", "2025-03-15", "same"),
        ("date", "15/3/2025", "16/3/2025", "different"),
        ("scale", "1/2.000", "1:2000", "same"),
        ("scale", "1/2000", "1/5000", "different"),
    ],
)
def test_two_statements_are_the_same_written_in_two_ways_or_different(
    sort: str, one: str, other: str, verdict: str
) -> None:
    assert agreement(sort, Fact(one), Fact(other)) == verdict  # type: ignore[arg-type]
    assert agreement(sort, Fact(other), Fact(one)) == verdict  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["31/02/2025", "0/5/2024", "2025-13-01", "ngày 30 tháng 2 năm 2024"]
)
def test_a_day_that_no_calendar_has_is_impossible(text: str) -> None:
    assert is_impossible(text)


@pytest.mark.parametrize("cell", ["29/02/2024", "tháng 3", "", None, 45_000, "2025"])
def test_a_day_or_no_day_at_all_is_not(cell: object) -> None:
    assert not is_impossible(cell)
