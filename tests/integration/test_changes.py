"""The log of changes: complete, ordered, replayable; nothing lost or told twice under load."""

import threading
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.types.range import Range
from shapely import box

import schemas.db
from api.app import create_app
from ingest.register.changes import has_gap
from ingest.register.load import load_delivery
from ingest.register.publish import publish, withdraw
from schemas.changes import Changes
from schemas.db import connect
from tests.conftest import Register

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)


def hour(n: int) -> datetime:
    return T0 + timedelta(hours=n)


class Office:
    """A register to which hand-drawn versions of plans are delivered, and which is asked."""

    def __init__(
        self, register: Register, drawing: Any, rows: Any, http: httpx.AsyncClient
    ) -> None:
        self.register, self.drawing, self.rows, self.http = register, drawing, rows, http

    def stage(self, name: str, **version: Any) -> None:
        load_delivery(
            self.drawing.delivery(name, self.drawing.version(**version)), url=self.register.url,
            settings=self.register.settings, now=T0, actor="bat", publish=False,
        )  # fmt: skip

    def put(self, version: str, now: datetime) -> None:
        publish(version, url=self.register.url, now=now, actor="an")

    def drop(self, version: str, now: datetime) -> None:
        withdraw(version, "công bố nhầm", url=self.register.url, now=now, actor="an")

    def three(self) -> None:
        """Three versions of one plan, staged: from 2020, 2022 and 2024."""
        for year in (2020, 2022, 2024):
            kind = "first" if year == 2020 else "overall"
            self.stage(f"v{year}", valid_from=date(year, 1, 1), adjustment_kind=kind)

    async def ask(self, **query: Any) -> dict[str, Any]:
        response = await self.http.get("/v1/changes", params=query)
        assert response.status_code == 200, response.text
        Changes.model_validate(response.json())
        return response.json()

    async def all(self, since: str = "0", limit: int = 1000) -> list[dict[str, Any]]:
        """Every entry since a cursor, page by page as a program follows them."""
        items, url = [], f"/v1/changes?since={since}&limit={limit}"
        while url:
            page = (await self.http.get(url)).json()
            items += page["items"]
            url = page["next"]
        return items

    def periods(self) -> set[tuple[Any, ...]]:
        """What the register says and said: plan, version, days, known from and until."""
        query = """
            SELECT p.plan_id, v.ordinal, lower(p.valid)::text, upper(p.valid)::text,
                   lower(p.recorded), upper(p.recorded)
              FROM version_period p JOIN plan_version v ON v.id = p.plan_version_id
        """
        with connect(self.register.url) as connection:
            return set(connection.execute(query).fetchall())

    def statuses(self) -> dict[tuple[str, int], str]:
        query = "SELECT plan_id, ordinal, status FROM plan_version WHERE status <> 'staged'"
        with connect(self.register.url) as connection:
            rows = connection.execute(query).fetchall()
        return {(plan, ordinal): status for plan, ordinal, status in rows}


@pytest.fixture
async def office(
    fresh_register: Callable[[int], Register], drawing: Any, drawn_rows: Any
) -> AsyncIterator[Office]:
    register = fresh_register(9210)
    app = create_app(register.settings, register.url)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield Office(register, drawing, drawn_rows, http)
    await app.state.database.close()


