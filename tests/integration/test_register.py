"""The register's tables: models equal migrations, upgrades keep data, constraints hold."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from geoalchemy2 import Geometry
from sqlalchemy import text

from schemas.cluster import Cluster
from schemas.crs import VN2000, transformer
from schemas.db import _config, check_storage, engine, head_revision, migrate
from schemas.errors import StorageMismatch, UnknownCrs
from schemas.register import open_register
from schemas.tables import metadata
from tests.conftest import Register

SQUARE = "ST_Multi(ST_SetSRID(ST_MakeEnvelope(0, 0, 10, 10), 9210))"
LINE = "ST_SetSRID('MULTILINESTRING((0 0, 10 10))'::geometry, 9210)"

# One row in every table, in the order of their references.
ROWS = f"""
INSERT INTO authority (name) VALUES ('UBND phường');
INSERT INTO account (name, role, created_at) VALUES ('lan', 'planner', now());
INSERT INTO audit_event (at, actor, action, subject) VALUES (now(), 'lan', 'load', 'p/1');
INSERT INTO admin_unit (code, level, kind, name, full_name, name_key, valid, source, geom)
     VALUES ('1', 'commune', 'Xã', 'A', 'Xã A', 'a', '(,2025-07-01)', 't', {SQUARE}),
            ('1', 'commune', 'Xã', 'B', 'Xã B', 'b', '[2025-07-01,)', 't', {SQUARE});
INSERT INTO admin_succession (old_unit_id, new_unit_id, share, is_main)
     SELECT min(id), max(id), 'whole', true FROM admin_unit;
INSERT INTO dossier (sha256, name, kind, profile, state, received_at)
     VALUES (repeat('a', 64), 'd', 'plan', 'p', 'published', now());
INSERT INTO dossier_file (dossier_id, path, sha256, role, media_type, size_bytes)
     SELECT id, 'f', repeat('b', 64), 'gis', 'x/y', 1 FROM dossier;
INSERT INTO ingest_run (dossier_id, code_version, profile_hash, settings_hash, counts, started_at, finished_at)
     SELECT id, '1', 'x', 'y', '{{}}', now(), now() FROM dossier;
INSERT INTO issue (run_id, code, level, geom) SELECT id, 'X', 'INFO', {SQUARE} FROM ingest_run;
INSERT INTO plan (id, code, name, name_key, kind, level) VALUES ('p', 'P', 'Đồ án', 'do an', 'x', 'zoning');
INSERT INTO plan_version (plan_id, dossier_id, ordinal, adjustment_kind, status, valid, representation, boundary)
     SELECT 'p', id, 1, 'first', 'published', '[2024-01-01,)', 'vector', {SQUARE} FROM dossier;
INSERT INTO version_period (plan_id, plan_version_id, valid, recorded)
     SELECT 'p', id, '[2024-01-01,)', '[2024-01-01,)' FROM plan_version;
INSERT INTO coverage (plan_version_id, theme, geom) SELECT id, 'land_use', ST_GeometryN({SQUARE}, 1) FROM plan_version;
INSERT INTO zone (plan_version_id, origin_version_id, level, area_m2, attributes, source_file_id, source_layer, source_row, geom)
     SELECT v.id, v.id, 'lot', 100, '{{}}', f.id, 'l', 1, {SQUARE} FROM plan_version v, dossier_file f;
INSERT INTO zone_cut (zone_id, plan_version_id, geom)
     SELECT id, plan_version_id, ST_GeometryN(geom, 1) FROM zone;
INSERT INTO plan_line (plan_version_id, origin_version_id, kind, attributes, source_file_id, source_layer, source_row, geom)
     SELECT v.id, v.id, 'red_line', '{{}}', f.id, 'l', 1, {LINE} FROM plan_version v, dossier_file f;
INSERT INTO plan_feature (plan_version_id, origin_version_id, layer, attributes, source_file_id, source_layer, source_row, geom)
     SELECT v.id, v.id, 'l', '{{}}', f.id, 'l', 1, {LINE} FROM plan_version v, dossier_file f;
INSERT INTO document (plan_version_id, role, title, dossier_file_id)
     SELECT v.id, 'decision', 'QĐ', f.id FROM plan_version v, dossier_file f;
