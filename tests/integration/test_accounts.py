"""People sign in, work, and go: sessions, tokens, passwords, and what the trail says of it."""

import re
from collections.abc import AsyncIterator
from unicodedata import normalize

import pytest
from argon2 import PasswordHasher

from schemas.db import connect
from tests.conftest import Register
from tests.people import PASSWORD, House, house_of

WORSE = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
NEW = "một mật khẩu khác hẳn"


@pytest.fixture
async def house(register: Register) -> AsyncIterator[House]:
    async with house_of(register) as house:
        yield house


async def test_the_first_visitor_reads_which_command_makes_an_account(house: House) -> None:
    browser = house.browser()
    page = await browser.get("/login")
    assert 'sqh account add "Họ và tên" --role admin' in page.text
    assert 'sqh account add "Full name" --role admin' in (await browser.get("/login?lang=en")).text
    await house.hire("Lan", "admin")
    assert "sqh account add" not in (await browser.get("/login")).text


def test_the_sample_city_brings_no_accounts(demo: Register) -> None:
    with connect(demo.url) as connection:
        assert connection.execute("SELECT count(*) FROM account").fetchone() == (0,)


async def test_a_person_signs_in_sees_their_page_and_signs_out(house: House) -> None:
    await house.hire("Nguyễn Thị Lan", "planner")
    browser = house.browser()
    asked = await browser.get("/account")
    assert asked.status_code == 303
    assert asked.headers["location"] == "/login?next=%2Faccount"
    came = await browser.sign_in("Nguyễn Thị Lan", next_path="/account?lang=en")
    assert (came.status_code, came.headers["location"]) == (303, "/account?lang=en")
    page = await browser.get("/account")
    assert "Nguyễn Thị Lan" in page.text
    assert "Người nộp hồ sơ" in page.text
    assert (await browser.get("/login")).status_code == 303, "no need to sign in twice"
    left = await browser.send("/account", "/logout")
    assert (left.status_code, left.headers["location"]) == (303, "/")
    assert "sqh" not in browser.cookies
    assert (await browser.get("/account")).status_code == 303


@pytest.mark.parametrize("typed", ["đức anh", "ĐỨC ANH", "Đức  Anh ", normalize("NFD", "Đức Anh")])
async def test_a_name_is_known_however_it_is_typed(house: House, typed: str) -> None:
    await house.hire("Đức Anh", "officer")
    assert (await house.browser().sign_in(typed)).status_code == 303


async def test_a_password_is_the_same_from_every_keyboard(house: House) -> None:
    await house.hire("Lan", "clerk", normalize("NFD", "mật khẩu ghép dấu"))
    answer = await house.browser().sign_in("Lan", normalize("NFC", "mật khẩu ghép dấu"))
    assert answer.status_code == 303


async def test_a_program_says_who_it_works_for(house: House) -> None:
    bearer = await house.bearer(await house.hire("Lan", "clerk"))
    told = await house.call("GET", "/v1/me", headers=bearer)
    assert told.json() == {"schema": "me/1", "name": "Lan", "role": "clerk"}
    stranger = await house.call("GET", "/v1/me")
    assert stranger.status_code == 401
    assert stranger.headers["www-authenticate"] == "Bearer"
    assert stranger.headers["content-type"] == "application/problem+json"
    assert stranger.json()["type"] == "/problems/sign-in-needed"


async def test_a_session_ends_after_twelve_idle_hours_and_after_seven_days(house: House) -> None:
    lan = await house.hire("Lan", "clerk")
    session = await house.session(lan)

    async def known() -> bool:
        return (await house.call("GET", "/v1/me", headers=session)).status_code == 200

    for _ in range(14):
        house.clock.wait(hours=11, minutes=59)
        assert await known()
    house.clock.wait(hours=2)
    assert not await known(), "seven days are over"
    session = await house.session(lan)
    house.clock.wait(hours=12)
    assert not await known()


async def test_a_token_ends_on_its_day(house: House) -> None:
    bearer = await house.bearer(await house.hire("Lan", "clerk"), days=2)
    house.clock.wait(days=1, hours=23)
    assert (await house.call("GET", "/v1/me", headers=bearer)).status_code == 200
    house.clock.wait(hours=1)
    assert (await house.call("GET", "/v1/me", headers=bearer)).status_code == 401


