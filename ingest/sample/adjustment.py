"""The local adjustment of 2026: two cells and the road beside them, nothing else.

Đường Mẫu 3 becomes 24 m wide and moves 2 m east, so its eastern red line goes 4 m deeper into the
lots; the western one stays. The housing cell beside it is split and half of it becomes mixed use.
"""

from functools import cache

import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Polygon
from shapely.affinity import translate

from ingest.sample.lines import RoadLine, red_lines, setback_m
from ingest.sample.norms import Norms, population
from ingest.sample.place import dense, to_ground
from ingest.sample.streets import WIDENED_STREET, Street, main_streets
from ingest.sample.tiling import as_lines, common_edge, joined, tile
from ingest.sample.zones import Zone, face_at, ground_point

NEW_WIDTH_M = 24.0
SHIFT_EAST_M = 2.0
_ROAD, _SOUTH, _NORTH = (120.0, 560.0), (200.0, 470.0), (200.0, 640.0)
_SPLIT = ((228.0, 400.0), (222.0, 533.0))


@cache
def boundary() -> MultiPolygon:
    """Boundary of the adjustment with every vertex of its tiles."""
    return joined([zone.ground for zone in zones()])


@cache
def outline() -> MultiPolygon:
    """What the adjustment decides on: two cells and one stretch of road of the zoning plan."""
    return joined([face_at(*place).ground for place in (_ROAD, _SOUTH, _NORTH)])


@cache
def street() -> Street:
    """The street that is widened."""
    return next(s for s in main_streets() if s.code == WIDENED_STREET)


@cache
def axis() -> RoadLine:
    """New centre line, 2 m east of the old one, inside the boundary."""
    return RoadLine(street(), as_lines(_new_axis().intersection(outline())), NEW_WIDTH_M)


@cache
def zones() -> tuple[Zone, ...]:
    """The adjusted zones; they tile the boundary."""
    old_road = face_at(*_ROAD).ground
    new_road = _new_land()
    cuts = [new_road, old_road, *_cuts()]
    road: list[Polygon] = []
    cells: list[Polygon] = []
    for face in tile(outline(), cuts):
        inside = face.representative_point()
        on_road = old_road.covers(inside) or new_road.covers(inside)
        (road if on_road else cells).append(face)
    land = Zone(joined(road), "GT-03B", "road", Norms("-", "", ""), None, "road", street().code)
    return (*(_adjusted(cell) for cell in cells), land)


def _new_land() -> Polygon:
    land: Polygon = _new_axis().buffer(NEW_WIDTH_M / 2, cap_style="flat", join_style="mitre")
    return land


def _new_axis() -> LineString:
    return to_ground(dense(translate(street().axis, xoff=SHIFT_EAST_M)))


def _cuts() -> list[LineString]:
    middle = LineString([(120, 533), (470, 533)])
    return [to_ground(dense(middle)), to_ground(dense(LineString(_SPLIT)))]


def _adjusted(cell: Polygon) -> Zone:
    """Which of the three adjusted cells this is, by a point of the sketch inside it."""
    rules = (
        ((180.0, 470.0), "HH-05A", "mixed", Norms("≤ 60", "5÷9", "4,5")),
        ((260.0, 470.0), "OCH-05", "housing", Norms("50-70", "3÷6", "≤ 3,6")),
        ((200.0, 640.0), "CX-03", "park", Norms("≤ 5", "1", "-")),
    )
    for place, symbol, function, norms in rules:
        if cell.covers(ground_point(*place)):
            people = population(function, cell.area)
            return Zone(
                MultiPolygon([cell]), symbol, function, norms, people, "cell", status="Điều chỉnh"
            )
    raise ValueError(f"no adjusted cell covers {cell.representative_point().wkt}")


@cache
def red_line() -> RoadLine:
    """Both sides after the adjustment: the eastern one moved, the western one as before."""
    all_zones = zones()
    cells = joined([zone.ground for zone in all_zones if zone.kind == "cell"])
    east = common_edge(all_zones[-1].ground, cells)
    before = next(line for line in red_lines() if line.street.code == WIDENED_STREET)
    west = as_lines(shapely.intersection(before.ground, outline().boundary))
    both = as_lines(MultiLineString([*east.geoms, *west.geoms]))
    return RoadLine(street(), both, NEW_WIDTH_M)


@cache
def building_line() -> RoadLine:
    """Behind the moved red line, inside the adjusted cells."""
    cells = joined([zone.ground for zone in zones() if zone.kind == "cell"])
    setback = setback_m(NEW_WIDTH_M)
    strip = _new_land().buffer(setback, cap_style="flat", join_style="mitre")
    lines = as_lines(strip.boundary.intersection(cells))
    return RoadLine(street(), lines, NEW_WIDTH_M, setback)
