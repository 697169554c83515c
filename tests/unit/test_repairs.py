"""A repair is offered with what it changes, made only with consent, and changes no more than that."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import Geometry, LineString, MultiLineString, Point, Polygon, box

from ingest.gate.clean import clean, repaired
from ingest.gate.tidy import Proposal, tidy
from ingest.gate.topology.faults import find_faults
from ingest.gate.topology.overlaps import find_overlaps
from ingest.gate.topology.snapping import Snapping, propose_snapping
from ingest.gate.topology.tolerance import Tolerance
from ingest.gate.topology.widths import width_m
from ingest.shapes import multi
from schemas.profiles.tolerances import ShapeRule, TopologyRule

RULE = ShapeRule()
TOLERANCE = Tolerance.of(TopologyRule(), 2000)
SHARE = TopologyRule().snap_share


def array(*shapes: Geometry | None) -> NDArray[np.object_]:
    return np.array(shapes, dtype=object)


def areas(*shapes: Geometry) -> NDArray[np.object_]:
    return multi(array(*shapes))


def only(proposals: list[Proposal], flaw: str) -> Proposal:
    (proposal,) = proposals
    assert proposal.flaw == flaw
    return proposal


# Single shapes


def test_a_sound_shape_has_no_flaw() -> None:
    round_one = shapely.orient_polygons(Point(0, 0).buffer(5))
    shapes = areas(box(0, 0, 10, 10), round_one, LineString([(0, 0), (5, 5)]))
    made, proposals = tidy(np.append(shapes, None), RULE)
    assert proposals == []
    assert made[:3].tolist() == shapes.tolist()


def test_points_within_a_millimetre_are_one_and_no_ground_moves() -> None:
    ring = [(0, 0), (10, 0), (10, 0), (10, 0.0005), (10, 10), (0, 10)]
    made, proposals = tidy(areas(Polygon(ring)), RULE)
    found = only(proposals, "points")
    assert found.at is not None
    assert found.at.distance(Point(10, 0)) < 0.001
    assert shapely.get_num_coordinates(made[0]) == 5
    assert found.moved_m2 < 0.01


def test_a_spike_is_cut_off_with_its_ground() -> None:
    spike = Polygon([(0, 0), (50, 0), (50, 24.9), (90, 25), (50, 25.1), (50, 50), (0, 50)])
    made, proposals = tidy(areas(spike), RULE)
    found = only(proposals, "spikes")
    assert found.at == Point(90, 25)
    assert found.change_m2 == pytest.approx(-4)
    assert made[0].area == pytest.approx(2500)


def test_a_notch_is_filled_and_a_hole_keeps_its_own() -> None:
    notched = Polygon(
        [(0, 0), (50, 0), (50, 50), (25.05, 50), (25, 20), (24.95, 50), (0, 50)],
        [[(5, 5), (5, 10), (10, 10), (10, 5)]],
    )
    made, proposals = tidy(areas(notched), RULE)
    assert only(proposals, "spikes").change_m2 == pytest.approx(1.5)
    assert made[0].area == pytest.approx(2500 - 25)


@pytest.mark.parametrize(
    "shape",
    [
        Polygon([(0, 0), (100, 0), (100, 0.4)]),  # a thin zone is thin, not spiked
        Polygon([(0, 0), (100, 0), (0, 60)]),
        Polygon([(0, 0), (200, 0), (200, 3)]),  # sharp, but wide enough to be meant
    ],
)
def test_a_sharp_zone_is_no_spike(shape: Geometry) -> None:
    assert tidy(areas(shape), RULE)[1] == []


def test_a_line_that_almost_meets_its_start_is_closed() -> None:
    open_ring = LineString([(0, 0), (50, 0), (50, 50), (0, 50), (0, 0.1)])
    made, proposals = tidy(areas(open_ring), RULE)
    assert only(proposals, "open_line").at == Point(0, 0.1)
    assert shapely.is_closed(made[0].geoms[0])
    assert made[0].length - open_ring.length == pytest.approx(0.1)


@pytest.mark.parametrize(
    "line",
    [
        LineString([(0, 0), (50, 0), (50, 50), (0, 50), (0, 0)]),
        LineString([(0, 0), (50, 0), (50, 50), (0, 50), (0, 3)]),
        LineString([(0, 0), (0.1, 0.05), (0.1, 0.1), (0, 0.1)]),
    ],
)
def test_a_closed_an_open_and_a_tiny_line_stay(line: LineString) -> None:
    assert tidy(areas(line), RULE)[1] == []


def test_only_the_line_of_a_row_that_is_open_is_closed() -> None:
    parts = [LineString([(0, 0), (9, 0), (9, 9), (0, 0.1)]), LineString([(20, 0), (30, 0)])]
    made, _ = tidy(array(MultiLineString(parts)), RULE)
    assert [shapely.is_closed(part) for part in made[0].geoms] == [True, False]


def test_rings_that_run_against_their_layer_are_turned() -> None:
    left, right = (
        shapely.orient_polygons(box(i, 0, i + 9, 9), exterior_cw=i == 20) for i in (0, 20)
    )
    shapes = areas(left, right, shapely.orient_polygons(box(40, 0, 49, 9)))
    made, proposals = tidy(shapes, RULE)
    assert only(proposals, "orientation").index == 1
    assert shapely.is_ccw(shapely.get_exterior_ring(shapely.get_parts(made))).all()
    assert proposals[0].moved_m2 == 0


@pytest.mark.parametrize(
    "crumb",
    [
        box(0, 0, 0.0004, 0.0004),
        box(0, 0, 0.0008, 0.0008),
        Polygon([(0, 0), (50, 0), (50, 0.0004)]),
        shapely.difference(box(-5, -5, 5, 5), box(0, 0, 0.0005, 0.0005)),
        shapely.MultiPolygon([box(-9, -9, -1, -1), box(0, 0, 0.0005, 0.0005)]),
        LineString([(0, 0), (0.0003, 0)]),
    ],
)
def test_a_crumb_of_a_millimetre_is_told_and_left_as_it_is(crumb: Geometry) -> None:
    shapes = areas(shapely.orient_polygons(crumb), box(20, 0, 29, 9))
    made, proposals = tidy(shapes, RULE)
    (found,) = [proposal for proposal in proposals if proposal.flaw != "orientation"]
    assert (found.flaw, found.index, found.moved_m2) == ("tiny", 0, 0)
    assert found.at is not None
    assert found.at.distance(Point(0, 0)) < 0.002 or found.at.distance(Point(50, 0)) < 0.002
    assert shapely.normalize(made[0]) == shapely.normalize(shapes[0])


micron = st.integers(0, 4000).map(lambda number: number / 1_000_000)
micro_ring = st.lists(st.tuples(micron, micron), min_size=3, max_size=6)


@given(st.lists(micro_ring, min_size=1, max_size=4), st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_rings_of_micrometres_never_stop_the_gate(
    rings: list[list[tuple[float, float]]], how: int
) -> None:
    """As zones, as parts and as holes of a large zone; alone, and with their level's neighbours."""
    big = box(-50, -50, 50, 50)
    crumbs = [shapely.make_valid(Polygon(ring)) for ring in rings]
    drawn = {
        0: crumbs,
        1: [shapely.union_all([box(10, 10, 20, 20), *crumbs])],
        2: [shapely.difference(big, crumb) for crumb in crumbs],
        3: [Polygon(ring) for ring in rings],
    }[how]
    shapes = repaired(clean(array(*drawn, shapely.box(50, -50, 90, 50)), "A"))
    made, _ = tidy(shapes, RULE)
    zones = made[~shapely.is_missing(made)]
    assert shapely.is_valid(zones).all()
    faults = find_faults(zones, shapely.box(-50, -50, 100, 50), TOLERANCE)
    propose_snapping(zones, faults.overlaps, faults.gaps.shapes, TOLERANCE, SHARE)
    for place in (*faults.gaps.shapes, *faults.slivers):
        assert width_m(place) >= 0