def replay(periods: set[tuple[Any, ...]], items: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    """An old state of the periods with the entries applied in their order."""
    state = set(periods)
    for item in items:
        at = datetime.fromisoformat(item["at"])
        for changed in item["versions"]:
            key = (item["plan"]["id"], changed["version"])
            for first, end in changed["ended"]:
                (open_one,) = [p for p in state if p[:4] == (*key, first, end) and p[5] is None]
                state.remove(open_one)
                if open_one[4] < at:
                    state.add((*open_one[:5], at))
            for first, end in changed["began"]:
                state.add((*key, first, end, at, None))
    return state


async def test_a_publication_is_one_entry_with_all_that_began_and_ended(office: Office) -> None:
    office.three()
    assert (await office.ask())["items"] == []
    office.put("p1/1", hour(1))
    office.put("p1/2", hour(2))
    first, second = (await office.ask())["items"]
    assert (first["kind"], first["version"], first["revision"]) == ("published", 1, 1)
    assert first["versions"] == [
        {"version": 1, "kind": "published", "status": "published", "ended": [],
         "began": [["2020-01-01", None]], "url": "/plans/p1/versions/1"},
    ]  # fmt: skip
    assert (second["kind"], second["version"], second["revision"]) == ("adjusted", 2, 2)
    assert [(v["version"], v["kind"], v["status"]) for v in second["versions"]] == [
        (1, "superseded", "superseded"), (2, "adjusted", "published"),
    ]  # fmt: skip
    old, new = second["versions"]
    assert (old["ended"], old["began"]) == ([["2020-01-01", None]], [["2020-01-01", "2022-01-01"]])
    assert (new["ended"], new["began"]) == ([], [["2022-01-01", None]])
    assert second["decision"] == "12/QĐ-UBND"
    assert second["at"] == hour(2).isoformat()
    assert (int(first["seq"]), int(second["seq"])) == (1, 2)


async def test_a_withdrawal_tells_whose_days_come_back(office: Office) -> None:
    office.three()
    office.put("p1/1", hour(1))
    office.put("p1/2", hour(2))
    office.drop("p1/2", hour(3))
    *_, item = (await office.ask())["items"]
    assert item["kind"] == "withdrawn"
    assert [(v["version"], v["kind"], v["status"]) for v in item["versions"]] == [
        (1, "reinstated", "published"), (2, "withdrawn", "withdrawn"),
    ]  # fmt: skip
    assert item["versions"][0]["began"] == [["2020-01-01", None]]
    assert "công bố nhầm" not in str(item)


async def test_a_version_in_place_of_a_withdrawn_one_is_a_correction(office: Office) -> None:
    office.stage("wrong")
    office.put("p1/1", hour(1))
    office.drop("p1/1", hour(2))
    office.stage("right")
    office.put("p1/2", hour(3))
    assert [item["kind"] for item in await office.all()] == ["published", "withdrawn", "corrected"]


async def test_what_is_only_staged_is_not_told(office: Office) -> None:
    office.three()
    office.put("p1/3", hour(1))
    told = str(await office.ask())
    assert "'version': 3" in told
    assert "'version': 1" not in told
    assert "'version': 2" not in told


def busy_days(office: Office, step: Callable[[], None] = lambda: None) -> None:
    """Publications, a local adjustment, withdrawals, out of order and at one instant."""
    office.three()
    inner = box(20, 20, 60, 60)
    office.stage("other", plan_id="p2", plan_code="P2", valid_to=date(2023, 1, 1))
    office.stage("local", valid_from=date(2025, 1, 1), adjustment_kind="local", boundary=inner,
                 zones=office.rows([({"level": "cell", "symbol": "B"}, inner)]))  # fmt: skip
    for act, version, at in (
        (office.put, "p1/3", 1), (office.put, "p1/1", 2), (office.put, "p2/1", 2),
        (office.put, "p1/2", 3), (office.drop, "p1/2", 3), (office.put, "p1/4", 4),
        (office.drop, "p1/4", 5), (office.drop, "p1/1", 6),
    ):  # fmt: skip
        act(version, hour(at))
        step()


async def test_replaying_on_any_old_snapshot_gives_today(office: Office) -> None:
    snapshots = [(0, office.periods(), {})]

    def keep() -> None:
        with connect(office.register.url) as connection:
            row = connection.execute("SELECT max(seq) FROM change").fetchone()
        assert row is not None
        snapshots.append((row[0], office.periods(), office.statuses()))

    busy_days(office, keep)
    today = office.periods()
    assert len(snapshots) == 9
    assert len({frozenset(state) for _, state, _ in snapshots}) > 6
    for cursor, state, statuses in snapshots:
        items = await office.all(str(cursor), limit=2)
        assert replay(state, items) == today
        for item in items:
            for changed in item["versions"]:
                statuses[item["plan"]["id"], changed["version"]] = changed["status"]
        assert statuses == office.statuses()


async def test_every_revision_has_its_entry(office: Office) -> None:
    busy_days(office)
    with connect(office.register.url) as connection:
        row = connection.execute("SELECT revision FROM register_state").fetchone()
    assert row is not None
    items = await office.all()
    assert [item["revision"] for item in items] == list(range(1, row[0] + 1))


async def test_since_a_moment_is_everything_later(office: Office) -> None:
    busy_days(office)
    found = await office.ask(since=hour(3).isoformat())
    assert [item["at"] for item in found["items"]] == [hour(n).isoformat() for n in (4, 5, 6)]
    everything = await office.ask(since="2020-01-01T00:00:00Z")
    assert len(everything["items"]) == 8
    nothing = await office.ask(since=hour(6).isoformat())
    assert nothing["items"] == []
    assert nothing["cursor"] == everything["cursor"]


@pytest.mark.parametrize(
    "since", ["hôm qua", "-1", "2026-01-01", "1e3", "0x10", "", "9" * 30, "1.5"]
)
async def test_a_since_that_means_nothing_is_400(office: Office, since: str) -> None:
    response = await office.http.get("/v1/changes", params={"since": since})
    assert response.status_code == 400, response.text
    assert response.json()["message"]["vi"]


async def test_unknown_parameters_and_limits_are_400(office: Office) -> None:
    for query in ("?sinc=1", "?limit=0", "?limit=1001", "?limit=x", "?since=1&since=2"):
        assert (await office.http.get(f"/v1/changes{query}")).status_code == 400


async def test_publications_at_once_lose_nothing_and_tell_nothing_twice(office: Office) -> None:
    """Six plans published and withdrawn by six writers while a reader follows page by page."""
    plans = [f"q{n}" for n in range(6)]
    for plan in plans:
        office.stage(plan, plan_id=plan, plan_code=plan)
    faults: list[BaseException] = []

    def write(plan: str) -> None:
        try:
            publish(f"{plan}/1", url=office.register.url, now=T0, actor="an", clock=_clock)
            withdraw(f"{plan}/1", "thử", url=office.register.url, now=T0, actor="an", clock=_clock)
        except BaseException as fault:
            faults.append(fault)

    writers = [threading.Thread(target=write, args=(plan,)) for plan in plans]
    for writer in writers:
        writer.start()
    seen: list[str] = []
    cursor = "0"
    while any(writer.is_alive() for writer in writers) or len(seen) < 12:
        page = await office.ask(since=cursor, limit=3)
        seen += [item["seq"] for item in page["items"]]
        cursor = page["cursor"]
        assert not faults
    assert seen == [str(n) for n in range(1, 13)]
    assert [item["seq"] for item in await office.all()] == seen
    assert replay(set(), await office.all()) == office.periods()


def _clock() -> datetime:
    return datetime.now(UTC)


async def test_loads_of_parcels_and_units_are_entries(demo: Register) -> None:
    app = create_app(demo.settings, demo.url)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        found = (await http.get("/v1/changes")).json()
    await app.state.database.close()
    Changes.model_validate(found)
    units, parcels, *plans = found["items"]
    assert (units["kind"], parcels["kind"]) == ("units", "parcels")
    assert parcels["counts"]["loaded"] > 100
    assert parcels["communes"]
    west, south, east, north = parcels["extent"]
    assert 106 < west < east < 107.5
    assert 10 < south < north < 11
    assert [item["kind"] for item in plans].count("published") >= 2
    assert "adjusted" in [item["kind"] for item in plans]
    assert all(item["invented"] for item in plans)
    assert all(item["extent"] for item in plans)


def standing(periods: set[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    """The days that the register still says are in force."""
    return {period[:4] for period in periods if period[5] is None}


def backfill(srid: int) -> str:
    """The part of the migration that writes the log of what was published before it was kept."""
    path = Path(schemas.db.__file__).parent / "migrations/versions/0006_changes.sql"
    text = path.read_text(encoding="utf-8").format(srid=srid)
    start = text.index("-- What was published before this log was kept")
    return text[start : text.index("-- Public error reports")]


LOGGED = """
    SELECT c.kind, c.at, c.detail::text, v.plan_id, v.ordinal, g.layer, g.before::text,
           g.after::text, count(g.id), round(sum(ST_Area(g.geom))::numeric, 2)
      FROM change c LEFT JOIN change_ground g ON g.change_seq = c.seq
      LEFT JOIN plan_version v ON v.id = c.plan_version_id
     GROUP BY c.seq, v.id, g.layer, g.before, g.after
     ORDER BY c.seq, g.layer, g.before::text, g.after::text
"""


async def test_an_upgrade_writes_the_log_of_what_was_published_before(office: Office) -> None:
    """What the migration fills in equals what was kept, but for revisions and whose turn it was."""
    busy_days(office)
    with connect(office.register.url) as connection:
        # published and withdrawn at one instant: the register keeps no trace of that
        connection.execute("DELETE FROM change WHERE at = %s", [hour(3)])
        kept = connection.execute(LOGGED).fetchall()
        connection.execute("DELETE FROM change")
        connection.execute(backfill(9210))
        filled = connection.execute(LOGGED).fetchall()
    again = await office.all()
    assert {item["revision"] for item in again} == {None}
    assert standing(replay(set(), again)) == standing(office.periods())
    assert sorted(map(str, filled)) == sorted(map(str, kept))
    assert [item["at"] for item in again] == sorted(item["at"] for item in again)
    assert len(again) == 6


@given(
    st.lists(st.tuples(st.integers(0, 30), st.one_of(st.none(), st.integers(1, 30))), max_size=5),
    st.tuples(st.integers(0, 30), st.one_of(st.none(), st.integers(1, 30))),
)
def test_a_gap_is_a_day_that_nothing_covers(
    covering: list[tuple[int, int | None]], own: tuple[int, int | None]
) -> None:
    start = date(2020, 1, 1)

    def days(pair: tuple[int, int | None]) -> Range[date]:
        first, length = pair
        end = None if length is None else start + timedelta(days=first + length)
        return Range(start + timedelta(days=first), end)

    def holds(period: Range[date], day: date) -> bool:
        assert period.lower is not None
        return period.lower <= day and (period.upper is None or day < period.upper)

    periods = [days(pair) for pair in covering]
    checked = [start + timedelta(days=n) for n in range(100)]
    bare = [d for d in checked if holds(days(own), d) and not any(holds(p, d) for p in periods)]
    assert has_gap(days(own), periods) == bool(bare)
