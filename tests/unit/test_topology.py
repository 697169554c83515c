"""Overlaps, gaps, slivers and what lies outside: found for all zones at once, as one by one."""

from itertools import combinations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import Geometry, box

from ingest.gate.checks.gravest import gravest, sketched
from ingest.gate.topology.edges import unshared_edges
from ingest.gate.topology.faces import Tangled, cut_up
from ingest.gate.topology.faults import find_faults
from ingest.gate.topology.overlaps import find_overlaps, measured
from ingest.gate.topology.tolerance import Tolerance
from ingest.gate.topology.widths import polygons_of, wider, width_m
from schemas.issues import Issue
from schemas.profiles.tolerances import TopologyRule

RULE = TopologyRule()
PLAN_2000 = Tolerance.of(RULE, 2000)
UNSCALED = Tolerance.of(RULE, None)


def zones(*shapes: Geometry) -> NDArray[np.object_]:
    return np.array(shapes, dtype=object)


def tiling(side: int, size: float = 50.0) -> NDArray[np.object_]:
    """side × side squares that fit together."""
    corners = [(i * size, j * size) for i in range(side) for j in range(side)]
    return zones(*(box(x, y, x + size, y + size) for x, y in corners))


# Tolerance and width


def test_tolerance_is_half_a_millimetre_on_the_drawing() -> None:
    assert (PLAN_2000.width_m, PLAN_2000.least_area_m2) == (1.0, 4.0)
    assert (Tolerance.of(RULE, 500).width_m, Tolerance.of(RULE, 10_000).width_m) == (0.25, 5.0)
    assert PLAN_2000.judged
    assert not UNSCALED.judged


@pytest.mark.parametrize(
    ("shape", "at_least", "below"),
    [
        (box(0, 0, 1, 100), 0.99, 1.01),
        (box(0, 0, 0.005, 2000), 0.0049, 0.0051),
        (shapely.Point(0, 0).buffer(2), 3.9, 4.01),
        # A thread with one wide place is as wide as that place.
        (shapely.union(box(0, 0, 0.01, 100), box(0, 50, 3, 53)), 2.9, 3.1),
    ],
)
def test_width_is_that_of_the_widest_place(shape: Geometry, at_least: float, below: float) -> None:
    assert wider(zones(shape), at_least).all()
    assert not wider(zones(shape), below).any()
    assert at_least <= width_m(shape) <= below


def test_collections_are_opened_down_to_their_polygons() -> None:
    inner = shapely.GeometryCollection([box(0, 0, 1, 1), shapely.Point(0, 0)])
    mixed = shapely.GeometryCollection([inner, shapely.MultiPolygon([box(2, 0, 3, 1)])])
    parts, owner = polygons_of(zones(box(9, 9, 10, 10), mixed))
    assert (len(parts), owner.tolist()) == (3, [0, 1, 1])
    assert width_m(shapely.LineString([(0, 0), (1, 1)])) == 0


# Overlaps


def test_zones_that_fit_together_have_no_overlap_and_none_is_marked() -> None:
    fitting = tiling(20)
    (outline,) = shapely.line_merge(shapely.multilinestrings([unshared_edges(fitting)]))
    assert outline.length == 4 * 20 * 50
    assert len(find_overlaps(fitting, PLAN_2000)) == 0


def test_an_edge_without_its_neighbours_vertex_is_no_overlap() -> None:
    apart = zones(box(0, 0, 10, 10), box(10, 0, 20, 5), box(10, 5, 20, 10))
    assert len(find_overlaps(apart, PLAN_2000)) == 0


def test_an_overlap_is_measured_and_judged_by_width_and_area() -> None:
    found = find_overlaps(
        zones(box(0, 0, 50, 50), box(49.5, 0, 100, 50), box(0, 45, 50, 100)), PLAN_2000
    )
    assert found.first.tolist() == [0, 0, 1]
    assert found.second.tolist() == [2, 1, 2]
    assert found.area_m2 == pytest.approx([250, 25, 2.5])
    assert found.above.tolist() == [True, False, False]


