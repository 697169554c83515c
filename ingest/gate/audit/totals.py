"""What the dossier states of the whole plan: its area against the boundary, its people's sum."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely import Geometry

from ingest.gate.audit.areas import UNITS
from ingest.gate.audit.rounding import differ, half_units, in_unit
from ingest.gate.audit.zones import AuditedZones, number
from ingest.gate.facts import Fact, PlanRows, facts
from ingest.gate.inspection import Inspection
from schemas.crs import WGS84, project_one
from schemas.indicators import parse_quantity
from schemas.issues import Issue
from schemas.profiles.sources import Sources
from schemas.words import Words

LARGEST = 3


@dataclass(frozen=True)
class Total:
    """A total stated once, or in parts over several rows that add up to `added`."""

    fact: Fact
    stated: float
    added: float

    def finding(self, code: str, detail: dict[str, Any], geom: Geometry | None = None) -> Issue:
        place, value = self.fact, number(self.stated)
        where = place.file, place.layer, place.row, place.column
        return Issue(code, *where, value, geom=geom, detail=detail)


def check_totals(
    inspection: Inspection, rows: PlanRows, zones: AuditedZones, boundary: Geometry | None
) -> Iterator[Issue]:
    """Area and people of the plan as stated, against the boundary drawn and the sums of zones."""
    rule = inspection.rules.audit
    for total in _totals(inspection, rows, rule.area_m2):
        if boundary is not None:
            yield from _area(inspection, total, boundary)
    for total in _totals(inspection, rows, rule.population):
        yield from _people(total, zones)


def _area(inspection: Inspection, total: Total, boundary: Geometry) -> Iterator[Issue]:
    drawn = float(boundary.area)
    stated = np.array([total.stated, total.added])
    if not differ(stated, drawn, inspection.rules.audit.deviation, half_units(stated)).all():
        return
    inside = project_one(boundary.representative_point(), inspection.storage_srid, WGS84)
    for unit, unit_m2 in UNITS:
        if in_unit(stated, drawn, unit_m2).any():
            detail = {"unit": unit, "drawn_m2": number(drawn, 1)}
            yield total.finding("AREA_UNIT", detail, inside)
            return
    percent = number(100 * (total.stated - drawn) / drawn, 1)
    detail = {"drawn_m2": number(drawn, 1), "percent": percent}
    yield total.finding("PLAN_AREA_DIFFERS", detail, inside)


def _people(total: Total, zones: AuditedZones) -> Iterator[Issue]:
    """Each level that states people must come to the plan's number."""
    people = zones.numbers("population")
    for level in ("area", "cell", "lot"):
        own = people[zones.on(level)]
        own = own[~np.isnan(own)]
        stated = np.array([total.stated, total.added])
        rounding = 0.5 * len(own) + 0.5
        if len(own) and differ(stated, own.sum(), zones.rule.deviation, rounding).all():
            off = number(100 * (own.sum() - total.stated) / total.stated, 1)
            kind = {
                "area": Words("khu", "areas"),
                "cell": Words("ô", "cells"),
                "lot": Words("lô", "lots"),
            }[level]
            largest = _largest(zones, level, people)
            why = _with_largest(zones, kind, largest, people)
            detail = {"sum": number(own.sum()), "percent": off, "n_parts": len(own)}
            detail |= {"why_vi": why.vi, "why_en": why.en}
            detail |= {"rows": [int(zones.cell(row, "source_row")) for row in largest]}
            yield total.finding("PLAN_PEOPLE_DIFFER", detail, zones.places(largest))


def _largest(zones: AuditedZones, level: str, people: NDArray[np.float64]) -> list[int]:
    """The zones of a level with most people: of a sum that is wrong, the likeliest."""
    rows = [int(row) for row in zones.on(level) if not np.isnan(people[row])]
    return sorted(rows, key=lambda row: -people[row])[:LARGEST]


def _with_largest(
    zones: AuditedZones, kind: Words, largest: list[int], people: NDArray[np.float64]
) -> Words:
    told = [(zones.name(row), f"{people[row]:,.0f}") for row in largest]
    vi = "; ".join(f"{name}: {count.replace(',', '.')}" for name, count in told)
    en = "; ".join(f"{name}: {count}" for name, count in told)
    return Words(f"{kind.vi} (nhiều người nhất là {vi})", f"{kind.en} (most people: {en})")


def _totals(inspection: Inspection, rows: PlanRows, sources: Sources) -> Iterator[Total]:
    """Numbers stated for the whole plan; a text that is no number is no total."""
    for fact in facts(inspection, rows, sources):
        stated = parse_quantity(fact.value)
        if stated is not None and np.isfinite(stated) and stated > 0:
            yield Total(fact, stated, _added(rows, fact, stated))


def _added(rows: PlanRows, fact: Fact, stated: float) -> float:
    """The sum over all rows of the fact's column, where a layer holds it."""
    for layer, mask in rows.parts:
        if (layer.file, layer.name) == (fact.file, fact.layer):
            cells = layer.attributes.loc[mask, fact.column].tolist()
            amounts = [parse_quantity(cell) for cell in cells]
            return float(sum(a for a in amounts if a is not None and np.isfinite(a)))
    return stated
