"""Density, storeys and floor area ratio against each other: no plan can mean what excludes itself.

Floor area ratio = floor area / land, so it is at most density × storeys, and at least the smallest
density × the fewest storeys where both are given as ranges.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ingest.gate.audit.zones import AuditedZones, number
from ingest.gate.checks.gravest import gravest
from schemas.issues import Issue

HALF_PERCENT, HALF_TENTH = 0.5, 0.05
Numbers = NDArray[np.float64]


def check_norms(zones: AuditedZones) -> Iterator[Issue]:
    """Zones whose floor area ratio cannot be reached, or cannot be kept."""
    far_low, far_high = zones.numbers("far_min"), zones.numbers("far_max")
    most, least = _most(zones), _least(zones)
    too_high = np.flatnonzero(np.fmax(far_low, far_high) > most + HALF_TENTH)
    too_low = np.flatnonzero(far_high < least - HALF_TENTH)
    for code, rows, limit in (("FAR_TOO_HIGH", too_high, most), ("FAR_TOO_LOW", too_low, least)):
        yield from gravest(rows.tolist(), partial(_impossible, zones, code, limit))


def _most(zones: AuditedZones) -> Numbers:
    """Density × storeys at their largest, as far as they were rounded."""
    density, storeys = zones.numbers("density_max"), zones.numbers("storeys_max")
    return (density + HALF_PERCENT) / 100 * storeys


def _least(zones: AuditedZones) -> Numbers:
    """Density × storeys at their smallest; NaN where either is one number, which is a limit."""
    density, storeys = zones.numbers("density_min"), zones.numbers("storeys_min")
    ranges = (density < zones.numbers("density_max")) & (storeys < zones.numbers("storeys_max"))
    return np.where(ranges, (density - HALF_PERCENT) / 100 * storeys, np.nan)


def _impossible(zones: AuditedZones, code: str, limit: Numbers, row: int) -> Issue:
    texts = {norm: zones.frame[f"{norm}_text"].iat[row] for norm in ("density", "storeys", "far")}
    detail = {
        "zone": zones.name(row),
        "density": texts["density"],
        "storeys": texts["storeys"],
        "limit": number(limit[row]),
    }
    return zones.finding(row, code, "far", value=texts["far"], detail=detail)
