"""Administrative units with history: the national list, a boundary file, and questions."""

import csv
import gzip
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psycopg
import pytest
import shapely
from fastapi import FastAPI
from pyogrio import raw

from api import errors
from api.deps import Pool, now
from api.units.routes import router
from ingest.parcels.load import load_parcels
from ingest.sample.units import write_units
from ingest.units import UnitsOutcome, load_units
from schemas.answers_units import AdminUnitsDocument
from schemas.blobs import BlobStore, sha256_of
from schemas.db import connect
from schemas.errors import DeliveryUnreadable, Refused
from schemas.profiles.parcels import ParcelProfile
from schemas.unit_values import UnitMatch
from schemas.units import find_units

NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)
TODAY, IN_2024, IN_2025 = date(2026, 11, 1), date(2024, 6, 1), date(2025, 12, 1)

Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def loaded(register: Any) -> UnitsOutcome:
    """The national list, once."""
    return load_units(None, url=register.url, settings=register.settings, now=NOW)


@pytest.fixture(scope="module")
def rows(register: Any, loaded: UnitsOutcome) -> Callable[..., Rows]:
    def ask(sql: str, *values: object) -> Rows:
        with connect(register.url) as connection:
            return connection.execute(sql, values).fetchall()

    return ask


@pytest.fixture(scope="module")
def connection(register: Any, loaded: UnitsOutcome) -> Iterator[psycopg.Connection[Any]]:
    with connect(register.url) as connection:
        yield connection


@pytest.fixture(scope="module")
def bounded(fresh_register: Any, shared_data: Path) -> tuple[Any, UnitsOutcome, Path]:
    """A register of its own with the real boundary file."""
    register = fresh_register()
    path = shared_data / "vn" / "vn_admin_2026.gpkg.zip"
    outcome = load_units(path, url=register.url, settings=register.settings, now=NOW)
    return register, outcome, path


def codes(matches: list[UnitMatch]) -> list[str]:
    return [match.code for match in matches]


# The list


@pytest.mark.parametrize(
    ("day", "level", "count"),
    [
        (TODAY, "province", 34),
        (TODAY, "commune", 3321),
        (TODAY, "district", 0),
        (IN_2024, "province", 63),
        (IN_2024, "district", 696),
        (IN_2024, "commune", 10035),
    ],
)
def test_the_country_has_its_units_on_each_side_of_the_merger(
    rows: Any, day: date, level: str, count: int
) -> None:
    found = rows("SELECT count(*) FROM admin_unit WHERE level = %s AND valid @> %s", level, day)
    assert found == [(count,)]


def test_communes_have_the_types_of_the_official_count(rows: Any) -> None:
    count = (
        "SELECT kind, count(*) FROM admin_unit WHERE level = 'commune' AND valid @> %s GROUP BY 1"
    )
    assert dict(rows(count, IN_2025)) == {"Xã": 2621, "Phường": 687, "Đặc khu": 13}
    assert dict(rows(count, TODAY)) == {"Xã": 2611, "Phường": 697, "Đặc khu": 13}


def test_every_unit_has_a_parent_in_force(rows: Any) -> None:
    orphans = rows(
        """SELECT unit.code FROM admin_unit unit
            WHERE unit.level <> 'province' AND NOT EXISTS (
                  SELECT FROM admin_unit parent WHERE parent.level <> 'commune'
                     AND parent.code = unit.parent_code AND parent.valid && unit.valid)"""
    )
    assert orphans == []


def test_successions_are_those_of_the_published_table(rows: Any, shared_data: Path) -> None:
    path = shared_data / "vn" / "vn_ward_mapping_old10035_to_new3321.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        expected = {
            (
                row["old_ward_code"] or row["old_district_code"],
                row["new_ward_code"],
                row["relation"],
                row["is_default"] == "True",
            )
            for row in csv.DictReader(file)
        }
    found = rows(
        """SELECT old.code, new.code, share, is_main FROM admin_succession
             JOIN admin_unit old ON old.id = old_unit_id JOIN admin_unit new ON new.id = new_unit_id
            WHERE new.level = 'commune' AND lower(new.valid) = '2025-07-01'"""
    )
    assert set(found) == expected
    assert Counter(row[2] for row in found) == {"whole": 9569, "part": 1033}


