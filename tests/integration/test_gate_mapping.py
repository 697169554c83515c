"""Any single vector file goes through a mapping profile: many plans, other CRSs, other words."""

import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import shapely
import yaml

from ingest.delivery import Delivery
from schemas.crs import transformer
from schemas.errors import DeliveryUnreadable, ProfileInvalid
from tests.gate_dossier import DRIVERS, Drawn, codes, inspect, square, write_layers

PROFILES = Path(__file__).parents[1] / "profiles"
TW = PROFILES / "tw_zoning.yaml"


@pytest.mark.shared_data
def test_98_taiwanese_plans_are_refused_for_27_shapes_and_accepted_with_repairs(
    shared_data: Path, tmp_path: Path
) -> None:
    path = shared_data / "zoning" / "tw_zoning_4_counties.gpkg.zip"
    refused = inspect(path, tmp_path / "a", profile=TW, storage_srid=3826)
    assert refused.rejected
    assert codes(refused, "ERROR") == ["GEOMETRY_INVALID"] * 27
    errors = [issue for issue in refused.issues if issue.level == "ERROR"]
    assert all(issue.geom is not None and 119 < issue.geom.x < 123 for issue in errors)
    taken = inspect(path, tmp_path / "b", profile=TW, storage_srid=3826, accept_repairs=True)
    assert not taken.rejected
    repaired = [issue for issue in taken.issues if issue.code == "GEOMETRY_REPAIRED"]
    assert len(repaired) == 27
    assert all(issue.detail["before"] != issue.detail["after"] for issue in repaired)
    assert len(taken.versions) == 98
    assert len({version.plan_id for version in taken.versions}) == 98
    assert sum(len(version.zones) for version in taken.versions) == 24_733
    for version in taken.versions:
        assert shapely.is_valid(version.zones.geom.to_numpy(dtype=object)).all()
        assert version.boundary.is_valid
        assert version.themes == {"land_use"}


@pytest.mark.shared_data
def test_floor_area_ratios_in_percent_become_numbers(shared_data: Path, tmp_path: Path) -> None:
    packed = shared_data / "zoning" / "tw_plan_Q0301.geojson.gz"
    fields = json.loads(gzip.decompress(packed.read_bytes()))["features"][0]["properties"]
    far = next(name for name in fields if "容積" in name)
    profile = {
        **yaml.safe_load(TW.read_text(encoding="utf-8")),
        "layers": [
            {
                "becomes": "zone",
                "level": "lot",
                "columns": {"far": {"column": far, "unit": "percent"}},
            }
        ],
        "plan": {"code": "Q0301", "valid_from": "2020-01-01", "level": "zoning"},
    }
    (tmp_path / "q.yaml").write_text(yaml.safe_dump(profile, allow_unicode=True), encoding="utf-8")
    delivery = inspect(
        packed, tmp_path / "a", profile=tmp_path / "q.yaml", storage_srid=3826, accept_repairs=True
    )
    (version,) = delivery.versions
    ranges = version.zones[version.zones.far_text == "150~200"]
    assert len(ranges)
    assert set(ranges.far_min) == {1.5}
    assert set(ranges.far_max) == {2.0}
    assert version.zones[version.zones.far_text == "-"].far_max.isna().all()


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "vung.yaml"
    path.write_text(
        """
id: vung
title: {vi: Vùng, en: Areas}
invented: true
layers:
  - becomes: zone
    level: lot
    columns:
      symbol: ma
      function_1: {column: loai, codes: functions}
      setback_m: {column: lui}
      storeys: {value: '5'}
codes:
  functions: {O: Đất ở, CX: Đất cây xanh}
plan: {code: MAU-1, name: Quy hoạch mẫu, level: detailed, kind: urban, scale: 500,
       valid_from: 2024-01-01, valid_to: 2034-01-01}
""",
        encoding="utf-8",
    )
    return path


def zones(crs: str = "EPSG:9210", **columns: list[object]) -> dict[str, Drawn]:
    given = {"ma": ["A", "B"], "loai": ["O", "XX"], "lui": ["6m", "cao"], **columns}
    return {"vung": Drawn("A", [square(0, 0), square(100, 0)], given, crs)}


