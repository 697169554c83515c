"""The report's page in Chromium: alone on the disk, narrow and wide, by keyboard, on paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from ingest.report.html import html_page
from tests.e2e.conftest import ARTEFACTS
from tests.reports import SRID, delivery, findings, invalid

pytestmark = pytest.mark.browser


@pytest.fixture(params=[360, 1280])
def page(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page of a rejected dossier; it may ask for nothing and complain of nothing."""
    told = delivery([*findings(), *(invalid(row) for row in range(4, 9))])
    file = tmp_path / "report.html"
    file.write_text(html_page(told, SRID), encoding="utf-8")
    opened = browser.new_page(viewport={"width": request.param, "height": 800})
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda asked: complaints.append(asked.url))
    opened.goto(file.as_uri())
    yield opened
    opened.close()
    assert complaints == [file.as_uri()]


def test_the_page_fits_its_window_and_stays_itself(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.title().startswith("Không đạt")
    assert page.locator("h1").bounding_box()["y"] < 200  # type: ignore[index]
    ARTEFACTS.mkdir(exist_ok=True)
    width = page.viewport_size["width"]  # type: ignore[index]
    page.screenshot(path=ARTEFACTS / f"report-{width}.png", full_page=True)


def test_a_mark_leads_to_its_finding_by_keyboard(page: Page) -> None:
    page.locator('.mark a[href="#f2"]').focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#f2")
    assert page.locator("#f2").is_visible()


def test_the_map_zooms_moves_and_comes_back(page: Page) -> None:
    svg = page.locator(".map svg")
    whole = box(svg)
    page.locator('[data-do="in"]').click()
    page.locator('[data-do="right"]').click()
    x, _, width, _ = box(svg)
    assert (x, width) == (375, 500)
    page.locator('[data-do="all"]').click()
    assert box(svg) == whole


def test_the_scale_bar_tells_the_truth_at_every_zoom(page: Page) -> None:
    """Its length on the screen, in metres of the map at that zoom, is what it says."""
    across = float(page.locator(".map svg").get_attribute("data-metres") or 0) * 1000
    for zoom in (1, 2, 4, 8):
        said, unit = (page.locator(".scale text").text_content() or "").split()
        metres = float(said.replace(",", ".")) * (1000 if unit == "km" else 1)
        bar = page.locator(".scale path")
        drawn, width = (
            bar.bounding_box(),
            bar.evaluate("e => e.getBBox().width * e.getScreenCTM().a"),
        )
        whole = page.locator(".map svg").bounding_box()
        assert drawn is not None
        assert whole is not None
        assert width / whole["width"] * across / zoom == pytest.approx(metres, rel=0.02)
        assert drawn["y"] + drawn["height"] <= whole["y"] + whole["height"] + 3
        page.locator('[data-do="in"]').click()


def box(svg: Locator) -> list[float]:
    return [float(number) for number in (svg.get_attribute("viewBox") or "").split()]


def test_on_paper_there_are_no_buttons(page: Page) -> None:
    page.emulate_media(media="print")
    assert not page.locator(".tools").is_visible()
    assert page.locator(".map svg").is_visible()
    page.emulate_media(media="screen")
