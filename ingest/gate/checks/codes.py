"""Codes: filled in on every row, those of the dossier they lie in, one for each plan."""

from collections.abc import Iterator

import numpy as np

from ingest.gate.inspection import Layer
from ingest.gate.plan_facts import PlanFacts
from schemas.issues import Issue

# Common attributes of every class (Circular 16/2025, Appendix II): the two required codes.
DOSSIER_CODE = "maHoSoQH"


def check_codes(layers: list[Layer], plan_code: str) -> Iterator[Issue]:
    """Rows of the planned layers whose dossier code is empty or another one's."""
    for layer in layers:
        if layer.rule is None or layer.container != "QuyHoach" or not len(layer):
            continue
        if DOSSIER_CODE not in layer.attributes.columns:
            continue
        codes = layer.attributes[DOSSIER_CODE].fillna("").astype(str).to_numpy()
        empty = np.flatnonzero(codes == "")
        other = np.flatnonzero((codes != "") & (codes != plan_code))
        if len(empty):
            first = int(empty[0])
            yield layer.finding("VALUE_MISSING", first, column=DOSSIER_CODE, count=len(empty))
        if len(other):
            first = int(other[0])
            yield layer.finding(
                "CODE_DIFFERS",
                first,
                column=DOSSIER_CODE,
                value=str(codes[first]),
                count=len(other),
                detail={"code": plan_code},
            )


def check_plan_id(told: PlanFacts, other: PlanFacts) -> Iterator[Issue]:
    """Two plans of a dossier whose different codes come to one plan id."""
    if told.key != other.key:
        detail = {"other": other.code, "plan_id": told.plan_id}
        yield Issue("PLAN_ID_SHARED", value=told.code, detail=detail)