@pytest.mark.parametrize("form", sorted(DRIVERS))
def test_a_lone_file_of_any_format_becomes_one_version(
    tmp_path: Path, mapping: Path, form: str
) -> None:
    write_layers(tmp_path / "vung", form, zones(), None)
    path = tmp_path / "vung" / "vung.shp" if form == "shp" else tmp_path / f"vung.{form}"
    delivery = inspect(path, tmp_path / "work", profile=mapping)
    assert codes(delivery, "ERROR") == []
    assert sorted(codes(delivery)) == ["CODE_UNKNOWN", "INDICATOR_UNREADABLE"]
    assert delivery.invented
    (version,) = delivery.versions
    assert (version.plan_id, version.plan_level, version.scale) == ("mau-1", "detailed", 500)
    assert str(version.valid_to) == "2034-01-02"
    first, second = version.zones.itertuples()
    assert (first.symbol, first.function_1, first.setback_m) == ("A", "Đất ở", 6)
    assert (first.storeys_min, first.storeys_text) == (5, "5")
    assert second.function_1 is None
    assert second.attributes["loai"] == "XX"
    assert version.boundary.area == pytest.approx(20_000)


def test_a_gzipped_file_is_read(tmp_path: Path, mapping: Path) -> None:
    write_layers(tmp_path / "vung", "gpkg", zones(), None)
    packed = tmp_path / "vung.gpkg.gz"
    packed.write_bytes(gzip.compress((tmp_path / "vung.gpkg").read_bytes()))
    assert len(inspect(packed, tmp_path / "work", profile=mapping).versions[0].zones) == 2


def test_a_column_the_profile_names_must_be_there(tmp_path: Path, mapping: Path) -> None:
    drawn = zones()
    del drawn["vung"].columns["ma"]
    write_layers(tmp_path / "vung", "gpkg", drawn, None)
    delivery = inspect(tmp_path / "vung.gpkg", tmp_path / "work", profile=mapping)
    (missing,) = [issue for issue in delivery.issues if issue.level == "ERROR"]
    assert (missing.code, missing.layer, missing.column) == ("COLUMN_MISSING", "vung", "ma")


def test_a_layer_the_profile_names_must_be_there(tmp_path: Path) -> None:
    write_layers(tmp_path / "vung", "gpkg", zones("EPSG:3826"), None)
    delivery = inspect(tmp_path / "vung.gpkg", tmp_path / "work", profile=TW, storage_srid=3826)
    assert "LAYER_MISSING" in codes(delivery, "ERROR")
    assert delivery.versions == ()


def test_rows_without_a_plan_code_are_an_error_and_others_are_kept_apart(tmp_path: Path) -> None:
    given = {
        name: ["x"] * 3
        for name in [
            "zone_code",
            "zone_class",
            "zone_name",
            "zone_subclass",
            "ref_area",
            "bcr",
            "far",
        ]
    }
    given |= {"plan_code": ["P1", "P2", ""], "plan_name": ["Một", "Hai", "Ba"]}
    shapes = [shapely.box(i, 0, i + 1, 1) for i in range(3)]
    shapes = [shapely.transform(s, lambda xy: xy * 100 + [250_000, 2_700_000]) for s in shapes]
    write_layers(tmp_path / "a", "gpkg", {"tw_zoning": Drawn("A", shapes, given)}, "EPSG:3826")
    delivery = inspect(tmp_path / "a.gpkg", tmp_path / "work", profile=TW, storage_srid=3826)
    (error,) = [issue for issue in delivery.issues if issue.level == "ERROR"]
    assert (error.code, error.row) == ("PLAN_CODE_EMPTY", 3)
    assert [v.plan_name for v in delivery.versions] == ["Một", "Hai"]
    assert [len(v.zones) for v in delivery.versions] == [1, 1]


