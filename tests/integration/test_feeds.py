"""Feeds of a parcel, a commune and a drawn area: what really changed there, and nothing else."""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from api.app import create_app
from api.changes.areas import MOST_CORNERS, read, typed_ring, written
from ingest.register.load import load_delivery
from ingest.register.publish import publish, withdraw
from schemas.crs import WGS84, project_one
from schemas.db import connect
from schemas.errors import BadQuestion
from tests.conftest import Register

T0 = datetime(2026, 11, 1, 8, tzinfo=UTC)
EAST, NORTH = 603_000.0, 1_190_000.0
"""Where hand-drawn plans lie: in Hồ Chí Minh City, in the storage CRS."""
ATOM = "{http://www.w3.org/2005/Atom}"


def at(west: float, south: float, east: float, north: float) -> Polygon:
    return box(EAST + west, NORTH + south, EAST + east, NORTH + north)


class Watched:
    """A register with drawn plans, four parcels of 50 m, and somebody who follows feeds."""

    def __init__(
        self, register: Register, drawing: Any, rows: Any, http: httpx.AsyncClient
    ) -> None:
        self.register, self.drawing, self.rows, self.http = register, drawing, rows, http
        self.hours = 0

    def stage(self, name: str, zones: Any, **version: Any) -> None:
        values = {"boundary": at(0, 0, 100, 100), "lines": self.rows([]), **version}
        drawn = self.drawing.version(zones=self.rows(zones), **values)
        load_delivery(
            self.drawing.delivery(name, drawn), url=self.register.url,
            settings=self.register.settings, now=T0, actor="bat", publish=False,
        )  # fmt: skip

    def next_hour(self) -> datetime:
        self.hours += 1
        return T0 + timedelta(hours=self.hours)

    def put(self, version: str) -> None:
        publish(version, url=self.register.url, now=self.next_hour(), actor="an")

    def drop(self, version: str) -> None:
        withdraw(version, "nhầm", url=self.register.url, now=self.next_hour(), actor="an")

    def add_parcels(self, **grounds: Polygon) -> None:
        """Parcels of sheet 1 by their number `n1`, `n2` …"""
        query = """
            INSERT INTO parcel (commune_code, sheet, number, valid, recorded, attributes,
                                source_file_id, source_layer, source_row, geom)
            SELECT '27001', '1', %s, '(,)', '[2020-01-01,)', '{}', min(id), 'l', 1,
                   ST_Multi(ST_GeomFromText(%s, 9210))
              FROM dossier_file
        """
        with connect(self.register.url) as connection:
            for name, ground in grounds.items():
                connection.execute(query, [name[1:], ground.wkt])

    async def feed(self, place: str, **query: str) -> list[Any]:
        """The entries of a place's Atom feed, as a feed reader understands it, newest first."""
        response = await self.http.get(f"/feeds/{place}.atom", params=query)
        assert response.status_code == 200, response.text
        check_atom(response.content)
        parsed = feedparser.parse(response.content)
        assert not parsed.bozo, parsed.get("bozo_exception")
        return list(parsed.entries)


def check_atom(document: bytes) -> None:
    """What RFC 4287 demands of a feed and its entries."""
    root = ET.fromstring(document)
    assert root.tag == f"{ATOM}feed"
    one = ("id", "title", "updated")
    assert all(len(root.findall(f"{ATOM}{name}")) == 1 for name in one)
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    links = {link.get("rel"): link.get("href", "") for link in root.findall(f"{ATOM}link")}
    assert links.keys() == {"self", "alternate"}
    assert all(url.startswith("http://test/") for url in links.values())
    ids = [root.findtext(f"{ATOM}id")]
    for entry in root.findall(f"{ATOM}entry"):
        assert all(len(entry.findall(f"{ATOM}{name}")) == 1 for name in (*one, "content"))
        assert entry.find(f"{ATOM}link[@rel='alternate']") is not None
        ids.append(entry.findtext(f"{ATOM}id"))
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"tag:test,2026:feeds/\S+", name or "") for name in ids)
    stamps = [node.text or "" for node in root.iter(f"{ATOM}updated")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stamp) for stamp in stamps)
    assert stamps[0] == max(stamps)


@pytest.fixture
async def watched(
    fresh_register: Callable[[int], Register], drawing: Any, drawn_rows: Any
) -> AsyncIterator[Watched]:
    register = fresh_register(9210)
    app = create_app(register.settings, register.url)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield Watched(register, drawing, drawn_rows, http)
    await app.state.database.close()


def lot(symbol: str, shape: Any, **more: Any) -> tuple[dict[str, Any], Any]:
    return {"level": "lot", "symbol": symbol, "function_1": symbol, **more}, shape


