"""The zones of one plan on one level (area, cell or lot), gathered from all its layers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, STRtree

from ingest.gate.facts import PlanRows, facts
from ingest.gate.inspection import Inspection, Layer
from ingest.gate.topology.faces import Indices
from ingest.gate.topology.tolerance import Tolerance
from ingest.gate.written import parse_scale
from ingest.shapes import multi
from schemas.issues import Issue

LEVELS = ("area", "cell", "lot")


@dataclass(frozen=True)
class ZonesOfLevel:
    """Zones (n,) of one level: shapes in the storage CRS, and the layer and row of each.

    Rows without a usable shape are not among them; an invalid one comes in with its proposed
    repair, so that it leaves no hole.
    """

    level: str
    layers: tuple[Layer, ...]
    shapes: NDArray[np.object_]
    layer_of: Indices
    row_of: Indices

    def __len__(self) -> int:
        return len(self.shapes)

    def finding(self, zone: int, code: str, **more: Any) -> Issue:
        """An issue at one zone."""
        layer: Layer = self.layers[self.layer_of[zone]]
        return layer.finding(code, int(self.row_of[zone]), **more)

    @cached_property
    def tree(self) -> STRtree:
        """The zones by place."""
        return STRtree(self.shapes)

    def row(self, zone: int) -> int:
        """The source's row of a zone."""
        return int(self.layers[self.layer_of[zone]].rows[self.row_of[zone]])

    def name(self, zone: int) -> str:
        """The zone's symbol, or its row where it has none."""
        layer = self.layers[self.layer_of[zone]]
        row = int(self.row_of[zone])
        source = layer.rule.columns.get("symbol") if layer.rule else None
        if source is not None and source.column in layer.attributes.columns:
            symbol = layer.attributes[source.column].iat[row]
            if symbol not in (None, ""):
                return str(symbol)
        return f"#{self.row(zone)}"

    def names(self, zones: Indices, most: int = 3) -> str:
        """Some zones by name."""
        listed = ", ".join(self.name(int(zone)) for zone in zones[:most])
        return f"{listed}, …" if len(zones) > most else listed

    def replaced(self, zones: Indices, shapes: NDArray[np.object_]) -> "ZonesOfLevel":
        """The same level with other shapes, put into its layers too."""
        changed = self.shapes.copy()
        changed[zones] = multi(shapes)
        for number, layer in enumerate(self.layers):
            own = zones[self.layer_of[zones] == number]
            layer.geoms[self.row_of[own]] = changed[own]
            layer.drawn[self.row_of[own]] = changed[own]
        return ZonesOfLevel(self.level, self.layers, changed, self.layer_of, self.row_of)


def levels_of(rows: PlanRows) -> Iterator[ZonesOfLevel]:
    """Each level that has zones."""
    for level in LEVELS:
        parts = [
            (layer, np.flatnonzero(mask & ~shapely.is_missing(layer.drawn)))
            for layer, mask in rows.parts
            if layer.rule is not None and layer.becomes == "zone" and layer.rule.level == level
        ]
        parts = [(layer, indices) for layer, indices in parts if len(indices)]
        if parts:
            yield ZonesOfLevel(
                level,
                tuple(layer for layer, _ in parts),
                np.concatenate([layer.drawn[indices] for layer, indices in parts]),
                np.repeat(np.arange(len(parts)), [len(indices) for _, indices in parts]),
                np.concatenate([indices for _, indices in parts]),
            )


def boundary_of(rows: PlanRows) -> Geometry | None:
    """The plan's boundary as drawn (repairs proposed count as made); None where there is none."""
    drawn = [
        layer.drawn[mask & ~shapely.is_missing(layer.drawn)]
        for layer, mask in rows.parts
        if layer.becomes == "boundary"
    ]
    areas = np.concatenate(drawn) if drawn else np.array([], dtype=object)
    return shapely.union_all(areas) if len(areas) else None


def tolerance_of(inspection: Inspection, rows: PlanRows) -> Tolerance:
    """The profile's tolerances at the scale that the plan states."""
    rules = inspection.rules
    stated = facts(inspection, rows, rules.plan.scale)
    scales = (parse_scale(fact.value) for fact in stated)
    return Tolerance.of(rules.topology, next((scale for scale in scales if scale), None))
