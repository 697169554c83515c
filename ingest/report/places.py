"""Where findings lie, numbered: the same number stands on the map and at the finding."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from schemas.issues import Issue

MOST_MARKS = 300


@dataclass(frozen=True)
class Place:
    """A finding's number and its points (n, 2) in longitude and latitude."""

    number: int
    points: NDArray[np.float64]


def places_of(issues: Sequence[Issue]) -> dict[int, Place]:
    """Places of findings by their index, numbered from 1 in their order; at most 300 points."""
    found: dict[int, Place] = {}
    left = MOST_MARKS
    for index, issue in enumerate(issues):
        if left > 0 and issue.geom is not None and not issue.geom.is_empty:
            points = _points(issue)[:left]
            if len(points):
                found[index] = Place(len(found) + 1, points)
                left -= len(points)
    return found


def _points(issue: Issue) -> NDArray[np.float64]:
    parts = shapely.get_parts(issue.geom)
    xy = shapely.get_coordinates(shapely.point_on_surface(parts))
    sound = np.isfinite(xy).all(axis=1) & (np.abs(xy) <= (180, 90)).all(axis=1)
    return np.asarray(xy[sound])