@pytest.fixture
def city(watched: Watched) -> Watched:
    """Two lots side by side, published; parcels in them, across them, beside them and far away."""
    watched.stage("v1", [lot("Đất ở", at(0, 0, 50, 100)), lot("Cây xanh", at(50, 0, 100, 100))])
    watched.add_parcels(
        n1=at(10, 10, 40, 40), n2=at(60, 10, 90, 40), n3=at(40, 60, 60, 80),
        n4=at(100, 0, 130, 30), n5=at(500, 500, 530, 530),
    )  # fmt: skip
    watched.put("p1/1")
    return watched


async def counts(watched: Watched) -> list[int]:
    return [len(await watched.feed(f"parcels/27001/1/{number}")) for number in "12345"]


async def test_a_first_publication_reaches_its_ground_and_no_neighbour(city: Watched) -> None:
    assert await counts(city) == [1, 1, 1, 0, 0]
    (entry,) = await city.feed("parcels/27001/1/1")
    assert "Đồ án Minh Họa được công bố (Quyết định 12/QĐ-UBND ngày 01/12/2019)" in entry.title
    assert "có hiệu lực từ ngày 01/01/2020" in entry.title
    assert entry.link == "http://test/plans/p1/versions/1"
    assert "900,0" in entry.summary
    english = entry.content[0].value
    assert "is published (Decision 12/QĐ-UBND of 1 December 2019)" in english


async def test_only_ground_that_says_something_else_is_told(city: Watched) -> None:
    """The green lot becomes a school; the housing beside it stays as it was."""
    city.stage("v2", [lot("Đất ở", at(0, 0, 50, 100)), lot("Trường học", at(50, 0, 100, 100))],
               adjustment_kind="overall", valid_from=date(2024, 1, 1))  # fmt: skip
    city.put("p1/2")
    assert await counts(city) == [1, 2, 2, 0, 0]
    newest, _ = await city.feed("parcels/27001/1/3")
    assert "được điều chỉnh tổng thể" in newest.title
    assert "Nơi này có 200,0\N{NO-BREAK SPACE}m² thay đổi: Cây xanh → Trường học" in newest.summary


async def test_a_line_that_moves_tells_who_it_crosses(city: Watched) -> None:
    """A red line comes where none was; it crosses parcel 1 and runs along the edge of parcel 2."""
    zones = [lot("Đất ở", at(0, 0, 50, 100)), lot("Cây xanh", at(50, 0, 100, 100))]
    lines = [({"kind": "red_line", "name": "Đường số 7"},
              LineString([(EAST + 5, NORTH + 20), (EAST + 60, NORTH + 20)]))]  # fmt: skip
    city.stage("v2", zones, lines=city.rows(lines), adjustment_kind="overall",
               valid_from=date(2024, 1, 1))  # fmt: skip
    city.put("p1/2")
    assert await counts(city) == [2, 1, 1, 0, 0]
    newest, _ = await city.feed("parcels/27001/1/1")
    assert "30,0 m đường, chỉ giới thay đổi: có chỉ giới đường đỏ Đường số 7" in newest.summary


async def test_a_local_adjustment_does_not_wake_the_rest_of_a_cut_zone(city: Watched) -> None:
    inner = at(5, 5, 20, 20)
    city.stage("v2", [lot("Chợ", inner)], boundary=inner, adjustment_kind="local",
               valid_from=date(2024, 1, 1))  # fmt: skip
    city.put("p1/2")
    assert await counts(city) == [2, 1, 1, 0, 0]
    newest, _ = await city.feed("parcels/27001/1/1")
    assert "Nơi này có 100,0\N{NO-BREAK SPACE}m² thay đổi: Đất ở → Chợ" in newest.summary


async def test_a_norm_that_changes_is_a_change(city: Watched) -> None:
    city.stage("v2", [lot("Đất ở", at(0, 0, 50, 100), storeys_max=9.0),
                      lot("Cây xanh", at(50, 0, 100, 100))],
               adjustment_kind="overall", valid_from=date(2024, 1, 1))  # fmt: skip
    city.put("p1/2")
    assert await counts(city) == [2, 1, 2, 0, 0]
    newest, _ = await city.feed("parcels/27001/1/1")
    assert "Đất ở: số tầng (không nêu) → ≤ 9 (900,0" in newest.summary


async def test_the_same_drawing_again_is_told_to_nobody(city: Watched) -> None:
    jitter = at(50.001, 0, 100, 100)
    city.stage("v2", [lot("Đất ở", at(0, 0, 50.001, 100)), lot("Cây xanh", jitter)],
               adjustment_kind="overall", valid_from=date(2024, 1, 1))  # fmt: skip
    city.put("p1/2")
    assert await counts(city) == [1, 1, 1, 0, 0]


