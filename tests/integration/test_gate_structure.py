"""The form of a package: folders and their names, the workbook, flags, the four geodatabases."""

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.gate_dossier import CODE, HOSO, inspect, put, write_dossier, write_workbook, zipped
from tests.gate_package import GEODATABASE, codes, look, only, write_package

FORM_CODES = {
    "FOLDER_MISSING", "FOLDER_NAME", "FLAG_DIFFERS", "PACKAGE_NAME", "WORKBOOK_NAME",
    "WORKBOOK_SEVERAL", "CONTAINER_ABSENT",
}  # fmt: skip


def contradictions(delivery: Any) -> list[str]:
    """The circular's own contradictions that were told, in English."""
    found = [one for one in delivery.issues if one.code == "STANDARD_CONTRADICTION"]
    assert all(one.level == "INFO" for one in found)
    return [one.message.en for one in found]


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_a_sound_package_has_no_finding_about_its_form(tmp_path: Path, packed: bool) -> None:
    top = write_package(tmp_path)
    found = codes(look(zipped(top) if packed else top, tmp_path / "work"))
    assert not FORM_CODES & set(found)


def test_a_package_without_scans_has_a_folder_missing(tmp_path: Path) -> None:
    top = write_package(tmp_path)
    shutil.rmtree(top / "HoSoScan")
    issue = only(look(top, tmp_path / "work"), "FOLDER_MISSING")
    assert (issue.level, issue.detail["name"]) == ("ERROR", "HoSoScan")


def test_a_package_without_its_folders_is_a_warning_where_the_files_are_there(
    tmp_path: Path,
) -> None:
    top = write_package(tmp_path)
    for file in (top / "HoSoGIS").iterdir():
        shutil.move(file, top / file.name)
    (top / "HoSoGIS").rmdir()
    delivery = look(top, tmp_path / "work")
    assert only(delivery, "FOLDER_MISSING").level == "WARNING"
    assert codes(delivery, "ERROR") == []


@pytest.mark.parametrize(
    ("folder", "wrong"),
    [
        ("HoSoGIS", "HoSo_GIS"),
        ("HoSoBASIC", "HoSoBASICS"),
        ("HoSoScan", "Hồ sơ Scan"),
        ("HoSoScan/BanVe", "HoSoScan/Bản vẽ"),
        ("HoSoScan/VanBan", "HoSoScan/VănBản"),
    ],
)
def test_a_misspelt_folder_is_told_with_its_right_name(
    tmp_path: Path, folder: str, wrong: str
) -> None:
    top = write_package(tmp_path)
    (top / folder).rename(top / wrong)
    delivery = look(top, tmp_path / "work")
    issue = only(delivery, "FOLDER_NAME")
    assert (issue.value, issue.detail["name"]) == (wrong, folder)
    assert "FOLDER_MISSING" not in codes(delivery)


@pytest.mark.parametrize(
    ("folder", "column"), [("HoSoBASIC", "Có HoSoBASIC"), ("HoSoGIS", "Có HoSoGIS")]
)
def test_the_workbooks_word_on_a_folder_is_compared_with_it(
    tmp_path: Path, folder: str, column: str
) -> None:
    top = write_package(tmp_path / "a", hoso={column: "Không"})
    issue = only(look(top, tmp_path / "work"), "FLAG_DIFFERS")
    assert (issue.column, issue.value) == (column, "Không")
    assert issue.message.en.endswith(f"folder {folder} has files.")
    shutil.rmtree(write_package(tmp_path / "b") / folder)
    absent = look(tmp_path / "b" / "CSDL_MinhHoa", tmp_path / "other")
    assert only(absent, "FLAG_DIFFERS").message.en.endswith(f"folder {folder} has no files.")


def test_a_folder_that_the_workbook_says_is_not_there_may_be_missing(tmp_path: Path) -> None:
    top = write_package(tmp_path, hoso={"Có HoSoBASIC": "không"})
    shutil.rmtree(top / "HoSoBASIC")
    assert not FORM_CODES & set(codes(look(top, tmp_path / "work")))


