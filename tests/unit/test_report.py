"""Reports of the gate: for programs, a GIS, a terminal, planners; grouped, escaped, complete."""

import json
import re
import tracemalloc
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely

from ingest.delivery import Delivery
from ingest.report.cells import cell_of
from ingest.report.content import distance
from ingest.report.details import details_of
from ingest.report.folder import ReportFolder
from ingest.report.geojson import feature_lines
from ingest.report.grouping import for_reading, grouped
from ingest.report.html import html_page
from ingest.report.json_lines import json_lines
from ingest.report.map import ReportMap, report_map
from ingest.report.outcome import issue_document, summary_document
from ingest.report.places import MOST_MARKS, places_of
from ingest.report.text import text_lines
from ingest.report.write import report_folder, write_reports
from ingest.text.sheet import letters
from schemas.errors import BadQuestion
from schemas.issues import Issue
from schemas.numbers import spelt
from tests.reports import (
    BOOK,
    DDE,
    GIS,
    LAYER,
    SCRIPT,
    SRID,
    delivered_book,
    delivery,
    findings,
    invalid,
    lonlat,
    zone,
)

# Grouping


def unknown(row: int) -> Issue:
    return Issue("CODE_UNKNOWN", GIS, LAYER, row, "ma", "x", geom=invalid(row).geom)


def test_a_hundred_equal_findings_stay_single() -> None:
    issues = [unknown(row) for row in range(100)]
    assert grouped(issues) == tuple(issues)


def test_more_than_a_hundred_equal_findings_become_one_with_its_first_places() -> None:
    (one,) = grouped([unknown(row) for row in range(5000)])
    assert (one.code, one.count, one.row) == ("CODE_UNKNOWN", 5000, 0)
    assert one.geom is not None
    assert one.geom.geom_type == "MultiPoint"
    assert len(one.geom.geoms) == 20
    assert one.detail["rows"] == list(range(20))
    assert one.detail["findings"] == 5000


def test_repairs_stay_single_and_are_one_for_reading_with_sum_and_largest() -> None:
    repairs = [invalid(row, change_m2=row / 2 * (-1) ** row) for row in range(5000)]
    assert grouped(repairs) == tuple(repairs)
    (one,) = for_reading(repairs)
    assert one.count == 5000
    assert one.detail["changed_m2"] == sum(row / 2 for row in range(5000))
    assert one.detail["largest_m2"] == -4999 / 2
    assert one.detail["reason"] == "tự cắt"


def test_a_repair_whose_change_cannot_be_computed_is_not_added_up() -> None:
    repairs = [invalid(row, change_m2="?" if row else 1.5) for row in range(101)]
    (one,) = for_reading(repairs)
    assert (one.detail["changed_m2"], one.detail["largest_m2"]) == (1.5, 1.5)
    (none,) = for_reading(repairs[1:] + repairs[1:])
    assert "changed_m2" not in none.detail


def test_counts_of_grouped_findings_are_added_up() -> None:
    issues = [Issue("CODE_UNKNOWN", GIS, LAYER, n, "ma", f"X{n % 7}", 3) for n in range(101)]
    (one,) = grouped(issues)
    assert one.count == 303
    assert one.geom is None
    assert one.detail["values"] == [f"X{n}" for n in range(7)]


def test_findings_of_another_level_file_layer_or_column_are_not_equal() -> None:
    kinds = [
        Issue("CODE_UNKNOWN", GIS, LAYER, 1, "ma"),
        Issue("CODE_UNKNOWN", GIS, LAYER, 1, "khac"),
        Issue("CODE_UNKNOWN", GIS, "Lop", 1, "ma"),
        Issue("CODE_UNKNOWN", "b.gpkg", LAYER, 1, "ma"),
        Issue("CODE_UNKNOWN", GIS, LAYER, 1, "ma", severity="INFO"),
        Issue("NUMBER_UNREADABLE", GIS, LAYER, 1, "ma"),
    ]
    issues = [kind for kind in kinds for _ in range(101)]
    assert [(one.code, one.column, one.count) for one in grouped(issues)] == [
        (kind.code, kind.column, 101) for kind in kinds
    ]


# For programs


