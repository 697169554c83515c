"""Columns, layers, files, CRS labels and facts are told the way people really write them."""

from datetime import date
from pathlib import Path

import pytest

from ingest.crs import find_crs, label_differs, stated_meridian
from ingest.files.sniff import Sniffed
from ingest.files.source import ReceivedFile
from ingest.gate.columns import full_names, looks_cut
from ingest.gate.marked import is_marked
from ingest.gate.match import Container, find_containers, fit_layer, recognise, role_of
from ingest.gate.written import is_numbering, parse_date, parse_scale, plan_slug
from schemas.crs import VN2000
from schemas.profiles import find_profile

CIRCULAR = find_profile("vn_circular16")
ESRI_PRJ = (
    'PROJCS["VN_2000_TM3_105_45",GEOGCS["{datum}",DATUM["D_{datum}",SPHEROID["WGS_1984",6378137.0,'
    '298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",{lon}],'
    'PARAMETER["Scale_Factor",{k}],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


def a_file(path: str, kind: str = "gpkg") -> ReceivedFile:
    return ReceivedFile(path, Path("/nowhere"), "0" * 64, 1, Sniffed(kind))


def container(path: str) -> Container:
    return Container(path, (a_file(path),))


def test_names_cut_by_a_shapefile_are_restored_in_the_standards_order() -> None:
    standard = ["maThongTinQH", "chucNangSuDungDatMuc1", "chucNangSuDungDatMuc2",
                "chucNangSuDungDatMuc3", "kyHieuLoDat", "dienTich"]  # fmt: skip
    cut = ["maThongTin", "chucNangSu", "chucNang_1", "chucNang_2", "KYHIEULODA", "DIENTICH"]
    assert full_names(cut, standard) == dict(zip(cut, standard, strict=True))
    esri = ["chucNangSu", "chucNangS1", "chucNangS2"]
    assert list(full_names(esri, standard).values()) == standard[1:4]


def test_a_cut_name_that_may_be_two_is_left_and_told() -> None:
    standard = ["chucNangSuDungDatMuc1", "chucNangSuDungDatMuc2"]
    assert full_names(["chucNangSu"], standard) == {}
    assert looks_cut(["chucNangSu"], standard) == ["chucNangSu"]


def test_a_name_in_the_standards_own_case_wins() -> None:
    assert full_names(["SYM", "sym", "Sym"], ["sym"]) == {"sym": "sym"}
    assert full_names(["SYM", "Sym"], ["sym"]) == {}


def test_own_columns_stay_as_they_are() -> None:
    assert full_names(["ghiChuRieng", "a"], ["kyHieuLoDat"]) == {}


@pytest.mark.parametrize(
    ("path", "layer", "home"),
    [
        ("HoSoGIS/QuyHoach.gdb", "ChucNangSuDungDat_A", "QuyHoach"),
        ("HoSoGIS/HienTrang.gpkg", "ChucNangSuDungDat_A", "HienTrang"),
        ("HoSoGIS/Hien Trang/chucnangsudungdat_a.shp", "chucnangsudungdat_a", "HienTrang"),
        ("HoSoGIS/QuyHoachSuDungDat/ChucNangSuDungDat_A.shp", "ChucNangSuDungDat_A", "QuyHoach"),
        ("HoSoGIS/ChucNangSuDungDat_A.shp", "ChucNangSuDungDat_A", "QuyHoach"),
        ("DuLieu/DiemDoCao_P.shp", "DiemDoCao_P", "NenDiaHinh"),
    ],
)
def test_a_layer_finds_its_geodatabase(path: str, layer: str, home: str) -> None:
    fit = fit_layer(CIRCULAR, container(path), layer, only_layer=True)
    assert fit.rule is not None
    assert (fit.rule.container, fit.container) == (home, home)


def test_an_unknown_layer_has_no_rule() -> None:
    fit = fit_layer(CIRCULAR, container("HoSoGIS/QuyHoach.gdb"), "LopRieng_A", only_layer=False)
    assert fit.rule is None


def test_a_geodatabase_folder_and_shapefile_parts_are_one_container_each() -> None:
    files = [
        a_file("H/QuyHoach.gdb/a00000001.gdbtable", "binary"),
        a_file("H/QuyHoach.gdb/timestamps", "binary"),
        a_file("H/a.shp", "shape"), a_file("H/a.dbf", "dbf"), a_file("H/A.prj", "text"),
        a_file("H/a.shp.xml", "xml"), a_file("H/note.json", "json"),
    ]  # fmt: skip
    found = {c.path: len(c.files) for c in find_containers(files)}
    assert found == {"H/QuyHoach.gdb": 2, "H/a.shp": 2}


def test_layers_outside_hosogis_are_originals_only() -> None:
    files = [a_file("C/HoSoGIS/QuyHoach.gpkg"), a_file("C/HoSoBASIC/BanVe/nen.gpkg")]
    assert [c.path for c in find_containers(files)] == ["C/HoSoGIS/QuyHoach.gpkg"]


@pytest.mark.parametrize(
    ("path", "kind", "role"),
    [
        ("C/HoSoScan/79QPK1000001.xlsx", "xlsx", "workbook"),
        ("C/HoSoScan/VanBan/QĐ 345.pdf", "pdf", "decision"),
        ("C/HoSoScan/VanBan/ThuyetMinh.pdf", "pdf", "text"),
        ("C/HoSoScan/BanVe/QH04/QH04.jpg", "jpeg", "scan"),
        ("C/HoSoBASIC/BanVe/QH04.dwg", "dwg", "drawing"),
        ("C/HoSoBASIC/BanVe/Thumbs.db", "ole", "junk"),
        ("C/.DS_Store", "binary", "junk"),
        ("C/HoSoGIS/QuyHoach.gdb/a00000004.gdbtable", "binary", "gis"),
        ("C/HoSoGIS/DoAn.qgz", "zip", "other"),
        ("C/HoSoGIS/DoAn.ppkx", "7z", "other"),
        ("C/HoSoGIS/DuLieu.zip", "zip", "package"),
        ("C/HoSoScan/79QPK1000001.ods", "ods", "workbook"),
        ("C/HoSoScan/79QPK1000001.ods", "zip", "workbook"),
        ("C/HoSoScan/BanVe/QH04.zip", "zip", "package"),
        ("C/ThuyetMinh.odt", "odt", "text"),
        ("C/la.bin", "binary", "other"),
    ],
)
def test_a_file_plays_its_role(path: str, kind: str, role: str) -> None:
    assert role_of(a_file(path, kind), CIRCULAR) == role


def test_a_package_is_recognised_and_a_lone_file_is_not() -> None:
    assert recognise([a_file("C/HoSoGIS/QuyHoach.gpkg")]) is CIRCULAR
    assert recognise([a_file("QuyHoach.gdb/a00000001.gdbtable", "binary")]) is CIRCULAR
    assert recognise([a_file("zones.gpkg")]) is None


@pytest.mark.parametrize("datum", ["GCS_VN_2000", "GCS_WGS_1984", "Tu_dat"])
@pytest.mark.parametrize("srid", [s for s, z in VN2000.items() if z.scale == 0.9999 and z.meridian])
def test_every_tm3_projection_is_vn2000_whatever_its_datum_is_called(datum: str, srid: int) -> None:
    label = ESRI_PRJ.format(datum=datum, lon=VN2000[srid].meridian, k=0.9999)
    found = find_crs(label)
    assert found is not None
    assert found.srid == srid


def test_utm_is_vn2000_only_where_the_datum_says_so() -> None:
    named = find_crs(ESRI_PRJ.format(datum="GCS_VN_2000", lon=105, k=0.9996))
    assert named is not None
    assert named.srid == 3405
    plain = find_crs("EPSG:32648")
    assert plain is not None
    assert plain.srid == 32648
    unnamed = ESRI_PRJ.replace("VN_2000_TM3_105_45", "UTM_48N")
    assert find_crs(unnamed.format(datum="GCS_Tu_dat", lon=105, k=0.9996)) is None


def test_the_profiles_crs_wins_and_a_differing_label_is_seen() -> None:
    found = find_crs("EPSG:5897", 9210)
    assert found is not None
    assert (found.srid, found.how) == (9210, "profile")
    assert label_differs("EPSG:5897", 9210)
    assert not label_differs(ESRI_PRJ.format(datum="GCS_VN_2000", lon=105.75, k=0.9999), 9210)
    assert not label_differs(None, 9210)
    assert find_crs(None) is None
    assert find_crs('LOCAL_CS["x"]') is None


@pytest.mark.parametrize(
    ("text", "meridian"),
    [
        ("VN-2000, kinh tuyến trục 105°45', múi chiếu 3°", 105.75),
        ("VN2000 KTT 108-15 múi 3", 108.25),
        ("VN-2000 105 độ", 105.0),
        ("EPSG:9210", 105.75),
        ("VN-2000", None),
        ("VN-2000, KTT 105.75", 105.75),
        ("KTT 105,75°, múi 3", 105.75),
        ("KTT 107.75", 107.75),
        ("VN2000 105-45", 105.75),
        ("kinh tuyến trục 105 45'", 105.75),
        ("kinh tuyến trục 108°30′", 108.5),
        ("107º45'00\"", 107.75),
        ("KTT 105", 105.0),
        ("105-2019", None),
        ("Số 105-2019/QĐ, VN-2000 KTT 108°15'", 108.25),
        ("1105.75", None),
        ("105.2019", None),
        ("105-75", None),
    ],
)
def test_a_stated_meridian_is_read(text: str, meridian: float | None) -> None:
    assert stated_meridian(text) == meridian


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("15/03/2025", date(2025, 3, 15)),
        ("5-3-2025", date(2025, 3, 5)),
        ("05.03.2025", date(2025, 3, 5)),
        ("2025-03-15T00:00:00", date(2025, 3, 15)),
        ("ngày 5 tháng 3 năm 2025", date(2025, 3, 5)),
        ("Ngày 05 tháng 03 năm 2025.", date(2025, 3, 5)),
        ("Ngày: 5/3/2025;", date(2025, 3, 5)),
        ("5/3/2025 7:00", date(2025, 3, 5)),
        ("05/03/2025 07:00:00 AM", date(2025, 3, 5)),
        ("5/3/2025 700", None),
        ("5/3/2025 - 7/3/2025", None),
        (45731, date(2025, 3, 15)),
        (date(2025, 3, 15), date(2025, 3, 15)),
        ("31/02/2025", None),
        ("03/2025", None),
        ("2025", None),
        ("hôm qua", None),
    ],
)
def test_a_date_is_day_first_and_never_guessed(cell: object, day: date | None) -> None:
    assert parse_date(cell) == day


