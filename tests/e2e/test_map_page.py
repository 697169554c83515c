"""The map page in Chromium: no other host, clean console, strict CSP, phone and desktop."""

import asyncio
import contextlib
import json
import os
import re
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from api.app import content_security_policy
from maps import pages as maps_pages
from maps import tiles, viewer
from tests.conftest import Register
from tests.map_rows import fill

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CSP = content_security_policy("abc")
DAY, NOW = date(2026, 11, 1), datetime(2026, 11, 1, tzinfo=UTC)
HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}</script>"
PLACE = "#18/10.77625/106.70416"
ARTEFACTS = Path(__file__).parents[2] / "artefacts"

pytestmark = pytest.mark.browser


def answer(lon: float) -> dict[str, Any]:
    """A parcel answer of the shape of `schemas/answers.py`, with a hostile function name."""
    item = {
        "plan": {"name": "Quy hoạch phân khu Minh Họa", "decision": "12/QĐ-UBND"},
        "zone": {"symbol": "A1-NO-01", "function": HOSTILE, "land_use_code": None},
        "area_m2": 1234.56,
        "share": 0.375,
    }
    titles = {"vi": "Quy hoạch sử dụng đất", "en": "Planned land use"}
    corridor = {"vi": "Hành lang an toàn", "en": "Safety corridor"}
    parcel = {"id": 1, "sheet": "5", "number": "12", "url": "/parcels/26734/5/12"}
    return {
        "schema": "parcel-answer/1",
        "invented": True,
        "parcel": parcel if lon < 106.75 else None,
        "themes": [
            {"theme": "land_use", "title": titles, "result": "applies", "items": [item]},
            {"theme": "corridor", "title": corridor, "result": "no_data", "items": []},
        ],
    }