async def test_a_withdrawal_and_a_correction_are_told_where_they_matter(city: Watched) -> None:
    city.stage("v2", [lot("Đất ở", at(0, 0, 50, 100)), lot("Trường học", at(50, 0, 100, 100))],
               adjustment_kind="overall", valid_from=date(2024, 1, 1))  # fmt: skip
    city.put("p1/2")
    city.drop("p1/2")
    assert await counts(city) == [1, 3, 3, 0, 0]
    newest, *_ = await city.feed("parcels/27001/1/2")
    assert "Phiên bản 2 của Đồ án Minh Họa bị thu hồi" in newest.title
    assert "phiên bản 1 có hiệu lực trở lại" in newest.title
    assert "Trường học → Cây xanh" in newest.summary
    city.drop("p1/1")
    newest, *_ = await city.feed("parcels/27001/1/1")
    assert "không phiên bản nào của đồ án thay vào những ngày đó" in newest.title
    city.stage("v3", [lot("Kho", at(0, 0, 100, 100))])
    city.put("p1/3")
    newest, *_ = await city.feed("parcels/27001/1/1")
    assert "được đính chính" in newest.title


async def test_both_forms_and_languages_tell_the_same_entries(city: Watched) -> None:
    atom = await city.feed("parcels/27001/1/1")
    response = await city.http.get("/feeds/parcels/27001/1/1.json?lang=en")
    assert response.headers["content-type"] == "application/feed+json"
    document = response.json()
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["language"] == "en"
    assert document["feed_url"] == "http://test/feeds/parcels/27001/1/1.json?lang=en"
    assert [item["id"] for item in document["items"]] == [entry.id for entry in atom]
    assert document["items"][0]["title"].startswith("Đồ án Minh Họa is published")
    assert document["items"][0]["_sqh"]["area_m2"] == pytest.approx(900, abs=0.01)
    assert all(item["content_text"] and item["date_published"] for item in document["items"])


