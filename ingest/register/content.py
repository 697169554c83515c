"""What a version draws, as rows: zones, lines and features in by COPY, large zones cut."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ingest.delivery import DeliveredVersion
from ingest.register import copy
from ingest.register.copy import Column
from ingest.register.record import Connection
from ingest.shapes import multi
from schemas.queries import load_queries

SQL = load_queries(Path(__file__).with_name("content.sql"))

_BATCH = 5_000

_ZONE = {
    "level": "text", "symbol": "text", "function_1": "text", "function_2": "text",
    "function_3": "text", "land_use_code": "text", "area_declared_m2": "number",
    "density_min": "number", "density_max": "number", "density_text": "text",
    "storeys_min": "number", "storeys_max": "number", "storeys_text": "text",
    "far_min": "number", "far_max": "number", "far_text": "text", "setback_m": "number",
    "population": "integer",
}  # fmt: skip
_LINE = {"kind": "text", "name": "text", "setback_m": "number", "width_m": "number"}
_FEATURE = {"layer": "text", "theme": "text", "name": "text"}


def load_content(
    connection: Connection,
    version: DeliveredVersion,
    version_id: int,
    file_ids: Mapping[str, int],
    srid: int,
) -> int:
    """COPY the version's frames and cut its zones; the number of rows drawn."""
    rows = 0
    tables = (
        ("zone", version.zones, _ZONE),
        ("plan_line", version.lines, _LINE),
        ("plan_feature", version.features, _FEATURE),
    )
    for table, frame, kinds in tables:
        names = _names(table, kinds)
        batches = _batches(frame, table, kinds, version_id, file_ids, srid)
        rows += copy.copy_in(connection.cursor(), table, names, batches)
    connection.execute(SQL["cut_zones"], {"version_id": version_id})
    return rows


def _names(table: str, kinds: Mapping[str, str]) -> list[str]:
    drawn = [*kinds, "plan_version_id", "origin_version_id", "attributes"]
    source = ["source_file_id", "source_layer", "source_row", "geom"]
    return [*drawn, *source, *(["area_m2"] if table == "zone" else [])]


def _batches(
    frame: pd.DataFrame,
    table: str,
    kinds: Mapping[str, str],
    version_id: int,
    file_ids: Mapping[str, int],
    srid: int,
) -> Iterator[Sequence[Column]]:
    """The frame's columns in the order of `_names`, `_BATCH` rows at a time."""
    for start in range(0, len(frame), _BATCH):
        part = frame.iloc[start : start + _BATCH]
        count = len(part)
        shapes = multi(part["geom"].to_numpy(dtype=object))
        version = copy.repeated(version_id, count)
        yield [
            *(_column(part, name, kind) for name, kind in kinds.items()),
            version,
            version,
            copy.jsonb(value or {} for value in part["attributes"]),
            copy.integers([file_ids[path] for path in part["source_file"]]),
            copy.texts(part["source_layer"].tolist()),
            copy.integers(part["source_row"].to_numpy(dtype="i8")),
            copy.geometries(shapes, srid),
            *([copy.floats(shapely.area(shapes))] if table == "zone" else []),
        ]


def _column(frame: pd.DataFrame, name: str, kind: str) -> Column:
    """One column of the frame; a column the frame lacks is NULL throughout."""
    if name not in frame:
        return copy.repeated(None, len(frame))
    if kind == "text":
        return copy.texts(None if _missing(v) else str(v) for v in frame[name])
    numbers = pd.to_numeric(frame[name]).to_numpy(dtype="f8", na_value=np.nan)
    if kind == "number":
        return copy.floats(numbers)
    known = ~np.isnan(numbers)
    return copy.integers(np.where(known, numbers, 0), known, size=4)


def _missing(value: Any) -> bool:
    return value is None or value != value or value is pd.NA