corner = st.tuples(st.integers(0, 30), st.integers(0, 30))


@given(st.lists(st.lists(corner, min_size=3, max_size=8), min_size=1, max_size=5))
def test_tidying_never_moves_more_than_it_says(rings: list[list[tuple[int, int]]]) -> None:
    shapes = repaired(clean(array(*(Polygon(ring) for ring in rings)), "A"))
    made, proposals = tidy(shapes, RULE)
    told = np.zeros(len(shapes))
    for proposal in proposals:
        told[proposal.index] += proposal.moved_m2
    there = ~shapely.is_missing(shapes)
    moved = shapely.area(shapely.symmetric_difference(shapes[there], made[there]))
    assert (moved <= told[there] + 1e-9).all()
    assert (moved <= 0.02 * shapely.area(shapes[there]) + 0.01).all()
    assert shapely.is_valid(made[there]).all()


# Areas drawn as lines, collections, coordinates that are no numbers


def test_a_closed_line_in_an_area_layer_is_offered_as_its_area() -> None:
    ring = LineString([(0, 0), (50, 0), (50, 50), (0, 50), (0, 0.2)])
    cleaned = clean(array(ring, LineString([(0, 0), (9, 9), (50, 0)])), "A", closing_m=0.25)
    (defect,) = cleaned.defects
    assert (defect.kind, defect.index, cleaned.geoms[0]) == ("line", 0, None)
    assert defect.change_m2 == pytest.approx(2500)
    assert cleaned.wrong_family.tolist() == [1]
    assert repaired(cleaned)[0].geom_type == "MultiPolygon"


def test_a_collection_that_loses_parts_is_told() -> None:
    mixed = shapely.GeometryCollection([box(0, 0, 1, 1), Point(5, 5)])
    cleaned = clean(array(box(0, 0, 1, 1), mixed), "A")
    assert cleaned.cut.tolist() == [1]
    assert clean(array(mixed), None).cut.tolist() == []


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_coordinate_that_is_no_number_cannot_be_repaired(number: float) -> None:
    cleaned = clean(array(Polygon([(0, 0), (1, number), (1, 1)])), "A")
    assert cleaned.defects[0].reason == "Invalid Coordinate"
    assert cleaned.defects[0].after is None


