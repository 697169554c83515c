"""What strangers try at the door: guessing, forging, planting, flooding."""

import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator
from typing import Any
from unicodedata import normalize
from urllib.parse import urlencode

import httpx
import pytest

from api.accounts.credentials import csrf_of
from api.accounts.passwords import NOBODY, fits, hashed
from tests.conftest import Register
from tests.people import PASSWORD, Browser, House, house_of

WRONG = "không phải mật khẩu"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def house(register: Register) -> AsyncIterator[House]:
    async with house_of(register) as house:
        yield house


async def guess(browser: Browser, name: str, password: str = WRONG) -> httpx.Response:
    """One try by a program that skips the page: it makes its own mark."""
    headers = {**FORM, "Cookie": "sqh-login=own", "X-CSRF-Token": csrf_of("own")}
    fields = urlencode({"name": name, "password": password, "next": "/account"})
    return await browser.http.post("/login", content=fields, headers=headers)


# Guessing


async def test_guessing_slows_down_twice_as_much_each_time(house: House) -> None:
    await house.hire("Lan", "planner")
    browser = house.browser()
    for _ in range(5):
        assert (await guess(browser, "Lan")).status_code == 401
    waits = []
    for _ in range(13):
        refused = await guess(browser, "Lan")
        assert refused.status_code == 429
        assert "quá nhiều lần" in refused.text
        waits.append(int(refused.headers["retry-after"]))
        house.clock.wait(seconds=waits[-1] - 0.5)
        assert (await guess(browser, "Lan")).status_code == 429
        house.clock.wait(seconds=0.5)
        assert (await guess(browser, "Lan")).status_code == 401
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


async def test_a_stranger_does_not_lock_an_owner_out(house: House) -> None:
    await house.hire("Lan", "planner")
    stranger, owner = house.browser("192.0.2.66"), house.browser("192.0.2.7")
    for _ in range(5):
        await guess(stranger, "Lan")
    assert (await guess(stranger, "Lan", PASSWORD)).status_code == 429
    assert (await guess(owner, "Lan", PASSWORD)).status_code == 303
    assert (await guess(stranger, "Lan", PASSWORD)).status_code == 429, "still locked there"


async def test_guessing_from_everywhere_slows_down_too(house: House) -> None:
    await house.hire("Lan", "planner")
    for n in range(50):
        assert (await guess(house.browser(f"192.0.2.{n}"), "Lan")).status_code == 401
    assert (await guess(house.browser("192.0.3.1"), "Lan", PASSWORD)).status_code == 429


async def test_the_right_password_waits_too_and_then_clears_the_name(house: House) -> None:
    await house.hire("Lan", "planner")
    browser = house.browser()
    for _ in range(5):
        await guess(browser, "Lan")
    assert (await guess(browser, "Lan", PASSWORD)).status_code == 429
    house.clock.wait(seconds=1)
    assert (await guess(browser, "Lan", PASSWORD)).status_code == 303
    assert (await guess(browser, "Lan")).status_code == 401
    assert (await guess(browser, "Lan", PASSWORD)).status_code == 303


async def test_a_name_waits_however_it_is_written(house: House) -> None:
    await house.hire("Đức Anh", "planner")
    for typed in ("Đức Anh", "đức anh", "ĐỨC ANH", " Đức  Anh", normalize("NFD", "Đức Anh")):
        assert (await guess(house.browser("192.0.2.8"), typed)).status_code == 401
    assert (await guess(house.browser("192.0.2.8"), "đỨC aNH", PASSWORD)).status_code == 429


async def test_a_name_nobody_bears_waits_alike(house: House) -> None:
    for _ in range(5):
        assert (await guess(house.browser("192.0.2.8"), "không ai")).status_code == 401
    assert (await guess(house.browser("192.0.2.8"), "Không Ai")).status_code == 429


