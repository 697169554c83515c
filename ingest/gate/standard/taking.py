"""From a layer as it was read to the rows of a table: columns by name, shapes in their place."""

from collections.abc import Callable
from pathlib import PurePosixPath

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely import Geometry

from ingest.gate.standard.raw import RawTable
from ingest.gate.standard.tables import Cells, TableRows
from schemas.issues import Issue
from schemas.standards.model import Standard, Table

Move = Callable[[Geometry], Geometry]
_COUNTED_FROM_ONE = (".tab", ".gpkg")
"""Containers whose first record is number 1 for the reading library; of others it is 0."""


def take_rows(
    standard: Standard, table: Table, file: str, raw: RawTable, crs: int | None = None
) -> tuple[TableRows, tuple[Issue, ...]]:
    """The rows of a table, and what is to be said about its CRS. `crs`: the one a person chose."""
    shapes = table.geometry
    cells = {_name(table, name): told for name, told in raw.columns}
    geoms, unread = (raw.geoms, raw.unread) if raw.spatial else (None, None)
    if shapes is not None and shapes.name in cells:
        geoms, unread = _from_wkt(cells.pop(shapes.name))
    label = raw.crs or standard.crs if crs is None else f"EPSG:{crs}"
    move, issues = _mover(label, table, file) if geoms is not None and label else (None, ())
    first = 0 if PurePosixPath(file).suffix.lower() in _COUNTED_FROM_ONE else 1
    rows = TableRows(
        table=table,
        file=file,
        header=tuple(name for name, _ in raw.columns),
        cells=cells,
        rows=raw.numbers + first,
        geoms=geoms if shapes is not None else None,
        unread=unread,
        lonlat=None if move is None or geoms is None else np.asarray(move(geoms), dtype=object),
        to_lonlat=move,
        western=raw.western,
    )
    return rows, issues


def _name(table: Table, delivered: str) -> str:
    """The standard's name of a column; one that it does not know keeps its own."""
    key = delivered.casefold()
    also = (c for c in table.columns if key in {other.casefold() for other in c.also})
    column = table.column(delivered) or next(also, None)
    return delivered if column is None else column.name


def _from_wkt(cells: Cells) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Shapes written as text, and which of the texts are none."""
    made = shapely.from_wkt(np.array([*cells.values, None], dtype=object), on_invalid="ignore")
    geoms = np.asarray(shapely.force_2d(made), dtype=object)[cells.codes]
    return geoms, np.asarray(shapely.is_missing(geoms) & ~cells.empty, dtype=bool)


def _mover(label: str, table: Table, file: str) -> tuple[Move | None, tuple[Issue, ...]]:
    """The way from a CRS to longitude and latitude."""
    try:
        to = Transformer.from_crs(CRS.from_user_input(label), CRS.from_epsg(4326), always_xy=True)
    except CRSError:
        return None, (Issue("CRS_UNKNOWN", file=file, layer=table.name, value=label[:200]),)
    return lambda shapes: _moved(shapes, to), ()


def _moved(shapes: Geometry, to: Transformer) -> Geometry:
    """Shapes in longitude and latitude; what the CRS cannot reach has no place."""
    return shapely.transform(shapes, lambda xy: np.column_stack(to.transform(xy[:, 0], xy[:, 1])))
