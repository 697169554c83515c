"""Days of a plan: possible, in their order, not in the future; codes that agree with them."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.gate_dossier import (
    CODE,
    Drawn,
    drawings_of,
    paper_line,
    papers_of,
    pdf,
    plan_layers,
    put,
    write_workbook,
)
from tests.gate_package import codes, look, only, write_package

DATE_CODES = {
    "DATE_IMPOSSIBLE", "DATE_UNREADABLE", "DATE_IN_FUTURE", "DECISION_BEFORE_BRIEF",
    "PAPER_AFTER_DECISION", "DECISION_NOT_LISTED", "FACTS_DIFFER", "CODE_CONTRADICTS",
}  # fmt: skip


def with_papers(folder: Path, *more: list[Any], papers: list[list[Any]] | None = None) -> Path:
    top = write_package(folder)
    lines = [*(papers or papers_of()), *more]
    write_workbook(top / "HoSoScan" / f"{CODE}.xlsx", None, lines, drawings_of())
    for line in more:
        put(top / "HoSoScan" / "VanBan" / line[1], pdf(1))
    return top


def adjusted(words: str | None, **codes_of: str) -> dict[str, Drawn]:
    layers = plan_layers()
    layers["RanhGioiQuyHoach_A"].columns["loaiDieuChinh"] = [words]
    for drawn in layers.values():
        for column, code in codes_of.items():
            drawn.columns[column] = [code] * len(drawn.geoms)
    return layers


def test_sound_days_have_no_finding(tmp_path: Path) -> None:
    top = with_papers(
        tmp_path, paper_line("TT_12.pdf"), paper_line("TD_3.pdf", "Báo cáo thẩm định")
    )
    assert not DATE_CODES & set(codes(look(top, tmp_path / "work")))


@pytest.mark.parametrize("brief", [date(2025, 3, 16), "ngày 16 tháng 3 năm 2025"])
def test_a_decision_before_its_brief_is_an_error(tmp_path: Path, brief: object) -> None:
    issue = only(
        look(write_package(tmp_path, hoso={"Ngày": brief}), tmp_path / "work"),
        "DECISION_BEFORE_BRIEF",
    )
    assert (issue.level, issue.value) == ("ERROR", "2025-03-15")
    assert issue.detail["brief"] == "2025-03-16"


@pytest.mark.parametrize("brief", [date(2025, 3, 15), ""])
def test_a_brief_of_the_same_day_or_none_is_fine(tmp_path: Path, brief: object) -> None:
    found = codes(look(write_package(tmp_path, hoso={"Ngày": brief}), tmp_path / "work"))
    assert not DATE_CODES & set(found)


@pytest.mark.parametrize("column", ["Ngày", "Ngày "])
def test_a_day_that_no_calendar_has_is_an_error(tmp_path: Path, column: str) -> None:
    top = write_package(tmp_path, hoso={column: "31/02/2025"})
    issue = only(look(top, tmp_path / "work"), "DATE_IMPOSSIBLE")
    assert (issue.level, issue.value, issue.layer) == ("ERROR", "31/02/2025", "HoSo")


def test_a_paper_signed_on_no_day_or_an_unclear_one_is_told(tmp_path: Path) -> None:
    top = with_papers(
        tmp_path, paper_line("a.pdf", day="30/2/2025"), paper_line("b.pdf", day="đầu năm 2025")
    )
    delivery = look(top, tmp_path / "work")
    assert only(delivery, "DATE_IMPOSSIBLE").row == 4
    assert only(delivery, "DATE_UNREADABLE").row == 5


def test_a_decision_of_tomorrow_is_an_error(tmp_path: Path) -> None:
    papers = papers_of()
    papers[0][6] = papers[1][6] = date(2026, 11, 23)
    top = write_package(tmp_path, hoso={"Ngày ": date(2026, 11, 24)})
    delivery = look(top, tmp_path / "work")
    assert only(delivery, "DATE_IN_FUTURE").level == "ERROR"
    assert "DATE_IN_FUTURE" not in codes(look(top, tmp_path / "b", today=date(2026, 11, 24)))


def test_a_submission_or_appraisal_after_the_decision_is_told(tmp_path: Path) -> None:
    kinds = ("Tờ trình", "Báo cáo thẩm định", "Kết quả thẩm định")
    day = date(2025, 3, 16)
    lines = [paper_line(f"TB_{number}.pdf", kind, day) for number, kind in enumerate(kinds)]
    found = look(with_papers(tmp_path, *lines), tmp_path / "work")
    told = [one for one in found.issues if one.code == "PAPER_AFTER_DECISION"]
    assert [(one.row, one.value) for one in told] == [(row, "2025-03-16") for row in (4, 5, 6)]
    assert {one.detail["decision"] for one in told} == {"2025-03-15"}


def test_a_regulation_or_notice_may_follow_the_decision(tmp_path: Path) -> None:
    top = with_papers(tmp_path, paper_line("a.pdf", "Thông báo", day=date(2025, 5, 1)))
    assert not DATE_CODES & set(codes(look(top, tmp_path / "work")))


def test_the_listed_decision_is_the_plans(tmp_path: Path) -> None:
    papers = papers_of()
    papers[0][4] = "999/QĐ-UBND"
    issue = only(
        look(with_papers(tmp_path, papers=papers), tmp_path / "work"), "DECISION_NOT_LISTED"
    )
    assert (issue.layer, issue.value) == ("VanBan", "345/QĐ-UBND")


def test_a_decision_of_the_brief_beside_it_is_fine(tmp_path: Path) -> None:
    line = paper_line("QD_12.pdf", "Quyết định phê duyệt nhiệm vụ", day=date(2024, 5, 6))
    line[4] = "12/QĐ-UBND"
    found = codes(look(with_papers(tmp_path, line), tmp_path / "work"))
    assert not DATE_CODES & set(found)


def test_the_listed_decisions_day_is_the_plans(tmp_path: Path) -> None:
    papers = papers_of()
    papers[0][6] = date(2025, 3, 14)
    issue = only(look(with_papers(tmp_path, papers=papers), tmp_path / "work"), "FACTS_DIFFER")
    assert (issue.layer, issue.row, issue.detail["second"]) == ("VanBan", 2, "2025-03-14")


# Codes against the kind of adjustment

LOCAL, OVERALL, NINTH = "79QPK1020001", "79QPK2000001", "79QPK0000001"


@pytest.mark.parametrize(
    ("code", "info", "words"),
    [
        (CODE, "792521000001", "Lập mới"),
        (CODE, "792521100001", "Điều chỉnh tổng thể"),
        (NINTH, "792521000001", "Lập mới"),
        (LOCAL, "792521200001", "Điều chỉnh cục bộ"),
        (OVERALL, "792521100001", "Điều chỉnh tổng thể"),
        (OVERALL, "bất kỳ", None),
    ],
)
def test_codes_that_agree_with_the_adjustment_are_fine(
    tmp_path: Path, code: str, info: str, words: str | None
) -> None:
    layers = adjusted(words, maHoSoQH=code, maThongTinQH=info)
    hoso = {"Mã hồ sơ": code, "Mã thông tin quy hoạch": info}
    found = codes(look(write_package(tmp_path, hoso=hoso), tmp_path / "work", layers))
    assert "CODE_CONTRADICTS" not in found


@pytest.mark.parametrize(
    ("code", "info", "words", "told"),
    [
        (LOCAL, "792521000001", "Lập mới", LOCAL),
        (OVERALL, "792521000001", "Lập mới", OVERALL),
        (CODE, "792521200001", "Điều chỉnh cục bộ", CODE),
        (NINTH, "792521100001", "Điều chỉnh tổng thể", NINTH),
        (CODE, "792521200001", "Lập mới", "792521200001"),
        (LOCAL, "792521100001", None, LOCAL),
    ],
)
def test_a_code_whose_digits_say_another_adjustment_is_told(
    tmp_path: Path, code: str, info: str, words: str | None, told: str
) -> None:
    layers = adjusted(words, maHoSoQH=code, maThongTinQH=info)
    hoso = {"Mã hồ sơ": code, "Mã thông tin quy hoạch": info}
    delivery = look(write_package(tmp_path, hoso=hoso), tmp_path / "work", layers)
    issue = only(delivery, "CODE_CONTRADICTS")
    assert (issue.level, issue.value) == ("WARNING", told)
