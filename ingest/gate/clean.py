"""Geometry made storable: 2D, multi, of one family; a repair is proposed, never made silently."""

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, MultiPolygon, Polygon

from ingest.gate.tidy import almost_closed, closed
from ingest.shapes import multi, split_reason

Family = Literal["A", "L", "P"]
_SINGLE = {"A": 3, "L": 1, "P": 0}
_MULTI = {"A": 6, "L": 5, "P": 4}
_BUILD = {"A": shapely.multipolygons, "L": shapely.multilinestrings, "P": shapely.multipoints}


@dataclass(frozen=True)
class Defect:
    """One row's invalid geometry: its index, the reason, the point (or None), and the repair.

    `after` None = no repair keeps any of it. `kind` line: an area drawn as a closed line.
    """

    index: int
    reason: str
    at: Geometry | None
    before: Geometry
    after: Geometry | None
    kind: Literal["invalid", "line"] = "invalid"

    @property
    def change_m2(self) -> float:
        """Area that the repair adds (+) or takes (−), in the CRS of the geometry."""
        after = 0.0 if self.after is None else float(self.after.area)
        return after - float(self.before.area)


@dataclass(frozen=True)
class Cleaned:
    """Geometries (n,) ready to store (None where not), and what was found.

    `empty`, `wrong_family` and `cut` (collections of which only the family's parts are kept): row
    indices.
    """

    geoms: NDArray[np.object_]
    defects: tuple[Defect, ...]
    empty: NDArray[np.intp]
    wrong_family: NDArray[np.intp]
    cut: NDArray[np.intp]


def clean(geoms: NDArray[np.object_], family: Family | None, closing_m: float = 0.0) -> Cleaned:
    """Bring geometries (n,) of one layer into storable form; invalid ones are left out as defects.

    `family` None keeps every type. `closing_m`: how far apart the ends of a line may lie that is
    proposed as an area.
    """
    made = np.array(shapely.force_2d(geoms) if shapely.has_z(geoms).any() else geoms, dtype=object)
    empty = np.flatnonzero(shapely.is_missing(made) | shapely.is_empty(made))
    made[empty] = None
    lines = _areas_as_lines(made, closing_m) if family == "A" else []
    for defect in lines:
        made[defect.index] = None
    cut = np.flatnonzero(shapely.get_type_id(made) == 7) if family else empty[:0]
    wrong = _keep_family(made, family)
    defects = (*lines, *_defects(made, family))
    for defect in defects:
        made[defect.index] = None
    return Cleaned(multi(made), defects, empty, wrong, np.setdiff1d(cut, wrong))


def repaired(cleaned: Cleaned) -> NDArray[np.object_]:
    """The geometries with every proposed repair in its place."""
    geoms = cleaned.geoms.copy()
    for defect in cleaned.defects:
        geoms[defect.index] = defect.after
    return multi(geoms)


def geometry_hash(geometry: Geometry | None) -> str | None:
    """sha256 of a geometry's WKB: which shape stood in the dossier, which one is stored."""
    return None if geometry is None else hashlib.sha256(shapely.to_wkb(geometry)).hexdigest()


def _areas_as_lines(made: NDArray[np.object_], closing_m: float) -> list[Defect]:
    """Lines that run, or almost run, round an area."""
    kinds = shapely.get_type_id(made)
    found = []
    for index in np.flatnonzero((kinds == 1) | (kinds == 5)):
        lines = shapely.get_parts(made[index])
        rings = shapely.is_closed(lines) | almost_closed(lines, closing_m)
        if not rings.all() or (shapely.get_num_points(lines) < 4).any():
            continue
        after = MultiPolygon([Polygon(closed(line)) for line in lines])
        if after.is_valid:
            at = shapely.get_point(lines[0], -1)
            found.append(Defect(int(index), "LineString", at, made[index], after, "line"))
    return found


def _keep_family(made: NDArray[np.object_], family: Family | None) -> NDArray[np.intp]:
    """Take the family's parts out of collections; rows with none of it become None."""
    if family is None:
        return np.array([], dtype=np.intp)
    kinds = shapely.get_type_id(made)
    alien = np.flatnonzero((kinds != -1) & (kinds != _SINGLE[family]) & (kinds != _MULTI[family]))
    for index in alien:
        made[index] = _parts_of(made[index], family) if kinds[index] == 7 else None
    return np.asarray([i for i in alien if made[i] is None], dtype=np.intp)


def _parts_of(geometry: Geometry, family: Family) -> Geometry | None:
    parts = shapely.get_parts(shapely.get_parts(geometry))
    same = parts[shapely.get_type_id(parts) == _SINGLE[family]]
    return _BUILD[family](same) if len(same) else None


def _defects(made: NDArray[np.object_], family: Family | None) -> list[Defect]:
    there = ~shapely.is_missing(made)
    bad = np.flatnonzero(there & ~shapely.is_valid(made))
    if not len(bad):
        return []
    fixes = shapely.make_valid(made[bad], method="structure", keep_collapsed=False)
    reasons = shapely.is_valid_reason(made[bad])
    return [
        _defect(int(index), made[index], str(reason), fix, family)
        for index, reason, fix in zip(bad, reasons, fixes, strict=True)
    ]


def _defect(
    index: int, before: Geometry, reason: str, fix: Geometry, family: Family | None
) -> Defect:
    why, at = split_reason(reason)
    after: Geometry | None = fix
    if family is not None and shapely.get_type_id(fix) not in (_SINGLE[family], _MULTI[family]):
        after = _parts_of(fix, family) if shapely.get_type_id(fix) == 7 else None
    if after is None or after.is_empty or not after.is_valid:
        after = None
    return Defect(index, why, at, before, after)