INSERT INTO parcel (commune_code, sheet, number, valid, recorded, attributes, source_file_id, source_layer, source_row, geom)
     SELECT '1', '5', '12', '(,)', '[2024-01-01,)', '{{}}', id, 'l', 1, {SQUARE} FROM dossier_file;
INSERT INTO parcel_alias (parcel_id, commune_code, sheet, number) SELECT id, '2', '5', '12' FROM parcel;
INSERT INTO application (file_no, parcel_id, filed_on, works, state, footprint)
     SELECT '1', id, '2026-01-01', '{{}}', 'open', {SQUARE} FROM parcel;
INSERT INTO application_event (application_id, at, actor, action, detail)
     SELECT id, now(), 'lan', 'open', '{{}}' FROM application;
INSERT INTO check_result (application_id, rule, verdict, detail)
     SELECT id, 'use', 'pass', '{{}}' FROM application;
INSERT INTO extract (id, parcel_id, issued_at, revision, sha256, answer)
     SELECT 'e', id, now(), 1, 'x', '{{}}' FROM parcel;
INSERT INTO ticket (id, opened_at, subject, message, state) VALUES ('t', now(), 's', 'm', 'open');
"""


@pytest.fixture
def bare(cluster: Cluster) -> Iterator[str]:
    cluster.create_database("bare")
    yield cluster.url("bare")
    cluster.drop_database("bare")


def columns_of_every_table(url: str) -> dict[str, str]:
    query = """
        SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
          FROM information_schema.columns WHERE table_name = ANY(%s) GROUP BY table_name
    """
    with psycopg.connect(url) as connection:
        return dict(connection.execute(query, [list(metadata.tables)]).fetchall())


def rows_of_every_table(url: str, columns: dict[str, str]) -> dict[str, Any]:
    with psycopg.connect(url) as connection:
        return {
            name: connection.execute(
                f'SELECT json_agg(t ORDER BY t::text)::text FROM (SELECT {known} FROM "{name}") t'
            ).fetchone()
            for name, known in sorted(columns.items())
        }


def test_models_and_migrations_say_the_same(register: Register) -> None:
    def ours(_: Any, name: str | None, kind: str, *__: Any) -> bool:
        return kind != "table" or name in metadata.tables

    def other_type(_: Any, __: Any, found: Any, *rest: Any) -> bool | None:
        return False if isinstance(found.type, Geometry) else None

    with engine(register.url).connect() as connection:
        options = {"include_object": ours, "compare_type": other_type}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_every_geometry_column_has_its_index_srid_and_kind(register: Register) -> None:
    with psycopg.connect(register.url) as connection:
        columns = connection.execute(
            "SELECT f_table_name, f_geometry_column, srid FROM geometry_columns "
            "WHERE f_table_schema = 'public'"
        ).fetchall()
        indexed = connection.execute(
            "SELECT tablename, indexdef FROM pg_indexes WHERE indexdef LIKE '%USING gist%'"
        ).fetchall()
    assert {srid for *_, srid in columns} == {9210}
    for table, column, _ in columns:
        assert any(t == table and f"({column})" in d for t, d in indexed), (table, column)


def test_an_upgrade_keeps_the_data_of_every_table(bare: str) -> None:
    revisions = [s.revision for s in ScriptDirectory.from_config(_config()).walk_revisions()]
    oldest, *newer = reversed(revisions)
    migrate(bare, 9210, oldest)
    with psycopg.connect(bare) as connection:
        connection.execute(ROWS)
    columns = columns_of_every_table(bare)
    before = rows_of_every_table(bare, columns)
    assert all(json.loads(row[0]) for row in before.values()), "a table without a row"
    for revision in newer:
        migrate(bare, 9210, revision)
        assert rows_of_every_table(bare, columns) == before
    assert newer[-1] == head_revision()


def test_one_version_of_a_plan_is_in_force_a_day(bare: str) -> None:
    migrate(bare, 9210)
    with psycopg.connect(bare, autocommit=True) as connection:
        connection.execute(ROWS)
        again = "INSERT INTO version_period (plan_id, plan_version_id, valid, recorded) SELECT 'p', id, {}, {} FROM plan_version"
        with pytest.raises(psycopg.errors.ExclusionViolation):
            connection.execute(again.format("'[2026-01-01,)'", "'[2025-01-01,)'"))
        connection.execute(again.format("'[2020-01-01,2024-01-01)'", "'[2025-01-01,)'"))


def test_a_code_has_one_meaning_a_day(bare: str) -> None:
    migrate(bare, 9210)
    with psycopg.connect(bare, autocommit=True) as connection:
        connection.execute(ROWS)
        with pytest.raises(psycopg.errors.ExclusionViolation):
            connection.execute(
                "INSERT INTO admin_unit (code, level, kind, name, full_name, name_key, valid, source) "
                "VALUES ('1', 'commune', 'Xã', 'C', 'Xã C', 'c', '[2025-06-01,2025-08-01)', 't')"
            )


def test_invalid_geometry_does_not_get_in(bare: str) -> None:
    migrate(bare, 9210)
    with psycopg.connect(bare, autocommit=True) as connection:
        connection.execute(ROWS)
        bow_tie = "ST_SetSRID('MULTIPOLYGON(((0 0, 1 1, 1 0, 0 1, 0 0)))'::geometry, 9210)"
        for table in ("parcel", "zone"):
            with pytest.raises(psycopg.errors.CheckViolation):
                connection.execute(f"UPDATE {table} SET geom = {bow_tie}")


def test_the_audit_trail_only_grows(bare: str) -> None:
    migrate(bare, 9210)
    with psycopg.connect(bare, autocommit=True) as connection:
        connection.execute(ROWS)
        for change in (
            "UPDATE audit_event SET actor = 'x'",
            "DELETE FROM audit_event",
            "TRUNCATE audit_event",
        ):
            with pytest.raises(psycopg.errors.RaiseException):
                connection.execute(change)


VECTORS = (
    (5897, 588000.0, 2325000.0, 105.848436814, 21.016377705),
    (9210, 603992.974, 1191830.248, 106.702686225, 10.775881488),
)


@pytest.mark.parametrize(("srid", "easting", "northing", "lon", "lat"), VECTORS)
def test_vn2000_reaches_wgs84_with_the_official_parameters(
    register: Register, srid: int, easting: float, northing: float, lon: float, lat: float
) -> None:
    assert transformer(srid, 4326).transform(easting, northing) == pytest.approx(
        (lon, lat), abs=1e-8
    )
    with psycopg.connect(register.url) as connection:
        found = connection.execute(
            "SELECT ST_X(g), ST_Y(g) FROM (SELECT ST_Transform(ST_SetSRID(ST_MakePoint(%s, %s), %s), 4326) AS g) t",
            (easting, northing, srid),
        ).fetchone()
    assert found == pytest.approx((lon, lat), abs=1e-8)


def test_postgis_and_python_agree_in_every_vn2000_system(register: Register) -> None:
    with psycopg.connect(register.url) as connection:
        for srid in VN2000:
            x, y = transformer(4326, srid).transform(106.7, 10.8)
            found = connection.execute(
                "SELECT ST_X(g), ST_Y(g) FROM (SELECT ST_Transform(ST_SetSRID(ST_MakePoint(%s, %s), %s), 4326) AS g) t",
                (x, y, srid),
            ).fetchone()
            assert found == pytest.approx((106.7, 10.8), abs=1e-9), srid


def test_a_register_of_another_storage_crs_is_refused(register: Register) -> None:
    with pytest.raises(StorageMismatch):
        check_storage(register.url, 9211)


def test_an_unknown_storage_crs_makes_no_register(bare: str) -> None:
    with pytest.raises(UnknownCrs):
        migrate(bare, 999999)
    with psycopg.connect(bare) as connection:
        assert connection.execute("SELECT to_regclass('parcel')").fetchone() == (None,)


MIGRATE = """
import sys
from schemas.db import migrate
print("ready", flush=True)
sys.stdin.readline()
migrate(sys.argv[1], 9210)
"""


def test_two_programs_may_migrate_a_fresh_database_at_once(bare: str) -> None:
    command = [sys.executable, "-c", MIGRATE, bare]
    both = [
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ends = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], ends


def test_opening_twice_migrates_once(bare: str, register: Register) -> None:
    settings = register.settings.model_copy(update={"database_url": bare})
    assert open_register(settings) == bare
    with engine(bare).connect() as connection:
        connection.execute(text("CREATE TABLE left_alone (day date)"))
        connection.execute(text("INSERT INTO left_alone VALUES (:d)"), {"d": date(2026, 1, 1)})
        connection.commit()
    assert open_register(settings) == bare
