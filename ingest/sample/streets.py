"""The streets: as they lie today (existing width) and as the zoning plan wants them (planned).

A main street stands on a line of the sketch grid and is in the plan; its planned width, red line to
red line, is mostly wider than today, so red lines cut parcels. Local streets exist but are below
the scale of the zoning plan.
"""

from dataclasses import dataclass
from functools import cache

import shapely
from shapely import LineString, Polygon

from ingest.sample.place import U_LINES, V_LINES, dense, grid_cells, to_ground

FAR = 1150.0


@dataclass(frozen=True)
class Street:
    """One street: `axis` on the sketch; widths in metres, kerb lot line to lot line.

    `planned_m` is the width between the red lines of the zoning plan (loGioi); 0 = not planned.
    `rank` decides who owns a crossing: the lower number.
    """

    code: str
    name: str
    axis: LineString
    existing_m: float
    planned_m: float
    grade: str
    rank: int

    def footprint(self, width_m: float) -> Polygon:
        """Street land of that width on the sketch."""
        land: Polygon = self.axis.buffer(width_m / 2, cap_style="flat", join_style="mitre")
        return land

    def ground_axis(self) -> LineString:
        """Centre line on the ground."""
        return to_ground(dense(self.axis))

    def planned_land(self) -> Polygon:
        """Land between the red lines on the ground."""
        land: Polygon = self.ground_axis().buffer(
            self.planned_m / 2, cap_style="flat", join_style="mitre"
        )
        return land


def _upright(u: float) -> LineString:
    return LineString([(u, -FAR), (u, FAR)])


def _level(v: float) -> LineString:
    return LineString([(-FAR, v), (FAR, v)])


AREA_ROAD, ZONE_ROAD, CITY_ROAD = "Đường khu vực", "Đường phân khu vực", "Đường liên khu vực"

WIDENED_STREET = "GT-03"


@cache
def main_streets() -> tuple[Street, ...]:
    """The streets of the zoning plan."""
    u, v = U_LINES, V_LINES
    slant = LineString([(u[3], v[3]), (u[4], v[4]), (u[5], v[5])])
    rows = (
        ("GT-01", "Đường Mẫu 1", _upright(u[1]), 7.0, 20.0, AREA_ROAD),
        ("GT-02", "Đường Mẫu 2", _upright(u[2]), 9.0, 24.0, AREA_ROAD),
        ("GT-03", "Đường Mẫu 3", _upright(u[3]), 12.0, 20.0, AREA_ROAD),
        ("GT-04", "Đại lộ Minh Họa", _upright(u[4]), 14.0, 30.0, CITY_ROAD),
        ("GT-05", "Đường Mẫu 5", _upright(u[5]), 6.0, 16.0, ZONE_ROAD),
        ("GT-06", "Đường Mẫu 6", _level(v[1]), 7.0, 18.0, ZONE_ROAD),
        ("GT-07", "Đường Mẫu 7", _level(v[2]), 8.0, 20.0, AREA_ROAD),
        ("GT-08", "Đường Bến Mẫu", _level(v[3]), 12.0, 30.0, CITY_ROAD),
        ("GT-09", "Đường Mẫu 9", _level(v[4]), 8.0, 20.0, AREA_ROAD),
        ("GT-10", "Đường Mẫu 10", _level(v[5]), 16.0, 16.0, ZONE_ROAD),
        ("GT-11", "Đường Chéo Mẫu", slant, 6.0, 16.0, ZONE_ROAD),
    )
    widest_first = sorted(rows, key=lambda row: (-row[4], row[0]))
    rank = {row[0]: n for n, row in enumerate(widest_first)}
    return tuple(Street(*row, rank=rank[row[0]]) for row in rows)


FABRIC_ROWS = (  # north to south; columns west to east
    "AGGVGA",
    "AVDTVG",
    "GDDDVA",
    "GVDDDG",
    "AGVVVN",
    "AAGGAA",
)
SPACING_M = {"D": 52.0, "T": 53.0, "V": 88.0, "G": 165.0, "A": 400.0, "N": 400.0}


def fabric(cell: tuple[int, int]) -> str:
    """Kind of settlement in a grid cell.

    D dense, T the dense cell with the detailed plan, V villas, G gardens, A ponds and fields,
    N cemetery.
    """
    column, row = cell
    return FABRIC_ROWS[len(FABRIC_ROWS) - 1 - row][column]


@cache
def local_streets() -> tuple[Street, ...]:
    """Streets inside the grid cells: level in even cells, upright in odd ones."""
    found: list[Street] = []
    for (i, j), cell in grid_cells().items():
        level = (i + j) % 2 == 0 or fabric((i, j)) == "T"
        found += _local_in(cell, fabric((i, j)), level, len(found))
    return tuple(found)


def _local_in(cell: Polygon, kind: str, level: bool, already: int) -> list[Street]:
    west, south, east, north = cell.bounds
    low, high = (south, north) if level else (west, east)
    count = int((high - low) // SPACING_M[kind])
    width = 5.0 if kind in "DT" else 6.0
    lines = []
    for n in range(1, count):
        at = low + (high - low) * n / count
        axis = [(west, at), (east, at)] if level else [(at, south), (at, north)]
        name = f"Đường số {already + n}"
        lines.append(Street(f"N{already + n:03d}", name, LineString(axis), width, 0.0, "", 99))
    return lines


@cache
def street_land() -> Polygon:
    """All street land of today on the sketch; it carries no parcel number."""
    return shapely.union_all(
        [s.footprint(s.existing_m) for s in (*main_streets(), *local_streets())]
    )