def test_a_wide_but_tiny_overlap_stays_below_tolerance() -> None:
    found = find_overlaps(zones(box(0, 0, 50, 50), box(48.5, 48.5, 99, 99)), PLAN_2000)
    assert found.area_m2 == pytest.approx([2.25])
    assert not found.above.any()


def test_rounding_to_the_millimetre_is_not_told_and_five_millimetres_are() -> None:
    assert len(find_overlaps(zones(box(0, 0, 50, 50), box(49.999, 0, 99, 50)), PLAN_2000)) == 0
    assert len(find_overlaps(zones(box(0, 0, 50, 50), box(49.995, 0, 99, 50)), PLAN_2000)) == 1


def test_a_zone_inside_another_and_a_zone_twice_are_overlaps() -> None:
    found = find_overlaps(
        zones(box(0, 0, 50, 50), box(10, 10, 20, 20), box(0, 0, 50, 50)), PLAN_2000
    )
    assert list(zip(found.first, found.second, strict=True)) == [(0, 2), (0, 1), (1, 2)]
    assert found.same.tolist() == pytest.approx([1, 0.04, 0.04])


def test_hopelessly_tangled_zones_are_not_counted_to_the_end() -> None:
    pile = zones(*(box(i / 100, 0, i / 100 + 50, 50) for i in range(400)))
    assert (find_overlaps(pile, PLAN_2000).pairs_seen or 0) > 100_000
    with pytest.raises(Tangled):
        cut_up(pile, None)


small = st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 4), st.integers(1, 4))
drawn = st.lists(small, min_size=1, max_size=9).map(
    lambda given: zones(*(box(x, y, x + w, y + h) for x, y, w, h in given))
)


@given(drawn)
def test_the_pairs_are_those_that_looking_at_each_pair_finds(shapes: NDArray[np.object_]) -> None:
    found = find_overlaps(shapes, PLAN_2000)
    one_by_one = {
        (i, j): shapes[i].intersection(shapes[j]).area
        for i, j in combinations(range(len(shapes)), 2)
        if shapes[i].intersection(shapes[j]).area > 0
    }
    got = dict(
        zip(
            zip(found.first.tolist(), found.second.tolist(), strict=True),
            found.area_m2,
            strict=True,
        )
    )
    assert got == pytest.approx(one_by_one)
    assert sorted(found.area_m2, reverse=True) == list(found.area_m2)


@given(drawn)
@settings(max_examples=60)
def test_cutting_into_strips_changes_nothing(shapes: NDArray[np.object_]) -> None:
    boundary = box(1, 1, 8, 8)
    whole, strips = cut_up(shapes, boundary), cut_up(shapes, boundary, strip_points=12)
    for kind in ("open", "beyond"):
        one, many = getattr(whole, kind), getattr(strips, kind)
        assert shapely.union_all(one).symmetric_difference(shapely.union_all(many)).area < 1e-9
    assert sorted(shapely.area(whole.open)) == pytest.approx(sorted(shapely.area(strips.open)))
    pairs = [measured(shapes, faces, PLAN_2000) for faces in (whole, strips)]
    assert pairs[0].area_m2.tolist() == pytest.approx(pairs[1].area_m2.tolist())


@given(drawn)
@settings(max_examples=60)
def test_open_and_outside_ground_add_up_to_the_boundary(shapes: NDArray[np.object_]) -> None:
    boundary = box(1, 1, 8, 8)
    faults = find_faults(shapes, boundary, UNSCALED)
    inside = shapely.union_all(shapely.intersection(shapes, boundary)).area
    left = faults.gaps.area_m2.sum() + faults.uncovered.area_m2.sum()
    assert left + inside == pytest.approx(boundary.area)
    assert faults.outside.area_m2.sum() + inside == pytest.approx(shapely.union_all(shapes).area)


# Gaps, open ground, ground outside


def test_a_tiling_that_fills_its_boundary_has_no_fault() -> None:
    faults = find_faults(tiling(10), box(0, 0, 500, 500), PLAN_2000)
    assert len(faults.overlaps) == len(faults.gaps) == len(faults.uncovered) == 0
    assert len(faults.outside) == len(faults.slivers) == 0