def test_json_lines_have_the_promised_members_and_end_with_the_summary() -> None:
    told = delivery(findings())
    *lines, summary = [json.loads(line) for line in json_lines(told)]
    assert summary == summary_document(told)
    assert summary["outcome"] == "reject"
    assert len(lines) == 5
    members = {
        "code", "level", "file", "layer", "row", "column", "value", "message", "fix",
        "repairable", "count", "geometry",
    }  # fmt: skip
    for line in lines:
        repair = {"change_m2"} if line["code"] == "GEOMETRY_INVALID" else set()
        assert set(line) == members | repair
    levels = ["FATAL", "ERROR", "WARNING", "INFO"]
    assert all(levels.index(a["level"]) <= levels.index(b["level"]) for a, b in pairwise(lines))


def geojson(told: Delivery) -> Any:
    return json.loads("".join(feature_lines(told)))


def test_geojson_has_every_finding_and_null_where_there_is_no_place() -> None:
    told = delivery(findings())
    collection = geojson(told)
    assert collection["type"] == "FeatureCollection"
    assert collection["report"] == summary_document(told)
    assert len(collection["features"]) == 5
    first, *others = collection["features"]
    assert first["geometry"]["type"] == "Point"
    assert all(feature["geometry"] is None for feature in others)
    assert first["properties"]["message_vi"] == issue_document(told.issues[-1])["message"]["vi"]
    assert geojson(delivery([]))["features"] == []


def test_programs_get_every_repair_with_its_own_area_difference() -> None:
    told = delivery(grouped([invalid(row, change_m2=row + 0.25) for row in range(150)]))
    changes = [row + 0.25 for row in range(150)]
    *lines, _ = map(json.loads, json_lines(told))
    assert [line["change_m2"] for line in lines] == changes
    assert [one["properties"]["change_m2"] for one in geojson(told)["features"]] == changes
    assert all(line["geometry"]["type"] == "Point" for line in lines)


def test_people_read_many_repairs_as_one_with_the_sum_and_the_largest() -> None:
    told = delivery(grouped([invalid(row, change_m2=12.5) for row in range(150)]))
    text = list(text_lines(told))
    said = "Tất cả 150 chỗ: diện tích đổi cộng lại 1.875 m², nhiều nhất 12,5 m²."
    assert [line.strip() for line in text if "Tất cả" in line] == [said]
    assert any("changes by 1,875 m² added up, by 12.5 m² at most" in line for line in text)
    page = html_page(told, SRID)
    assert page.count("Diện tích đổi cộng lại (m²)") == 1
    assert "1.875" in page


def test_very_many_repairs_are_written_without_holding_all_that_is_written() -> None:
    repair = invalid(1)
    told = delivery(grouped(replace(repair, row=row) for row in range(10_000)))
    tracemalloc.start()
    written = sum(len(line) for line in feature_lines(told))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert written > 5_000_000
    assert most < 1_000_000


# For a terminal


def test_a_text_moves_no_cursor_and_counts_what_it_leaves_out() -> None:
    lines = list(text_lines(delivery(findings())))
    assert not any(
        ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 for line in lines for letter in line
    )
    assert "Không đạt / rejected" in lines[-1]
    short = list(text_lines(delivery([invalid(row) for row in range(80)])))
    assert "… còn 30 mục nữa / 30 more" in short


# The page


def test_the_page_says_the_verdict_first_and_explains_every_code() -> None:
    page = html_page(delivery(findings()), SRID)
    headline = re.search(r"<h1>(.*?)</h1>", page)
    assert headline is not None
    assert headline[1] == "Không đạt: phải sửa 1 lỗi trước khi công bố."
    for issue in findings():
        assert f"<code>{issue.code}</code>" in page
    assert page.index("GEOMETRY_INVALID") < page.index("TEXT_RESTORED")
    assert "<td>§Êt ë</td><td>Đất ở</td>" in page


def test_nothing_of_the_data_becomes_part_of_the_page() -> None:
    page = html_page(delivery(findings()), SRID)
    assert SCRIPT not in page
    assert page.count("<script>") == 1
    assert "&lt;script&gt;" in page
    assert "phường Thử &lt;b&gt;" in page


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = html_page(delivery(findings()), SRID)
    assert not re.search(r"""(src|href)=["']?(?!#)[^"'#]""", page)
    assert "@import" not in page
    assert "url(" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert "default-src 'none'" in page


def test_a_clean_dossier_has_a_page_too() -> None:
    page = html_page(delivery([]), SRID)
    assert "Đạt: không có lỗi." in page
    assert "Không có gì phải nói thêm." in page
    bare = html_page(delivery([], versions=()), SRID)
    assert "<svg" not in bare


