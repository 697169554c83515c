"""The map of a report: boundary and zones, much simplified, and the numbered places of errors.

It is a drawing to find an error by, with a scale bar and north at its top; it is no plan map.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from ingest.delivery import Delivery
from ingest.report.places import Place
from schemas.crs import WGS84, project

WIDTH = 1000.0
MOST_ZONES = 3000
MARGIN = 0.06
BAR = 250.0
"""The longest that the scale bar may be, in units of the map."""
REACH = 1.0
"""Places this many plan widths away are still shown; those farther off would shrink the plan."""


@dataclass(frozen=True)
class Mark:
    """A numbered point of the map, in its own units."""

    number: int
    x: float
    y: float


@dataclass(frozen=True)
class ReportMap:
    """A drawing 1000 units wide. `boundary`, `zones`: SVG path data; `metres`: of one unit.

    `left_out`: zones too small or too many to draw; `far`: numbers of places outside the frame;
    `strip`: height below the drawing for the scale bar and the north arrow.
    """

    height: float
    boundary: str
    zones: tuple[str, ...]
    marks: tuple[Mark, ...]
    metres: float
    left_out: int = 0
    far: tuple[int, ...] = ()
    strip: float = 68.0

    @property
    def bar_metres(self) -> float:
        """What the scale bar is long on the ground: 1, 2 or 5 with noughts, as `report.js` does."""
        most = BAR * self.metres
        whole = 10.0 ** np.floor(np.log10(most))
        return float(max(step * whole for step in (1, 2, 5) if step * whole <= most))

    @property
    def bar(self) -> float:
        """The scale bar's length on the map."""
        return round(self.bar_metres / self.metres, 1)


def report_map(delivery: Delivery, places: Iterable[Place], storage_srid: int) -> ReportMap | None:
    """The map, or None where neither plan nor place is known."""
    found = list(places)
    boundaries = _lonlat([version.boundary for version in delivery.versions], storage_srid)
    zones = _zones(delivery, storage_srid)
    points = np.concatenate([np.empty((0, 2)), *(place.points for place in found)])
    frame = _frame([*boundaries, *zones], points)
    if frame is None:
        return None
    drawn = _drawn(zones, frame)
    shown = {place.number: _inside(place.points, frame) for place in found}
    return ReportMap(
        height=frame.height,
        boundary="".join(_path(frame.fitted(one)) for one in boundaries),
        zones=tuple(filter(None, (_path(one) for one in drawn))),
        marks=tuple(
            Mark(number, round(x, 1), round(y, 1))
            for number, xy in shown.items()
            for x, y in frame.page(xy)
        ),
        metres=frame.metres,
        left_out=len(zones) - len(drawn),
        far=tuple(number for number, xy in shown.items() if not len(xy)),
    )


@dataclass(frozen=True)
class _Frame:
    """Longitudes and latitudes onto the page, as flat as a plan is."""

    west: float
    south: float
    east: float
    north: float

    @property
    def _narrowing(self) -> float:
        return float(np.cos(np.radians((self.south + self.north) / 2)))

    @property
    def _scale(self) -> float:
        return WIDTH / ((self.east - self.west) * self._narrowing)

    @property
    def height(self) -> float:
        return round((self.north - self.south) * self._scale, 1)

    @property
    def metres(self) -> float:
        return 111_320 / self._scale

    def page(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        x = (lonlat[:, 0] - self.west) * self._narrowing * self._scale
        return np.column_stack([x, (self.north - lonlat[:, 1]) * self._scale])

    def fitted(self, geometry: Geometry) -> Geometry:
        """A shape on the page, without what nobody can see there."""
        return shapely.simplify(shapely.transform(geometry, self.page), 0.7)


def _lonlat(geometries: Sequence[Geometry], srid: int) -> list[Geometry]:
    moved = project(np.array([*geometries, None], dtype=object)[:-1], srid, WGS84)
    return [one for one in moved if one is not None and not one.is_empty]


def _zones(delivery: Delivery, srid: int) -> list[Geometry]:
    shapes = [shape for version in delivery.versions for shape in version.zones["geom"]]
    return _lonlat([shape for shape in shapes if shape is not None], srid)


def _frame(shapes: list[Geometry], points: NDArray[np.float64]) -> _Frame | None:
    """Round the plan and the places near it; round the places alone where there is no plan."""
    bounds = shapely.total_bounds(np.array(shapes, dtype=object)) if shapes else np.full(4, np.nan)
    if np.isfinite(bounds).all():
        reach = REACH * max(bounds[2] - bounds[0], bounds[3] - bounds[1], 1e-4)
        near = (points >= bounds[:2] - reach).all(axis=1) & (points <= bounds[2:] + reach).all(
            axis=1
        )
        points = np.concatenate([points[near], bounds.reshape(2, 2)])
    if not len(points):
        return None
    low, high = points.min(axis=0), points.max(axis=0)
    side = max(*(high - low), 1e-3)
    room = np.maximum((high - low) * (1 + 2 * MARGIN), side * 0.5) / 2
    west, south = (low + high) / 2 - room
    east, north = (low + high) / 2 + room
    return _Frame(float(west), float(max(south, -85)), float(east), float(min(north, 85)))


def _inside(points: NDArray[np.float64], frame: _Frame) -> NDArray[np.float64]:
    low, high = (frame.west, frame.south), (frame.east, frame.north)
    return points[(points >= low).all(axis=1) & (points <= high).all(axis=1)]


def _drawn(zones: list[Geometry], frame: _Frame) -> list[Geometry]:
    """Zones on the page that can be seen there, the largest first: they cover no smaller one."""
    fitted = np.array([frame.fitted(one) for one in zones], dtype=object)
    areas = shapely.area(fitted)
    chosen = np.argsort(-areas, kind="stable")[:MOST_ZONES]
    return [fitted[at] for at in chosen if areas[at] > 1]


def _path(shape: Geometry) -> str:
    rings = [
        ring
        for part in shapely.get_parts(shape)
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]
    return "".join(_ring(shapely.get_coordinates(ring)) for ring in rings if not ring.is_empty)


def _ring(xy: NDArray[np.float64]) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in xy[:-1])
    return f"M{points}Z"
