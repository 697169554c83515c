"""Geometry findings of one layer: where it lies, what is empty, of another kind, or invalid."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray

from ingest.crs import Box, Misplaced, misplaced
from ingest.gate.checks.gravest import SHOWN_REPAIRS, gravest
from ingest.gate.clean import Cleaned, Defect, geometry_hash
from ingest.gate.inspection import Layer
from ingest.shape_words import reason_words
from ingest.shapes import shown_area
from schemas.issues import Issue

_CODES = {"swapped": "CRS_AXES_SWAPPED", "outside": "CRS_OUTSIDE_PLACE"}


def check_place(layer: Layer, place: Box | None) -> Iterator[Issue]:
    """A layer whose coordinates cannot be in the CRS it says.

    Where the detective already said so of the whole group, this only follows from it.
    """
    found = misplaced_rows(layer, place)
    if found is not None:
        west, south, east, north = shapely.bounds(layer.geoms[found.where])
        yield layer.finding(
            _CODES[found.why],
            found.where,
            value=f"{west:.3f} {south:.3f} {east:.3f} {north:.3f}",
            count=found.count,
            detail={"srid": layer.srid},
            severity="INFO" if layer.misread else None,
        )


def misplaced_rows(layer: Layer, place: Box | None) -> Misplaced | None:
    """What of a layer lies outside `place` or outside its CRS's own area; None without a CRS."""
    return None if layer.srid is None else misplaced(layer.geoms, layer.srid, place)


def check_cleaned(layer: Layer, cleaned: Cleaned, accept_repairs: bool) -> Iterator[Issue]:
    """Findings about what `clean` left out; repairs are findings with before and after."""
    if len(cleaned.empty):
        yield without_shape(layer, cleaned.empty)
    if len(cleaned.wrong_family):
        first, count = int(cleaned.wrong_family[0]), len(cleaned.wrong_family)
        wanted = layer.rule.family if layer.rule else ""
        yield layer.finding("GEOMETRY_KIND", first, count=count, detail={"wanted": wanted})
    if len(cleaned.cut):
        first, count = int(cleaned.cut[0]), len(cleaned.cut)
        yield layer.finding("GEOMETRY_PARTS_DROPPED", first, count=count)
    by_code: dict[str, list[Defect]] = {}
    for defect in sorted(cleaned.defects, key=_gravity):
        by_code.setdefault(_code(layer, defect, accept_repairs), []).append(defect)
    for code, defects in by_code.items():
        yield from gravest(defects, partial(_defect_issue, layer, code), SHOWN_REPAIRS)


def _gravity(defect: Defect) -> tuple[bool, float]:
    """Those without a repair first, then the largest change."""
    change = abs(defect.change_m2)
    return defect.after is not None, -change if np.isfinite(change) else 0.0


def without_shape(layer: Layer, empty: NDArray[np.intp]) -> Issue:
    """Rows (indices) where nothing is drawn: an error where a zone should be."""
    first, count = int(empty[0]), len(empty)
    if layer.becomes != "zone":
        return layer.finding("GEOMETRY_EMPTY", first, count=count)
    detail = {"why_vi": "không có hình", "why_en": "there is no geometry"}
    return layer.finding("ZONE_WITHOUT_SHAPE", first, count=count, detail=detail)


def _code(layer: Layer, defect: Defect, accepted: bool) -> str:
    if defect.kind == "line":
        return "AREA_FROM_LINE" if accepted else "AREA_DRAWN_AS_LINE"
    if defect.after is None and layer.becomes == "zone":
        return "ZONE_WITHOUT_SHAPE"
    if defect.after is None and accepted:
        return "GEOMETRY_COLLAPSED"
    return "GEOMETRY_REPAIRED" if accepted else "GEOMETRY_INVALID"


def _defect_issue(layer: Layer, code: str, defect: Defect) -> Issue:
    after_m2 = 0.0 if defect.after is None else float(defect.after.area)
    detail = {
        "reason": defect.reason,
        "before": geometry_hash(defect.before),
        "after": geometry_hash(defect.after),
        "area_before_m2": shown_area(float(defect.before.area), 4),
        "area_after_m2": shown_area(after_m2, 4),
        "change_m2": shown_area(defect.change_m2, 4),
        "why_vi": reason_words(defect.reason).vi,
        "why_en": reason_words(defect.reason).en,
    }
    return layer.finding(code, defect.index, geom=layer.lonlat(defect.at), detail=detail)