def test_five_thousand_findings_make_a_page_of_bounded_size() -> None:
    issues = [
        Issue("CODE_UNKNOWN", GIS, f"Lop{n % 60}", n, "ma", f"X{n}", geom=invalid(n).geom)
        for n in range(5000)
    ]
    page = html_page(delivery(grouped(issues)), SRID)
    assert len(page) < 2_000_000
    assert "×5000" in page
    assert page.count('class="mark ') == MOST_MARKS
    assert "Còn 4500 mục nữa" in page


def test_numbers_on_the_map_lead_to_their_findings() -> None:
    issues = [invalid(row) for row in range(7)]
    page = html_page(delivery(issues), SRID)
    marks = re.findall(r'<a href="#(f\d+)" aria-label', page)
    assert sorted(marks) == [f"f{number}" for number in range(1, 8)]
    assert all(page.count(f'id="{mark}"') == 1 for mark in marks)


def test_the_map_draws_the_plan_and_keeps_far_places_out_of_the_frame() -> None:
    near, far = invalid(1), Issue("GEOMETRY_INVALID", geom=shapely.Point(0.001, 0.001))
    drawn = report_map(delivery([near, far]), places_of([near, far]).values(), SRID)
    assert drawn is not None
    assert len(drawn.zones) == 108
    assert drawn.far == (2,)
    (mark,) = drawn.marks
    assert 0 < mark.x < 1000
    assert 0 < mark.y < drawn.height
    assert 700 < 1000 * drawn.metres < 1000


def test_large_zones_are_drawn_below_small_ones() -> None:
    told = delivery([])
    zones = told.versions[0].zones
    zones.loc[len(zones)] = [shapely.box(*told.versions[0].boundary.bounds)]
    drawn = report_map(told, [], SRID)
    assert drawn is not None
    whole = report_map(delivery([]), [], SRID)
    assert whole is not None
    assert len(drawn.zones) == 109
    assert set(drawn.zones[1:]) == set(whole.zones)


@pytest.mark.parametrize("metres", [0.0013, 0.02, 0.9, 1.0, 3.999, 4.0, 8.1, 777.0])
def test_the_scale_bar_is_a_round_length_and_no_longer_than_a_quarter(metres: float) -> None:
    drawn = ReportMap(500, "", (), (), metres)
    assert 100 <= drawn.bar <= 250
    assert drawn.bar * metres == pytest.approx(drawn.bar_metres, rel=1e-3)
    assert f"{drawn.bar_metres:.0e}"[0] in "125"
    assert drawn.bar_metres == pytest.approx(float(f"{drawn.bar_metres:.0e}"))


def test_the_map_has_a_scale_and_north_and_says_that_it_is_of_errors() -> None:
    page = html_page(delivery([invalid(1)]), SRID)
    assert "Bản đồ các chỗ có lỗi" in page
    assert "không phải bản đồ quy hoạch" in page
    assert "no plan map" in page
    assert re.search(r'class="scale".*<text y="-16">200 m</text>', page)
    assert 'aria-label="Hướng bắc ở phía trên / North is up"' in page
    assert "khoảng 842 m" in page
    assert "ranh giới quy hoạch" not in html_page(delivery([invalid(1)], versions=()), SRID)


def test_the_page_calls_the_profile_by_its_title() -> None:
    page = html_page(delivery([]), SRID)
    assert "theo Thông tư 16/2025/TT-BXD, Phụ lục II" in page
    assert "vn_circular16" not in page
    french = html_page(delivery([], profile="cnig", standard="cnig_PLU_2017"), SRID)
    assert "chỉ kiểm tra: cnig_PLU_2017" in french
    assert "<dd>cua-toi" in html_page(delivery([], profile="cua-toi"), SRID)


def test_numbers_have_the_separators_of_their_language() -> None:
    assert spelt(1234.5) == ("1.234,5", "1,234.5")
    assert spelt(-0.001) == ("0", "0")
    assert spelt(1_000_000) == ("1.000.000", "1,000,000")
    assert spelt(100.0, 0) == ("100", "100")
    assert distance(1949.0) == ("1,9 km", "1.9 km")
    assert distance(0.5) == ("0,5 m", "0.5 m")


def test_zones_too_small_to_see_are_left_out_of_the_map_and_counted() -> None:
    told = delivery([])
    zones = told.versions[0].zones
    zones.loc[0, "geom"] = shapely.Point(shapely.centroid(zone(0, 0))).buffer(0.1)
    drawn = report_map(told, [], SRID)
    assert drawn is not None
    assert (len(drawn.zones), drawn.left_out) == (107, 1)