# Edges brought together


def snapped(shapes: NDArray[np.object_], boundary: Geometry) -> Snapping:
    faults = find_faults(shapes, boundary, TOLERANCE)
    gaps = faults.gaps.only(~faults.gaps.above).shapes
    return propose_snapping(shapes, faults.overlaps, gaps, TOLERANCE, SHARE)


def applied(shapes: NDArray[np.object_], snapping: Snapping) -> NDArray[np.object_]:
    made = shapes.copy()
    made[snapping.indices] = snapping.after
    return made


def test_a_small_overlap_and_a_small_gap_go_to_a_neighbour() -> None:
    row = box(0, 0, 100.1, 100), box(100, 0, 200, 100), box(200.1, 0, 300, 100)
    shapes = areas(*row, box(0, 100, 300, 200), box(0, -100, 300, 0))
    snapping = snapped(shapes, box(0, -100, 300, 200))
    made = applied(shapes, snapping)
    assert shapely.area(made).sum() == pytest.approx(90_000)
    assert len(find_overlaps(made, TOLERANCE)) == 0
    assert 3 not in snapping.indices
    assert (snapping.moved_m2 <= 10.1).all()


def test_a_zone_that_only_moves_aside_is_told_though_its_area_stays() -> None:
    """It loses at the west what it gains at the east."""
    row = box(0, 0, 100.1, 100), box(100, 0, 200, 100), box(200.1, 0, 300, 100)
    far = shapely.transform(
        areas(*row, box(0, 100, 300, 200), box(0, -100, 300, 0)), lambda xy: xy + 600_000
    )
    snapping = snapped(far, box(600_000, 599_900, 600_300, 600_200))
    made = applied(far, snapping)
    assert len(find_overlaps(made, TOLERANCE)) == 0
    for zone in range(len(far)):
        moved = far[zone].symmetric_difference(made[zone]).area
        told = snapping.moved_m2[snapping.indices == zone].sum()
        assert moved == pytest.approx(told, abs=1e-5)


def test_what_fits_already_is_not_touched() -> None:
    shapes = areas(box(0, 0, 100, 100), box(100, 0, 200, 100))
    assert len(snapped(shapes, box(0, 0, 200, 100))) == 0


def test_a_grave_overlap_is_never_snapped() -> None:
    shapes = areas(box(0, 0, 105, 100), box(100, 0, 200, 100), box(200.1, 0, 300, 100))
    snapping = snapped(shapes, box(0, 0, 300, 100))
    assert 0 not in snapping.indices
    assert len(find_overlaps(applied(shapes, snapping), TOLERANCE)) >= 1


def test_a_zone_that_would_lose_too_much_is_left_alone() -> None:
    """The strip is 3 m wide: 0.3 m of it are a tenth."""
    shapes = areas(box(0, 0, 100.3, 100), box(100, 0, 103, 100), box(103, 0, 200, 100))
    snapping = snapped(shapes, box(0, 0, 200, 100))
    assert 1 not in snapping.indices
    before = shapely.area(shapes)
    assert (np.abs(shapely.area(applied(shapes, snapping)) - before) <= SHARE * before).all()


jitter = st.floats(-0.4, 0.4).map(lambda metres: round(metres, 3))


@given(st.lists(jitter, min_size=32, max_size=32), st.integers(0, 3))
@settings(max_examples=50, deadline=None)
def test_snapping_never_changes_a_zone_by_more_than_it_says(moves: list[float], big: int) -> None:
    corners = [(100.0 * (i % 4), 100.0 * (i // 4)) for i in range(8)]
    shapes = areas(
        *(
            box(x + moves[4 * n], y + moves[4 * n + 1], x + 100 + moves[4 * n + 2], y + 100 + moves[4 * n + 3])
            for n, (x, y) in enumerate(corners)
        )
    )  # fmt: skip
    shapes[big] = multi(array(shapely.buffer(shapes[big], 3, join_style="mitre")))[0]
    snapping = snapped(shapes, box(0, 0, 400, 200))
    made = applied(shapes, snapping)
    moved = shapely.area(shapely.symmetric_difference(shapes, made))
    told = np.zeros(len(shapes))
    told[snapping.indices] = snapping.moved_m2
    assert moved == pytest.approx(told, abs=1e-5)
    assert (moved <= SHARE * shapely.area(shapes) + 1e-5).all()
    assert snapping.after_m2 - snapping.before_m2 == pytest.approx(
        shapely.area(made[snapping.indices]) - shapely.area(shapes[snapping.indices])
    )
    assert shapely.is_valid(made).all()
    more = len(find_overlaps(made, TOLERANCE)) - len(find_overlaps(shapes, TOLERANCE))
    assert more <= 0
