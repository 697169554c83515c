"""Columns → PostgreSQL binary COPY, put together column by column instead of row by row.

Every function that makes a column returns an Arrow `large_binary` array of n values as PostgreSQL
receives them (big-endian numbers, EWKB geometry, `jsonb`); null means NULL. `packed` joins such
columns to the bytes of n rows, and `copy_in` sends them.
"""

import re
import struct
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import orjson
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import ArrayLike, NDArray
from psycopg import sql
from psycopg._copy import QueuedLibpqWriter
from psycopg.adapt import PyFormat, Transformer
from psycopg.types.range import Range

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"

_ALL = 1 << 40  # an open end breaks binary_slice (pyarrow 26)
_HAS_SRID = b"\x20"  # the flag in the last byte of a little-endian geometry type

_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")

Column = Any
"""A `pyarrow.LargeBinaryArray` (pyarrow brings no types)."""


def texts(values: Iterable[str | None] | pa.Array) -> Column:
    """`text` from strings, None or an Arrow string array; NUL characters, which PostgreSQL
    cannot hold, are dropped."""
    array = values if isinstance(values, pa.Array) else pa.array(list(values), pa.large_utf8())
    return pc.replace_substring(array.cast(pa.large_utf8()), "\0", "").cast(pa.large_binary())


def floats(values: ArrayLike) -> Column:
    """`double precision`; NaN means NULL."""
    numbers = np.asarray(values, dtype="f8")
    return _numbers(numbers, ~np.isnan(numbers), ">f8")


def integers(values: ArrayLike, known: NDArray[np.bool_] | None = None, *, size: int = 8) -> Column:
    """`bigint` (size 8) or `integer` (size 4); NULL where not `known`."""
    numbers = np.asarray(values)
    return _numbers(numbers, np.ones(len(numbers), bool) if known is None else known, f">i{size}")


def jsonb(values: Iterable[Any]) -> Column:
    """`jsonb` of any JSON-like values; NaN becomes null, unknown kinds become their text."""
    options = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
    written = (orjson.dumps(value, default=str, option=options) for value in values)
    return pa.array((b"\x01" + _NUL.sub(rb"\1", text) for text in written), pa.large_binary())


def geometries(values: NDArray[np.object_], srid: int) -> Column:
    """Geometry as 2D EWKB with its SRID; None means NULL."""
    plain = pa.array(shapely.to_wkb(values, output_dimension=2, byte_order=1), pa.large_binary())
    mark = pa.scalar(_HAS_SRID + struct.pack("<I", srid), pa.large_binary())
    start, rest = pc.binary_slice(plain, 0, 4), pc.binary_slice(plain, 5, _ALL)
    return pc.binary_join_element_wise(start, mark, rest, pa.scalar(b"", pa.large_binary()))


def repeated(value: object, count: int) -> Column:
    """One value (text, number, date or time range, None) in every row.

    Ranges are `Range[date]` for `daterange` and `Range[datetime]` for `tstzrange`.
    """
    if value is None:
        return pa.nulls(count, pa.large_binary())
    return pa.repeat(pa.scalar(_binary(value), pa.large_binary()), count)


def packed(columns: Sequence[Column]) -> memoryview:
    """The bytes of n rows, without header and trailer, from columns of n values each."""
    rows = len(columns[0])
    count = np.full((rows, 2), np.frombuffer(np.array(len(columns), ">i2").tobytes(), "u1"))
    pieces: list[Any] = []
    fixed = [count]
    for column in columns:
        fixed.append(_lengths(column))
        if (width := _fixed_width(column)) is not None:
            fixed.append(width)
            continue
        pieces += [_joined(fixed), pc.fill_null(column, b"")]
        fixed = []
    if fixed:
        pieces.append(_joined(fixed))
    whole = pc.binary_join_element_wise(*pieces, pa.scalar(b"", pa.large_binary()))
    return memoryview(whole.buffers()[2])[: _offsets(whole)[-1]]


def copy_in(
    cursor: psycopg.Cursor[Any],
    table: str,
    names: Sequence[str],
    batches: Iterable[Sequence[Column]],
) -> int:
    """COPY batches of columns, in the order of `names`, into `table`; the number of rows.

    A thread sends them, so that the next batch is made while the server takes in the last.
    """
    rows = 0
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with cursor.copy(statement, writer=QueuedLibpqWriter(cursor)) as copy:
        copy.write(HEADER)
        for columns in batches:
            if len(columns[0]):
                copy.write(packed(columns))
                rows += len(columns[0])
        copy.write(TRAILER)
    return rows


def _binary(value: object) -> bytes:
    """One value as PostgreSQL receives it; whole numbers are `bigint`."""
    if isinstance(value, bool):
        return bytes([value])
    if isinstance(value, int):
        return np.array(value, ">i8").tobytes()
    if isinstance(value, Range):
        return _range(value)
    return bytes(Transformer().get_dumper(value, PyFormat.BINARY).dump(value) or b"")


def _range(value: Range[Any]) -> bytes:
    """A half-open range `[lower, upper)`; a missing end is open."""
    flags = 0x02 | (0x08 if value.lower is None else 0) | (0x10 if value.upper is None else 0)
    ends = [_binary(end) for end in (value.lower, value.upper) if end is not None]
    return bytes([flags]) + b"".join(np.array(len(end), ">i4").tobytes() + end for end in ends)


def _numbers(numbers: NDArray[Any], known: NDArray[np.bool_], kind: str) -> Column:
    data = numbers[known].astype(kind)
    offsets = np.zeros(len(numbers) + 1, "i8")
    np.cumsum(known * np.int64(data.itemsize), out=offsets[1:])
    valid = None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(
        pa.large_binary(), len(numbers), [valid, pa.py_buffer(offsets), pa.py_buffer(data)]
    )


def _offsets(column: Column) -> NDArray[np.int64]:
    buffer = np.frombuffer(column.buffers()[1], "i8")
    return buffer[column.offset : column.offset + len(column) + 1]


def _lengths(column: Column) -> NDArray[np.uint8]:
    """The four length bytes before each value, (n, 4); -1 stands for NULL."""
    lengths: NDArray[np.int64] = pc.fill_null(pc.binary_length(column), -1).to_numpy()
    return lengths.astype(">i4").view("u1").reshape(-1, 4)


def _fixed_width(column: Column) -> NDArray[np.uint8] | None:
    """The values as (n, width) when all have one width and none is NULL; else None."""
    if column.null_count == len(column):
        return np.empty((len(column), 0), "u1")
    offsets = _offsets(column)
    widths = np.diff(offsets)
    if column.null_count or (widths != widths[0]).any():
        return None
    data = np.frombuffer(column.buffers()[2] or b"", "u1")[offsets[0] : offsets[-1]]
    return data.reshape(len(column), -1)


def _joined(parts: Sequence[NDArray[np.uint8]]) -> Column:
    """Byte columns (n, w) beside each other as one binary column."""
    joined = np.ascontiguousarray(np.hstack(parts))
    offsets = np.arange(len(joined) + 1, dtype="i8") * joined.shape[1]
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(joined)]
    return pa.Array.from_buffers(pa.large_binary(), len(joined), buffers)
