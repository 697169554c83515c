"""Small flaws of valid shapes: points drawn twice, spikes, rings turned about, lines not closed.

Each is a proposal with the shape before and after; what would break a shape is not proposed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, LineString, MultiLineString, MultiPolygon, Point, Polygon

from schemas.profiles.tolerances import ShapeRule

Flaw = Literal["points", "tiny", "spikes", "open_line", "orientation"]
Coordinates = NDArray[np.float64]
Shapes = NDArray[np.object_]
Indices = NDArray[np.intp]
AT_ONCE = 10_000
MOST_CHANGE, MOST_LENGTH_M = 0.01, 200.0
_ONE_NUMBER = np.array([1, 1j])


@dataclass(frozen=True)
class Proposal:
    """One row's flaw: its index, a place of it, and the shape without it.

    `tiny`: a part, hole or neck that mending would lose; the shape stays as it is.
    """

    flaw: Flaw
    index: int
    at: Point | None
    before: Geometry
    after: Geometry

    @property
    def change_m2(self) -> float:
        return float(self.after.area - self.before.area)

    @property
    def moved_m2(self) -> float:
        """Ground that leaves the shape or comes to it."""
        return float(shapely.symmetric_difference(self.before, self.after).area)


Step = Callable[[Shapes], list[Proposal]]


def tidy(
    shapes: Shapes, rule: ShapeRule, sign: Callable[[], None] = lambda: None
) -> tuple[Shapes, list[Proposal]]:
    """Shapes (n,), valid multi areas or lines in a metric CRS (None allowed), without their flaws.

    The proposals of one row build on each other in order. `sign` is called now and then.
    """
    clockwise = _mostly_clockwise(shapes)
    steps: tuple[Step, ...] = (
        partial(_repeated_points, rule=rule),
        partial(_spikes, rule=rule),
        partial(_open_lines, rule=rule),
        partial(_turned_rings, clockwise=clockwise),
    )
    made, proposals = shapes.copy(), []
    for at in range(0, len(made), AT_ONCE):
        sign()
        some = made[at : at + AT_ONCE]
        for step in steps:
            for proposal in step(some):
                some[proposal.index] = proposal.after
                proposals.append(replace(proposal, index=at + proposal.index))
    return made, proposals


def _outlines(shapes: Shapes) -> tuple[Shapes, Indices]:
    """Rings of areas and parts of lines, and the shape that each belongs to."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    areas = shapely.get_type_id(parts) == 3
    lines = shapely.get_type_id(parts) == 1
    rings, ring_of = shapely.get_rings(parts[areas], return_index=True)
    return np.concatenate((rings, parts[lines])), np.concatenate(
        (owner[areas][ring_of], owner[lines])
    )


def _repeated_points(shapes: Shapes, rule: ShapeRule) -> list[Proposal]:
    """Points nearer to the one before than coordinates are exact."""
    outlines, owner = _outlines(shapes)
    points, outline_of = shapely.get_coordinates(outlines, return_index=True)
    step = np.hypot(*np.diff(points, axis=0).T)
    short = np.flatnonzero((step <= rule.repeated_m) & (outline_of[1:] == outline_of[:-1]))
    indices, first = np.unique(owner[outline_of[short]], return_index=True)
    after = _without_repeated(shapes[indices], rule.repeated_m)
    places = points[short[first] + 1]
    found = [
        _points_proposal(int(index), Point(place), shapes[index], shape)
        for index, place, shape in zip(indices, places, after, strict=True)
    ]
    return [proposal for proposal in found if proposal is not None]


def _points_proposal(
    index: int, at: Point, before: Geometry, after: Geometry | None
) -> Proposal | None:
    """The shape without repeated points; as it is where hardly more than such points is lost."""
    if after is None or shapely.equals_identical(before, after) or not _same_kind(before, after):
        return Proposal("tiny", index, at, before, before)
    if abs(after.area - before.area) <= 0.01:
        return Proposal("points", index, at, before, after)
    return None


def _without_repeated(shapes: Shapes, repeated_m: float) -> Shapes:
    """Shapes (n,) without points nearer than this to the one before; None where a ring is lost."""
    try:
        return np.asarray(shapely.remove_repeated_points(shapes, repeated_m), dtype=object)
    except shapely.errors.GEOSException:  # told of the whole array, for one ring
        if len(shapes) > 1:
            halves = np.array_split(shapes, 2)
            return np.concatenate([_without_repeated(half, repeated_m) for half in halves])
        return np.array([None], dtype=object)


def _spikes(shapes: Shapes, rule: ShapeRule) -> list[Proposal]:
    """Corners of areas so sharp that nothing is drawn in them."""
    areas = shapes.copy()
    areas[shapely.get_type_id(shapes) != 6] = None
    outlines, owner = _outlines(areas)
    points, outline_of = shapely.get_coordinates(outlines, return_index=True)
    (sharp,) = np.nonzero(_sharp(points, outline_of, rule))
    found = []
    for index, places in _by_owner(owner[outline_of[sharp]], sharp):
        after = _without(shapes[index], points[places])
        if after is not None and _is_spike(shapes[index], after, len(places), rule):
            at = Point(points[places[0]])
            found.append(Proposal("spikes", index, at, shapes[index], after))
    return found