def test_a_map_without_a_plan_shows_the_places_alone() -> None:
    issue = Issue("GEOMETRY_INVALID", geom=lonlat(zone(0, 0)))
    drawn = report_map(delivery([issue], versions=()), places_of([issue]).values(), SRID)
    assert drawn is not None
    assert (drawn.boundary, drawn.zones, len(drawn.marks)) == ("", (), 1)


def test_what_a_finding_knows_is_shown_in_tables_unless_its_sentence_says_it() -> None:
    detail = {
        "reason": "vòng hở",
        "area_before_m2": 2475.0,
        "area_after_m2": 2474.9,
        "readings": [
            {"name_vi": "không dịch", "name_en": "no shift", "metres": 27342.94},
            {"name_vi": "EPSG:5899", "name_en": "EPSG:5899", "metres": None},
        ],
        "before": "ab" * 32,
        "note": {"a": 1},
        "nothing": None,
        "empty": [],
        "rows": list(range(99)),
        "why_vi": "a",
    }
    shown = details_of(Issue("GEOMETRY_REPAIRED", GIS, LAYER, 1, detail=detail))
    assert [one.label.vi for one in shown] == ["Các cách đọc", "Trước", "note", "Các dòng đầu tiên"]
    assert shown[0].rows == (("không dịch / no shift", "27.342,94"), ("EPSG:5899", "–"))
    assert shown[1].text == "abababababab…"
    assert shown[3].text is not None
    assert shown[3].text.count(",") == 19


# The workbook


def written_book(tmp_path: Path, issues: list[Issue]) -> openpyxl.Workbook:
    told = delivery(issues, files=(delivered_book(tmp_path),))
    written = write_reports(told, report_folder(tmp_path / "out"), SRID)
    assert written.annotated
    return openpyxl.load_workbook(tmp_path / "out" / "79QPK1000001.xlsx")


def test_the_delivered_workbook_is_annotated_at_the_cells_that_findings_name(
    tmp_path: Path,
) -> None:
    sheet = written_book(tmp_path, findings())["HoSo"]
    comment = sheet["C2"].comment
    assert comment is not None
    first, second, *_ = comment.text.split("\n")
    assert first.startswith("Không hiểu số")
    assert second.startswith("Number")
    assert comment.text.endswith("ghi chú của người lập")
    assert sheet["C2"].fill.fgColor.rgb.endswith("FFE3B3")
    assert sheet["A2"].comment is None


def test_several_findings_about_one_cell_are_told_together(tmp_path: Path) -> None:
    one = Issue("NUMBER_UNREADABLE", BOOK, "HoSo", 1, "x", "1", detail={"cell": "F1"})
    error = Issue(
        "NUMBER_UNREADABLE", BOOK, "HoSo", 1, "x", "2", severity="ERROR", detail={"cell": "F1"}
    )
    sheet = written_book(tmp_path, [*[one] * 7, error])["HoSo"]
    block = sheet["E1"]
    assert block.comment.text.count("Không hiểu số") == 5
    assert "+3" in block.comment.text
    assert block.fill.fgColor.rgb.endswith("F8CFCF")


def test_the_workbook_of_a_report_holds_no_formula_and_no_link(tmp_path: Path) -> None:
    book = written_book(tmp_path, findings())
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert all(cell.hyperlink is None for cell in cells)
    hostile = [cell for cell in cells if str(cell.value).startswith("=")]
    assert [cell.value for cell in hostile] == [DDE]
    assert all(cell.quotePrefix for cell in hostile)


def test_the_list_has_a_line_for_every_finding(tmp_path: Path) -> None:
    rows = list(written_book(tmp_path, findings())["KiemTra"].values)
    assert len(rows) == 1 + 5
    codes = [row[1] for row in rows[1:]]
    assert codes[0] == "GEOMETRY_INVALID"
    assert sorted(codes) == sorted(issue.code for issue in findings())
    assert rows[1][2].startswith("Hình của lớp")


