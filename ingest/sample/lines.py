"""Lines of a plan: red lines, building lines, corridors, road axes and pipes along them.

Red lines are the edges between road tiles and the rest, so they lie exactly on zone edges; building
lines stand 3 m behind them, 6 m along roads of 24 m and more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import shapely
from shapely import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from ingest.sample.place import dense, to_ground
from ingest.sample.streets import Street, main_streets
from ingest.sample.tiling import as_lines, common_edge, joined
from ingest.sample.zones import Zone, boundary, zones

WIDE_ROAD_M = 24.0
POWER_CORRIDOR_M = 8.0


@dataclass(frozen=True)
class RoadLine:
    """A line along a road: `width_m` between the red lines, `setback_m` behind the red line."""

    street: Street
    ground: MultiLineString
    width_m: float
    setback_m: float = 0.0


def setback_m(width_m: float) -> float:
    """Distance of the building line behind the red line, metres."""
    return 6.0 if width_m >= WIDE_ROAD_M else 3.0


@cache
def red_lines() -> tuple[RoadLine, ...]:
    """Both sides of every road of the zoning plan."""
    rest = joined([zone.ground for zone in zones() if zone.kind != "road"])
    return tuple(
        RoadLine(street, common_edge(land, rest), street.planned_m)
        for street, land in road_lands(zones())
    )


def road_lands(found: Sequence[Zone]) -> list[tuple[Street, BaseGeometry]]:
    """Street and its road tiles joined."""
    pairs = []
    for street in main_streets():
        own = [zone.ground for zone in found if zone.owner == street.code]
        if own:
            pairs.append((street, joined(own)))
    return pairs


@cache
def building_lines() -> tuple[RoadLine, ...]:
    """Behind the red lines, inside the cells, stopped where another road's strip begins."""
    cells = joined([zone.ground for zone in zones() if zone.kind == "cell"])
    strips = {s.code: _strip(s.ground_axis(), s.planned_m) for s in main_streets()}
    found = []
    for street in main_streets():
        others = shapely.union_all([strip for code, strip in strips.items() if code != street.code])
        edge = strips[street.code].boundary.difference(others).intersection(cells)
        lines = as_lines(edge)
        found.append(RoadLine(street, lines, street.planned_m, setback_m(street.planned_m)))
    return tuple(found)


def _strip(axis: LineString, width_m: float) -> BaseGeometry:
    strip: BaseGeometry = axis.buffer(
        width_m / 2 + setback_m(width_m), cap_style="flat", join_style="mitre"
    )
    return strip


@cache
def road_axes() -> tuple[RoadLine, ...]:
    """Centre lines inside the zoning plan."""
    inside = boundary()
    return tuple(
        RoadLine(s, as_lines(s.ground_axis().intersection(inside)), s.planned_m)
        for s in main_streets()
    )


def beside(axis: RoadLine, share: float) -> MultiLineString:
    """A pipe or cable parallel to the axis at `share` of the half width; negative = other side."""
    distance = axis.width_m / 2 * share
    return as_lines(shapely.offset_curve(axis.ground, distance, join_style="mitre"))


@cache
def canal_corridor() -> MultiLineString:
    """Outline of the canal's protection strips, closed: what lies inside is the corridor."""
    return as_lines(joined([zone.ground for zone in zones() if zone.kind == "bank"]).boundary)


@cache
def power_line() -> MultiLineString:
    """An overhead line of 110 kV across the south of the plan; it cares for no parcel."""
    sketch = dense(LineString([(-1150, -590), (-300, -520), (420, -545), (1150, -430)]))
    return as_lines(to_ground(sketch).intersection(boundary()))


@cache
def power_corridor() -> MultiLineString:
    """Outline of the safety corridor of the overhead line, closed."""
    strip = shapely.buffer(power_line(), POWER_CORRIDOR_M, cap_style="flat", join_style="mitre")
    return as_lines(strip.intersection(boundary()).boundary)
