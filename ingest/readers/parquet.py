"""GeoParquet: what it says of itself, and its rows as Arrow files like those of any container."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.readers.arrow import Budget, fields_of, write_layer
from ingest.readers.vector import BATCH, CopiedLayer, LayerFacts, LayerUnreadable


def describe_parquet(location: Path) -> tuple[LayerFacts, ...]:
    """The one layer. Longitude and latitude where it says nothing of its CRS."""
    try:
        file = pq.ParquetFile(location)
        about, geometry = _geometry(file)
        crs = about["columns"][geometry].get("crs", "OGC:CRS84")
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise LayerUnreadable(str(error)) from error
    columns = tuple(name for name in file.schema_arrow.names if name != geometry)
    label = json.dumps(crs) if isinstance(crs, dict) else crs
    return (LayerFacts(location.stem, columns, label, file.metadata.num_rows, True),)


def copy_parquet(
    location: Path, layer: str, columns: tuple[str, ...], folder: Path
) -> tuple[CopiedLayer, ...]:
    """Copy some columns into `folder`; rows are numbered from 0."""
    try:
        file = pq.ParquetFile(location)
        _, geometry = _geometry(file)
        wanted = [name for name in file.schema_arrow.names if name in columns]
        types = [file.schema_arrow.field(name).type for name in wanted]
        fields = fields_of(wanted, types, "text")
        batches = _batches(file, wanted, geometry)
        write_layer(folder / "0.arrow", fields, batches, Budget())
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise LayerUnreadable(str(error)) from error
    return (CopiedLayer(layer, fields),)


def _geometry(file: Any) -> tuple[dict[str, Any], str]:
    """The file's word on its geometry, and the column it is in. Raises LayerUnreadable."""
    about = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"{}"))
    geometry = about.get("primary_column")
    if geometry is None or about["columns"][geometry].get("encoding") != "WKB":
        raise LayerUnreadable("no WKB geometry column (GeoParquet)")
    return about, geometry


def _batches(file: Any, wanted: list[str], geometry: str) -> Iterator[list["pa.Array"]]:
    start = 0
    for batch in file.iter_batches(batch_size=BATCH, columns=[*wanted, geometry]):
        rows = pa.array(range(start, start + len(batch)), pa.int64())
        start += len(batch)
        yield [rows, *(batch.column(name) for name in wanted), batch.column(geometry)]
