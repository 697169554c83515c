"""From the parcel's page to a signed paper, and from the paper's code to the verdict; no script."""

import re
from collections.abc import Callable

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


@pytest.mark.parametrize("width", [360, 1280])
def test_a_paper_is_asked_for_and_verified_by_its_code(
    browser: Browser, address: str, width: int
) -> None:
    visit = Visit(browser, address, width, java_script_enabled=False, accept_downloads=True)
    page = visit.go("/parcels/99001/5/12")
    button = page.get_by_role("button", name="Phiếu PDF có chữ ký")
    expect(button).to_be_visible()
    action = page.locator("form[action^='/extracts']").get_attribute("action")
    answer = page.request.post(address + str(action))
    assert answer.headers["content-type"] == "application/pdf"
    code = re.search(r"/extracts/(\w+)\.pdf", answer.url)
    assert code is not None
    visit.go("/verify")
    visit.keep("verify-start")
    page.get_by_label("Mã trên phiếu").fill(code[1].lower())
    page.get_by_role("button", name="Kiểm tra", exact=True).press("Enter")
    expect(page.locator("h1")).to_contain_text("Phiếu thật, còn đúng")
    visit.keep("verify-paper")
    assert page.locator("main").bounding_box()["width"] <= width  # type: ignore[index]
    for path in ("/verify", f"/verify/{code[1]}", "/verify/0000-0000-0000"):
        wide = Visit(browser, address, width)
        wide.go(path)
        assert wide.page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert [text for text in wide.complaints if "404" not in text] == []
        assert wide.outside == []
        wide.page.close()
    visit.go("/verify/0000-0000-0000")
    expect(page.locator("h1")).to_contain_text("không cấp phiếu mang mã ấy")
    visit.keep("verify-unknown")
    page.close()
