"""Bad, broken, secret and hostile dossiers: a located finding with a remedy, nothing half-read."""

import json
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import shapely

from ingest.delivery import Delivery
from ingest.report.json_lines import json_lines
from ingest.report.outcome import summary_document
from ingest.report.text import text_lines
from schemas.issues import Issue
from tests.gate_dossier import (
    CODE,
    EAST,
    NORTH,
    Drawn,
    codes,
    common,
    completed,
    inspect,
    plan_layers,
    put,
    square,
    write_dossier,
    write_layers,
    write_workbook,
    zip_of,
    zipped,
)

BOW_TIE = shapely.Polygon(
    [(EAST, NORTH), (EAST + 100, NORTH + 100), (EAST + 100, NORTH), (EAST, NORTH + 90)]
)
ZONES = "ChucNangSuDungDat_A"


def only(delivery: Delivery, code: str) -> Issue:
    """The one finding of a code, which must have both languages."""
    (issue,) = [issue for issue in delivery.issues if issue.code == code]
    assert issue.message.vi
    assert issue.message.en
    return issue


def spoilt(**columns: list[Any]) -> dict[str, Drawn]:
    """The usual layers with other columns in the lots."""
    layers = plan_layers()
    layers[ZONES].columns.update(columns)
    return layers


# Missing things


def test_a_missing_boundary_is_an_error_and_gives_no_version(tmp_path: Path) -> None:
    layers = plan_layers()
    del layers["RanhGioiQuyHoach_A"]
    delivery = inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work")
    assert only(delivery, "BOUNDARY_MISSING").layer == "RanhGioiQuyHoach_A"
    assert delivery.rejected
    assert delivery.versions == ()


def test_an_empty_boundary_is_a_missing_one(tmp_path: Path) -> None:
    layers = plan_layers()
    layers["RanhGioiQuyHoach_A"] = Drawn("A", [], {name: [] for name in common(1)})
    delivery = inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work")
    assert only(delivery, "BOUNDARY_MISSING").level == "ERROR"


def test_a_missing_decision_date_names_its_cell(tmp_path: Path) -> None:
    delivery = inspect(write_dossier(tmp_path, hoso={"Ngày ": ""}), tmp_path / "work")
    issue = only(delivery, "DECISION_MISSING")
    assert (issue.layer, issue.column) == ("HoSo", "Ngày QĐ phê duyệt quy hoạch")
    assert delivery.versions == ()


def test_a_missing_workbook_and_a_missing_sheet_are_errors(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path)
    book = folder / "HoSoScan" / f"{CODE}.xlsx"
    write_workbook(book, leave_out=("HoSo",))
    assert only(inspect(folder, tmp_path / "a"), "SHEET_MISSING").layer == "HoSo"
    write_workbook(book, leave_out=("VanBan",))
    assert only(inspect(folder, tmp_path / "b"), "SHEET_ABSENT").level == "WARNING"
    book.unlink()
    assert only(inspect(folder, tmp_path / "c"), "WORKBOOK_MISSING").level == "ERROR"


def test_a_listed_paper_without_a_file_is_told(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path)
    (folder / "HoSoScan" / "VanBan" / "QD_345.pdf").unlink()
    issue = only(inspect(folder, tmp_path / "work"), "DOCUMENT_MISSING")
    assert (issue.layer, issue.row, issue.value) == ("VanBan", 2, "QD_345")


def test_a_layer_without_crs_is_an_error(tmp_path: Path) -> None:
    delivery = inspect(write_dossier(tmp_path, "shp", crs=None), tmp_path / "work")
    assert "CRS_MISSING" in codes(delivery, "ERROR")
    assert delivery.versions == ()


def test_a_shapefile_without_its_dbf_is_an_error(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path, "shp")
    (folder / "HoSoGIS" / "QuyHoach" / f"{ZONES}.dbf").unlink()
    issue = only(inspect(folder, tmp_path / "work"), "SHAPE_PART_MISSING")
    assert issue.file is not None
    assert issue.file.endswith(f"{ZONES}.shp")


# Wrong things


