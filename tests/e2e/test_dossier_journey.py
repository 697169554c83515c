"""A dossier's way through the gate in Chromium: delivered, watched, read, published, answered."""

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from ingest.jobs import jobs
from ingest.parcels.load import load_parcels
from ingest.units.load import load_units
from schemas.profiles.parcels import ParcelProfile
from tests.conftest import DEMO_LOADED, Register
from tests.dossiers import crossed_dossier, hire
from tests.e2e.conftest import Visit
from tests.gate_dossier import write_dossier, zipped

pytestmark = pytest.mark.browser
Started = tuple[FastAPI, str]


class Gate:
    """The program for one register, its people, and a worker that is there when asked for."""

    def __init__(self, browser: Browser, register: Register, address: str) -> None:
        self.browser, self.register, self.address = browser, register, address
        self.tokens = hire(register.url)

    def visit(self, name: str, width: int, **options: Any) -> Visit:
        """Somebody signed in, at a browser of their own."""
        visit = Visit(self.browser, self.address, width, **options)
        cookie = {"name": "sqh", "value": self.tokens[name], "url": self.address}
        visit.page.context.add_cookies([cookie])  # type: ignore[list-item]
        return visit

    @contextmanager
    def worker(self) -> Iterator[None]:
        app = jobs(self.register.url, self.register.settings)
        loop = asyncio.new_event_loop()
        task: list[asyncio.Task[None]] = []

        async def work() -> None:
            async with app.open_async():
                await app.run_worker_async(install_signal_handlers=False, listen_notify=True)

        def run() -> None:
            task.append(loop.create_task(work()))
            try:
                loop.run_until_complete(task[0])
            except asyncio.CancelledError:
                pass
            finally:
                loop.close()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            loop.call_soon_threadsafe(task[0].cancel)
            thread.join()


@pytest.fixture(params=[360, 1280])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def gate(
    browser: Browser,
    fresh_register: Callable[[int], Register],
    serve: Callable[[Register], Started],
) -> Gate:
    register = fresh_register(9210)
    return Gate(browser, register, serve(register)[1])


def load_ground(register: Register, folder: Path) -> None:
    """The sample's wards and parcels, on which a citizen asks."""
    common = {"url": register.url, "settings": register.settings, "now": DEMO_LOADED}
    load_units(folder / "don-vi-hanh-chinh.gpkg", **common)
    profile = ParcelProfile.from_file(folder / "thua-dat.yaml")
    load_parcels(folder / "thua-dat.gpkg", profile=profile, actor="test", **common)


@pytest.fixture(scope="module")
def crossed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return crossed_dossier(tmp_path_factory.mktemp("crossed"))


def deliver(visit: Visit, path: Path) -> Page:
    page = visit.go("/dossiers")
    page.locator("#file").set_input_files(path)
    page.get_by_role("button", name="Nộp và kiểm tra").click()
    page.wait_for_url(re.compile(r"/dossiers/\d+$"), timeout=30_000)
    return page


@pytest.mark.slow
def test_from_the_planner_to_the_citizens_answer(
    gate: Gate, width: int, zoning_dossier: Path
) -> None:
    load_ground(gate.register, zoning_dossier.parent)
    planner = gate.visit("lan", width)
    page = deliver(planner, zoning_dossier)
    expect(page.locator("#progress-words")).to_have_text("Hồ sơ chờ kiểm tra")
    planner.keep("dossier-waiting")
    with gate.worker():
        expect(page.locator("#progress-bar[value]")).to_be_attached(timeout=60_000)
        page.reload()
        expect(page.locator("#verdict")).to_contain_text("Đạt", timeout=120_000)
    planner.keep("dossier-staged")
    expect(page.get_by_role("button", name="Công bố")).to_have_count(0)
    approver = gate.visit("binh", width)
    answer = approver.go("/dossiers")
    answer.get_by_role("link", name="ho-so-99QPK1000001.zip").click()
    expect(answer.locator("h2", has_text="Thay đổi so với")).to_be_visible()
    answer.get_by_label("Ghi chú").fill("Theo Quyết định 12/QĐ-UBND")
    with gate.worker():
        answer.get_by_role("button", name="Công bố").click()
        expect(answer.locator("#verdict")).to_contain_text("đã được công bố", timeout=60_000)
    approver.keep("dossier-published")
    citizen = Visit(gate.browser, gate.address, width)
    public = citizen.go("/parcels/99001/5/12")
    expect(public.locator("main")).to_contain_text("12/QĐ-UBND")
    for visit in (planner, approver, citizen):
        assert visit.outside == []
        assert visit.complaints == []
        visit.page.close()


