"""Error reports: sent by anyone, kept apart from their senders, answered before they are closed."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from psycopg.errors import CheckViolation

from ingest.sample.demo import load_demo
from ingest.tickets.photo import clean_photo
from schemas.db import connect
from schemas.tickets import (
    LONGEST_TEXT,
    SIGNS,
    NewTicket,
    TicketDocument,
    clean_text,
    new_number,
    number_typed,
)
from tests.conftest import DEMO_LOADED, Register
from tests.people import House, house_of

WRONG = "Ranh giới vẽ lệch 2 m về phía đông."


@pytest.fixture(scope="module")
def city(register: Register, sample_files: Path) -> Register:
    """The invented ward in a register of this module's own: these tests write."""
    load_demo(sample_files, register.url, register.settings, DEMO_LOADED)
    return register


@pytest.fixture
async def house(city: Register) -> AsyncIterator[House]:
    async with house_of(city) as house:
        house.clock.moment = max(house.clock.moment, DEMO_LOADED + timedelta(days=1))
        yield house


def photo(kind: str = "JPEG", size: tuple[int, int] = (800, 600), exif: bool = True) -> bytes:
    """A photo with a place in it, as a telephone makes them."""
    out, image = io.BytesIO(), Image.new("RGB", size, (90, 140, 60))
    facts = Image.Exif()
    if exif:
        facts[0x010F] = "Máy ảnh bí mật"
        facts[0x0112] = 6  # turned
        facts.get_ifd(0x8825)[2] = (10.0, 18.0, 36.0)
    image.save(out, kind, exif=facts)
    return out.getvalue()


async def send(house: House, *, message: str = WRONG, **fields: Any) -> Any:
    """One report by a program, each from an address of its own."""
    image = fields.pop("photo", None)
    client = house.browser(fields.pop("address", f"198.51.100.{len(house.browsers) % 250}"))
    parts: dict[str, Any] = {
        name: (None, value) for name, value in {"message": message, **fields}.items()
    }
    if image:
        parts["photo"] = ("anh.jpg", image, "image/jpeg")
    return await client.http.post("/v1/tickets", files=parts)


async def a_parcel(house: House) -> dict[str, str]:
    """The key of some parcel of the sample city that a plan speaks about."""
    row = await house.database.fetchrow(
        "SELECT p.commune_code, p.sheet, p.number FROM parcel p JOIN zone_cut c"
        " ON ST_Contains(c.geom, p.geom) WHERE upper_inf(p.recorded) ORDER BY p.id LIMIT 1"
    )
    assert row is not None
    return {"parcel": "/".join(row.values())}


async def a_ticket(house: House, **more: Any) -> dict[str, Any]:
    response = await send(house, **(await a_parcel(house)), **more)
    assert response.status_code == 201, response.text
    NewTicket.model_validate(response.json())
    document: dict[str, Any] = response.json()
    return document


async def test_a_report_gets_a_number_that_anyone_can_follow(house: House) -> None:
    sent = await a_ticket(house)
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", sent["id"])
    house.clock.wait(days=3)
    found = (await house.call("GET", f"/v1/tickets/{sent['id'].lower().replace('-', ' ')}")).json()
    TicketDocument.model_validate(found)
    assert (found["state"], found["age_days"], found["answer"]) == ("open", 3, None)
    assert found["subject"].startswith("Thửa ")
    assert [step["action"] for step in found["history"]] == ["opened"]
    assert found["office"]


async def test_nobody_but_sender_and_office_reads_the_message(house: House) -> None:
    sent = await a_ticket(house, message="Ông Nguyễn Văn A lấn đất")
    clerk = await house.session(await house.hire("Một cửa", "clerk"))
    officer = await house.session(await house.hire("Cán bộ", "officer"))
    for path in (f"/v1/tickets/{sent['id']}", f"/reports/{sent['id']}",
                 f"/reports/{sent['id']}?key=sai"):  # fmt: skip
        for headers in ({}, clerk, officer):
            response = await house.call("GET", path, headers=headers)
            assert response.status_code == 200
            assert "Nguyễn Văn A" not in response.text
    own = await house.call("GET", sent["reader_url"])
    assert "Nguyễn Văn A" in own.text
    assert own.headers["cache-control"] == "private, no-store"
    assert (
        "Nguyễn Văn A"
        in (await house.call("GET", f"/reports/{sent['id']}/desk", headers=officer)).text
    )
    denied = await house.call("GET", f"/reports/{sent['id']}/desk", headers=clerk)
    assert denied.status_code == 403


