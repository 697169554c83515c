"""People at the desk in Chromium: sign in, one's account, sign out; by keyboard, on a phone too."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, expect

from schemas.accounts import Role
from tests.conftest import Register
from tests.e2e.conftest import Visit
from tests.people import PASSWORD, house_of

pytestmark = pytest.mark.browser
Started = tuple[FastAPI, str]
PEOPLE: tuple[tuple[str, Role], ...] = (
    ("Nguyễn Thị Lan", "planner"), ("Lê Bình", "approver"), ("Trần An", "admin"),
)  # fmt: skip


@pytest.fixture(scope="module")
def staffed(register: Register) -> Register:
    async def hire() -> None:
        async with house_of(register) as house:
            for name, role in PEOPLE:
                await house.hire(name, role)

    with ThreadPoolExecutor(1) as aside:  # the browser's event loop runs in this thread
        aside.submit(asyncio.run, hire()).result()
    return register


@pytest.fixture(scope="module")
def address(staffed: Register, serve: Callable[[Register], Started]) -> str:
    return serve(staffed)[1]


@pytest.fixture(params=[360, 1280])
def visit(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    visit = Visit(browser, address, request.param)
    yield visit
    visit.page.close()


def sign_in(visit: Visit, name: str, path: str) -> None:
    """From a page of the desk, by keyboard alone, and back to it."""
    page = visit.go(path)
    expect(page.get_by_label("Tên tài khoản")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(visit.address + path)


def fits(visit: Visit) -> None:
    """Nothing sticks out sideways, and every entry has its label."""
    page = visit.page
    assert page.evaluate("document.documentElement.scrollWidth") <= visit.width
    entries = page.locator("main :is(input:not([type=hidden], [hidden]), select)")
    for entry in entries.all():
        assert entry.evaluate("e => e.labels.length > 0 || e.hasAttribute('aria-label')")
    assert page.locator("h1").count() == 1


def test_sign_in_look_at_the_account_sign_out(visit: Visit) -> None:
    page = visit.go("/")
    fits(visit)
    visit.keep("sign-in-link")
    page.get_by_role("link", name="Đăng nhập").click()
    expect(page.locator("h1")).to_have_text("Đăng nhập")
    fits(visit)
    visit.keep("login")
    page.get_by_label("Tên tài khoản").fill("nguyễn thị lan")
    page.get_by_label("Mật khẩu").fill("không phải mật khẩu")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_label("Mật khẩu")).to_have_accessible_description(
        "Tên hoặc mật khẩu không đúng."
    )
    expect(page.get_by_label("Mật khẩu")).to_be_focused()
    visit.keep("login-fault")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Tài khoản của tôi")
    expect(page.locator(".desk-bar")).to_contain_text("Nguyễn Thị Lan · Người nộp hồ sơ")
    fits(visit)
    page.get_by_label("Dùng cho việc gì").fill("QGIS ở phòng quy hoạch")
    page.get_by_role("button", name="Tạo mã truy cập").click()
    expect(page.locator(".shown-once")).to_contain_text("sqh_")
    fits(visit)
    visit.keep("account")
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("My account")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    page.goto(f"{visit.address}/account")
    expect(page.locator("h1")).to_have_text("Đăng nhập")
    page.go_back()
    expect(page.locator(".desk-bar")).to_have_count(0)
    assert visit.outside == []
    assert [text for text in visit.complaints if "401" not in text] == []


def test_the_administrators_pages_fit_a_phone_and_a_desktop(visit: Visit) -> None:
    sign_in(visit, "Trần An", "/accounts")
    page = visit.page
    fits(visit)
    page.get_by_label("Tên tài khoản").fill(f"Phạm Cúc {visit.width}")
    page.get_by_label("Vai trò", exact=True).select_option("clerk")
    page.get_by_role("button", name="Thêm tài khoản").click()
    expect(page.locator(".shown-once")).to_be_visible()
    fits(visit)
    visit.keep("accounts")
    page.get_by_role("link", name="Nhật ký").click()
    added = page.locator("tbody tr").first
    expect(added).to_contain_text(f"Thêm tài khoản “Phạm Cúc {visit.width}”")
    expect(added).to_contain_text("Vai trò: Nhân viên một cửa.")
    expect(page.locator("main")).not_to_contain_text('{"')
    fits(visit)
    visit.keep("audit")
    page.get_by_label("Việc", exact=True).select_option("sign_in")
    page.get_by_role("button", name="Lọc").click()
    expect(page.locator("tbody")).not_to_contain_text("Phạm Cúc")
    assert visit.outside == []
    assert visit.complaints == []
