"""Any single vector file goes through a mapping profile: many plans, other CRSs, other words."""

import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import shapely
import yaml

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
    assert codes(refused) == ["GEOMETRY_INVALID"] * 27
    assert all(issue.geom is not None and 119 < issue.geom.x < 123 for issue in refused.issues)
    taken = inspect(path, tmp_path / "b", profile=TW, storage_srid=3826, accept_repairs=True)
    assert not taken.rejected
    assert codes(taken) == ["GEOMETRY_REPAIRED"] * 27
    assert all(issue.detail["before"] != issue.detail["after"] for issue in taken.issues)
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
    assert str(version.valid_to) == "2034-01-01"
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
