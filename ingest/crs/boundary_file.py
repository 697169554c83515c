"""Boundaries of communes from a file that an operator names, or that `sqh units load` left."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from ingest.crs.misplaced import Box
from ingest.gate.read import LayerFrame
from ingest.gate.whole_file import layers_in
from schemas.crs import WGS84, project, srid_of
from schemas.errors import DeliveryUnreadable
from schemas.words import Words

COMMUNE_DIGITS = 5
FORMER = "former_wards"


@dataclass(frozen=True)
class FileUnit:
    """A commune of the file; `province`: code, from the file or from nowhere."""

    code: str
    full_name: str
    province: str


@dataclass(frozen=True)
class _Layer:
    """The communes (n,) of one layer and their boundaries (n,), in the layer's own CRS."""

    units: tuple[FileUnit, ...]
    shapes: NDArray[np.object_]
    crs: str | None

    @classmethod
    def of(cls, layer: LayerFrame) -> "_Layer":
        """The rows of a layer that have a commune's code."""
        table = layer.attributes
        columns = [_texts(table, name) for name in ("code", "full_name", "province_code")]
        units = [FileUnit(*texts) for texts in zip(*columns, strict=True)]
        kept = [at for at, unit in enumerate(units) if len(unit.code) == COMMUNE_DIGITS]
        return cls(tuple(units[at] for at in kept), layer.geoms[kept], layer.crs)

    @property
    def srid(self) -> int:
        return srid_of(str(self.crs))

    def lonlat(self, rows: NDArray[np.intp]) -> NDArray[np.object_]:
        """The boundaries of some rows in longitude and latitude."""
        return project(self.shapes[rows], self.srid, WGS84)

    def within(self, box: Box) -> NDArray[np.intp]:
        """Rows whose boundary's own box meets a box (lon/lat)."""
        corner = np.array([shapely.box(*box)], dtype=object)
        west, south, east, north = shapely.bounds(project(corner, WGS84, self.srid)[0])
        bounds = shapely.bounds(self.shapes)
        apart = (bounds[:, 0] > east) | (bounds[:, 2] < west)
        apart |= (bounds[:, 1] > north) | (bounds[:, 3] < south)
        return np.flatnonzero(~apart & np.isfinite(bounds).all(axis=1))


def _texts(table: Any, column: str) -> list[str]:
    if column not in table:
        return [""] * len(table)
    return ["" if cell is None else str(cell).strip() for cell in table[column]]


@dataclass(frozen=True)
class BoundaryFile:
    """A file with commune polygons: any that `sqh units load` reads, also inside a package.

    It is read once, behind the walls that a delivery is read behind.
    """

    path: Path

    @cached_property
    def communes(self) -> dict[str, FileUnit]:
        """The communes that have a boundary here, by code. Raises DeliveryUnreadable."""
        found = {unit.code: unit for layer in self._layers for unit in layer.units}
        if not found:
            raise DeliveryUnreadable(
                Words(
                    f"{self.path.name}: không có lớp ranh giới xã, phường (cột `code`, 5 chữ số).",
                    f"{self.path.name}: no layer of commune boundaries (column `code`, 5 digits).",
                )
            )
        return found

    @cached_property
    def _layers(self) -> tuple[_Layer, ...]:
        return tuple(_Layer.of(one) for one in layers_in(self.path) if one.name != FORMER)

    def shapes(self, codes: frozenset[str]) -> dict[str, Geometry]:
        """Boundaries (lon/lat) of those communes that the file has."""
        found: dict[str, Geometry] = {}
        for layer in self._layers:
            rows = [at for at, unit in enumerate(layer.units) if unit.code in codes]
            shapes = layer.lonlat(np.array(rows, dtype=np.intp)) if rows else ()
            found |= {layer.units[at].code: s for at, s in zip(rows, shapes, strict=True)}
        return {code: shape for code, shape in found.items() if shape is not None}

    def around(self, box: Box) -> NDArray[np.object_]:
        """Boundaries (lon/lat) of the communes that meet a box (west, south, east, north)."""
        parts = [layer.lonlat(layer.within(box)) for layer in self._layers if layer.units]
        return np.concatenate([np.empty(0, dtype=object), *parts])