def _by_owner(owner: Indices, places: Indices) -> Iterator[tuple[int, Indices]]:
    """Places grouped by the shape they belong to; `owner` ascends."""
    indices, starts = np.unique(owner, return_index=True)
    if len(indices):
        yield from zip(indices.tolist(), np.split(places, starts[1:]), strict=True)


def _sharp(points: Coordinates, outline_of: Indices, rule: ShapeRule) -> NDArray[np.bool_]:
    """Points (n, 2) of closed rings at which the outline turns back on itself."""
    count = len(points)
    if count == 0:
        return np.zeros(0, bool)
    starts = np.flatnonzero(np.r_[True, outline_of[1:] != outline_of[:-1]])
    ends = np.r_[starts[1:], count] - 1
    before, after = np.arange(count) - 1, np.arange(count) + 1
    before[starts], after[ends] = ends - 1, starts + 1
    back, forth = points[before] - points, points[np.minimum(after, count - 1)] - points
    to, fro = np.hypot(*back.T), np.hypot(*forth.T)
    aligned = (back * forth).sum(axis=1) > np.cos(np.radians(rule.spike_degrees)) * to * fro
    twice_area = np.abs(back[:, 0] * forth[:, 1] - back[:, 1] * forth[:, 0])
    narrow = twice_area <= rule.spike_m * np.maximum(to, fro)
    aligned[ends] = False
    return np.asarray(aligned & narrow & (to * fro > 0), dtype=bool)


def _without(area: Geometry, tips: Coordinates) -> Geometry | None:
    """A multi area without the given corners (k, 2); None where a ring would not be left."""
    rings, part = shapely.get_rings(shapely.get_parts(area), return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    kept = ~np.isin(points @ _ONE_NUMBER, tips @ _ONE_NUMBER)
    kept &= np.r_[ring[1:] == ring[:-1], False]
    points, ring = points[kept], ring[kept]
    if (np.bincount(ring, minlength=len(rings)) < 3).any():
        return None
    made = shapely.linearrings(points, indices=ring)
    polygons = [
        Polygon(own[0], list(own[1:])) for own in np.split(made, np.flatnonzero(np.diff(part)) + 1)
    ]
    return MultiPolygon(polygons)


def _is_spike(before: Geometry, after: Geometry, count: int, rule: ShapeRule) -> bool:
    """Whether the shape stays itself: valid, and no more ground moved than spikes can hold."""
    if not after.is_valid:
        return False
    most = min(MOST_CHANGE * before.area, count * rule.spike_m * MOST_LENGTH_M / 2)
    return bool(shapely.symmetric_difference(before, after).area <= most)


def _open_lines(shapes: Shapes, rule: ShapeRule) -> list[Proposal]:
    """Lines whose two ends almost meet."""
    lines, owner = shapely.get_parts(shapes, return_index=True)
    kept = shapely.get_type_id(lines) == 1
    lines, owner = lines[kept], owner[kept]
    nearly = almost_closed(lines, rule.closing_m)
    made = lines.copy()
    made[nearly] = [closed(line) for line in lines[nearly]]
    indices, first = np.unique(owner[nearly], return_index=True)
    ends = shapely.get_point(lines[nearly], -1)[first]
    return [
        Proposal(
            "open_line", int(index), end, shapes[index], MultiLineString(list(made[owner == index]))
        )
        for index, end in zip(indices, ends, strict=True)
    ]


def almost_closed(lines: Shapes, closing_m: float) -> NDArray[np.bool_]:
    """Lines (n,) whose ends lie apart, but nearer than any drawing would mean."""
    apart = shapely.distance(shapely.get_point(lines, 0), shapely.get_point(lines, -1))
    long = (shapely.length(lines) > 20 * apart) & (shapely.get_num_points(lines) > 3)
    return np.asarray((apart > 0) & (apart <= closing_m) & long, dtype=bool)


def closed(line: LineString) -> LineString:
    """The line led back to its first point."""
    return line if line.is_closed else LineString([*line.coords, line.coords[0]])


def _mostly_clockwise(shapes: Shapes) -> bool:
    """Whether most areas run clockwise, told by the first part of each."""
    areas = shapes[shapely.get_type_id(shapes) == 6]
    left = shapely.is_ccw(shapely.get_exterior_ring(shapely.get_geometry(areas, 0)))
    return bool(2 * left.sum() < len(areas))


def _turned_rings(shapes: Shapes, clockwise: bool) -> list[Proposal]:
    """Areas whose rings run the other way than those of most of their layer."""
    (indices,) = np.nonzero(shapely.get_type_id(shapes) == 6)
    oriented = shapely.orient_polygons(shapes[indices], exterior_cw=clockwise)
    turned = ~shapely.equals_identical(oriented, shapes[indices])
    return [
        Proposal("orientation", int(index), None, shapes[index], shape)
        for index, shape in zip(indices[turned], oriented[turned], strict=True)
    ]


def _same_kind(before: Geometry, after: Geometry) -> bool:
    same = shapely.get_type_id(before) == shapely.get_type_id(after)
    return bool(same and not after.is_empty and after.is_valid)
