"""Geometry findings of one layer: where it lies, what is empty, of another kind, or invalid."""

from collections.abc import Iterator

import shapely

from ingest.crs import Box, misplaced
from ingest.gate.clean import Cleaned, Defect, geometry_hash
from ingest.gate.inspection import Layer
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
        first, count = int(cleaned.empty[0]), len(cleaned.empty)
        yield layer.finding("GEOMETRY_EMPTY", first, count=count)
    if len(cleaned.wrong_family):
        first, count = int(cleaned.wrong_family[0]), len(cleaned.wrong_family)
        wanted = layer.rule.family if layer.rule else ""
        yield layer.finding("GEOMETRY_KIND", first, count=count, detail={"wanted": wanted})
    for defect in cleaned.defects:
        yield _defect_issue(layer, defect, accept_repairs)


def _defect_issue(layer: Layer, defect: Defect, accept_repairs: bool) -> Issue:
    after_m2 = 0.0 if defect.after is None else float(defect.after.area)
    detail = {
        "reason": defect.reason,
        "before": geometry_hash(defect.before),
        "after": geometry_hash(defect.after),
        "area_before_m2": round(float(defect.before.area), 4),
        "area_after_m2": round(after_m2, 4),
        "change_m2": round(defect.change_m2, 4),
    }
    code = "GEOMETRY_REPAIRED" if accept_repairs else "GEOMETRY_INVALID"
    if defect.after is None:
        code = "GEOMETRY_COLLAPSED" if accept_repairs else "GEOMETRY_INVALID"
    at = layer.lonlat(defect.at)
    return layer.finding(code, defect.index, geom=at, detail=detail)
