"""Layers far from their own plan are told; what goes on beyond it, or lies around it, is not."""

import time

import numpy as np
import pytest
import shapely
from shapely import Geometry, LineString, Point, box

from ingest.gate.checks.afar import check_far
from ingest.gate.facts import PlanRows
from ingest.gate.inspection import Layer
from schemas.issues import Issue
from tests.gate_dossier import EAST, NORTH, Drawn
from tests.gate_package import in_memory

BOUNDARY = box(EAST, NORTH, EAST + 800, NORTH + 600)
NETWORK, RED_LINES, STAKES = "MangLuoiCapNuoc_L", "ChiGioiDuongDo_L", "MocGioiQuyHoach_P"


def line(east: float, length: float = 100) -> Geometry:
    return LineString([(EAST + east, NORTH), (EAST + east + length, NORTH)])


def stake(east: float) -> Geometry:
    return Point(EAST + east, NORTH)


def drawn(name: str, *shapes: Geometry | None, home: str = "QuyHoach") -> Layer:
    return in_memory(name, Drawn("L", list(shapes)), home)


def found(layer: Layer, boundary: Geometry | None = BOUNDARY) -> list[Issue]:
    mask = np.ones(len(layer), bool)
    return list(check_far(PlanRows(None, ((layer, mask),)), boundary, "QuyHoach"))


@pytest.mark.parametrize(
    "layer",
    [
        drawn(RED_LINES, line(6_000), line(6_200)),
        drawn(STAKES, stake(3_000), stake(3_700), home="MocGioi"),
        drawn(NETWORK, line(27_000), line(27_100), line(27_200)),
    ],
    ids=["red lines 6 km off", "stakes 3 km off", "a network in another zone"],
)
def test_a_layer_shifted_away_from_its_plan_is_an_error(layer: Layer) -> None:
    (issue,) = found(layer)
    assert (issue.code, issue.level, issue.count) == ("OBJECT_FAR_FROM_PLAN", "ERROR", len(layer))
    assert issue.geom is not None
    assert "…" not in issue.message.vi + issue.message.en


def test_some_stray_objects_are_a_warning_with_rows_and_distances() -> None:
    layer = drawn(RED_LINES, line(0), line(10), line(20), line(5_300), None)
    (issue,) = found(layer)
    assert (issue.level, issue.row, issue.count) == ("WARNING", 4, 1)
    assert issue.message.vi == (
        "1 trên 4 đối tượng của lớp ChiGioiDuongDo_L nằm xa ranh giới quy hoạch, cách 4,5 km đến "
        "4,5 km (dòng 4)."
    )
    assert "4.5 km" in issue.message.en


@pytest.mark.parametrize(
    "layer",
    [
        drawn(RED_LINES, line(0), line(1_700)),
        drawn(NETWORK, line(0, 40_000), line(700, 90_000)),
        drawn(NETWORK, line(1_750)),
        drawn(STAKES, stake(0), stake(800), home="MocGioi"),
        drawn(RED_LINES, None),
    ],
    ids=["beside the plan", "reaching far out", "within its own width", "at its edge", "no shape"],
)
def test_what_lies_at_the_plan_is_not_told(layer: Layer) -> None:
    assert found(layer) == []


def test_a_water_work_apart_and_the_surroundings_are_no_error() -> None:
    (work,) = found(drawn("CongTrinhCapNuoc_P", stake(6_000)))
    (around,) = found(drawn("MangLuoiGiaoThongDuongBo_L", line(40_000), home="HienTrang"))
    (unknown,) = found(drawn("LopLa", line(40_000)))
    assert {issue.level for issue in (work, around, unknown)} == {"WARNING"}


def test_a_plan_of_a_province_has_its_surroundings_by_its_own_size() -> None:
    province = box(EAST, NORTH, EAST + 80_000, NORTH + 60_000)
    assert found(drawn(NETWORK, line(170_000)), province) == []
    assert found(drawn(NETWORK, line(190_000)), province)[0].level == "ERROR"


def test_nothing_is_told_without_a_boundary_or_of_other_plans_rows() -> None:
    layer = drawn(RED_LINES, line(0), line(6_000))
    own = PlanRows("a", ((layer, np.array([True, False])),))
    assert found(layer, None) == []
    assert list(check_far(own, BOUNDARY, "QuyHoach")) == []


def test_where_the_coordinates_are_an_error_already_it_is_a_remark() -> None:
    layer = drawn(RED_LINES, line(6_000))
    layer.misread = True
    assert [issue.level for issue in found(layer)] == ["INFO"]


def test_a_hundred_thousand_objects_against_a_long_boundary_take_seconds() -> None:
    turn = np.linspace(0, 2 * np.pi, 20_000)
    ring = np.column_stack((EAST + 3_000 * np.cos(turn), NORTH + 3_000 * np.sin(turn)))
    spots = np.random.default_rng(7).uniform(-9_000, 9_000, (100_000, 2)) + np.array([EAST, NORTH])
    layer = drawn(NETWORK, *shapely.points(spots))
    began = time.perf_counter()
    (issue,) = found(layer, shapely.Polygon(ring))
    assert time.perf_counter() - began < 10
    away = np.hypot(*(spots - np.array([EAST, NORTH])).T) - 3_000
    assert issue.count == pytest.approx(np.count_nonzero(away > 6_000 * 2**0.5), abs=3)
