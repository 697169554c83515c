"""Shapes of a table against its standard: there, of the right kind, and valid."""

from collections.abc import Iterator

import numpy as np
import regex
import shapely
from numpy.typing import NDArray
from shapely import Geometry, Point

from ingest.gate.standard.findings import at_rows
from ingest.gate.standard.tables import TableRows
from ingest.shape_words import kind_words, reason_words
from schemas.issues import Issue
from schemas.standards.model import Column, Shape

_POINT, _LINE, _RING, _AREA, _POINTS, _LINES, _AREAS, _MIXED = range(8)
_ALLOWED: dict[Shape, tuple[int, ...]] = {
    "point": (_POINT,),
    "line": (_LINE, _RING),
    "area": (_AREA,),
    "multipoint": (_POINT, _POINTS),
    "multiline": (_LINE, _RING, _LINES),
    "multiarea": (_AREA, _AREAS),
    "mixed": (_POINTS, _LINES, _AREAS, _MIXED),
}
_MANY: dict[Shape, int] = {"point": _POINTS, "line": _LINES, "area": _AREAS}
"""A multi-shape that passes for its single kind where it has one part."""
_REASON = regex.compile(r"(?P<reason>[^\[]*)\[(?P<x>\S+) (?P<y>\S+)\]")


def check_shapes(rows: TableRows, column: Column) -> Iterator[Issue]:
    """Rows without a shape, with one of another kind, and with one that is not valid."""
    assert rows.geoms is not None
    missing, name = shapely.is_missing(rows.geoms), column.name
    unread = np.zeros(len(rows), dtype=bool) if rows.unread is None else rows.unread
    if column.required:
        yield from at_rows("CELL_EMPTY", rows, np.flatnonzero(missing & ~unread), name, rule=column)
    other = unread | (~missing & ~_of_kind(rows.geoms, column.geometry or "any"))
    yield from at_rows(
        "CELL_SHAPE",
        rows,
        np.flatnonzero(other),
        name,
        value=lambda i: _kind(rows, i) or "WKT/WKB",
        why=lambda i: kind_words(_kind(rows, i)),
        rule=column,
    )
    broken = np.flatnonzero(~missing & ~other & ~shapely.is_valid(rows.geoms))
    yield from at_rows(
        "CELL_SHAPE",
        rows,
        broken,
        name,
        value=lambda i: _reason(rows, i)[0],
        why=lambda i: reason_words(_reason(rows, i)[0]),
        place=lambda i: _reason(rows, i)[1],
        rule=column,
    )


def _of_kind(geoms: NDArray[np.object_], shape: Shape) -> NDArray[np.bool_]:
    if shape == "any":
        return np.ones(len(geoms), dtype=bool)
    kinds = shapely.get_type_id(geoms)
    fits = np.isin(kinds, _ALLOWED[shape]) | shapely.is_empty(geoms)
    if shape in _MANY:
        fits |= (kinds == _MANY[shape]) & (shapely.get_num_geometries(geoms) == 1)
    return np.asarray(fits, dtype=bool)


def _kind(rows: TableRows, index: int) -> str | None:
    shape = None if rows.geoms is None else rows.geoms[index]
    return None if shape is None else str(shape.geom_type)


def _reason(rows: TableRows, index: int) -> tuple[str, Geometry | None]:
    """Why a shape is not valid, and the place that the reason names."""
    told = "" if rows.geoms is None else str(shapely.is_valid_reason(rows.geoms[index]))
    found = _REASON.match(told)
    if found is None or found["x"] is None or rows.to_lonlat is None:
        return told, rows.place(index)
    return found["reason"].strip(), rows.to_lonlat(Point(float(found["x"]), float(found["y"])))
