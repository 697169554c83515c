"""Points against the coordinates written beside them: one of the two is wrong where they differ.

A layer that was shifted whole keeps its shapes, its areas and its neighbours; the numbers in
toaDoX (north) and toaDoY (east) stay behind and tell.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from ingest.crs.corners import SAME_M
from ingest.crs.wording import distance
from ingest.gate.crs_case import written_beside
from ingest.gate.inspection import Layer
from schemas.issues import Issue
from schemas.numbers import spelt

SHIFT_M = 10_000.0
"""What lies farther apart is in another system or order, not shifted."""
PLACES_SHOWN = 20


def check_stated(layers: Sequence[Layer]) -> Iterator[Issue]:
    """A finding a layer: an error where most of its points were shifted from their numbers.

    A layer that lies in another CRS than it says is told by the detective.
    """
    for layer in layers:
        found = None if layer.misread else written_beside(layer)
        if found is None:
            continue
        rows, drawn, table = found
        plane = np.abs(drawn).max(axis=1) > 1_000.0
        away_m = np.hypot(drawn[:, 0] - table[:, 1], drawn[:, 1] - table[:, 0])
        apart = plane & (away_m > SAME_M)
        if apart.any():
            shifted = np.count_nonzero(apart & (away_m < SHIFT_M))
            yield _issue(
                layer, rows[apart], away_m[apart], len(rows), bool(2 * shifted > len(rows))
            )


def _issue(
    layer: Layer,
    rows: NDArray[np.intp],
    away_m: NDArray[np.float64],
    of: int,
    is_error: bool,
) -> Issue:
    nearest, farthest = distance(float(away_m.min())), distance(float(away_m.max()))
    count, whole = spelt(len(rows)), spelt(of)
    listed = ", ".join(str(int(row)) for row in layer.rows[rows[:5]])
    points = [shape for shape in layer.drawn[rows[:PLACES_SHOWN]] if shape is not None]
    return layer.finding(
        "STATED_COORDINATES_DIFFER",
        int(rows[0]),
        count=len(rows),
        geom=layer.lonlat(shapely.multipoints(shapely.point_on_surface(points))),
        severity="ERROR" if is_error else "WARNING",
        detail={
            "apart_vi": count.vi,
            "apart_en": count.en,
            "of_vi": whole.vi,
            "of_en": whole.en,
            "rows": f"{listed}, …" if len(rows) > 5 else listed,
            "nearest_vi": nearest.vi,
            "nearest_en": nearest.en,
            "farthest_vi": farthest.vi,
            "farthest_en": farthest.en,
        },
    )