@pytest.mark.parametrize("form", ["gpkg", "shp"])
def test_an_invalid_shape_is_refused_at_its_place_or_repaired(tmp_path: Path, form: str) -> None:
    layers = plan_layers()
    layers[ZONES].geoms[0] = BOW_TIE
    folder = write_dossier(tmp_path, form, layers)
    refused = only(inspect(folder, tmp_path / "a"), "GEOMETRY_INVALID")
    assert refused.geom is not None
    assert (refused.geom.x, refused.geom.y) == pytest.approx((106.69, 10.77), abs=0.01)
    assert refused.kind.repairable
    taken = inspect(folder, tmp_path / "b", accept_repairs=True)
    repaired = only(taken, "GEOMETRY_REPAIRED")
    assert not taken.rejected
    assert repaired.detail["before"] != repaired.detail["after"]
    assert len(taken.versions[0].zones) == 3
    assert shapely.is_valid(taken.versions[0].zones.geom.to_numpy(dtype=object)).all()


def test_a_zone_without_shape_is_an_error_and_keeps_its_attributes(tmp_path: Path) -> None:
    layers = plan_layers()
    layers[ZONES].geoms[1] = None
    delivery = inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work")
    issue = only(delivery, "ZONE_WITHOUT_SHAPE")
    assert (issue.level, issue.layer, issue.row) == ("ERROR", ZONES, 2)
    version = delivery.versions[0]
    assert len(version.zones) == 2
    (kept,) = version.features[version.features.layer == ZONES].itertuples()
    assert kept.attributes["kyHieuLoDat"] == "A1-02"
    assert kept.geom is None


@pytest.mark.parametrize("accept_repairs", [False, True])
def test_a_zone_that_collapses_is_an_error_even_where_repairs_are_accepted(
    tmp_path: Path, accept_repairs: bool
) -> None:
    layers = plan_layers()
    corner = (EAST, NORTH)
    layers[ZONES].geoms[0] = shapely.Polygon([corner, (EAST + 50, NORTH), corner, corner])
    folder = write_dossier(tmp_path, layers=layers)
    delivery = inspect(folder, tmp_path / "work", accept_repairs=accept_repairs)
    issue = only(delivery, "ZONE_WITHOUT_SHAPE")
    assert (issue.layer, issue.row) == (ZONES, 1)
    assert codes(delivery, "ERROR") == ["ZONE_WITHOUT_SHAPE"]


def test_a_layer_of_zones_without_any_shape_is_an_error(tmp_path: Path) -> None:
    layers = plan_layers()
    layers[ZONES].geoms = [None, None]
    issue = only(
        inspect(write_dossier(tmp_path, layers=layers), tmp_path / "w"), "ZONE_WITHOUT_SHAPE"
    )
    assert (issue.count, issue.row) == (2, 1)


def test_a_line_without_shape_or_length_is_a_warning(tmp_path: Path) -> None:
    layers = plan_layers()
    point = (EAST, NORTH)
    shapes = [None, shapely.LineString([point, point])]
    layers["ChiGioiDuongDo_L"] = Drawn(
        "L", [*shapes, layers["ChiGioiDuongDo_L"].geoms[0]], common(3)
    )
    folder = write_dossier(tmp_path, layers=layers)
    delivery = inspect(folder, tmp_path / "work", accept_repairs=True)
    assert codes(delivery, "ERROR", "WARNING") == ["GEOMETRY_EMPTY", "GEOMETRY_COLLAPSED"]
    assert not delivery.rejected


def test_swapped_axes_are_told(tmp_path: Path) -> None:
    layers = plan_layers()
    for drawn in layers.values():
        drawn.geoms = [shapely.transform(g, lambda xy: xy[:, ::-1]) for g in drawn.geoms if g]
    delivery = inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work")
    assert set(codes(delivery, "ERROR")) == {"CRS_AXES_SWAPPED"}


def test_millimetres_are_out_of_place(tmp_path: Path) -> None:
    layers = plan_layers()
    for drawn in layers.values():
        drawn.geoms = [shapely.transform(g, lambda xy: xy * 1000) for g in drawn.geoms if g]
    delivery = inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work")
    assert set(codes(delivery, "ERROR")) == {"CRS_OUTSIDE_PLACE"}


def test_two_crs_in_one_dossier_are_an_error_that_names_the_files(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path, crs="EPSG:32648")
    marks = {"MocGioiQuyHoach_A": Drawn("A", [square(0, 0)], common(1))}
    write_layers(folder / "HoSoGIS" / "MocGioi", "gpkg", marks, "EPSG:9210")
    issue = only(inspect(folder, tmp_path / "work"), "CRS_MIXED")
    assert issue.level == "ERROR"
    assert issue.value == ("EPSG:32648 (HoSoGIS/QuyHoach.gpkg); EPSG:9210 (HoSoGIS/MocGioi.gpkg)")