@pytest.mark.parametrize(
    ("cell", "scale"),
    [("1/2000", 2000), ("1:2.000", 2000), ("1/10 000", 10_000), ("Tỷ lệ 1/500", 500), (5000, 5000),
     ("Tỷ lệ: 1/500", 500), ("Tỉ lệ : 1/500.", 500), ("1／500", 500), ("tỷ lệ", None),
     ("1/2.000 - 1/5.000", None), ("", None), ("1/2", None)],
)  # fmt: skip
def test_a_scale_is_one_denominator(cell: object, scale: int | None) -> None:
    assert parse_scale(cell) == scale


@pytest.mark.parametrize(
    ("row", "numbers"),
    [
        (["(1)", "(2)", "(3)=(1)+(2)"], False),
        (["(1)", None, "(2)", "(4)"], True),
        (["[1]", "[2]"], True),
        ([1, 2, 3.0], True),
        (["1", "2", ""], True),
        ([-1, -2, -3], True),
        ([1, 3], False),
        ([1], False),
        ([2, "Đất ở", 3], False),
        (["79QPK1000001", 2], False),
        ([], False),
    ],
)
def test_a_row_that_only_numbers_its_columns(row: list[object], numbers: bool) -> None:
    assert is_numbering(row) is numbers


def test_a_plan_id_is_plain_ascii_and_keeps_different_codes_apart() -> None:
    assert plan_slug("79QPK0001") == "79qpk0001"
    assert plan_slug("Đồ án Ấp Bắc/2") == "do-an-ap-bac-2"
    assert plan_slug("桃園") != plan_slug("臺南")


@pytest.mark.parametrize(
    "text",
    ["MẬT", "Mật", "TỐI MẬT", "tuyệt mật", "Đã phê duyệt (MẬT)", "Độ mật: Mật", "Hồ sơ mật",
     "Đã duyệt; MẬT", "Tài liệu TỐI MẬT của Bộ"],
)  # fmt: skip
def test_a_classification_is_seen(text: str) -> None:
    assert is_marked(text, CIRCULAR.secrecy)


@pytest.mark.parametrize(
    "text",
    ["mật độ xây dựng", "MẬT ĐỘ XÂY DỰNG", "bí mật", "BÍ MẬT KINH DOANH", "Khu dân cư Mật Sơn",
     "KHU DÂN CƯ MẬT SƠN", "Độ mật: không", "mật khẩu", "nuôi ong lấy mật", "Mật độ, tầng cao"],
)  # fmt: skip
def test_everyday_words_are_no_classification(text: str) -> None:
    assert not is_marked(text, CIRCULAR.secrecy)
