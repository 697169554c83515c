"""One batch of parcels as delivered → rows of the register, by whole columns.

Keys are brought to the form the register stores (`schemas.profiles.parcels`).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingest.parcels.file import ParcelBatch
from ingest.parcels.shapes import Faulty, stored_shapes
from ingest.register.copy import Column
from schemas.errors import DeliveryUnreadable
from schemas.parcel_keys import LEADING_ZEROS
from schemas.profiles.parcels import FieldName, ParcelProfile
from schemas.words import Words

Array = Any
"""An Arrow array (pyarrow brings no types)."""


@dataclass(frozen=True)
class ParcelRows:
    """Parcels fit for the register, n rows: text fields by name, area, attributes, geometry."""

    fields: dict[FieldName, Array]
    area_m2: NDArray[np.float64]
    attributes: list[dict[str, Any]] | None
    rows: Array
    ewkb: Column
    faults: tuple[Faulty, ...]

    def __len__(self) -> int:
        return len(self.ewkb)


def parcel_rows(
    batch: ParcelBatch,
    profile: ParcelProfile,
    source_srid: int,
    storage_srid: int,
    *,
    repair: bool,
    thorough: bool,
) -> ParcelRows:
    """Check and convert one batch; shapes as `stored_shapes` does."""
    shapes = stored_shapes(
        batch.wkb, batch.rows.to_numpy(), source_srid, storage_srid,
        repair=repair, thorough=thorough,
    )  # fmt: skip
    kept = shapes.kept
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
        ewkb=shapes.ewkb,
        faults=shapes.faults,
    )


def _field(name: FieldName, column: Array) -> Array:
    """One field as stored text; the area stays as it is."""
    if name == "area":
        return column
    if name in ("sheet", "number", "old_sheet", "old_number"):
        return pc.replace_substring_regex(_text(column), LEADING_ZEROS, r"\1")
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
    """Declared areas, m²; 0 and unreadable texts mean not stated. `1.234,5` has its thousands."""
    if _is_text(column):
        written = pc.utf8_trim_whitespace(column)
        grouped = pc.match_substring_regex(written, r"^\d{1,3}(\.\d{3})+(,\d+)?$")
        whole = pc.if_else(grouped, pc.replace_substring(written, ".", ""), written)
        points = pc.replace_substring(whole, ",", ".")
        number = pc.match_substring_regex(points, r"^\d+(\.\d+)?$")
        column = pc.if_else(number, points, None)
    values: NDArray[np.float64] = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.where(values > 0, values, np.nan)
