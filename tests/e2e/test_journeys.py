"""A citizen's journeys in Chromium on the sample city, on a phone and on a desktop."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, expect

from tests.conftest import Register
from tests.e2e.conftest import Visit

pytestmark = pytest.mark.browser
Started = tuple[FastAPI, str]


@pytest.fixture(scope="module")
def address(demo: Register, serve: Callable[[Register], Started]) -> str:
    return serve(demo)[1]


@pytest.fixture(params=[360, 1280])
def visit(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    visit = Visit(browser, address, request.param)
    yield visit
    visit.page.close()


def test_from_the_certificate_to_the_answer_by_keyboard_alone(visit: Visit) -> None:
    page = visit.go("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("5/12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("2 thửa đất khớp", timeout=20_000)
    visit.keep("search")
    page.get_by_role("link", name="Thửa 12, tờ 5").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Thửa đất số 12, tờ bản đồ số 5")
    expect(page.locator("main")).to_contain_text("Hỗn hợp nhóm nhà ở và dịch vụ: 157,9")
    visit.keep("parcel")
    assert visit.outside == []
    assert visit.complaints == []


@pytest.mark.parametrize(
    "path",
    ["/", "/?q=5/12", "/parcels/99001/5/12", "/parcels/99001/28/12", "/parcels/99001/5/99999",
     "/plans", "/plans/99qpk0001", "/data", "/docs"],
)  # fmt: skip
def test_no_page_scrolls_sideways_or_leaves_our_host(visit: Visit, path: str) -> None:
    page = visit.go(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= visit.width
    assert visit.outside == []
    assert [text for text in visit.complaints if "404" not in text] == []
    assert page.locator("h1").count() == 1


def test_the_answer_needs_no_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/?q=5/12")
    page.get_by_role("link", name="Thửa 12, tờ 5").click()
    expect(page.locator("main")).to_contain_text("lấy 149,7")
    expect(page.locator("figure svg")).to_be_visible()
    context.close()


def test_the_whole_city_is_on_the_map(visit: Visit) -> None:
    page = visit.go("/map")
    expect(page.locator("#legend li").first).to_be_attached(timeout=30_000)
    visit.keep("map-city")
    page.goto(f"{visit.address}/map#18/10.312361/106.757208")
    page.reload()
    expect(page.locator("#legend li").first).to_be_attached(timeout=30_000)
    page.locator("#map canvas.maplibregl-canvas").click()
    expect(page.get_by_role("status")).to_contain_text("Thửa 12, tờ bản đồ 5")
    visit.keep("map-parcel")
    assert visit.outside == []
    assert visit.complaints == []
