"""The detailed plan 1/500 of one block group: lots instead of cells, drawn by another hand.

It reaches to the centre lines of the four streets around it and disagrees with the zoning plan in
places: Đường Mẫu 3 is 18 m wide instead of 20, housing lots stand where the zoning plan has a park
and a school, a school stands in the park, and lots may have seven storeys where it allows five.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from ingest.sample.cutting import Grain, divide
from ingest.sample.lines import RoadLine, setback_m
from ingest.sample.norms import Norms, population
from ingest.sample.place import dense, to_ground
from ingest.sample.streets import Street, main_streets
from ingest.sample.tiling import as_lines, common_edge, joined, tile
from ingest.sample.zones import Zone, ground_point

SEED = 20_250_910
INNER_WIDTH_M = 13.0
PERIMETER_M = {"GT-03": 18.0, "GT-04": 30.0, "GT-09": 20.0, "GT-10": 16.0}
_INNER = (
    ("D1", "Đường nội bộ D1", ((120, 480), (470, 480))),
    ("D2", "Đường nội bộ D2", ((120, 640), (470, 640))),
    ("N1", "Đường nội bộ N1", ((212, 400), (212, 720))),
    ("N2", "Đường nội bộ N2", ((302, 400), (302, 720))),
    ("N3", "Đường nội bộ N3", ((388, 400), (388, 720))),
)
_TELLING_CUT = ((100.0, 537.5), (230.0, 536.0))


@dataclass(frozen=True)
class Block:
    """A group of lots on the ground and what its lots are for."""

    ground: Polygon
    prefix: str
    function: str
    norms: Norms
    whole: bool


# A sketch point inside the block, prefix, function, indicators, one lot or many.
_USES = (
    ((160, 510), "LK", "new_housing", Norms("80", "≤ 7", "5,6"), False),
    ((160, 590), "MN", "school", Norms("≤ 40", "2÷3", "1,2"), True),
    ((160, 440), "LK", "new_housing", Norms("75-80", "5", "4,0"), False),
    ((260, 440), "LK", "new_housing", Norms("80%", "4÷5", "4,0"), False),
    ((260, 560), "BT", "new_housing", Norms("50", "≤ 3", "150%"), False),
    ((260, 680), "CX", "park", Norms("5", "1", "0,05"), True),
    ((160, 680), "LK", "new_housing", Norms("80", "≤ 5", "-"), False),
    ((345, 440), "CT", "mixed", Norms("≤ 56", "12-15", "8,4"), True),
    ((345, 560), "LK", "new_housing", Norms("80", "5", "4,0"), False),
    ((345, 680), "LK", "new_housing", Norms("80", "3÷5", "≤ 4"), False),
    ((430, 440), "TMDV", "service", Norms("≤ 60", "≤ 9", "5,4"), True),
    ((430, 560), "P", "parking", Norms("-", "0", ""), True),
    ((430, 680), "VH", "culture", Norms("≤ 40", "≤ 3", "1,2"), True),
)


@cache
def boundary() -> MultiPolygon:
    """Boundary of the plan with every vertex of its tiles."""
    return joined([zone.ground for zone in zones()])


@cache
def outline() -> Polygon:
    """Area between the centre lines of the four streets around the block group."""
    axes = [street.ground_axis() for street in _perimeter()]
    noded = shapely.union_all(axes, grid_size=0.001)
    middle = ground_point(300, 560)
    found = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return next(face for face in found if face.covers(middle))


@cache
def _perimeter() -> tuple[Street, ...]:
    return tuple(street for street in main_streets() if street.code in PERIMETER_M)


@cache
def streets() -> tuple[Street, ...]:
    """Inner streets and the four around, with the widths of this plan."""
    around = [
        Street(s.code, s.name, s.axis, s.existing_m, PERIMETER_M[s.code], s.grade, s.rank)
        for s in _perimeter()
    ]
    inner = [
        Street(code, name, LineString(line), 5.0, INNER_WIDTH_M, "Đường nhóm nhà ở", 50 + n)
        for n, (code, name, line) in enumerate(_INNER)
    ]
    return (*sorted(around, key=lambda s: s.rank), *inner)


@cache
def zones() -> tuple[Zone, ...]:
    """Lots, then roads; together they tile the boundary."""
    blocks = _blocks()
    lots = {n: _lots(block, n) for n, block in enumerate(blocks)}
    cutters = [
        *(s.planned_land() for s in streets()),
        *(lot for own in lots.values() for lot in own),
    ]
    road: dict[str, list[Polygon]] = {}
    found: list[tuple[int, Polygon]] = []
    for face in tile(outline(), cutters):
        inside = face.representative_point()
        owner = next((s.code for s in streets() if s.planned_land().covers(inside)), "")
        if owner:
            road.setdefault(owner, []).append(face)
        else:
            n = min(range(len(blocks)), key=lambda n: blocks[n].ground.distance(inside))
            found.append((n, face))
    return (*_lot_zones(found, blocks), *_road_zones(road))


def _blocks() -> list[Block]:
    """Land between the roads, the block of parcel 5/12 cut in two."""
    roads = shapely.union_all([street.planned_land() for street in streets()])
    cut = to_ground(dense(LineString(_TELLING_CUT)))
    faces = tile(outline(), [*(street.planned_land() for street in streets()), cut])
    return [_block(face) for face in faces if not roads.covers(face.representative_point())]


def _block(ground: Polygon) -> Block:
    use = min(_USES, key=lambda use: ground.distance(ground_point(*use[0])))
    return Block(ground, *use[1:])


def _lots(block: Block, number: int) -> list[Polygon]:
    if block.whole:
        return [block.ground]
    rng = Random(SEED + number)  # noqa: S311 - a drawing, not a secret
    depth, width = (26.0, 22.0) if block.prefix == "LK" else (34.0, 30.0)
    return [piece.shape for piece in divide(block.ground, Grain(depth, width), rng)]


def _lot_zones(found: Sequence[tuple[int, Polygon]], blocks: Sequence[Block]) -> list[Zone]:
    count: dict[str, int] = {}
    lots = []
    for n, ground in found:
        block = blocks[n]
        count[block.prefix] = count.get(block.prefix, 0) + 1
        symbol = f"{block.prefix}-{count[block.prefix]:02d}"
        people = population(block.function, ground.area)
        shape = MultiPolygon([ground])
        lots.append(Zone(shape, symbol, block.function, block.norms, people, "cell"))
    return lots


def _road_zones(road: dict[str, list[Polygon]]) -> list[Zone]:
    return [
        Zone(
            joined(parts),
            f"GT-{code.removeprefix('GT-')}",
            "road",
            Norms("", "", ""),
            None,
            "road",
            code,
        )
        for code, parts in sorted(road.items())
    ]


def lines() -> tuple[list[RoadLine], list[RoadLine], list[RoadLine]]:
    """Red lines, building lines and axes of the detailed plan."""
    rest = joined([zone.ground for zone in zones() if zone.kind == "cell"])
    strips = {s.code: _strip(s) for s in streets()}
    red, building, axes = [], [], []
    for street in streets():
        land = joined([zone.ground for zone in zones() if zone.owner == street.code])
        red.append(RoadLine(street, common_edge(land, rest), street.planned_m))
        others = shapely.union_all([strip for code, strip in strips.items() if code != street.code])
        edge = strips[street.code].boundary.difference(others).intersection(rest)
        setback = setback_m(street.planned_m)
        building.append(RoadLine(street, as_lines(edge), street.planned_m, setback))
        inside = as_lines(street.ground_axis().intersection(boundary()))
        axes.append(RoadLine(street, inside, street.planned_m))
    return red, building, axes


def _strip(street: Street) -> BaseGeometry:
    strip: BaseGeometry = street.ground_axis().buffer(
        street.planned_m / 2 + setback_m(street.planned_m), cap_style="flat", join_style="mitre"
    )
    return strip