def test_a_workbook_that_states_another_meridian_is_a_warning(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path, hoso={"Hệ tọa độ": "VN-2000, KTT 108°15'"})
    found = codes(inspect(folder, tmp_path / "work"), "ERROR", "WARNING")
    assert found == ["CRS_STATEMENT_DIFFERS"]


def without_zones() -> dict[str, Drawn]:
    """The usual layers, the lots under another name and the cells empty."""
    layers = plan_layers()
    layers["ChucNangSuDungDat_moi_A"] = layers.pop(ZONES)
    layers["PhanOQuyHoach_A"] = Drawn("A", [], {name: [] for name in common(1)})
    return layers


def test_a_zoning_plan_without_any_zone_is_an_error(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path, layers=without_zones())
    delivery = inspect(folder, tmp_path / "work")
    issue = only(delivery, "ZONES_MISSING")
    assert issue.message.vi.startswith("Hồ sơ không có ô, lô chức năng nào")
    assert ZONES in issue.message.vi
    assert codes(delivery, "ERROR") == ["ZONES_MISSING"]


def test_a_general_plan_without_any_zone_is_a_warning(tmp_path: Path) -> None:
    code = {"Mã hồ sơ": "79QHC1000001", "Mã thông tin quy hoạch": ""}
    hoso = {**code, "Loại quy hoạch": "Quy hoạch chung đô thị"}
    layers = without_zones()
    for drawn in layers.values():
        drawn.columns["maHoSoQH"] = ["79QHC1000001"] * len(drawn.geoms)
    delivery = inspect(write_dossier(tmp_path, layers=layers, hoso=hoso), tmp_path / "work")
    assert only(delivery, "ZONES_NONE").level == "WARNING"
    assert codes(delivery, "ERROR") == []
    assert delivery.versions[0].plan_level == "general"


def test_a_local_adjustment_without_any_zone_is_a_warning(tmp_path: Path) -> None:
    layers = without_zones()
    layers["RanhGioiQuyHoach_A"].columns["loaiDieuChinh"] = ["Điều chỉnh cục bộ"]
    delivery = inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work")
    assert only(delivery, "ADJUSTMENT_WITHOUT_ZONES").level == "WARNING"
    assert codes(delivery, "ERROR") == []


def test_unclear_texts_are_warnings_at_their_rows(tmp_path: Path) -> None:
    layers = spoilt(matDoXayDung=["theo quy chuẩn", "400"], maHoSoQH=[CODE, "01QPK1000009"])
    folder = write_dossier(tmp_path, layers=layers, hoso={"Tỷ lệ": "lớn", "Mã hồ sơ": CODE})
    delivery = inspect(folder, tmp_path / "work")
    assert codes(delivery, "ERROR") == []
    assert only(delivery, "INDICATOR_UNREADABLE").value == "theo quy chuẩn"
    assert only(delivery, "INDICATOR_IMPLAUSIBLE").row == 2
    assert only(delivery, "CODE_DIFFERS").value == "01QPK1000009"
    assert only(delivery, "SCALE_UNREADABLE").column == "Tỷ lệ"
    assert delivery.versions[0].zones.density_text[0] == "theo quy chuẩn"