async def test_it_is_answered_then_closed_and_not_the_other_way(house: House) -> None:
    number = (await a_ticket(house))["id"]
    officer = await house.session(await house.hire("Cán bộ", "officer"))

    async def post(step: str, **fields: str) -> Any:
        data = {"csrf": "in the header", **fields}
        return await house.call("POST", f"/reports/{number}/{step}", headers=officer, data=data)

    refused = await post("close")
    assert refused.status_code == 409
    assert "Chưa trả lời thì không đóng được" in refused.text
    assert (await house.call("GET", f"/v1/tickets/{number}")).json()["state"] == "open"
    blank = await post("answer", answer=" \n\u200b")
    assert blank.status_code == 400
    assert (await post("close")).status_code == 409
    assert (await post("answer", answer="Đã sửa ranh giới.")).status_code == 303
    assert (await post("close")).status_code == 303
    found = (await house.call("GET", f"/v1/tickets/{number}")).json()
    assert (found["state"], found["answer"]) == ("closed", "Đã sửa ranh giới.")
    assert [step["action"] for step in found["history"]] == ["opened", "answered", "closed"]
    assert "Cán bộ" not in str(found)
    assert (await post("answer", answer="Muộn")).status_code == 409
    assert (await post("close")).status_code == 409
    (answered,), (closed,) = (
        await house.trail("ticket_answered"),
        await house.trail("ticket_closed"),
    )
    assert (answered["actor"], answered["subject"]) == ("Cán bộ", f"ticket/{number}")
    assert (closed["actor"], closed["subject"]) == ("Cán bộ", f"ticket/{number}")


async def test_the_age_of_a_closed_report_stands_still(house: House) -> None:
    number = (await a_ticket(house))["id"]
    officer = await house.session(await house.hire("Cán bộ", "officer"))
    house.clock.wait(hours=20)
    officer = await house.session(await house.hire("Cán bộ hai", "officer"))
    for step, data in (("answer", {"answer": "Vâng"}), ("close", {})):
        response = await house.call(
            "POST", f"/reports/{number}/{step}", headers=officer, data=data or {"csrf": "x"}
        )
        assert response.status_code == 303, response.text
    age = (await house.call("GET", f"/v1/tickets/{number}")).json()["age_days"]
    house.clock.wait(days=30)
    assert (await house.call("GET", f"/v1/tickets/{number}")).json()["age_days"] == age == 1


async def test_a_report_names_its_office_or_says_that_none_is_assigned(house: House) -> None:
    row = await house.database.fetchrow(
        "SELECT g.id, v.ordinal, b.name FROM plan g JOIN authority b ON b.id = g.authority_id"
        " JOIN plan_version v ON v.plan_id = g.id WHERE v.status = 'published' LIMIT 1"
    )
    assert row is not None
    response = await send(house, plan=row["id"], version=str(row["ordinal"]))
    assert response.json()["office"] == row["name"]
    nowhere = await send(house, lon="105.8", lat="21.0")
    assert nowhere.json()["office"] is None
    page = await house.call("GET", nowhere.json()["url"])
    assert "chưa giao" in page.text


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"parcel": "1"}, {"parcel": "1//2"}, {"plan": "x"}, {"plan": "x", "version": "0"},
        {"plan": "x", "version": "1e9"}, {"lon": "106.7"}, {"lon": "a", "lat": "b"},
        {"lon": "200", "lat": "10"}, {"lon": "nan", "lat": "10"}, {"lon": "inf", "lat": "10"},
        {"plan": "x", "version": "1", "parcel": "1/2/3"}, {"parcel": "1/2/3\x00"},
        {"chuyện": "khác"}, {"lon": "106.7", "lat": "10", "message": "   "},
        {"lon": "106.7", "lat": "10", "message": "a" * (LONGEST_TEXT + 1)},
        {"lon": "106.7", "lat": "10", "message": "a" * 30_000},
        {"lon": "106.7" * 200, "lat": "10"},
    ],
)  # fmt: skip
async def test_what_is_not_understood_is_400_and_stores_nothing(
    house: House, fields: dict[str, str]
) -> None:
    before = await house.database.fetchval("SELECT count(*) FROM ticket")
    response = await send(house, **fields)
    assert response.status_code == 400, response.text
    assert response.json()["message"]["vi"]
    assert await house.database.fetchval("SELECT count(*) FROM ticket") == before


