"""Checked parcel batches → COPY, with ids given here so that old keys can name their parcel."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from psycopg import sql
from psycopg.types.range import Range

from ingest.parcels.rows import Array, ParcelRows
from ingest.register import copy
from ingest.register.copy import Column
from ingest.register.record import Connection
from schemas.profiles.parcels import FieldName

_TEXTS: dict[FieldName, str] = {
    "national_code": "national_code",
    "commune": "commune_code",
    "sheet": "sheet",
    "number": "number",
    "land_use": "land_code",
    "address": "address",
}
"""Field of the profile → column of `parcel`."""

_FORMER: dict[FieldName, FieldName] = {
    "old_commune": "commune",
    "old_sheet": "sheet",
    "old_number": "number",
}

PARCEL_COLUMNS = (
    "id", *_TEXTS.values(), "area_legal_m2", "valid", "recorded", "attributes", "source_file_id",
    "source_layer", "source_row", "geom",
)  # fmt: skip
ALIAS_COLUMNS = ("parcel_id", "commune_code", "sheet", "number")


@dataclass
class AliasSpool:
    """Old keys wait here, packed, until the parcels they name are in."""

    file: IO[bytes]
    rows: int = 0

    def add(self, columns: Sequence[Column]) -> None:
        if len(columns[0]):
            self.file.write(copy.packed(columns))
            self.rows += len(columns[0])


@contextmanager
def alias_spool() -> Iterator[AliasSpool]:
    """A place for old keys, on disk when they are many."""
    with tempfile.SpooledTemporaryFile(64 << 20) as file:
        yield AliasSpool(file)


def copy_parcels(
    connection: Connection,
    batches: Iterator[ParcelRows],
    table: str,
    aliases: AliasSpool,
    *,
    layer: str,
    file_id: int,
    now: datetime,
) -> int:
    """COPY parcels into `table` and their old keys into `aliases`; the number of parcels.

    The register's lock must be held: ids are counted on from the sequence and given back to it.
    """
    first = next_id = _next_id(connection)

    def columns() -> Iterator[Sequence[Column]]:
        nonlocal next_id
        for batch in batches:
            count = len(batch)
            ids = np.arange(next_id, next_id + count)
            next_id += count
            aliases.add(_alias_columns(batch, ids))
            yield [
                copy.integers(ids),
                *_said(batch),
                copy.repeated(Range(None, None), count),
                copy.repeated(Range(now, None), count),
                _attributes(batch),
                copy.repeated(file_id, count),
                copy.repeated(layer, count),
                copy.integers(batch.rows.to_numpy()),
                batch.ewkb,
            ]

    rows = copy.copy_in(connection.cursor(), table, PARCEL_COLUMNS, columns())
    connection.execute(
        "SELECT setval(pg_get_serial_sequence('parcel', 'id'), %s)", [max(first, next_id - 1)]
    )
    return rows


def _next_id(connection: Connection) -> int:
    row = connection.execute("SELECT nextval(pg_get_serial_sequence('parcel', 'id'))").fetchone()
    assert row is not None
    return int(row[0])


def copy_aliases(connection: Connection, aliases: AliasSpool, table: str) -> None:
    """COPY the gathered old keys into `table`."""
    if not aliases.rows:
        return
    aliases.file.seek(0)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, ALIAS_COLUMNS))
    )
    with connection.cursor().copy(statement) as stream:
        stream.write(copy.HEADER)
        while chunk := aliases.file.read(1 << 20):
            stream.write(chunk)
        stream.write(copy.TRAILER)


def _said(batch: ParcelRows) -> list[Column]:
    """The text fields in their order, and the area."""
    return [*(_texts(batch, name) for name in _TEXTS), copy.floats(batch.area_m2)]


def _texts(batch: ParcelRows, name: FieldName) -> Column:
    values = batch.fields.get(name)
    return copy.repeated(None, len(batch)) if values is None else copy.texts(values)


def _attributes(batch: ParcelRows) -> Column:
    if batch.attributes is None:
        return pa.repeat(pa.scalar(b"\x01{}", pa.large_binary()), len(batch))
    return copy.jsonb(batch.attributes)


def _alias_columns(batch: ParcelRows, ids: NDArray[np.int64]) -> list[Column]:
    """Whole former keys that differ from the present ones; a part not given is the present one."""
    if not _FORMER.keys() & batch.fields.keys():
        return [copy.integers(ids[:0])]
    nothing = pa.nulls(len(batch), pa.string())
    present = [batch.fields.get(name, nothing) for name in _FORMER.values()]
    former = [
        now if (old := batch.fields.get(name)) is None else pc.coalesce(old, now)
        for name, now in zip(_FORMER, present, strict=True)
    ]
    wanted = _differs(former, present)
    columns = [copy.texts(values.filter(wanted)) for values in former]
    return [copy.integers(pa.array(ids).filter(wanted).to_numpy()), *columns]


def _differs(former: Sequence[Array], present: Sequence[Array]) -> Array:
    whole = pc.and_(pc.and_(*(part.is_valid() for part in former[:2])), former[2].is_valid())
    changed = pa.array(np.zeros(len(former[0]), bool))
    for old, now in zip(former, present, strict=True):
        changed = pc.or_(changed, pc.fill_null(pc.not_equal(old, now), True))
    return pc.and_(whole, changed)
