"""What the CRS detective says: ties, choices, files that differ, stated coordinates, places."""

from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pytest
import shapely
from typer.testing import CliRunner

from ingest.crs.case import Weighed
from ingest.crs.places import Places, known_places
from ingest.crs.readings import reading_of
from ingest.gate.crs_case import groups_of
from ingest.gate.crs_findings import check_crs
from ingest.readers import container
from ingest.sandbox.limits import Limits
from ingest.units import load_units
from schemas.errors import DeliveryUnreadable
from sqh import app
from tests.conftest import Register
from tests.crs_cases import (
    HCMC,
    NONE,
    STATED,
    codes_of,
    findings,
    inspected,
    layer,
    named,
    numbers,
    turned,
)
from tests.gate_dossier import (
    EAST,
    NORTH,
    Drawn,
    codes,
    inspect,
    plan_layers,
    put,
    square,
    write_dossier,
    write_layers,
)

ADMIN = "vn/vn_admin_2026.gpkg.zip"
MAPPING = """
id: vung
title: {vi: Vùng, en: Zones}
layers:
  - becomes: zone
    level: lot
    columns: {symbol: ma}
plan:
  code: [{value: P1}]
  level: [{value: other}]
  decision_date: [{value: 2025-01-01}]
"""


# Ties, statements and choices


def hcmc(*more: Any, label: str | None = "EPSG:9210", **wishes: Any) -> Any:
    """A small plan in the middle of Ho Chi Minh City, of which only the province is known."""
    plan = layer([square(0, 0, 300)], label)
    return inspected(plan, *more, **{"code": "79QPK1000001", "places": Places(), **wishes})


def test_label_and_statement_that_both_fit_are_a_tie_for_a_person() -> None:
    inspection = hcmc(stated="VN-2000, kinh tuyến trục 105°30', múi chiếu 3°")
    assert codes_of(inspection, "ERROR") == {"CRS_AMBIGUOUS"}
    (reading,) = named(inspection, "CRS_AMBIGUOUS")
    assert reading["srid"] == 9209
    assert reading["metres"] == pytest.approx(27_300, abs=200)
    assert codes_of(inspection, "WARNING") == {"CRS_STATEMENT_DIFFERS"}


def test_a_statement_that_cannot_be_true_leaves_the_label() -> None:
    inspection = hcmc(stated="VN-2000, KTT 108°15'")
    assert codes_of(inspection, "ERROR") == set()
    assert codes_of(inspection, "WARNING") == {"CRS_STATEMENT_DIFFERS", "CRS_NOT_PROVEN"}


def test_a_utm_label_under_a_three_degree_statement_is_a_tie() -> None:
    drawn = numbers(shapely.box(105.84, 21.02, 105.843, 21.023), 105.0)
    stated = "VN-2000, KTT 105°, múi 3°"
    inspection = inspected(
        layer([drawn], "EPSG:3405"), code="01QPK1000001", stated=stated, places=Places()
    )
    (reading,) = named(inspection, "CRS_AMBIGUOUS")
    assert reading["srid"] == 5897
    assert reading["metres"] == pytest.approx(698, abs=5)


def test_several_meridians_in_a_wide_place_are_all_shown_with_the_provinces_own_first() -> None:
    inspection = hcmc(label="EPSG:9208")
    assert codes_of(inspection, "ERROR") == {"CRS_AMBIGUOUS"}
    shown = [reading["srid"] for reading in named(inspection, "CRS_AMBIGUOUS")]
    assert shown[0] == 9210
    assert {9210, 9209, 9212} < set(shown)


def test_a_persons_choice_wins_and_is_recorded() -> None:
    inspection = hcmc(label="EPSG:5897", crs=9210, place=HCMC)
    assert codes_of(inspection, "ERROR") == set()
    (chosen,) = [issue for issue in findings(inspection) if issue.code == "CRS_CHOSEN"]
    assert (chosen.level, chosen.value) == ("INFO", "EPSG:9210")
    assert "EPSG:5897" in chosen.message.vi
    assert inspection.layers[0].srid == 9210


