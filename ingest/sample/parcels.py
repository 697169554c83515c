"""The parcels as shapes: blocks between the streets of today, cut into lots, bent onto the ground.

The result is a coverage: neighbours share their edge vertex for vertex. Streets are gaps; alleys
and the canal are parcels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

import numpy as np
import shapely
from shapely import Polygon

from ingest.sample.cutting import Grain, Piece, divide, polygons
from ingest.sample.place import (
    MILLIMETRE,
    canal_sketch,
    dense,
    east_sketch,
    grid_cells,
    to_ground,
    ward_sketch,
)
from ingest.sample.streets import fabric, street_land

SEED = 20_240_620
GRAINS = {
    "D": Grain(22, 8.6, alley_m=3.2, sliver_share=0.012, civic_share=0.06),
    "T": Grain(22, 8.2, alley_m=3.2, sliver_share=0.012),
    "V": Grain(38, 15.5, alley_m=3.5, sliver_share=0.008, pond_share=0.01, civic_share=0.1),
    "G": Grain(58, 33, sliver_share=0.006, pond_share=0.2),
    "A": Grain(110, 75, pond_share=0.12),
    "N": Grain(110, 120),
}

# The parcel of every example: an L at the widened street, drawn by hand.
TELLING = Polygon(
    [(126, 523.5), (152.3, 524.2), (151.9, 534.6), (140.4, 534.3), (139.8, 543.1), (126, 542.4)]
)
# A corner garden whose house lot is enclosed on all sides.
ENCLOSING = Polygon([(-240, 606), (-196, 604), (-193, 640), (-238, 644)])
ENCLOSED = Polygon([(-226, 615), (-206, 614), (-205, 630), (-224, 631)])


@dataclass(frozen=True)
class Shape:
    """One parcel: ground polygon (EPSG:9210), what it is, its fabric, its side of the canal."""

    ground: Polygon
    sketch: Polygon
    kind: str
    fabric: str
    east: bool


@cache
def shapes() -> tuple[Shape, ...]:
    """All parcels of the ward, ordered from south-west to north-east."""
    pieces = [*_pieces(), *_canal_pieces()]
    faces = _shared_edges([piece.shape for piece, _ in pieces])
    owners = _owners(faces, [piece.shape for piece, _ in pieces])
    found = [(face, *pieces[n]) for face, n in zip(faces, owners, strict=True) if n >= 0]
    merged = _corners_joined(found)
    ground = to_ground_all([face for face, _, _ in merged])
    east = east_sketch()
    shapely.prepare(east)
    return tuple(
        Shape(bent, face, piece.kind, cloth, bool(east.covers(face.representative_point())))
        for bent, (face, piece, cloth) in zip(ground, merged, strict=True)
    )


def to_ground_all(sketches: Sequence[Polygon]) -> list[Polygon]:
    """Bent onto the ground, one array call."""
    return list(to_ground(np.asarray(sketches, dtype=object)))


def _blocks() -> list[Polygon]:
    land = ward_sketch().difference(street_land()).difference(canal_sketch())
    return [b for b in polygons(dense(land, 25.0)) if b.area > 4]


def _pieces() -> list[tuple[Piece, str]]:
    """Lots of every block, with the fabric of their grid cell."""
    rng = Random(SEED)  # noqa: S311 - a drawing, not a secret
    cells = grid_cells()
    found: list[tuple[Piece, str]] = []
    for block in sorted(_blocks(), key=lambda b: b.bounds):
        middle = block.representative_point()
        cloth = fabric(next(key for key, cell in cells.items() if cell.covers(middle)))
        found += [(piece, cloth) for piece in _block_pieces(block, cloth, rng)]
    return found


def _block_pieces(block: Polygon, cloth: str, rng: Random) -> list[Piece]:
    drawn: list[Piece] = []
    for shape, kind, hole in ((TELLING, "telling", None), (ENCLOSING, "lot", ENCLOSED)):
        if block.contains(shape.representative_point()):
            lot = shape.intersection(block)
            block = block.difference(shape)
            drawn += [Piece(lot.difference(hole) if hole else lot, kind)]
            drawn += [Piece(hole, "enclosed")] if hole else []
    return drawn + [p for part in polygons(block) for p in divide(part, GRAINS[cloth], rng)]


def _canal_pieces() -> list[tuple[Piece, str]]:
    """The water between two bridges, split along the middle where the former wards meet."""
    water = canal_sketch().intersection(ward_sketch()).difference(street_land())
    east = east_sketch()
    halves = [*polygons(water.intersection(east)), *polygons(water.difference(east))]
    return [(Piece(half, "canal"), "W") for half in halves]


def _shared_edges(shapes: Sequence[Polygon]) -> list[Polygon]:
    """The same polygons with every shared edge noded on the millimetre grid."""
    edges = shapely.boundary(np.asarray(shapes, dtype=object))
    noded = shapely.union_all(edges, grid_size=MILLIMETRE)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    faces = [face for face in shapely.normalize(faces) if face.area > 0.05]
    return sorted(faces, key=lambda face: face.bounds)


def _owners(faces: Sequence[Polygon], sources: Sequence[Polygon]) -> list[int]:
    """For each face the index of the piece it came from, -1 for street land."""
    tree = shapely.STRtree(np.asarray(sources, dtype=object))
    points = shapely.point_on_surface(np.asarray(faces, dtype=object))
    owners = [-1] * len(faces)
    for face, source in zip(*tree.query(points, predicate="intersects"), strict=True):
        owners[int(face)] = int(source)
    return owners


def _corners_joined(
    found: list[tuple[Polygon, Piece, str]],
) -> list[tuple[Polygon, Piece, str]]:
    """Now and then two neighbouring lots become one L-shaped parcel."""
    rng = Random(SEED + 1)  # noqa: S311 - a drawing, not a secret
    faces = np.asarray([face for face, _, _ in found], dtype=object)
    tree = shapely.STRtree(faces)
    gone: set[int] = set()
    joined: dict[int, Polygon] = {}
    for n in rng.sample(range(len(found)), len(found) // 8):
        partner = _l_partner(n, found, faces, tree, gone | set(joined))
        if n not in gone and n not in joined and partner is not None:
            joined[n] = shapely.coverage_union(faces[n], faces[partner])
            gone.add(partner)
    return [
        (shapely.get_parts(joined[n])[0] if n in joined else face, piece, cloth)
        for n, (face, piece, cloth) in enumerate(found)
        if n not in gone
    ]


def _l_partner(
    n: int,
    found: list[tuple[Polygon, Piece, str]],
    faces: "np.ndarray[tuple[int], np.dtype[np.object_]]",
    tree: shapely.STRtree,
    taken: set[int],
) -> int | None:
    if found[n][1].kind != "lot" or found[n][2] not in "DTV":
        return None
    for other in sorted(int(m) for m in tree.query(faces[n], predicate="intersects")):
        if other == n or other in taken or found[other][1].kind != "lot":
            continue
        both = shapely.coverage_union(faces[n], faces[other])
        fit = both.area / both.convex_hull.area
        if shapely.get_num_geometries(both) == 1 and 0.55 < fit < 0.84:
            return other
    return None
