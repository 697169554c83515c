"""Cutting a block of land into lots: straight cuts with a shaky hand.

Pure geometry on the sketch, metres. The random source is a parameter; the same one gives the same
lots.
"""

import math
from dataclasses import dataclass
from random import Random

import numpy as np
import shapely
from shapely import LineString, Polygon

REACH = 3000.0
SMALLEST_M2 = 0.5
CIVIC_M2 = (2200.0, 7500.0)


@dataclass(frozen=True)
class Piece:
    """A lot before it is a parcel. `kind`: lot, civic, alley, sliver, pond."""

    shape: Polygon
    kind: str


@dataclass(frozen=True)
class Grain:
    """How a block is cut: depth of a row of lots and width of a lot, metres."""

    depth_m: float
    width_m: float
    alley_m: float = 0.0
    sliver_share: float = 0.0
    pond_share: float = 0.0
    civic_share: float = 0.0


def frame(shape: Polygon) -> tuple[tuple[float, float], float, float, float]:
    """Of the tightest box: centre, direction of the long side (radians), long and short side."""
    corners = np.asarray(shapely.oriented_envelope(shape).exterior.coords)
    first, second = corners[1] - corners[0], corners[2] - corners[1]
    one, two = float(np.hypot(*first)), float(np.hypot(*second))
    long_side = first if one >= two else second
    middle = corners[:4].mean(axis=0)
    angle = math.atan2(long_side[1], long_side[0])
    if angle <= -math.pi / 2 + 1e-9:
        angle += math.pi
    elif angle > math.pi / 2 + 1e-9:
        angle -= math.pi
    return (float(middle[0]), float(middle[1])), angle, max(one, two), min(one, two)


def cut(
    shape: Polygon, at: tuple[float, float], angle: float
) -> tuple[list[Polygon], list[Polygon]]:
    """Parts left and right of the line through `at` in direction `angle`."""
    dx, dy = math.cos(angle) * REACH, math.sin(angle) * REACH
    nx, ny = -dy, dx
    tail, head = (at[0] - dx, at[1] - dy), (at[0] + dx, at[1] + dy)
    left = Polygon([tail, head, (head[0] + nx, head[1] + ny), (tail[0] + nx, tail[1] + ny)])
    return polygons(shape.intersection(left)), polygons(shape.difference(left))


def polygons(found: shapely.Geometry) -> list[Polygon]:
    """The polygons of a geometry, crumbs left out."""
    return [
        part
        for part in shapely.get_parts(found)
        if part.geom_type == "Polygon" and part.area > SMALLEST_M2
    ]


def divide(block: Polygon, grain: Grain, rng: Random) -> list[Piece]:
    """Lots of a block: halved along its long side until rows are shallow, rows cut across."""
    _, angle, long_side, short_side = frame(block)
    if CIVIC_M2[0] < block.area < CIVIC_M2[1] and rng.random() < grain.civic_share:
        return [Piece(block, "civic")]
    if short_side > 1.45 * grain.depth_m or long_side > 260:
        return _halve(block, grain, rng)
    return _row(block, angle, long_side, grain, rng)


def _halve(block: Polygon, grain: Grain, rng: Random) -> list[Piece]:
    centre, angle, long_side, short_side = frame(block)
    across = long_side > 260 or long_side > 3.2 * short_side
    turn = angle + (math.pi / 2 if across else 0.0) + rng.uniform(-0.03, 0.03)
    slip = rng.uniform(-0.06, 0.06) * (long_side if across else short_side)
    step = turn + math.pi / 2
    at = (centre[0] + math.cos(step) * slip, centre[1] + math.sin(step) * slip)
    halves = cut(block, at, turn)
    pieces: list[Piece] = []
    alley = grain.alley_m if across and rng.random() < 0.7 else 0.0
    if alley:
        halves, lane = _with_alley(block, at, turn, alley)
        pieces += [Piece(shape, "alley") for shape in lane]
    for half in (*halves[0], *halves[1]):
        pieces += divide(half, grain, rng)
    return pieces


def _with_alley(
    block: Polygon, at: tuple[float, float], turn: float, width_m: float
) -> tuple[tuple[list[Polygon], list[Polygon]], list[Polygon]]:
    dx, dy = math.cos(turn) * REACH, math.sin(turn) * REACH
    line = LineString([(at[0] - dx, at[1] - dy), (at[0] + dx, at[1] + dy)])
    lane = line.buffer(width_m / 2, cap_style="flat")
    return (polygons(block.difference(lane)), []), polygons(block.intersection(lane))


def _row(row: Polygon, angle: float, long_side: float, grain: Grain, rng: Random) -> list[Piece]:
    """A shallow row cut across into lots; now and then a sliver that nobody meant."""
    centre = frame(row)[0]
    start, pieces, rest, done = -long_side / 2, [], [row], 0.0
    while True:
        sliver = rng.random() < grain.sliver_share and done > 0
        width = rng.uniform(0.35, 0.9) if sliver else grain.width_m * rng.uniform(0.7, 1.45)
        done += width
        if long_side - done < 0.6 * grain.width_m:
            break
        at = (
            centre[0] + math.cos(angle) * (start + done),
            centre[1] + math.sin(angle) * (start + done),
        )
        shake = 0.0 if sliver else rng.uniform(-0.045, 0.045)
        cuts = [cut(part, at, angle + math.pi / 2 + shake) for part in rest]
        pieces += [Piece(p, "sliver" if sliver else "lot") for left, _ in cuts for p in left]
        rest = [p for _, right in cuts for p in right]
    pieces += [Piece(p, "lot") for p in rest]
    return [found for piece in pieces for found in _with_pond(piece, grain, rng)]


def _with_pond(piece: Piece, grain: Grain, rng: Random) -> list[Piece]:
    """A large garden keeps a pond in its middle: the garden parcel then has a hole."""
    if piece.kind != "lot" or rng.random() >= grain.pond_share:
        return [piece]
    centre = piece.shape.representative_point()
    room = piece.shape.exterior.distance(centre)
    if room < 6:
        return [piece]
    corners = [
        (
            centre.x + math.cos(turn) * room * rng.uniform(0.45, 0.85),
            centre.y + math.sin(turn) * room * rng.uniform(0.45, 0.85),
        )
        for turn in (k * math.pi / 5 for k in range(10))
    ]
    pond = Polygon(corners)
    return [Piece(piece.shape.difference(pond), "lot"), Piece(pond, "pond")]
