"""The layers of a dossier as cases for the CRS detective: which belong together, what tells.

Layers with one label are judged together, except those whose numbers lie far from the rest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from ingest.crs.case import Trace
from ingest.crs.corners import Corners
from ingest.crs.follow import trace
from ingest.crs.measures import length_ratio
from ingest.crs.numbers import forms_of, middle_of
from ingest.crs.weighing import usable
from ingest.gate.inspection import Layer
from ingest.gate.match import plain_key

MOST_FEATURES, MOST_POINTS, MOST_SIZES = 400, 100, 20_000
REACH_M = 10_000.0
ADMINISTRATIVE = "ranhgioihanhchinh"


@dataclass(frozen=True)
class Group:
    """Layers that are judged together, the leading one first, and samples of their numbers."""

    layers: tuple[Layer, ...]
    samples: tuple[NDArray[np.float64], ...]

    @property
    def lead(self) -> Layer:
        return self.layers[0]

    @property
    def points(self) -> NDArray[np.float64]:
        """A sample (n, 2) of the plan's boundary, or of everything where none is drawn."""
        own = [s for layer, s in zip(self.layers, self.samples, strict=True) if _bounds(layer)]
        return _thinned(np.concatenate(own or self.samples), MOST_POINTS)

    @property
    def traces(self) -> tuple[Trace, ...]:
        """The plan's outline, and administrative lines drawn in the dossier."""
        outline = [layer for layer in self.layers if _bounds(layer)]
        lines = [layer for layer in self.layers if ADMINISTRATIVE in plain_key(layer.name)]
        return tuple(one for layers in (outline, lines) for one in _traced(layers))

    @property
    def corners(self) -> Corners | None:
        """Points with coordinates written beside them."""
        pairs = [pair for layer in self.layers for pair in _corners(layer)]
        if not pairs:
            return None
        drawn, table = (np.concatenate(side) for side in zip(*pairs, strict=True))
        return Corners(drawn, table)

    @property
    def length_ratio(self) -> float | None:
        """Drawn by declared length, where declared areas or lengths tell it."""
        ratios = (ratio for layer in self.layers for ratio in _ratios(layer))
        return next((ratio for ratio in ratios if ratio is not None), None)


def groups_of(layers: Sequence[Layer]) -> list[Group]:
    """Layers with shapes, by the CRS they are in and by where their numbers lie."""
    by_claim: dict[object, list[tuple[Layer, NDArray[np.float64]]]] = {}
    for layer in layers:
        points = _sample(layer)
        if len(points):
            claim = layer.srid if layer.srid is not None else ("unknown", layer.label)
            by_claim.setdefault(claim, []).append((layer, points))
    return [group for sampled in by_claim.values() for group in _side_by_side(sampled)]


def _side_by_side(sampled: list[tuple[Layer, NDArray[np.float64]]]) -> Iterator[Group]:
    """The layers of one label, those far from the leading one apart."""
    left = sorted(sampled, key=lambda one: (not _bounds(one[0]), -len(one[0])))
    while left:
        reach = _reach(left[0][1])
        low, high = left[0][1].min(axis=0) - reach, left[0][1].max(axis=0) + reach
        near = [bool(((p >= low) & (p <= high)).all()) for p in (middle_of(s) for _, s in left)]
        together = [one for one, is_near in zip(left, near, strict=True) if is_near]
        yield Group(tuple(layer for layer, _ in together), tuple(points for _, points in together))
        left = [one for one, is_near in zip(left, near, strict=True) if not is_near]


def _reach(points: NDArray[np.float64]) -> float:
    """Ten kilometres in the numbers' own unit."""
    forms = forms_of(points)
    if not forms:
        return float("inf")
    return REACH_M / 111_000.0 if forms[0].degrees else REACH_M / forms[0].factor


def _bounds(layer: Layer) -> bool:
    return layer.becomes == "boundary"


def _sample(layer: Layer) -> NDArray[np.float64]:
    """Some hundred vertices (n, 2) of a layer, spread over its rows."""
    shapes = layer.geoms[~shapely.is_missing(layer.geoms)]
    points = shapely.get_coordinates(_thinned(shapes, MOST_FEATURES))
    return _thinned(usable([points]), MOST_FEATURES)


def _thinned(rows: NDArray[Any], most: int) -> NDArray[Any]:
    if len(rows) <= most:
        return rows
    return np.asarray(rows[np.linspace(0, len(rows) - 1, most).astype(int)])


def _traced(layers: Sequence[Layer]) -> Iterator[Trace]:
    """The lines, or outlines of the areas, of layers."""
    if not layers:
        return
    shapes = np.concatenate([_thinned(layer.geoms, MOST_FEATURES) for layer in layers])
    drawn = shapes[shapely.get_dimensions(shapes) > 0]
    lines = np.where(shapely.get_dimensions(drawn) == 2, shapely.boundary(drawn), drawn)
    points = trace(lines)
    if len(points):
        yield Trace(points, float(np.nansum(shapely.length(lines))))


def _numbers(column: "pd.Series[Any]") -> NDArray[np.float64]:
    return np.asarray(pd.to_numeric(column, errors="coerce"), dtype=float)


def written_beside(
    layer: Layer,
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]] | None:
    """Rows (indices) that are points with numbers in toaDoX and toaDoY; both as (n, 2)."""
    columns = layer.attributes.columns
    if "toaDoX" not in columns or "toaDoY" not in columns:
        return None
    table = np.column_stack([_numbers(layer.attributes[name]) for name in ("toaDoX", "toaDoY")])
    dots = shapely.get_dimensions(layer.geoms) == 0
    points = dots & (shapely.get_num_coordinates(layer.geoms) == 1)
    drawn = np.full((len(layer), 2), np.nan)
    drawn[points] = shapely.get_coordinates(layer.geoms[points])
    good = np.flatnonzero(np.isfinite(drawn).all(axis=1) & np.isfinite(table).all(axis=1))
    return (good, drawn[good], table[good]) if len(good) else None


def _corners(layer: Layer) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Drawn points and the coordinates written beside them."""
    found = written_beside(layer)
    if found is not None:
        _, drawn, table = found
        yield _thinned(drawn, MOST_POINTS), _thinned(table, MOST_POINTS)


def _ratios(layer: Layer) -> Iterator[float | None]:
    """Drawn by declared length from the layer's areas and lengths."""
    shapes = _thinned(layer.geoms, MOST_SIZES)
    areal = layer.becomes in ("zone", "boundary")
    column, measure = ("dienTich", shapely.area) if areal else ("chieuDai", shapely.length)
    if column in layer.attributes.columns:
        declared = _thinned(_numbers(layer.attributes[column]), MOST_SIZES)
        yield length_ratio(np.asarray(measure(shapes), dtype=float), declared, 2 if areal else 1)
