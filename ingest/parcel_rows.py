"""One batch of parcels as delivered → rows of the register, by whole columns.

Geometry becomes 2D multi-polygons in the storage CRS, and only valid ones go on; keys are brought
to the form the register stores (`schemas.profiles.parcels`).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from ingest.copy import multi
from ingest.parcel_file import ParcelBatch
from schemas.crs import project
from schemas.errors import DeliveryUnreadable
from schemas.profiles.parcels import FieldName, ParcelProfile
from schemas.words import Words

_ACCEPTED = (3, 6)  # Polygon, MultiPolygon
_LEADING_ZEROS = r"^0+([0-9]+)$"

Array = Any
"""An Arrow array (pyarrow brings no types)."""


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
class ParcelRows:
    """Parcels fit for the register, n rows: text fields by name, area, attributes, geometry."""

    fields: dict[FieldName, Array]
    area_m2: NDArray[np.float64]
    attributes: list[dict[str, Any]] | None
    rows: Array
    geoms: NDArray[np.object_]
    faults: tuple[Faulty, ...]

    def __len__(self) -> int:
        return len(self.geoms)


def parcel_rows(
    batch: ParcelBatch, profile: ParcelProfile, source_srid: int, storage_srid: int, repair: bool
) -> ParcelRows:
    """Check and convert one batch. Invalid geometry is repaired or held back, and reported."""
    shapes = shapely.from_wkb(batch.wkb.to_numpy(zero_copy_only=False), on_invalid="ignore")
    drawn = multi(np.asarray(shapes, dtype=object))
    geoms = project(drawn, source_srid, storage_srid)
    # Rounding may hide a fault of the file, or make one: both must be sound.
    valid = shapely.is_valid(drawn)
    if geoms is not drawn:
        valid &= shapely.is_valid(geoms)
    kept, faults = _sound(geoms, valid, batch.rows.to_numpy(), repair)
    taken = None if kept.all() else pa.array(kept)

    def column(array: Array) -> Array:
        return array if taken is None else array.filter(taken)

    fields = {
        name: column(_field(name, batch.columns[source])) for name, source in profile.fields.items()
    }
    for name, value in profile.constants.items():
        fields[name] = pa.repeat(pa.scalar(value, pa.string()), int(kept.sum()))
    area = fields.pop("area", None)
    kept_columns = {name: column(batch.columns[name]) for name in profile.keep}
    return ParcelRows(
        fields=fields,
        area_m2=np.full(int(kept.sum()), np.nan) if area is None else _area(area),
        attributes=pa.table(kept_columns).to_pylist() if kept_columns else None,
        rows=column(batch.rows),
        geoms=geoms[kept],
        faults=faults,
    )


def _sound(
    geoms: NDArray[np.object_], valid: NDArray[np.bool_], rows: NDArray[np.int64], repair: bool
) -> tuple[NDArray[np.bool_], tuple[Faulty, ...]]:
    """Which geometries may be stored; repaired ones are replaced in place."""
    kinds = shapely.get_type_id(geoms)
    sound = np.isin(kinds, _ACCEPTED) & ~shapely.is_empty(geoms) & valid
    faults = []
    for at in np.flatnonzero(~sound):
        fault = _fault(geoms[at], int(rows[at]))
        if repair and fault.why != "empty" and kinds[at] in _ACCEPTED:
            fault, geoms[at] = _repaired(fault, geoms[at])
            sound[at] = fault.after_m2 is not None
        faults.append(fault)
    return sound, tuple(faults)


def _fault(geometry: shapely.Geometry | None, row: int) -> Faulty:
    if geometry is None or geometry.is_empty:
        return Faulty(row, "empty", None)
    where = shapely.get_point(geometry, 0) or shapely.points(shapely.get_coordinates(geometry)[0])
    place = where if np.isfinite(shapely.get_coordinates(where)).all() else None
    if shapely.get_type_id(geometry) not in _ACCEPTED:
        return Faulty(row, geometry.geom_type, place)
    reason, _, spot = shapely.is_valid_reason(geometry).partition("[")
    spotted = [float(number) for number in spot.rstrip("]").split()]
    if len(spotted) == 2 and np.isfinite(spotted).all():
        place = shapely.Point(spotted)
    return Faulty(row, reason.strip(), place, float(shapely.area(geometry)))


def _repaired(fault: Faulty, geometry: shapely.Geometry) -> tuple[Faulty, shapely.Geometry]:
    """The polygons that the drawn rings enclose; what encloses nothing stays held back."""
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        return fault, geometry
    mended = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    mended = multi(np.array([mended], dtype=object))[0]
    if mended.is_empty or shapely.get_type_id(mended) != 6 or not mended.is_valid:
        return fault, geometry
    return Faulty(fault.row, fault.why, fault.place, fault.before_m2, float(mended.area)), mended


def _field(name: FieldName, column: Array) -> Array:
    """One field as stored text; the area stays as it is."""
    if name == "area":
        return column
    if name in ("sheet", "number", "old_sheet", "old_number"):
        return pc.replace_substring_regex(_text(column), _LEADING_ZEROS, r"\1")
    if name in ("commune", "old_commune") and not _is_text(column):
        return pc.utf8_lpad(_text(column), 5, "0")  # a number column cannot hold `00004`
    return _text(column)


def _is_text(column: Array) -> bool:
    return bool(pa.types.is_string(column.type) or pa.types.is_large_string(column.type))


def _text(column: Array) -> Array:
    """Trimmed text in NFC; numbers without `.0`; null where nothing is written."""
    if pa.types.is_floating(column.type):
        whole = pc.equal(column, pc.round(column))
        numbers = pc.cast(pc.if_else(whole, column, None), pa.int64(), safe=False).cast(pa.string())
        column = pc.if_else(whole, numbers, column.cast(pa.string()))
    elif not _is_text(column):
        column = column.cast(pa.string())
    _check_utf8(column)
    trimmed = pc.utf8_trim_whitespace(column)
    if not pc.all(pc.string_is_ascii(trimmed), min_count=0).as_py():
        trimmed = pc.utf8_normalize(trimmed, form="NFC")
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed).cast(pa.string())


def _check_utf8(column: Array) -> None:
    """Text in another encoding than the file says must not be guessed at."""
    try:
        column.validate(full=True)
    except pa.ArrowInvalid as error:
        raise DeliveryUnreadable(
            Words(
                "Chữ trong tệp không phải UTF-8 (có thể là bảng mã cũ như TCVN3, VNI).",
                "Text in the file is not UTF-8 (perhaps an old encoding such as TCVN3, VNI).",
            ),
            remedy=Words("Chuyển tệp sang UTF-8.", "Convert the file to UTF-8."),
        ) from error


def _area(column: Array) -> NDArray[np.float64]:
    """Declared areas, m²; 0 and unreadable texts mean not stated."""
    if _is_text(column):
        points = pc.replace_substring(pc.utf8_trim_whitespace(column), ",", ".")
        number = pc.match_substring_regex(points, r"^\d+(\.\d+)?$")
        column = pc.if_else(number, points, None)
    values: NDArray[np.float64] = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.where(values > 0, values, np.nan)