def test_the_workbook_lists_every_repair_in_numbers(tmp_path: Path) -> None:
    areas = {"area_before_m2": 100.0, "area_after_m2": 99.75}
    repairs = [invalid(row, change_m2=-0.25, **areas) for row in range(150)]
    book = written_book(tmp_path, [*findings(), *repairs, invalid(999, change_m2="?")])
    heading, *lines = book["SuaHinh"].values
    assert heading[-1] == "Sai khác (m²) / Change"
    assert len(lines) == 1 + 150 + 1
    assert lines[1] == ("GEOMETRY_INVALID", GIS, LAYER, 0, None, 1, 100, 99.75, -0.25)
    assert lines[-1][-3:] == (None, None, None)
    assert sum(row[1] == "GEOMETRY_INVALID" for row in book["KiemTra"].values) == 1


def test_without_a_workbook_the_list_stands_alone(tmp_path: Path) -> None:
    written = write_reports(delivery(findings()), report_folder(tmp_path / "out"), SRID)
    assert written.annotated
    book = openpyxl.load_workbook(tmp_path / "out" / "CSDL_Thử.xlsx")
    assert book.sheetnames == ["KiemTra", "SuaHinh"]


def test_a_workbook_that_cannot_be_opened_leaves_the_list_and_says_so(tmp_path: Path) -> None:
    book = delivered_book(tmp_path)
    book.location.write_bytes(b"PK\x03\x04 hong")
    told = delivery(findings(), files=(book,))
    written = write_reports(told, report_folder(tmp_path / "out"), SRID)
    assert not written.annotated
    assert openpyxl.load_workbook(tmp_path / "out" / "79QPK1000001.xlsx").sheetnames == [
        "KiemTra", "SuaHinh",
    ]  # fmt: skip


def test_cells_are_named_as_excel_names_them() -> None:
    from ingest.gate.workbook import SheetRows

    sheet = SheetRows("HoSo", heading=3, places={"Mã hồ sơ": 0, "Tỷ lệ": 27})
    assert cell_of(sheet, 5, "Tỷ lệ") == "AB5"
    assert cell_of(sheet, None, "Tỷ lệ") == "AB3"
    assert cell_of(sheet, 5, None) == "A5"
    assert cell_of(sheet, 5, "không có") is None
    assert cell_of(sheet, None, None) is None
    assert [letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


# The folder


def test_all_forms_are_written_and_written_again(tmp_path: Path) -> None:
    out = tmp_path / "báo cáo" / "1"
    names = {"report.html", "report.txt", "findings.jsonl", "findings.geojson", "CSDL_Thử.xlsx"}
    for issues in (findings(), [invalid(1)]):
        written = write_reports(delivery(issues), report_folder(out), SRID)
        assert {path.name for path in written.paths} == names
        assert {path.name for path in out.iterdir()} == {*names, ".sqh-report.json"}
    assert len((out / "findings.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_somebody_elses_file_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("của tôi", encoding="utf-8")
    with pytest.raises(BadQuestion, match=r"report\.html"):
        report_folder(tmp_path)
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == "của tôi"


def test_a_report_that_somebody_wrote_in_is_not_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_reports(delivery(findings()), report_folder(out), SRID)
    before = (out / "findings.jsonl").read_bytes()
    (out / "CSDL_Thử.xlsx").write_bytes(b"edited")
    with pytest.raises(BadQuestion, match="CSDL_Thử"):
        write_reports(delivery([]), report_folder(out), SRID)
    assert (out / "findings.jsonl").read_bytes() == before
    assert {path.name for path in out.iterdir() if path.is_dir()} == set()


def test_the_workbook_of_another_dossier_does_not_stay_behind(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_reports(delivery(findings()), report_folder(out), SRID)
    write_reports(delivery(findings(), name="khac.zip"), report_folder(out), SRID)
    assert (out / "khac.xlsx").exists()
    assert not (out / "CSDL_Thử.xlsx").exists()


def test_a_listing_cannot_name_files_outside_its_folder(tmp_path: Path) -> None:
    import hashlib

    out = tmp_path / "out"
    out.mkdir()
    victim = tmp_path / "ngoai.txt"
    victim.write_text("giữ", encoding="utf-8")
    digest = hashlib.sha256(victim.read_bytes()).hexdigest()
    listing = {"schema": "gate-report-files/1", "files": {"../ngoai.txt": digest}}
    (out / ".sqh-report.json").write_text(json.dumps(listing), encoding="utf-8")
    write_reports(delivery([]), report_folder(out), SRID)
    assert victim.exists()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x", encoding="utf-8")
    with pytest.raises(BadQuestion, match="out"):
        ReportFolder(tmp_path / "out")
