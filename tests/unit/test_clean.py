"""Geometry becomes storable without anything happening in silence."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import (
    GeometryCollection,
    LineString,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from ingest.gate.clean import clean, geometry_hash, repaired
from ingest.shapes import shown_area


def array(*geoms: shapely.Geometry | None) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    return np.array(geoms, dtype=object)


def test_valid_areas_become_multi_and_flat_with_their_area_kept() -> None:
    cleaned = clean(
        array(Polygon([(0, 0, 5), (1, 0, 5), (1, 1, 5)]), MultiPolygon([box(0, 0, 2, 2)])), "A"
    )
    assert [g.geom_type for g in cleaned.geoms] == ["MultiPolygon"] * 2
    assert not shapely.has_z(cleaned.geoms).any()
    assert shapely.area(cleaned.geoms).tolist() == [0.5, 4]
    assert (cleaned.defects, len(cleaned.empty), len(cleaned.wrong_family)) == ((), 0, 0)


def test_nothing_and_empty_are_told_by_index() -> None:
    cleaned = clean(array(None, Polygon(), box(0, 0, 1, 1)), "A")
    assert cleaned.empty.tolist() == [0, 1]
    assert shapely.is_missing(cleaned.geoms).tolist() == [True, True, False]


def test_another_kind_is_told_and_a_collection_gives_its_areas() -> None:
    mixed = GeometryCollection([box(0, 0, 1, 1), Point(5, 5)])
    cleaned = clean(array(LineString([(0, 0), (1, 1)]), mixed), "A")
    assert cleaned.wrong_family.tolist() == [0]
    assert cleaned.geoms[1].equals(MultiPolygon([box(0, 0, 1, 1)]))


def test_a_bow_tie_is_left_out_with_its_place_and_a_proposed_repair() -> None:
    cleaned = clean(array(Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])), "A")
    (defect,) = cleaned.defects
    assert cleaned.geoms[0] is None
    assert defect.at is not None
    assert defect.at.equals(Point(1, 1))
    assert defect.reason == "Self-intersection"
    assert repaired(cleaned)[0].area == pytest.approx(2)
    assert geometry_hash(defect.before) != geometry_hash(defect.after)


def test_overlapping_parts_are_joined_never_turned_into_a_hole() -> None:
    cleaned = clean(array(MultiPolygon([box(0, 0, 2, 2), box(1, 0, 3, 2)])), "A")
    assert repaired(cleaned)[0].area == pytest.approx(6)
    assert cleaned.defects[0].change_m2 == pytest.approx(-2)


def test_a_line_without_length_cannot_be_repaired() -> None:
    cleaned = clean(array(LineString([(0, 0), (0, 0)])), "L")
    assert cleaned.defects[0].after is None
    assert repaired(cleaned)[0] is None


@pytest.mark.parametrize(
    ("area", "shown"), [(12.345, 12.35), (-0.0001, 0.0), (-3.0, -3.0), (np.nan, "?"), (np.inf, "?")]
)
def test_an_area_in_a_sentence_is_a_number_or_a_question_mark(
    area: float, shown: float | str
) -> None:
    assert str(shown_area(area, 2)) == str(shown)


corner = st.tuples(st.integers(0, 8), st.integers(0, 8))


@given(st.lists(st.lists(corner, min_size=3, max_size=7), min_size=1, max_size=6))
def test_whatever_is_drawn_what_is_stored_is_valid_and_multi(
    rings: list[list[tuple[int, int]]],
) -> None:
    cleaned = clean(array(*(Polygon(ring) for ring in rings)), "A")
    for geoms in (cleaned.geoms, repaired(cleaned)):
        kept = geoms[~shapely.is_missing(geoms)]
        assert shapely.is_valid(kept).all()
        assert (shapely.get_type_id(kept) == 6).all()
        assert not shapely.is_empty(kept).any()
