"""Publishing and withdrawing: which version is in force on which day, as known when."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, box

from ingest.register.load import load_delivery
from ingest.register.periods import Dated, due_periods
from ingest.register.publish import publish, withdraw
from schemas.db import connect
from schemas.errors import NotFound, Refused

T1 = datetime(2026, 11, 24, 8, tzinfo=UTC)
T2, T3, T4 = (T1 + timedelta(hours=hours) for hours in (1, 2, 3))


@pytest.fixture
def register(fresh_register: Any) -> Any:
    return fresh_register(9210)


def load(register: Any, delivery: Any, *, now: datetime = T1, publish: bool = False) -> Any:
    return load_delivery(
        delivery, url=register.url, settings=register.settings, now=now, actor="bat",
        publish=publish,
    )  # fmt: skip


def ask(register: Any, query: str) -> list[tuple[Any, ...]]:
    with connect(register.url) as connection:
        return connection.execute(query).fetchall()


def revision(register: Any) -> int:
    return int(ask(register, "SELECT revision FROM register_state")[0][0])


def in_force(register: Any, day: str, known_at: datetime) -> int | None:
    found = ask(
        register,
        f"SELECT v.ordinal FROM version_period p JOIN plan_version v ON v.id = p.plan_version_id"
        f" WHERE p.valid @> '{day}'::date AND p.recorded @> '{known_at}'::timestamptz",
    )
    assert len(found) <= 1
    return found[0][0] if found else None


def statuses(register: Any) -> list[str]:
    return [s for (s,) in ask(register, "SELECT status FROM plan_version ORDER BY ordinal")]


@pytest.fixture
def three(register: Any, drawing: Any) -> Any:
    """Three overall versions of one plan, staged: from 2020, 2022 and 2024."""
    for year in (2020, 2022, 2024):
        kind = "first" if year == 2020 else "overall"
        version = drawing.version(valid_from=date(year, 1, 1), adjustment_kind=kind)
        load(register, drawing.delivery(f"v{year}", version))
    return register


def put(register: Any, version: str, now: datetime) -> Any:
    return publish(version, url=register.url, now=now, actor="an")


def drop(register: Any, version: str, now: datetime) -> Any:
    return withdraw(version, "công bố nhầm", url=register.url, now=now, actor="an")


def test_a_staged_version_is_not_in_force(three: Any) -> None:
    assert in_force(three, "2023-01-01", T4) is None


def test_a_new_version_takes_over_on_its_first_day(three: Any) -> None:
    put(three, "p1/1", T1)
    put(three, "p1/2", T2)
    assert in_force(three, "2021-12-31", T3) == 1
    assert in_force(three, "2022-01-01", T3) == 2
    assert in_force(three, "2022-01-01", T1) == 1
    assert statuses(three) == ["superseded", "published", "staged"]


def test_versions_published_out_of_order_stand_in_order(three: Any) -> None:
    put(three, "p1/3", T1)
    put(three, "p1/1", T2)
    put(three, "p1/2", T3)
    days = ("2019-06-01", "2021-01-01", "2023-01-01", "2025-01-01")
    assert [in_force(three, day, T4) for day in days] == [None, 1, 2, 3]
    assert [in_force(three, day, T1) for day in days] == [None, None, None, 3]
    assert statuses(three) == ["superseded", "superseded", "published"]
    line = ask(three, "SELECT ordinal, (SELECT s.ordinal FROM plan_version s"
               " WHERE s.id = v.supersedes) FROM plan_version v ORDER BY v.ordinal")  # fmt: skip
    assert line == [(1, None), (2, 1), (3, 2)]


def test_a_period_that_did_not_change_keeps_its_record(three: Any) -> None:
    put(three, "p1/1", T1)
    put(three, "p1/2", T2)
    put(three, "p1/3", T3)
    starts = ask(three, "SELECT lower(recorded) FROM version_period WHERE upper_inf(recorded)"
                 " ORDER BY valid")  # fmt: skip
    assert [start for (start,) in starts] == [T2, T3, T3]


def test_publishing_twice_changes_nothing(three: Any) -> None:
    put(three, "p1/1", T1)
    before = revision(three)
    assert not put(three, "p1/1", T2).changed
    assert revision(three) == before


def test_withdrawing_gives_the_days_back_and_keeps_what_was_known(three: Any) -> None:
    put(three, "p1/1", T1)
    put(three, "p1/2", T2)
    assert drop(three, "p1/2", T3).status == "withdrawn"
    assert in_force(three, "2023-01-01", T3) == 1
    assert in_force(three, "2023-01-01", T2) == 2
    assert statuses(three)[:2] == ["published", "withdrawn"]
    assert ask(three, "SELECT count(*) FROM zone") == [(3,)]
    assert not drop(three, "p1/2", T4).changed


def test_every_change_has_its_number_and_its_line_in_the_log(three: Any) -> None:
    first = put(three, "p1/1", T1)
    second = drop(three, "p1/1", T2)
    assert (first.revision, second.revision) == (1, 2)
    assert ask(three, "SELECT action, actor, subject, before, after FROM audit_event"
               " WHERE action <> 'ingest' ORDER BY id") == [
        ("publish", "an", "p1/1", {}, {"p1/1": ["2020-01-01", None]}),
        ("withdraw", "an", "p1/1", {"p1/1": ["2020-01-01", None]}, {"reason": "công bố nhầm"}),
    ]  # fmt: skip


def test_a_withdrawn_version_stays_withdrawn_but_its_dossier_may_come_again(
    three: Any, drawing: Any
) -> None:
    put(three, "p1/1", T1)
    drop(three, "p1/1", T2)
    with pytest.raises(Refused, match="withdrawn"):
        put(three, "p1/1", T3)
    again = load(three, drawing.delivery("v2020", drawing.version()), now=T3, publish=True)
    assert (again.versions, again.state) == (("p1/4",), "published")
    assert in_force(three, "2021-01-01", T3) == 4


@pytest.mark.parametrize("name", ["p1/9", "p2/1", "p1", "p1/x", "", "/1", "p1/99999999999999"])
def test_an_unknown_version_is_not_found(three: Any, name: str) -> None:
    with pytest.raises(NotFound, match="Không có"):
        put(three, name, T1)


def test_a_clock_that_runs_backwards_is_refused(three: Any) -> None:
    put(three, "p1/1", T3)
    with pytest.raises(Refused, match="backwards"):
        put(three, "p1/2", T2)
    assert statuses(three) == ["published", "staged", "staged"]


def test_a_version_ends_on_its_own_last_day(register: Any, drawing: Any) -> None:
    version = drawing.version(valid_to=date(2021, 1, 1))
    load(register, drawing.delivery("short", version), publish=True)
    assert in_force(register, "2020-12-31", T1) == 1
    assert in_force(register, "2021-01-01", T1) is None


@given(
    st.lists(
        st.tuples(
            st.dates(date(2000, 1, 1), date(2000, 2, 1)),
            st.none() | st.integers(1, 30),
        ),
        max_size=8,
    )
)
def test_on_no_day_are_two_versions_in_force(drawn: list[tuple[date, int | None]]) -> None:
    versions = [
        Dated(day, number, number, day + timedelta(days) if days else None)
        for number, (day, days) in enumerate(drawn)
    ]
    periods = due_periods(versions)
    for offset in range(70):
        day = date(2000, 1, 1) + timedelta(offset)
        ruling = [
            n for n, p in periods.items() if p.lower <= day and (not p.upper or day < p.upper)
        ]
        begun = [v for v in versions if v.starts <= day]
        latest = max(begun, default=None)
        expected = [latest.id] if latest and (latest.ends is None or day < latest.ends) else []
        assert ruling == expected


# -- local adjustments ------------------------------------------------------------------------


@pytest.fixture
def adjusted(register: Any, drawing: Any, drawn_rows: Any) -> Any:
    """A plan of two cells, an area and a lot; an adjustment of its middle, staged as p1/2."""
    plan = drawing.version(
        boundary=box(0, 0, 200, 100),
        zones=drawn_rows([
            ({"level": "cell", "symbol": "A", "area_declared_m2": 1e4, "population": 50},
             box(0, 0, 100, 100)),
            ({"level": "cell", "symbol": "B", "area_declared_m2": 1e4}, box(100, 0, 200, 100)),
            ({"level": "cell", "symbol": "inside"}, box(60, 40, 70, 60)),
            ({"level": "area", "symbol": "K"}, box(0, 0, 200, 100)),
        ]),
        lines=drawn_rows([
            ({"kind": "red_line"}, LineString([(0, 50), (200, 50)])),
            ({"kind": "corridor"}, LineString([(0, 55), (200, 55)])),
        ]),
        features=drawn_rows([
            ({"layer": "di_tich", "theme": "heritage", "name": "in"}, Point(75, 50)),
            ({"layer": "di_tich", "theme": "heritage", "name": "out"}, Point(5, 5)),
            ({"layer": "cay", "theme": None}, box(0, 30, 200, 35)),
            ({"layer": "ho", "theme": None}, box(0, 30, 200, 35)),
            ({"layer": "bang", "theme": None}, None),
        ]),
        themes=frozenset({"land_use", "red_line", "corridor", "heritage"}),
    )  # fmt: skip
    load(register, drawing.delivery("plan", plan), now=T1, publish=True)
    change = drawing.version(
        adjustment_kind="local", valid_from=date(2023, 1, 1), boundary=box(50, 25, 100, 75),
        zones=drawn_rows([({"level": "cell", "symbol": "N"}, box(50, 25, 100, 75))]),
        features=drawn_rows([({"layer": "cay", "theme": None}, Point(51, 26))]),
        themes=frozenset({"land_use", "red_line", "heritage"}),
    )  # fmt: skip
    load(register, drawing.delivery("change", change), now=T2)
    return register


def zones_of(register: Any, ordinal: int, level: str = "cell") -> dict[str, float]:
    return dict(ask(
        register,
        f"SELECT z.symbol, z.area_m2 FROM zone z JOIN plan_version v ON v.id = z.plan_version_id"
        f" WHERE v.ordinal = {ordinal} AND z.level = '{level}'",
    ))  # fmt: skip


def test_a_local_adjustment_takes_over_the_rest_of_the_plan(adjusted: Any) -> None:
    assert zones_of(adjusted, 2) == {"N": 2500.0}
    put(adjusted, "p1/2", T3)
    assert zones_of(adjusted, 2) == {"N": 2500.0, "A": 7500.0, "B": 10_000.0}
    assert zones_of(adjusted, 1) == {"A": 10_000.0, "B": 10_000.0, "inside": 200.0}
    assert in_force(adjusted, "2022-12-31", T4) == 1
    assert in_force(adjusted, "2023-01-01", T4) == 2


def test_a_level_that_the_adjustment_does_not_draw_stays_whole(adjusted: Any) -> None:
    put(adjusted, "p1/2", T3)
    assert zones_of(adjusted, 2, "area") == {"K": 20_000.0}


def test_carried_rows_cite_their_own_decision(adjusted: Any) -> None:
    put(adjusted, "p1/2", T3)
    rows = ask(
        adjusted,
        "SELECT z.symbol, o.ordinal, z.source_row, z.area_declared_m2, z.population, f.dossier_id"
        " = o.dossier_id FROM zone z JOIN plan_version v ON v.id = z.plan_version_id"
        " JOIN plan_version o ON o.id = z.origin_version_id"
        " JOIN dossier_file f ON f.id = z.source_file_id"
        " WHERE v.ordinal = 2 AND z.level = 'cell' ORDER BY z.symbol",
    )
    assert rows == [
        ("A", 1, 0, None, None, True),
        ("B", 1, 1, 10_000.0, None, True),
        ("N", 2, 0, None, None, True),
    ]


def test_lines_of_a_theme_the_adjustment_speaks_about_end_at_its_boundary(adjusted: Any) -> None:
    put(adjusted, "p1/2", T3)
    lengths = ask(
        adjusted,
        "SELECT l.kind, ST_Length(l.geom) FROM plan_line l JOIN plan_version v"
        " ON v.id = l.plan_version_id WHERE v.ordinal = 2 ORDER BY l.kind",
    )
    assert lengths == [("corridor", 200.0), ("red_line", 150.0)]


def test_features_are_kept_cut_or_dropped(adjusted: Any) -> None:
    put(adjusted, "p1/2", T3)
    features = ask(
        adjusted,
        "SELECT f.layer, f.name, o.ordinal, ST_Area(f.geom) FROM plan_feature f"
        " JOIN plan_version v ON v.id = f.plan_version_id"
        " JOIN plan_version o ON o.id = f.origin_version_id"
        " WHERE v.ordinal = 2 ORDER BY f.layer, o.ordinal",
    )
    assert features == [
        ("bang", None, 1, None),
        ("cay", None, 1, 750.0),
        ("cay", None, 2, 0.0),
        ("di_tich", "out", 1, 0.0),
        ("ho", None, 1, 1000.0),
    ]


def test_the_adjusted_version_is_the_whole_plan(adjusted: Any) -> None:
    put(adjusted, "p1/2", T3)
    area, own = ask(
        adjusted,
        "SELECT ST_Area(boundary), round(ST_Area(ST_Transform(ST_SetSRID(ST_GeomFromGeoJSON("
        " attributes->'adjustment_area'), 4326), 9210))) FROM plan_version WHERE ordinal = 2",
    )[0]
    assert (area, own) == (20_000.0, 2500.0)
    coverage = ask(
        adjusted,
        "SELECT c.theme, sum(ST_Area(c.geom)) FROM coverage c JOIN plan_version v"
        " ON v.id = c.plan_version_id WHERE v.ordinal = 2 GROUP BY c.theme ORDER BY c.theme",
    )
    themes = ("corridor", "heritage", "land_use", "red_line")
    assert coverage == [(theme, 20_000.0) for theme in themes]


def test_questions_find_carried_zones_too(adjusted: Any) -> None:
    put(adjusted, "p1/2", T3)
    whole, cut = ask(
        adjusted,
        "SELECT (SELECT sum(ST_Area(z.geom)) FROM zone z WHERE z.plan_version_id = v.id),"
        " (SELECT sum(ST_Area(c.geom)) FROM zone_cut c WHERE c.plan_version_id = v.id)"
        " FROM plan_version v WHERE v.ordinal = 2",
    )[0]
    assert cut == pytest.approx(whole, rel=1e-12)


def test_rounding_leaves_no_slivers(register: Any, drawing: Any, drawn_rows: Any) -> None:
    plan = drawing.version(zones=drawn_rows([({"level": "cell", "symbol": "A"}, box(0, 0, 9, 9))]))
    load(register, drawing.delivery("plan", plan), publish=True)
    change = drawing.version(
        adjustment_kind="local", valid_from=date(2023, 1, 1), boundary=box(0, 0, 9 - 1e-4, 10),
        zones=drawn_rows([({"level": "cell", "symbol": "N"}, box(0, 0, 9, 9))]),
    )  # fmt: skip
    load(register, drawing.delivery("change", change), now=T2, publish=True)
    assert zones_of(register, 2) == {"N": 81.0}


def test_a_version_that_carries_a_published_adjustment_cannot_be_withdrawn(adjusted: Any) -> None:
    put(adjusted, "p1/2", T3)
    with pytest.raises(Refused, match="p1/2"):
        drop(adjusted, "p1/1", T4)
    drop(adjusted, "p1/2", T4)
    assert in_force(adjusted, "2024-01-01", T4) == 1
    drop(adjusted, "p1/1", T4 + timedelta(hours=1))


def test_nothing_slips_between_an_adjustment_and_what_it_adjusts(
    adjusted: Any, drawing: Any
) -> None:
    put(adjusted, "p1/2", T3)
    between = drawing.version(valid_from=date(2022, 1, 1), adjustment_kind="overall")
    outcome = load(adjusted, drawing.delivery("between", between), now=T4)
    assert (outcome.state, outcome.versions) == ("rejected", ())
    assert [issue.code for issue in outcome.issues] == ["ADJUSTMENT_FOLLOWS"]


def test_a_local_adjustment_waits_for_its_plan_to_be_published(register: Any, drawing: Any) -> None:
    load(register, drawing.delivery("plan", drawing.version()))
    change = drawing.version(adjustment_kind="local", valid_from=date(2023, 1, 1))
    outcome = load(register, drawing.delivery("change", change))
    assert outcome.state == "staged"
    (issue,) = outcome.issues
    assert (issue.code, issue.level) == ("ADJUSTMENT_WAITS", "WARNING")
    with pytest.raises(Refused, match=r"Publish p1/1 \(12/QĐ-UBND\) first"):
        put(register, "p1/2", T2)
    put(register, "p1/1", T2)
    assert put(register, "p1/2", T3).changed


# What publication would refuse is found by the check


def test_a_published_decision_beneath_an_adjustment_is_rejected_when_it_comes_again(
    adjusted: Any, drawing: Any
) -> None:
    put(adjusted, "p1/2", T3)
    again = drawing.delivery("plan with another letter", drawing.version())
    outcome = load(adjusted, again, now=T4, publish=True)
    assert (outcome.state, outcome.versions) == ("rejected", ())
    (issue,) = outcome.issues
    assert (issue.code, issue.level) == ("ADJUSTMENT_FOLLOWS", "ERROR")
    assert "p1/1 (12/QĐ-UBND)" in issue.message.vi
    assert "thu hồi p1/2 (12/QĐ-UBND)" in issue.remedy.vi
    drop(adjusted, "p1/2", T4)
    later = load(adjusted, again, now=T4 + timedelta(hours=1), publish=True)
    assert (later.state, later.versions) == ("published", ("p1/3",))


def test_a_plan_that_comes_again_with_its_published_adjustment_is_rejected(
    adjusted: Any, drawing: Any
) -> None:
    put(adjusted, "p1/2", T3)
    change = drawing.version(adjustment_kind="local", valid_from=date(2023, 1, 1))
    outcome = load(adjusted, drawing.delivery("both", drawing.version(), change), now=T4)
    assert outcome.state == "rejected"
    assert [i.code for i in outcome.issues] == ["ADJUSTMENT_FOLLOWS", "VERSION_REPLACED"]


def test_a_correction_takes_the_place_of_what_it_corrects_and_says_so(
    register: Any, drawing: Any
) -> None:
    load(register, drawing.delivery("plan", drawing.version()), publish=True)
    outcome = load(register, drawing.delivery("corrected", drawing.version()), publish=True, now=T2)
    assert (outcome.state, outcome.versions) == ("published", ("p1/2",))
    (issue,) = outcome.issues
    assert (issue.code, issue.level) == ("VERSION_REPLACED", "WARNING")
    assert "p1/1 (12/QĐ-UBND)" in issue.message.vi
    assert "01/01/2020" in issue.message.vi
    assert (in_force(register, "2021-01-01", T1), in_force(register, "2021-01-01", T2)) == (1, 2)


def test_an_adjustment_of_a_day_before_its_plan_is_rejected(register: Any, drawing: Any) -> None:
    load(register, drawing.delivery("plan", drawing.version()), publish=True)
    early = drawing.version(adjustment_kind="local", valid_from=date(2019, 1, 1))
    outcome = load(register, drawing.delivery("early", early))
    assert (outcome.state, [i.code for i in outcome.issues]) == (
        "rejected", ["ADJUSTMENT_NOT_BASED"]
    )  # fmt: skip
    assert "01/01/2019" in outcome.issues[0].message.vi


def test_an_adjustment_after_the_last_day_of_its_plan_is_rejected(
    register: Any, drawing: Any
) -> None:
    ended = drawing.version(valid_to=date(2021, 1, 1))
    late = drawing.version(adjustment_kind="local", valid_from=date(2022, 1, 1))
    outcome = load(register, drawing.delivery("both", ended, late))
    assert (outcome.state, [i.code for i in outcome.issues]) == (
        "rejected", ["ADJUSTMENT_NOT_BASED"]
    )  # fmt: skip


def test_a_dossier_checked_again_does_not_stand_in_its_own_way(register: Any, drawing: Any) -> None:
    change = drawing.version(adjustment_kind="local", valid_from=date(2023, 1, 1))
    delivery = drawing.delivery("both", drawing.version(), change)
    for _ in range(2):
        outcome = load_delivery(
            delivery, url=register.url, settings=register.settings, now=T1, actor="bat",
            publish=False, again=True,
        )  # fmt: skip
        assert (outcome.state, outcome.versions, outcome.issues) == (
            "staged", ("p1/1", "p1/2"), ()
        )  # fmt: skip


def test_what_changed_since_the_check_is_still_refused(three: Any, drawing: Any) -> None:
    put(three, "p1/1", T1)
    change = drawing.version(adjustment_kind="local", valid_from=date(2023, 1, 1))
    load(three, drawing.delivery("change", change), now=T2, publish=True)
    with pytest.raises(Refused, match="on top of version p1/1") as refused:
        put(three, "p1/2", T3)
    assert "p1/4" in refused.value.detail.vi
    assert refused.value.remedy is not None
    assert statuses(three) == ["superseded", "staged", "staged", "published"]


def test_of_two_that_wait_for_one_day_the_earlier_is_refused_after_the_later(
    register: Any, drawing: Any
) -> None:
    for name in ("one", "two"):
        load(register, drawing.delivery(name, drawing.version()))
    put(register, "p1/2", T1)
    with pytest.raises(Refused, match="01/01/2020") as refused:
        put(register, "p1/1", T2)
    assert refused.value.remedy is not None


def test_a_plan_and_its_adjustment_may_come_in_one_delivery(register: Any, drawing: Any) -> None:
    change = drawing.version(adjustment_kind="local", valid_from=date(2023, 1, 1))
    outcome = load(register, drawing.delivery("both", change, drawing.version()), publish=True)
    assert (outcome.versions, outcome.state) == (("p1/1", "p1/2"), "published")
    assert in_force(register, "2021-01-01", T1) == 1
    assert in_force(register, "2024-01-01", T1) == 2


# When it became known


def test_what_waited_is_known_from_when_it_came_in_force(three: Any) -> None:
    publish("p1/1", url=three.url, now=T1, actor="bat")
    publish("p1/2", url=three.url, now=T2, actor="bat", clock=lambda: T3)
    assert (in_force(three, "2023-01-01", T2), in_force(three, "2023-01-01", T3)) == (1, 2)
    withdraw("p1/2", None, url=three.url, now=T3, actor="bat", clock=lambda: T4)
    assert (in_force(three, "2023-01-01", T3), in_force(three, "2023-01-01", T4)) == (2, 1)


def test_a_command_that_waited_for_another_is_not_a_clock_running_backwards(three: Any) -> None:
    publish("p1/1", url=three.url, now=T2, actor="bat")
    publish("p1/2", url=three.url, now=T1, actor="bat", clock=lambda: T3)
    assert in_force(three, "2023-01-01", T3) == 2


def test_a_clock_behind_the_given_moment_is_not_followed(three: Any) -> None:
    publish("p1/1", url=three.url, now=T2, actor="bat", clock=lambda: T1)
    assert ask(three, "SELECT lower(recorded) FROM version_period") == [(T2,)]


def test_a_delivery_is_known_from_its_publication_not_its_arrival(
    register: Any, drawing: Any
) -> None:
    load_delivery(
        drawing.delivery("long", drawing.version()), url=register.url, settings=register.settings,
        now=T1, actor="bat", publish=True, clock=lambda: T2,
    )  # fmt: skip
    assert ask(register, "SELECT received_at, published_at FROM dossier") == [(T1, T2)]
    assert ask(register, "SELECT lower(recorded) FROM version_period") == [(T2,)]