async def test_objects_that_do_not_exist_are_404(house: House) -> None:
    row = await house.database.fetchrow(
        "SELECT plan_id FROM plan_version WHERE status = 'published'"
    )
    assert row is not None
    for fields in ({"plan": "nope", "version": "1"}, {"parcel": "99999/999/99999"},
                   {"plan": row[0], "version": "1", "zone": "không có"}):  # fmt: skip
        assert (await send(house, **fields)).status_code == 404, fields
    for number in ("nope", "2222-2222", "AEIO-UUUU"):
        assert (await house.call("GET", f"/v1/tickets/{number}")).status_code == 404


async def test_markup_and_queries_in_a_message_are_only_text(house: House) -> None:
    evil = "<script>alert(1)</script>'; DROP TABLE ticket; --{{ 7*7 }}\u202etxt.exe\x07\x00"
    sent = await a_ticket(house, message=evil)
    page = (await house.call("GET", sent["reader_url"])).text
    assert "<script>alert" not in page
    assert (
        "&lt;script&gt;alert(1)&lt;/script&gt;&#39;; DROP TABLE ticket; --{{ 7*7 }}txt.exe" in page
    )
    assert await house.database.fetchval("SELECT count(*) FROM ticket") > 0


async def test_many_reports_from_one_address_wait(house: House) -> None:
    parcel = await a_parcel(house)
    statuses = [(await send(house, address="203.0.113.9", **parcel)).status_code for _ in range(7)]
    assert statuses[:5] == [201] * 5
    assert statuses[6] == 429
    refused = await send(house, address="203.0.113.9", **parcel)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert (await send(house, address="203.0.113.10", **parcel)).status_code == 201
    v6 = [(await send(house, address=f"2001:db8::{n}", **parcel)).status_code for n in range(7)]
    assert v6[6] == 429
    house.clock.wait(days=2)
    assert (await send(house, address="203.0.113.9", **parcel)).status_code == 201


async def stored_photo(house: House, number: str) -> Any:
    return await house.database.fetchrow("SELECT * FROM ticket_photo WHERE ticket_id = $1", number)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
async def test_only_the_pixels_of_a_photo_are_kept(house: House, city: Register, kind: str) -> None:
    came = photo(kind)
    sent = await a_ticket(house, photo=came)
    assert "đang được xử lý" in (await house.call("GET", sent["reader_url"])).text
    queued = await house.database.fetchval(
        "SELECT args->>'ticket_id' FROM procrastinate_jobs WHERE task_name = 'ingest:clean_photo'"
        " ORDER BY id DESC LIMIT 1"
    )
    assert queued == sent["id"]
    await asyncio.to_thread(clean_photo, sent["id"], url=city.url)
    row = await stored_photo(house, sent["id"])
    assert (row["state"], row["original"]) == ("kept", None)
    for secret in (b"Exif", "bí mật".encode(), b"GPS"):
        assert secret not in row["image"]
    drawn = Image.open(io.BytesIO(row["image"]))
    assert (drawn.format, drawn.size, dict(drawn.getexif())) == ("JPEG", (600, 800), {})
    own = sent["reader_url"].replace("?", "/photo?")
    shown = await house.call("GET", own)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["cache-control"] == "private, no-store"
    assert (await house.call("GET", f"/reports/{sent['id']}/photo")).status_code == 404
    await asyncio.to_thread(clean_photo, sent["id"], url=city.url)
    assert (await stored_photo(house, sent["id"]))["image"] == row["image"]


def bomb() -> bytes:
    """A PNG of 20,000 × 20,000 points that weighs little."""
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG", optimize=True)
    return out.getvalue()


@pytest.mark.parametrize(
    ("came", "why"),
    [
        (bomb(), "quá nhiều điểm ảnh"),
        (photo()[:2_000], "bị hỏng"),
        (b"\xff\xd8\xff" + b"<?php system('id'); ?>" * 50, "bị hỏng"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 500, "bị hỏng"),
    ],
)
async def test_a_photo_that_cannot_be_drawn_is_refused_and_forgotten(
    house: House, city: Register, came: bytes, why: str
) -> None:
    sent = await a_ticket(house, photo=came)
    await asyncio.to_thread(clean_photo, sent["id"], url=city.url)
    row = await stored_photo(house, sent["id"])
    assert (row["state"], row["original"], row["image"]) == ("refused", None, None)
    assert why in (await house.call("GET", sent["reader_url"])).text