async def test_a_new_password_ends_every_other_session_and_token(house: House) -> None:
    bearer = await house.bearer(await house.hire("Lan", "planner"), days=2)
    here, there = house.browser(), house.browser()
    for browser in (here, there):
        await browser.sign_in("Lan")
    old = here.cookies["sqh"]
    fields = {"current": PASSWORD, "password": NEW, "again": NEW}
    changed = await here.send("/account", "/account/password", **fields)
    assert changed.status_code == 303
    assert "Đã đổi mật khẩu" in (await here.get(changed.headers["location"])).text
    assert here.cookies["sqh"] != old
    for stale in ({"Cookie": f"sqh={old}"}, bearer):
        assert (await house.call("GET", "/v1/me", headers=stale)).status_code == 401
    assert (await there.get("/account")).status_code == 303
    assert (await there.sign_in("Lan")).status_code == 401
    assert (await there.sign_in("Lan", NEW)).status_code == 303


@pytest.mark.parametrize(
    ("fields", "beside", "words"),
    [
        ({"current": "không phải"}, "current", "Mật khẩu hiện tại không đúng"),
        ({"password": "ngắn", "again": "ngắn"}, "password", "cần từ 10 đến 200"),
        ({"password": "x" * 201, "again": "x" * 201}, "password", "cần từ 10 đến 200"),
        ({"password": "aaaaaaaaaaaa", "again": "aaaaaaaaaaaa"}, "password", "lặp vài ký tự"),
        ({"password": "Trần Lan Anh", "again": "Trần Lan Anh"}, "password", "không được trùng tên"),
        ({"again": "một mật khẩu khác nữa"}, "again", "không giống nhau"),
    ],
)
async def test_what_is_wrong_with_a_password_stands_beside_its_field(
    house: House, fields: dict[str, str], beside: str, words: str
) -> None:
    await house.hire("Trần Lan Anh", "planner")
    browser = house.browser()
    await browser.sign_in("Trần Lan Anh")
    entered = {"current": PASSWORD, "password": NEW, "again": NEW, **fields}
    page = await browser.send("/account", "/account/password", **entered)
    assert page.status_code == 400
    before, after = page.text.split(f'id="{beside}-fault">')
    assert words in after[:200]
    assert f'aria-describedby="{beside}-fault' in before
    assert 'type="password" value=""' in page.text
    assert not re.search('type="password" value="[^"]', page.text)
    assert (await house.browser().sign_in("Trần Lan Anh")).status_code == 303, "still the old one"


async def test_other_sessions_can_be_ended(house: House) -> None:
    await house.hire("Lan", "planner")
    here, there = house.browser(), house.browser()
    for browser in (here, there):
        await browser.sign_in("Lan")
    await here.send("/account", "/account/sessions")
    assert (await here.get("/account")).status_code == 200
    assert (await there.get("/account")).status_code == 303


async def test_a_token_is_made_shown_once_and_revoked(house: House) -> None:
    await house.hire("Lan", "planner")
    browser = house.browser()
    await browser.sign_in("Lan")
    page = await browser.send("/account", "/account/tokens", label="QGIS <b>ở</b> máy", days="30")
    token = page.text.split('class="shown-once">')[1].split("<")[0]
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await house.call("GET", "/v1/me", headers=bearer)).json()["name"] == "Lan"
    again = (await browser.get("/account")).text
    assert token not in again
    assert "QGIS &lt;b&gt;" in again
    number = again.split("/account/tokens/")[1].split("/revoke")[0]
    assert (await browser.send("/account", f"/account/tokens/{number}/revoke")).status_code == 303
    assert (await house.call("GET", "/v1/me", headers=bearer)).status_code == 401
    assert (await browser.send("/account", f"/account/tokens/{number}/revoke")).status_code == 404


@pytest.mark.parametrize(
    ("label", "days", "beside"),
    [(" ", "30", "label"), ("x" * 81, "30", "label"), ("a", "0", "days"), ("a", "3651", "days"),
     ("a", "٣", "days"), ("a", "1e3", "days"), ("a", "99999999999999999999", "days")],
)  # fmt: skip
async def test_a_token_needs_a_label_and_an_end(
    house: House, label: str, days: str, beside: str
) -> None:
    await house.hire("Lan", "planner")
    browser = house.browser()
    await browser.sign_in("Lan")
    page = await browser.send("/account", "/account/tokens", label=label, days=days)
    assert page.status_code == 400
    assert f'id="{beside}-fault"' in page.text


async def test_nobody_revokes_the_token_of_another(house: House) -> None:
    lan = await house.hire("Lan", "planner")
    await house.hire("Minh", "admin")
    bearer = await house.bearer(lan)
    number = await house.database.fetchval("SELECT id FROM access_token")
    browser = house.browser()
    await browser.sign_in("Minh")
    answer = await browser.send("/account", f"/account/tokens/{number}/revoke")
    assert answer.status_code == 404
    assert (await house.call("GET", "/v1/me", headers=bearer)).status_code == 200


