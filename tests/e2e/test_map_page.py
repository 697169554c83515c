"""The map in Chromium, on the real program: no other host, clean console, strict CSP."""

import re
from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from api.deps import Pool
from schemas.crs import transformer
from tests.conftest import Register
from tests.e2e.conftest import Visit
from tests.map_rows import EASTING, HOSTILE, NORTHING, fill


def place(east: float, north: float) -> str:
    """The map's address of a place, in metres from the drawn plan's corner."""
    lon, lat = transformer(9210, 4326).transform(EASTING + east, NORTHING + north)
    return f"#18/{lat:.6f}/{lon:.6f}"


PARCEL_12 = place(27, 34.5)
HOSTILE_PLACE = place(350, 150)

pytestmark = pytest.mark.browser
Started = tuple[FastAPI, str]


@pytest.fixture(scope="module")
def started(register: Register, serve: Callable[[Register], Started]) -> Started:
    fill(register.url)
    return serve(register)


@pytest.fixture(params=[360, 1280])
def visit(browser: Browser, started: Started, request: pytest.FixtureRequest) -> Iterator[Visit]:
    visit = Visit(browser, started[1], request.param)
    yield visit
    visit.page.close()


def open_map(visit: Visit, where: str = PARCEL_12) -> Page:
    page = visit.go(f"/map{where}")
    expect(page.locator("#legend li").first).to_be_attached(timeout=30_000)
    return page


def tap(page: Page) -> None:
    page.locator("#map canvas.maplibregl-canvas").click()


def test_map_draws_from_our_host_alone_without_complaint(visit: Visit) -> None:
    open_map(visit)
    visit.keep("map")
    assert visit.outside == []
    assert any("/tiles/parcels/" in url for url in visit.asked)
    assert any("/glyphs/" in url for url in visit.asked)
    assert visit.complaints == []


def test_page_does_not_scroll_sideways_and_has_one_heading(visit: Visit) -> None:
    page = open_map(visit)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("h1").all_inner_texts() == ["Bản đồ quy hoạch"]
    expect(page.get_by_text("DỮ LIỆU MINH HỌA (bịa)")).to_be_visible()


def test_legend_names_what_is_in_view_alone(visit: Visit) -> None:
    page = open_map(visit, place(150, 60))
    legend = page.locator("#legend").evaluate("element => element.textContent")
    assert "NO – Nhóm nhà ở" in legend
    assert "Chỉ giới đường đỏ" in legend
    assert "Mặt nước biển" not in legend


def test_tap_answers_in_words_and_links_to_the_parcel_page(visit: Visit) -> None:
    page = open_map(visit)
    tap(page)
    status = page.get_by_role("status")
    expect(status).to_contain_text("Thửa 12, tờ bản đồ 5")
    expect(status).to_contain_text("336 m² (100%)")
    expect(status).to_contain_text("Chưa có dữ liệu")
    visit.keep("map-answer")
    page.get_by_role("link", name="Xem đầy đủ, in, nguồn").click()
    expect(page.locator("h1")).to_contain_text("tờ bản đồ số 5")
    assert visit.complaints == []


def test_hostile_names_stay_text(visit: Visit) -> None:
    page = open_map(visit, HOSTILE_PLACE)
    tap(page)
    expect(page.get_by_role("status")).to_contain_text(HOSTILE)
    assert page.locator("#answer img").count() == 0
    assert visit.complaints == []


def test_keyboard_alone_moves_and_picks_the_centre(visit: Visit) -> None:
    page = open_map(visit)
    page.locator("#map canvas.maplibregl-canvas").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Thửa 12, tờ bản đồ 5")
    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(f"{visit.address}/map{PARCEL_12}")


def test_failed_look_up_never_looks_like_an_answer(visit: Visit, started: Started) -> None:
    page = open_map(visit)
    state = started[0].state
    working = state.database
    state.database = Pool("postgresql://nobody:x@127.0.0.1:1/none")
    try:
        tap(page)
        expect(page.get_by_role("status")).to_contain_text("không phải là kết quả")
    finally:
        state.database = working
    assert page.locator("#answer .tag").count() == 0


def test_english_page_keeps_the_place_when_the_language_changes(visit: Visit) -> None:
    page = open_map(visit)
    page.locator("#map canvas.maplibregl-canvas").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("a.language")).to_have_attribute(
        "href", re.compile(r"/map\?lang=en#18/10\.77")
    )
    page.locator("a.language").click()
    expect(page.locator("h1")).to_have_text("Planning map")
    assert "#18/" in page.url


def test_without_javascript_the_page_points_to_the_look_up(
    browser: Browser, started: Started
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{started[1]}/map")
    expect(page.get_by_role("link", name="Tra cứu thửa đất")).to_be_visible()
    context.close()