def application(url: str) -> FastAPI:
    """The smallest server of the map: static files, tiles, the page, and a made-up look-up."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(url, min_size=1, max_size=4) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)
    app.mount("/static", StaticFiles(directory=maps_pages.STATIC))
    app.state.lookup_fails = False

    @app.get("/map")
    async def map_page(request: Request, lang: maps_pages.Lang = "vi") -> Response:
        asked = tiles.extent_query(DAY, NOW)
        bounds = tiles.bounds_of(await app.state.pool.fetchrow(asked.sql, *asked.values))
        address = f"{request.url.path}?{request.url.query}"
        page = maps_pages.Page(lang, address, invented=True, nonce="abc")
        html = viewer.viewer_page(page, 7, bounds, DAY)
        return HTMLResponse(html, headers={"Content-Security-Policy": CSP})

    @app.get("/tiles/{layer}/{z}/{x}/{y}.mvt")
    async def tile(layer: str, z: int, x: int, y: int) -> Response:
        asked = tiles.zone_names_query()
        names = [row[0] for row in await app.state.pool.fetch(asked.sql)]
        query = tiles.tile_query(layer, tiles.Tile(z, x, y), DAY, NOW, tiles.style_index(names))
        data = query and tiles.tile_bytes(await app.state.pool.fetchval(query.sql, *query.values))
        return Response(data, media_type=tiles.MEDIA_TYPE) if data else Response(status_code=204)

    @app.get("/v1/lookup")
    async def lookup(lon: float, lat: float) -> Response:
        if app.state.lookup_fails:
            body = json.dumps({"message": {"vi": "Cơ sở dữ liệu không trả lời", "en": "down"}})
            return Response(body, status_code=503, media_type="application/problem+json")
        return Response(json.dumps(answer(lon)), media_type="application/json")

    return app


@pytest.fixture(scope="module")
def app(register: Register) -> FastAPI:
    fill(register.url)
    return application(register.url)


@pytest.fixture(scope="module")
def address(app: FastAPI) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    while not server.started:
        assert thread.is_alive()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail("Chromium is missing")
        pytest.skip("Chromium is missing (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


class Visit:
    """One page that keeps what went wrong and where requests went."""

    def __init__(self, browser: Browser, address: str, width: int) -> None:
        height = 740 if width < 800 else 800
        self.address = address
        self.page: Page = browser.new_page(viewport={"width": width, "height": height})
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def _console(self, message: ConsoleMessage) -> None:
        # SwiftShader's own remark about reading pixels back says nothing about the page.
        if message.type in ("error", "warning") and "GPU stall" not in message.text:
            self.complaints.append(message.text)

    def open(self, path: str = f"/map{PLACE}") -> Page:
        self.page.goto(self.address + path)
        expect(self.page.locator("#legend li").first).to_be_attached(timeout=30_000)
        return self.page

    def keep(self, name: str) -> None:
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"map-{name}.png")


@pytest.fixture(params=[360, 1280])
def visit(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    visit = Visit(browser, address, request.param)
    yield visit
    visit.page.close()


def test_map_draws_from_our_host_alone_without_complaint(visit: Visit) -> None:
    visit.open()
    visit.keep(f"{visit.page.viewport_size['width']}")  # type: ignore[index]
    assert [url for url in visit.asked if not url.startswith((visit.address, "data:"))] == []
    assert any("/tiles/parcels/" in url for url in visit.asked)
    assert any("/glyphs/" in url for url in visit.asked)
    assert visit.complaints == []


def test_page_does_not_scroll_sideways_and_has_one_heading(visit: Visit) -> None:
    page = visit.open()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("h1").all_inner_texts() == ["Bản đồ quy hoạch"]
    expect(page.get_by_text("DỮ LIỆU MINH HỌA (bịa)")).to_be_visible()


def test_legend_names_what_is_in_view_alone(visit: Visit) -> None:
    page = visit.open()
    legend = page.locator("#legend").evaluate("element => element.textContent")
    assert "NO – Nhóm nhà ở" in legend
    assert "Chỉ giới đường đỏ" in legend
    assert "Mặt nước biển" not in legend


def test_tap_answers_in_words_and_links_to_the_parcel_page(visit: Visit) -> None:
    page = visit.open()
    page.locator("#map canvas.maplibregl-canvas").click()
    status = page.get_by_role("status")
    expect(status).to_contain_text("Thửa 12, tờ bản đồ 5")
    expect(status).to_contain_text("1.234,6 m² (37,5%)")
    expect(status).to_contain_text("Chưa có dữ liệu")
    link = page.get_by_role("link", name="Xem đầy đủ, in, nguồn")
    assert link.get_attribute("href") == "/parcels/26734/5/12?valid_at=2026-11-01"
    visit.keep(f"{page.viewport_size['width']}-answer")  # type: ignore[index]


def test_hostile_names_stay_text(visit: Visit) -> None:
    page = visit.open()
    page.locator("#map canvas.maplibregl-canvas").click()
    expect(page.get_by_role("status")).to_contain_text(HOSTILE)
    assert page.locator("#answer img").count() == 0
    assert visit.complaints == []


def test_keyboard_alone_moves_and_picks_the_centre(visit: Visit) -> None:
    page = visit.open()
    page.locator("#map canvas.maplibregl-canvas").focus()
    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(visit.address + f"/map{PLACE}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Thửa 12, tờ bản đồ 5")


def test_failed_look_up_never_looks_like_an_answer(visit: Visit, app: FastAPI) -> None:
    page = visit.open()
    app.state.lookup_fails = True
    try:
        page.locator("#map canvas.maplibregl-canvas").click()
        expect(page.get_by_role("status")).to_contain_text("Đây không phải là kết quả")
    finally:
        app.state.lookup_fails = False
    assert page.locator("#answer .tag").count() == 0


def test_english_page_keeps_the_place_when_the_language_changes(visit: Visit) -> None:
    page = visit.open()
    page.locator("#map canvas.maplibregl-canvas").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("a.language")).to_have_attribute(
        "href", re.compile(r"/map\?lang=en#18/10\.77")
    )
    page.locator("a.language").click()
    expect(page.locator("h1")).to_have_text("Planning map")
    assert "#18/" in page.url


def test_without_javascript_the_page_points_to_the_look_up(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/map")
    expect(page.get_by_role("link", name="Tra cứu thửa đất")).to_be_visible()
    context.close()
