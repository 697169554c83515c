"""Planted CRS mistakes over real communes: numbers made independently of the detective."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer
from shapely import Geometry

from ingest.crs.places import Places
from ingest.files.source import Received
from ingest.gate.checks.geometry import check_place
from ingest.gate.inspection import Inspection, Layer
from ingest.gate.placing import find_layer_crs
from ingest.gate.workbook import Cell, SheetRows, WorkbookRows
from schemas.issues import Issue
from schemas.profiles import find_profile

TM3 = {
    102.0: 5896, 103.0: 9205, 104.0: 9206, 104.5: 9207, 104.75: 9208, 105.0: 5897, 105.5: 9209,
    105.75: 9210, 106.0: 9211, 106.25: 9212, 106.5: 9213, 107.0: 9214, 107.25: 9215, 107.5: 9216,
    107.75: 5899, 108.0: 5898, 108.25: 9217, 108.5: 9218,
}  # fmt: skip
OFFICIAL = "-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278"
ROTATED = "-191.90441429,-39.30318279,-111.45032835,-0.00928836,0.01975479,-0.00427372,0.252906278"
NONE = "0,0,0,0,0,0,0"
HCMC = "Phường Bến Thành, Thành phố Hồ Chí Minh"
STATED = "VN-2000, kinh tuyến trục 105°45', múi chiếu 3°"


@dataclass(frozen=True)
class Ward:
    """A real commune: its boundary (lon/lat), its province and the province's meridian."""

    code: str
    name: str
    province: str
    province_name: str
    meridian: float
    shape: Geometry

    @property
    def small(self) -> Geometry:
        """A plan of about 300 m inside it."""
        middle = shapely.point_on_surface(self.shape)
        return shapely.box(middle.x, middle.y, middle.x + 0.0028, middle.y + 0.0027)


def numbers(
    shape: Geometry, meridian: float | None, scale: float = 0.9999, shift: str = OFFICIAL
) -> Geometry:
    """A lon/lat shape in a plane (or, without a meridian, in degrees) of a datum shift."""
    plane = (
        f"+proj=tmerc +lat_0=0 +lon_0={meridian} +k={scale} +x_0=500000 +y_0=0 +units=m"
        if meridian is not None
        else "+proj=longlat"
    )
    target = CRS.from_proj4(f"{plane} +ellps=WGS84 +towgs84={shift} +no_defs +type=crs")
    move = Transformer.from_crs("EPSG:4326", target, always_xy=True).transform
    return shapely.transform(shape, lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1])))


def turned(shape: Geometry) -> Geometry:
    return shapely.transform(shape, lambda xy: xy[:, ::-1])


def in_millimetres(shape: Geometry) -> Geometry:
    return shapely.transform(shape, lambda xy: xy * 1000)


def neighbour(meridian: float, degrees: float) -> float:
    """The VN-2000 meridian nearest to the one so many degrees away, on either side."""
    away = [m for m in TM3 if abs(m - meridian) >= degrees]
    return min(away, key=lambda m: abs(abs(m - meridian) - degrees))


def layer(
    geoms: Iterable[Geometry],
    label: str | None,
    name: str = "RanhGioiQuyHoach_A",
    file: str = "HoSoGIS/QuyHoach.gpkg",
    **columns: list[Any],
) -> Layer:
    """A delivered layer of the standard package, as the reader hands it on."""
    shapes = np.array(list(geoms), dtype=object)
    rules = find_profile("vn_circular16").layers
    container = file.rsplit("/", 1)[-1].split(".")[0]
    rule = next((r for r in rules if (r.container, r.layer) == (container, name)), None)
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(shapes)))
    return Layer(file, name, container, rule, frame, np.arange(1, len(shapes) + 1), shapes, label)


def inspected(
    *layers: Layer,
    place: str = "",
    code: str = "",
    stated: str = "",
    places: Places | None = None,
    crs: int | None = None,
) -> Inspection:
    """A dossier with these layers and one row of its workbook, after the CRS phase."""
    row: dict[str, Cell] = {"Mã hồ sơ": code, "Địa điểm": place, "Hệ tọa độ": stated}
    book = WorkbookRows("HoSoScan/a.xlsx", {"HoSo": SheetRows("HoSo", (row,), (2,))})
    inspection = Inspection(
        Received("ho-so", "0" * 64, ()), find_profile("vn_circular16"), 9210, Path(), False,
        date(2026, 11, 23),
    )  # fmt: skip
    inspection.layers, inspection.workbook = list(layers), book
    inspection.places, inspection.crs = places, crs
    find_layer_crs(inspection)
    for one in inspection.layers:
        inspection.issues += check_place(one, inspection.rules.place)
    return inspection


def findings(inspection: Inspection, *levels: str) -> list[Issue]:
    return [issue for issue in inspection.issues if not levels or issue.level in levels]


def codes_of(inspection: Inspection, *levels: str) -> set[str]:
    return {issue.code for issue in findings(inspection, *levels)}


def named(inspection: Inspection, code: str) -> list[dict[str, Any]]:
    """The readings that the findings of a code list."""
    found = [issue for issue in inspection.issues if issue.code == code]
    return [reading for issue in found for reading in issue.detail["readings"]]