@pytest.mark.parametrize(
    ("addresses", "other"),
    [(["192.0.2.9"], "192.0.2.10"), (["::ffff:192.0.2.9"], "::1"),
     ([f"2001:db8::{n:x}" for n in range(20)], "2001:db8:0:1::1")],
)  # fmt: skip
async def test_one_address_does_not_try_many_names(
    house: House, addresses: list[str], other: str
) -> None:
    await house.hire("Lan", "planner")
    for n in range(20):
        browser = house.browser(addresses[n % len(addresses)])
        assert (await guess(browser, f"người {n}")).status_code == 401
    assert (await guess(house.browser(addresses[0]), "Lan", PASSWORD)).status_code == 429
    assert (await guess(house.browser(other), "Lan", PASSWORD)).status_code == 303


async def test_ones_own_password_does_not_buy_more_guesses(house: House) -> None:
    await house.hire("Lan", "planner")
    browser = house.browser()
    statuses = []
    for n in range(20):
        statuses.append((await guess(browser, f"người {n}")).status_code)
        if n % 5 == 0:
            statuses.append((await guess(browser, "Lan", PASSWORD)).status_code)
    assert statuses.count(303) == 4
    assert (await guess(browser, "người 21")).status_code == 429


async def test_many_guesses_at_once_are_no_way_round(house: House) -> None:
    await house.hire("Lan", "planner")
    tries = (guess(house.browser("198.51.100.1"), "Lan", f"{WRONG} {n}") for n in range(25))
    statuses = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert (statuses.count(401), statuses.count(429)) == (5, 20)
    assert len(await house.trail("sign_in_failed")) == 5


async def test_failures_are_forgotten_after_a_quiet_day(house: House) -> None:
    await house.hire("Lan", "planner")
    for _ in range(5):
        await guess(house.browser(), "Lan")
    house.clock.wait(hours=24, seconds=1)
    for _ in range(4):
        assert (await guess(house.browser(), "Lan")).status_code == 401
    assert (await guess(house.browser("192.0.2.2"), "Lan", PASSWORD)).status_code == 303
    assert await house.database.fetchval("SELECT count(*) FROM login_attempt") == 3, (
        "two addresses, the name from one"
    )


async def test_a_stolen_session_does_not_guess_the_password(house: House) -> None:
    await house.hire("Lan", "planner")
    browser = house.browser()
    await browser.sign_in("Lan")
    fields = {"current": WRONG, "password": "mật khẩu kẻ trộm", "again": "mật khẩu kẻ trộm"}
    for _ in range(5):
        answer = await browser.send("/account", "/account/password", **fields)
        assert answer.status_code == 400
    answer = await browser.send("/account", "/account/password", **fields)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")


async def test_an_unknown_name_costs_as_much_as_a_wrong_password() -> None:
    secret = await hashed(PASSWORD)
    known, unknown = [], []
    for _ in range(7):
        for costs, kept in ((known, secret), (unknown, None)):
            begun = time.process_time()  # of all threads, whatever else the machine does
            assert not await fits(kept, WRONG)
            costs.append(time.process_time() - begun)
    ratio = statistics.median(unknown) / statistics.median(known)
    assert 0.6 < ratio < 1.6, ratio
    assert NOBODY.split("$")[:4] == secret.split("$")[:4], "the same algorithm and parameters"


async def test_unknown_wrong_and_disabled_look_alike(house: House) -> None:
    await house.hire("Lan", "planner")
    await house.hire("Minh", "planner")
    await house.database.fetchval("UPDATE account SET disabled = true WHERE name = 'Minh'")
    texts = set()
    for name, password in (("Lan", WRONG), ("Minh", PASSWORD), ("Nobody", WRONG)):
        answer = await guess(house.browser(), name, password)
        assert answer.status_code == 401
        texts.add(answer.text.replace(name, "…"))
    assert len(texts) == 1


# Forging