def test_the_profiles_crs_beats_a_wrong_label_and_says_so(tmp_path: Path, mapping: Path) -> None:
    text = mapping.read_text(encoding="utf-8").replace("invented: true", "crs: EPSG:9210")
    mapping.write_text(text, encoding="utf-8")
    write_layers(tmp_path / "vung", "gpkg", zones("EPSG:5897"), None)
    delivery = inspect(tmp_path / "vung.gpkg", tmp_path / "work", profile=mapping)
    assert "CRS_LABEL_DIFFERS" in codes(delivery, "WARNING")
    assert shapely.bounds(delivery.versions[0].boundary)[0] == pytest.approx(603_000)


def test_the_profiles_crs_settles_labels_that_differ(tmp_path: Path, mapping: Path) -> None:
    changed(mapping, "invented: true", "crs: EPSG:9210")
    drawn = zones("EPSG:9210") | {"khac": zones("EPSG:32648")["vung"]}
    changed(mapping, "  - becomes: zone", "  - layer: vung\n    becomes: zone")
    write_layers(tmp_path / "vung", "gpkg", drawn, None)
    found = codes(inspect(tmp_path / "vung.gpkg", tmp_path / "work", profile=mapping))
    assert "CRS_LABEL_DIFFERS" in found
    assert "CRS_MIXED" not in found


def test_a_mapping_that_finds_no_zone_is_an_error(tmp_path: Path, mapping: Path) -> None:
    changed(mapping, "level: detailed", "level: general")
    empty = Drawn("A", [], {"ma": [], "loai": [], "lui": []}, "EPSG:9210")
    write_layers(tmp_path / "vung", "gpkg", {"vung": empty}, None)
    delivery = inspect(tmp_path / "vung.gpkg", tmp_path / "work", profile=mapping)
    assert codes(delivery, "ERROR") == ["ZONES_MISSING"]


def test_a_file_that_nobody_recognises_asks_for_a_profile(tmp_path: Path, mapping: Path) -> None:
    write_layers(tmp_path / "vung", "gpkg", zones(), None)
    delivery = inspect(tmp_path / "vung.gpkg", tmp_path / "work")
    assert codes(delivery) == ["PROFILE_UNMATCHED"]
    assert delivery.versions == ()


def test_a_wrong_path_or_profile_is_an_error_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(DeliveryUnreadable):
        inspect(tmp_path / "khong_co", tmp_path / "work")
    (tmp_path / "a.gpkg").write_bytes(b"")
    with pytest.raises(ProfileInvalid):
        inspect(tmp_path / "a.gpkg", tmp_path / "work", profile="khong_co")


@pytest.mark.shared_data
def test_metres_in_a_file_that_promises_degrees_are_out_of_place(
    shared_data: Path, tmp_path: Path, mapping: Path
) -> None:
    source = next((shared_data / "zoning" / "uk").rglob("uk_utf8_bom.geojson*"))
    path = Path(shutil.copy(source, tmp_path / source.name))
    delivery = inspect(path, tmp_path / "work", profile=mapping)
    assert "CRS_OUTSIDE_PLACE" in codes(delivery, "ERROR")


def test_boundary_is_the_union_of_zones_where_none_is_drawn(tmp_path: Path, mapping: Path) -> None:
    shapes = [square(0, 0), square(50, 0)]
    drawn = {"vung": Drawn("A", shapes, {"ma": ["A", "B"], "loai": ["O", "CX"], "lui": ["", ""]})}
    write_layers(tmp_path / "vung", "gpkg", drawn, "EPSG:9210")
    delivery = inspect(tmp_path / "vung.gpkg", tmp_path / "work", profile=mapping)
    assert delivery.versions[0].boundary.area == pytest.approx(15_000)
    assert np.isnan(delivery.versions[0].zones.setback_m).all()


def changed(mapping: Path, old: str, new: str) -> Path:
    """The mapping with one of its words replaced."""
    text = mapping.read_text(encoding="utf-8")
    assert old in text
    mapping.write_text(text.replace(old, new), encoding="utf-8")
    return mapping


