"""dBASE and CSV tables copied into Arrow files, cell by cell as written: the reader's own process.

A GIS library turns `01` into 1 and a date into another spelling; a standard speaks about what is
written. Shapes come from the .shp beside a .dbf. Nothing heavy is imported here.
"""

import csv
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.gdal import pyogrio
from ingest.readers.vector import CopiedLayer, Field, LayerUnreadable, copy_layers
from ingest.sandbox.limits import LimitReached

MOST_FIELDS = 2_000
LONGEST_CELL = 16 << 20
MOST_BYTES = (1 << 31) - 1
_BINARY = {b"I": "<i4", b"+": "<i4", b"B": "<f8", b"O": "<f8"}


def copy_rows(location: Path, folder: Path) -> tuple[CopiedLayer, ...]:
    """Copy one table into `folder` as `0.arrow`. Raises LayerUnreadable, LimitReached."""
    if location.suffix.lower() == ".csv":
        return (_copy_csv(location, folder),)
    if location.suffix.lower() == ".dbf":
        return (_copy_dbf(location, folder),)
    return copy_layers(location, folder, ())


def _copy_csv(location: Path, folder: Path) -> CopiedLayer:
    csv.field_size_limit(LONGEST_CELL)
    raw = location.read_bytes().removeprefix(b"\xef\xbb\xbf")
    try:
        rows = list(csv.reader(io.StringIO(raw.decode("latin-1"), newline="")))
    except csv.Error as error:
        raise LayerUnreadable(str(error)) from error
    if not rows:
        raise LayerUnreadable("không có dòng tiêu đề / no header")
    names = [(at, name.strip()) for at, name in enumerate(rows[0]) if name.strip()]
    body = [row for row in rows[1:] if row]
    cells = [[_cell(row, at) for row in body] for at, _ in names]
    columns = [_binary(column) for column in cells]
    fids = np.arange(len(body), dtype=np.int64)
    texts = [name.encode("latin-1") for _, name in names]
    return _written(location.stem, texts, columns, fids, None, folder)


def _cell(row: list[str], at: int) -> bytes | None:
    text = row[at].strip() if at < len(row) else ""
    return text.encode("latin-1") if text else None


def _copy_dbf(location: Path, folder: Path) -> CopiedLayer:
    names, table = _records(location.read_bytes())
    kept = np.flatnonzero(table["gone"] != b"*")
    columns = [_texts(table[f"f{at}"][kept], kind) for at, (_, kind) in enumerate(names)]
    shapes = _shape_file(location)
    label, geometry = (None, None) if shapes is None else _shapes(shapes, kept)
    texts = [name for name, _ in names]
    layer = _written(location.stem, texts, columns, kept.astype(np.int64), geometry, folder)
    return CopiedLayer(layer.name, layer.fields, label, shapes is not None)


def _records(raw: bytes) -> tuple[list[tuple[bytes, bytes]], NDArray[np.void]]:
    """Names and types of the fields, and the records. Raises LayerUnreadable for a cut file."""
    if len(raw) < 33:
        raise LayerUnreadable("phần đầu bị cắt / the header is cut")
    count = int.from_bytes(raw[4:8], "little")
    start, width = int.from_bytes(raw[8:10], "little"), int.from_bytes(raw[10:12], "little")
    fields, shape, at = [], [("gone", "S1")], 1
    for offset in range(32, min(start, len(raw)) - 31, 32):
        if raw[offset] == 0x0D:
            break
        name, kind = raw[offset : offset + 11], raw[offset + 11 : offset + 12]
        size = raw[offset + 16]
        fields.append((name.split(b"\0")[0].strip(), kind))
        shape.append((f"f{len(fields) - 1}", _BINARY.get(kind, f"S{size}") if size else "S1"))
        at += size
    if len(fields) > MOST_FIELDS:
        raise LimitReached(f"{len(fields)} cột", f"{len(fields)} columns")
    if not fields or at != width:
        raise LayerUnreadable("mô tả cột không khớp / the fields do not add up")
    there = (len(raw) - start) // width
    if there < count:
        raise LayerUnreadable(f"thiếu {count - there} dòng / {count - there} records are missing")
    return fields, np.frombuffer(raw, np.dtype(shape), count, start)


def _texts(cells: NDArray[np.generic], kind: bytes) -> "pa.Array":
    """The cells as written without outer blanks; null where nothing, or no value, is written."""
    if kind in _BINARY:
        return _binary([repr(cell.item()).encode() for cell in cells])
    stripped = np.char.strip(np.char.strip(cells.astype("S"), b"\0"))
    empty = stripped == b""
    if kind in (b"N", b"F"):
        empty |= np.char.startswith(stripped, b"*")
    if kind == b"D":
        empty |= (stripped == b"00000000") | (stripped == b"0")
    if kind == b"L":
        empty |= stripped == b"?"
    return _binary(
        [None if no else cell for cell, no in zip(stripped.tolist(), empty, strict=True)]
    )


def _shape_file(location: Path) -> Path | None:
    beside = location.parent.iterdir()
    mine = (p for p in beside if p.stem.casefold() == location.stem.casefold())
    return next((place for place in mine if place.suffix.lower() == ".shp"), None)


def _shapes(location: Path, kept: NDArray[np.intp]) -> tuple[str | None, "pa.Array"]:
    """The CRS label and the shapes of these records. Raises LayerUnreadable."""
    try:
        meta, fids, wkb, _ = pyogrio.raw.read(
            location, columns=[], return_fids=True, force_2d=True, encoding="ISO-8859-1"
        )
    except (ValueError, RuntimeError, OSError) as error:
        raise LayerUnreadable(str(error)) from error
    found = dict(zip(fids.tolist(), wkb if wkb is not None else [], strict=False))
    return meta["crs"] or None, _binary([found.get(at) for at in kept.tolist()])


def _binary(cells: list[bytes | None]) -> "pa.Array":
    """Bytes in Arrow, put together by hand: asked to look at a list, pyarrow would want pandas."""
    lengths = np.fromiter((len(cell or b"") for cell in cells), np.int64, len(cells))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    if offsets[-1] > MOST_BYTES:
        raise LimitReached("hơn 2 GB trong một cột", "more than 2 GB in one column")
    there = np.fromiter((cell is not None for cell in cells), bool, len(cells))
    buffers = [
        pa.py_buffer(np.packbits(there, bitorder="little").tobytes()),
        pa.py_buffer(offsets.astype(np.int32).tobytes()),
        pa.py_buffer(b"".join(cell for cell in cells if cell)),
    ]
    return pa.Array.from_buffers(pa.binary(), len(cells), buffers)


def _whole(numbers: NDArray[np.int64]) -> "pa.Array":
    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(numbers.tobytes())])


def _written(
    name: str,
    names: list[bytes],
    columns: list["pa.Array"],
    fids: NDArray[np.int64],
    geometry: "pa.Array | None",
    folder: Path,
) -> CopiedLayer:
    """Arrow as `ingest.readers.vector` writes it, and what it says about it."""
    fields = tuple(Field(_name(one), "text") for one in names)
    schema = pa.schema(
        [
            ("fid", pa.int64()),
            *((str(at), pa.binary()) for at in range(len(fields))),
            ("wkb", pa.binary()),
        ]
    )
    wkb = pa.nulls(len(fids), pa.binary()) if geometry is None else geometry
    with pa.OSFile(str(folder / "0.arrow"), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        writer.write_batch(pa.record_batch([_whole(fids), *columns, wkb], schema=schema))
    return CopiedLayer(name, fields, None, geometry is not None)


def _name(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
