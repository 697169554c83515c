"""Many findings of one kind as the gravest ones, each at its place, and one for all the rest."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import shapely
from shapely import Geometry

from schemas.issues import Issue

T = TypeVar("T")
SHOWN = 20
SHOWN_REPAIRS = 100_000
"""A repair is a change of what was delivered: each is told with its difference in area."""
MOST_POINTS, VAST = 500, 20_000


def gravest(found: Sequence[T], issue: Callable[[T], Issue], shown: int = SHOWN) -> Iterator[Issue]:
    """The first `shown` of `found` (gravest first) in full; one more stands for all the rest.

    The counts of what is yielded add up to all that was found.
    """
    for one in found[:shown]:
        yield issue(one)
    if len(found) > shown:
        yield replace(issue(found[shown]), count=len(found) - shown)


def sketched(shape: Geometry, tolerance_m: float) -> Geometry:
    """A shape with no more than 500 points, for a finding's place; a vast one as its boxes."""
    if shapely.get_num_coordinates(shape) > VAST:
        shape = shapely.multipolygons(
            [shapely.box(*part.bounds) for part in shapely.get_parts(shape)]
        )
    sketch, width = shape, tolerance_m / 4
    for _ in range(12):
        if shapely.get_num_coordinates(sketch) <= MOST_POINTS:
            return sketch
        sketch = shapely.simplify(sketch, width)
        width *= 4
    return shapely.box(*shape.bounds)
