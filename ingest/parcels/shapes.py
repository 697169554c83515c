"""Drawn parcel shapes → stored ones: checked, repaired or held back, projected, as EWKB.

Stored are 2D multi-polygons in the storage CRS.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from ingest.register import copy
from ingest.register.copy import Column
from ingest.shapes import multi, split_reason
from schemas.crs import project, transformer

_ACCEPTED = (3, 6)  # Polygon, MultiPolygon
OTHER_KINDS = ("Point", "LineString", "GeometryCollection")
"""What a parcel cannot be, as `Faulty.why` names it."""

_ONE_RING = (13, 22)
"""Bytes of a 2D WKB beside its coordinates: a polygon of one ring, a multi-polygon of one such.
No other polygon has so few, or just so many."""

_RING_HEAD = np.dtype(
    [("order", "u1"), ("kind", "<u4"), ("srid", "<u4"), ("parts", "<u4"),
     ("part_order", "u1"), ("part_kind", "<u4"), ("rings", "<u4"), ("points", "<u4")]
)  # fmt: skip
"""EWKB of a multi-polygon of one ring, before its coordinates."""


@dataclass(frozen=True)
class Faulty:
    """A geometry that is not fit for the register: `why` and, in the storage CRS, where."""

    row: int
    why: str
    place: shapely.Geometry | None
    before_m2: float = 0.0
    after_m2: float | None = None
    """Area after the repair; None where the parcel was held back."""


@dataclass(frozen=True)
class Shapes:
    """Shapes fit for the register: `ewkb` of those `kept` (mask over the batch), and the faults."""

    ewkb: Column
    kept: NDArray[np.bool_]
    faults: tuple[Faulty, ...]


def stored_shapes(
    wkb: Any,
    rows: NDArray[np.int64],
    source_srid: int,
    storage_srid: int,
    *,
    repair: bool,
    thorough: bool,
) -> Shapes:
    """Check and project an Arrow array of n WKB shapes; `rows` (n,) names them in faults.

    Checked as drawn and, where `thorough`, as stored too: a ring that touches another is drawn
    valid and may cross it after projection, by curvature or rounding.
    """
    shapes = shapely.from_wkb(wkb.to_numpy(zero_copy_only=False), on_invalid="ignore")
    drawn = np.asarray(shapes, dtype=object)
    sound = np.isin(shapely.get_type_id(drawn), _ACCEPTED)
    sound &= ~shapely.is_empty(drawn) & shapely.is_valid(drawn)
    if sound.all() and not thorough and source_srid != storage_srid:
        return Shapes(_projected(drawn, wkb, source_srid, storage_srid), sound, ())
    geoms = multi(project(drawn, source_srid, storage_srid))
    if thorough:
        sound &= shapely.is_valid(geoms)
    faults = _mend(geoms, sound, rows, repair)
    return Shapes(copy.geometries(geoms[sound], storage_srid), sound, faults)


def _projected(drawn: NDArray[np.object_], wkb: Any, source_srid: int, storage_srid: int) -> Column:
    """EWKB of sound shapes; those of one ring, nearly all, are written without new objects."""
    points = shapely.get_num_coordinates(drawn)
    simple = np.isin(pc.binary_length(wkb).to_numpy() - 16 * points, _ONE_RING)
    corners = shapely.get_coordinates(drawn[simple])
    moved = transformer(source_srid, storage_srid).transform(corners[:, 0], corners[:, 1])
    rings = _ring_ewkb(points[simple], np.column_stack(moved), storage_srid)
    if simple.all():
        return rings
    others = copy.geometries(
        multi(project(drawn[~simple], source_srid, storage_srid)), storage_srid
    )
    order = np.argsort(np.concatenate([np.flatnonzero(simple), np.flatnonzero(~simple)]))
    return pa.concat_arrays([rings, others]).take(pa.array(order))


def _ring_ewkb(points: NDArray[np.int64], corners: NDArray[np.float64], srid: int) -> Column:
    """EWKB of multi-polygons of one ring each, with `points` (n,) of the `corners` in turn."""
    head = np.zeros(len(points), _RING_HEAD)
    head["order"] = head["part_order"] = head["parts"] = head["rings"] = 1
    head["kind"], head["part_kind"] = 0x20000006, 3
    head["srid"], head["points"] = srid, points
    ends = np.concatenate([[0], np.cumsum(points * 16)])
    starts = np.arange(len(points) + 1) * _RING_HEAD.itemsize
    return pc.binary_join_element_wise(
        _binary(head, starts),
        _binary(np.ascontiguousarray(corners, "<f8"), ends),
        pa.scalar(b"", pa.large_binary()),
    )


def _binary(data: NDArray[Any], offsets: NDArray[np.int64]) -> Column:
    buffers = [None, pa.py_buffer(offsets.astype("i8")), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.large_binary(), len(offsets) - 1, buffers)


def _mend(
    geoms: NDArray[np.object_], sound: NDArray[np.bool_], rows: NDArray[np.int64], repair: bool
) -> tuple[Faulty, ...]:
    """The faults of what is not sound; what is repaired takes its place and is sound."""
    kinds = shapely.get_type_id(geoms)
    faults = []
    for at in np.flatnonzero(~sound):
        fault = _fault(geoms[at], int(rows[at]))
        if repair and fault.why != "empty" and kinds[at] in _ACCEPTED:
            fault, geoms[at] = _repaired(fault, geoms[at])
            sound[at] = fault.after_m2 is not None
        faults.append(fault)
    return tuple(faults)


def _fault(geometry: shapely.Geometry | None, row: int) -> Faulty:
    if geometry is None or geometry.is_empty:
        return Faulty(row, "empty", None)
    where = shapely.get_point(geometry, 0) or shapely.points(shapely.get_coordinates(geometry)[0])
    place = where if np.isfinite(shapely.get_coordinates(where)).all() else None
    if shapely.get_type_id(geometry) not in _ACCEPTED:
        return Faulty(row, geometry.geom_type.removeprefix("Multi"), place)
    reason, spot = split_reason(str(shapely.is_valid_reason(geometry)))
    if reason == "Valid Geometry":  # rounding closed what was drawn open, or the other way round
        reason = "Invalid as drawn"
    return Faulty(row, reason, spot or place, float(shapely.area(geometry)))


def _repaired(fault: Faulty, geometry: shapely.Geometry) -> tuple[Faulty, shapely.Geometry]:
    """The polygons that the drawn rings enclose; what encloses nothing stays held back."""
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        return fault, geometry
    mended = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    mended = multi(np.array([mended], dtype=object))[0]
    if mended.is_empty or shapely.get_type_id(mended) != 6 or not mended.is_valid:
        return fault, geometry
    return Faulty(fault.row, fault.why, fault.place, fault.before_m2, float(mended.area)), mended
