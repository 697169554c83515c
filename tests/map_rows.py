"""A small invented plan with parcels for the tests of tiles and of the map page."""

from dataclasses import dataclass

import psycopg

EASTING, NORTHING = 604_000, 1_191_800  # EPSG:9210, about 106.7027 E 10.7757 N
HOSTILE = "{{7*7}}<img src=x onerror=alert(1)>"
FIRST_DAY, SECOND_DAY = "2026-01-01", "2026-07-01"

_DOSSIER = """
INSERT INTO dossier (sha256, name, kind, profile, state, invented, received_at)
VALUES (repeat('a', 64), 'mẫu', 'plan', 'test', 'published', true, '2026-01-01') RETURNING id
"""
_FILE = """
INSERT INTO dossier_file (dossier_id, path, sha256, role, media_type, size_bytes)
VALUES (%s, 'QuyHoach.gpkg', repeat('b', 64), 'gis', 'application/geopackage+sqlite3', 1)
RETURNING id
"""
_VERSION = """
INSERT INTO plan_version (plan_id, dossier_id, ordinal, adjustment_kind, status, valid, recorded,
    representation, invented, boundary)
VALUES (%s, %s, %s, 'first', 'published', %s, '[2026-01-01,)', 'vector', true,
    ST_Multi(ST_MakeEnvelope(%s, %s, %s, %s, 9210)))
RETURNING id
"""
_PERIOD = """
INSERT INTO version_period (plan_id, plan_version_id, valid, recorded)
VALUES (%s, %s, %s, '[2026-01-01,)')
"""
_ZONE = """
INSERT INTO zone (plan_version_id, origin_version_id, level, symbol, function_1, area_m2,
    attributes, source_file_id, source_layer, source_row, geom)
SELECT %(version)s, %(version)s, 'lot', %(symbol)s, %(function)s, ST_Area(geom), '{}', %(file)s,
    'ChucNangSuDungDat_A', 1, geom
FROM (SELECT ST_Multi(ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 9210)) AS geom) g
RETURNING id
"""
_LINE = """
INSERT INTO plan_line (plan_version_id, origin_version_id, kind, name, attributes, source_file_id,
    source_layer, source_row, geom)
VALUES (%s, %s, %s, 'Đường Minh Họa', '{}', %s, 'ChiGioi', 1,
    ST_Multi(ST_MakeLine(ST_Point(%s, %s, 9210), ST_Point(%s, %s, 9210))))
"""
_PARCEL = """
INSERT INTO parcel (commune_code, sheet, number, valid, recorded, attributes, source_file_id,
    source_layer, source_row, geom)
VALUES ('26734', '5', %s, '[2026-01-01,)', '[2026-01-01,)', '{}', %s, 'thua', 1,
    ST_Multi(ST_MakeEnvelope(%s, %s, %s, %s, 9210)))
"""

_CUT = """
INSERT INTO zone_cut (zone_id, plan_version_id, geom)
SELECT id, plan_version_id, (ST_Dump(geom)).geom FROM zone
"""
_COVERAGE = """
INSERT INTO coverage (plan_version_id, theme, geom)
SELECT id, theme, (ST_Dump(boundary)).geom
  FROM plan_version, unnest(ARRAY['land_use', 'red_line', 'building_line', 'corridor']) AS theme
"""


@dataclass
class MapRows:
    """Inserts rows in one connection; places are metres from the plan's south-west corner."""

    connection: psycopg.Connection
    file_id: int = 0
    dossier_id: int = 0

    def one(self, sql: str, values: object = ()) -> int:
        row = self.connection.execute(sql, values).fetchone()
        assert row is not None
        return int(row[0])

    def dossier(self) -> None:
        self.dossier_id = self.one(_DOSSIER)
        self.file_id = self.one(_FILE, [self.dossier_id])

    def plan(self, plan_id: str, name: str) -> None:
        self.connection.execute(
            "INSERT INTO plan (id, code, name, name_key, kind, level)"
            " VALUES (%s, %s, %s, '', 'QPK', 'zoning')",
            [plan_id, plan_id, name],
        )

    def version(self, plan_id: str, ordinal: int, valid: str) -> int:
        ground = (EASTING, NORTHING, EASTING + 400, NORTHING + 300)
        version = self.one(_VERSION, [plan_id, self.dossier_id, ordinal, valid, *ground])
        self.connection.execute(_PERIOD, [plan_id, version, valid])
        return version

    def zone(
        self, version: int, symbol: str | None, function: str | None, box: tuple[int, ...]
    ) -> int:
        west, south, east, north = box
        place = {"west": EASTING + west, "south": NORTHING + south}
        place |= {"east": EASTING + east, "north": NORTHING + north}
        names = {"symbol": symbol, "function": function, "version": version, "file": self.file_id}
        return self.one(_ZONE, names | place)

    def line(self, version: int, kind: str, ends: tuple[int, ...]) -> None:
        x0, y0, x1, y1 = ends
        place = (EASTING + x0, NORTHING + y0, EASTING + x1, NORTHING + y1)
        self.connection.execute(_LINE, [version, version, kind, self.file_id, *place])

    def parcel(self, number: str, box: tuple[int, ...]) -> None:
        west, south, east, north = box
        place = (EASTING + west, NORTHING + south, EASTING + east, NORTHING + north)
        self.connection.execute(_PARCEL, [number, self.file_id, *place])


def fill(url: str) -> None:
    """Two versions of one plan, the second in force from 1 July 2026, lines and 60 parcels."""
    with psycopg.connect(url) as connection:
        rows = MapRows(connection)
        rows.dossier()
        rows.plan("99qpk0001", "Quy hoạch phân khu Minh Họa")
        first = rows.version("99qpk0001", 1, f"[{FIRST_DAY},{SECOND_DAY})")
        second = rows.version("99qpk0001", 2, f"[{SECOND_DAY},)")
        rows.zone(first, "CŨ-01", "Cây xanh công cộng", (0, 0, 400, 300))
        rows.zone(second, "A1-NO-01", "Nhóm nhà ở", (0, 0, 180, 140))
        rows.zone(second, "A1-HH-02", "Hỗn hợp nhóm nhà ở và dịch vụ", (0, 160, 180, 300))
        rows.zone(second, None, "Đường giao thông", (180, 0, 200, 300))
        rows.zone(second, None, "Đường giao thông", (0, 140, 180, 160))
        rows.zone(second, "CX-ẪỄỐỒ", "Cây xanh công cộng", (200, 0, 300, 300))
        rows.zone(second, HOSTILE, "Chức năng lạ", (300, 0, 400, 300))
        for kind, x in (("red_line", 180), ("building_line", 174), ("road_axis", 190)):
            rows.line(second, kind, (x, 0, x, 300))
        rows.line(second, "corridor", (0, 20, 400, 60))
        for row in range(6):
            for column in range(10):
                west, south = column * 17 + 2, row * 22 + 2
                box = (west, south, west + 16, south + 21)
                rows.parcel(str(row * 10 + column + 1), box)
        connection.execute(_CUT)
        connection.execute(_COVERAGE)