def test_a_flag_that_is_neither_yes_nor_no_is_told(tmp_path: Path) -> None:
    top = write_package(tmp_path, hoso={"Có HoSoGIS": "một phần"})
    assert only(look(top, tmp_path / "work"), "CODE_UNKNOWN").column == "Có HoSoGIS"


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_the_top_folder_is_the_one_the_workbook_names(tmp_path: Path, packed: bool) -> None:
    top = write_package(tmp_path, hoso={"Thư mục": "CSDL_KhacHan"})
    issue = only(look(zipped(top) if packed else top, tmp_path / "work"), "PACKAGE_NAME")
    assert (issue.value, issue.detail["name"]) == ("CSDL_MinhHoa", "CSDL_KhacHan")


def test_a_top_folder_of_another_form_is_told(tmp_path: Path) -> None:
    top = write_package(tmp_path, hoso={"Thư mục": ""})
    renamed = top.rename(tmp_path / "Ho so quy hoach")
    issue = only(look(renamed, tmp_path / "work"), "PACKAGE_NAME")
    assert issue.detail["name"] == "CSDL_<TenDoAn>"


@pytest.mark.parametrize("word", ["csdl_minhhoa", "D:\\du lieu\\CSDL_MinhHoa", "CSDL MinhHoa"])
def test_ways_of_writing_the_top_folder_are_no_difference(tmp_path: Path, word: str) -> None:
    found = codes(look(write_package(tmp_path, hoso={"Thư mục": word}), tmp_path / "work"))
    assert "PACKAGE_NAME" not in found


def test_a_workbook_of_another_name_and_a_second_one_are_told(tmp_path: Path) -> None:
    top = write_package(tmp_path)
    book = top / "HoSoScan" / f"{CODE}.xlsx"
    other = book.rename(book.with_name("Bang ke.xlsx"))
    assert only(look(top, tmp_path / "a"), "WORKBOOK_NAME").value == CODE
    write_workbook(book)
    issue = only(look(top, tmp_path / "b"), "WORKBOOK_SEVERAL")
    assert {issue.file, issue.value} == {f"HoSoScan/{name.name}" for name in (book, other)}


@pytest.mark.parametrize("name", ["NenDiaHinh", "HienTrang", "MocGioi"])
def test_a_geodatabase_that_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    found = look(write_package(tmp_path), tmp_path / "work", without=(name,))
    assert only(found, "CONTAINER_ABSENT").detail["name"] == name


def test_a_geodatabase_that_cannot_be_read_is_not_called_missing(tmp_path: Path) -> None:
    top = write_dossier(tmp_path)
    put(top / "HoSoGIS" / "MocGioi.gpkg", GEODATABASE)
    delivery = inspect(top, tmp_path / "work")
    assert only(delivery, "LAYER_UNREADABLE").file == "HoSoGIS/MocGioi.gpkg"
    assert "CONTAINER_ABSENT" not in [issue.code for issue in delivery.issues]


# The circular against itself


def columns(book: Path, count: int) -> None:
    """Sheet HoSo with only its first columns."""
    opened = openpyxl.load_workbook(book)
    opened["HoSo"].delete_cols(count + 1, len(HOSO) - count)
    opened.save(book)


def test_nineteen_columns_are_the_circulars_contradiction_not_a_fault(tmp_path: Path) -> None:
    top = write_package(tmp_path)
    columns(top / "HoSoScan" / f"{CODE}.xlsx", 19)
    delivery = look(top, tmp_path / "work")
    assert codes(delivery, "ERROR", "WARNING") == []
    assert any("19 columns" in told for told in contradictions(delivery))


def test_twenty_columns_and_seven_classes_meet_only_the_codes_contradiction(
    tmp_path: Path,
) -> None:
    (told,) = contradictions(look(write_package(tmp_path), tmp_path / "work"))
    assert "digits 0 and 1" in told


def test_the_new_wording_is_accepted(tmp_path: Path) -> None:
    top = write_package(tmp_path, hoso={"Từ khóa": "sử dụng đất quy hoạch"})
    delivery = look(top, tmp_path / "work")
    assert codes(delivery, "ERROR", "WARNING") == []
    assert any("sử dụng đất quy hoạch" in told for told in contradictions(delivery))
