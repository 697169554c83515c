"""The invented place: its frame, its outline, its canal, its two former wards.

Everything is drawn on a straight "sketch" sheet in metres (u to the right, v up, origin in the
middle of the ward) and bent onto the ground once: a gentle wave, a turn of 6.5 degrees, and a shift
to E 610000 N 1140000 in EPSG:9210. That is open sea off Cần Giờ, so that nobody can mistake these
parcels for land that exists. Ground coordinates are rounded to the millimetre; two shapes that
share a vertex on the sketch share it on the ground.
"""

import math
from functools import cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

Shape = TypeVar("Shape", bound=BaseGeometry)

SRID = 9210
CRS = "EPSG:9210"
MILLIMETRE = 0.001
CENTRE_E, CENTRE_N = 610_000.0, 1_140_000.0
TURN = math.radians(6.5)

PROVINCE = ("99", "Tỉnh Minh Họa")
WARD = ("99001", "Phường Minh Họa")
EAST = ("99991", "Phường Minh Họa Đông")
WEST = ("99992", "Phường Minh Họa Tây")
MERGED_ON = "2025-07-01"

U_LINES = (-1100.0, -700.0, -330.0, 120.0, 470.0, 800.0, 1100.0)
V_LINES = (-1100.0, -640.0, -280.0, 60.0, 400.0, 720.0, 1100.0)
CANAL_WIDTH_M = 22.0

_OUTLINE = (
    (-960, -880), (-420, -985), (180, -940), (760, -1000), (985, -620), (930, -120), (1000, 360),
    (905, 880), (420, 960), (-120, 1000), (-640, 930), (-985, 760), (-930, 180), (-1000, -360),
)  # fmt: skip
_PLANNED = (
    (-735, -700), (-330, -780), (120, -830), (560, -790), (860, -700), (905, -100), (930, 340),
    (870, 800), (430, 880), (-100, 905), (-560, 850), (-770, 800), (-745, 180), (-790, -250),
)  # fmt: skip


def to_ground(sketch: Shape) -> Shape:
    """The same shape bent onto the ground: EPSG:9210, metres, whole millimetres."""
    bent: Shape = shapely.transform(sketch, _bend)
    return bent


def _bend(uv: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    u, v = uv[:, 0], uv[:, 1]
    right = u + 42 * np.sin(v / 340) + 5 * np.sin(u / 150 + 1)
    up = v + 36 * np.sin(u / 390 + 0.6) + 4 * np.sin(v / 130)
    east = CENTRE_E + right * math.cos(TURN) - up * math.sin(TURN)
    north = CENTRE_N + right * math.sin(TURN) + up * math.cos(TURN)
    return np.round(np.column_stack([east, north]), 3)


def dense(sketch: Shape, step_m: float = 20.0) -> Shape:
    """With a vertex at least every `step_m`, so that the bend shows."""
    more: Shape = shapely.segmentize(sketch, step_m)
    return more


@cache
def ward_sketch() -> Polygon:
    """Outline of the merged ward on the sketch."""
    return dense(Polygon(_OUTLINE))


@cache
def plan_sketch() -> Polygon:
    """Boundary of the zoning plan on the sketch: about four fifths of the ward."""
    return dense(Polygon(_PLANNED))


@cache
def canal_axis() -> LineString:
    """Middle of the canal on the sketch, south to north, past the ward at both ends."""
    return LineString([(-90 + 70 * math.sin(v / 260), v) for v in range(-1120, 1121, 20)])


@cache
def canal_sketch() -> Polygon:
    """Water of the canal on the sketch."""
    water: Polygon = canal_axis().buffer(CANAL_WIDTH_M / 2, cap_style="flat", join_style="mitre")
    return water


@cache
def east_sketch() -> Polygon:
    """Everything east of the canal's middle (far past the ward)."""
    return Polygon([*canal_axis().coords, (1200, 1120), (1200, -1120)])


def former_wards() -> dict[str, MultiPolygon]:
    """Ground outlines of the two former wards by code; together exactly the merged ward."""
    ward, east = ward_sketch(), east_sketch()
    seam = canal_axis()
    halves = shapely.get_parts(
        shapely.polygonize(shapely.get_parts(shapely.node(shapely.union(ward.boundary, seam))))
    )
    found: dict[str, MultiPolygon] = {}
    for code, inside in ((EAST[0], True), (WEST[0], False)):
        parts = [p for p in halves if east.contains(p.representative_point()) is inside]
        found[code] = MultiPolygon([to_ground(p) for p in parts])
    return found


def grid_cells() -> dict[tuple[int, int], Polygon]:
    """Sketch rectangles between the main streets, by (column from west, row from south)."""
    return {
        (i, j): shapely.box(U_LINES[i], V_LINES[j], U_LINES[i + 1], V_LINES[j + 1])
        for i in range(len(U_LINES) - 1)
        for j in range(len(V_LINES) - 1)
    }
