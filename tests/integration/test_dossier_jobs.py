"""Work on dossiers: seen while it goes on, done once, never lost and never half done."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.dossiers import bell
from api.dossiers import events as telling
from ingest.dossiers import check
from ingest.dossiers.check import check_dossier
from ingest.dossiers.decide import publish_dossier
from ingest.dossiers.sweep import sweep_dossiers
from ingest.dossiers.work import Desk, Overtaken, claim, do, fail, finish, order_of, tell
from ingest.jobs import jobs
from schemas.db import connect
from schemas.quarantine import Quarantine
from schemas.words import Words
from tests.conftest import Register
from tests.dossiers import Office, office_of
from tests.e2e.conftest import served
from tests.gate_dossier import write_dossier, zipped

WORKER = """
from ingest.jobs import run_worker
from schemas.settings import Settings
settings = Settings()
run_worker(settings.database_url, settings)
"""
ROOT = Path(__file__).parents[2]


def clock() -> datetime:
    return datetime.now(UTC)


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
    assert (await office.dossier("lan", number))["state"] == "staged"
    return number


def told(office: Office, number: int) -> list[tuple[Any, ...]]:
    query = (
        "SELECT seq, kind, step, steps, vi FROM dossier_event WHERE dossier_id = %s ORDER BY seq"
    )
    return office.rows(query, number)


def parsed(text: str) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Server-sent events as (event, id, data)."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "data" in fields:
            found.append((fields["event"], fields.get("id"), json.loads(fields["data"])))
    return found


# Seen while it goes on


async def test_every_step_is_told_in_words_and_numbered(office: Office, good: Path) -> None:
    number = await staged(office, good)
    events = told(office, number)
    assert [seq for seq, *_ in events] == list(range(1, len(events) + 1))
    assert [events[0][1], events[-1][1]] == ["asked", "done"]
    steps = [(step, steps) for _, kind, step, steps, _ in events if kind == "step" and steps]
    assert len(steps) >= 8
    assert all(step < of for step, of in steps)
    assert steps == sorted(steps)
    assert events[-1][4].startswith("Đạt")


async def test_events_come_to_their_end_and_are_taken_up_where_they_broke_off(
    office: Office, good: Path
) -> None:
    number = await staged(office, good)
    path = f"/v1/dossiers/{number}/events"
    answer = await office.get("lan", path)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "private, no-store"
    events = parsed(answer.text)
    assert events[-1][0] == "end"
    assert events[-1][2]["state"] == "staged"
    ids = [int(each[1]) for each in events if each[1]]
    assert ids == list(range(1, len(ids) + 1))
    rest = parsed((await office.get("lan", path, headers={"Last-Event-ID": "5"})).text)
    assert [each[1] for each in rest if each[1]] == [str(n) for n in ids[5:]]
    done = parsed((await office.get("lan", path, headers={"Last-Event-ID": str(ids[-1])})).text)
    assert [each[0] for each in done] == ["end"]


@pytest.mark.parametrize("value", ["x", "-1", "99999999999999999999", "1; DROP TABLE dossier"])
async def test_a_last_event_that_is_no_number_is_refused(
    office: Office, good: Path, value: str
) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    answer = await office.get(
        "lan", f"/v1/dossiers/{number}/events", headers={"Last-Event-ID": value}
    )
    assert answer.status_code == 400


LISTENING = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE query LIKE 'LISTEN%%' AND datname = current_database()"
)


async def until(true: Callable[[], bool]) -> None:
    """Wait for something that happens within seconds; less than the watchers look by themselves."""
    deadline = time.monotonic() + 8
    while not true():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


class Watcher:
    """A browser that watches a dossier over the real server."""

    def __init__(self, office: Office, address: str, number: int) -> None:
        self.url = f"{address}/v1/dossiers/{number}/events"
        self.headers = {"Authorization": f"Bearer {office.tokens['lan']}"}
        self.seen: list[tuple[str, str | None, dict[str, Any]]] = []

    async def watch(self, until: str) -> None:
        async with (
            httpx.AsyncClient(timeout=30) as client,
            client.stream("GET", self.url, headers=self.headers) as answer,
        ):
            text = ""
            async for piece in answer.aiter_text():
                text += piece
                *whole, text = text.split("\n\n")
                self.seen += parsed("\n\n".join(whole))
                if any(each[0] == until for each in self.seen):
                    return


async def test_watchers_see_steps_as_they_happen(office: Office, good: Path) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    with served(create_app(office.register.settings, office.register.url)) as address:
        watchers = [Watcher(office, address, number) for _ in range(5)]
        watching = [asyncio.create_task(each.watch("end")) for each in watchers]
        await until(lambda: all(each.seen for each in watchers))
        assert [each[0] for each in watchers[0].seen] == ["asked"]
        await until(lambda: office.rows(LISTENING) == [(1,)])
        with connect(office.register.url) as connection:
            tell(connection, number, clock(), "step", Words("giữa chừng", "midway"))
        await until(lambda: all(each.seen[-1][0] == "step" for each in watchers))
        assert office.rows(LISTENING) == [(1,)], "one connection for all watchers"
        await office.work()
        await asyncio.gather(*watching)
    assert all(each.seen[-1][0] == "end" for each in watchers)


async def test_a_watcher_outlives_the_loss_of_the_listening_connection(
    office: Office, good: Path
) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    with served(create_app(office.register.settings, office.register.url)) as address:
        watcher = Watcher(office, address, number)
        watching = asyncio.create_task(watcher.watch("end"))
        await until(lambda: office.rows(LISTENING) == [(1,)])
        office.rows(LISTENING.replace("count(*)", "pg_terminate_backend(pid)"))
        await office.work()
        await asyncio.wait_for(watching, 15)
    assert watcher.seen[-1][0] == "end"


async def test_a_watcher_is_told_that_no_worker_runs(
    office: Office, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "QUIET_S", 0.2)
    monkeypatch.setattr(bell, "HEARING_S", 0.3)
    number = (await office.deliver("lan", good)).json()["id"]
    with served(create_app(office.register.settings, office.register.url)) as address:
        watcher = Watcher(office, address, number)
        await asyncio.wait_for(watcher.watch("waiting"), 15)
    assert "sqh worker" in watcher.seen[-1][2]["words"]["vi"]


async def test_who_may_watch_no_more_is_told_nothing_more(
    office: Office, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "HEARTBEAT_S", 0.2)
    monkeypatch.setattr(bell, "DEAF_S", 0.2)
    monkeypatch.setattr(bell, "HEARING_S", 0.2)
    number = (await office.deliver("lan", good)).json()["id"]
    with served(create_app(office.register.settings, office.register.url)) as address:
        watcher = Watcher(office, address, number)
        watching = asyncio.create_task(watcher.watch("end"))
        await until(lambda: bool(watcher.seen))
        await asyncio.sleep(1)
        assert not watching.done(), "who may watch goes on watching"
        with connect(office.register.url) as connection:
            connection.execute("UPDATE access_token SET revoked_at = now()")
        await asyncio.wait_for(watching, 8)
        with connect(office.register.url) as connection:
            tell(connection, number, clock(), "step", Words("sau đó", "afterwards"))
    assert [each[0] for each in watcher.seen if each[0] != "waiting"] == ["asked"]


async def test_of_too_many_watchers_each_learns_what_happened_and_comes_back_later(
    office: Office, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "MOST_STREAMS", 2)
    number = (await office.deliver("lan", good)).json()["id"]
    with served(create_app(office.register.settings, office.register.url)) as address:
        watchers = [Watcher(office, address, number) for _ in range(2)]
        watching = [asyncio.create_task(each.watch("end")) for each in watchers]
        await until(lambda: all(each.seen for each in watchers))
        third = Watcher(office, address, number)
        await asyncio.wait_for(third.watch("end"), 5)
        assert [each[0] for each in third.seen] == ["asked"]
        async with httpx.AsyncClient(timeout=5) as client:
            text = (await client.get(third.url, headers=third.headers)).text
        assert text.startswith("retry: 20000\n")
        await office.work()
        await asyncio.gather(*watching)
        last = Watcher(office, address, number)
        await asyncio.wait_for(last.watch("end"), 5)
    assert last.seen[-1][0] == "end"


# Done once, never lost


@pytest.fixture
def start_worker(office: Office) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    settings = office.register.settings
    environment = os.environ | {
        "SQH_HOME": str(settings.home),
        "SQH_DATABASE_URL": office.register.url,
        "SQH_STORAGE_SRID": "9210",
        "PYTHONPATH": str(ROOT),
    }

    def start() -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", WORKER], env=environment, cwd=ROOT)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_for_step(office: Office, number: int, kind: str = "step", more_than: int = 0) -> None:
    deadline = time.monotonic() + 30
    while len([each for each in told(office, number) if each[1] == kind]) <= more_than:
        assert time.monotonic() < deadline
        time.sleep(0.02)


async def sweep(office: Office) -> None:
    """The minutely sweep, half a minute after the last thing happened to any job."""
    with connect(office.register.url) as connection:
        connection.execute("UPDATE procrastinate_events SET at = at - interval '30 seconds'")
    register = office.register
    app = jobs(register.url, register.settings)
    async with app.open_async():
        await sweep_dossiers(app, url=register.url, settings=register.settings, clock=clock)


@pytest.mark.slow
async def test_work_of_a_killed_worker_is_begun_again_then_given_up_visibly(
    office: Office,
    zoning_dossier: Path,
    start_worker: Callable[[], subprocess.Popen[bytes]],
) -> None:
    number = (await office.deliver("lan", zoning_dossier)).json()["id"]
    for attempt in (1, 2):
        steps = len([each for each in told(office, number) if each[1] == "step"])
        worker = start_worker()
        wait_for_step(office, number, more_than=steps + 2)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        assert (await office.dossier("lan", number))["work"] == "check"
        await sweep(office)
        dossier = await office.dossier("lan", number)
        assert (dossier["work"], dossier["state"]) == (
            ("check", "received") if attempt == 1 else (None, "failed")
        ), told(office, number)
    assert "dừng giữa chừng" in dossier["failure"]["vi"]
    assert told(office, number)[-1][1] == "failed"
    assert "thử lại" in await office.page("lan", f"/dossiers/{number}")
    assert office.rows("SELECT count(*) FROM plan_version") == [(0,)]
    assert (await office.ask("lan", number, "check")).status_code == 202
    await office.work()
    dossier = await office.dossier("lan", number)
    assert (dossier["state"], dossier["failure"]) == ("staged", None)


async def test_work_that_goes_on_is_left_alone_by_the_sweep(office: Office, good: Path) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    with connect(office.register.url, autocommit=True) as line:
        line.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        line.execute("SELECT pg_advisory_lock(hashtext('dossier_work'), hashint8(%s))", [number])
        await sweep(office)
        assert office.rows("SELECT status::text, attempts FROM procrastinate_jobs") == [
            ("doing", 0)
        ]
    await sweep(office)
    assert office.rows("SELECT status::text, attempts FROM procrastinate_jobs") == [("todo", 1)]
    assert (await office.dossier("lan", number))["work"] == "check"


async def test_a_job_that_waits_is_not_dead(office: Office, good: Path) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    await sweep(office)
    assert (await office.dossier("lan", number))["work"] == "check"
    assert told(office, number)[-1][1] == "asked"


async def test_work_without_a_job_is_told_to_have_failed(office: Office, good: Path) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    with connect(office.register.url) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
    await sweep(office)
    assert (await office.dossier("lan", number))["state"] == "failed"


async def test_a_worker_that_died_after_its_work_blocks_nothing(office: Office, good: Path) -> None:
    number = await staged(office, good)
    with connect(office.register.url) as connection:
        connection.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    assert (await office.ask("binh", number, "publish")).status_code == 202
    await office.work()
    assert (await office.dossier("lan", number))["state"] == "staged", "the queue's lock is held"
    await sweep(office)
    await office.work()
    assert (await office.dossier("lan", number))["state"] == "published"


async def test_two_workers_on_one_dossier_do_its_work_once(office: Office, good: Path) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    register = office.register
    do = {"url": register.url, "settings": register.settings, "clock": clock}
    await asyncio.gather(*(asyncio.to_thread(check_dossier, number, **do) for _ in range(3)))
    assert [kind for _, kind, *_ in told(office, number)].count("done") == 1
    assert office.rows("SELECT count(*) FROM ingest_run") == [(1,)]
    check_dossier(number, **do)
    assert [kind for _, kind, *_ in told(office, number)].count("done") == 1


# Two workers at one dossier: one lost the session that held its lock, and lives on

DONE = Words("lần hai", "the second time")


async def test_what_an_earlier_attempt_says_of_the_work_changes_nothing(
    office: Office, good: Path
) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    url = office.register.url

    def first(desk: Desk) -> Words:
        desk.line.close()
        do("check", number, url, clock, lambda _: second(desk))
        raise RuntimeError("its files are gone")

    def second(earlier: Desk) -> Words:
        finish(url, earlier.order, Words("lần một", "the first time"), clock())
        fail(url, earlier.order, Words("hỏng", "broken"), clock())
        with connect(url) as connection:
            order = order_of(connection, number)
            assert order is not None
            assert order.work == "check"
            with pytest.raises(Overtaken):
                claim(connection, earlier.order)
        return DONE

    with pytest.raises(RuntimeError):
        await asyncio.to_thread(do, "check", number, url, clock, first)
    ends = [(kind, vi) for _, kind, _, _, vi in told(office, number) if kind in ("done", "failed")]
    assert ends == [("done", DONE.vi)]
    dossier = await office.dossier("lan", number)
    assert (dossier["work"], dossier["failure"]) == (None, None)
    assert office.audit("check_failed") == []


async def test_a_check_that_was_overtaken_writes_nothing(
    office: Office, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    register = office.register
    reads = check.read_delivery

    def overtaken(*args: Any, **more: Any) -> Any:
        with connect(register.url) as connection:
            connection.execute("UPDATE dossier SET attempt = attempt + 1")
        return reads(*args, **more)

    monkeypatch.setattr(check, "read_delivery", overtaken)
    settings = register.settings
    check_dossier(number, url=register.url, settings=settings, clock=clock)
    assert office.rows("SELECT state, work FROM dossier") == [("received", "check")]
    for table in ("ingest_run", "plan_version", "dossier_file"):
        assert office.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    assert not (settings.report_dir / str(number)).exists()
    assert [kind for _, kind, *_ in told(office, number) if kind != "step"] == ["asked"]


async def test_the_sweep_makes_void_what_it_begins_again(office: Office, good: Path) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    with connect(office.register.url) as connection:
        connection.execute("UPDATE procrastinate_jobs SET status = 'doing'")

    def lives_on(desk: Desk) -> Words:
        desk.line.close()
        asyncio.run(sweep(office))
        return Words("lần một", "the first time")

    await asyncio.to_thread(do, "check", number, office.register.url, clock, lives_on)
    assert (await office.dossier("lan", number))["work"] == "check"
    await office.work()
    assert (await office.dossier("lan", number))["state"] == "staged"
    ends = [vi for _, kind, _, _, vi in told(office, number) if kind == "done"]
    assert len(ends) == 1
    assert ends[0].startswith("Đạt")


async def test_an_attempt_that_writes_at_this_moment_is_not_swept(
    office: Office, good: Path
) -> None:
    await office.deliver("lan", good)
    jobs_of_it = "SELECT status::text, attempts FROM procrastinate_jobs"
    with connect(office.register.url) as connection:
        connection.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    with connect(office.register.url) as writing:
        writing.execute("SELECT FROM dossier FOR UPDATE")
        await sweep(office)
        assert office.rows(jobs_of_it) == [("doing", 0)]
    await sweep(office)
    assert office.rows(jobs_of_it) == [("todo", 1)]


def test_two_attempts_have_two_folders(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path)
    with quarantine.working(7, 1) as first:
        (first / "a").write_bytes(b"half-read")
        with quarantine.working(7, 2):
            assert (first / "a").is_file()
        assert (first / "a").is_file()
        with quarantine.working(71, 1) as other:
            quarantine.drop_work(7)
            assert (first.exists(), other.exists()) == (False, True)


async def test_bytes_that_are_lost_end_in_a_failure_in_words(office: Office, good: Path) -> None:
    answer = (await office.deliver("lan", good)).json()
    Quarantine(office.register.settings.quarantine_dir).drop(answer["sha256"])
    await office.work()
    dossier = await office.dossier("lan", answer["id"])
    assert (dossier["state"], dossier["work"]) == ("failed", None)
    assert "nộp lại" in dossier["failure"]["vi"]
    assert (await office.deliver("lan", good)).status_code == 202
    await office.work()
    assert (await office.dossier("lan", answer["id"]))["state"] == "staged"


async def test_a_crash_of_the_check_is_a_failure_and_no_finding(office: Office, good: Path) -> None:
    with connect(office.register.url) as connection:
        connection.execute("ALTER TABLE zone ADD CONSTRAINT planted CHECK (area_m2 < 0)")
    number = (await office.deliver("lan", good)).json()["id"]
    await office.work()
    dossier = await office.dossier("lan", number)
    assert (dossier["state"], dossier["run"], dossier["counts"]) == ("failed", None, {})
    assert "không nói gì về hồ sơ" in dossier["verdict"]["vi"]
    assert [actor for actor, _ in office.audit("check_failed")] == ["lan"]
    jobs_of_it = (
        "SELECT status::text FROM procrastinate_jobs WHERE task_name LIKE '%%check_dossier'"
    )
    assert office.rows(jobs_of_it) == [("failed",)]
    with connect(office.register.url) as connection:
        connection.execute("ALTER TABLE zone DROP CONSTRAINT planted")
    await office.ask("lan", number, "check")
    await office.work()
    assert (await office.dossier("lan", number))["state"] == "staged"


# Publication: whole or not at all

RAISES = """
CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'planted failure'; END $$;
CREATE TRIGGER planted BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION planted();
"""
AT = (("INSERT", "version_period"), ("UPDATE OF published_at", "dossier"))


@pytest.mark.parametrize(("event", "table"), AT)
async def test_a_failure_in_the_middle_of_publication_leaves_the_old_version_serving(
    office: Office, good: Path, tmp_path: Path, event: str, table: str
) -> None:
    first = await staged(office, good)
    await office.ask("binh", first, "publish")
    await office.work()
    newer = write_dossier(tmp_path, hoso={"Ngày ": date(2026, 3, 15), "Ghi chú": "điều chỉnh"})
    second = await staged(office, zipped(newer))
    before = await state_of_register(office)
    with connect(office.register.url) as connection:
        connection.execute(RAISES.format(event=event, table=table))
    assert (await office.ask("binh", second, "publish")).status_code == 202
    await office.work()
    assert await state_of_register(office) == before
    dossier = await office.dossier("lan", second)
    assert (dossier["state"], dossier["work"]) == ("staged", None)
    assert dossier["failure"]["vi"]
    assert told(office, second)[-1][1] == "failed"
    assert "Chương trình gặp lỗi" in await office.page("binh", f"/dossiers/{second}")
    with connect(office.register.url) as connection:
        connection.execute(f"DROP TRIGGER planted ON {table}")
    assert (await office.ask("binh", second, "publish")).status_code == 202
    await office.work()
    assert (await office.dossier("lan", second))["state"] == "published"
    assert await state_of_register(office) != before


async def state_of_register(office: Office) -> list[Any]:
    """What people are answered from, and the public list."""
    tables = [
        office.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in
        ("version_period", "register_state")
    ]  # fmt: skip
    statuses = office.rows("SELECT id, status, recorded, supersedes FROM plan_version ORDER BY id")
    return [*tables, statuses, (await office.get(None, "/v1/plans")).json()]


async def test_of_two_approvers_at_once_one_is_told_to_wait(office: Office, good: Path) -> None:
    number = await staged(office, good)
    answers = await asyncio.gather(
        *(office.ask(name, number, "publish") for name in ("binh", "chi", "binh", "chi"))
    )
    assert sorted(each.status_code for each in answers) == [202, 409, 409, 409]
    await office.work()
    assert len(office.audit("publish")) == 1
    assert office.rows("SELECT count(*) FROM version_period") == [(1,)]


async def test_publishing_twice_changes_nothing(office: Office, good: Path) -> None:
    number = await staged(office, good)
    await office.ask("binh", number, "publish")
    await office.work()
    before = await state_of_register(office)
    again = await office.ask("chi", number, "publish")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/refused")
    with connect(office.register.url) as connection:
        connection.execute("UPDATE dossier SET work = 'publish'")
    register = office.register
    publish_dossier(number, url=register.url, settings=register.settings, clock=clock)
    assert await state_of_register(office) == before
    assert (await office.dossier("lan", number))["work"] is None


async def test_a_dossier_under_check_is_not_published_nor_the_reverse(
    office: Office, good: Path
) -> None:
    number = await staged(office, good)
    await office.ask("lan", number, "check")
    early = await office.ask("binh", number, "publish")
    assert early.status_code == 409
    assert "kiểm tra" in early.json()["message"]["vi"]
    await office.work()
    await office.ask("binh", number, "publish")
    assert (await office.ask("lan", number, "check")).status_code == 409
    await office.work()
    assert (await office.ask("lan", number, "check")).status_code == 409
    assert (await office.dossier("lan", number))["state"] == "published"


async def test_an_old_check_is_not_published(office: Office, good: Path) -> None:
    number = await staged(office, good)
    for column in ("code_version", "profile_hash", "settings_hash"):
        with connect(office.register.url) as connection:
            connection.execute(f"UPDATE ingest_run SET {column} = 'before'")
        assert (await office.dossier("binh", number))["stale"]
        assert "kiểm tra lại" in await office.page("binh", f"/dossiers/{number}")
        await office.ask("binh", number, "publish")
        await office.work()
        dossier = await office.dossier("binh", number)
        assert (dossier["state"], dossier["work"]) == ("staged", None)
        assert "kiểm tra lại" in dossier["failure"]["vi"]
        await office.ask("lan", number, "check")
        await office.work()
    await office.ask("binh", number, "publish")
    await office.work()
    assert (await office.dossier("binh", number))["state"] == "published"


@pytest.mark.slow
async def test_a_local_adjustment_waits_for_its_plan(
    office: Office, sample_files: Path, zoning_dossier: Path, tmp_path: Path
) -> None:
    adjustment = next(sample_files.glob("ho-so-99QPK101*.zip"))
    number = (await office.deliver("lan", adjustment)).json()["id"]
    await office.work()
    assert (await office.dossier("lan", number))["state"] == "rejected"
    plan = await staged(office, zoning_dossier)
    await office.ask("lan", number, "check")
    await office.work()
    assert (await office.dossier("lan", number))["state"] == "staged"
    await office.ask("binh", number, "publish")
    await office.work()
    dossier = await office.dossier("lan", number)
    assert dossier["state"] == "staged"
    assert re.search(r"Công bố 99qpk\w+/1 .* trước", dossier["failure"]["vi"])
    for each in (plan, number):
        await office.ask("binh", each, "publish")
        await office.work()
    assert (await office.dossier("lan", number))["state"] == "published"
    await a_published_decision_is_rejected_when_it_comes_again(office, zoning_dossier, tmp_path)


async def a_published_decision_is_rejected_when_it_comes_again(
    office: Office, dossier: Path, folder: Path
) -> None:
    """The same plan in other bytes: its adjustment, already in force, stands on the first ones."""
    again = shutil.copy(dossier, folder / "nop-lai.zip")
    with zipfile.ZipFile(again, "a") as pack:
        pack.comment = b"once more"
    number = (await office.deliver("lan", again)).json()["id"]
    await office.work()
    assert (await office.dossier("binh", number))["state"] == "rejected"
    page = await office.page("binh", f"/dossiers/{number}")
    assert re.search(r"điều chỉnh cục bộ 99qpk\w+/2 .* đã được công bố trên nền phiên bản", page)
    assert re.search(r"thu hồi 99qpk\w+/2", page)
    assert "Công bố</button>" not in page


# What the dead leave behind


async def test_what_dead_programs_left_is_removed_and_what_waits_is_not(
    office: Office, good: Path
) -> None:
    waits = (await office.deliver("lan", good)).json()["sha256"]
    quarantine = Quarantine(office.register.settings.quarantine_dir)
    orphan, fresh = quarantine.path("0" * 64), quarantine.path("1" * 64)
    half, folder = quarantine.folder / "arriving-x", quarantine.folder / "working-x"
    folder.mkdir()
    for path in (orphan, fresh, half, folder / "a"):
        path.write_bytes(b"x")
    old = (clock() - timedelta(days=2)).timestamp()
    for path in (orphan, half, folder, quarantine.path(waits)):
        os.utime(path, (old, old))
    await sweep(office)
    assert {path.name for path in quarantine.folder.iterdir()} == {waits, fresh.name}


async def test_the_worker_of_the_queue_sweeps(office: Office) -> None:
    app = jobs(office.register.url, office.register.settings)
    periodic = app.periodic_registry.periodic_tasks.values()
    assert "ingest:sweep_dossiers" in {each.task.name for each in periodic}
    async with app.open_async():
        await app.configure_task("ingest:sweep_dossiers").defer_async(timestamp=1)
    await office.work()
    swept = "SELECT DISTINCT status::text FROM procrastinate_jobs WHERE task_name LIKE '%%sweep%%'"
    assert office.rows(swept) == [("succeeded",)]


async def test_an_order_tells_who_and_why(office: Office, good: Path) -> None:
    number = await staged(office, good)
    await office.ask("binh", number, "publish", {"reason": "Theo QĐ 12"})
    with connect(office.register.url) as connection:
        order = order_of(connection, number)
    assert order is not None
    assert (order.work, order.actor, order.reason) == ("publish", "binh", "Theo QĐ 12")
