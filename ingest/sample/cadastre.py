"""The parcel register of the sample: sheets, numbers, legal areas, land codes, addresses.

Before 1 July 2025 each former ward numbered its own sheets from 1. At the merger the eastern ward
kept its sheet numbers and the western sheets were numbered on after them, so an old paper that says
"sheet 5, parcel 12" means two parcels until it names the former ward. Parcel 5/12 of the merged
ward is the hand-drawn one at the street to be widened.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
import shapely
from shapely import Polygon

from ingest.sample.geopackage import Layer, write_geopackage
from ingest.sample.parcels import SEED, Shape, shapes
from ingest.sample.place import CENTRE_E, CENTRE_N, EAST, WARD, WEST
from ingest.sample.streets import local_streets, main_streets

SHEET_SIDE_M = 400.0
SHEET_ORIGIN = (CENTRE_E - 1200.0, CENTRE_N + 1345.0)
TELLING_KEY = (5, 12)

Key = tuple[str, int, int]


@dataclass(frozen=True)
class Parcel:
    """One row of the cadastral file; areas in m², geometry in EPSG:9210."""

    ground: Polygon
    kind: str
    sheet: int
    number: int
    old_ward: str
    old_sheet: int
    legal_area_m2: float
    land_code: str
    address: str | None

    @property
    def label(self) -> str:
        """Sheet and number as people say it."""
        return f"{self.sheet}/{self.number}"


@cache
def parcels() -> tuple[Parcel, ...]:
    """All parcels, by sheet and number."""
    rng = Random(SEED + 2)  # noqa: S311 - a drawing, not a secret
    street_names = _nearest_street([shape.ground for shape in shapes()])
    keys = _keys(shapes())
    eastern_sheets = max(sheet for (ward, sheet, _) in keys if ward == EAST[0])
    found = []
    for shape, (ward, old_sheet, number), street in zip(shapes(), keys, street_names, strict=True):
        found.append(
            Parcel(
                ground=shape.ground,
                kind=shape.kind,
                sheet=old_sheet + (eastern_sheets if ward == WEST[0] else 0),
                number=number,
                old_ward=ward,
                old_sheet=old_sheet,
                legal_area_m2=_legal_area(shape, rng),
                land_code=_land_code(shape, rng),
                address=_address(shape, street, rng),
            )
        )
    return tuple(sorted(found, key=lambda p: (p.sheet, p.number)))


def telling_parcel() -> Parcel:
    """Parcel 5/12."""
    return next(p for p in parcels() if (p.sheet, p.number) == TELLING_KEY)


def write_parcels(path: Path) -> Path:
    """The cadastral file as a land office sends it."""
    rows = parcels()
    columns: dict[str, tuple[str, list[object]]] = {
        "ma_xa": ("text", [WARD[0]] * len(rows)),
        "to_ban_do": ("int", [p.sheet for p in rows]),
        "so_thua": ("int", [p.number for p in rows]),
        "ma_xa_cu": ("text", [p.old_ward for p in rows]),
        "to_cu": ("int", [p.old_sheet for p in rows]),
        "so_thua_cu": ("int", [p.number for p in rows]),
        "dien_tich": ("float", [p.legal_area_m2 for p in rows]),
        "loai_dat": ("text", [p.land_code for p in rows]),
        "dia_chi": ("text", [p.address for p in rows]),
        "ghi_chu": ("text", ["Dữ liệu minh họa, không có thật"] * len(rows)),
    }
    layer = Layer("thua_dat", "MultiPolygon", columns, [p.ground for p in rows])
    return write_geopackage(path, [layer])


def _keys(found: Iterable[Shape]) -> list[Key]:
    """(former ward, its sheet, number) of each shape, counted from the north-west."""
    places = []
    for shape in found:
        middle = shape.ground.representative_point()
        row = int((SHEET_ORIGIN[1] - middle.y) // SHEET_SIDE_M)
        column = int((middle.x - SHEET_ORIGIN[0]) // SHEET_SIDE_M)
        strip = int((SHEET_ORIGIN[1] - middle.y) // 40)
        ward = EAST[0] if shape.east else WEST[0]
        places.append((ward, (row, column), (strip, middle.x)))
    sheets = {
        ward: {
            square: n for n, square in enumerate(sorted({p[1] for p in places if p[0] == ward}), 1)
        }
        for ward in (EAST[0], WEST[0])
    }
    members: dict[tuple[str, tuple[int, int]], list[int]] = defaultdict(list)
    for n in sorted(range(len(places)), key=lambda n: places[n][2]):
        members[places[n][:2]].append(n)
    keys: list[Key] = [("", 0, 0)] * len(places)
    for (ward, square), order in members.items():
        for number, n in enumerate(order, 1):
            keys[n] = (ward, sheets[ward][square], number)
    return _telling_is_twelve(keys, [shape.kind for shape in found])


def _telling_is_twelve(keys: list[Key], kinds: list[str]) -> list[Key]:
    """The hand-drawn parcel swaps its number with number 12 of its sheet."""
    mine = kinds.index("telling")
    wanted = (keys[mine][0], keys[mine][1], TELLING_KEY[1])
    theirs = keys.index(wanted)
    keys[mine], keys[theirs] = keys[theirs], keys[mine]
    return keys


def _legal_area(shape: Shape, rng: Random) -> float:
    """Printed area, m², one decimal; one paper in twenty was measured badly (up to 2 %)."""
    measured = float(shape.ground.area)
    if shape.kind == "telling":
        return round(measured * 1.012, 1)
    wrong = rng.uniform(-0.02, 0.02) if rng.random() < 0.05 else 0.0
    return max(0.1, round(measured * (1 + wrong), 1))


_CIVIC = ("DGD", "DYT", "DVH", "DCH", "TSC", "DTT", "TMD", "SKC", "TIN", "DKV")
_LOTS = {
    "D": (("ODT", 88), ("TMD", 5), ("ODT+CLN", 4), ("CLN", 2), ("SKC", 1)),
    "V": (("ODT", 58), ("ODT+CLN", 25), ("CLN", 11), ("TMD", 4), ("BHK", 2)),
    "G": (("CLN", 42), ("ODT+CLN", 28), ("HNK", 16), ("NTS", 9), ("BCS", 5)),
    "A": (("NTS", 45), ("LUC", 35), ("CLN", 15), ("BCS", 5)),
    "N": (("NTD", 1),),
}
_FIXED = {"alley": "DGT", "canal": "SON", "pond": "NTS", "sliver": "BCS", "enclosed": "ODT"}


def _land_code(shape: Shape, rng: Random) -> str:
    """Land-law code of use today (Circular 08/2024; `BHK` is left over from an older circular)."""
    if shape.kind == "civic":
        return rng.choice(_CIVIC)
    if shape.kind == "telling":
        return "ODT+CLN"
    choices = _LOTS["D" if shape.fabric in "TW" else shape.fabric]
    code = rng.choices([c for c, _ in choices], [w for _, w in choices])[0]
    return _FIXED.get(shape.kind, code)


def _nearest_street(grounds: list[Polygon]) -> list[str]:
    streets = (*main_streets(), *local_streets())
    tree = shapely.STRtree(np.asarray([s.ground_axis() for s in streets], dtype=object))
    nearest = tree.nearest(np.asarray(grounds, dtype=object))
    return [streets[int(n)].name for n in nearest]


def _address(shape: Shape, street: str, rng: Random) -> str | None:
    if shape.kind == "telling":
        return "Số 12 Đường Mẫu 3"
    if shape.kind not in ("lot", "civic") or rng.random() > 0.4:
        return None
    house = 1 + math.floor(rng.random() * 240)
    return f"Số {house}{rng.choice(['', '', '', 'A', 'B', '/2', '/14'])} {street}"
