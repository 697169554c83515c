"""Data that others made goes through profiles, and the answers equal an independent computation."""

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import httpx
import numpy as np
import psycopg
import pytest
import shapely
from shapely import STRtree

from api.app import create_app
from ingest.gate.pipeline import read_delivery
from ingest.parcels.load import load_parcels
from ingest.register.load import load_delivery
from schemas.profiles.parcels import ParcelProfile
from tests.conftest import Register

pytestmark = [pytest.mark.slow, pytest.mark.shared_data]

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY = {"valid_at": "2026-11-02", "known_at": "2026-11-02T00:00:00Z"}
PROFILES = Path(__file__).parents[1] / "profiles"


def publish(path: Path, profile: str, register: Register, workdir: Path) -> int:
    """The number of zones delivered."""
    delivery = read_delivery(
        path,
        profile=PROFILES / profile,
        storage_srid=register.settings.storage_srid,
        workdir=workdir,
        accept_repairs=True,
        today=date(2026, 11, 1),
    )
    outcome = load_delivery(
        delivery, url=register.url, settings=register.settings, now=NOW, actor="test", publish=True
    )
    assert outcome.state == "published", [issue.code for issue in delivery.issues]
    return sum(len(version.zones) for version in delivery.versions)


def parcels(path: Path, fields: str, register: Register, *, repair: bool = False) -> Any:
    return load_parcels(
        path,
        profile=ParcelProfile.from_fields(fields),
        url=register.url,
        settings=register.settings,
        now=NOW,
        actor="test",
        accept_repairs=repair,
    )


async def _land_use(register: Register, questions: list[dict[str, Any]]) -> list[list[Any]]:
    app = create_app(register.settings, register.url)
    transport = httpx.ASGITransport(app)
    answers = []
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for question in questions:
            answer = await client.get("/v1/lookup", params=DAY | question)
            assert answer.status_code == 200, answer.text
            answers.append(answer.json()["themes"][0]["items"])
    await app.state.database.close()
    return answers


def land_use(register: Register, questions: list[dict[str, Any]]) -> list[list[Any]]:
    """The land-use items of each question, asked over HTTP."""
    return asyncio.run(_land_use(register, questions))


def shapes(path: Path, srid: int) -> gpd.GeoDataFrame:
    """The file as geopandas reads and projects it: no code of ours."""
    return gpd.read_file(path).to_crs(srid)


def shifted_blocks(blocks: Path, folder: Path) -> tuple[Path, Any]:
    """The city's blocks moved 20 m east and 15 m north, so that parcels straddle them."""
    moved = shapes(f"/vsigzip/{blocks.resolve()}", 31983)  # type: ignore[arg-type]
    moved = moved.set_geometry(moved.geometry.make_valid().translate(20, 15))
    moved = moved[moved.geom_type.isin(["Polygon", "MultiPolygon"])]
    path = folder / "blocks.gpkg"
    moved.to_file(path, layer="contagem_br_block", driver="GPKG")
    return path, moved.geometry.to_numpy()


def test_shares_of_1000_brazilian_parcels(
    fresh_register: Callable[[int], Register], shared_data: Path, tmp_path: Path
) -> None:
    register = fresh_register(31983)
    lots = shared_data / "parcels" / "contagem_br_parcel.geojsonl.gz"
    blocks = shared_data / "parcels" / "contagem_br_block.geojsonl.gz"
    plan, zones = shifted_blocks(blocks, tmp_path)
    workdir = tmp_path / "gate"
    workdir.mkdir()
    publish(plan, "contagem_blocks.yaml", register, workdir)
    outcome = parcels(lots, "number=fid_src", register)
    assert (outcome.loaded, outcome.held_back) == (115_541, 0)

    original = shapes(f"/vsigzip/{lots.resolve()}", 31983).set_index("fid_src")  # type: ignore[arg-type]
    tree = STRtree(zones)
    chosen = random.Random(11).sample(sorted(original.index), 1000)
    with psycopg.connect(register.url) as connection:
        ids = dict(connection.execute("SELECT number, id FROM parcel").fetchall())
    answers = land_use(register, [{"parcel_id": ids[str(key)]} for key in chosen])
    straddling = 0
    for key, items in zip(chosen, answers, strict=True):
        parcel = original.geometry[key]
        hits = shapely.area(shapely.intersection(zones[tree.query(parcel, "intersects")], parcel))
        expected = np.sort(hits[hits > 0.01])
        got = np.sort([item["area_m2"] for item in items])
        assert got == pytest.approx(expected, abs=1e-6 * parcel.area), key
        straddling += len(got) > 1
    assert straddling > 100


def test_all_alexandria_parcels_go_in_or_are_held_back_by_name(
    fresh_register: Callable[[int], Register], shared_data: Path
) -> None:
    register = fresh_register(26918)
    path = shared_data / "parcels" / "alexandria_va_us_parcels.geojsonl.gz"
    fields = "sheet=MAP,number=LOT_RE,address=ADDRESS_GIS,land_use=LANDCODE"
    first = parcels(path, fields, register)
    assert first.loaded + first.held_back == 47_174
    assert 0 < first.held_back <= 30
    codes = {issue.code for issue in first.issues}
    assert {"PARCEL_HELD_BACK", "PARCEL_KEY_MISSING", "COLUMN_NOT_TAKEN"} <= codes
    repaired = parcels(path, fields, register, repair=True)
    assert repaired.loaded + repaired.unchanged_rows + repaired.held_back == 47_174
    assert repaired.held_back < first.held_back


def test_24733_taiwanese_zones_answer_at_points(
    fresh_register: Callable[[int], Register], shared_data: Path, tmp_path: Path
) -> None:
    register = fresh_register(3826)
    packed = shared_data / "zoning" / "tw_zoning_4_counties.gpkg.zip"
    assert publish(packed, "tw_zoning.yaml", register, tmp_path) == 24_733
    with psycopg.connect(register.url) as connection:
        plans = connection.execute("SELECT count(*) FROM version_period").fetchone()
    assert plans == (98,)

    zones = gpd.read_file(f"/vsizip/{packed.resolve()}")
    valid = shapely.make_valid(zones.geometry.to_numpy())
    tree = STRtree(valid)
    chosen = random.Random(3).sample(range(len(zones)), 300)
    points = shapely.point_on_surface(valid[chosen])
    lonlat = gpd.GeoSeries(points, crs=3826).to_crs(4326)
    answers = land_use(register, [{"lon": p.x, "lat": p.y} for p in lonlat])
    for point, items in zip(points, answers, strict=True):
        expected = sorted(str(zones.zone_code[i] or "") for i in tree.query(point, "intersects"))
        assert sorted(item["zone"]["symbol"] or "" for item in items) == expected
