"""A file of administrative units: its layers as rows with geometry in the storage CRS."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from ingest.gate.read import LayerFrame
from ingest.gate.whole_file import layers_in
from schemas.blobs import sha256_of
from schemas.crs import project, srid_of
from schemas.errors import DeliveryUnreadable
from schemas.words import Words

LEVELS = {"provinces": "province", "communes": "commune", "former_wards": "commune"}
"""Layers known by name; any other layer is known by the length of its codes."""

LEVEL_BY_LENGTH = {2: "province", 3: "district", 5: "commune"}
INVENTED_PREFIX = "99"
"""No province has this code and none may get it: such units are samples."""


@dataclass(frozen=True)
class FileUnit:
    """One row of a units file; `row` counts from 1, `geom` is in the storage CRS."""

    layer: str
    row: int
    level: str
    code: str
    full_name: str
    full_name_en: str | None
    province_code: str | None
    invented: bool
    valid_from: date | None
    valid_to: date | None
    successor_code: str | None
    share: str
    geom: MultiPolygon | None


@dataclass(frozen=True)
class UnitsFile:
    """All rows of a file; `repaired` geometries were invalid. `label` names file and hash."""

    path: Path
    label: str
    units: tuple[FileUnit, ...]
    repaired: int

    @property
    def invented(self) -> bool:
        """Whether it declares units that do not exist."""
        return any(unit.invented for unit in self.units)


def read_units_file(path: Path, storage_srid: int) -> UnitsFile:
    """Read every layer that has unit codes.

    Layers `provinces`, `communes` and `former_wards` (any vector format GDAL reads, also inside
    .zip or .gz): columns code, full_name (or unit_type and name), full_name_en, province_code, and
    for units that the file itself declares valid_from, valid_to, successor_code, relation.
    Raises DeliveryUnreadable, UnknownCrs.
    """
    units: list[FileUnit] = []
    repaired = 0
    for layer in layers_in(path):
        rows, shapes, mended = _rows(layer, storage_srid)
        repaired += mended
        units += [
            _file_unit(layer.name, number, row, shape)
            for number, (row, shape) in enumerate(zip(rows, shapes, strict=True), start=1)
        ]
    known = tuple(unit for unit in units if unit.level and unit.code)
    if not known:
        raise DeliveryUnreadable(
            Words(
                f"{path.name}: không lớp nào có cột `code` với mã đơn vị hành chính.",
                f"{path.name}: no layer has a `code` column with administrative unit codes.",
            )
        )
    return UnitsFile(path, _label(path), known, repaired)


def _rows(
    layer: LayerFrame, storage_srid: int
) -> tuple[list[dict[str, Any]], NDArray[np.object_], int]:
    """Attribute rows, geometries in the storage CRS, and how many geometries were repaired."""
    if "code" not in layer.attributes:
        return [], np.empty(0, dtype=object), 0
    names, cells = list(layer.attributes.columns), layer.attributes.itertuples(index=False)
    rows = [dict(zip(names, row, strict=True)) for row in cells]
    shapes = layer.geoms
    if not shapely.is_missing(shapes).all():
        shapes = project(shapes, srid_of(str(layer.crs)), storage_srid)
    areas, repaired = _areas(shapes)
    return rows, areas, repaired


def _areas(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], int]:
    """Valid MultiPolygons (None where nothing has an area) and how many were invalid before."""
    broken = ~shapely.is_missing(shapes) & ~shapely.is_valid(shapes)
    shapes = shapes.copy()
    shapes[broken] = shapely.make_valid(shapes[broken])
    areas = np.full(len(shapes), None, dtype=object)
    for number, shape in enumerate(shapes):
        parts = [p for p in shapely.get_parts(shape) if isinstance(p, Polygon) and not p.is_empty]
        nested = [
            q for p in shapely.get_parts(shape) if isinstance(p, MultiPolygon) for q in p.geoms
        ]
        if parts or nested:
            areas[number] = MultiPolygon(parts + nested)
    return areas, int(broken.sum())


def _file_unit(layer: str, number: int, row: dict[str, Any], geom: MultiPolygon | None) -> FileUnit:
    code = _text(row.get("code")) or ""
    typed = " ".join(filter(None, (_text(row.get("unit_type")), _text(row.get("name")))))
    return FileUnit(
        layer=layer,
        row=number,
        level=LEVELS.get(layer) or LEVEL_BY_LENGTH.get(len(code), ""),
        code=code,
        full_name=_text(row.get("full_name")) or typed,
        full_name_en=_text(row.get("full_name_en")),
        province_code=_text(row.get("province_code")),
        invented=bool(row.get("invented")) or code.startswith(INVENTED_PREFIX),
        valid_from=_day(row.get("valid_from")),
        valid_to=_day(row.get("valid_to")),
        successor_code=_text(row.get("successor_code")),
        share="part" if row.get("relation") == "part" else "whole",
        geom=geom,
    )


def _text(value: object) -> str | None:
    return str(value).strip() or None if value is not None else None


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value)[:10]) if value else None


def _label(path: Path) -> str:
    """What the register cites; ` + ` is kept free to join a unit's source with its boundary's."""
    return f"{path.name.replace(' + ', '+')} sha256:{sha256_of(path)[:12]}"
