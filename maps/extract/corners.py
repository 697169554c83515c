"""The corners of a parcel as certificates list them: numbered, X north, Y east, edge lengths."""

from dataclasses import dataclass
from math import hypot

import shapely
from shapely import Geometry, LinearRing

PRINTED = 60
"""Corners printed at the most; the whole list is then attached to the file."""


@dataclass(frozen=True)
class Corner:
    """One corner: number, X (northing) and Y (easting) in metres, length of the edge after it."""

    number: int
    x: float
    y: float
    edge_m: float


def corners_of(parcel: Geometry) -> list[Corner]:
    """Every corner of every ring, clockwise from the most northern, outer rings before holes."""
    found: list[Corner] = []
    for ring in _rings(parcel):
        points = _from_the_north(ring)
        for here, there in zip(points, [*points[1:], points[0]], strict=True):
            edge = hypot(there[0] - here[0], there[1] - here[1])
            found.append(Corner(len(found) + 1, here[1], here[0], edge))
    return found


def as_csv(corners: list[Corner]) -> str:
    """The list as CSV: number, X (north), Y (east), edge, metres to the millimetre."""
    rows = (f"{c.number},{c.x:.3f},{c.y:.3f},{c.edge_m:.3f}" for c in corners)
    return "\r\n".join(["corner,x_north_m,y_east_m,edge_m", *rows]) + "\r\n"


def _rings(parcel: Geometry) -> list[LinearRing]:
    parts = [part for part in shapely.get_parts(parcel) if part.geom_type == "Polygon"]
    parts.sort(key=lambda part: -part.area)
    return [part.exterior for part in parts] + [hole for part in parts for hole in part.interiors]


def _from_the_north(ring: LinearRing) -> list[tuple[float, float]]:
    points = [(x, y) for x, y, *_ in ring.coords][:-1]
    if ring.is_ccw:
        points.reverse()
    start = max(range(len(points)), key=lambda i: (round(points[i][1], 3), -points[i][0]))
    return points[start:] + points[:start]