async def test_a_form_needs_the_mark_of_its_own_session(house: House) -> None:
    lan, minh = await house.hire("Lan", "planner"), await house.hire("Minh", "planner")
    mine, other = await house.session(lan), await house.session(minh)
    cookie = {"Cookie": mine["Cookie"]}
    marks: list[dict[str, Any]] = [
        {},
        {"data": {"csrf": ""}},
        {"data": {"csrf": other["X-CSRF-Token"]}},
        {"data": {"csrf": mine["X-CSRF-Token"][:-1]}},
        {"data": {"csrf": mine["X-CSRF-Token"].upper() + " "}},
        {"data": {"csrf": "ả" * 64}},
        {"files": {"csrf": (None, mine["X-CSRF-Token"])}},
        {"json": {"csrf": mine["X-CSRF-Token"]}},
        {"params": {"csrf": mine["X-CSRF-Token"]}},
    ]
    for mark in marks:
        answer = await house.call("POST", "/account/sessions", headers=cookie, **mark)
        assert answer.status_code in (400, 403), mark
    for mark in ("", "x", other["X-CSRF-Token"]):
        headers = cookie | FORM | {"X-CSRF-Token": mark}
        answer = await house.call("POST", "/account/sessions", headers=headers)
        assert answer.status_code == 403
    assert await house.trail("sessions_ended") == []
    answer = await house.call("POST", "/account/sessions", headers=mine | FORM)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ({}, True),
        ({"Origin": "http://test", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "http://test.evil.example"}, False),
        ({"Origin": "http://test:8080"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://[::1"}, False),
        ({"Origin": ""}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "http://test", "Sec-Fetch-Site": "cross-site"}, False),
    ],
)
async def test_a_form_comes_from_a_page_of_ours(
    house: House, headers: dict[str, str], let_in: bool
) -> None:
    session = await house.session(await house.hire("Lan", "planner"))
    answer = await house.call("POST", "/account/sessions", headers=session | FORM | headers)
    assert (answer.status_code == 303) == let_in
    assert (answer.status_code == 403) != let_in


async def test_nobody_is_signed_in_as_somebody_else_unawares(house: House) -> None:
    await house.hire("Kẻ gian", "planner")
    fields = {"name": "Kẻ gian", "password": PASSWORD, "next": "/account"}
    for headers in (
        {},
        {"Cookie": "sqh-login=x"},
        {"Cookie": "sqh-login=x", "X-CSRF-Token": csrf_of("y")},
        {"Cookie": "sqh-login=", "X-CSRF-Token": csrf_of("")},
        {"X-CSRF-Token": csrf_of("")},
        {"Cookie": "sqh-login=x", "X-CSRF-Token": csrf_of("x"), "Sec-Fetch-Site": "cross-site"},
        {"Cookie": "sqh-login=x", "X-CSRF-Token": csrf_of("x"), "Origin": "https://evil.example"},
    ):
        answer = await house.call("POST", "/login", headers=headers, data=fields)
        assert answer.status_code == 403, headers
        assert "set-cookie" not in answer.headers


async def test_a_bearer_token_needs_no_mark_and_a_false_one_no_cookie(house: House) -> None:
    lan = await house.hire("Lan", "planner")
    session, bearer = await house.session(lan), await house.bearer(lan)
    assert (await house.call("POST", "/v1/dossiers", headers=bearer)).status_code == 400
    both = session | {"Authorization": "Bearer sqh_wrong"}
    assert (await house.call("GET", "/v1/me", headers=both)).status_code == 401
    other = session | {"Authorization": "Basic dTpw"}
    assert (await house.call("GET", "/v1/me", headers=other)).status_code == 200


async def test_a_stolen_token_is_not_turned_into_more(house: House) -> None:
    an = await house.hire("An", "admin")
    bearer = await house.bearer(an)
    form = {"data": {"label": "thêm", "days": "30"}}
    for method, path, body in (
        ("GET", "/account", {}),
        ("POST", "/account/tokens", form),
        ("POST", "/accounts", {"data": {"name": "Kẻ gian", "role": "admin"}}),
        ("GET", "/audit", {}),
    ):
        assert (await house.call(method, path, headers=bearer, **body)).status_code == 403
    assert len(await house.trail("token_made")) == 1


