"""Dossiers with text in old encodings, through the whole gate: restored, told, never guessed."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ingest.delivery import Delivery
from ingest.gate.read import LayerFrame, layer_frame
from ingest.readers.container import copy_container
from ingest.text.label import codec_of, label_of, take_field_names
from schemas.issues import Issue
from tests.gate_dossier import (
    HOSO,
    Drawn,
    codes,
    inspect,
    plan_layers,
    put,
    square,
    write_dossier,
    write_layer,
)
from tests.legacy_text import ENCODERS, as_windows_shows, recode_table, tcvn3, vni

BOUNDARY, ZONES = "RanhGioiQuyHoach_A", "ChucNangSuDungDat_A"
USES = ["Đất dân dụng", "Đất dân dụng"]


def found(delivery: Delivery, code: str) -> dict[str | None, Issue]:
    """Findings of a code by column."""
    return {issue.column: issue for issue in delivery.issues if issue.code == code}


def two_layers() -> dict[str, Drawn]:
    return {name: drawn for name, drawn in plan_layers().items() if name in (BOUNDARY, ZONES)}


def shape_dossier(folder: Path, encode: Callable[[str], str], label: str | None) -> Path:
    top = write_dossier(folder, "shp", layers=two_layers())
    for table in sorted(top.rglob("*.dbf")):
        recode_table(table, encode, label)
    return top


def zones_of(delivery: Delivery) -> list[str]:
    (version,) = delivery.versions
    return list(version.zones["function_1"])


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI", "CP1258", "VISCII"])
def test_a_shapefile_without_a_label_is_restored(tmp_path: Path, encoding: str) -> None:
    delivery = inspect(shape_dossier(tmp_path, ENCODERS[encoding], None), tmp_path / "work")
    assert zones_of(delivery) == USES
    issue = found(delivery, "TEXT_RESTORED")["chucNangSu"]  # its name as the file has it
    assert (issue.level, issue.count, issue.detail["encoding"]) == ("INFO", 2, encoding)
    assert issue.detail["after"] == "Đất dân dụng"
    assert issue.file is not None
    assert issue.file.endswith(f"{ZONES}.shp")
    assert not {"TEXT_UNREADABLE", "TEXT_LABEL_WRONG", "CODE_UNKNOWN"} & set(codes(delivery))
    (boundary,) = delivery.versions[0].attributes[BOUNDARY]
    assert boundary["soQDQH"] == "345/QĐ-UBND"


@pytest.mark.parametrize(
    ("encoding", "label"),
    [("TCVN3", "UTF-8"), ("TCVN3", "1258"), ("VNI", "1252"), ("CP1258", "1252"), ("UTF-8", "1258")],
)
def test_a_wrong_label_is_noticed_and_the_bytes_decide(
    tmp_path: Path, encoding: str, label: str
) -> None:
    delivery = inspect(shape_dossier(tmp_path, ENCODERS[encoding], label), tmp_path / "work")
    assert zones_of(delivery) == USES
    wrong = [issue for issue in delivery.issues if issue.code == "TEXT_LABEL_WRONG"]
    assert ZONES in {issue.layer for issue in wrong}
    assert {issue.detail["encoding"] for issue in wrong} == {encoding}
    assert all(str(issue.detail["said"]).endswith(f": {label}") for issue in wrong)


def test_a_right_label_of_cp1258_loses_no_letter(tmp_path: Path) -> None:
    delivery = inspect(shape_dossier(tmp_path, ENCODERS["CP1258"], "CP1258"), tmp_path / "work")
    assert zones_of(delivery) == USES
    assert not [code for code in codes(delivery) if code.startswith("TEXT_")]


def test_good_unicode_is_never_spoken_of(tmp_path: Path) -> None:
    for form in ("shp", "gpkg"):
        delivery = inspect(write_dossier(tmp_path / form, form), tmp_path / f"work-{form}")
        told = {
            (issue.code, issue.column)
            for issue in delivery.issues
            if issue.code.startswith("TEXT_")
        }
        assert told <= {("TEXT_TRIMMED", "maDoiTuong")}  # " LO-1 "


def test_old_text_inside_unicode_formats_is_restored_too(tmp_path: Path) -> None:
    layers = two_layers()
    names = [as_windows_shows(tcvn3(text)) for text in ("Lô đất ở liền kề", "Công viên cây xanh")]
    layers[ZONES].columns["tenDoiTuong"] = names
    delivery = inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work")
    told = found(delivery, "TEXT_RESTORED")["tenDoiTuong"]
    assert told.detail["samples"] == [
        {"before": names[0], "after": "Lô đất ở liền kề"},
        {"before": names[1], "after": "Công viên cây xanh"},
    ]
    (version,) = delivery.versions
    assert [row["tenDoiTuong"] for row in version.zones["attributes"]] == [
        "Lô đất ở liền kề",
        "Công viên cây xanh",
    ]


def test_the_delivered_file_stays_as_it_is(tmp_path: Path) -> None:
    top = shape_dossier(tmp_path, tcvn3, None)
    before = {path: path.read_bytes() for path in top.rglob("*") if path.is_file()}
    delivery = inspect(top, tmp_path / "work")
    assert {path: path.read_bytes() for path in before} == before
    kept = {file.path.split("/")[-1]: file.location.read_bytes() for file in delivery.files}
    assert kept[f"{ZONES}.dbf"] == before[top / "HoSoGIS" / "QuyHoach" / f"{ZONES}.dbf"]


def test_two_thin_readings_are_both_shown_and_the_text_is_kept(tmp_path: Path) -> None:
    layers = two_layers()
    layers[ZONES].columns["tenDoiTuong"] = ["h¶i", "h¶i"]
    delivery = inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work")
    issue = found(delivery, "TEXT_ENCODING_UNCLEAR")["tenDoiTuong"]
    assert (issue.level, issue.count) == ("WARNING", 2)
    assert "TCVN3: “hải”; VISCII: “hời”" in issue.message.vi
    (version,) = delivery.versions
    assert {row["tenDoiTuong"] for row in version.zones["attributes"]} == {"h¶i"}


def test_what_is_lost_is_told_with_its_rows_and_left_alone(tmp_path: Path) -> None:
    layers = two_layers()
    layers[ZONES].columns["tenDoiTuong"] = ["XÃ TÂN TH?NG", "An Dƣơng Vƣơng"]
    delivery = inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work")
    told = [issue for issue in delivery.issues if issue.code == "TEXT_DAMAGED"]
    assert [(issue.level, issue.value, issue.count) for issue in told] == [
        ("WARNING", "XÃ TÂN TH?NG", 1),
        ("WARNING", "An Dƣơng Vƣơng", 1),
    ]
    assert told[0].detail["rows"] != told[1].detail["rows"]
    assert "ƣ (U+01A3)" in told[1].message.vi


def test_text_with_separate_accents_and_codes_of_drawings_is_put_right(tmp_path: Path) -> None:
    layers = two_layers()
    layers[ZONES].columns["tenDoiTuong"] = ["Đất ở".replace("ấ", "â\u0301"), "Ống %%c110"]
    delivery = inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work")
    assert found(delivery, "TEXT_COMPOSED")["tenDoiTuong"].count == 1
    assert found(delivery, "TEXT_DRAWING_CODES")["tenDoiTuong"].detail["after"] == "Ống Ø110"
    (version,) = delivery.versions
    assert {row["tenDoiTuong"] for row in version.zones["attributes"]} == {"Đất ở", "Ống Ø110"}


def test_blanks_around_texts_are_told_with_count_and_samples(tmp_path: Path) -> None:
    layers = two_layers()
    layers[ZONES].columns["kyHieuLoDat"] = ["  Ô-01 \t", "Ô-02"]
    delivery = inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work")
    told = found(delivery, "TEXT_TRIMMED")["kyHieuLoDat"]
    assert (told.level, told.count) == ("INFO", 1)
    assert told.detail["samples"] == [{"before": "  Ô-01 \t", "after": "Ô-01"}]
    (version,) = delivery.versions
    assert list(version.zones["symbol"]) == ["Ô-01", "Ô-02"]


def test_cells_and_headings_of_the_workbook_are_restored(tmp_path: Path) -> None:
    top = write_dossier(tmp_path)
    (path,) = top.rglob("*.xlsx")
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for row in sheet:
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = as_windows_shows(vni(cell.value))
    book.save(path)
    delivery = inspect(top, tmp_path / "work")
    (version,) = delivery.versions
    assert version.plan_name == HOSO["Tên đồ án"]
    told = found(delivery, "TEXT_RESTORED")["Tên đồ án"]
    assert (told.layer, told.row, told.detail["cell"][-1]) == ("HoSo", 1, "1")
    assert told.detail["encoding"] == "VNI"
    assert told.count == 2


def test_a_column_of_two_kinds_is_told_and_its_right_cells_stay(tmp_path: Path) -> None:
    layers = two_layers()
    layers[ZONES].columns["ghiChu"] = ["Chú ý: lô góc", "§Êt ë ®« thÞ"]
    delivery = inspect(write_dossier(tmp_path, layers=layers), tmp_path / "work")
    (version,) = delivery.versions
    notes = [row["ghiChu"] for row in version.zones["attributes"]]
    assert notes == ["Chú ý: lô góc", "Đất ở đô thị"]
    assert found(delivery, "TEXT_RESTORED")["ghiChu"].count == 1
    told = found(delivery, "TEXT_MIXED")["ghiChu"]
    assert (told.level, told.count, told.detail["n_restored"]) == ("WARNING", 1, 1)
    assert "1 ô đọc đúng như đã nộp" in told.message.vi
    assert "“Chú ý: lô góc”; 1 ô viết bằng TCVN3" in told.message.vi


def test_one_old_cell_of_the_workbook_spoils_no_heading(tmp_path: Path) -> None:
    note = as_windows_shows(tcvn3("Trường học mới"))
    top = write_dossier(tmp_path, hoso={**HOSO, "Ghi chú": note})
    delivery = inspect(top, tmp_path / "work")
    assert "COLUMN_ABSENT" not in codes(delivery)
    (version,) = delivery.versions
    assert version.attributes["HoSo"][0]["Ghi chú"] == "Trường học mới"
    told = found(delivery, "TEXT_MIXED")["Ghi chú"]
    assert (told.value, told.detail["restored"]) == ("Ghi chú", "Trường học mới")


# Single files


def read(location: Path, kind: str, home: Path) -> LayerFrame:
    names, label = take_field_names(location), label_of(location)
    copies = copy_container(location, kind, location.stat().st_size, home / "rows")
    return layer_frame(copies, copies.layers[0], label, names)


def shapefile(folder: Path, columns: dict[str, list[Any]]) -> Path:
    folder.mkdir()
    count = len(next(iter(columns.values())))
    drawn = Drawn("P", [square(0, 0).centroid] * count, columns)
    write_layer(folder / "a.shp", "shp", "a", drawn, "EPSG:9210")
    return folder / "a.shp"


def test_the_names_of_fields_are_restored_and_their_values_are_not_lost(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "in", {"FELD1": ["Đất ở đô thị"], "FELD2": [7.0]})
    recode_table(path.with_suffix(".dbf"), tcvn3)
    data = path.with_suffix(".dbf").read_bytes()
    data = data.replace(b"FELD1\0\0\0\0\0", tcvn3("tên_đất").encode("latin-1").ljust(10, b"\0"))
    path.with_suffix(".dbf").write_bytes(data)
    frame = read(path, "shape", tmp_path)
    assert list(frame.attributes.columns) == ["tên_đất", "FELD2"]
    assert frame.attributes.iloc[0].tolist() == ["Đất ở đô thị", 7.0]
    assert [told.code for told in frame.texts] == ["TEXT_RESTORED", "TEXT_RESTORED"]


def test_the_font_of_each_text_decides_its_encoding_and_its_capitals(tmp_path: Path) -> None:
    texts = [tcvn3("đất ở"), vni("Đất ở"), tcvn3("Trường học")]
    path = shapefile(
        tmp_path / "in", {"chu": ["x"] * 3, "Font": [".VnTimeH", "VNI-Times", ".VnTime"]}
    )
    table = path.with_suffix(".dbf")
    waiting = iter(texts)
    recode_table(table, lambda text: next(waiting) if text == "x" else text)
    frame = read(path, "shape", tmp_path)
    assert frame.attributes["chu"].tolist() == ["ĐẤT Ở", "Đất ở", "Trường học"]


def test_a_letter_cut_in_two_by_its_field_is_told(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "in", {"chu": ["Đất ở đô thịX", "Hồ điều hòa"]})
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace("thịX".encode(), b"th\xe1\xbb  "))
    frame = read(path, "shape", tmp_path)
    assert frame.attributes["chu"].tolist() == ["Đất ở đô th", "Hồ điều hòa"]
    (told,) = frame.texts
    assert (told.code, told.count, told.row) == ("TEXT_CUT", 1, 0)


def test_other_encodings_are_read_by_their_label_and_unreadable_without(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "in", {"chu": ["x" * 30]})
    raw = "第一種商業區".encode("big5").decode("latin-1")
    recode_table(path.with_suffix(".dbf"), lambda _: raw, "BIG5")
    frame = read(path, "shape", tmp_path)
    assert (frame.attributes["chu"].tolist(), frame.texts) == (["第一種商業區"], ())
    path.with_suffix(".cpg").unlink()
    (told,) = read(path, "shape", tmp_path / "again").texts
    assert told.code == "TEXT_UNREADABLE"


def test_labels_are_understood_as_people_write_them() -> None:
    said = {
        "UTF-8": "utf-8", "utf8": "utf-8", "65001": "utf-8", "1258": "cp1258", "CP1252": "cp1252",
        "ANSI 1252": "cp1252", "ISO 88591": "iso8859-1", "ISO-8859-1": "iso8859-1", "88591": "iso8859-1",
        "BIG5": "big5", "GBK": "gbk", "OEM 437": "cp437", "lạ": None, "": None,
    }  # fmt: skip
    assert {name: codec_of(name) for name in said} == said


def test_western_names_of_files_are_left_alone(tmp_path: Path, shared_data: Path) -> None:
    folder = tmp_path / "in"
    path = put(folder / "a.dbf", (shared_data / "broken" / "ign_SPECIAL_CHARS.dbf").read_bytes())
    frame = read(path, "shape", tmp_path)
    assert len(frame.attributes) == 85
    (told,) = frame.texts
    assert (told.code, told.column) == ("TEXT_ENCODING_ASSUMED", None)
    assert told.issue("a.dbf", "a").level == "INFO"
    names = {name for name in frame.attributes["NOMFIC"] if name and not name.isascii()}
    assert names
    assert all(name.encode("cp1252") for name in names)


def test_the_damaged_labels_of_ham_tan_are_told_and_kept(tmp_path: Path, shared_data: Path) -> None:
    source = shared_data / "vn" / "vn_hamtan_landuse_boundary_lines.geojson.gz"
    path = put(tmp_path / "in" / "ham.geojson", gzip.decompress(source.read_bytes()))
    frame = read(path, "geojson", tmp_path)
    told = {issue.detail["why_en"]: issue.count for issue in frame.texts}
    assert {issue.code for issue in frame.texts} == {"TEXT_DAMAGED"}
    assert told["? in place of a letter that is lost"] == 493 + 281 + 8 + 5
    delivered = [f["properties"]["TxtMemo"] for f in json.loads(path.read_text())["features"]]
    assert frame.attributes["TxtMemo"].tolist() == [text.strip() for text in delivered]


def test_plans_of_other_languages_are_left_alone(tmp_path: Path, shared_data: Path) -> None:
    for number, name in enumerate(("tw_plan_J0101", "tw_plan_U0102")):
        source = shared_data / "zoning" / f"{name}.geojson.gz"
        path = put(tmp_path / f"{number}" / "a.geojson", gzip.decompress(source.read_bytes()))
        assert read(path, "geojson", tmp_path / f"rows{number}").texts == ()
