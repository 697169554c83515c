"""The ground cut up by all edges that do not cancel out, and how many zones lie over each piece.

Between such edges the number of zones is the same everywhere, so one point of each piece tells:
none is open ground, two or more an overlap, one beyond the boundary is outside. Large levels are
cut into strips from west to east, so that memory stays bounded; pieces at a cut are joined again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, LineString, STRtree

from ingest.gate.topology.edges import unshared_edges

Shapes = NDArray[np.object_]
Indices = NDArray[np.intp]
STRIP_POINTS = 2_000_000


class Tangled(Exception):
    """So many zones lie on each other that the ground cannot be cut up. Argument: pairs seen."""


@dataclass(frozen=True)
class Faces:
    """Pieces of ground. `open`: inside the boundary (or, without one, closed in) and in no zone.

    `beyond`: in a zone and not inside the boundary; `shared`: in two zones or more, though not the
    same ones everywhere: an edge that two of them share cuts nothing.
    """

    open: Shapes
    beyond: Shapes
    shared: Shapes


def cut_up(
    zones: Shapes,
    boundary: Geometry | None,
    strip_points: int = STRIP_POINTS,
    sign: Callable[[], None] = lambda: None,
) -> Faces:
    """Cut the ground of valid areas (n,) up; `sign` is called before each strip. Raises Tangled."""
    cuts, found = _cuts(zones, strip_points), []
    for west, east in pairwise(cuts):
        sign()
        found.append(_strip(zones, boundary, west, east))
    inner = cuts[1:-1]
    return Faces(
        _joined([strip.open for strip in found], inner, keep=boundary is not None),
        _joined([strip.beyond for strip in found], inner, keep=True),
        np.concatenate([strip.shared for strip in found]),
    )


def _cuts(zones: Shapes, strip_points: int) -> list[float]:
    """Eastings that part the zones into strips of about as many points."""
    points = shapely.get_num_coordinates(zones)
    strips = int(points.sum()) // strip_points + 1
    if strips == 1:
        return [-np.inf, np.inf]
    bounds = shapely.bounds(zones)
    middle = (bounds[:, 0] + bounds[:, 2]) / 2
    order = np.argsort(middle, kind="stable")
    load = np.cumsum(points[order])
    at = np.searchsorted(load, load[-1] * np.arange(1, strips) / strips)
    return [-np.inf, *np.unique(middle[order][at]).tolist(), np.inf]


def _strip(zones: Shapes, boundary: Geometry | None, west: float, east: float) -> Faces:
    """Cut up what lies between two eastings."""
    bounds = shapely.bounds(zones)
    own = (bounds[:, 0] <= east) & (bounds[:, 2] >= west)
    tree = STRtree(zones[own])
    _check(zones[own], tree)
    lines = [*unshared_edges(zones[own]), *_frame(bounds[own], boundary, west, east)]
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(lines)]))
    points = shapely.point_on_surface(faces)
    here = (shapely.get_x(points) > west) & (shapely.get_x(points) < east)
    faces, points = faces[here], points[here]
    over = np.bincount(tree.query(points, predicate="intersects")[0], minlength=len(faces))
    inside = np.ones(len(faces), bool)
    if boundary is not None:
        shapely.prepare(boundary)
        inside = shapely.intersects(boundary, points)
    return Faces(faces[(over == 0) & inside], faces[(over > 0) & ~inside], faces[over > 1])


def _frame(
    bounds: NDArray[np.float64], boundary: Geometry | None, west: float, east: float
) -> Iterator[Geometry]:
    """The boundary's own line, and the cuts at the strip's sides."""
    if boundary is not None:
        yield shapely.boundary(boundary)
        bounds = np.vstack((bounds, shapely.bounds(boundary)))
    for x in (west, east):
        if np.isfinite(x) and len(bounds):
            yield LineString([(x, bounds[:, 1].min() - 1), (x, bounds[:, 3].max() + 1)])


def _check(zones: Shapes, tree: STRtree) -> None:
    """Raises Tangled where far more boxes meet than in any drawing."""
    most, seen = 100_000 + 50 * len(zones), 0
    for start in range(0, len(zones), 64):
        seen += tree.query(zones[start : start + 64]).shape[1]
        if seen > most:
            raise Tangled(seen)


def _joined(found: list[Shapes], cuts: list[float], *, keep: bool) -> Shapes:
    """Pieces whole again where a cut went through them; `keep` false: such pieces left out."""
    pieces = np.concatenate(found)
    if not len(pieces) or not cuts:
        return pieces
    bounds = shapely.bounds(pieces)
    cut = np.isin(bounds[:, 0], cuts) | np.isin(bounds[:, 2], cuts)
    if not keep:
        return pieces[~cut]
    return np.concatenate((pieces[~cut], shapely.get_parts(_dissolved(pieces[cut]))))


def _dissolved(pieces: Shapes) -> Geometry:
    """Pieces as one; they mostly share every point of a cut, which makes it quick."""
    try:
        quick = shapely.coverage_union_all(pieces)
    except shapely.errors.GEOSException:  # they do not share every point
        return shapely.union_all(pieces)
    fits = abs(quick.area - float(shapely.area(pieces).sum())) <= 1e-9 * max(quick.area, 1.0)
    return quick if fits and quick.is_valid else shapely.union_all(pieces)