# Planting and tampering


async def test_a_planted_session_is_not_taken_over(house: House) -> None:
    lan, thief = await house.hire("Lan", "planner"), await house.hire("Kẻ gian", "clerk")
    planted = (await house.session(thief))["Cookie"].removeprefix("sqh=")
    for cookie in ("made-up-by-a-thief", planted):
        browser = house.browser()
        browser.http.cookies.set("sqh", cookie, domain="test.local", path="/")
        headers = {**FORM, "Cookie": f"sqh={cookie}; sqh-login=a", "X-CSRF-Token": csrf_of("a")}
        fields = urlencode({"name": "Lan", "password": PASSWORD, "next": "/account"})
        answer = await house.call("POST", "/login", headers=headers, content=fields)
        assert answer.status_code == 303
        assert cookie not in answer.headers["set-cookie"]
        stolen = await house.call("GET", "/v1/me", headers={"Cookie": f"sqh={cookie}"})
        assert stolen.status_code == 401, lan


async def test_a_changed_cookie_is_no_cookie(house: House) -> None:
    session = await house.session(await house.hire("Lan", "planner"))
    token = session["Cookie"].removeprefix("sqh=")
    stored = await house.database.fetchval("SELECT sha256 FROM account_session")
    for cookie in (
        token[:-1], token + "A", token.swapcase(), stored, "", "0", "ả", "x" * 100_000,
        f"{token};role=admin".replace(";", "%3B"), f'"{token[:10]}', f"{token}\x00",
    ):  # fmt: skip
        header = {"Cookie": f"sqh={cookie}".encode()}
        answer = await house.call("GET", "/v1/me", headers=header)
        assert answer.status_code == 401, cookie[:80]


async def test_over_https_the_cookie_is_bound_to_this_host(house: House) -> None:
    lan = await house.hire("Lan", "planner")
    browser = house.browser(base_url="https://test")
    page = await browser.get("/login")
    answer = await browser.sign_in("Lan")
    for cookie in (page.headers["set-cookie"], answer.headers.get_list("set-cookie")[0]):
        name, *attributes = (part.strip().lower() for part in cookie.split(";"))
        assert name.startswith("__host-sqh")
        assert {"httponly", "secure", "path=/"} <= set(attributes)
        assert not any(each.startswith(("domain", "max-age", "expires")) for each in attributes)
    assert "SameSite=strict" in page.headers["set-cookie"]
    assert "SameSite=lax" in answer.headers.get_list("set-cookie")[0]
    assert (await browser.get("/account")).status_code == 200
    planted = (await house.session(lan))["Cookie"]
    stranger = house.browser(base_url="https://test")
    asked = await stranger.get("/v1/me", headers={"Cookie": planted})
    assert asked.status_code == 401, "a cookie that another host could have set"


async def test_nobody_says_https_for_the_server(house: House) -> None:
    answer = await house.call("GET", "/login", headers={"X-Forwarded-Proto": "https"})
    assert answer.headers["set-cookie"].startswith("sqh-login=")
    assert "secure" not in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "where",
    ["//evil.example", "/\\evil.example", "https://evil.example", "evil.example", "",
     "javascript:alert(1)", "/a\r\nSet-Cookie: sqh=x", "/a\nb", "/\tevil.example", "/\x00",
     "/" + "a" * 3000, "/\u202eevil", "\\\\evil.example", " //evil.example"],
)  # fmt: skip
async def test_after_signing_in_one_stays_on_this_site(house: House, where: str) -> None:
    await house.hire("Lan", "planner")
    browser = house.browser()
    assert (await browser.get("/login", params={"next": where})).status_code == 400
    answer = await browser.sign_in("Lan", next_path=where)
    assert answer.status_code == 400
    assert "sqh" not in browser.cookies
    assert "location" not in answer.headers