async def test_an_administrator_adds_somebody_who_then_signs_in(house: House) -> None:
    await house.hire("An", "admin")
    admin = house.browser()
    await admin.sign_in("An")
    page = await admin.send("/accounts", "/accounts", name=" Lê  Bình ", role="approver")
    password = page.text.split('class="shown-once">')[1].split("<")[0]
    assert (await house.browser().sign_in("Lê Bình", password)).status_code == 303
    assert password not in (await admin.get("/accounts")).text
    again = await admin.send("/accounts", "/accounts", name="LÊ BÌNH", role="clerk")
    assert again.status_code == 400
    assert "Đã có tài khoản" in again.text.split('id="name-fault">')[1][:100]
    for name, role, beside in (("<b>", "clerk", "name-fault"), ("Cúc", "boss", "Vai trò là một")):
        wrong = await admin.send("/accounts", "/accounts", name=name, role=role)
        assert wrong.status_code == 400
        assert beside in wrong.text


async def test_another_role_counts_from_the_next_request_on(house: House) -> None:
    await house.hire("An", "admin")
    lan = await house.hire("Lan", "planner")
    admin, theirs = house.browser(), house.browser()
    await admin.sign_in("An")
    await theirs.sign_in("Lan")
    assert (await theirs.get("/accounts")).status_code == 403
    await admin.send("/accounts", f"/accounts/{lan.id}/role", role="admin")
    assert (await theirs.get("/accounts")).status_code == 200


async def test_a_disabled_account_is_out_at_once_and_for_good(house: House) -> None:
    await house.hire("An", "admin")
    lan = await house.hire("Lan", "planner")
    bearer = await house.bearer(lan)
    admin, theirs = house.browser(), house.browser()
    await admin.sign_in("An")
    await theirs.sign_in("Lan")
    await admin.send("/accounts", f"/accounts/{lan.id}/disable")
    assert (await house.call("GET", "/v1/me", headers=bearer)).status_code == 401
    assert (await theirs.get("/account")).status_code == 303
    refused = await house.browser().sign_in("Lan")
    assert refused.status_code == 401
    assert "Tên hoặc mật khẩu không đúng" in refused.text, "as for a wrong password"
    await admin.send("/accounts", f"/accounts/{lan.id}/enable")
    assert (await house.call("GET", "/v1/me", headers=bearer)).status_code == 401
    assert (await theirs.get("/account")).status_code == 303
    assert (await house.browser().sign_in("Lan")).status_code == 303


async def test_nobody_closes_their_own_door(house: House) -> None:
    an = await house.hire("An", "admin")
    admin = house.browser()
    await admin.sign_in("An")
    for path, fields in (("role", {"role": "clerk"}), ("disable", {})):
        answer = await admin.send("/accounts", f"/accounts/{an.id}/{path}", **fields)
        assert answer.status_code == 409
        assert "Không tự đổi vai trò" in answer.text
    assert (await admin.send("/accounts", "/accounts/999999/enable")).status_code == 404


async def test_a_hash_of_older_parameters_is_renewed(house: House) -> None:
    lan = await house.hire("Lan", "planner")
    old = WORSE.hash(PASSWORD)
    await house.database.fetchval("UPDATE account SET secret = $1 WHERE id = $2", old, lan.id)
    assert (await house.browser().sign_in("Lan")).status_code == 303
    secret = await house.database.fetchval("SELECT secret FROM account WHERE id = $1", lan.id)
    assert "m=65536,t=3,p=4" in secret
    assert (await house.browser().sign_in("Lan")).status_code == 303


async def test_the_trail_tells_every_step_and_no_secret(house: House) -> None:
    await house.hire("An", "admin")
    lan = await house.hire("Lan", "planner")
    admin, theirs = house.browser(), house.browser("2001:db8::7")
    await admin.sign_in("An")
    await theirs.sign_in("Lan", "mật khẩu sai hẳn")
    await theirs.sign_in("mật khẩu gõ nhầm ô", PASSWORD)
    await theirs.sign_in("Lan")
    secrets = [*admin.cookies.values(), *theirs.cookies.values()]
    page = await theirs.send("/account", "/account/tokens", label="QGIS", days="30")
    secrets.append(page.text.split('class="shown-once">')[1].split("<")[0])
    await theirs.send("/account", "/account/sessions")
    number = await house.database.fetchval("SELECT max(id) FROM access_token")
    await theirs.send("/account", f"/account/tokens/{number}/revoke")
    fields = {"current": PASSWORD, "password": NEW, "again": NEW}
    await theirs.send("/account", "/account/password", **fields)
    await theirs.send("/account", "/logout")
    await admin.send("/accounts", f"/accounts/{lan.id}/role", role="approver")
    await admin.send("/accounts", f"/accounts/{lan.id}/disable")
    rows = await house.events()
    assert [(row["actor"], row["action"], row["subject"]) for row in rows] == [
        ("sqh", "account_added", "account/An"),
        ("sqh", "account_added", "account/Lan"),
        ("An", "sign_in", "account/An"),
        ("?", "sign_in_failed", "account/Lan"),
        ("?", "sign_in_failed", "account/?"),
        ("Lan", "sign_in", "account/Lan"),
        ("Lan", "token_made", "account/Lan"),
        ("Lan", "sessions_ended", "account/Lan"),
        ("Lan", "token_revoked", "account/Lan"),
        ("Lan", "account_password", "account/Lan"),
        ("Lan", "sign_out", "account/Lan"),
        ("An", "account_role", "account/Lan"),
        ("An", "account_disabled", "account/Lan"),
    ]
    assert (rows[11]["before"], rows[11]["after"]) == (
        '{"role": "planner"}', '{"role": "approver"}'
    )  # fmt: skip
    assert "2001:db8::7" in rows[3]["after"]
    assert {row["at"] for row in rows} == {house.clock()}
    kept = await everything(house)
    for secret in (*secrets, PASSWORD, NEW, "mật khẩu sai hẳn", "gõ nhầm ô"):
        assert secret not in kept, "only hashes are kept"


