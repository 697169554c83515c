"""The zoning plan 1/2000 as tiles: roads between red lines, canal and its banks, cells in between.

All tiles together are exactly the plan's boundary: no gap, no overlap, every shared edge vertex for
vertex. Cell edges follow the plan, not today's parcels, so they cut parcels.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from shapely import LineString, MultiPolygon, Point, Polygon

from ingest.sample.norms import FUNCTIONS, Norms, choose_function, choose_norms, population
from ingest.sample.place import (
    canal_axis,
    canal_sketch,
    dense,
    east_sketch,
    grid_cells,
    plan_sketch,
    to_ground,
)
from ingest.sample.streets import Street, fabric, main_streets
from ingest.sample.tiling import joined, tile

SEED = 20_240_621
BANK_M = 12.0
CRUMB_M2 = 400.0
TELLING_CELL = (3, 4)
# Symbol and function of the four quarters of the cell where parcel 5/12 lies, by a sketch point.
TELLING_QUARTERS = {
    (200.0, 470.0): ("OCH-05", "housing", Norms("40-60", "3÷5", "≤ 3,0")),
    (200.0, 640.0): ("CX-03", "park", Norms("≤ 5", "1", "0,05")),
    (390.0, 470.0): ("HH-02", "mixed", Norms("≤ 60", "≤ 14", "8,4")),
    (390.0, 640.0): ("GD-02", "school", Norms("≤ 40", "1÷4", "-")),
}


@dataclass(frozen=True)
class Face:
    """A face of the tiling before it has a function.

    `kind`: road, water, bank or cell; `owner`: street code for a road, else empty; `district`: the
    planning area A, B or C; `cell`: grid cell.
    """

    ground: Polygon
    kind: str
    owner: str
    district: str
    cell: tuple[int, int]


@dataclass(frozen=True)
class Zone:
    """One zone of a plan on the ground (EPSG:9210): symbol, function key, indicators."""

    ground: MultiPolygon
    symbol: str
    function: str
    norms: Norms
    population: int | None
    kind: str
    owner: str = ""
    status: str = "Quy hoạch"


@cache
def faces() -> tuple[Face, ...]:
    """Faces of the zoning plan."""
    boundary = to_ground(plan_sketch())
    cut = tile(boundary, [*_roads(), _water(), _banks(), *_seams(), *_cell_cuts()])
    return tuple(_face(ground) for ground in cut)


@cache
def zones() -> tuple[Zone, ...]:
    """Zones of the zoning plan: cells first, then banks, water and roads."""
    rng = Random(SEED)  # noqa: S311 - a drawing, not a secret
    cells = [_cell_zone(face, rng) for face in faces() if face.kind == "cell"]
    return (*_numbered(cells), *_corridor_zones(rng), *_road_zones(rng))


@cache
def boundary() -> MultiPolygon:
    """Boundary of the zoning plan with every vertex of its tiles."""
    return joined([face.ground for face in faces()])


def ground_point(u: float, v: float) -> Point:
    """A sketch point on the ground."""
    return to_ground(Point(u, v))


def face_at(u: float, v: float) -> Face:
    """The face under a sketch point."""
    place = ground_point(u, v)
    return next(face for face in faces() if face.ground.covers(place))


@cache
def _roads() -> tuple[Polygon, ...]:
    return tuple(street.planned_land() for street in main_streets())


@cache
def _water() -> Polygon:
    return to_ground(canal_sketch())


@cache
def _banks() -> Polygon:
    strip: Polygon = _water().buffer(BANK_M, join_style="mitre", cap_style="flat")
    return strip


def _seams() -> list[LineString]:
    """Edges of the planning areas that run inside water and road: canal middle, Đường Bến Mẫu."""
    quay = next(street for street in main_streets() if street.code == "GT-08")
    return [to_ground(canal_axis()), quay.ground_axis()]


def _cell_cuts() -> list[LineString]:
    """Lines that cut grid cells into uses; a little askew, blind to parcels."""
    rng = Random(SEED + 1)  # noqa: S311 - a drawing, not a secret
    lines = []
    for key, cell in grid_cells().items():
        west, south, east, north = cell.bounds
        u, v = (rng.uniform(0.38, 0.62) for _ in range(2))
        tilt = rng.uniform(-9, 9)
        if key == TELLING_CELL:
            lines += [[(west, 533), (east, 533)], [(300, south), (300, north)]]
        elif fabric(key) in "DV":
            at_u, at_v = west + u * (east - west), south + v * (north - south)
            lines += [[(west, at_v - tilt), (east, at_v + tilt)]]
            lines += [[(at_u + tilt, south), (at_u - tilt, north)]]
        elif fabric(key) == "G":
            at_v = south + v * (north - south)
            lines += [[(west, at_v - tilt), (east, at_v + tilt)]]
    return [to_ground(dense(LineString(line))) for line in lines]


def _face(ground: Polygon) -> Face:
    inside = ground.representative_point()
    cell = next(key for key, shape in _ground_cells().items() if shape.covers(inside))
    district = "A" if not _east().covers(inside) else ("B" if cell[1] >= 3 else "C")
    over = [s for s, land in zip(main_streets(), _roads(), strict=True) if land.covers(inside)]
    if over:
        return Face(ground, "road", _owner(over).code, district, cell)
    if _water().covers(inside):
        return Face(ground, "water", "", district, cell)
    if ground.area < CRUMB_M2:
        return Face(ground, "road", _nearest_road(inside), district, cell)
    kind = "bank" if _banks().covers(inside) else "cell"
    return Face(ground, kind, "", district, cell)


def _owner(streets: Sequence[Street]) -> Street:
    return min(streets, key=lambda street: street.rank)


def _nearest_road(place: Point) -> str:
    near = min(zip(_roads(), main_streets(), strict=True), key=lambda pair: pair[0].distance(place))
    return near[1].code


@cache
def _ground_cells() -> dict[tuple[int, int], Polygon]:
    return {key: to_ground(dense(cell)) for key, cell in grid_cells().items()}


@cache
def _east() -> Polygon:
    return to_ground(dense(east_sketch()))


def _cell_zone(face: Face, rng: Random) -> Zone:
    function = choose_function(fabric(face.cell), rng)
    norms = choose_norms(function, rng)
    symbol = ""
    for place, (given, key, written) in TELLING_QUARTERS.items():
        if face.cell == TELLING_CELL and face.ground.covers(ground_point(*place)):
            symbol, function, norms = given, key, written
    people = population(function, face.ground.area)
    return Zone(MultiPolygon([face.ground]), symbol, function, norms, people, "cell")


def _numbered(found: Sequence[Zone]) -> list[Zone]:
    """Symbols like OCH-07, counted per function; the numbers given by hand stay free for them."""
    taken = {zone.symbol for zone in found if zone.symbol}
    count: dict[str, int] = defaultdict(int)
    named = []
    for zone in found:
        symbol = zone.symbol
        while not symbol:
            prefix = FUNCTIONS[zone.function].prefix
            count[prefix] += 1
            candidate = f"{prefix}-{count[prefix]:02d}"
            symbol = "" if candidate in taken else candidate
        named.append(_with_symbol(zone, symbol))
    return named


def _with_symbol(zone: Zone, symbol: str) -> Zone:
    return Zone(zone.ground, symbol, zone.function, zone.norms, zone.population, zone.kind)


def _corridor_zones(rng: Random) -> list[Zone]:
    found = []
    for kind, function in (("bank", "green_strip"), ("water", "water")):
        for district in "ABC":
            parts = [f.ground for f in faces() if f.kind == kind and f.district == district]
            if parts:
                symbol = f"{FUNCTIONS[function].prefix}-{district}"
                norms = choose_norms(function, rng)
                found.append(Zone(joined(parts), symbol, function, norms, None, kind))
    return found


def _road_zones(rng: Random) -> list[Zone]:
    """One zone a road and planning area; a crossing belongs to the wider road."""
    found = []
    for street in main_streets():
        for district in "ABC":
            own = [f.ground for f in faces() if f.owner == street.code and f.district == district]
            if own:
                symbol = f"{street.code}{district}"
                norms = choose_norms("road", rng)
                found.append(Zone(joined(own), symbol, "road", norms, None, "road", street.code))
    return found
