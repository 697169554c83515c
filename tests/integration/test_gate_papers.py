"""Papers and drawings of a package: there, whole, listed, and with the pages they are said to have."""

from pathlib import Path
from typing import Any

import pytest

from tests.gate_dossier import (
    CODE,
    DWG,
    Drawn,
    common,
    drawings_of,
    paper_line,
    papers_of,
    pdf,
    plan_layers,
    put,
    square,
    write_workbook,
)
from tests.gate_package import codes, look, only, write_package

PAPER_CODES = {
    "PAPER_UNREADABLE", "PAPER_ABSENT", "FILE_UNLISTED", "PAGES_DIFFER", "REFERENCE_UNRESOLVED",
    "REFERENCE_OUTSIDE", "DOCUMENT_MISSING", "NUMBER_UNREADABLE",
}  # fmt: skip


def listed(
    folder: Path, papers: list[list[Any]] | None = None, drawings: list[list[Any]] | None = None
) -> Path:
    """A dossier with other lines in its sheets."""
    top = write_package(folder)
    book = top / "HoSoScan" / f"{CODE}.xlsx"
    write_workbook(book, None, papers or papers_of(), drawings or drawings_of())
    return top


def test_a_sound_package_has_no_finding_about_papers(tmp_path: Path) -> None:
    found = codes(look(write_package(tmp_path), tmp_path / "work"))
    assert not PAPER_CODES & set(found)


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"%PDF-1.4\n%%EOF\n", "tệp hỏng"), (pdf(5)[:-60], "tệp bị cắt cụt")],
)
def test_a_listed_paper_that_does_not_open_is_an_error(
    tmp_path: Path, content: bytes, why: str
) -> None:
    top = write_package(tmp_path)
    put(top / "HoSoScan" / "VanBan" / "QD_345.pdf", content)
    delivery = look(top, tmp_path / "work")
    issue = only(delivery, "PAPER_UNREADABLE")
    assert issue.level == "ERROR"
    assert issue.file == "HoSoScan/VanBan/QD_345.pdf"
    assert why in issue.message.vi
    assert "PAGES_DIFFER" not in codes(delivery)


def test_an_unlisted_paper_that_does_not_open_is_a_warning(tmp_path: Path) -> None:
    top = write_package(tmp_path)
    put(top / "HoSoScan" / "VanBan" / "them.pdf", b"%PDF-1.4\n%%EOF\n")
    delivery = look(top, tmp_path / "work")
    assert only(delivery, "PAPER_UNREADABLE").level == "WARNING"
    assert codes(delivery, "ERROR") == []


@pytest.mark.parametrize(
    ("file", "level"),
    [
        ("VanBan/QD_345.pdf", "ERROR"),
        ("VanBan/QDQL.pdf", "ERROR"),
        ("BanVe/QH04_SuDungDat/QH04.jpg", "ERROR"),
    ],
)
def test_a_decision_regulation_or_drawing_that_is_listed_must_be_there(
    tmp_path: Path, file: str, level: str
) -> None:
    top = write_package(tmp_path)
    (top / "HoSoScan" / file).unlink()
    delivery = look(top, tmp_path / "work")
    assert only(delivery, "DOCUMENT_MISSING").level == level
    assert "PAPER_ABSENT" not in codes(delivery)


def test_any_other_listed_paper_that_is_missing_is_a_warning(tmp_path: Path) -> None:
    top = listed(tmp_path, [*papers_of(), paper_line("TT_12.pdf")])
    issue = only(look(top, tmp_path / "work"), "DOCUMENT_MISSING")
    assert (issue.level, issue.row, issue.value) == ("WARNING", 4, "TT_12.pdf")


def test_papers_that_neither_a_file_nor_a_line_tells_of_are_absent(tmp_path: Path) -> None:
    top = listed(tmp_path, [paper_line("TT_12.pdf")], [[CODE, "", "", "", "", "", "", "x"]])
    for file in ("VanBan/QD_345.pdf", "VanBan/QDQL.pdf", "BanVe/QH04_SuDungDat/QH04.jpg"):
        (top / "HoSoScan" / file).unlink()
    (top / "HoSoBASIC" / "BanVe" / "QH04.dwg").unlink()
    put(top / "HoSoScan" / "VanBan" / "TT_12.pdf", pdf(1))
    found = look(top, tmp_path / "work")
    absent = [issue.message.en for issue in found.issues if issue.code == "PAPER_ABSENT"]
    assert absent == [
        "The dossier has no approving decision.",
        "The dossier has no management regulation.",
    ]


def test_a_local_adjustment_is_not_asked_for_a_regulation(tmp_path: Path) -> None:
    layers = plan_layers()
    layers["RanhGioiQuyHoach_A"].columns["loaiDieuChinh"] = ["Điều chỉnh cục bộ"]
    top = listed(tmp_path, papers_of()[:1])
    (top / "HoSoScan" / "VanBan" / "QDQL.pdf").unlink()
    assert "PAPER_ABSENT" not in codes(look(top, tmp_path / "work", layers))
    assert only(look(top, tmp_path / "other"), "PAPER_ABSENT").level == "WARNING"


def test_scans_that_no_line_names_are_told_once_a_folder(tmp_path: Path) -> None:
    top = write_package(tmp_path)
    for name in ("la.pdf", "them.pdf"):
        put(top / "HoSoScan" / "VanBan" / name, pdf(1))
    issue = only(look(top, tmp_path / "work"), "FILE_UNLISTED")
    assert (issue.layer, issue.count) == ("HoSoScan/VanBan", 2)
    assert issue.value == "la.pdf, them.pdf"