def test_a_choice_outside_the_stated_place_is_refused_where_one_reading_lies_in_it() -> None:
    inspection = hcmc(label="EPSG:9210", crs=5897, place=HCMC)
    (issue,) = findings(inspection, "ERROR")
    assert (issue.code, issue.value) == ("CRS_CHOICE_CONTRADICTED", "EPSG:5897")
    said = issue.message
    assert said.vi.startswith("Hệ tọa độ đã chọn EPSG:5897 không hợp với tọa độ")
    assert "theo hệ đã chọn nằm ngoài nơi khai (Phường Bến Thành, cách 8" in said.vi
    assert "Khớp hơn với EPSG:9210 (105°45′), kinh tuyến của tỉnh, lệch 82,0 km" in said.vi
    assert "by the choice lies outside the stated place (Phường Bến Thành, 8" in said.en
    assert "the province's meridian, 82.0 km off" in said.en
    assert "tệp ranh giới xã đúng" in issue.remedy.vi
    assert inspection.layers[0].srid == 5897
    assert inspection.layers[0].misread


def test_a_choice_against_weak_evidence_stands_with_a_warning() -> None:
    lots = [square(100 * i, 0) for i in range(12)]
    areas = [lot.area / (0.9996 / 0.9999) ** 2 for lot in lots]
    zones = layer(lots, "EPSG:5897", "ChucNangSuDungDat_A", dienTich=areas)
    inspection = inspected(zones, place=HCMC, crs=9210, places=Places())
    assert codes_of(inspection, "ERROR") == set()
    assert codes_of(inspection, "WARNING") == {"CRS_CHOICE_CONTRADICTED"}
    assert not inspection.layers[0].misread


def test_a_choice_among_several_readings_that_lie_in_a_wide_place_is_a_persons() -> None:
    inspection = hcmc(label="EPSG:9210", crs=9208)
    assert codes_of(inspection, "ERROR") == set()
    assert codes_of(inspection, "WARNING") == {"CRS_CHOICE_CONTRADICTED"}


@pytest.mark.shared_data
def test_a_right_choice_is_let_through_once_the_stated_place_is_corrected(
    exact_places: Places,
) -> None:
    wrong = hcmc(crs=9209, place=HCMC, places=exact_places)
    assert codes_of(wrong, "ERROR") == {"CRS_CHOICE_CONTRADICTED"}
    middle = Weighed.at(shapely.get_coordinates(square(0, 0)), reading_of(9209)).middle
    inside = exact_places.boundaries.around((*middle, *middle))  # type: ignore[union-attr]
    assert len(inside)
    corrected = hcmc(crs=9209, code="", place="Tỉnh Tây Ninh", places=exact_places)
    assert codes_of(corrected, "ERROR") == set()


def test_without_a_known_place_a_label_is_not_proven() -> None:
    inspection = hcmc(code="", place="Phường Minh Họa")
    told = {issue.code: issue.level for issue in findings(inspection)}
    assert told == {"CRS_WITHOUT_EVIDENCE": "WARNING", "PLACE_UNKNOWN": "INFO"}


def test_an_invented_place_needs_no_proof() -> None:
    (issue,) = findings(hcmc(code="99QPK1000001", place="Phường Minh Họa"))
    assert (issue.code, issue.level) == ("CRS_WITHOUT_EVIDENCE", "INFO")


def test_an_invented_code_does_not_excuse_a_dossier_that_names_a_real_place() -> None:
    (issue,) = findings(hcmc(code="99QPK1000001", place=HCMC))
    assert (issue.code, issue.level) == ("CRS_NOT_PROVEN", "WARNING")


@pytest.mark.parametrize(
    "place",
    ["Bến Thành, TP.HCM", "Ben Thanh, Ho Chi Minh", "phuong ben thanh, tp hcm", "Bến Thành, TPHCM"],
)
def test_a_place_without_marks_or_types_is_known(place: str) -> None:
    inspection = hcmc(code="", place=place)
    assert codes_of(inspection) == {"CRS_NOT_PROVEN"}
    (issue,) = findings(inspection)
    assert "Phường Bến Thành" in issue.message.vi


