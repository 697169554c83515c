"""From inspected layers to plan versions: the frames that the register's tables are loaded from."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon

from ingest.delivery import DeliveredDocument, DeliveredVersion
from ingest.gate.checks.layers import check_zones
from ingest.gate.checks.numbers import audit_numbers
from ingest.gate.facts import PlanRows
from ingest.gate.inspection import Inspection, Layer
from ingest.gate.plan_facts import PlanFacts, read_plan_facts
from ingest.gate.rows import (
    FEATURE_COLUMNS,
    LINE_COLUMNS,
    ZONE_COLUMNS,
    attribute_rows,
    feature_rows,
    json_value,
    line_rows,
    stacked,
    zone_rows,
)
from schemas.issues import Issue
from schemas.themes import LINE_THEMES

Part = tuple[Layer, NDArray[np.bool_]]
"""A layer and which of its rows (n,) belong to one plan."""


def split_plans(inspection: Inspection) -> list[PlanRows]:
    """The rows of each plan: one plan per dossier, or one per value of the plan code column."""
    by_column = [
        source.column
        for source in inspection.rules.plan.code
        if source.column and source.sheet is None and source.layer is None
    ]
    if not by_column:
        everything = tuple((layer, np.ones(len(layer), bool)) for layer in inspection.layers)
        return [PlanRows(None, everything)]
    return _split_by(inspection, by_column[0])


def _split_by(inspection: Inspection, column: str) -> list[PlanRows]:
    parts: dict[str, list[Part]] = {}
    for layer in inspection.layers:
        if column not in layer.attributes.columns:
            inspection.issues.append(layer.finding("LAYER_WITHOUT_PLAN", column=column))
            continue
        codes = layer.attributes[column].fillna("").astype(str).to_numpy()
        empty = np.flatnonzero(codes == "")
        if len(empty):
            first = int(empty[0])
            issue = layer.finding("PLAN_CODE_EMPTY", first, column=column, count=len(empty))
            inspection.issues.append(issue)
        for code in np.unique(codes[codes != ""]):
            parts.setdefault(str(code), []).append((layer, codes == code))
    return [PlanRows(code, tuple(found)) for code, found in sorted(parts.items())]


def assemble(
    inspection: Inspection, rows: PlanRows, documents: tuple[DeliveredDocument, ...]
) -> tuple[DeliveredVersion | None, PlanFacts | None]:
    """One plan version from its rows; None where code, boundary or date are missing (findings)."""
    told = read_plan_facts(inspection, rows)
    if told is None:
        return None, None
    filled = [part for part in rows.parts if part[1].any()]
    zones, lines, features = _contents(inspection, filled)
    boundary = _boundary(inspection, rows, zones)
    inspection.issues += audit_numbers(inspection, rows, zones, boundary)
    _check_decision(inspection, told)
    inspection.issues += check_zones(rows, told, inspection.rules)
    if told.valid_from is None or boundary is None or _never_in_force(told):
        return None, told
    return _version(inspection, rows, told, documents, boundary, (zones, lines, features)), told


def _version(
    inspection: Inspection,
    rows: PlanRows,
    told: PlanFacts,
    documents: tuple[DeliveredDocument, ...],
    boundary: MultiPolygon,
    contents: tuple[pd.DataFrame, ...],
) -> DeliveredVersion:
    """The version of which code, date and boundary are known."""
    assert told.valid_from is not None
    zones, lines, features = contents
    filled = [part for part in rows.parts if part[1].any()]
    return DeliveredVersion(
        plan_id=told.plan_id,
        plan_code=told.code,
        plan_name=told.name,
        plan_kind=told.kind,
        plan_level=told.level,
        authority=told.authority,
        adjustment_kind=told.adjustment_kind,
        decision_no=told.decision_no,
        decision_date=told.decision_date,
        valid_from=told.valid_from,
        valid_to=told.valid_to,
        national_status=told.national_status,
        scale=told.scale,
        tolerance_m=told.tolerance_m,
        representation="vector" if len(zones) or len(lines) or len(features) else "scan",
        boundary=boundary,
        themes=_themes(filled, lines),
        zones=zones,
        lines=lines,
        features=features,
        documents=documents,
        attributes=_statements(inspection, rows),
        code_rule=inspection.rules.plan.plan_code,
    )


def _contents(inspection: Inspection, filled: Sequence[Part]) -> tuple[pd.DataFrame, ...]:
    """Zones, lines and features of the layers that have rows."""
    return (
        stacked((zone_rows(inspection, *part) for part in filled), ZONE_COLUMNS),
        stacked((line_rows(inspection, *part) for part in filled), LINE_COLUMNS),
        stacked((feature_rows(*part) for part in filled), FEATURE_COLUMNS),
    )


def _check_decision(inspection: Inspection, told: PlanFacts) -> None:
    if told.valid_from is None:
        inspection.issues.append(_no_decision_date(inspection, told))
    elif told.decision_no is None and inspection.rules.plan.decision_no:
        inspection.issues.append(Issue("DECISION_NUMBER_MISSING", detail={"plan": told.code}))


def _no_decision_date(inspection: Inspection, told: PlanFacts) -> Issue:
    source = next((s for s in inspection.rules.plan.decision_date if s.column), None)
    book = inspection.workbook
    return Issue(
        "DECISION_MISSING",
        file=book.path if book and source and source.sheet else None,
        layer=(source.sheet or source.layer) if source else None,
        column=source.column if source else None,
        detail={"plan": told.code},
    )


def _never_in_force(told: PlanFacts) -> bool:
    if told.valid_from is None or told.valid_to is None:
        return False
    return told.valid_to <= told.valid_from


def _themes(filled: Sequence[Part], lines: pd.DataFrame) -> frozenset[str]:
    """What the version speaks about: a layer without rows proves nothing.

    A theme with a row that has no usable shape, or with a corridor of unknown width, is left out:
    where nothing is drawn, nothing may be said.
    """
    drawn: set[str] = set()
    lost: set[str] = set()
    for layer, mask in filled:
        theme = _theme_of(layer)
        if theme is not None:
            drawn.add(theme)
            if shapely.is_missing(layer.geoms[mask]).any():
                lost.add(theme)
    corridors = lines[lines["kind"] == "corridor"]
    closed = shapely.is_closed(corridors["geom"].to_numpy(dtype=object))
    if not (corridors["width_m"].notna() | closed).all():
        lost.add("corridor")
    return frozenset(drawn - lost)


def _theme_of(layer: Layer) -> str | None:
    """The theme that a layer's rows answer."""
    if layer.rule is None:
        return None
    if layer.becomes == "zone":
        return "land_use"
    by_kind = {kind: theme for theme, kind in LINE_THEMES.items()}
    return by_kind.get(layer.rule.kind or "") if layer.becomes == "line" else layer.rule.theme