def test_drawings_behind_the_scans_need_no_line(tmp_path: Path) -> None:
    top = write_package(tmp_path)
    put(top / "HoSoBASIC" / "BanVe" / "xref.dwg", DWG)
    assert "FILE_UNLISTED" not in codes(look(top, tmp_path / "work"))


def paged(folder: Path, *stated: object) -> Path:
    """A dossier with one paper of two pages for each stated number of them."""
    lines = [paper_line(f"TB_{number}.pdf", "Thông báo") for number in range(len(stated))]
    for line, pages in zip(lines, stated, strict=True):
        line[8] = pages
    top = listed(folder, [*papers_of(), *lines])
    for line in lines:
        put(top / "HoSoScan" / "VanBan" / line[1], pdf(2))
    return top


def test_pages_that_differ_from_the_workbook_are_told(tmp_path: Path) -> None:
    found = look(paged(tmp_path, 4, "4", "04", "4 trang"), tmp_path / "work")
    told = [one for one in found.issues if one.code == "PAGES_DIFFER"]
    assert [(one.layer, one.row) for one in told] == [("VanBan", row) for row in (4, 5, 6, 7)]
    assert {(one.column, one.detail["found"]) for one in told} == {("Số trang", 2)}


def test_sheets_of_a_drawing_are_counted_too(tmp_path: Path) -> None:
    drawings = drawings_of()
    drawings[0][4] = 3
    issue = only(look(listed(tmp_path, None, drawings), tmp_path / "work"), "PAGES_DIFFER")
    assert (issue.layer, issue.value, issue.detail["found"]) == ("BanVe", "3", 1)


def test_pages_that_agree_or_are_not_stated_are_not(tmp_path: Path) -> None:
    found = codes(look(paged(tmp_path, 2, "2 trang", "02", "", None), tmp_path / "work"))
    assert not {"PAGES_DIFFER", "NUMBER_UNREADABLE"} & set(found)


def test_a_number_of_pages_that_is_no_number_is_told(tmp_path: Path) -> None:
    found = look(paged(tmp_path, "nhiều"), tmp_path / "work")
    assert only(found, "NUMBER_UNREADABLE").value == "nhiều"


def test_several_files_in_one_line_are_all_found(tmp_path: Path) -> None:
    papers = papers_of()
    papers[0][1], papers[0][8] = "QD_345.pdf; PhuLuc.pdf", 6
    top = listed(tmp_path, papers)
    put(top / "HoSoScan" / "VanBan" / "PhuLuc.pdf", pdf(1))
    assert not PAPER_CODES & set(codes(look(top, tmp_path / "work")))
    (top / "HoSoScan" / "VanBan" / "PhuLuc.pdf").unlink()
    assert only(look(top, tmp_path / "again"), "DOCUMENT_MISSING").value == "PhuLuc.pdf"


# References


def noted(*texts: str) -> dict[str, Drawn]:
    """The usual layers, with lots that bear these remarks."""
    layers = plan_layers()
    lots = [square(100 * number, 0) for number in range(len(texts))]
    lot = {**common(len(texts)), "kyHieuLoDat": ["A"] * len(texts), "ghiChu": list(texts)}
    layers["ChucNangSuDungDat_A"] = Drawn(
        "A", lots, {**lot, "chucNangSuDungDatMuc1": ["Đất ở"] * len(texts)}
    )
    return layers


def test_a_reference_that_leads_somewhere_is_fine(tmp_path: Path) -> None:
    layers = noted(
        "QD_345.pdf",
        "HoSoScan/VanBan/QD_345.pdf#page=5",
        "Xem Điều 3 (QD_345.pdf#page=2)",
        "QH04.jpg",
        "theo quyết định 345, trang 51",
        "MC 1-1.A",
    )
    found = codes(look(write_package(tmp_path), tmp_path / "work", layers))
    assert "REFERENCE_UNRESOLVED" not in found


def test_a_reference_to_no_file_or_no_page_is_told(tmp_path: Path) -> None:
    no_file, no_page = "there is no such file", "the file has 5 pages"
    wanted = {
        "QD_999.pdf": ("QD_999.pdf", no_file),
        "Xem QD_998.pdf#page=1": ("QD_998.pdf#page=1", no_file),
        "QD_345.pdf#page=51": ("QD_345.pdf#page=51", no_page),
        "Xem Điều 3 (QD_345.pdf#page=52)": ("QD_345.pdf#page=52", no_page),
        "QD_345.pdf#page=0": ("QD_345.pdf#page=0", no_page),
    }
    found = look(write_package(tmp_path), tmp_path / "work", noted(*wanted))
    told = [one for one in found.issues if one.code == "REFERENCE_UNRESOLVED"]
    assert [(one.layer, one.column) for one in told] == [("ChucNangSuDungDat_A", "ghiChu")] * 5
    assert [one.row for one in told] == [1, 2, 3, 4, 5]
    for one, (reference, why) in zip(told, wanted.values(), strict=True):
        assert one.value == reference
        assert why in one.message.en


def test_a_page_named_in_a_sheet_must_exist_too(tmp_path: Path) -> None:
    papers = papers_of()
    papers[1][1] = "QDQL.pdf#page=3"
    delivery = look(listed(tmp_path, papers), tmp_path / "work")
    issue = only(delivery, "REFERENCE_UNRESOLVED")
    assert (issue.layer, issue.row) == ("VanBan", 3)
    assert "DOCUMENT_MISSING" not in codes(delivery)


def test_an_address_on_the_network_is_told_as_not_checked(tmp_path: Path) -> None:
    layers = noted("https://vidu.vn/qd_345.pdf")
    found = look(write_package(tmp_path), tmp_path / "work", layers)
    assert only(found, "REFERENCE_OUTSIDE").level == "INFO"