def test_a_province_that_nothing_changed_is_one_row(rows: Any) -> None:
    unbroken = rows(
        "SELECT count(*) FROM admin_unit WHERE level = 'province' AND valid = '(,)'::daterange"
    )
    assert unbroken == [(11,)]
    merged = rows(
        """SELECT DISTINCT resolution FROM admin_succession
             JOIN admin_unit old ON old.id = old_unit_id
            WHERE old.level = 'province' AND upper(old.valid) = '2025-07-01'"""
    )
    assert merged == [("Nghị quyết số 202/2025/QH15",)]


def test_loading_again_changes_nothing(register: Any, loaded: UnitsOutcome) -> None:
    assert loaded.changed
    assert loaded.revision == 1
    again = load_units(None, url=register.url, settings=register.settings, now=NOW)
    assert not again.changed
    assert again.revision == loaded.revision


def test_progress_is_told_to_the_end(fresh_register: Any) -> None:
    told: list[tuple[int, int]] = []
    register = fresh_register()
    load_units(
        None,
        url=register.url,
        settings=register.settings,
        now=NOW,
        progress=lambda words, done, total: told.append((done, total)),
    )
    assert told == sorted(told)
    assert told[-1] == (4, 4)


# Questions


def test_a_code_means_another_unit_on_another_day(connection: Any) -> None:
    (now_,), (then,) = (find_units(connection, "26740", day) for day in (TODAY, IN_2024))
    assert (now_.full_name, now_.province) == ("Phường Sài Gòn", "Hồ Chí Minh")
    assert (then.full_name, then.district) == ("Phường Bến Nghé", "Quận 1")
    assert then.valid_from is None
    assert then.valid_to == now_.valid_from == date(2025, 7, 1)
    assert "26740" in now_.old_codes
    assert len(now_.old_codes) > 1


@pytest.mark.parametrize(
    "text",
    ["Phường Bến Nghé", "phuong ben nghe", "P. Bến Nghé", "Bến Nghé", "BẾN NGHÉ, Quận 1, TP.HCM"],
)
def test_a_former_name_leads_to_its_successors(connection: Any, text: str) -> None:
    found = find_units(connection, text, TODAY)
    assert found
    assert all(match.matched_by == "former_name" for match in found)
    assert all(match.valid_from == date(2025, 7, 1) for match in found)
    assert "26740" in codes(found)
    assert found[codes(found).index("26740")].old_codes == ("26740",)
    assert [m.full_name for m in find_units(connection, text, IN_2024)] == ["Phường Bến Nghé"]


def test_a_divided_ward_leads_to_every_part_with_one_main_successor(connection: Any) -> None:
    found = find_units(connection, "Phường Cống Vị, Hà Nội", TODAY)
    assert len(found) > 1
    assert {kin.share for match in found for kin in match.former} == {"part"}
    assert sum(kin.main for match in found for kin in match.former) == 1


def test_both_tone_mark_habits_find_the_same_units(connection: Any) -> None:
    assert codes(find_units(connection, "Phường Yên Hoà", TODAY)) == codes(
        find_units(connection, "Phường Yên Hòa", TODAY)
    )


def test_diacritics_tell_names_apart_when_they_were_typed(connection: Any) -> None:
    bare = find_units(connection, "tan thanh", IN_2024)
    assert {match.name for match in bare} > {"Tân Thành", "Tân Thạnh"}
    marked = find_units(connection, "Tân Thạnh", IN_2024)
    assert {match.name for match in marked} == {"Tân Thạnh"}


def test_names_that_many_units_bear_are_all_returned(connection: Any) -> None:
    assert len(find_units(connection, "Tân Phú", IN_2024)) > 10
    first = find_units(connection, "Phường 1", IN_2024)
    assert len(first) > 30
    assert {match.full_name for match in first} == {"Phường 1"}
    (one,) = find_units(connection, "Phường 1, Quận 3, TP.HCM", IN_2024)
    assert (one.district, one.province) == ("Quận 3", "Hồ Chí Minh")