@pytest.mark.parametrize("place", ["Bến Thành", "Việt Nam", "Ben Thanh"])
def test_a_name_without_type_and_province_is_no_evidence(place: str) -> None:
    assert codes_of(hcmc(code="", place=place)) == {"CRS_WITHOUT_EVIDENCE"}


def test_a_district_without_its_type_is_meant_whole() -> None:
    (lower, province) = Places().ground(["Dong Anh, Ha Noi"], [], [])
    assert (lower.name, province.name) == ("Huyện Đông Anh", "Thành phố Hà Nội")


def test_a_misspelt_commune_is_told_with_the_names_like_it() -> None:
    inspection = hcmc(code="", place="Phường Bến Thàn, Thành phố Hồ Chí Minh")
    (issue,) = [one for one in findings(inspection) if one.code == "PLACE_UNKNOWN"]
    assert (issue.level, issue.column, issue.value) == ("WARNING", "Địa điểm", "Phường Bến Thàn")
    assert "tên gần giống: Phường Bến Thành" in issue.message.vi
    assert "…" not in issue.message.vi + issue.message.en


@pytest.mark.parametrize(
    "place", [HCMC, "Xã Đông Anh, huyện Đông Anh, TP Hà Nội", "Phường 12, Quận 3, TPHCM", ""]
)
def test_a_place_of_the_list_is_not_said_to_be_unknown(place: str) -> None:
    assert Places().unknown([place], []) == ()


@pytest.mark.shared_data
def test_a_commune_that_no_reading_reaches_is_told_and_the_province_judges(
    exact_places: Places,
) -> None:
    inspection = hcmc(place="Xã Cần Giờ, Thành phố Hồ Chí Minh", places=exact_places)
    assert codes_of(inspection) == {"CRS_PLACE_DIFFERS", "CRS_NOT_PROVEN"}
    (issue,) = [i for i in findings(inspection) if i.code == "CRS_PLACE_DIFFERS"]
    assert "Xã Cần Giờ: cách" in issue.message.vi


@pytest.mark.shared_data
def test_a_place_in_another_province_fits_no_reading(exact_places: Places) -> None:
    inspection = hcmc(code="", place="Phường Ba Đình, Thành phố Hà Nội", places=exact_places)
    assert codes_of(inspection, "ERROR") == {"CRS_FITS_NOWHERE"}


# Files that differ


def marks(label: str | None, away_m: float = 0.0, **columns: Any) -> Any:
    points = [shapely.Point(EAST + away_m + i, NORTH + 2 * i) for i in (0, 100, 200, 300)]
    return layer(points, label, "MocGioiQuyHoach_P", "HoSoGIS/MocGioi.gpkg", **columns)


def test_an_unlabelled_file_is_read_by_the_labelled_one_beside_it() -> None:
    inspection = hcmc(marks(None), place=HCMC)
    assert codes_of(inspection, "ERROR") == {"CRS_MISSING"}
    assert named(inspection, "CRS_READINGS")[0]["srid"] == 9210
    (hint,) = [issue for issue in findings(inspection) if issue.code == "CRS_READINGS"]
    assert (hint.level, hint.file) == ("INFO", "HoSoGIS/MocGioi.gpkg")


def test_each_of_two_labels_gets_its_own_verdict() -> None:
    inspection = hcmc(marks("EPSG:5897"), place=HCMC)
    assert codes_of(inspection, "ERROR") == {"CRS_MIXED", "CRS_LABEL_CONTRADICTED"}
    (issue,) = [i for i in findings(inspection) if i.code == "CRS_LABEL_CONTRADICTED"]
    assert (issue.file, issue.value) == ("HoSoGIS/MocGioi.gpkg", "EPSG:5897")


