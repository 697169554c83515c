"""Lines, corridors and coverage drawn by hand: what they take, and what is never claimed."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Point, Polygon, box

from api.ask_once import ask_once
from api.lookup.ask import Question, answer
from ingest.register.load import load_delivery
from schemas.answers import ParcelAnswer
from tests.conftest import Register

LOADED = datetime(2026, 1, 1, tzinfo=UTC)
ALL = frozenset(
    {"land_use", "red_line", "building_line", "corridor", "road", "heritage", "infrastructure"}
)
GROUND = box(-300, -300, 300, 300)


def line(kind: str, *points: tuple[float, float], **more: Any) -> tuple[dict[str, Any], Any]:
    return {"kind": kind, **more}, MultiLineString([LineString(points)])


def along(kind: str, y: float, **more: Any) -> tuple[dict[str, Any], Any]:
    return line(kind, (-250, y), (250, y), **more)


class City:
    """One register for one drawing."""

    def __init__(self, register: Register, drawing: Any, rows: Callable[[Any], Any]) -> None:
        self.register, self.drawing, self.rows = register, drawing, rows
        self.plans = 0

    def plan(self, *lines: Any, ground: Polygon = GROUND, **more: Any) -> None:
        """One more plan in force, with these lines; `features`, `themes`, `tolerance_m` may differ."""
        self.plans += 1
        name = f"p{self.plans}"
        features = self.rows(more.pop("features", []))
        zones = self.rows([({"level": "lot", "symbol": name, "function_1": name}, ground)])
        values = {"themes": ALL, "tolerance_m": 0.25} | more
        version = self.drawing.version(
            plan_id=name, plan_code=name, boundary=ground, lines=self.rows(list(lines)),
            features=features, zones=zones, **values,
        )  # fmt: skip
        outcome = load_delivery(
            self.drawing.delivery(name, version), url=self.register.url,
            settings=self.register.settings, now=LOADED, actor="test", publish=True,
        )  # fmt: skip
        assert outcome.state == "published"

    def ask(self, shape: Any) -> dict[str, dict[str, Any]]:
        """The themes of the answer for a drawn area or a point, by name."""
        if isinstance(shape, Point):
            question = Question("point", (shape.x, shape.y))
        else:
            question = Question("geometry", (shapely.to_wkb(shape),))
        known = datetime(2026, 2, 1, tzinfo=UTC)
        document = asyncio.run(
            ask_once(
                self.register.url,
                lambda database: answer(database, question, date(2026, 2, 1), known),
            )
        )
        ParcelAnswer.model_validate(document)
        return {theme["theme"]: theme for theme in document["themes"]}


@pytest.fixture
def city(fresh_register: Callable[[int], Register], drawing: Any, drawn_rows: Any) -> City:
    return City(fresh_register(9210), drawing, drawn_rows)


def taken(theme: dict[str, Any]) -> float:
    return sum(item["area_m2"] or 0.0 for item in theme["items"])


ROAD = (along("road_axis", 0.0), along("red_line", 10.0), along("red_line", -10.0))


@pytest.mark.parametrize(
    ("lines", "parcel", "expected"),
    [
        (ROAD, box(0, -12, 10, -7), 30.0),
        (ROAD, box(0, -9, 10, -4), 50.0),
        (ROAD, box(0, -50, 50, 50), 1000.0),
        (ROAD, box(0, -30, 10, -20), 0.0),
        (ROAD, box(0, -5, 10, 5), 100.0),
        ((along("road_axis", 0), along("red_line", 15), along("red_line", -5)), box(0, -14, 10, -6), 0.0),
        (
            (along("road_axis", 0), line("red_line", (-250, -10), (5, -10)), line("red_line", (5, -10), (250, -10))),
            box(0, -12, 10, -7),
            30.0,
        ),
        # a corner: two roads cross, the parcel loses a strip to each, and the corner once
        (
            (*ROAD, line("road_axis", (-40, -250), (-40, 250)), line("red_line", (-30, -250), (-30, -10))),
            box(-35, -30, -15, -5),
            5 * 20 + 20 * 5,
        ),
    ],
)  # fmt: skip
def test_a_red_line_takes_each_part_of_the_reserve_once(
    city: City, lines: Any, parcel: Polygon, expected: float
) -> None:
    city.plan(*lines)
    theme = city.ask(parcel)["red_line"]
    assert taken(theme) == pytest.approx(expected, abs=1e-6)
    assert theme["result"] == ("applies" if expected else "does_not_apply")


def test_in_the_middle_of_a_wide_reserve_all_is_taken(city: City) -> None:
    city.plan(along("road_axis", 0.0), along("red_line", 60.0), along("red_line", -60.0))
    for shape in (box(0, -12, 10, -2), Point(5, -2)):
        assert city.ask(shape)["red_line"]["result"] == "applies"
    assert taken(city.ask(box(0, -12, 10, -2))["red_line"]) == pytest.approx(100.0)
    assert city.ask(box(0, -100, 10, -95))["red_line"]["result"] == "does_not_apply"


def test_a_road_that_only_touches_is_no_hit_even_without_a_scale(city: City) -> None:
    city.plan(along("road_axis", 0.0, width_m=20.0), tolerance_m=None, scale=None)
    theme = city.ask(box(0, -30, 10, -10))["road"]
    assert theme["result"] == "does_not_apply"
    assert theme["items"][0]["distance_m"] == pytest.approx(10.0)


def test_the_strips_range_follows_the_tolerance(city: City) -> None:
    city.plan(*ROAD, tolerance_m=1.0)
    (item,) = [i for i in city.ask(box(0, -30, 10, -7))["red_line"]["items"] if i["area_m2"]]
    assert item["area_range_m2"] == pytest.approx([20.0, 40.0], abs=1e-3)
    assert item["certainty"] == "certain"
    near = city.ask(box(0, -30, 10, -10.4))["red_line"]
    assert near["result"] == "does_not_apply"
    assert near["items"][0]["certainty"] == "too_close_to_call"


def test_a_line_along_the_front_is_touching_and_no_hit(city: City) -> None:
    city.plan(*ROAD)
    for edge in (-10.0, -10.0 + 1e-7):
        theme = city.ask(box(0, -30, 10, edge))["red_line"]
        assert theme["result"] == "does_not_apply"


def test_without_an_axis_no_side_is_guessed(city: City) -> None:
    city.plan(along("red_line", -10.0))
    crossing = city.ask(box(0, -12, 10, -7))["red_line"]
    assert crossing["result"] == "applies"
    assert crossing["why"]["code"] == "line_crosses"
    assert crossing["items"][0]["area_m2"] is None
    assert crossing["items"][0]["note"]["code"] == "side_unknown"
    beside = city.ask(box(0, -9, 10, -4))["red_line"]
    assert (beside["result"], beside["why"]["code"]) == ("no_data", "side_unknown")


def test_a_bare_point_in_the_reserve_is_taken(city: City) -> None:
    city.plan(along("road_axis", 0.0, width_m=20.0), *ROAD[1:])
    there = city.ask(Point(5, 3))
    assert (there["red_line"]["result"], there["road"]["result"]) == ("applies", "applies")
    beside = city.ask(Point(5, 30))
    assert (beside["red_line"]["result"], beside["road"]["result"]) == (
        "does_not_apply",
        "does_not_apply",
    )


def test_a_road_takes_half_its_width_on_each_side(city: City) -> None:
    city.plan(along("road_axis", 0.0, width_m=20.0))
    theme = city.ask(box(0, -30, 10, -7))["road"]
    assert taken(theme) == pytest.approx(30.0, abs=1e-6)
    assert theme["items"][0]["area_range_m2"] == pytest.approx([27.5, 32.5], abs=1e-3)


def test_a_wide_road_reaches_far(city: City) -> None:
    city.plan(along("road_axis", 0.0, width_m=180.0))
    assert taken(city.ask(box(0, -95, 10, -85))["road"]) == pytest.approx(50.0, abs=1e-6)


def test_inside_a_closed_corridor_all_is_taken(city: City) -> None:
    ring = ((-100, -100), (100, -100), (100, 100), (-100, 100), (-100, -100))
    city.plan(line("corridor", *ring))
    assert taken(city.ask(box(0, 0, 10, 10))["corridor"]) == pytest.approx(100.0)
    assert city.ask(Point(0, 0))["corridor"]["result"] == "applies"
    assert city.ask(box(200, 200, 210, 210))["corridor"]["result"] == "does_not_apply"


def test_two_plans_side_by_side_cover_the_parcel_together(city: City) -> None:
    city.plan(ground=box(-100, -100, 0, 100))
    city.plan(ground=box(0, -100, 100, 100))
    themes = city.ask(box(-10, 0, 10, 10))
    assert themes["land_use"]["covered_share"] == pytest.approx(1.0)
    assert themes["land_use"]["why"]["code"] == "plan_in_force"
    assert themes["red_line"]["result"] == "does_not_apply"


def test_what_a_plan_hardly_touches_it_does_not_cover(city: City) -> None:
    city.plan(ground=box(-100, -100, 0, 100))
    themes = city.ask(box(-1e-6, 0, 10, 10))
    assert {theme["result"] for theme in themes.values()} == {"no_data"}
    assert themes["red_line"]["why"]["code"] == "no_plan_here"


def test_a_sliver_of_heritage_is_no_hit(city: City) -> None:
    feature = {"layer": "DiSan", "theme": "heritage", "name": "Đình"}
    city.plan(features=[(feature, MultiPolygon([box(10 - 1e-6, 0, 30, 10)]))])
    assert city.ask(box(0, 0, 10, 10))["heritage"]["result"] == "does_not_apply"
    assert taken(city.ask(box(5, 0, 15, 10))["heritage"]) == pytest.approx(50.0)


def test_many_objects_of_one_theme_hide_no_other(city: City) -> None:
    poles = [
        ({"layer": "Cot", "theme": "infrastructure"}, shapely.MultiPoint([(i / 10, 5)]))
        for i in range(1, 90)
    ]
    house = ({"layer": "DiSan", "theme": "heritage"}, MultiPolygon([box(0, 0, 5, 5)]))
    city.plan(features=[*poles, house])
    themes = city.ask(box(0, 0, 10, 10))
    assert themes["heritage"]["result"] == "applies"
    assert len(themes["infrastructure"]["items"]) == 60
    assert themes["infrastructure"]["left_out"] == 29


def test_a_point_near_a_zones_edge_is_too_close_to_call(city: City) -> None:
    city.plan(ground=box(0, 0, 100, 100), tolerance_m=1.0)
    sure = {
        east: city.ask(Point(east, 50))["land_use"]["items"][0]["certainty"] for east in (0.4, 50)
    }
    assert sure == {0.4: "too_close_to_call", 50: "certain"}


def test_a_plan_without_scale_is_never_certain(city: City) -> None:
    city.plan(*ROAD, tolerance_m=None, scale=None)
    themes = city.ask(box(0, -30, 10, -7))
    for theme in ("land_use", "red_line"):
        assert {item["certainty"] for item in themes[theme]["items"]} == {"likely"}
    assert city.ask(Point(0, -30))["land_use"]["items"][0]["certainty"] == "likely"