def test_a_new_name_is_unknown_before_it_exists(connection: Any) -> None:
    assert find_units(connection, "Phường Sài Gòn", IN_2024) == []


def test_a_commune_that_became_a_ward_keeps_its_old_sheets(connection: Any) -> None:
    (before,) = find_units(connection, "25270", IN_2025)
    (after,) = find_units(connection, "25270", TODAY)
    assert (before.full_name, after.full_name) == ("Xã Lộc Ninh", "Phường Lộc Ninh")
    assert set(before.old_codes) <= set(after.old_codes)


def test_a_wrong_unit_type_still_finds_the_name(connection: Any) -> None:
    assert codes(find_units(connection, "Phường Ba Chẽ, Quảng Ninh", TODAY)) == ["06970"]


def test_an_island_district_without_communes_became_a_special_zone(connection: Any) -> None:
    (found,) = find_units(connection, "Huyện Côn Đảo", TODAY, "district")
    assert found.full_name == "Đặc khu Côn Đảo"


def test_nonsense_finds_nothing(connection: Any) -> None:
    for text in ("", ",", "Zzyzx", "00000", "'; DROP TABLE admin_unit; --"):
        assert find_units(connection, text, TODAY) == []


# Boundaries


def test_boundaries_reach_every_unit_in_force(bounded: Any) -> None:
    register, outcome, _ = bounded
    assert outcome.boundaries == outcome.boundaries_changed == 34 + 3321
    with connect(register.url) as connection:
        missing = connection.execute(
            "SELECT count(*) FROM admin_unit WHERE valid @> %s AND geom IS NULL", [TODAY]
        ).fetchone()
        km2 = connection.execute(
            "SELECT ST_Area(geom) / 1e6, source FROM admin_unit"
            " WHERE code = '26740' AND valid @> %s",
            [TODAY],
        ).fetchone()
    assert missing == (0,)
    assert km2 is not None
    assert km2[0] == pytest.approx(3.04, rel=0.02)
    assert "vn_admin_2026.gpkg.zip sha256:" in km2[1]


def test_ba_che_is_reported_and_matched_by_name(bounded: Any) -> None:
    _, outcome, _ = bounded
    assert [(issue.code, issue.layer, issue.value) for issue in outcome.issues] == [
        ("UNIT_UNMATCHED", "communes", "06978")
    ]
    assert outcome.issues[0].detail["matched_code"] == "06970"
    assert "06978" in outcome.issues[0].message.vi


def test_boundaries_loaded_again_change_nothing(bounded: Any) -> None:
    register, outcome, path = bounded
    again = load_units(path, url=register.url, settings=register.settings, now=NOW)
    assert not again.changed
    assert again.revision == outcome.revision == 1
    without = load_units(None, url=register.url, settings=register.settings, now=NOW)
    assert not without.changed


def test_names_that_differ_are_reported(fresh_register: Any, shared_data: Path) -> None:
    register = fresh_register(3405)
    path = shared_data / "vn" / "vn_admin_2026.gpkg.zip"
    before = datetime(2026, 4, 1, tzinfo=UTC)  # Đồng Nai: a province of 62 + 10 communes then
    outcome = load_units(path, url=register.url, settings=register.settings, now=before)
    reported = {issue.value for issue in outcome.issues}
    assert {"75", "25270", "06978"} < reported
    assert len(reported) == 12
    assert outcome.boundaries == 34 + 3321


# A file's own units


def written(path: Path, layer: str, fields: dict[str, list[Any]], shapes: list[Any]) -> None:
    raw.write(
        path,
        np.asarray([shapely.to_wkb(shape) for shape in shapes], dtype=object),
        [np.asarray(values, dtype=object) for values in fields.values()],
        list(fields),
        layer=layer,
        driver="GPKG",
        geometry_type="MultiPolygon",
        crs="EPSG:9210",
        append=path.exists(),
    )


