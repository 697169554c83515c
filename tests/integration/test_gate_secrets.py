"""State secrets and plans of defence are refused wherever they are marked; defence land is not."""

import re
from pathlib import Path
from time import process_time
from typing import Any

import openpyxl
import pytest

from ingest.gate.marked import is_marked
from schemas.profiles import common_secrecy
from tests.gate_dossier import Drawn, codes, inspect, plan_layers, put, write_dossier, zipped

ZONES = "ChucNangSuDungDat_A"


def spreadsheet(path: Path, **sheets: list[list[Any]]) -> Path:
    """A workbook of these sheets, each as rows of cells."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for cells in rows:
            sheet.append(cells)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def refused_at(path: Path, workdir: Path) -> tuple[str | None, int | None, str | None]:
    """Where a refused dossier is marked; nothing of it may be left."""
    delivery = inspect(path, workdir)
    (issue,) = [issue for issue in delivery.issues if issue.code == "SECRET_REFUSED"]
    assert issue.value is None
    assert (delivery.files, delivery.versions) == ((), ())
    assert [place for place in workdir.rglob("*") if place.is_file()] == []
    return issue.layer, issue.row, issue.column


def zones_with(**columns: list[Any]) -> dict[str, Drawn]:
    layers = plan_layers()
    layers[ZONES].columns |= columns
    return layers


# Marks


@pytest.mark.parametrize("text", ["TUYỆT MẬT", "Hồ sơ MẬT", "TOI MAT"])
def test_a_mark_in_any_row_of_any_layer_is_refused(tmp_path: Path, text: str) -> None:
    layers = zones_with(ghiChu=[None, text])
    layers["MangLuoiCapNuoc_L"].columns["ghiChu"] = ["Ống chính"]
    path = zipped(write_dossier(tmp_path, layers=layers))
    assert refused_at(path, tmp_path / "work") == (ZONES, 2, "ghiChu")


MARKS = ("TUYỆT MẬT", "TUYET MAT", "tuyÖt mËt")


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_in_a_further_spreadsheet_is_refused(tmp_path: Path, mark: str) -> None:
    folder = write_dossier(tmp_path)
    rows = [["Danh mục"], ["Tên đồ án", "Độ mật"], ["§å ¸n quy ho¹ch chi tiÕt", mark]]
    spreadsheet(folder / "HoSoScan" / "VanBan" / "kem.xlsx", Bia=[["Hồ sơ"]], Ke=rows)
    assert refused_at(zipped(folder), tmp_path / "work") == ("Ke", 3, "B")


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_refused_where_no_profile_matches(tmp_path: Path, mark: str) -> None:
    rows = [["Mã hồ sơ", "Tên đồ án", "Độ mật"], ["01QHC0000001", "§å ¸n quy ho¹ch", mark]]
    folder = tmp_path / "ho-so"
    spreadsheet(folder / "bangke.xlsx", HoSo=rows)
    assert refused_at(zipped(folder), tmp_path / "work") == ("HoSo", 2, "C")


def test_the_name_of_a_sheet_is_enough(tmp_path: Path) -> None:
    folder = tmp_path / "ho-so"
    spreadsheet(folder / "bangke.xlsx", **{"TỐI MẬT": [["Số", 1]]})
    assert refused_at(zipped(folder), tmp_path / "work") == ("TỐI MẬT", None, None)


def test_an_ordinary_spreadsheet_without_a_profile_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "ho-so"
    spreadsheet(folder / "bangke.xlsx", HoSo=[["Mật độ xây dựng", "Độ mật"], ["40 %", "Không"]])
    delivery = inspect(zipped(folder), tmp_path / "work")
    assert codes(delivery, "ERROR") == ["PROFILE_UNMATCHED"]
    assert delivery.files != ()


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("TUYET MAT", True),
        ("Toi mat", True),
        ("TOI_MAT", True),
        ("Ho so TOI MAT theo quyet dinh", True),
        ("(TOI MAT)", True),
        ("Do mat: Mat", True),
        ("KHOANG CACH TOI MAT DUONG", False),
        ("tu ranh gioi toi mat duong", False),
        ("MAT DO XAY DUNG", False),
        ("Do mat do: 40", False),
        ("Tới mặt", False),
        ("Độ mật", False),
        ("Mức độ mật", False),
        ("Mật", True),
        ("Tài liệu mật.", True),
        ("Độ mật: Mật", True),
        ("Đất quốc phòng", False),
        ("Đất an ninh", False),
    ],
)
def test_marks_without_diacritics_are_told_from_everyday_words(text: str, marked: bool) -> None:
    rule = common_secrecy()
    assert is_marked(text, rule) is marked
    assert is_marked(text, rule.model_copy(update={"words": ()})) is marked


def test_a_text_of_blanks_without_end_costs_no_time() -> None:
    blanks = " \n" * 200_000
    started = process_time()
    assert not is_marked(f"mat{blanks}", common_secrecy())
    assert is_marked(f"Kèm{blanks}MẬT", common_secrecy())
    assert process_time() - started < 1


# Plans of defence and security


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("Quy hoạch đất quốc phòng", True),
        ("Quy hoạch sử dụng đất quốc phòng tỉnh Minh Họa đến năm 2030", True),
        ("QUY HOẠCH CHI TIẾT XÂY DỰNG TỶ LỆ 1/500 KHU QUÂN SỰ PHÍA BẮC", True),
        ("Điều chỉnh quy hoạch chi tiết căn cứ quân sự A", True),
        ("Đồ án quy hoạch hệ thống các công trình quốc phòng, an ninh", True),
        ("Quy hoạch khu an ninh", True),
        ("QUY HOẠCH ĐẤT AN NINH", True),
        ("Doanh trại Trung đoàn 95", True),
        ("Đất quốc phòng tại xã Minh Họa", True),
        ("Quy hoạch chi tiết khu dân cư phía Bắc đất quốc phòng", False),
        ("Khu tái định cư giải phóng đất quốc phòng", False),
        ("Quy hoạch phân khu đô thị cạnh khu quân sự", False),
        ("Quy hoạch chi tiết khu doanh trại cũ", False),
        ("Quy hoạch chi tiết Trung tâm Giáo dục quốc phòng và an ninh", False),
        ("Quy hoạch chung xã An Ninh", False),
        ("QUY HOẠCH CHUNG XÃ AN NINH", False),
        ("Quy hoạch chi tiết khu An Ninh Tây", False),
        ("Khu dân cư An Ninh Đông", False),
    ],
)
def test_a_plan_of_defence_is_told_from_one_beside_it(name: str, refused: bool) -> None:
    assert any(re.search(one, name) for one in common_secrecy().plans) is refused


def test_a_plan_that_calls_itself_one_of_defence_is_refused(tmp_path: Path) -> None:
    name = {"Tên đồ án": "Quy hoạch chi tiết khu quân sự Đông Minh Họa"}
    path = zipped(write_dossier(tmp_path, hoso=name))
    assert refused_at(path, tmp_path / "work") == ("HoSo", 2, "Tên đồ án")


def test_the_second_plan_of_a_workbook_is_looked_at_too(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path)
    (path,) = (folder / "HoSoScan").glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    book["HoSo"].append(["79QCT1000002", "", "Khu B", "Quy hoạch công trình quốc phòng"])
    book.save(path)
    assert refused_at(zipped(folder), tmp_path / "work") == ("HoSo", 3, "Loại quy hoạch")


def test_defence_land_inside_an_ordinary_plan_is_ordinary(tmp_path: Path) -> None:
    layers = zones_with(
        chucNangSuDungDatMuc2=["Đất quốc phòng", "Đất an ninh"], ghiChu=["CQP", "Đất an ninh"]
    )
    name = {"Tên đồ án": "Quy hoạch phân khu phía Bắc đất quốc phòng, xã An Ninh"}
    layers["RanhGioiQuyHoach_A"].columns["tenDoAn"] = [name["Tên đồ án"]]
    folder = write_dossier(tmp_path, layers=layers, hoso=name)
    rows = [["Loại đất", "Diện tích (m2)", "Tỷ lệ (%)"], ["Đất quốc phòng", 10_000, 50]]
    spreadsheet(put(folder / "HoSoScan" / "VanBan" / "can-bang.xlsx", b""), Bang=rows)
    delivery = inspect(folder, tmp_path / "work")
    assert "SECRET_REFUSED" not in codes(delivery)
    assert len(delivery.versions) == 1