def read_json(tmp_path: Path, mapping: Path, *rows: dict[str, object]) -> Delivery:
    """The gate's reading of a GeoJSON whose rows have these properties (100 m squares)."""
    shapes = shapely.transform(
        [square(100 * n, 0) for n in range(len(rows))],
        lambda points: np.column_stack(
            transformer(9210, 4326).transform(points[:, 0], points[:, 1])
        ),
    )
    features = [
        {"type": "Feature", "properties": row, "geometry": json.loads(shapely.to_geojson(shape))}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    path = tmp_path / "vung.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return inspect(path, tmp_path / "work", profile=mapping)


ROW: dict[str, object] = {"ma": "A", "loai": "O", "lui": ""}
BY_CODE = ("{code: MAU-1,", "{code: {column: do_an},")


def test_two_codes_that_would_be_one_plan_are_an_error(tmp_path: Path, mapping: Path) -> None:
    changed(mapping, *BY_CODE)
    rows = [ROW | {"do_an": code} for code in ("P-1", "p/1", "Q")]
    delivery = read_json(tmp_path, mapping, *rows)
    (error,) = [issue for issue in delivery.issues if issue.level == "ERROR"]
    assert (error.code, error.value) == ("PLAN_ID_SHARED", "p/1")
    assert "P-1" in error.message.vi


def test_adjustments_of_one_plan_share_its_id_without_complaint(
    tmp_path: Path, mapping: Path
) -> None:
    changed(mapping, *BY_CODE)
    plan_code = r"""plan_code: {pattern: '^(?P<plan>[A-Z]+)-(?P<overall>\\d)(?P<local>\\d)$',
                   id: '{plan}'}, name:"""
    changed(mapping, "name:", plan_code.replace("\\\\", "\\"))
    rows = [ROW | {"do_an": code} for code in ("P-00", "P-01")]
    delivery = read_json(tmp_path, mapping, *rows)
    assert codes(delivery, "ERROR") == []
    assert [(v.plan_id, v.adjustment_kind) for v in delivery.versions] == [
        ("p", "first"), ("p", "local"),
    ]  # fmt: skip


def test_a_plan_code_without_adjustment_digits_is_a_first_plan(
    tmp_path: Path, mapping: Path
) -> None:
    changed(mapping, "name:", "plan_code: {pattern: '^(?P<plan>[A-Z]+)', id: '{plan}'}, name:")
    (version,) = read_json(tmp_path, mapping, ROW).versions
    assert (version.plan_id, version.adjustment_kind) == ("mau", "first")


def test_whole_numbers_stay_whole_where_a_row_has_none(tmp_path: Path, mapping: Path) -> None:
    changed(mapping, *BY_CODE)
    rows = [ROW | {"ma": 3, "do_an": 101}, ROW | {"ma": None, "do_an": 101}]
    (version,) = read_json(tmp_path, mapping, *rows).versions
    assert (version.plan_id, version.plan_code) == ("101", "101")
    assert version.zones.symbol.tolist() == ["3", None]
    assert version.zones.attributes[0]["ma"] == 3


def test_numbers_written_with_vietnamese_thousands_are_thousands(
    tmp_path: Path, mapping: Path
) -> None:
    changed(
        mapping, "symbol: ma", "symbol: ma\n      population: so_dan\n      area_declared_m2: dt"
    )
    cells = [
        ("1.234", "12.345"), ("1.234.567", "12.345,5 m²"), ("1 234", "345"), ("-", "0"),
        ("khoảng 300", "1,5ha"), ("1,234", "12,5"),
    ]  # fmt: skip
    rows = [ROW | {"so_dan": people, "dt": area} for people, area in cells]
    delivery = read_json(tmp_path, mapping, *rows)
    zones = delivery.versions[0].zones
    assert zones.population.fillna(0).tolist() == [1234, 1_234_567, 1234, 0, 0, 0]
    area = [12_345, 12_345.5, 345, None, None, 12.5]
    assert [None if np.isnan(a) else a for a in zones.area_declared_m2] == area
    unread = [i for i in delivery.issues if i.code == "NUMBER_UNREADABLE"]
    assert [(i.column, i.value) for i in unread] == [
        ("so_dan", "khoảng 300"), ("so_dan", "1,234"), ("dt", "1,5ha"),
    ]  # fmt: skip
    assert all("dòng" in i.message.vi for i in unread)


def test_a_number_is_no_text_and_keeps_its_decimals(tmp_path: Path, mapping: Path) -> None:
    changed(
        mapping, "symbol: ma", "symbol: ma\n      population: so_dan\n      area_declared_m2: dt"
    )
    rows = [ROW | {"so_dan": people, "dt": 12.345} for people in (41.6, 1e12, -3.0)]
    delivery = read_json(tmp_path, mapping, *rows)
    zones = delivery.versions[0].zones
    assert zones.area_declared_m2.tolist() == [12.345] * 3
    assert zones.population.fillna(0).tolist() == [42, 0, 0]
    assert codes(delivery).count("NUMBER_UNREADABLE") == 2


@pytest.mark.parametrize(("width", "claimed"), [("20", True), (None, False)])
def test_a_corridor_of_unknown_width_leaves_the_theme_unclaimed(
    tmp_path: Path, mapping: Path, width: str | None, claimed: bool
) -> None:
    lines = "  - {layer: tuyen, becomes: line, kind: corridor, columns: {width_m: rong}}\ncodes:"
    changed(mapping, "codes:\n", f"{lines}\n")
    changed(mapping, "  - becomes: zone", "  - layer: vung\n    becomes: zone")
    line = shapely.LineString([(603_000, 1_191_000), (603_100, 1_191_000)])
    drawn = zones() | {"tuyen": Drawn("L", [line, line], {"rong": ["20", width]}, "EPSG:9210")}
    write_layers(tmp_path / "vung", "gpkg", drawn, None)
    (version,) = inspect(tmp_path / "vung.gpkg", tmp_path / "work", profile=mapping).versions
    assert version.themes == ({"land_use", "corridor"} if claimed else {"land_use"})


@pytest.mark.parametrize(
    ("last_day", "end"), [("2034-01-01", "2034-01-02"), ("2024-01-01", "2024-01-02")]
)
def test_the_stated_last_day_is_still_a_day_in_force(
    tmp_path: Path, mapping: Path, last_day: str, end: str
) -> None:
    changed(mapping, "valid_to: 2034-01-01", f"valid_to: {last_day}")
    (version,) = read_json(tmp_path, mapping, ROW).versions
    assert str(version.valid_to) == end


def test_a_plan_that_ends_before_it_begins_is_an_error(tmp_path: Path, mapping: Path) -> None:
    changed(mapping, "valid_to: 2034-01-01", "valid_to: 2023-12-31")
    delivery = read_json(tmp_path, mapping, ROW)
    assert "PERIOD_EMPTY" in codes(delivery, "ERROR")
    assert delivery.versions == ()


def test_columns_that_differ_in_case_alone_are_two_columns(tmp_path: Path, mapping: Path) -> None:
    (version,) = read_json(tmp_path, mapping, ROW | {"MA": "B"}).versions
    assert version.zones.symbol.tolist() == ["A"]
    assert (version.zones.attributes[0]["ma"], version.zones.attributes[0]["MA"]) == ("A", "B")


def test_columns_that_only_resemble_the_profiles_are_not_chosen_between(
    tmp_path: Path, mapping: Path
) -> None:
    changed(mapping, "symbol: ma", "symbol: Ma")
    delivery = read_json(tmp_path, mapping, ROW | {"MA": "B"})
    (missing,) = [issue for issue in delivery.issues if issue.level == "ERROR"]
    assert (missing.code, missing.column) == ("COLUMN_MISSING", "Ma")


def test_a_zone_without_shape_leaves_the_theme_unclaimed(tmp_path: Path, mapping: Path) -> None:
    drawn = zones()
    drawn["vung"].geoms[1] = None
    write_layers(tmp_path / "vung", "gpkg", drawn, None)
    (version,) = inspect(tmp_path / "vung.gpkg", tmp_path / "work", profile=mapping).versions
    assert len(version.zones) == 1
    assert version.themes == frozenset()
