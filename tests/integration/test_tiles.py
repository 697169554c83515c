"""Tiles out of PostGIS: what they hold, when, and from which zoom."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from math import asinh, floor, pi, radians, tan
from typing import Any

import asyncpg
import mapbox_vector_tile
import pytest
import pytest_asyncio

from maps import tiles
from maps.tiles import Tile, TileOutOfRange, UnknownLayer
from tests.conftest import Register
from tests.map_rows import fill

NOW = datetime(2026, 11, 1, tzinfo=UTC)
AUTUMN, SPRING = date(2026, 11, 1), date(2026, 3, 1)
LON, LAT = 106.7035, 10.7763


def tile_at(lon: float, lat: float, z: int) -> Tile:
    n = 2**z
    y = (1 - asinh(tan(radians(lat))) / pi) / 2 * n
    return Tile(z, floor((lon + 180) / 360 * n), floor(y))


@pytest.fixture(scope="module")
def filled(register: Register) -> Register:
    fill(register.url)
    return register


@pytest_asyncio.fixture
async def connection(filled: Register) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(filled.url)
    yield connection
    await connection.close()


async def features(
    connection: Any, layer: str, z: int, day: date = AUTUMN, lon: float = LON
) -> list[dict[str, Any]]:
    query = tiles.zone_names_query()
    names = [row[0] for row in await connection.fetch(query.sql, *query.values)]
    asked = tiles.tile_query(layer, tile_at(lon, LAT, z), day, NOW, tiles.style_index(names))
    if asked is None:
        return []
    data = tiles.tile_bytes(await connection.fetchval(asked.sql, *asked.values))
    if data is None:
        return []
    found: list[dict[str, Any]] = mapbox_vector_tile.decode(data)[layer]["features"]
    return found


async def test_zones_carry_symbol_function_plan_and_style(connection: Any) -> None:
    zones = {z["properties"]["label"]: z for z in await features(connection, "zones", 15)}
    assert zones["A1-NO-01"]["properties"] == {
        "symbol": "A1-NO-01",
        "function": "Nhóm nhà ở",
        "level": "lot",
        "plan": "Quy hoạch phân khu Minh Họa",
        "style": "nhom-nha-o",
        "label": "A1-NO-01",
    }
    assert zones["A1-NO-01"]["id"] > 0


async def test_zone_without_symbol_is_labelled_by_its_style(connection: Any) -> None:
    labels = [z["properties"]["label"] for z in await features(connection, "zones", 15)]
    assert labels.count("GT") == 2


async def test_function_outside_the_catalogue_says_so(connection: Any) -> None:
    odd = [
        z["properties"]
        for z in await features(connection, "zones", 15)
        if z["properties"]["function"] == "Chức năng lạ"
    ]
    assert [each["style"] for each in odd] == ["not-in-catalogue"]


async def test_only_the_version_in_force_on_the_day_is_drawn(connection: Any) -> None:
    spring = await features(connection, "zones", 15, SPRING)
    assert [z["properties"]["label"] for z in spring] == ["CŨ-01"]


async def test_nothing_is_drawn_before_the_first_plan(connection: Any) -> None:
    assert await features(connection, "zones", 15, date(2020, 1, 1)) == []


async def test_parcels_come_from_zoom_15(connection: Any) -> None:
    assert await features(connection, "parcels", 14) == []
    parcels = await features(connection, "parcels", 15)
    assert len(parcels) == 60
    assert parcels[0]["properties"].keys() == {"commune_code", "sheet", "number"}


async def test_lines_carry_their_kind(connection: Any) -> None:
    kinds = {line["properties"]["kind"] for line in await features(connection, "lines", 15)}
    assert kinds == {"red_line", "building_line", "road_axis", "corridor"}


async def test_empty_tile_is_none(connection: Any) -> None:
    for layer in tiles.LAYERS:
        assert await features(connection, layer, 15, lon=105.0) == []


async def test_extent_is_that_of_the_plan_in_force(connection: Any) -> None:
    query = tiles.extent_query(AUTUMN, NOW)
    west, south, east, north = tiles.bounds_of(await connection.fetchrow(query.sql, *query.values))
    assert west < LON < east
    assert south < LAT < north
    assert east - west < 0.01


async def test_extent_of_an_empty_day_is_the_country(connection: Any) -> None:
    query = tiles.extent_query(date(2020, 1, 1), NOW)
    assert tiles.bounds_of(await connection.fetchrow(query.sql, *query.values)) == tiles.VIETNAM


async def spread_out(connection: Any, table: str) -> None:
    """Copy a table's rows to 300 places further east, so that an index is worth using."""
    names = await connection.fetch(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = $1 AND column_name NOT IN ('id', 'geom')",
        table,
    )
    columns = ", ".join(row[0] for row in names)
    await connection.execute(
        f"INSERT INTO {table} ({columns}, geom) SELECT {columns}, ST_Translate(geom, n * 1000, 0)"
        f" FROM {table}, generate_series(1, 300) AS n"
    )
    await connection.execute(f"ANALYZE {table}")


@pytest.mark.parametrize(
    ("layer", "table"), [("zones", "zone"), ("lines", "plan_line"), ("parcels", "parcel")]
)
async def test_tiles_find_their_rows_by_the_spatial_index(
    connection: Any, layer: str, table: str
) -> None:
    asked = tiles.tile_query(layer, tile_at(LON, LAT, 17), AUTUMN, NOW, "{}")
    assert asked is not None
    change = connection.transaction()
    await change.start()
    await spread_out(connection, table)
    plan = await connection.fetch(f"EXPLAIN {asked.sql}", *asked.values)
    await change.rollback()
    assert f"{table}_geom" in "\n".join(row[0] for row in plan)


@pytest.mark.parametrize(("z", "x", "y"), [(3, 8, 0), (3, 0, -1), (23, 0, 0), (-1, 0, 0)])
def test_tile_out_of_range_is_not_found(z: int, x: int, y: int) -> None:
    with pytest.raises(TileOutOfRange):
        Tile(z, x, y)


def test_unknown_layer_is_not_found() -> None:
    with pytest.raises(UnknownLayer):
        tiles.tile_query("roads", Tile(15, 0, 0), AUTUMN, NOW, "{}")