async def test_an_unchanged_feed_is_not_sent_again(city: Watched) -> None:
    url = "/feeds/parcels/27001/1/1.atom"
    first = await city.http.get(url)
    etag = first.headers["etag"]
    assert first.headers["cache-control"] == "public, max-age=300"
    again = await city.http.get(url, headers={"If-None-Match": f'"x", W/{etag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    other = await city.http.get(url + "?lang=en", headers={"If-None-Match": etag})
    assert other.status_code == 200
    city.drop("p1/1")
    assert (await city.http.get(url, headers={"If-None-Match": etag})).status_code == 200


async def test_a_commune_has_its_feed_and_without_boundary_says_so(city: Watched) -> None:
    rows = [("27001", at(-10, -10, 30, 110)), ("27002", at(100, 0, 200, 100)), ("27003", None)]
    with connect(city.register.url) as connection:
        for code, ground in rows:
            connection.execute(
                "INSERT INTO admin_unit (code, level, kind, name, full_name, name_key, valid,"
                " source, geom) VALUES (%s, 'commune', 'Phường', %s, %s, 'x', '(,)', 't',"
                " ST_Multi(ST_GeomFromText(%s, 9210)))",
                [code, f"P{code}", f"Phường {code}", ground.wkt if ground else None],
            )
    (entry,) = await city.feed("communes/27001")
    assert "3.000,0" in entry.summary
    assert await city.feed("communes/27002") == []
    unknown = await city.http.get("/feeds/communes/27003.atom")
    assert unknown.status_code == 404
    assert "chưa có ranh giới" in unknown.json()["message"]["vi"]
    assert (await city.http.get("/feeds/communes/99999.json")).status_code == 404


def degrees(shape: BaseGeometry) -> Any:
    return project_one(shape, 9210, WGS84)


async def test_a_drawn_area_stands_in_its_address(city: Watched) -> None:
    inside, outside = written(degrees(at(20, 20, 30, 30))), written(degrees(at(101, 0, 130, 30)))
    (entry,) = await city.feed(f"areas/{inside}")
    assert re.search(r"Nơi này có (99|100),\d", entry.summary)
    assert await city.feed(f"areas/{outside}") == []
    page = await city.http.get(f"/watch/areas/{inside}", headers={"Accept": "text/html"})
    assert f"http://test/feeds/areas/{inside}.atom" in page.text


@pytest.mark.parametrize(
    "area",
    ["", "x", "%00", "-" * 1400, "A" * 3000, "B", "BG", "BGA", "đất"],
)
async def test_an_area_that_is_none_is_400_or_404(city: Watched, area: str) -> None:
    for path in (f"/feeds/areas/{area}.atom", f"/watch/areas/{area}"):
        assert (await city.http.get(path)).status_code in (400, 404), path


@pytest.mark.parametrize(
    "corners",
    [
        "106.7, 10.3", "106.7,10.3\n106.8,10.3", "a b\nc d\ne f", "106.7,10.3\n106.7,10.3\n106.7,10.3",
        "10.3,106.7\n10.4,106.7\n10.4,106.8", "106.7,10.3\n106.8,10.4\n106.8,10.3\n106.7,10.4",
        "100,8\n110,8\n110,20", "nan,1\n2,3\n4,5",
        "\n".join(f"106.{n:04d},10.{n % 7}" for n in range(MOST_CORNERS + 1)),
    ],
)  # fmt: skip
async def test_corners_that_make_no_area_are_400_with_the_reason(
    city: Watched, corners: str
) -> None:
    response = await city.http.get("/watch", params={"corners": corners})
    assert response.status_code == 400, response.headers.get("location")
    assert response.json()["message"]["vi"]


async def test_corners_lead_to_the_page_of_their_area(city: Watched) -> None:
    ring = degrees(at(20, 20, 30, 30)).exterior.coords
    corners = "\n".join(f"{lon:.7f}, {lat:.7f}" for lon, lat in ring)
    response = await city.http.get("/watch", params={"corners": corners, "lang": "en"})
    assert response.status_code == 303
    page = await city.http.get(response.headers["location"])
    assert page.status_code == 200
    assert "is published" in page.text


async def test_parcels_that_share_a_key_are_offered_not_picked(city: Watched) -> None:
    city.add_parcels(n1=at(60, 60, 70, 70))
    response = await city.http.get("/feeds/parcels/27001/1/1.atom")
    assert response.status_code == 300
    ids = [each["parcel_id"] for each in response.json()["candidates"]]
    assert len(ids) == 2
    assert len(await city.feed("parcels/27001/1/1", parcel_id=str(ids[1]))) == 1
    assert (await city.http.get("/feeds/parcels/27001/1/999.json")).status_code == 404


async def test_the_chosen_one_of_several_is_the_one_that_is_watched(city: Watched) -> None:
    city.add_parcels(n1=at(60, 60, 70, 70))
    several = await city.http.get("/feeds/parcels/27001/1/1.atom")
    addresses = set()
    for number in (each["parcel_id"] for each in several.json()["candidates"]):
        page = await city.http.get(f"/parcels/27001/1/1?parcel_id={number}&lang=en")
        (watch,) = set(re.findall(r'href="(/watch/parcels/[^"]+)"', page.text))
        shown = await city.http.get(unescape(watch))
        (feed,) = set(re.findall(r'id="atom">http://test([^<]+)<', shown.text))
        parsed = feedparser.parse((await city.http.get(unescape(feed))).content)
        assert parsed.feed.title.endswith("Sổ Quy Hoạch")
        addresses.add((unescape(feed), parsed.feed.id))
    assert len({feed for feed, _ in addresses}) == len({name for _, name in addresses}) == 2


async def test_the_parcel_page_leads_to_its_feed(city: Watched) -> None:
    page = await city.http.get("/parcels/27001/1/1", headers={"Accept": "text/html"})
    assert 'href="/watch/parcels/27001/1/1"' in page.text
    watch = await city.http.get("/watch/parcels/27001/1/1", headers={"Accept": "text/html"})
    assert watch.status_code == 200
    assert "http://test/feeds/parcels/27001/1/1.atom" in watch.text
    assert 'type="application/atom+xml"' in watch.text


async def test_names_with_signs_that_xml_forbids_do_not_break_a_feed(city: Watched) -> None:
    with connect(city.register.url) as connection:
        connection.execute("UPDATE plan SET name = E'A & B <c> \\x01\\ufffe “d”'")
    (entry,) = await city.feed("parcels/27001/1/1")
    assert "A & B" in entry.title
    response = await city.http.get("/feeds/parcels/27001/1/1.json")
    assert "A & B <c>" in json.loads(response.content)["items"][0]["title"]


@given(st.floats(-179, 178), st.floats(-89, 88), st.floats(0.001, 0.9), st.integers(3, 100))
def test_an_area_comes_back_as_it_was_written(
    lon: float, lat: float, size: float, corners: int
) -> None:
    drawn = Polygon([(lon, lat), (lon + size, lat), (lon + size, lat + size), (lon, lat + size)])
    back = read(written(drawn))
    assert back.exterior.hausdorff_distance(drawn.exterior) < 1e-6


@given(st.text(max_size=60))
def test_any_text_is_an_area_or_a_bad_question(text: str) -> None:
    for reading in (read, typed_ring):
        with suppress(BadQuestion):
            assert isinstance(reading(text), Polygon)
