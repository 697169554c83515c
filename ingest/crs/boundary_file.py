"""Boundaries of communes from a file: units first, shapes only where they are asked for."""

import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from ingest.crs.misplaced import Box
from ingest.gdal import pyogrio
from schemas.crs import WGS84, project, srid_of
from schemas.errors import DeliveryUnreadable
from schemas.words import Words

PREFIXES = {".zip": "/vsizip/", ".gz": "/vsigzip/"}
COMMUNE_DIGITS = 5
FORMER = "former_wards"
COLUMNS = ("code", "full_name", "province_code")


@dataclass(frozen=True)
class FileUnit:
    """A commune of the file; `province`: code, from the file or from nowhere."""

    code: str
    full_name: str
    province: str


@dataclass(frozen=True)
class BoundaryFile:
    """A file with commune polygons: any that `sqh units load` reads, also inside .zip or .gz."""

    path: Path

    @cached_property
    def communes(self) -> dict[str, FileUnit]:
        """The communes that have a boundary here, by code. Raises DeliveryUnreadable."""
        return {unit.code: unit for unit, _ in self._units.values()}

    @cached_property
    def _source(self) -> str:
        if not self.path.is_file():
            raise DeliveryUnreadable(
                Words(f"Không có tệp {self.path}.", f"There is no file {self.path}.")
            )
        return f"{PREFIXES.get(self.path.suffix.lower(), '')}{self.path.resolve()}"

    @cached_property
    def _units(self) -> dict[str, tuple[FileUnit, tuple[str, int]]]:
        """Each commune with its layer and feature id."""
        found: dict[str, tuple[FileUnit, tuple[str, int]]] = {}
        for layer, fid, row in self._rows():
            code = str(row.get("code") or "").strip()
            if len(code) == COMMUNE_DIGITS:
                province = str(row.get("province_code") or "").strip()
                unit = FileUnit(code, str(row.get("full_name") or "").strip(), province)
                found[code] = (unit, (layer, fid))
        if not found:
            raise DeliveryUnreadable(
                Words(
                    f"{self.path.name}: không có lớp ranh giới xã, phường (cột `code`, 5 chữ số).",
                    f"{self.path.name}: no layer of commune boundaries (column `code`, 5 digits).",
                )
            )
        return found

    def _rows(self) -> list[tuple[str, int, dict[str, Any]]]:
        rows: list[tuple[str, int, dict[str, Any]]] = []
        for layer in self._layers():
            info = self._read(layer, read_geometry=False, return_fids=True)
            names, fids, values = info[0]["fields"], info[1], info[3]
            if "code" not in names:
                continue
            cells = {name: values[at] for at, name in enumerate(names) if name in COLUMNS}
            rows += [
                (layer, int(fid), {name: cells[name][at] for name in cells})
                for at, fid in enumerate(fids)
            ]
        return rows

    def _layers(self) -> list[str]:
        try:
            names = [str(name) for name, _ in pyogrio.list_layers(self._source)]
        except (pyogrio.errors.DataSourceError, OSError) as error:
            raise self._unreadable(error) from error
        return [name for name in names if name != FORMER]

    def _read(self, layer: str, **wishes: Any) -> Any:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return pyogrio.raw.read(self._source, layer=layer, force_2d=True, **wishes)
        except (ValueError, RuntimeError, OSError) as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> DeliveryUnreadable:
        return DeliveryUnreadable(
            Words(
                f"Không đọc được tệp ranh giới {self.path.name}: {error}",
                f"The boundary file {self.path.name} cannot be read: {error}",
            )
        )

    def shapes(self, codes: frozenset[str]) -> dict[str, Geometry]:
        """Boundaries (lon/lat) of those communes that the file has."""
        wanted: dict[str, list[int]] = {}
        for code in codes & self._units.keys():
            layer, fid = self._units[code][1]
            wanted.setdefault(layer, []).append(fid)
        found: dict[str, Geometry] = {}
        for layer, fids in wanted.items():
            meta, _, wkb, values = self._read(layer, columns=["code"], fids=sorted(fids))
            found |= dict(zip(values[0], self._lonlat(meta, wkb), strict=True))
        return {code: shape for code, shape in found.items() if shape is not None}

    def around(self, box: Box) -> NDArray[np.object_]:
        """Boundaries (lon/lat) of the communes that meet a box (west, south, east, north)."""
        parts = []
        for layer in dict.fromkeys(layer for _, (layer, _) in self._units.values()):
            meta, _, wkb, _ = self._read(layer, columns=["code"], bbox=self._own_box(layer, box))
            parts.append(self._lonlat(meta, wkb))
        return np.concatenate(parts)

    def _own_box(self, layer: str, box: Box) -> Box:
        srid = srid_of(str(pyogrio.read_info(self._source, layer=layer)["crs"]))
        corner = np.array([shapely.box(*box)], dtype=object)
        west, south, east, north = shapely.bounds(project(corner, WGS84, srid)[0])
        return (float(west), float(south), float(east), float(north))

    def _lonlat(self, meta: dict[str, Any], wkb: NDArray[np.object_]) -> NDArray[np.object_]:
        shapes = np.asarray(shapely.from_wkb(wkb), dtype=object)
        return project(shapes, srid_of(str(meta["crs"])), WGS84)
