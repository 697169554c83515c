"""CIT-09 and CIT-10 in Chromium: watch a parcel, report an error, see it answered; by keyboard."""

import asyncio
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi import FastAPI
from PIL import Image
from playwright.sync_api import Browser, Locator, expect

from ingest.sample.demo import load_demo
from ingest.tickets.photo import clean_photo
from schemas.db import connect
from tests.conftest import DEMO_LOADED, Register
from tests.e2e.conftest import Visit
from tests.people import PASSWORD, house_of

pytestmark = pytest.mark.browser
Started = tuple[FastAPI, str]
OFFICER = "Phạm Văn Cán"


@pytest.fixture(scope="module")
def city(register: Register, sample_files: Path) -> Register:
    """The invented ward in a register of this module's own: these tests write."""
    load_demo(sample_files, register.url, register.settings, DEMO_LOADED)
    return register


@pytest.fixture(scope="module")
def address(city: Register, serve: Callable[[Register], Started]) -> str:
    async def hire() -> None:
        async with house_of(city) as house:
            await house.hire(OFFICER, "officer")

    with ThreadPoolExecutor(1) as aside:  # the browser's event loop runs in this thread
        aside.submit(asyncio.run, hire()).result()
    return serve(city)[1]


@pytest.fixture(params=[360, 1280])
def visit(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    visit = Visit(browser, address, request.param)
    yield visit
    assert visit.outside == []
    visit.page.close()


@pytest.fixture(scope="module")
def parcel(city: Register) -> str:
    """The page of a parcel that an adjustment changed."""
    query = """
        SELECT '/parcels/' || p.commune_code || '/' || p.sheet || '/' || p.number
          FROM parcel p JOIN change_ground g ON ST_Contains(p.geom, ST_PointOnSurface(g.geom))
         WHERE g.layer = 'lot' AND upper_inf(p.recorded) AND g.before IS NOT NULL
           AND g.after IS NOT NULL
         ORDER BY ST_Area(ST_Intersection(p.geom, g.geom)) DESC LIMIT 1
    """
    with connect(city.url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return str(row[0])


def fits(visit: Visit) -> None:
    """Nothing sticks out sideways, every entry has its label, and nothing was complained about."""
    page = visit.page
    assert page.evaluate("document.documentElement.scrollWidth") <= visit.width
    for entry in page.locator("main :is(input:not([type=hidden]), select, textarea)").all():
        assert entry.evaluate("e => e.labels.length > 0 || e.hasAttribute('aria-label')")
    assert page.locator("h1").count() == 1
    assert visit.complaints == []


def reach(visit: Visit, target: Locator) -> None:
    """Go to something by the Tab key alone."""
    target.wait_for()
    for _ in range(120):
        visit.page.keyboard.press("Tab")
        if target.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError(f"{target} cannot be reached by keyboard")


def test_watch_a_parcel(visit: Visit, parcel: str) -> None:
    """CIT-09: from the parcel to a feed without an account, and what changed there."""
    page = visit.go(parcel)
    reach(visit, page.get_by_role("link", name="Theo dõi thay đổi"))
    page.keyboard.press("Enter")
    page.wait_for_url(visit.address + "/watch" + parcel)
    expect(page.locator("h1")).to_contain_text("Theo dõi: Thửa")
    fits(visit)
    visit.keep("watch-parcel")
    shown = page.locator("#atom").inner_text()
    assert shown == f"{visit.address}/feeds{parcel}.atom"
    assert page.locator("ol.cards > li").count() >= 2
    expect(page.locator("ol.cards > li").first).to_contain_text("→")
    feed = page.request.get(shown)
    assert feed.headers["content-type"].startswith("application/atom+xml")
    assert feed.text().count("<entry>") == page.locator("ol.cards > li").count()
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_contain_text("Watch: Parcel")
    fits(visit)


def test_watch_an_area(visit: Visit) -> None:
    page = visit.go("/watch")
    reach(visit, page.get_by_label("Các góc"))
    page.keyboard.type("106.74, 10.30\n106.76, 10.30\n106.76, 10.32\n106.74, 10.32")
    visit.keep("watch-area-form")
    fits(visit)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/watch/areas/*")
    expect(page.locator("#atom")).to_contain_text("/feeds/areas/")
    fits(visit)
    visit.keep("watch-area")


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (120, 150, 90)).save(out, "JPEG")
    return out.getvalue()


def test_report_an_error_and_see_it_answered(visit: Visit, parcel: str, city: Register) -> None:
    """CIT-10: a number, a visible state, an answer before the end."""
    page = visit.go(parcel)
    reach(visit, page.get_by_role("link", name="Báo chỗ sai"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/new?*")
    expect(page.locator(".lead")).to_contain_text("Thửa")
    fits(visit)
    reach(visit, page.get_by_label("Sai ở chỗ nào?"))
    page.keyboard.type("Chỉ giới vẽ lệch về phía đông khoảng 2 m.")
    page.get_by_label("Ảnh").set_input_files(
        {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    visit.keep("report-new")
    reach(visit, page.get_by_role("button", name="Gửi phản ánh"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/*?key=*")
    number = page.locator("h1 .number").inner_text()
    own = page.url
    clean_photo(number, url=city.url)
    page.reload()
    expect(page.get_by_alt_text("Ảnh kèm phản ánh")).to_be_visible()
    assert page.get_by_alt_text("Ảnh kèm phản ánh").evaluate("e => e.naturalWidth") == 640
    fits(visit)
    visit.keep("report-own")
    page.goto(f"{visit.address}/reports/{number}")
    expect(page.locator("main")).not_to_contain_text("lệch về phía đông")
    expect(page.locator("main")).to_contain_text("Chờ trả lời")
    fits(visit)
    visit.keep("report-public")

    answer(visit, number)
    page.goto(own)
    expect(page.locator("main")).to_contain_text("Đã đóng")
    expect(page.locator("main")).to_contain_text("Đã sửa, cảm ơn bạn.")


def test_mark_a_point_on_the_map_and_report_it(visit: Visit) -> None:
    """By keyboard: Enter marks the middle of the map, and a link leads to the form about it."""
    page = visit.go("/map")
    expect(page.locator("#legend li").first).to_be_attached(timeout=30_000)
    page.locator("#map canvas.maplibregl-canvas").focus()
    page.keyboard.press("Enter")
    reach(visit, page.get_by_role("link", name="Báo chỗ sai tại điểm này"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/new?lon=*&lat=*")
    expect(page.locator(".lead")).to_contain_text("Điểm trên bản đồ: kinh độ 106.")
    fits(visit)


def answer(visit: Visit, number: str) -> None:
    """The officer's side: closing is refused, then answered, then closed."""
    page = visit.go("/login?next=/reports")
    page.get_by_label("Tên tài khoản").fill(OFFICER)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(visit.address + "/reports")
    fits(visit)
    visit.keep("report-list")
    page.get_by_role("link", name=number).click()
    fits(visit)
    page.get_by_role("button", name="Đóng phản ánh").click()
    expect(page.get_by_role("alert")).to_contain_text("Chưa trả lời thì không đóng được")
    visit.keep("report-refusal")
    visit.complaints.clear()  # Chromium's own line about the status 409
    page.get_by_label("Câu trả lời").fill("Đã sửa, cảm ơn bạn.")
    page.get_by_role("button", name="Gửi câu trả lời").click()
    page.wait_for_url(f"**/reports/{number}/desk")
    expect(page.locator("main")).to_contain_text("Đã trả lời")
    page.get_by_role("button", name="Đóng phản ánh").click()
    expect(page.locator("main")).to_contain_text("Đã đóng")
    fits(visit)
    visit.keep("report-desk-closed")
    page.context.clear_cookies()
