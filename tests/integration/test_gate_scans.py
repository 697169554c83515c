"""Scans of a package: fine enough, in their form, each drawing in a folder of its own."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from ingest.gate.checks.scans import check_scans
from ingest.gate.probe import Probe
from tests.gate_dossier import CODE, drawings_of, jpg, papers_of, pdf, put, write_workbook
from tests.gate_package import PROFILE, codes, look, only, write_package

SCAN_CODES = {
    "SCAN_COARSE", "SCAN_DENSITY_UNKNOWN", "SCAN_FORM", "DRAWING_FOLDER", "DRAWING_SHEET_NAME",
}  # fmt: skip
DRAWING = "HoSoScan/BanVe/QH04_SuDungDat/QH04.jpg"


def scanned(dpi: int) -> bytes:
    """One A4 page as a scanner makes it."""
    written = BytesIO()
    size = (round(8.27 * dpi), round(11.69 * dpi))
    Image.new("L", size, "white").save(written, "PDF", resolution=dpi)
    return written.getvalue()


def with_drawings(folder: Path, files: dict[str, bytes], sheets: int) -> Path:
    """A dossier whose one drawing is these files under HoSoScan/BanVe."""
    top = write_package(folder)
    (top / DRAWING).unlink()
    for name, content in files.items():
        put(top / "HoSoScan" / "BanVe" / name, content)
    drawings = drawings_of()
    drawings[0][4] = sheets
    write_workbook(top / "HoSoScan" / f"{CODE}.xlsx", None, papers_of(), drawings)
    return top


def test_sound_scans_have_no_finding(tmp_path: Path) -> None:
    top = write_package(tmp_path)
    put(top / "HoSoScan" / "VanBan" / "QDQL.pdf", scanned(200))
    assert not SCAN_CODES & set(codes(look(top, tmp_path / "work")))


def test_pages_whose_fineness_nobody_looked_at_are_told(tmp_path: Path) -> None:
    found = look(write_package(tmp_path), tmp_path / "work")
    assert PROFILE.package is not None
    probes = {DRAWING: Probe(pages=7000, unseen=2000)}
    issues = [i for rule in PROFILE.package.scans for i in check_scans(found, rule, [], probes)]
    (issue,) = [one for one in issues if one.code == "LOOKED_AT_IN_PART"]
    assert (issue.file, issue.level) == (DRAWING, "INFO")
    assert "2.000 trang chưa xem độ phân giải" in issue.message.vi
    assert "2,000 pages" in issue.message.en


@pytest.mark.parametrize("dpi", [150, 190])
def test_a_paper_below_200_dpi_is_told_with_its_page(tmp_path: Path, dpi: int) -> None:
    top = write_package(tmp_path)
    put(top / "HoSoScan" / "VanBan" / "QDQL.pdf", scanned(dpi))
    issue = only(look(top, tmp_path / "work"), "SCAN_COARSE")
    assert (issue.level, issue.file) == ("WARNING", "HoSoScan/VanBan/QDQL.pdf")
    assert (issue.value, issue.detail["page"], issue.detail["least"]) == (str(dpi), 1, 200)
    assert "Phụ lục II" in issue.detail["article"]


def test_a_drawing_below_300_dpi_is_told(tmp_path: Path) -> None:
    top = write_package(tmp_path)
    put(top / DRAWING, jpg(200))
    issue = only(look(top, tmp_path / "work"), "SCAN_COARSE")
    assert (issue.file, issue.value, issue.detail["least"]) == (DRAWING, "200", 300)


def test_a_drawing_that_states_no_density_never_passes_in_silence(tmp_path: Path) -> None:
    top = write_package(tmp_path)
    put(top / DRAWING, jpg(None))
    assert only(look(top, tmp_path / "work"), "SCAN_DENSITY_UNKNOWN").file == DRAWING


def test_scans_in_another_form_are_told(tmp_path: Path) -> None:
    top = with_drawings(tmp_path, {"QH04_SuDungDat/QH04.pdf": pdf(1)}, 1)
    assert only(look(top, tmp_path / "work"), "SCAN_FORM").detail["wanted"] == "JPG"


def test_a_drawing_beside_the_folders_is_told(tmp_path: Path) -> None:
    top = with_drawings(tmp_path, {"QH04_SuDungDat.jpg": jpg(300)}, 1)
    issue = only(look(top, tmp_path / "work"), "DRAWING_FOLDER")
    assert "no folder of its own" in issue.message.en


def test_two_drawings_in_one_folder_are_told(tmp_path: Path) -> None:
    top = write_package(tmp_path)
    second = [CODE, "QH-05", "GT", "Bản đồ giao thông", 1, "QH04_SuDungDat", "1/2000", ""]
    book = top / "HoSoScan" / f"{CODE}.xlsx"
    write_workbook(book, None, papers_of(), [*drawings_of(), second])
    issue = only(look(top, tmp_path / "work"), "DRAWING_FOLDER")
    assert "rows 2, 3" in issue.message.en


def test_sheets_of_one_drawing_carry_their_numbers(tmp_path: Path) -> None:
    good = {f"QH04_SuDungDat/QH04_{n:02d}.jpg": jpg(300) for n in (1, 2)}
    found = codes(look(with_drawings(tmp_path / "a", good, 2), tmp_path / "work"))
    assert not SCAN_CODES & set(found)
    bad = {f"QH04_SuDungDat/{name}.jpg": jpg(300) for name in ("trái", "phải")}
    delivery = look(with_drawings(tmp_path / "b", bad, 2), tmp_path / "other")
    assert only(delivery, "DRAWING_SHEET_NAME").count == 2
