"""The parcel answer over HTTP, on a real register that holds the invented ward."""

import random
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import httpx
import psycopg
import pytest
import shapely
from shapely import STRtree, box

from api.app import create_app
from ingest.parcels.load import load_parcels
from schemas.answers import ParcelAnswer
from schemas.problems import Problem
from schemas.profiles.parcels import ParcelProfile
from schemas.themes import THEMES
from tests.conftest import Register

KEY = {"commune": "99001", "sheet": "5", "number": "12"}
NOW = datetime(2026, 11, 24, tzinfo=UTC)
DAY = {"valid_at": "2026-11-24", "known_at": "2026-11-24T00:00:00Z"}


@pytest.fixture
async def client(demo: Register) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(demo.settings, demo.url)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
    await app.state.database.close()


async def ask(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await client.get("/v1/lookup", params=DAY | query)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    ParcelAnswer.model_validate(document)
    return document


def theme(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in document["themes"] if each["theme"] == name)
    return found


def lots(document: dict[str, Any], level: str) -> list[tuple[str, float]]:
    return [
        (item["zone"]["symbol"], item["area_m2"])
        for item in theme(document, "land_use")["items"]
        if item["zone"]["level"] == "lot" and item["plan"]["level"] == level
    ]


async def test_the_certificate_key_leads_to_every_theme(client: httpx.AsyncClient) -> None:
    document = await ask(client, **KEY)
    assert [each["theme"] for each in document["themes"]] == list(THEMES)
    assert document["parcel"]["commune"]["name"] == "Phường Minh Họa"
    assert document["parcel"]["commune"]["old_names"] == ["Phường Minh Họa Đông"]
    assert document["invented"]
    assert "bịa" in document["disclaimer"]["vi"]


async def test_each_use_comes_with_its_area_and_share(client: httpx.AsyncClient) -> None:
    document = await ask(client, **KEY)
    areas = dict(lots(document, "zoning"))
    assert areas == pytest.approx({"HH-05A": 157.88, "CX-03": 74.84, "GT-03B": 149.73}, abs=0.01)
    shares = [
        i["share"] for i in theme(document, "land_use")["items"] if i["zone"]["symbol"] in areas
    ]
    assert sum(shares) == pytest.approx(1.0, abs=1e-9)


async def test_norms_are_ranges_with_their_text(client: httpx.AsyncClient) -> None:
    items = theme(await ask(client, **KEY), "land_use")["items"]
    zone = next(item["zone"] for item in items if item["zone"]["symbol"] == "HH-05A")
    assert zone["density"] == {"min": None, "max": 60.0, "text": "≤ 60"}
    assert zone["storeys"] == {"min": 5.0, "max": 9.0, "text": "5÷9"}
    assert zone["far"] == {"min": 4.5, "max": 4.5, "text": "4,5"}


async def test_a_statement_cites_decision_paper_file_and_row(client: httpx.AsyncClient) -> None:
    items = theme(await ask(client, **KEY), "land_use")["items"]
    item = next(item for item in items if item["zone"]["symbol"] == "HH-05A")
    assert (item["plan"]["decision"], item["plan"]["date"]) == ("45/QĐ-UBND", "2026-03-15")
    assert item["source"]["layer"] == "ChucNangSuDungDat_A"
    assert item["source"]["row"] >= 1
    decision = next(paper for paper in item["documents"] if paper["role"] == "decision")
    paper = await client.get(decision["url"])
    assert paper.status_code == 200
    assert paper.content.startswith(b"%PDF")


async def test_what_an_adjustment_left_alone_keeps_its_own_decision(
    client: httpx.AsyncClient,
) -> None:
    document = await ask(client, commune="99001", sheet="2", number="42")
    items = theme(document, "land_use")["items"]
    assert {item["plan"]["decision"] for item in items} == {"12/QĐ-UBND"}
    assert theme(document, "land_use")["why"]["code"] == "covered_in_part"


async def test_the_day_decides_which_version_answers(client: httpx.AsyncClient) -> None:
    before = await client.get("/v1/lookup", params=DAY | KEY | {"valid_at": "2025-12-01"})
    symbols = dict(lots(before.json(), "zoning"))
    assert symbols == pytest.approx({"OCH-05": 194.36, "CX-03": 112.88, "GT-03B": 75.20}, abs=0.01)
    early = (await client.get("/v1/lookup", params=DAY | KEY | {"valid_at": "2024-01-01"})).json()
    assert {each["result"] for each in early["themes"]} == {"no_data"}


async def test_before_the_register_knew_the_parcel_it_is_not_found(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/v1/lookup", params=DAY | KEY | {"known_at": "2026-10-01T00:00:00Z"})
    assert answer.status_code == 404


async def test_point_and_certificate_coordinates_give_the_same_parcel(
    client: httpx.AsyncClient,
) -> None:
    by_key = await ask(client, **KEY)
    by_point = await ask(client, lon=106.757208, lat=10.312361)
    by_xy = await ask(client, x=1140576.402, y=610121.219, crs="EPSG:9210")
    turned = await ask(client, x=610121.219, y=1140576.402, crs="EPSG:9210")
    assert turned["asked"] == by_xy["asked"] | {"read_as": "easting, northing"}
    assert turned["asked"]["northing"] == 1140576.402
    for other in (by_point, by_xy, turned):
        assert other["themes"] == by_key["themes"]


async def test_the_red_line_takes_the_strip_on_the_roads_side(client: httpx.AsyncClient) -> None:
    found = theme(await ask(client, **KEY), "red_line")
    assert found["result"] == "applies"
    taken = sorted(
        (item["plan"]["level"], item["line"]["name"], round(item["area_m2"]))
        for item in found["items"]
        if item["area_m2"]
    )
    name = "Chỉ giới đường đỏ Đường Mẫu 3"
    assert taken == [("detailed", name, 57), ("zoning", name, 150)]
    assert all(item["distance_m"] > 0 for item in found["items"] if not item["area_m2"])


async def test_what_red_lines_take_is_what_the_plan_draws_as_road(
    client: httpx.AsyncClient, demo: Register
) -> None:
    with psycopg.connect(demo.url) as connection:
        keys = [
            row[0] for row in connection.execute("SELECT id FROM parcel ORDER BY id").fetchall()
        ]
    for key in random.Random(5).sample(keys, 400):
        document = await ask(client, parcel_id=key)
        for level in ("zoning", "detailed"):
            road = sum(
                item["area_m2"]
                for item in theme(document, "land_use")["items"]
                if item["zone"]["level"] == "lot"
                and item["plan"]["level"] == level
                and item["zone"]["function_levels"][-1].startswith("Đường")
            )
            strips = sum(
                item["area_m2"] or 0.0
                for item in theme(document, "red_line")["items"]
                if item["plan"]["level"] == level
            )
            assert strips <= road + 1.0 + 0.02 * document["parcel"]["area_m2"], (key, level)


async def test_plans_that_disagree_stand_side_by_side(client: httpx.AsyncClient) -> None:
    document = await ask(client, **KEY)
    (conflict,) = document["conflicts"]
    assert [plan["level"] for plan in conflict["plans"]] == ["zoning", "detailed"]
    assert conflict["decision"] is None
    assert any("function" in place["differs"] for place in conflict["places"])


async def test_an_old_key_leads_to_todays_parcel(client: httpx.AsyncClient) -> None:
    document = await ask(client, commune="99992", sheet="5", number="12")
    assert (document["parcel"]["sheet"], document["parcel"]["number"]) == ("28", "12")
    assert document["parcel"]["matched_by"] == "former_key"
    by_name = await ask(client, commune="phuong minh hoa tay", sheet="5", number="12")
    assert by_name["parcel"]["id"] == document["parcel"]["id"]


async def test_leading_zeros_are_the_same_key(client: httpx.AsyncClient) -> None:
    padded = await ask(client, commune="99001", sheet="005", number="0012")
    assert padded["parcel"]["id"] == (await ask(client, **KEY))["parcel"]["id"]
    found = (await client.get("/v1/search", params={"q": "99001/05/012"})).json()
    assert found["unique"]


async def test_a_commune_is_found_by_name_in_any_spelling(client: httpx.AsyncClient) -> None:
    for name in ("Phường Minh Họa", "phuong minh hoa", "P. Minh Hoạ", "MINH HỌA"):
        document = await ask(client, commune=name, sheet="5", number="12")
        assert document["parcel"]["sheet"] == "5"


async def test_a_place_without_a_plan_is_no_data_in_every_theme(client: httpx.AsyncClient) -> None:
    document = await ask(client, lon=106.0, lat=10.0)
    assert document["parcel"] is None
    assert {each["result"] for each in document["themes"]} == {"no_data"}
    assert all(each["why"]["vi"] for each in document["themes"])


async def test_an_unknown_parcel_is_404_with_the_nearest(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/lookup", params=DAY | KEY | {"number": "99999"})
    assert answer.status_code == 404
    problem = Problem.model_validate(answer.json())
    assert problem.candidates[0]["sheet"] == "5"
    assert "không bị ảnh hưởng" in problem.message.vi


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"lon": "106.7"},
        {"lon": "106.7", "lat": "abc"},
        {"lon": "nan", "lat": "10"},
        {"lon": "inf", "lat": "10"},
        {"lon": "181", "lat": "10"},
        {"lon": "106.7", "lat": "10.3", "colour": "red"},
        {"lon": "106.7", "lat": "10.3", "sheet": "5"},
        {"x": "1140576", "y": "610121"},
        {"x": "1140576", "y": "610121", "crs": "EPSG:1"},
        {"x": "1140576", "y": "610121", "crs": "VN2000"},
        {"x": "1e300", "y": "1e300", "crs": "EPSG:9210"},
        {"commune": "99001", "sheet": "5"},
        {"commune": "", "sheet": "5", "number": "12"},
        {"commune": "a\x00b", "sheet": "5", "number": "12"},
        {"parcel_id": "0"},
        {"parcel_id": "99999999999999999999"},
        KEY | {"valid_at": "2025-02-30"},
        KEY | {"known_at": "2025-02-28T00:00:00"},
        KEY | {"known_at": "0001-01-01T00:00:00+14:00"},
        KEY | {"known_at": "9999-12-31T23:59:59-14:00"},
    ],
)
async def test_a_wrong_question_is_400_and_says_why(
    client: httpx.AsyncClient, query: dict[str, str]
) -> None:
    answer = await client.get("/v1/lookup", params=query)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate(answer.json())
    assert problem.message.vi
    assert problem.message.en