@pytest.mark.parametrize("where", ["/dossiers?before=3&lang=en", "/audit", "/plans/đồ-án", "/a//b"])
async def test_one_comes_back_to_where_one_was(house: House, where: str) -> None:
    await house.hire("Lan", "planner")
    answer = await house.browser().sign_in("Lan", next_path=where)
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert httpx.URL(location) == httpx.URL(where)
    assert location.isascii()


# Flooding and other bodies


@pytest.mark.parametrize(
    ("name", "password", "status"),
    [
        ("Lan\x00", PASSWORD, 400),
        ("Lan", f"{PASSWORD}\x00", 400),
        ("L" * 2_000, PASSWORD, 401),
        ("L" * 2_001, PASSWORD, 400),
        ("Lan", "x" * 2_001, 400),
        ("Lan", f"{PASSWORD}{'x' * 300}", 401),
        ("", "", 401),
        ("<script>alert(1)</script>", WRONG, 401),
        ("'; DROP TABLE account; --", WRONG, 401),
        ("\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), WRONG, 401),
        ("%s%n{0}", WRONG, 401),
    ],
)
async def test_odd_entries_are_refused_and_shown_harmless(
    house: House, name: str, password: str, status: int
) -> None:
    await house.hire("Lan", "planner")
    answer = await house.browser().sign_in(name, password)
    assert answer.status_code == status
    assert "<script>alert" not in answer.text
    assert password not in answer.text or not password
    assert (await house.browser().sign_in("Lan")).status_code == 303


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (json.dumps({"name": "Lan", "password": PASSWORD, "next": "/account"}), {"Content-Type": "application/json"}),
        ("name=Lan", {"Content-Type": "text/plain"}),
        ("name=Lan", {}),
        ("name=Lan&password=x", FORM),
        ("name=Lan&name=Minh&password=x&next=/account", FORM),
        ("name=Lan&password=x&next=/account&role=admin", FORM),
        ("name[]=Lan&password=x&next=/account", FORM),
        ("&".join(f"a{n}=1" for n in range(500)), FORM),
        ("name=" + "x" * 200_000, FORM),
        ("", FORM),
        ("%FF%FE=1&%00=2", FORM),
    ],
)  # fmt: skip
async def test_only_the_plain_form_signs_in(
    house: House, body: str, headers: dict[str, str]
) -> None:
    await house.hire("Lan", "planner")
    marked = {"Cookie": "sqh-login=a", "X-CSRF-Token": csrf_of("a")}
    answer = await house.call("POST", "/login", headers=marked | headers, content=body)
    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers


async def test_a_huge_body_is_refused_before_it_is_read_whole(house: House) -> None:
    session = await house.session(await house.hire("Lan", "planner"))
    sent = 0

    async def flood() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b"csrf="
        for _ in range(1000):
            sent += 65_536
            yield b"x" * 65_536

    headers = {"Cookie": session["Cookie"], **FORM}
    answer = await house.call("POST", "/account/sessions", headers=headers, content=flood())
    assert answer.status_code in (400, 403)
    assert sent < 1_000_000
    stranger = await house.call("POST", "/account/sessions", headers=FORM, content="x" * 1_000_000)
    assert stranger.status_code == 401


async def test_a_method_is_what_the_request_says(house: House) -> None:
    session = await house.session(await house.hire("Lan", "planner"))
    override = {
        "X-HTTP-Method-Override": "POST",
        "X-HTTP-Method": "POST",
        "X-Method-Override": "POST",
    }
    assert (await house.call("GET", "/logout", headers=session | override)).status_code == 405
    assert (await house.call("GET", "/account?_method=POST", headers=session)).status_code == 400
    answer = await house.call(
        "POST", "/account", headers=session | {"X-HTTP-Method-Override": "GET"}
    )
    assert answer.status_code == 405
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert (await house.call(method, "/account/sessions", headers=session)).status_code == 405
    assert (await house.call("GET", "/v1/me", headers=session)).status_code == 200
