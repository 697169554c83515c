"""A delivered table as its standard sees it: cells by their distinct values, shapes, rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import Geometry, Point

from schemas.standards.model import Column, Table


@dataclass(frozen=True)
class Cells:
    """A column of n cells. `codes` (n,): index into `values`, the distinct texts; -1 = empty."""

    codes: NDArray[np.intp]
    values: tuple[str, ...]

    @classmethod
    def coded(cls, codes: NDArray[np.integer[Any]], texts: Sequence[str]) -> "Cells":
        """From indices into texts (-1 = empty) that may repeat, have outer blanks, or be blank."""
        stripped = np.array([*(text.strip() or None for text in texts), None], dtype=object)
        again, values = pd.factorize(stripped, use_na_sentinel=True)
        return cls(again[codes], tuple(str(value) for value in values))

    @classmethod
    def none(cls, count: int) -> "Cells":
        return cls(np.full(count, -1, dtype=np.intp), ())

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def empty(self) -> NDArray[np.bool_]:
        return np.asarray(self.codes < 0, dtype=bool)

    def at(self, index: int) -> str | None:
        code = int(self.codes[index])
        return None if code < 0 else self.values[code]

    def where(self, wanted: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Indices of the rows whose value is among the wanted ones (a mask over `values`)."""
        return np.flatnonzero(np.append(wanted, False)[self.codes])

    def texts(self) -> NDArray[np.object_]:
        """All n cells; None where empty."""
        return np.array([*self.values, None], dtype=object)[self.codes]


@dataclass(frozen=True)
class TableRows:
    """The n rows of one delivered file of a table.

    `header`: column names as delivered; `cells`: by the standard's names, others by their own;
    `rows` (n,): numbers of the records, the first being 1; `geoms` (n,) as drawn, None without a
    column of shapes; `unread` (n,): shapes that are none; `lonlat` (n,): the same in longitude and
    latitude, where `to_lonlat` brings them; `western`: some texts are not in UTF-8.
    """

    table: Table
    file: str
    header: tuple[str, ...]
    cells: dict[str, Cells]
    rows: NDArray[np.int64]
    geoms: NDArray[np.object_] | None = None
    unread: NDArray[np.bool_] | None = None
    lonlat: NDArray[np.object_] | None = None
    to_lonlat: Callable[[Geometry], Geometry] | None = None
    western: bool = False

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def name(self) -> str:
        return self.table.name

    def has(self, column: Column) -> bool:
        """Whether the file has this column."""
        return self.geoms is not None if column.type == "geometry" else column.name in self.cells

    def column(self, name: str) -> Cells:
        """A column's cells, whatever the case of its name; all empty where it is not there."""
        column = self.table.column(name)
        if column is not None and column.type == "geometry" and self.geoms is not None:
            return Cells(np.where(shapely.is_missing(self.geoms), -1, 0), ("(hình / shape)",))
        found = None if column is None else self.cells.get(column.name)
        return Cells.none(len(self)) if found is None else found

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of everything drawn, in longitude and latitude."""
        if self.lonlat is None or shapely.is_missing(self.lonlat).all():
            return None
        west, south, east, north = (float(edge) for edge in shapely.total_bounds(self.lonlat))
        return None if np.isnan(west) else (west, south, east, north)

    def place(self, index: int) -> Geometry | None:
        """A point of the row's shape, in longitude and latitude."""
        shape = None if self.lonlat is None else self.lonlat[index]
        if shape is None or shape.is_empty:
            return None
        if shapely.is_valid(shape):
            return shapely.point_on_surface(shape)
        return Point(shapely.get_coordinates(shape)[0])