async def everything(house: House) -> str:
    """All that the register keeps about people, as text."""
    tables = ("account", "account_session", "access_token", "login_attempt", "audit_event")
    texts = [
        await house.database.fetchval(f"SELECT json_agg(t)::text FROM {table} t")
        for table in tables
    ]
    return "\n".join(text or "" for text in texts)


async def test_the_trail_is_read_newest_first_and_filtered(house: House) -> None:
    await house.hire("An", "admin")
    query = """
        INSERT INTO audit_event (at, actor, action, subject, after)
        SELECT $1::timestamptz, 'Lan', 'publish', 'kế hoạch/' || n, '{"ghi": "<b>"}' FROM generate_series(1, 120) n
    """
    await house.database.fetchval(query, house.clock())
    admin = house.browser()
    await admin.sign_in("An")
    seen: list[str] = []
    path = "/audit?actor=lan&action=publish"
    while path:
        page = (await admin.get(path)).text
        assert "<b>" not in page
        seen += [part.split("<")[0] for part in page.split("kế hoạch/")[1:]]
        older = page.split('<p><a href="')
        path = older[1].split('"')[0].replace("&amp;", "&") if len(older) > 1 else ""
    assert seen == [str(n) for n in range(120, 0, -1)]
    assert "Không có sự kiện nào khớp" in (await admin.get("/audit?actor=nobody")).text
    first = (await admin.get("/audit")).text
    assert "Đăng nhập" in first
    for wrong in ("?before=0", "?before=x", "?actor=%00", "?colour=red", "?actor=a&actor=b"):
        assert (await admin.get(f"/audit{wrong}")).status_code == 400


async def test_what_is_shown_to_one_person_is_kept_by_nobody(house: House) -> None:
    await house.hire("An", "admin")
    admin = house.browser()
    await admin.sign_in("An")
    for path in ("/account", "/accounts", "/audit", "/login", "/v1/me"):
        for answer in (await admin.get(path), await house.call("GET", path)):
            assert answer.headers["cache-control"] == "private, no-store", path


async def test_public_pages_are_the_same_for_everybody(house: House) -> None:
    await house.hire("An", "admin")
    admin = house.browser()
    await admin.sign_in("An")
    for path in ("/", "/plans", "/data", "/docs", "/map", "/v1/plans"):
        theirs = await admin.get(path)
        public = await house.call("GET", path, headers={"Accept": "text/html"})
        for answer in (theirs, public):
            assert "set-cookie" not in answer.headers
            assert "no-store" not in answer.headers.get("cache-control", "")
        assert "An" not in re_words(theirs.text)
        if path not in ("/map", "/docs"):  # they bear a nonce
            assert theirs.text == public.text


def re_words(text: str) -> list[str]:
    return text.replace("<", " ").replace(">", " ").split()


async def test_each_role_reads_the_links_of_its_pages(house: House) -> None:
    links = {
        "planner": {"/dossiers", "/account"},
        "approver": {"/dossiers", "/reports", "/account"},
        "officer": {"/reports", "/account"},
        "clerk": {"/account"},
        "admin": {"/dossiers", "/reports", "/account", "/accounts", "/audit"},
    }
    for role, expected in links.items():
        headers = await house.session(await house.hire(f"Ai {role}", role))  # type: ignore[arg-type]
        page = await house.call("GET", "/account", headers=headers | {"Accept": "text/html"})
        bar = page.text.split('class="desk-bar')[1].split("</nav>")[0]
        assert {part.split('"')[0] for part in bar.split('<a href="')[1:]} == expected
        for path in expected:
            assert (await house.call("GET", path, headers=headers)).status_code == 200
