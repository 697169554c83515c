"""Layers written as Arrow files: the form in which rows cross the sandbox's wall."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from ingest.sandbox.limits import beyond
from schemas.words import Words

MOST_VERTICES = 50_000_000
WKB_BYTES = 16

Kind = Literal["text", "latin", "whole", "number", "flag", "bytes"]


@dataclass(frozen=True)
class Field:
    """A column. `latin`: text that is no UTF-8 and that GDAL decoded as ISO-8859-1."""

    name: str
    kind: Kind


class Budget:
    """Vertices that the container may still have."""

    def __init__(self) -> None:
        self.left = MOST_VERTICES

    def take(self, geometry: "pa.Array") -> None:
        self.left -= geometry.nbytes // WKB_BYTES
        if self.left < 0:
            raise beyond(MOST_VERTICES, Words("đỉnh", "vertices"))


def fields_of(names: Iterable[str], types: list["pa.DataType"], text: Kind) -> tuple[Field, ...]:
    return tuple(
        Field(str(name), _kind(kind, text)) for name, kind in zip(names, types, strict=False)
    )


def _kind(kind: "pa.DataType", text: Kind) -> Kind:
    told: tuple[tuple[Any, Kind], ...] = (
        (pa.types.is_boolean, "flag"),
        (pa.types.is_integer, "whole"),
        (pa.types.is_floating, "number"),
        (pa.types.is_binary, "bytes"),
        (pa.types.is_large_binary, "bytes"),
    )
    return next((name for fits, name in told if fits(kind)), text)


_STORED = {
    "text": pa.binary(),
    "latin": pa.binary(),
    "whole": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "bytes": pa.binary(),
}


def write_layer(
    to: Path, fields: tuple[Field, ...], batches: Iterable[list["pa.Array"]], budget: Budget
) -> int:
    """Write batches (row numbers, fields, geometry where there is one); how many rows."""
    schema = pa.schema(
        [
            ("fid", pa.int64()),
            *((str(number), _STORED[field.kind]) for number, field in enumerate(fields)),
            ("wkb", pa.binary()),
        ]
    )
    rows = 0
    with pa.OSFile(str(to), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        for columns in batches:
            arrays = list(_stored(columns, fields))
            budget.take(arrays[-1])
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            rows += len(arrays[0])
    return rows


def _stored(columns: list["pa.Array"], fields: tuple[Field, ...]) -> Iterator["pa.Array"]:
    """Texts go as the bytes they are: whoever takes them over decides how they are decoded."""
    yield columns[0].cast(pa.int64())
    for field, array in zip(fields, columns[1:], strict=False):
        yield _plain(array).cast(_STORED[field.kind])
    if len(columns) == len(fields) + 1:
        yield pa.nulls(len(columns[0]), pa.binary())
    else:
        yield columns[-1].cast(pa.binary())


def _plain(array: "pa.Array") -> "pa.Array":
    """Dates as ISO text, lists as JSON; anything else as it is."""
    kind = array.type
    if pa.types.is_nested(kind):
        cells = array.to_pylist()
        return pa.array([None if c is None else json.dumps(c, default=str) for c in cells])
    return array.cast(pa.string()) if pa.types.is_temporal(kind) else array
