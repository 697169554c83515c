"""Findings about single shapes that are valid all the same: clumsy, doubled, or beyond reason."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray

from ingest.gate.checks.gravest import SHOWN_REPAIRS, gravest
from ingest.gate.clean import geometry_hash
from ingest.gate.inspection import Layer
from ingest.gate.tidy import Flaw, Proposal
from ingest.shapes import shown_area
from schemas.issues import Issue
from schemas.profiles.tolerances import ShapeRule

_CODES: dict[Flaw, tuple[str, str]] = {
    "points": ("POINTS_REPEATED", "POINTS_REMOVED"),
    "tiny": ("GEOMETRY_TINY", "GEOMETRY_TINY"),
    "spikes": ("SPIKE_FOUND", "SPIKE_REMOVED"),
    "open_line": ("LINE_NOT_CLOSED", "LINE_CLOSED"),
    "orientation": ("RINGS_TURNED", "RINGS_ALIGNED"),
}
AT_ONCE = 10_000
_HARMLESS: tuple[Flaw, ...] = ("points", "tiny", "orientation")
"""What moves no ground: told once a layer."""


def check_shapes(layer: Layer, shapes: NDArray[np.object_], rule: ShapeRule) -> Iterator[Issue]:
    """Shapes (n,) with too many points or parts, kinds mixed in one layer, rows given twice."""
    yield from _complexity(layer, shapes, rule)
    yield from _kinds(layer, shapes)
    if layer.becomes != "zone":
        yield from _twice(layer, shapes)


def check_tidy(layer: Layer, proposals: list[Proposal], accepted: bool) -> Iterator[Issue]:
    """Small flaws with what mending them changes, or changed."""
    for flaw, codes in _CODES.items():
        found = [proposal for proposal in proposals if proposal.flaw == flaw]
        code = codes[accepted]
        if found and flaw in _HARMLESS:
            change = sum(proposal.change_m2 for proposal in found)
            yield _harmless(layer, code, found[0], len(found), change)
        elif found:
            found.sort(key=lambda proposal: -abs(proposal.change_m2))
            yield from gravest(found, partial(_proposal, layer, code), SHOWN_REPAIRS)


def _harmless(layer: Layer, code: str, first: Proposal, count: int, change_m2: float) -> Issue:
    detail = {"change_m2": shown_area(change_m2, 4)}
    place = layer.lonlat(first.at)
    return layer.finding(code, first.index, count=count, geom=place, detail=detail)


def _proposal(layer: Layer, code: str, found: Proposal) -> Issue:
    detail = {
        "before": geometry_hash(found.before),
        "after": geometry_hash(found.after),
        "area_before_m2": shown_area(found.before.area, 4),
        "area_after_m2": shown_area(found.after.area, 4),
        "change_m2": shown_area(found.change_m2, 4),
        "added_m": round(float(found.after.length - found.before.length), 3),
    }
    return layer.finding(code, found.index, geom=layer.lonlat(found.at), detail=detail)


def _complexity(layer: Layer, shapes: NDArray[np.object_], rule: ShapeRule) -> Iterator[Issue]:
    points, parts = shapely.get_num_coordinates(shapes), shapely.get_num_geometries(shapes)
    beyond = np.flatnonzero((points > rule.most_vertices) | (parts > rule.most_parts))
    if len(beyond):
        worst = int(beyond[np.argmax(points[beyond])])
        detail = {"points": int(points[worst]), "parts": int(parts[worst])}
        yield layer.finding("GEOMETRY_COMPLEX", worst, count=len(beyond), detail=detail)


def _kinds(layer: Layer, shapes: NDArray[np.object_]) -> Iterator[Issue]:
    """A layer that holds points, lines and areas together."""
    dimensions = shapely.get_dimensions(shapes)
    dimensions = dimensions[~shapely.is_missing(shapes)]
    kinds = np.unique(dimensions)
    if len(kinds) > 1:
        letters = ", ".join("PLA"[kind] for kind in kinds if kind >= 0)
        yield layer.finding("GEOMETRY_KINDS_MIXED", value=letters)


def _twice(layer: Layer, shapes: NDArray[np.object_]) -> Iterator[Issue]:
    """Rows whose shape and attributes another row has already."""
    there = np.flatnonzero(~shapely.is_missing(shapes))
    drawn = shapes[there]
    alike = np.concatenate([np.zeros(0, np.int64), *map(_alike, _some(drawn))])
    _, first, number = np.unique(alike, return_index=True, return_inverse=True)
    later = np.flatnonzero(first[number] != np.arange(len(there)))
    earlier = first[number[later]]
    same = shapely.equals(drawn[later], drawn[earlier])
    rows = layer.attributes
    found = [
        (int(there[again]), int(there[before]))
        for again, before in zip(later[same], earlier[same], strict=True)
        if rows.iloc[there[again]].equals(rows.iloc[there[before]])
    ]
    yield from gravest(found, partial(_twice_issue, layer, shapes))


def _some(shapes: NDArray[np.object_]) -> Iterator[NDArray[np.object_]]:
    return (shapes[at : at + AT_ONCE] for at in range(0, len(shapes), AT_ONCE))


def _alike(shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """A number for each shape, the same for equal ones."""
    written = shapely.to_wkb(shapely.normalize(shapes))
    return np.array([hash(wkb) for wkb in written], dtype=np.int64)


def _twice_issue(layer: Layer, shapes: NDArray[np.object_], found: tuple[int, int]) -> Issue:
    again, first = found
    place = layer.lonlat(shapely.point_on_surface(shapes[again]))
    detail = {"other_row": int(layer.rows[first])}
    return layer.finding("FEATURE_TWICE", again, geom=place, detail=detail)
