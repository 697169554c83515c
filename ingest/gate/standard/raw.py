"""A table as the reader's process copied it: cells as texts, whatever script they are written in.

Nothing is restored here as in a Vietnamese dossier: a text is UTF-8, or else Western European.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from ingest.gate.standard.tables import Cells
from ingest.readers.container import Copies
from ingest.readers.vector import CopiedLayer, LayerUnreadable


@dataclass(frozen=True)
class RawTable:
    """n rows: `numbers` (n,) of the records, `geoms` (n,), `unread` (n,): shapes that are none.

    `crs`: the file's own label; `western`: some texts are not in UTF-8.
    """

    name: str
    columns: tuple[tuple[str, Cells], ...]
    numbers: NDArray[np.int64]
    geoms: NDArray[np.object_]
    unread: NDArray[np.bool_]
    crs: str | None
    spatial: bool
    western: bool


def raw_table(copies: Copies, layer: CopiedLayer) -> RawTable:
    """A copied layer. Raises LayerUnreadable, ReaderCrashed."""
    if layer.fault is not None:
        raise LayerUnreadable(layer.fault)
    batches = list(copies.batches(layer))
    wkb = _joined(batches, "wkb", pa.binary())
    cells = wkb.to_numpy(zero_copy_only=False)
    geoms = np.asarray(shapely.from_wkb(cells, on_invalid="ignore"), dtype=object)
    stated = wkb.is_valid().to_numpy(zero_copy_only=False)
    columns, western = [], False
    for number, field in enumerate(layer.fields):
        column = _joined(batches, str(number), pa.binary())
        told, other = _cells(column)
        western |= other or field.kind == "latin"
        columns.append((field.name.strip(), told))
    return RawTable(
        name=layer.name,
        columns=tuple(columns),
        numbers=_joined(batches, "fid", pa.int64()).to_numpy(zero_copy_only=False),
        geoms=np.asarray(shapely.force_2d(geoms), dtype=object),
        unread=stated & shapely.is_missing(geoms),
        crs=layer.crs,
        spatial=layer.spatial,
        western=western,
    )


def _joined(batches: Sequence["pa.RecordBatch"], name: str, empty: "pa.DataType") -> "pa.Array":
    if not batches:
        return pa.array([], empty)
    return pa.concat_arrays([batch.column(name) for batch in batches])


def _cells(column: "pa.Array") -> tuple[Cells, bool]:
    """The cells by their distinct values, and whether they are in another script than UTF-8."""
    coded = column.dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    values = coded.dictionary.to_pylist()
    if not pa.types.is_binary(column.type):
        return Cells.coded(codes, [_written(value) for value in values]), False
    try:
        return Cells.coded(codes, [value.decode("utf-8") for value in values]), False
    except UnicodeDecodeError:
        return Cells.coded(codes, [_western(value) for value in values]), True


def _western(raw: bytes) -> str:
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _written(value: object) -> str:
    """A number or flag as a table would write it."""
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
