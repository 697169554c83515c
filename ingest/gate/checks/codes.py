"""Codes: filled in on every row, those of the dossier they lie in, one for each plan."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ingest.gate.agreement import plain_words
from ingest.gate.facts import all_rows, first
from ingest.gate.inspection import Inspection, Layer
from ingest.gate.listing import Entry
from ingest.gate.plan_facts import PlanFacts
from schemas.issues import Issue
from schemas.profiles.sources import Source

# Common attributes of every class (Circular 16/2025, Appendix II): the two required codes.
DOSSIER_CODE = "maHoSoQH"
INFO_CODE = "maThongTinQH"
FREE_FROM = date(2026, 7, 1)
"""From this day the national identifier may be any text (Decree 212/2026, Article 10)."""


def check_codes(inspection: Inspection, told: PlanFacts) -> Iterator[Issue]:
    """Rows of every listed class whose codes are empty or another plan's; the info code itself."""
    for column, code in ((DOSSIER_CODE, told.code), (INFO_CODE, told.info_code)):
        for layer in inspection.layers:
            listed = layer.rule is not None and layer.container in inspection.rules.containers
            if listed and len(layer) and code and column in layer.attributes.columns:
                yield from _column(layer, column, code)
    yield from _info_code(inspection, told)


def _column(layer: Layer, column: str, code: str) -> Iterator[Issue]:
    numbers, distinct = pd.factorize(layer.attributes[column], use_na_sentinel=True)
    texts = [*(_text(cell) for cell in distinct), ""]
    own = plain_words(code)
    empty = _rows(numbers, [not text for text in texts])
    strange = _rows(numbers, [bool(text) and plain_words(text) != own for text in texts])
    if len(empty):
        yield layer.finding("VALUE_MISSING", int(empty[0]), column=column, count=len(empty))
    if len(strange):
        at, count = int(strange[0]), len(strange)
        value, detail = texts[numbers[at]], {"code": code}
        yield layer.finding(
            "CODE_DIFFERS", at, column=column, value=value, count=count, detail=detail
        )


def _rows(numbers: NDArray[np.intp], wanted: list[bool]) -> NDArray[np.intp]:
    """Rows whose distinct value is wanted; the last of them stands for an empty cell (-1)."""
    return np.flatnonzero(np.array(wanted, dtype=bool)[numbers])


def _text(cell: object) -> str:
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if whole else cell).strip()  # type: ignore[call-overload]


def _info_code(inspection: Inspection, told: PlanFacts) -> Iterator[Issue]:
    rule = inspection.rules.plan.info_code
    if rule is None:
        return
    fact = first(inspection, all_rows(inspection), rule.sources)
    if fact is None:
        yield Issue("INFO_CODE_MISSING", detail={"plan": told.code})
    elif not re.match(rule.pattern, fact.text) and (told.decision_date or FREE_FROM) < FREE_FROM:
        place = (fact.file, fact.layer, fact.row, fact.column)
        yield Issue("INFO_CODE_PATTERN", *place, fact.text)


def check_listed_codes(
    inspection: Inspection, lines: Sequence[Entry], told: PlanFacts
) -> Iterator[Issue]:
    """Lines of the sheets that carry another dossier's code."""
    source = next((s for s in inspection.rules.plan.code if s.sheet), Source(value=told.code))
    for entry in lines:
        code = entry.text(source.column)
        if code and plain_words(code) != plain_words(told.code):
            yield entry.finding("CODE_DIFFERS", source.column, code, code=told.code)


def check_plan_id(told: PlanFacts, other: PlanFacts) -> Iterator[Issue]:
    """Two plans of a dossier whose different codes come to one plan id."""
    if told.key != other.key:
        detail = {"other": other.code, "plan_id": told.plan_id}
        yield Issue("PLAN_ID_SHARED", value=told.code, detail=detail)
