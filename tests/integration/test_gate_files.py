"""Files that are packages by their content but are not opened, and files nobody can open."""

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest

from ingest.delivery import Delivery
from ingest.register.load import is_unsafe
from tests.gate_dossier import CODE, codes, inspect, put, write_dossier, zip_of, zipped
from tests.unit.test_sniff import ole

CONTENT = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
{tables}</office:spreadsheet></office:body></office:document-content>"""


def as_ods(book: Path) -> Path:
    """The same workbook as LibreOffice would save it, in place of the delivered one."""
    tables = ""
    for sheet in openpyxl.load_workbook(book):
        rows = "".join(
            "<table:table-row>"
            + "".join(
                '<table:table-cell office:value-type="string"><text:p>'
                f"{escape('' if cell is None else str(cell))}</text:p></table:table-cell>"
                for cell in row
            )
            + "</table:table-row>"
            for row in sheet.iter_rows(values_only=True)
        )
        tables += f'<table:table table:name="{sheet.title}">{rows}</table:table>'
    path = book.with_suffix(".ods")
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        pack.writestr("content.xml", CONTENT.format(tables=tables), zipfile.ZIP_DEFLATED)
        pack.writestr("META-INF/manifest.xml", "<manifest/>")
    book.unlink()
    return path


def told(delivery: Delivery) -> list[str]:
    return sorted(codes(delivery))


def test_a_workbook_of_libreoffice_is_read_as_one(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path)
    plain = told(inspect(folder, tmp_path / "plain"))
    (book,) = (folder / "HoSoScan").glob("*.xlsx")
    as_ods(book)
    delivery = inspect(zipped(folder), tmp_path / "work")
    assert told(delivery) == plain
    assert len(delivery.versions) == 1
    assert not any("content.xml" in file.path for file in delivery.files)


@pytest.mark.parametrize("name", ["DoAn.ppkx", "DoAn.qgz", "DoAn.mpk"])
@pytest.mark.parametrize("packed", [False, True])
def test_the_copy_inside_a_project_file_is_not_held_against_the_data(
    tmp_path: Path, name: str, packed: bool
) -> None:
    folder = write_dossier(tmp_path)
    plain = told(inspect(folder, tmp_path / "plain"))
    data = (folder / "HoSoGIS" / "QuyHoach.gpkg").read_bytes()
    zip_of(folder / "HoSoGIS" / name, {"p20/QuyHoach.gpkg": data, "DoAn.mapx": b"{}"})
    delivery = inspect(zipped(folder) if packed else folder, tmp_path / "work")
    assert told(delivery) == plain
    (project,) = [file for file in delivery.files if name in file.path]
    assert project.role == "other"


def test_a_package_of_data_beside_it_is_opened_as_before(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path)
    home = folder / "HoSoGIS"
    data = (home / "QuyHoach.gpkg").read_bytes()
    (home / "QuyHoach.gpkg").unlink()
    zip_of(home / "DuLieu.zip", {"QuyHoach.gpkg": data})
    assert len(inspect(folder, tmp_path / "work").versions) == 1


@pytest.mark.parametrize("how", ["(1)", "1"])
def test_the_numbers_under_the_headings_are_not_the_plan(tmp_path: Path, how: str) -> None:
    folder = write_dossier(tmp_path)
    plain = told(inspect(folder, tmp_path / "plain"))
    (path,) = (folder / "HoSoScan").glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    for sheet in book:
        sheet.insert_rows(2)
        for number in range(1, sheet.max_column + 1):
            sheet.cell(2, number, f"({number})" if how == "(1)" else number)
    book.save(path)
    delivery = inspect(folder, tmp_path / "work")
    assert told(delivery) == plain
    assert [version.plan_code for version in delivery.versions] == [CODE]


def test_a_paper_with_a_password_is_told_and_leaves_the_rest_safe(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path)
    put(folder / "HoSoScan" / "VanBan" / "ThuyetMinh.docx", ole("EncryptedPackage"))
    delivery = inspect(folder, tmp_path / "work")
    (issue,) = [issue for issue in delivery.issues if issue.code == "FILE_LOCKED"]
    assert issue.file == "HoSoScan/VanBan/ThuyetMinh.docx"
    assert issue.level == "ERROR"
    assert not is_unsafe(delivery)


def test_rows_beyond_a_geopackages_own_count_are_read(tmp_path: Path) -> None:
    """A tool that does not keep GDAL's count leaves it too low; a row that is lost says nothing."""
    dossier = write_dossier(tmp_path)
    (package,) = dossier.rglob("QuyHoach.gpkg")
    with closing(sqlite3.connect(package)) as file, file:
        changed = file.execute(
            "UPDATE gpkg_ogr_contents SET feature_count = 1 WHERE table_name = 'ChucNangSuDungDat_A'"
        )
        assert changed.rowcount == 1
    (version,) = inspect(dossier, tmp_path / "work").versions
    assert list(version.zones.level).count("lot") == 2