def _boundary(inspection: Inspection, rows: PlanRows, zones: pd.DataFrame) -> MultiPolygon | None:
    """Union of the boundary layer's areas, or of the zones where the profile has no such layer."""
    drawn = [
        layer.geoms[mask & ~shapely.is_missing(layer.geoms)]
        for layer, mask in rows.parts
        if layer.becomes == "boundary"
    ]
    rule = inspection.rules.boundary_rule
    if rule is None:
        drawn = [zones["geom"].to_numpy(dtype=object)]
    areas = np.concatenate(drawn) if drawn else np.array([], dtype=object)
    if not len(areas):
        if rule is not None and not _faults(inspection, rule.layer):
            detail = {"name": rule.layer}
            inspection.issues.append(Issue("BOUNDARY_MISSING", layer=rule.layer, detail=detail))
        return None
    union = shapely.union_all(areas)
    parts = shapely.get_parts(union)
    polygons = parts[shapely.get_type_id(parts) == 3]
    return MultiPolygon(list(polygons)) if len(polygons) else None


def _faults(inspection: Inspection, layer: str | None) -> bool:
    """Whether a finding already says why a layer has nothing to give."""
    told = (issue for issue in inspection.issues if issue.layer == layer)
    return any(issue.level == "ERROR" or issue.code == "CRS_OUTSIDE_PLACE" for issue in told)


def _statements(inspection: Inspection, rows: PlanRows) -> dict[str, Any]:
    """Whatever the sheets and the boundary layer state, as delivered."""
    book = inspection.workbook
    stated: dict[str, Any] = {
        name: [{column: json_value(cell) for column, cell in row.items()} for row in sheet.rows]
        for name, sheet in (book.sheets.items() if book else ())
    }
    for layer, mask in rows.parts:
        if layer.becomes == "boundary":
            stated.setdefault(layer.name, []).extend(attribute_rows(layer, mask))
    return stated