def square(east: float, size: float = 1000.0) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.box(east, 1_140_000, east + size, 1_140_000 + size)])


def invented_file(path: Path, ward_size: float = 2000.0, until: str = "2025-07-01") -> Path:
    path.unlink(missing_ok=True)
    province = {"code": ["99"], "full_name": ["Tỉnh Minh Họa"]}
    written(path, "provinces", province, [square(610_000, 3000)])
    ward = {
        "code": ["99001"],
        "full_name": ["Phường Minh Họa"],
        "province_code": ["99"],
        "valid_from": ["2025-07-01"],
    }
    written(path, "communes", ward, [square(610_000, ward_size)])
    former = {
        "code": ["99991", "99992"],
        "full_name": ["Phường Minh Họa Đông", "Phường Minh Họa Tây"],
        "successor_code": ["99001", "99001"],
        "relation": ["whole", "whole"],
        "valid_to": [until, until],
    }
    written(path, "former_wards", former, [square(611_000), square(610_000)])
    return path


def test_invented_units_come_with_their_history(fresh_register: Any, tmp_path: Path) -> None:
    register = fresh_register()
    path = invented_file(tmp_path / "don-vi-hanh-chinh.gpkg")
    first = load_units(path, url=register.url, settings=register.settings, now=NOW)
    assert (first.boundaries, first.issues) == (4, ())
    with connect(register.url) as connection:
        (ward,) = find_units(connection, "Phường Minh Hoạ", TODAY)
        (east,) = find_units(connection, "phuong minh hoa dong", IN_2024)
        (heir,) = find_units(connection, "Minh Họa Tây", TODAY)
    assert ward.invented
    assert east.invented
    assert (ward.province, east.province) == ("Minh Họa", "Minh Họa")
    assert ward.old_codes == ("99991", "99992")
    assert (heir.code, heir.matched_by, heir.old_codes) == ("99001", "former_name", ("99992",))
    again = load_units(path, url=register.url, settings=register.settings, now=NOW)
    assert not again.changed


def test_the_sample_city_loads_its_own_units(fresh_register: Any, tmp_path: Path) -> None:
    register = fresh_register()
    path = write_units(tmp_path / "don-vi-hanh-chinh.gpkg")
    outcome = load_units(path, url=register.url, settings=register.settings, now=NOW)
    assert (outcome.boundaries, outcome.repaired, outcome.issues) == (4, 0, ())
    with connect(register.url) as connection:
        (ward,) = find_units(connection, "99001", TODAY)
    assert (ward.full_name, ward.old_codes) == ("Phường Minh Họa", ("99991", "99992"))
    assert ward.invented
    assert ward.has_boundary
    again = load_units(path, url=register.url, settings=register.settings, now=NOW)
    assert not again.changed


def test_a_newer_file_replaces_boundaries(fresh_register: Any, tmp_path: Path) -> None:
    register = fresh_register()
    path = tmp_path / "units.gpkg"
    load_units(invented_file(path), url=register.url, settings=register.settings, now=NOW)
    newer = invented_file(path, ward_size=2500.0)
    outcome = load_units(newer, url=register.url, settings=register.settings, now=NOW)
    assert outcome.changed
    assert outcome.revision == 2
    with connect(register.url) as connection:
        area = connection.execute(
            "SELECT ST_Area(geom) FROM admin_unit WHERE code = '99001'"
        ).fetchone()
    assert area == (2500.0**2,)


def test_a_code_with_two_units_on_one_day_is_refused_whole(
    fresh_register: Any, tmp_path: Path
) -> None:
    register = fresh_register()
    path = tmp_path / "units.gpkg"
    load_units(invented_file(path), url=register.url, settings=register.settings, now=NOW)
    clash = invented_file(path, until="2025-09-01")
    with pytest.raises(Refused, match="99991"):
        load_units(clash, url=register.url, settings=register.settings, now=NOW)
    with connect(register.url) as connection:
        revision = connection.execute("SELECT revision FROM register_state").fetchone()
    assert revision == (1,)


