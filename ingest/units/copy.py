"""A copy of the register's commune boundaries as one file, for checks that have no database."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import shapely

from ingest.gdal import pyogrio
from ingest.register.record import Connection
from schemas.crs import WGS84, project
from schemas.queries import load_queries

SQL = load_queries(Path(__file__).with_name("load.sql"))

Bounded = tuple[str, str, str | None, bytes]
"""Code, full name, province code, and boundary as WKB in the storage CRS."""


def bounded_communes(connection: Connection, at: date) -> list[Bounded]:
    """The communes of one day that have a boundary."""
    rows = connection.execute(SQL["bounded_communes"], [at]).fetchall()
    return [(code, name, parent, bytes(shape)) for code, name, parent, shape in rows]


def write_boundaries(path: Path, communes: Sequence[Bounded], srid: int) -> None:
    """Write communes as FlatGeobuf in longitude and latitude; the file is there whole or not."""
    shapes = np.asarray(shapely.from_wkb([commune[3] for commune in communes]), dtype=object)
    columns = [np.array([commune[at] for commune in communes], dtype=object) for at in range(3)]
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.stem}-{os.getpid()}{path.suffix}")
    try:
        pyogrio.raw.write(
            partial,
            shapely.to_wkb(project(shapes, srid, WGS84)),
            columns,
            ["code", "full_name", "province_code"],
            layer="communes",
            driver="FlatGeobuf",
            geometry_type="MultiPolygon",
            crs=f"EPSG:{WGS84}",
        )
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