def test_a_layer_in_another_zone_under_the_same_label_is_found() -> None:
    inspection = hcmc(marks("EPSG:9210", away_m=-27_300), place=HCMC)
    (issue,) = [i for i in findings(inspection) if i.code == "CRS_LABEL_CONTRADICTED"]
    assert issue.layer == "MocGioiQuyHoach_P"
    assert named(inspection, "CRS_LABEL_CONTRADICTED")[0]["srid"] == 9211


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda xy: xy + np.array([18_000_000, 0]), "số đới"),
        (lambda xy: xy - [600_000, 1_190_000], "lưới giả định"),
    ],
)
def test_numbers_of_no_known_system_are_asked_about(spoil: Any, word: str) -> None:
    drawn = shapely.transform(square(0, 0), spoil)
    inspection = inspected(layer([drawn], None), code="79QPK1000001", places=Places())
    (hint,) = [issue for issue in findings(inspection) if issue.code == "CRS_READINGS"]
    assert word in hint.message.vi
    assert codes_of(inspection, "ERROR") == {"CRS_MISSING"}


def test_a_layer_without_finite_coordinates_is_left_alone() -> None:
    nowhere = shapely.Point(np.inf, np.nan)
    inspection = hcmc(layer([nowhere], "EPSG:9210", "MocGioiQuyHoach_P"), place=HCMC)
    assert codes_of(inspection) >= {"CRS_NOT_PROVEN"}


# Stated coordinates and sizes


def test_stated_coordinates_exclude_shift_and_scale() -> None:
    table: dict[str, Any] = {
        "toaDoX": [NORTH, NORTH + 200, NORTH + 400, NORTH + 600],
        "toaDoY": [EAST, EAST + 100, EAST + 200, EAST + 300],
    }
    with_table = hcmc(marks("EPSG:9210", **table), place=HCMC, stated=STATED)
    assert codes_of(with_table) == {"CRS_PROVEN"}
    without = hcmc(marks("EPSG:9210"), place=HCMC, stated=STATED)
    assert codes_of(without) == {"CRS_NOT_PROVEN"}


def test_stated_coordinates_show_a_missing_datum_shift() -> None:
    points = numbers(
        shapely.MultiPoint([(106.694, 10.770), (106.696, 10.771), (106.697, 10.769)]), 105.75
    )
    table = shapely.get_coordinates(points)
    shifted = numbers(
        shapely.MultiPoint([(106.694, 10.770), (106.696, 10.771), (106.697, 10.769)]),
        105.75,
        shift=NONE,
    )
    mark = layer(
        shapely.get_parts(shifted),
        "EPSG:9210",
        "MocGioiQuyHoach_P",
        "HoSoGIS/MocGioi.gpkg",
        toaDoX=list(table[:, 1]),
        toaDoY=list(table[:, 0]),
    )
    inspection = inspected(mark, place=HCMC, stated=STATED, places=Places())
    (issue,) = findings(inspection, "ERROR")
    assert issue.code == "CRS_LABEL_CONTRADICTED"
    assert issue.detail["readings"][0]["metres"] == pytest.approx(225, abs=2)


@pytest.mark.parametrize(("stretch", "caught"), [(1.0, False), (0.9996 / 0.9999, True)])
def test_sizes_that_differ_by_the_scales_ratio_speak_against_the_label(
    stretch: float, caught: bool
) -> None:
    lots = [square(100 * i, 0) for i in range(12)]
    areas = [lot.area / stretch**2 for lot in lots]
    zones = layer(lots, "EPSG:9210", "ChucNangSuDungDat_A", dienTich=areas)
    inspection = inspected(zones, place=HCMC, stated=STATED, places=Places())
    assert ("CRS_LABEL_CONTRADICTED" in codes_of(inspection, "ERROR")) == caught


# Places


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("text", "codes", "level"),
    [
        ("Phường Bến Nghé, Quận 1, TP.HCM", {"26740"}, "commune"),
        ("các xã Bình Hưng, Phong Phú và Đa Phước, huyện Bình Chánh", None, "commune"),
        ("Quận 1, TP. Hồ Chí Minh", None, "district"),
        ("tỉnh Bà Rịa - Vũng Tàu", None, "province"),
        ("Khu vực giáp sông", None, None),
    ],
)
def test_old_and_new_places_are_found_in_text(
    text: str, codes: set[str] | None, level: str | None, exact_places: Places
) -> None:
    grounds = exact_places.ground([text], [], ["79"] if "sông" not in text else [])
    assert (grounds[0].level if grounds else None) == level
    if grounds:
        assert grounds[0].exact
        assert (106.3, 8.5) < tuple(grounds[0].region.parts[0].bounds[:2]) < (107.6, 11.6)


