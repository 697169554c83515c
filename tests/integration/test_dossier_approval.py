"""What is approved is what is published: the check that was read, and no newer one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.dossiers.decide import publish_dossier
from ingest.register.record import lock_register
from schemas.db import connect
from tests.conftest import Register
from tests.dossiers import Office, office_of
from tests.gate_dossier import write_dossier, zipped


@pytest.fixture
async def office(fresh_register: Callable[[int], Register]) -> AsyncIterator[Office]:
    async with office_of(fresh_register(9210)) as office:
        yield office


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return zipped(write_dossier(tmp_path_factory.mktemp("good")))


async def staged(office: Office, path: Path) -> int:
    number = int((await office.deliver("lan", path)).json()["id"])
    await office.work()
    return number


async def checked_again(office: Office, number: int) -> int:
    """The number of the check that the approver read; the planner had it checked once more."""
    read = int((await office.dossier("binh", number))["run"]["id"])
    assert (await office.ask("lan", number, "check", {"crs": "EPSG:9210"})).status_code == 202
    await office.work()
    assert office.last_run(number) > read
    return read


async def test_a_check_newer_than_the_one_that_was_read_is_not_published(
    office: Office, good: Path
) -> None:
    number = await staged(office, good)
    read = await checked_again(office, number)
    answer = await office.ask("binh", number, "publish", {"run": read})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/refused")
    assert "kiểm tra lại sau khi bạn mở trang" in answer.json()["message"]["vi"]
    assert (await office.dossier("binh", number))["work"] is None
    newest = office.last_run(number)
    assert (await office.ask("binh", number, "publish", {"run": newest})).status_code == 202
    await office.work()
    assert (await office.dossier("binh", number))["state"] == "published"
    assert office.audit("ask_publish")[0][1] == {"run": newest}


async def test_the_form_of_a_page_carries_the_check_that_it_shows(
    office: Office, good: Path
) -> None:
    number = await staged(office, good)
    page = await office.page("binh", f"/dossiers/{number}")
    assert f'<input type="hidden" name="run" value="{office.last_run(number)}">' in page
    read = await checked_again(office, number)
    async with office.browser("binh") as browser:
        form = {"csrf": office.mark("binh"), "reason": "", "run": read}
        answer = await browser.post(f"/dossiers/{number}/publish", data=form)
    assert answer.status_code == 409
    assert "Mở lại trang hồ sơ" in answer.text


@pytest.mark.parametrize("body", [{}, {"run": None}, {"run": 0}, {"run": "x"}])
async def test_an_approval_names_the_check(
    office: Office, good: Path, body: dict[str, object]
) -> None:
    number = await staged(office, good)
    answer = await office.post("binh", f"/v1/dossiers/{number}/publish", body)
    assert answer.status_code == 400
    assert [each["parameter"] for each in answer.json()["errors"]] == ["run"]
    described = (await office.get(None, "/openapi.json")).json()["paths"]
    content = described["/v1/dossiers/{dossier}/publish"]["post"]["requestBody"]["content"]
    assert content["application/json"]["schema"]["required"] == ["run"]


async def test_a_check_that_ends_while_the_order_waits_is_not_published(
    office: Office, good: Path
) -> None:
    number = await staged(office, good)
    assert (await office.ask("binh", number, "publish")).status_code == 202
    register = office.register
    do = {"url": register.url, "settings": register.settings, "clock": lambda: datetime.now(UTC)}
    with connect(register.url) as other:
        lock_register(other)
        publishing = asyncio.create_task(asyncio.to_thread(publish_dossier, number, **do))
        await asyncio.sleep(0.5)
        other.execute(
            "INSERT INTO ingest_run (dossier_id, code_version, profile_hash, settings_hash, counts,"
            " started_at, finished_at) SELECT dossier_id, code_version, profile_hash,"
            " settings_hash, counts, now(), now() FROM ingest_run"
        )
    await publishing
    dossier = await office.dossier("binh", number)
    assert (dossier["state"], dossier["work"]) == ("staged", None)
    assert "kiểm tra lại" in dossier["failure"]["vi"]
    assert office.rows("SELECT count(*) FROM version_period") == [(0,)]


async def test_before_a_work_has_ended_there_is_no_verdict(office: Office, good: Path) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    for state in ("received", "checked", "staged", "rejected"):
        with connect(office.register.url) as connection:
            connection.execute("UPDATE dossier SET state = %s", [state])
        one = (await office.dossier("lan", number))["verdict"]
        listed = (await office.get("lan", "/v1/dossiers")).json()["items"][0]["verdict"]
        assert one == listed == {
            "vi": "Đang kiểm tra, chưa xong.", "en": "A check is under way.",
        }, state  # fmt: skip