def test_findings_are_read_on_the_map_and_repairs_accepted(
    gate: Gate, width: int, crossed: Path
) -> None:
    planner = gate.visit("lan", width)
    with gate.worker():
        page = deliver(planner, crossed)
        expect(page.locator("#verdict")).to_contain_text("Không đạt", timeout=60_000)
        expect(page.locator("html")).to_have_attribute("data-map", "started", timeout=30_000)
        finding = page.locator("#GEOMETRY_INVALID")
        expect(finding).to_contain_text("m²")
        finding.locator("summary").click()
        finding.get_by_role("link", name="Xem trên bản đồ").click()
        planner.keep("dossier-findings")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator("#accept-repairs").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#verdict")).to_contain_text("Đạt", timeout=60_000)
    expect(page.locator("#GEOMETRY_REPAIRED")).to_be_visible()
    assert planner.outside == []
    assert planner.complaints == []
    planner.page.close()


def test_a_clear_other_crs_is_taken_with_one_click(gate: Gate, width: int, tmp_path: Path) -> None:
    place = {"Địa điểm": "Phường Bến Thành, Thành phố Hồ Chí Minh"}
    wrong = zipped(write_dossier(tmp_path / "wrong", crs="EPSG:5897", hoso=place))
    planner = gate.visit("lan", width)
    with gate.worker():
        page = deliver(planner, wrong)
        expect(page.locator("#verdict")).to_contain_text("Không đạt", timeout=60_000)
        crs = page.locator("#crs")
        expect(crs).to_contain_text("Tọa độ cho thấy hệ VN-2000 / TM-3 105-45 (EPSG:9210)")
        expect(crs).to_contain_text(
            "hệ khai báo là VN-2000 / TM-3 105-00 (EPSG:5897); lệch 82,0 km"
        )
        expect(crs.get_by_role("radio")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        planner.keep("dossier-crs-clear")
        crs.get_by_role("button", name="Kiểm tra lại theo hệ này").click()
        expect(page.locator("#verdict")).to_contain_text("Đạt", timeout=60_000)
    expect(page.locator("#CRS_CHOSEN")).to_be_visible()
    assert planner.complaints == []
    planner.page.close()


def test_the_file_field_is_vietnamese_and_works_by_keyboard(
    gate: Gate, width: int, crossed: Path
) -> None:
    planner = gate.visit("lan", width)
    planner.page.on("filechooser", lambda _: None)  # caught from here on, not from the first key
    page = planner.go("/dossiers")
    field = page.locator("#file")
    expect(page.get_by_text("Chưa chọn tệp")).to_be_visible()
    field.focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(crossed)
    expect(page.get_by_text("Chưa chọn tệp")).to_be_hidden()
    with page.expect_file_chooser():
        page.get_by_text("Chọn tệp", exact=True).click()
    expect(field).to_have_accessible_name("Tệp hồ sơ Chọn tệp")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    planner.page.close()


def test_what_cannot_be_sent_is_said_in_words(gate: Gate, width: int, tmp_path: Path) -> None:
    planner = gate.visit("lan", width)
    page = planner.go("/dossiers")
    empty = tmp_path / "rong.zip"
    empty.touch()
    page.locator("#file").set_input_files(empty)
    page.get_by_role("button", name="Nộp và kiểm tra").click()
    expect(page.get_by_role("alert")).to_have_text(re.compile("Gói rỗng"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    planner.keep("dossier-refused-file")
    expect(page.get_by_role("button", name="Nộp và kiểm tra")).to_be_visible()
    planner.page.close()


def test_without_scripts_a_dossier_is_delivered_and_watched(gate: Gate, crossed: Path) -> None:
    planner = gate.visit("lan", 1280, java_script_enabled=False)
    page = planner.go("/dossiers")
    page.locator("#file").set_input_files(crossed)
    page.get_by_role("button", name="Nộp và kiểm tra").click()
    expect(page.locator("#progress-words")).to_contain_text("chờ kiểm tra")
    with gate.worker():
        expect(page.locator("#verdict")).to_contain_text("Không đạt", timeout=60_000)
    page.get_by_role("button", name="Chấp nhận sửa và kiểm tra lại").click()
    expect(page.locator("#progress-words")).to_contain_text("chờ kiểm tra")
    planner.page.close()
