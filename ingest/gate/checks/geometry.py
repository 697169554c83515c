"""Geometry findings of one layer: where it lies, what is empty, of another kind, or invalid."""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from ingest.crs import Box, misplaced
from ingest.gate.clean import Cleaned, Defect, geometry_hash
from ingest.gate.inspection import Layer
from ingest.shapes import shown_area
from schemas.crs import VN2000
from schemas.issues import Issue

_CODES = {"swapped": "CRS_AXES_SWAPPED", "outside": "CRS_OUTSIDE_PLACE"}


def check_place(layer: Layer, place: Box | None) -> Iterator[Issue]:
    """A layer whose coordinates cannot be in the CRS it says."""
    if layer.srid is None:
        return
    box = place if layer.srid in VN2000 or layer.srid == 4326 else None
    found = misplaced(layer.geoms, layer.srid, box)
    if found is not None:
        west, south, east, north = shapely.bounds(layer.geoms[found.where])
        yield layer.finding(
            _CODES[found.why],
            found.where,
            value=f"{west:.3f} {south:.3f} {east:.3f} {north:.3f}",
            count=found.count,
            detail={"srid": layer.srid},
        )


def check_cleaned(layer: Layer, cleaned: Cleaned, accept_repairs: bool) -> Iterator[Issue]:
    """Findings about what `clean` left out; repairs are findings with before and after."""
    if len(cleaned.empty):
        yield without_shape(layer, cleaned.empty)
    if len(cleaned.wrong_family):
        first, count = int(cleaned.wrong_family[0]), len(cleaned.wrong_family)
        wanted = layer.rule.family if layer.rule else ""
        yield layer.finding("GEOMETRY_KIND", first, count=count, detail={"wanted": wanted})
    for defect in cleaned.defects:
        yield _defect_issue(layer, defect, accept_repairs)


def without_shape(layer: Layer, empty: NDArray[np.intp]) -> Issue:
    """Rows (indices) where nothing is drawn: an error where a zone should be."""
    first, count = int(empty[0]), len(empty)
    if layer.becomes != "zone":
        return layer.finding("GEOMETRY_EMPTY", first, count=count)
    detail = {"why_vi": "không có hình", "why_en": "there is no geometry"}
    return layer.finding("ZONE_WITHOUT_SHAPE", first, count=count, detail=detail)


def _defect_issue(layer: Layer, defect: Defect, accept_repairs: bool) -> Issue:
    after_m2 = 0.0 if defect.after is None else float(defect.after.area)
    detail = {
        "reason": defect.reason,
        "before": geometry_hash(defect.before),
        "after": geometry_hash(defect.after),
        "area_before_m2": shown_area(float(defect.before.area), 4),
        "area_after_m2": shown_area(after_m2, 4),
        "change_m2": shown_area(defect.change_m2, 4),
    }
    code = "GEOMETRY_REPAIRED" if accept_repairs else "GEOMETRY_INVALID"
    if defect.after is None and layer.becomes == "zone":
        code = "ZONE_WITHOUT_SHAPE"
        detail |= {"why_vi": defect.reason, "why_en": defect.reason}
    elif defect.after is None and accept_repairs:
        code = "GEOMETRY_COLLAPSED"
    at = layer.lonlat(defect.at)
    return layer.finding(code, defect.index, geom=at, detail=detail)
