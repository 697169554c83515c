"""What single shapes and whole levels of zones are told for, as findings with their sentences."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from numpy.typing import NDArray
from shapely import Geometry, LineString, Point, box

from ingest.gate.checks.fault_findings import LevelFindings
from ingest.gate.checks.geometry import check_cleaned
from ingest.gate.checks.shapes import check_shapes, check_tidy
from ingest.gate.clean import clean
from ingest.gate.inspection import Layer
from ingest.gate.tidy import tidy
from ingest.gate.topology.faults import find_faults
from ingest.gate.topology.level import ZonesOfLevel
from ingest.gate.topology.tolerance import Tolerance
from ingest.shapes import multi
from schemas.issues import Issue
from schemas.profiles.model import LayerRule
from schemas.profiles.tolerances import ShapeRule, TopologyRule

EAST, NORTH = 603_000.0, 1_191_000.0
RULE, TOPOLOGY = ShapeRule(), TopologyRule()
PLAN_2000 = Tolerance.of(TOPOLOGY, 2000)


def at(west: float, south: float, east: float, north: float) -> Geometry:
    return box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def layer(*shapes: Geometry | None, becomes: str = "feature", **columns: list[Any]) -> Layer:
    level = "lot" if becomes == "zone" else None
    rule = LayerRule(layer="Lop", becomes=becomes, level=level, columns={})  # type: ignore[arg-type]
    index = pd.RangeIndex(len(shapes))
    return Layer(
        "a.gpkg", "Lop", None, rule, pd.DataFrame(columns, index=index),
        np.arange(1, len(shapes) + 1), multi(np.array(shapes, dtype=object)), None, srid=9210,
    )  # fmt: skip


def shape_codes(one: Layer, rule: ShapeRule = RULE) -> list[str]:
    return [issue.code for issue in told(check_shapes(one, one.geoms, rule))]


def told(issues: Any) -> list[Issue]:
    """The findings, their sentences filled."""
    found = list(issues)
    for issue in found:
        assert "…" not in issue.message.vi
        assert "…" not in issue.message.en
    return found


def test_plain_shapes_are_not_told() -> None:
    assert shape_codes(layer(at(0, 0, 9, 9), at(9, 0, 20, 9), None)) == []


def test_a_shape_of_too_many_points_or_parts_is_told_once_with_the_worst() -> None:
    rough = Point(EAST, NORTH).buffer(50, quad_segs=50)
    crumbs = shapely.MultiPolygon([at(i, 0, i + 0.5, 1) for i in range(30)])
    found = told(
        check_shapes(
            *(lambda one: (one, one.geoms))(layer(rough, crumbs, at(0, 0, 1, 1))),
            ShapeRule(most_vertices=100, most_parts=20),
        )
    )
    (issue,) = found
    assert (issue.code, issue.row, issue.count) == ("GEOMETRY_COMPLEX", 1, 2)
    assert issue.detail["points"] == 201


def test_points_and_areas_in_one_layer_are_mixed_kinds() -> None:
    mixed = layer(at(0, 0, 1, 1), Point(EAST, NORTH))
    assert shape_codes(mixed) == ["GEOMETRY_KINDS_MIXED"]


def test_only_rows_equal_in_everything_are_given_twice() -> None:
    line = LineString([(EAST, NORTH), (EAST + 9, NORTH)])
    assert shape_codes(layer(line, line, ten=["A", "A"])) == ["FEATURE_TWICE"]
    assert shape_codes(layer(line, line, ten=["A", "B"])) == []
    assert shape_codes(layer(line, line, becomes="zone")) == []


def test_parts_of_another_kind_are_dropped_with_a_word() -> None:
    stray = shapely.GeometryCollection([at(0, 0, 1, 1), Point(EAST, NORTH)])
    zones = layer(stray, becomes="zone")
    cleaned = clean(zones.geoms, "A")
    assert [i.code for i in told(check_cleaned(zones, cleaned, False))] == [
        "GEOMETRY_PARTS_DROPPED"
    ]


@pytest.mark.parametrize("accepted", [False, True])
def test_a_harmless_flaw_is_told_once_a_layer(accepted: bool) -> None:
    doubled = shapely.Polygon([p for p in at(0, 0, 9, 9).exterior.coords for _ in "12"])
    many = layer(*[doubled] * 40)
    _, proposals = tidy(many.geoms, RULE)
    (issue,) = told(check_tidy(many, proposals, accepted))
    assert issue.code == ("POINTS_REMOVED" if accepted else "POINTS_REPEATED")
    assert (issue.count, issue.level, issue.detail["change_m2"]) == (40, "INFO", 0.0)


def zones(*shapes: Geometry) -> ZonesOfLevel:
    one = layer(*shapes, becomes="zone")
    count = np.arange(len(shapes))
    return ZonesOfLevel("lot", (one,), one.geoms, np.zeros(len(shapes), np.intp), count)


def level_codes(
    drawn: ZonesOfLevel, boundary: Geometry | None, **rule: Any
) -> list[tuple[str, str]]:
    given = TopologyRule(**rule)
    faults = find_faults(drawn.shapes, boundary, PLAN_2000)
    return [
        (i.code, i.level)
        for i in told(LevelFindings(drawn, boundary, PLAN_2000, given).faults(faults))
    ]


def test_zones_that_fill_their_boundary_are_not_told() -> None:
    assert level_codes(zones(at(0, 0, 9, 9), at(9, 0, 20, 9)), at(0, 0, 20, 9)) == []


def test_where_a_level_must_cover_open_ground_is_an_error() -> None:
    open_side = zones(at(0, 0, 50, 50)), at(0, 0, 80, 50)
    assert level_codes(*open_side) == [("ZONES_DO_NOT_COVER", "WARNING")]
    assert level_codes(*open_side, full_cover=("lot",)) == [("ZONES_DO_NOT_COVER", "ERROR")]
    assert level_codes(*open_side, full_cover=("cell",)) == [("ZONES_DO_NOT_COVER", "WARNING")]


def test_a_profile_may_let_overlaps_pass_with_a_warning() -> None:
    overlapping = zones(at(0, 0, 50, 50), at(40, 0, 90, 50))
    assert level_codes(overlapping, None) == [("ZONE_OVERLAP", "ERROR")]
    assert level_codes(overlapping, None, overlap="WARNING") == [("ZONE_OVERLAP", "WARNING")]


def test_a_pile_of_zones_is_told_to_be_a_pile() -> None:
    pile = zones(*(at(i / 10, 0, i / 10 + 50, 50) for i in range(400)))
    faults = find_faults(pile.shapes, None, PLAN_2000)
    codes = [i.code for i in told(LevelFindings(pile, None, PLAN_2000, TOPOLOGY).faults(faults))]
    assert "TOPOLOGY_TANGLED" in codes


def test_thousands_of_overlaps_are_twenty_places_and_a_count() -> None:
    row: NDArray[np.object_] = np.array([at(i * 10, 0, i * 10 + 10.3, 50) for i in range(2000)])
    drawn = zones(*row)
    faults = find_faults(drawn.shapes, None, PLAN_2000)
    issues = told(LevelFindings(drawn, None, PLAN_2000, TOPOLOGY).faults(faults))
    assert len(issues) == 21
    assert sum(issue.count for issue in issues) == 1999
    assert all(issue.geom is not None for issue in issues)


def test_a_crumb_is_told_once_a_layer_with_its_place() -> None:
    crumb = shapely.box(EAST, NORTH, EAST + 0.0004, NORTH + 0.0004)
    one = layer(at(0, 0, 9, 9), multi(np.array([crumb], dtype=object))[0])
    _, proposals = tidy(one.geoms, RULE)
    (issue,) = [i for i in told(check_tidy(one, proposals, False)) if i.code != "RINGS_TURNED"]
    assert (issue.code, issue.level, issue.row) == ("GEOMETRY_TINY", "WARNING", 2)
    assert issue.geom is not None