async def test_other_files_and_large_ones_are_turned_away_at_the_door(house: House) -> None:
    parcel = await a_parcel(house)
    before = await house.database.fetchval("SELECT count(*) FROM ticket")
    for came in (b"GIF89a" + b"x" * 100, b"<svg onload=alert(1)>", b"%PDF-1.7"):
        assert (await send(house, photo=came, **parcel)).status_code == 400
    large = b"\xff\xd8\xff" + b"x" * (5 << 20)
    assert (await send(house, photo=large, **parcel)).status_code == 413
    assert await house.database.fetchval("SELECT count(*) FROM ticket") == before


async def test_the_list_is_filtered_by_its_address(house: House) -> None:
    first = await a_ticket(house)
    second = (await send(house, lon="105.8", lat="21.0")).json()
    officer = await house.session(await house.hire("Cán bộ", "officer"))

    async def listed(query: str) -> str:
        return (await house.call("GET", f"/reports{query}", headers=officer)).text

    assert first["id"] in await listed("")
    assert second["id"] in await listed("?office=0")
    assert first["id"] not in await listed("?office=0")
    assert first["id"] not in await listed("?state=closed")
    for bad in ("?state=x", "?office=-1", "?before=1", "?nope=1"):
        response = await house.call("GET", f"/reports{bad}", headers=officer)
        assert response.status_code == 400


async def test_the_list_goes_on_page_by_page(house: House) -> None:
    for _ in range(3):
        await house.database.fetchval(
            "INSERT INTO ticket (id, opened_at, subject, message, state)"
            " SELECT 'T' || left(md5(random()::text), 12), now() - random() * interval '9 days', 's', 'm', 'open'"
            " FROM generate_series(1, 40)"
        )
    officer = await house.session(await house.hire("Cán bộ", "officer"))
    url, seen = "/reports", []
    while url:
        page = (await house.call("GET", url, headers=officer)).text
        seen += re.findall(r'href="/reports/([^/"]+)/desk"', page)
        older = re.search(r'class="button button--quiet" href="([^"]*)"', page)
        url = older[1].replace("&amp;", "&") if older else ""
    total = await house.database.fetchval("SELECT count(*) FROM ticket")
    assert len(seen) == len(set(seen)) == total
    await house.database.fetchval("DELETE FROM ticket WHERE id LIKE 'T%' AND subject = 's'")


async def test_a_form_from_another_site_is_refused(house: House) -> None:
    response = await house.call(
        "POST", "/reports", files={"message": (None, "x"), **{"parcel": (None, "1/2/3")}},
        headers={"Sec-Fetch-Site": "cross-site"},
    )  # fmt: skip
    assert response.status_code == 403


def test_the_table_itself_refuses_to_close_without_an_answer(city: Register) -> None:
    insert = (
        "INSERT INTO ticket (id, opened_at, subject, message, state, answer)"
        " VALUES ('x', now(), 's', 'm', 'closed', {})"
    )
    for answer in ("NULL", "''"):
        with pytest.raises(CheckViolation), connect(city.url) as connection:
            connection.execute(insert.format(answer))


@given(st.text(max_size=300))
def test_cleaned_text_is_stable_and_holds_no_control_signs(text: str) -> None:
    clean = clean_text(text)
    assert clean_text(clean) == clean
    assert not any(ord(sign) < 32 and sign != "\n" for sign in clean)
    assert "\u202e" not in clean


def test_letters_with_diacritics_stay() -> None:
    assert clean_text("Đường số 7\r\nphường\tThủ Đức") == "Đường số 7\nphường Thủ Đức"
    assert clean_text("Nguye\u0302\u0303n") == "Nguyễn"


def test_numbers_can_be_said_and_typed() -> None:
    number = new_number()
    assert number_typed(f" {number.lower().replace('-', '')} ") == number
    assert not set(SIGNS) & set("AEIOUY01ILS")
    assert number_typed("1234-5678") is None
    assert len({new_number() for _ in range(500)}) == 500
