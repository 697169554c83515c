"""Stated areas of zones against the areas drawn; hectares taken for square metres are told so."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ingest.gate.audit.rounding import (
    HECTARE_M2,
    SQUARE_KILOMETRE_M2,
    differ,
    half_units,
    in_unit,
)
from ingest.gate.audit.zones import AuditedZones, number
from ingest.gate.checks.gravest import gravest
from schemas.issues import Issue

UNITS = (("ha", HECTARE_M2), ("km²", SQUARE_KILOMETRE_M2))


def check_areas(zones: AuditedZones) -> Iterator[Issue]:
    """Zones whose `dienTich` is another than their shape's."""
    stated, drawn = zones.numbers("area_declared_m2"), zones.numbers("area_m2")
    wrong = differ(stated, drawn, zones.rule.deviation, half_units(stated))
    for unit, unit_m2 in UNITS:
        other_unit = np.flatnonzero(wrong & in_unit(stated, drawn, unit_m2))
        if len(other_unit):
            wrong[other_unit] = False
            yield _in_another_unit(zones, other_unit, unit)
    rows = np.flatnonzero(wrong)
    rows = rows[np.argsort(-np.abs(stated[rows] - drawn[rows]), kind="stable")]
    yield from gravest(rows.tolist(), partial(_differs, zones, stated, drawn))


def _in_another_unit(zones: AuditedZones, rows: NDArray[np.intp], unit: str) -> Issue:
    first = int(rows[0])
    stated, drawn = zones.numbers("area_declared_m2")[first], zones.numbers("area_m2")[first]
    detail = {"unit": unit, "drawn_m2": number(drawn, 1)}
    value = number(stated, 4)
    return zones.finding(
        first, "AREA_UNIT", "area_declared_m2", value=value, count=len(rows), detail=detail
    )


def _differs(
    zones: AuditedZones, stated: NDArray[np.float64], drawn: NDArray[np.float64], row: int
) -> Issue:
    off = stated[row] - drawn[row]
    detail = {
        "zone": zones.name(row),
        "drawn_m2": number(drawn[row], 1),
        "off_m2": number(off, 1),
        "percent": number(100 * off / drawn[row], 1),
    }
    value = number(stated[row])
    return zones.finding(row, "AREA_DIFFERS", "area_declared_m2", value=value, detail=detail)