@pytest.mark.parametrize(
    "path",
    [
        "/v1/lookup?lon=106.75&lat=10.31&lon=3",
        "/health/live?zz=1",
        "/metrics?zz=1",
        "/v1/plans?zz=1",
        "/tiles/zones.json?zz=1",
        "/parcels/99001/5/12?zz=1",
        "/plans/99qpk0001/versions/99999999999",
        "/plans/99qpk0001/versions/1/documents/99999999999999999999",
        "/plans/%00",
    ],
)
async def test_no_route_ignores_what_it_does_not_know(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_that_is_no_text_is_400(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json"}
    answer = await client.post("/v1/lookup", content=b"\xff\xfe{", headers=headers)
    assert answer.status_code == 400


async def test_an_unknown_commune_is_not_an_unknown_parcel(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/lookup", params=KEY | {"commune": "Phường Không Có"})
    assert answer.status_code == 404
    assert "Phường Không Có" in answer.json()["message"]["vi"]
    assert answer.json()["candidates"] == []


async def test_coordinates_the_other_way_round_are_said_to_be(client: httpx.AsyncClient) -> None:
    turned = await ask(client, x=610121.219, y=1140576.402, crs="EPSG:9210")
    assert turned["asked"]["read_as"] == "easting, northing"


async def test_what_a_line_takes_has_no_distance(client: httpx.AsyncClient) -> None:
    for name in ("road", "red_line"):
        items = theme(await ask(client, **KEY), name)["items"]
        assert all((item["distance_m"] is None) == bool(item["area_m2"]) for item in items)
    road = theme(await ask(client, **KEY), "road")["items"][0]
    assert road["area_range_m2"][0] < road["area_m2"] < road["area_range_m2"][1]


async def test_certificate_coordinates_in_the_box_name_their_crs(
    client: httpx.AsyncClient,
) -> None:
    found = (await client.get("/v1/search", params={"q": "1140576,4 610121,2"})).json()
    assert found["understood_as"] == "words", "decimal commas are not guessed at"
    found = (await client.get("/v1/search", params={"q": "1140576.402, 610121.219"})).json()
    assert found["read_in"] == "EPSG:9210"
    assert found["items"][0]["number"] == "12"


async def test_the_openapi_document_says_what_is_answered(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    for methods in document["paths"].values():
        for route in methods.values():
            assert "422" not in route["responses"]
            assert "application/problem+json" in route["responses"]["400"]["content"]
    lookup = document["paths"]["/v1/lookup"]["get"]
    assert lookup["responses"]["200"]["content"]["application/json"]["schema"]


async def test_a_drawn_area_is_answered_like_a_parcel(
    client: httpx.AsyncClient, demo: Register
) -> None:
    with psycopg.connect(demo.url) as connection:
        row = connection.execute(
            "SELECT ST_AsGeoJSON(ST_Transform(geom, 4326), 12) FROM parcel "
            "WHERE sheet = '5' AND number = '12'"
        ).fetchone()
    assert row
    headers = {"content-type": "application/geo+json"}
    answer = await client.post("/v1/lookup", params=DAY, content=row[0], headers=headers)
    assert answer.status_code == 200, answer.text
    ParcelAnswer.model_validate(answer.json())
    drawn, known = lots(answer.json(), "zoning"), lots(await ask(client, **KEY), "zoning")
    assert [symbol for symbol, _ in drawn] == [symbol for symbol, _ in known]
    assert [area for _, area in drawn] == pytest.approx([area for _, area in known], abs=1e-3)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "LineString", "coordinates": [[106, 10], [107, 11]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[106, 10], [107, 11]]]},
        {"type": "Polygon", "coordinates": "abc"},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
        {
            "type": "Polygon",
            "coordinates": [
                [[610000, 1140000], [610010, 1140000], [610000, 1140010], [610000, 1140000]]
            ],
        },
        {"type": "Polygon", "coordinates": [[[106, 10], [106, 10], [106, 10], [106, 10]]]},
        {"type": "Polygon", "coordinates": [[[100, 5], [110, 5], [110, 15], [100, 15], [100, 5]]]},
        {"type": "Point", "coordinates": [1]},
    ],
)
async def test_a_wrong_drawing_is_400(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
    answer = await client.post("/v1/lookup", params=DAY, json=body)
    assert answer.status_code == 400, answer.text
    assert Problem.model_validate(answer.json()).message.vi


async def test_a_lost_database_is_503_and_never_an_empty_answer(demo: Register) -> None:
    app = create_app(demo.settings, "postgresql://nobody:x@127.0.0.1:1/none")
    app.state.database._url = "postgresql://nobody:x@127.0.0.1:1/none"
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for path in ("/v1/lookup?lon=106.7&lat=10.3", "/health/ready", "/v1/search?q=5/12"):
            answer = await client.get(path)
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
        assert (await client.get("/health/live")).status_code == 200
        page = await client.get("/parcels/99001/5/12", headers={"accept": "text/html"})
        assert page.status_code == 503
        assert "không phải là kết quả tra cứu" in page.text


async def test_a_crash_is_a_problem_and_no_answer(demo: Register) -> None:
    app = create_app(demo.settings, demo.url)
    app.state.database = object()
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/v1/lookup?lon=106.7&lat=10.3")
        page = await client.get("/parcels/99001/5/12", headers={"accept": "text/html"})
    assert answer.status_code == page.status_code == 500
    assert Problem.model_validate(answer.json()).type == "/problems/failed"
    assert "không phải là kết quả tra cứu" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_the_search_box_lists_several_and_never_picks(client: httpx.AsyncClient) -> None:
    found = (await client.get("/v1/search", params={"q": "5/12"})).json()
    assert not found["unique"]
    assert [item["sheet"] for item in found["items"]] == ["5", "28"]
    one = (await client.get("/v1/search", params={"q": "tờ 5 thửa 12 Minh Họa Tây"})).json()
    assert [item["sheet"] for item in one["items"]] == ["28"]
    nothing = (await client.get("/v1/search", params={"q": "{{7*7}}"})).json()
    assert nothing["items"] == []
    assert nothing["why"]["vi"]


def _register_rows(demo: Register) -> tuple[dict[int, Any], dict[int, Any]]:
    """Current parcels, and zones of the versions in force with their plan, by id."""
    with psycopg.connect(demo.url) as connection:
        parcels = connection.execute("SELECT id, ST_AsBinary(geom) FROM parcel").fetchall()
        zones = connection.execute(
            "SELECT z.id, ST_AsBinary(z.geom) FROM zone z "
            "JOIN version_period t USING (plan_version_id) "
            "WHERE upper_inf(t.recorded) AND t.valid @> '2026-11-24'::date"
        ).fetchall()
    return (
        {key: shapely.from_wkb(bytes(wkb)) for key, wkb in parcels},
        {key: shapely.from_wkb(bytes(wkb)) for key, wkb in zones},
    )


async def test_shares_equal_an_independent_computation(
    client: httpx.AsyncClient, demo: Register
) -> None:
    parcels, zones = _register_rows(demo)
    ids, shapes = list(zones), list(zones.values())
    tree = STRtree(shapes)
    for key in random.Random(7).sample(sorted(parcels), 1000):
        parcel = parcels[key]
        hits = [shapes[i].intersection(parcel).area for i in tree.query(parcel, "intersects")]
        expected = sorted(area for area in hits if area > 0.01)
        document = (await client.get("/v1/lookup", params=DAY | {"parcel_id": key})).json()
        got = sorted(item["area_m2"] for item in theme(document, "land_use")["items"])
        assert got == pytest.approx(expected, abs=1e-6 * parcel.area), key
    assert len(ids) == len(set(ids))


async def test_the_hot_question_uses_its_indexes(demo: Register) -> None:
    from api.lookup.ask import STATEMENTS

    sql = STATEMENTS["point"]
    for parameter, value in (
        ("$1::timestamptz", "now()"),
        ("$2::date", "current_date"),
        ("$3::float8", "610121.2"),
        ("$4::float8", "1140576.4"),
    ):
        sql = sql.replace(parameter, value)
    with psycopg.connect(demo.url) as connection:
        connection.execute("ANALYZE")
        connection.execute("SET plan_cache_mode = force_generic_plan")
        plan = "\n".join(row[0] for row in connection.execute(f"EXPLAIN {sql}"))
    for index in ("parcel_geom", "zone_cut_geom", "plan_line_geom"):
        assert index in plan, plan
    for table in ("parcel p", "zone_cut c", "plan_line l"):
        assert f"Seq Scan on {table}" not in plan


async def test_the_hot_question_is_prepared_once(demo: Register) -> None:
    from api.deps import Pool
    from api.lookup.ask import STATEMENTS

    pool = Pool(demo.url, size=1)
    for _ in range(2):
        await pool.fetchval(STATEMENTS["point"], NOW, NOW.date(), 610121.2, 1140576.4)
    kept = await pool.fetch(
        "SELECT generic_plans FROM pg_prepared_statements WHERE statement = $1", STATEMENTS["point"]
    )
    await pool.close()
    assert [row["generic_plans"] for row in kept] == [2]


async def test_a_list_that_is_cut_says_that_there_are_more(
    fresh_register: Callable[[int], Register], tmp_path: Path
) -> None:
    register = fresh_register(9210)
    squares = [box(6e5 + 20 * n, 1.19e6, 6e5 + 20 * n + 10, 1.19e6 + 10) for n in range(51)]
    columns = {"XA": [f"{26000 + n}" for n in range(51)], "TO": "5", "THUA": "12"}
    path = tmp_path / "thua.gpkg"
    gpd.GeoDataFrame(columns, geometry=squares, crs=9210).to_file(path)
    load_parcels(
        path, profile=ParcelProfile.from_fields("commune=XA,sheet=TO,number=THUA"),
        url=register.url, settings=register.settings, now=NOW, actor="test",
    )  # fmt: skip
    app = create_app(register.settings, register.url)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        found = (await client.get("/v1/search", params={"q": "5/12"})).json()
        page = (await client.get("/", params={"q": "5/12"})).text
    await app.state.database.close()
    assert (len(found["items"]), found["more"], found["unique"]) == (50, True, False)
    assert "Còn nhiều thửa khác nữa" in page