def test_an_invalid_boundary_is_made_valid_and_counted(fresh_register: Any, tmp_path: Path) -> None:
    register = fresh_register()
    bow_tie = shapely.MultiPolygon(
        [shapely.Polygon([(610_000, 1_140_000), (611_000, 1_141_000), (611_000, 1_140_000),
                          (610_000, 1_141_000)])]
    )  # fmt: skip
    path = tmp_path / "units.gpkg"
    ward = {"code": ["99002"], "full_name": ["Xã Minh Họa"], "province_code": ["99"]}
    written(path, "communes", ward, [bow_tie])
    outcome = load_units(path, url=register.url, settings=register.settings, now=NOW)
    assert outcome.repaired == 1
    with connect(register.url) as connection:
        area = connection.execute(
            "SELECT ST_Area(geom) FROM admin_unit WHERE code = '99002'"
        ).fetchone()
    assert area == (500_000.0,)


def test_a_file_that_is_not_a_map_is_named(register: Any, tmp_path: Path) -> None:
    path = tmp_path / "units.gpkg"
    path.write_text("not a GeoPackage", encoding="utf-8")
    for wrong in (path, tmp_path / "absent.gpkg"):
        with pytest.raises(DeliveryUnreadable, match=wrong.name):
            load_units(wrong, url=register.url, settings=register.settings, now=NOW)


# Over HTTP


@pytest.fixture
async def ask(register: Any, loaded: UnitsOutcome) -> AsyncIterator[Callable[..., Any]]:
    app = FastAPI()
    app.state.database = Pool(register.url, 2)
    app.include_router(router)
    errors.install(app)
    app.dependency_overrides[now] = lambda: NOW
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:

        async def get(**parameters: object) -> httpx.Response:
            return await client.get("/v1/admin-units", params=parameters)  # type: ignore[arg-type]

        yield get
    await app.state.database.close()


async def test_the_document_answers_a_code_and_tells_its_other_meaning(ask: Any) -> None:
    response = await ask(code="26740")
    assert response.status_code == 200
    document = AdminUnitsDocument.model_validate(response.json())
    assert response.json()["schema"] == "admin-units/1"
    assert (document.at, document.unique, document.count) == (TODAY, True, 1)
    (unit,) = document.items
    assert (unit.full_name, unit.matched_by) == ("Phường Sài Gòn", "code")
    assert unit.province is not None
    assert unit.province.code == "79"
    assert "Phường Bến Nghé" in {kin.full_name for kin in unit.predecessors}
    assert document.why is not None
    assert "Bến Nghé" in document.why.vi


async def test_the_document_of_a_former_day_tells_the_successors(ask: Any) -> None:
    document = (await ask(q="Bến Nghé", at="2024-06-01")).json()
    (unit,) = document["items"]
    assert unit["district"] == "Quận 1"
    assert unit["valid_from"] is None
    assert {"26740"} <= {heir["code"] for heir in unit["successors"]}
    assert sum(heir["main"] for heir in unit["successors"]) == 1


async def test_an_ambiguous_name_is_not_unique_even_when_cut(ask: Any) -> None:
    document = (await ask(q="Tân Phú", at="2024-06-01", level="commune", limit=1)).json()
    assert not document["unique"]
    assert len(document["items"]) == 1
    assert document["count"] > 10
    assert str(document["count"]) in document["why"]["vi"]


async def test_nothing_found_is_an_empty_list_with_a_reason(ask: Any) -> None:
    response = await ask(q="Phường Sài Gòn", at="2024-06-01")
    document = response.json()
    assert (response.status_code, document["items"], document["unique"]) == (200, [], False)
    assert "Phường Sài Gòn có từ 01/07/2025." in document["why"]["vi"]
    gone = (await ask(q="Quận 1")).json()
    assert "Quận 1 không còn từ 01/07/2025" in gone["why"]["vi"]


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"q": "Bến Nghé", "code": "26740"},
        {"code": "2674"},
        {"q": "x", "level": "village"},
        {"q": "x", "at": "yesterday"},
        {"q": "x", "limit": 0},
        {"q": "x", "ward": "y"},
        {"q": " "},
        {"q": "a\x00b"},
    ],
)
async def test_a_bad_question_is_refused(ask: Any, parameters: dict[str, object]) -> None:
    assert (await ask(**parameters)).status_code == 400