def test_contradicting_facts_are_shown_not_settled(tmp_path: Path) -> None:
    layers = plan_layers()
    layers["RanhGioiQuyHoach_A"].columns["soQDQH"] = ["999/QĐ-UBND"]
    issue = only(inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work"), "FACTS_DIFFER")
    assert issue.detail.items() >= {"first": "345/QĐ-UBND", "second": "999/QĐ-UBND"}.items()


def test_a_code_of_another_form_is_kept_whole(tmp_path: Path) -> None:
    layers = plan_layers()
    for drawn in layers.values():
        drawn.columns["maHoSoQH"] = ["QH-2026/7"] * len(drawn.geoms)
    folder = write_dossier(tmp_path, layers=layers, hoso={"Mã hồ sơ": "QH-2026/7"})
    delivery = inspect(folder, tmp_path / "work")
    assert only(delivery, "CODE_PATTERN").value == "QH-2026/7"
    assert delivery.versions[0].plan_id == "qh-2026-7"


# Secrets


@pytest.mark.parametrize(
    "hoso",
    [
        {"Tình trạng": "Đã phê duyệt (MẬT)"},
        {"Ghi chú": "TUYỆT MẬT"},
        {"Từ khóa": "Độ mật: Tối mật"},
        {"Loại quy hoạch": "Quy hoạch công trình quốc phòng"},
        {"Loại quy hoạch": "Quy hoạch khu an ninh"},
        {"Ghi chú": "TUYET MAT"},
        {"Tên đồ án": "Quy hoạch chi tiết khu quân sự Đông Minh Họa"},
    ],
)
def test_a_secret_dossier_is_refused_and_leaves_nothing_to_store(
    tmp_path: Path, hoso: dict[str, str]
) -> None:
    path = zipped(write_dossier(tmp_path, hoso=hoso))
    delivery = inspect(path, tmp_path / "work")
    issue = only(delivery, "SECRET_REFUSED")
    assert (issue.layer, issue.row) == ("HoSo", 2)
    assert issue.value is None
    assert delivery.files == ()
    assert delivery.versions == ()
    assert [place for place in (tmp_path / "work").rglob("*") if place.is_file()] == []


@pytest.mark.parametrize(
    ("folder", "file"),
    [
        ("Ho so (MẬT)", "ban do.pdf"),
        ("Ho so", "TUYỆT MẬT quoc phong.pdf"),
        ("Ho so", "HoSo_TỐI_MẬT.pdf"),
        (unicodedata.normalize("NFD", "Hồ sơ (MẬT)"), "ban do.pdf"),
    ],
)
def test_a_secret_name_is_refused_whatever_the_profile(
    tmp_path: Path, folder: str, file: str
) -> None:
    put(tmp_path / folder / file, b"%PDF-1.4\n%%EOF\n")
    delivery = inspect(tmp_path / folder, tmp_path / "work")
    assert codes(delivery) == ["SECRET_REFUSED"]
    assert delivery.files == ()


def test_a_package_inside_a_secret_one_is_not_kept_either(tmp_path: Path) -> None:
    packed = zip_of(tmp_path / "Hồ sơ (MẬT).zip", {"ban do.pdf": b"%PDF-1.4\n%%EOF\n"})
    delivery = inspect(packed, tmp_path / "work")
    assert (codes(delivery), delivery.files) == (["SECRET_REFUSED"], ())
    assert [place for place in (tmp_path / "work").rglob("*") if place.is_file()] == []


def test_a_boundary_marked_secret_is_refused_too(tmp_path: Path) -> None:
    layers = plan_layers()
    layers["RanhGioiQuyHoach_A"].columns["ghiChu"] = ["Hồ sơ MẬT"]
    delivery = inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work")
    assert only(delivery, "SECRET_REFUSED").column == "ghiChu"


def test_density_and_everyday_words_are_no_secret(tmp_path: Path) -> None:
    words = {"Ghi chú": "MẬT ĐỘ XÂY DỰNG 40%, giữ bí mật kinh doanh", "Địa điểm": "P. Mật Sơn"}
    delivery = inspect(write_dossier(tmp_path, hoso=words), tmp_path / "work")
    assert "SECRET_REFUSED" not in codes(delivery)
    assert len(delivery.versions) == 1


def test_a_chosen_crs_that_loses_the_shapes_is_one_error(tmp_path: Path) -> None:
    delivery = inspect(write_dossier(tmp_path), tmp_path / "work", crs=9211)
    assert codes(delivery, "ERROR") == ["CRS_CHOICE_CONTRADICTED"]
    assert "CRS_OUTSIDE_PLACE" in codes(delivery, "INFO")
    assert delivery.rejected


def test_a_wrong_label_is_one_error_and_what_follows_from_it_is_told_below(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path, crs="EPSG:9211")
    delivery = inspect(folder, tmp_path / "work")
    assert delivery.rejected
    assert "CRS_OUTSIDE_PLACE" not in codes(delivery, "ERROR")
    assert codes(delivery, "ERROR").count("CRS_LABEL_CONTRADICTED") == 1


# Hostile things


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    return put(tmp_path / "may" / "bimat.csv", b"ten,WKT\nROOTPASSWORD,POINT(1 1)\n")


@pytest.mark.parametrize("name", ["a.vrt", "a.geojson", "a.kml", "a.gml", "a.gpkg", "a.shp"])
def test_a_virtual_source_under_any_name_is_never_read(
    tmp_path: Path, secret_file: Path, name: str
) -> None:
    vrt = (
        f'<OGRVRTDataSource><OGRVRTLayer name="bimat"><SrcDataSource>{secret_file}'
        "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )
    folder = write_dossier(tmp_path)
    put(folder / "HoSoGIS" / name, vrt.encode())
    delivery = inspect(folder, tmp_path / "work")
    issue = only(delivery, "FILE_POINTS_OUTSIDE")
    assert issue.file == f"HoSoGIS/{name}"
    assert "ROOTPASSWORD" not in everything(delivery)


def test_a_pipeline_in_disguise_is_never_read(tmp_path: Path, secret_file: Path) -> None:
    line = f"gdal vector pipeline ! read {secret_file}"
    pipeline = {"type": "gdal_streamed_alg", "command_line": line}
    folder = write_dossier(tmp_path)
    put(folder / "HoSoGIS" / "a.geojson", json.dumps(pipeline).encode())
    delivery = inspect(folder, tmp_path / "work")
    assert only(delivery, "FILE_POINTS_OUTSIDE").level == "ERROR"
    assert "ROOTPASSWORD" not in everything(delivery)


def test_an_entity_in_gml_is_refused(tmp_path: Path, secret_file: Path) -> None:
    gml = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret_file}">]><x xmlns="y">&e;</x>'
    folder = write_dossier(tmp_path)
    put(folder / "HoSoGIS" / "a.gml", gml.encode())
    delivery = inspect(folder, tmp_path / "work")
    assert only(delivery, "XML_DOCTYPE").file == "HoSoGIS/a.gml"
    assert "ROOTPASSWORD" not in everything(delivery)


def test_a_style_file_with_a_doctype_harms_nobody(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path)
    put(folder / "HoSoGIS" / "QuyHoach.qml", b"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd'>")
    assert codes(inspect(folder, tmp_path / "work"), "ERROR") == []


def test_a_linked_crs_is_refused(tmp_path: Path) -> None:
    linked = {
        "type": "FeatureCollection",
        "crs": {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs"}},
        "features": [],
    }
    folder = write_dossier(tmp_path)
    put(folder / "HoSoGIS" / "a.geojson", json.dumps(linked).encode())
    assert only(inspect(folder, tmp_path / "work"), "CRS_LINK").file == "HoSoGIS/a.geojson"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("HoSoGIS/QuyHoach.gpkg", b"%PDF-1.4"),
        ("HoSoGIS/QuyHoach.gpkg", b""),
        ("HoSoScan/VanBan/QD.pdf", b"<html></html>"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_named(
    tmp_path: Path, name: str, content: bytes
) -> None:
    folder = write_dossier(tmp_path)
    put(folder / name, content)
    assert only(inspect(folder, tmp_path / "work"), "FILE_NOT_WHAT_IT_SAYS").file == name


@pytest.mark.parametrize("form", ["gpkg", "gdb", "shp"])
def test_a_cut_data_set_is_unreadable_and_named(tmp_path: Path, form: str) -> None:
    folder = write_dossier(tmp_path, form)
    gis = folder / "HoSoGIS"
    victims = {
        "gpkg": [gis / "QuyHoach.gpkg"],
        "gdb": sorted((gis / "QuyHoach.gdb").glob("*.gdbtable")),
        "shp": [gis / "QuyHoach" / f"{ZONES}.shp"],
    }[form]
    for victim in victims:
        victim.write_bytes(victim.read_bytes()[:150])
    delivery = inspect(folder, tmp_path / "work")
    assert delivery.rejected
    assert {"LAYER_UNREADABLE", "FILE_CUT"} & set(codes(delivery, "ERROR"))


def test_text_in_another_encoding_is_not_guessed(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path, "shp")
    dbf = folder / "HoSoGIS" / "QuyHoach" / f"{ZONES}.dbf"
    dbf.write_bytes(dbf.read_bytes().replace("Đất".encode(), b"\xa7\xca\xcb t   "[:6]))
    dbf.with_suffix(".cpg").unlink(missing_ok=True)
    delivery = inspect(folder, tmp_path / "work")
    told = {i.column: i.layer for i in delivery.issues if i.code == "TEXT_UNREADABLE"}
    assert told == {"chucNangSu": ZONES, "chucNang_1": ZONES}  # names as the file has them
    assert delivery.rejected


def test_a_hostile_zip_is_refused_whole(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", {"HoSoGIS/QuyHoach.gpkg": b"x", "../../ra.txt": b"x"})
    delivery = inspect(path, tmp_path / "work")
    assert only(delivery, "ARCHIVE_UNSAFE").file == "a.zip"
    assert [file.role for file in delivery.files] == ["package"]
    assert delivery.versions == ()


def test_a_geodatabase_zipped_inside_the_package_is_read(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path, "gdb")
    gdb = folder / "HoSoGIS" / "QuyHoach.gdb"
    zipped(gdb)
    shutil.rmtree(gdb)
    delivery = inspect(zipped(folder), tmp_path / "work")
    assert codes(delivery, "ERROR") == []
    zone = delivery.versions[0].zones.iloc[0]
    assert zone.source_file.endswith("HoSoGIS/QuyHoach.gdb.zip/QuyHoach.gdb")
    assert zone.source_file in {file.path for file in delivery.files}


def test_zips_nested_without_end_stop_at_the_limit(tmp_path: Path) -> None:
    inner = zip_of(tmp_path / "0.zip", {"HoSoGIS/x.txt": b"x"}).read_bytes()
    for number in range(1, 5):
        inner = zip_of(tmp_path / f"{number}.zip", {f"{number - 1}.zip": inner}).read_bytes()
    delivery = inspect(tmp_path / "4.zip", tmp_path / "work")
    assert "ARCHIVE_UNSAFE" in codes(delivery, "ERROR")


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path, secret_file: Path) -> None:
    folder = write_dossier(tmp_path)
    (folder / "HoSoScan" / "VanBan" / "lien_ket.pdf").symlink_to(secret_file)
    (folder / "etc").symlink_to("/etc")
    delivery = inspect(folder, tmp_path / "work")
    assert codes(delivery).count("ARCHIVE_UNSAFE") == 2
    assert not any("etc" in file.path.split("/") for file in delivery.files)


def clear_utf8_flags(raw: bytearray) -> None:
    """Take the UTF-8 flag off every member, as some Windows tools never set it."""
    for mark, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + offset] &= ~0x08 & 0xFF
            at = raw.find(mark, at + 4)


def test_vietnamese_names_packed_by_windows_are_readable(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path)
    put(folder / "HoSoScan" / "VanBan" / "Thuyết minh.pdf", b"%PDF-1.4")
    path = zipped(folder)
    raw = bytearray(path.read_bytes())
    clear_utf8_flags(raw)
    path.write_bytes(raw)
    delivery = inspect(path, tmp_path / "work")
    assert any(file.path.endswith("VanBan/Thuyết minh.pdf") for file in delivery.files)


# The report


def test_the_report_ends_with_a_summary_and_every_line_is_json(tmp_path: Path) -> None:
    layers = plan_layers()
    layers[ZONES].geoms[0] = BOW_TIE
    delivery = inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work")
    *findings, summary = [json.loads(line) for line in json_lines(delivery)]
    assert summary == summary_document(delivery)
    assert summary["schema"] == "gate-report/1"
    assert (summary["profile"], summary["outcome"]) == ("vn_circular16", "reject")
    assert summary["counts"]["ERROR"] == 1
    (finding,) = (one for one in findings if one["level"] == "ERROR")
    assert finding["geometry"]["type"] == "Point"
    assert set(finding) == {
        "code", "level", "file", "layer", "row", "column", "value", "message", "fix",
        "repairable", "count", "geometry", "change_m2",
    }  # fmt: skip
    text = "\n".join(text_lines(delivery))
    assert "GEOMETRY_INVALID" in text
    assert "Không đạt / rejected" in text


def test_other_geodatabases_and_several_lines_are_taken_too(tmp_path: Path) -> None:
    layers = {name: completed(name, drawn) for name, drawn in plan_layers().items()}
    layers["ChiGioiXayDung_L"].geoms.append(shapely.LineString([(EAST, NORTH), (EAST, NORTH + 9)]))
    layers["ChiGioiXayDung_L"].columns = {
        name: [*values, *values] for name, values in layers["ChiGioiXayDung_L"].columns.items()
    }
    folder = write_dossier(tmp_path, layers=layers)
    marks = {"MocGioiQuyHoach_A": Drawn("A", [square(0, 0)], common(1))}
    write_layers(folder / "HoSoGIS" / "MocGioi", "gpkg", marks, "EPSG:9210")
    delivery = inspect(folder, tmp_path / "work")
    assert codes(delivery, "ERROR") == []
    assert (delivery.versions[0].lines.kind == "building_line").sum() == 2


def everything(delivery: Delivery) -> str:
    """All that a delivery says, as one text."""
    frames = [
        frame.to_string()
        for version in delivery.versions
        for frame in (version.zones, version.lines, version.features)
    ]
    return "\n".join([*frames, *json_lines(delivery)])