def test_typed_marks_are_held_to() -> None:
    (only_province,) = Places().ground(["Phường Minh Họa"], [], ["79"])
    assert only_province.level == "province"


@pytest.mark.shared_data
def test_the_name_of_the_plan_helps_where_no_place_is_stated(exact_places: Places) -> None:
    name = "Quy hoạch phân khu 1/2000 phường Bến Thành, Thành phố Hồ Chí Minh"
    assert [g.level for g in exact_places.ground([], [name], ["79"])] == ["commune", "province"]


def test_a_boundary_file_that_cannot_be_read_is_an_error_of_the_caller(tmp_path: Path) -> None:
    (tmp_path / "boundaries.fgb").write_bytes(b"hong")
    with pytest.raises(DeliveryUnreadable):
        known_places(None, tmp_path / "boundaries.fgb")
    with pytest.raises(DeliveryUnreadable):
        known_places(tmp_path / "khong_co.gpkg", tmp_path / "boundaries.fgb")
    assert known_places(None, tmp_path / "khong_co.fgb") == Places()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.kml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><kml>&b;</kml>", "DOCTYPE"),
        ("a.gpkg", b"<OGRVRTDataSource></OGRVRTDataSource>", "points to data outside"),
        ("a.zip", b"PK\x03\x04 hong", "damaged"),
        ("a.txt", b"code,full_name", "no layer of a map"),
    ],
)
def test_a_boundary_file_is_refused_by_the_same_walls_with_the_reason(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    with pytest.raises(DeliveryUnreadable, match=why) as caught:
        known_places(put(tmp_path / name, content), tmp_path / "none.fgb")
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.shared_data
def test_a_boundary_file_is_read_in_a_process_of_its_own(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "Limits", lambda: Limits(file_bytes=1000))
    with pytest.raises(DeliveryUnreadable, match="bytes written"):
        known_places(shared_data / ADMIN, tmp_path / "none.fgb")


# End to end


@pytest.mark.shared_data
def test_a_whole_dossier_with_the_next_meridian_is_refused(
    tmp_path: Path, exact_places: Places
) -> None:
    folder = write_dossier(tmp_path, crs="EPSG:9209", hoso={"Địa điểm": HCMC})
    delivery = inspect(folder, tmp_path / "work", places=exact_places)
    assert "CRS_LABEL_CONTRADICTED" in codes(delivery, "ERROR")
    (issue,) = [i for i in delivery.issues if i.code == "CRS_LABEL_CONTRADICTED"]
    assert "EPSG:9210 (105°45′)" in str(issue.message)
    chosen = inspect(folder, tmp_path / "again", places=exact_places, crs=9210)
    assert codes(chosen, "ERROR") == []
    bounds = shapely.bounds(chosen.versions[0].boundary)
    assert bounds[0] == pytest.approx(603_000)


@pytest.mark.shared_data
def test_a_right_dossier_passes_with_the_packed_boundaries_as_delivered(
    shared_data: Path, tmp_path: Path
) -> None:
    folder = write_dossier(tmp_path, hoso={"Địa điểm": HCMC})
    places = known_places(shared_data / ADMIN, tmp_path / "none.fgb")
    delivery = inspect(folder, tmp_path / "work", places=places)
    assert codes(delivery, "ERROR") == []
    (word,) = [issue for issue in delivery.issues if issue.code.startswith("CRS_")]
    assert word.code in ("CRS_NOT_PROVEN", "CRS_PLACE_DIFFERS")


def test_swapped_axes_in_a_file_are_shown_with_their_reading(tmp_path: Path) -> None:
    layers = plan_layers()
    for drawn in layers.values():
        drawn.geoms = [turned(g) for g in drawn.geoms if g]
    folder = write_dossier(tmp_path, layers=layers, hoso={"Địa điểm": HCMC})
    delivery = inspect(folder, tmp_path / "work")
    (hint,) = [issue for issue in delivery.issues if issue.code == "CRS_READINGS"]
    assert "EPSG" not in hint.message.vi
    assert "đổi trục" in hint.message.vi


def test_a_dossier_of_another_country_is_none_of_the_detectives_business(tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    shape = shapely.box(700_000, 6_600_000, 700_100, 6_600_100)
    drawn = {"vung": Drawn("A", [shape], {"ma": ["A"]}, "EPSG:2154")}
    write_layers(tmp_path / "vung", "gpkg", drawn, None)
    delivery = inspect(tmp_path / "vung.gpkg", tmp_path / "work", profile=tmp_path / "mapping.yaml")
    assert [issue.code for issue in delivery.issues if issue.code.startswith("CRS_")] == []


@pytest.mark.slow
def test_loaded_boundaries_are_left_as_a_file_for_checks(
    register: Register, sample_files: Path, tmp_path: Path
) -> None:
    home = register.settings
    file = sample_files / "don-vi-hanh-chinh.gpkg"
    assert not home.boundary_file.exists()
    load_units(file, url=register.url, settings=home, now=datetime(2026, 11, 1, tzinfo=UTC))
    places = known_places(None, home.boundary_file)
    (ward,) = places.ground(["Phường Minh Họa"], [], ["99"])
    assert ward.exact
    dossier = sample_files / "ho-so-99QPK1010001.zip"
    delivery = inspect(dossier, tmp_path / "work", places=places)
    (word,) = [issue for issue in delivery.issues if issue.code.startswith("CRS_")]
    assert word.code == "CRS_PROVEN"
    assert "nằm trong Phường Minh Họa" in word.message.vi
    assert "nếu bảng ấy đúng" in word.message.vi
    written = home.boundary_file.stat().st_mtime_ns
    load_units(file, url=register.url, settings=home, now=datetime(2026, 11, 2, tzinfo=UTC))
    assert home.boundary_file.stat().st_mtime_ns == written


@pytest.mark.shared_data
@pytest.mark.slow
def test_check_takes_a_choice_and_boundaries_on_the_command_line(
    shared_data: Path, tmp_path: Path
) -> None:
    folder = write_dossier(tmp_path, crs="EPSG:9209", hoso={"Địa điểm": HCMC})
    wishes = ["check", str(folder), "--json", "--boundaries", str(shared_data / ADMIN)]
    refused = CliRunner().invoke(app, wishes)
    assert refused.exit_code == 1
    assert "CRS_LABEL_CONTRADICTED" in refused.stdout
    chosen = CliRunner().invoke(app, [*wishes, "--crs", "EPSG:9210"])
    assert chosen.exit_code == 0, chosen.stdout
    assert "CRS_CHOSEN" in chosen.stdout


@pytest.mark.slow
def test_a_million_features_cost_little() -> None:
    points = shapely.points(EAST + np.arange(1_000_000) % 1000, NORTH + np.arange(1_000_000) / 1000)
    many = layer(points, "EPSG:9210", "GhiChu_P")
    group = layer([square(0, 0, 300)], "EPSG:9210")
    inspection = inspected(many, group, place=HCMC, places=Places())
    assert codes_of(inspection) == {"CRS_NOT_PROVEN"}
    started = process_time()
    assert [issue.code for issue in check_crs(inspection)] == ["CRS_NOT_PROVEN"]
    assert process_time() - started < 1.5


def test_a_collection_among_the_boundaries_leaves_the_outline_as_evidence() -> None:
    mixed = shapely.GeometryCollection([square(0, 0), shapely.Point(EAST, NORTH)])
    (group,) = groups_of([layer([mixed, square(0, 0, 300)], "EPSG:9210")])
    (outline,) = group.traces
    assert outline.length == pytest.approx(1200)


def test_labelled_numbers_of_no_known_system_fit_nowhere() -> None:
    cut = shapely.transform(square(0, 0), lambda xy: xy + np.array([0, 1_500_000]))
    inspection = inspected(layer([cut], "EPSG:9210"), place=HCMC, places=Places())
    assert "CRS_FITS_NOWHERE" in codes_of(inspection, "ERROR")
    (hint,) = [issue for issue in findings(inspection) if issue.code == "CRS_READINGS"]
    assert "lưới giả định" in hint.message.vi
