"""Objects far from their plan: every layer held against the plan's own boundary.

A whole layer that was shifted, or drawn in another zone, overlaps nothing and leaves no gap; only
its distance tells. Layers may reach beyond the boundary: roads and pipes go on, terrain and what
exists today are drawn around it, a landfill or a water work lies apart. So an object is far from
where its kind may lie, and a layer is an error only where most of it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from ingest.crs.wording import distance
from ingest.gate.facts import PlanRows
from ingest.gate.inspection import Layer
from ingest.gate.match import plain_key
from schemas.issues import Issue, Level
from schemas.numbers import spelt

BESIDE_M, AROUND_M = 1_000.0, 10_000.0
DRAWN_FOR_THE_PLAN = frozenset({"red_line", "building_line"})
STAKES = "mocgioi"
ROWS_SHOWN, PLACES_SHOWN = 5, 20


@dataclass(frozen=True)
class Reach:
    """How far (m) a layer's objects may lie from the plan, and from where on most of them may not.

    `wrong_m` None: a layer of the surroundings, which is never an error.
    """

    far_m: float
    wrong_m: float | None


def check_far(rows: PlanRows, boundary: Geometry | None, home: str | None) -> Iterator[Issue]:
    """Objects of one plan far from its boundary (in the storage CRS), a finding a layer.

    `home`: the profile's container of what is planned. Zones are told by topology.
    """
    if boundary is None or boundary.is_empty:
        return
    shapely.prepare(boundary)
    for layer, mask in rows.parts:
        if layer.becomes in ("line", "feature"):
            yield from _check(layer, mask, boundary, _reach(layer, boundary, home))


def _reach(layer: Layer, boundary: Geometry, home: str | None) -> Reach:
    kind = None if layer.rule is None else layer.rule.kind
    if kind in DRAWN_FOR_THE_PLAN or STAKES in plain_key(layer.name):
        return Reach(BESIDE_M, BESIDE_M)
    west, south, east, north = boundary.bounds
    across_m = float(np.hypot(east - west, north - south))
    planned = layer.rule is not None and layer.container in (home, None)
    return Reach(max(BESIDE_M, across_m), max(AROUND_M, across_m) if planned else None)


def _check(
    layer: Layer, mask: NDArray[np.bool_], boundary: Geometry, reach: Reach
) -> Iterator[Issue]:
    drawn = np.flatnonzero(mask & ~shapely.is_missing(layer.drawn) & ~shapely.is_empty(layer.drawn))
    far = drawn[~shapely.dwithin(boundary, layer.drawn[drawn], reach.far_m)]
    if len(far):
        away_m = shapely.distance(boundary, layer.drawn[far])
        yield _issue(layer, far, away_m, len(drawn), _level(layer, away_m, len(drawn), reach))


def _level(layer: Layer, away_m: NDArray[np.float64], count: int, reach: Reach) -> Level:
    """An error where most of a layer lies too far; only a remark where one says so already."""
    if layer.misread:
        return "INFO"
    if reach.wrong_m is None:
        return "WARNING"
    return "ERROR" if 2 * np.count_nonzero(away_m > reach.wrong_m) > count else "WARNING"


def _issue(
    layer: Layer, far: NDArray[np.intp], away_m: NDArray[np.float64], count: int, level: Level
) -> Issue:
    nearest, farthest = distance(float(away_m.min())), distance(float(away_m.max()))
    told, of = spelt(len(far)), spelt(count)
    listed = ", ".join(str(int(row)) for row in layer.rows[far[:ROWS_SHOWN]])
    detail = {
        "far_vi": told.vi,
        "far_en": told.en,
        "of_vi": of.vi,
        "of_en": of.en,
        "rows": f"{listed}, …" if len(far) > ROWS_SHOWN else listed,
        "nearest_vi": nearest.vi,
        "nearest_en": nearest.en,
        "farthest_vi": farthest.vi,
        "farthest_en": farthest.en,
    }
    points = shapely.point_on_surface(layer.drawn[far[:PLACES_SHOWN]])
    place = layer.lonlat(shapely.multipoints(points))
    return layer.finding(
        "OBJECT_FAR_FROM_PLAN",
        int(far[0]),
        count=len(far),
        geom=place,
        severity=level,
        detail=detail,
    )