def dossiers(register: Any) -> Rows:
    with connect(register.url) as connection:
        return connection.execute(
            "SELECT d.name, d.kind, d.state, d.invented, f.role, f.sha256,"
            " (SELECT count(*) FROM ingest_run r WHERE r.dossier_id = d.id)"
            " FROM dossier d JOIN dossier_file f ON f.dossier_id = d.id ORDER BY d.id"
        ).fetchall()


def audited(register: Any) -> Rows:
    with connect(register.url) as connection:
        return connection.execute(
            "SELECT actor, subject FROM audit_event WHERE action = 'load_units' ORDER BY id"
        ).fetchall()


def test_a_units_file_is_kept_and_its_loading_recorded_once(
    fresh_register: Any, tmp_path: Path
) -> None:
    register = fresh_register()
    path = invented_file(tmp_path / "don-vi.gpkg")
    digest = sha256_of(path)
    known = [("don-vi.gpkg", "units", "published", True, "units", digest, 1)]
    for _ in range(2):
        load_units(path, url=register.url, settings=register.settings, now=NOW)
        assert dossiers(register) == known
        assert audited(register) == [("sqh", f"dossier/{digest}")]
    assert BlobStore(register.settings.blob_dir).read(digest) == path.read_bytes()


def test_the_national_list_alone_is_audited_and_no_dossier(register: Any, loaded: Any) -> None:
    ((actor, subject),) = audited(register)
    assert actor == "sqh"
    assert subject.startswith("units/vietnamadminunits ")
    assert dossiers(register) == []


def test_a_refused_units_file_leaves_no_dossier(fresh_register: Any, tmp_path: Path) -> None:
    register = fresh_register()
    path = invented_file(tmp_path / "a.gpkg")
    load_units(path, url=register.url, settings=register.settings, now=NOW)
    clash = invented_file(tmp_path / "b.gpkg", until="2025-09-01")
    with pytest.raises(Refused):
        load_units(clash, url=register.url, settings=register.settings, now=NOW)
    assert [row[0] for row in dossiers(register)] == ["a.gpkg"]


def test_bytes_known_as_units_are_not_taken_for_parcels(
    fresh_register: Any, tmp_path: Path
) -> None:
    register = fresh_register()
    path = invented_file(tmp_path / "a.gpkg")
    load_units(path, url=register.url, settings=register.settings, now=NOW)
    profile = ParcelProfile.from_fields("sheet=code,number=code", layer="communes")
    with pytest.raises(Refused, match="đơn vị hành chính"):
        load_parcels(
            path, profile=profile, url=register.url, settings=register.settings, now=NOW,
            actor="bat",
        )  # fmt: skip


@pytest.mark.parametrize(("hour", "unmatched"), [(16, []), (17, ["77"])])
def test_boundaries_go_to_the_units_of_the_vietnamese_day(
    fresh_register: Any, tmp_path: Path, hour: int, unmatched: list[str]
) -> None:
    register = fresh_register()
    path = tmp_path / "units.gpkg"
    former = {"code": ["77"], "full_name": ["Tỉnh Bà Rịa - Vũng Tàu"]}  # until 30/6/2025
    written(path, "provinces", former, [square(610_000)])
    at = datetime(2025, 6, 30, hour, tzinfo=UTC)
    outcome = load_units(path, url=register.url, settings=register.settings, now=at)
    assert [issue.value for issue in outcome.issues] == unmatched
    for issue in outcome.issues:
        assert "Tỉnh Bà Rịa - Vũng Tàu" in issue.message.vi
        assert "không có đơn vị hiện hành mang mã này" in issue.message.vi
        assert "no unit in force has this code" in issue.message.en