def test_a_missing_zone_and_a_narrow_slit_are_gaps_and_a_road_is_open_ground() -> None:
    with_faults = np.delete(tiling(5), 12)
    with_faults[0] = box(0, 0, 49.9, 50)
    road = box(250, 0, 270, 250)
    boundary = box(0, 0, 270, 250)
    faults = find_faults(with_faults, boundary, PLAN_2000)
    assert faults.gaps.area_m2 == pytest.approx([2500, 5])
    assert faults.gaps.above.tolist() == [True, False]
    assert [place.equals(road) for place in faults.uncovered.shapes] == [True]


def test_without_a_boundary_only_narrow_holes_are_gaps() -> None:
    slit = shapely.difference(box(0, 0, 50, 50), box(20, 10, 20.2, 40))
    court = shapely.difference(box(50, 0, 100, 50), box(60, 10, 80, 30))
    faults = find_faults(zones(slit, court), None, PLAN_2000)
    assert faults.gaps.area_m2 == pytest.approx([6])
    assert len(faults.uncovered) == len(faults.outside) == 0


def test_ground_beyond_the_boundary_is_measured() -> None:
    beyond = find_faults(tiling(2), box(0, 0, 100, 95), PLAN_2000).outside
    assert beyond.area_m2 == pytest.approx([500])
    assert beyond.above.all()


def test_open_ground_inside_is_told_from_ground_along_the_boundary() -> None:
    boundary = box(0, 0, 150, 150)
    faults = find_faults(np.delete(tiling(3), [0, 4]), boundary, PLAN_2000)
    assert (len(faults.gaps), len(faults.uncovered)) == (1, 1)


def test_no_zone_has_no_hole() -> None:
    faults = find_faults(zones(), None, PLAN_2000)
    assert len(faults.gaps) == len(faults.overlaps) == 0
    assert find_faults(zones(), box(0, 0, 9, 9), PLAN_2000).uncovered.area_m2.tolist() == [81]


def test_thin_parts_of_zones_are_slivers_with_their_zone() -> None:
    thread = shapely.MultiPolygon([box(0, 0, 50, 50), box(60, 0, 60.3, 80)])
    faults = find_faults(zones(box(100, 0, 150, 50), thread), None, PLAN_2000)
    assert faults.sliver_of.tolist() == [1]
    assert faults.slivers[0].area == pytest.approx(24)


# What is told


def issue(number: int) -> Issue:
    return Issue("ZONE_GAP", row=number)


@pytest.mark.parametrize("count", [0, 1, 20, 21, 5000])
def test_what_is_told_is_short_and_its_counts_add_up(count: int) -> None:
    told = list(gravest(range(count), issue))
    assert len(told) == min(count, 21)
    assert sum(one.count for one in told) == count


def test_a_place_of_many_points_is_sketched() -> None:
    rough = shapely.Point(0, 0).buffer(1000, quad_segs=2000)
    sketch = sketched(rough, 1.0)
    assert shapely.get_num_coordinates(sketch) <= 500
    assert sketch.area == pytest.approx(rough.area, rel=0.01)
    assert sketched(box(0, 0, 1, 1), 1.0).equals(box(0, 0, 1, 1))


def test_a_large_tiling_with_planted_faults_gives_exactly_those() -> None:
    many = tiling(60)
    spoilt = [100, 777, 1801, 3001]
    many[spoilt] = [shapely.buffer(many[i], 0.3, join_style="mitre") for i in spoilt]
    many[[500, 2500]] = [shapely.buffer(many[i], -0.3, join_style="mitre") for i in (500, 2500)]
    faults = find_faults(many, box(0, 0, 3000, 3000), PLAN_2000)
    pairs = set(zip(faults.overlaps.first.tolist(), faults.overlaps.second.tolist(), strict=True))
    sides = {(min(i, j), max(i, j)) for i in spoilt for j in (i - 60, i - 1, i + 1, i + 60)}
    assert sides <= pairs
    assert not faults.overlaps.above.any()
    assert faults.gaps.area_m2 == pytest.approx([50 * 50 - 49.4**2] * 2)
    assert [len(gap.interiors) for gap in faults.gaps.shapes] == [1, 1]
