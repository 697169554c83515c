"""Zones of one plan and level against each other and the boundary, mended first where allowed.

Overlaps are normal in real plans: one within the drawing's tolerance is a WARNING, one beyond it
takes the level of the profile. Roads are often no zones, so open ground is a WARNING unless the
profile says that the level fills the boundary.
"""

from functools import partial

from ingest.gate.checks.afar import check_far
from ingest.gate.checks.fault_findings import LevelFindings
from ingest.gate.checks.unseen import in_part
from ingest.gate.facts import PlanRows
from ingest.gate.inspection import Inspection
from ingest.gate.topology.faults import Faults, find_faults
from ingest.gate.topology.level import ZonesOfLevel, boundary_of, levels_of, tolerance_of
from ingest.gate.topology.snapping import (
    MOST_POINTS,
    Snapping,
    no_snapping,
    propose_snapping,
)
from ingest.gate.topology.tolerance import Tolerance
from ingest.gate.topology.widths import wider
from schemas.issues import Issue
from schemas.profiles.tolerances import TopologyRule
from schemas.words import Words


def check_topology(inspection: Inspection, rows: PlanRows) -> None:
    """Every level of a plan. Where repairs are accepted, small faults are mended, then all is
    looked at again: what is told is what remains.
    """
    rule, tolerance = inspection.rules.topology, tolerance_of(inspection, rows)
    boundary = boundary_of(rows)
    inspection.issues += check_far(rows, boundary, inspection.rules.default_container)
    for zones in levels_of(rows):
        sign = partial(inspection.tell, _saying(zones))
        faults = find_faults(zones.shapes, boundary, tolerance, sign)
        sign()
        snapping = _snapping(zones, faults, tolerance, rule)
        if snapping.points_seen is not None:
            inspection.issues.append(_not_snapped(zones, snapping.points_seen))
        told = LevelFindings(zones, boundary, tolerance, rule)
        if len(snapping) and inspection.accept_repairs:
            inspection.issues += told.snapping("ZONE_EDGES_SNAPPED", snapping)
            zones = zones.replaced(snapping.indices, snapping.after)
            faults = find_faults(zones.shapes, boundary, tolerance, sign)
            told = LevelFindings(zones, boundary, tolerance, rule)
        elif len(snapping):
            inspection.issues += told.snapping("ZONE_EDGES_APART", snapping)
        inspection.issues += told.faults(faults)


def _saying(zones: ZonesOfLevel) -> Words:
    name, count = zones.layers[0].name, len(zones)
    return Words(f"Kiểm tra chồng lấn: {name} ({count})", f"Overlaps and gaps: {name} ({count})")


def _not_snapped(zones: ZonesOfLevel, points: int) -> Issue:
    said = Words(
        "không tính đề nghị khớp biên các ô, lô: quanh những chỗ lệch nhỏ có {points} đỉnh, nhiều "
        "nhất {most}; khe hở và chồng lấn vẫn được nêu đủ",
        "no snapping of the zones' edges is proposed: there are {points} points around the small "
        "faults, at most {most} are worked on; gaps and overlaps are all told",
    )
    lead = zones.layers[0]
    return in_part(said, lead.file, lead.name, points=points, most=MOST_POINTS)


def _snapping(
    zones: ZonesOfLevel, faults: Faults, tolerance: Tolerance, rule: TopologyRule
) -> Snapping:
    if faults.overlaps.pairs_seen is not None:
        return no_snapping(zones.shapes)
    narrow = faults.gaps.shapes[~wider(faults.gaps.shapes, tolerance.width_m)]
    return propose_snapping(zones.shapes, faults.overlaps, narrow, tolerance, rule.snap_share)
