"""Faults between the zones of one level as findings: what lies where, how large, how grave."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import shapely
from shapely import Geometry

from ingest.gate.checks.gravest import SHOWN, SHOWN_REPAIRS, gravest, sketched
from ingest.gate.topology.cover import Places
from ingest.gate.topology.faces import Indices
from ingest.gate.topology.faults import Faults
from ingest.gate.topology.level import ZonesOfLevel
from ingest.gate.topology.overlaps import Overlaps
from ingest.gate.topology.snapping import Snapping
from ingest.gate.topology.tolerance import Tolerance
from ingest.gate.topology.widths import polygons_of, width_m
from ingest.shapes import shown_area
from schemas.issues import Issue, Level
from schemas.profiles.tolerances import TopologyRule

IDENTICAL = 1 - 1e-9


@dataclass(frozen=True)
class LevelFindings:
    """Turns measured faults of one level into findings, gravest first, few of each kind in full."""

    zones: ZonesOfLevel
    boundary: Geometry | None
    tolerance: Tolerance
    rule: TopologyRule

    def faults(self, faults: Faults) -> Iterator[Issue]:
        covers = self.zones.level in self.rule.full_cover
        yield from self._overlaps(faults.overlaps)
        pairs = list(zip(faults.slivers, faults.sliver_of.tolist(), strict=True))
        yield from gravest(pairs, self._sliver)
        yield from self._places("ZONE_OUTSIDE_BOUNDARY", faults.outside, self.rule.outside)
        yield from self._places("ZONE_GAP", faults.gaps, self.rule.gap if covers else None)
        if len(faults.uncovered):
            yield self._uncovered(faults.uncovered, self.rule.gap if covers else None)

    def snapping(self, code: str, snapping: Snapping) -> Iterator[Issue]:
        return gravest(range(len(snapping)), partial(self._snap, code, snapping), SHOWN_REPAIRS)

    def _level(self, above: bool, level: Level | None) -> Level | None:
        """The level of a fault beyond tolerance, where the tolerance is known."""
        return level if above and self.tolerance.judged else None

    def _overlaps(self, found: Overlaps) -> Iterator[Issue]:
        codes = np.select(
            [found.same >= IDENTICAL, found.same >= self.rule.nearly_same],
            ["ZONE_DUPLICATE", "ZONE_NEARLY_DUPLICATE"],
            "ZONE_OVERLAP",
        )
        for code, above in product(np.unique(codes).tolist(), (True, False)):
            chosen = np.flatnonzero((codes == code) & (found.above == above)).tolist()
            level = self._level(above, self.rule.overlap)
            yield from gravest(chosen, partial(self._overlap, code, level, found))
        if found.pairs_seen is not None:
            yield self.zones.finding(0, "TOPOLOGY_TANGLED", detail={"pairs": found.pairs_seen})

    def _overlap(self, code: str, level: Level | None, found: Overlaps, at: int) -> Issue:
        zones, area = self.zones, float(found.area_m2[at])
        first, second = int(found.first[at]), int(found.second[at])
        pair = zones.shapes[[first, second]]
        common = shapely.multipolygons(polygons_of(shapely.intersection(*pair[:, None]))[0])
        detail = {
            "other": zones.name(second),
            "other_row": zones.row(second),
            "area_m2": shown_area(area, 2),
            "width_m": round(width_m(common), 3),
            "share": round(100 * area / float(shapely.area(pair).min()), 1),
        }
        return self._issue(first, code, common, level, zones.name(first), detail)

    def _sliver(self, found: tuple[Geometry, int]) -> Issue:
        part, zone = found
        detail = {"area_m2": shown_area(part.area, 4), "width_m": round(width_m(part), 4)}
        return self._issue(zone, "ZONE_SLIVER", part, None, self.zones.name(zone), detail)

    def _places(self, code: str, found: Places, level: Level | None) -> Iterator[Issue]:
        for above in (True, False):
            shapes = found.shapes[found.above == above]
            yield from gravest(shapes, partial(self._open, code, self._level(above, level)))

    def _open(self, code: str, level: Level | None, shape: Geometry) -> Issue:
        near = self._zones_at(shape)
        detail = {"area_m2": shown_area(shape.area, 2), "width_m": round(width_m(shape), 3)}
        zone = int(near[0]) if len(near) else None
        return self._issue(zone, code, shape, level, self.zones.names(near), detail)

    def _uncovered(self, found: Places, level: Level | None) -> Issue:
        assert self.boundary is not None
        area = float(found.area_m2.sum())
        detail = {
            "area_m2": shown_area(area, 2),
            "share": round(100 * area / self.boundary.area, 1),
            "places": len(found),
        }
        above = self._level(bool(found.above.any()), level)
        shape = shapely.multipolygons(found.shapes[:SHOWN])
        return self._issue(None, "ZONES_DO_NOT_COVER", shape, above, None, detail)

    def _snap(self, code: str, snapping: Snapping, at: int) -> Issue:
        zone = int(snapping.indices[at])
        ground = shapely.symmetric_difference(self.zones.shapes[zone], snapping.after[at])
        before, after = float(snapping.before_m2[at]), float(snapping.after_m2[at])
        detail = {
            "area_before_m2": shown_area(before, 4),
            "area_after_m2": shown_area(after, 4),
            "change_m2": shown_area(after - before, 4),
            "moved_m2": shown_area(float(snapping.moved_m2[at]), 4),
        }
        return self._issue(zone, code, ground, None, self.zones.name(zone), detail)

    def _issue(
        self,
        zone: int | None,
        code: str,
        shape: Geometry,
        level: Level | None,
        value: str | None,
        detail: dict[str, Any],
    ) -> Issue:
        """A finding at a zone (None: at the layer) whose place is `shape`, sketched."""
        place = self.zones.layers[0].lonlat(sketched(shape, self.tolerance.width_m))
        more: dict[str, Any] = {"value": value, "geom": place, "severity": level, "detail": detail}
        if zone is None:
            return self.zones.layers[0].finding(code, **more)
        return self.zones.finding(zone, code, **more)

    def _zones_at(self, shape: Geometry) -> Indices:
        """Zones that touch a place."""
        noise = self.tolerance.noise_m
        return np.sort(self.zones.tree.query(shape, predicate="dwithin", distance=noise))
