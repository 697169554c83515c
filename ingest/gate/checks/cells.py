"""Single cells against the profile: filled, each value once, words that its code tables know."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from ingest.gate.facts import Fact, all_rows, first
from ingest.gate.inspection import Inspection, Layer
from ingest.gate.plan_facts import PlanFacts
from ingest.gate.workbook import SheetRows
from schemas.issues import Issue
from schemas.profiles.cells import CellRule, FactCell
from schemas.profiles.model import Sheet
from schemas.profiles.package import Backed

ROWS = 20
MOST_VALUES = 200
"""So many repeated values of a column are told one by one; the last stands for the rest."""
Indices = NDArray[np.intp]


def check_cells(inspection: Inspection) -> Iterator[Issue]:
    """Cells of the layers, and of the plan's own row in the workbook."""
    for layer in inspection.layers:
        yield from _empty_columns(layer)
        for rule in _rules(inspection, layer):
            yield from _check_layer(inspection, layer, rule)
    book = inspection.rules.workbook
    for sheet in book.sheets if book else ():
        found = inspection.sheet(sheet.name)
        if found is not None and found.rows:
            for cell in sheet.cells:
                yield from _check_fact(inspection, sheet, found, cell)


def _rules(inspection: Inspection, layer: Layer) -> Iterator[CellRule]:
    """The layer's own rules, and those of the attributes that every class has."""
    if layer.rule is None or not len(layer):
        return
    yield from layer.rule.cells
    package = inspection.rules.package
    for field in package.fields if package else ():
        if field.repeated is not None and field.name in layer.rule.attributes:
            yield CellRule(
                columns=(field.name,),
                repeated=field.repeated,
                article=field.article,
                confidence=field.confidence,
            )


def _empty_columns(layer: Layer) -> Iterator[Issue]:
    """Mandatory columns that are there without one value."""
    for column in _required(layer) if len(layer) else ():
        if column in layer.attributes.columns and not _filled(layer, column).any():
            yield layer.finding("COLUMN_EMPTY", column=column)


def _required(layer: Layer) -> tuple[str, ...]:
    """Columns that the profile itself says are mandatory."""
    return (layer.rule.required or ()) if layer.rule else ()


def _filled(layer: Layer, column: str) -> NDArray[np.bool_]:
    """Which rows (n,) have a value."""
    cells = layer.attributes[column]
    return cells.notna().to_numpy() & (cells.astype(str).str.strip() != "").to_numpy()


def _check_layer(inspection: Inspection, layer: Layer, rule: CellRule) -> Iterator[Issue]:
    there = [column for column in rule.columns if column in layer.attributes.columns]
    if not there:
        return
    filled = np.logical_or.reduce([_filled(layer, column) for column in there])
    told = not filled.any() and not set(there).isdisjoint(_required(layer))
    if rule.empty is not None and not filled.all() and not told:
        yield _at(layer, "CELLS_EMPTY", np.flatnonzero(~filled), there, rule)
    for column in there:
        values = _Values(layer, column)
        if rule.repeated is not None:
            yield from _repeated(values, rule)
        if rule.known:
            yield from _unknown(inspection, values, rule)


class _Values:
    """The distinct values of a column, and which rows hold each; blanks and case say nothing."""

    def __init__(self, layer: Layer, column: str) -> None:
        self.layer, self.column = layer, column
        filled = np.flatnonzero(_filled(layer, column))
        texts = layer.attributes[column].iloc[filled].map(_text)
        keys = texts.str.casefold().str.split().str.join(" ")
        codes, _ = pd.factorize(keys)
        order = np.argsort(codes, kind="stable")
        self.rows: list[Indices] = np.split(
            filled[order], np.flatnonzero(np.diff(codes[order])) + 1
        )
        self.rows = [rows for rows in self.rows if len(rows)]

    def text(self, rows: Indices) -> str:
        return _text(self.layer.attributes[self.column].iat[int(rows[0])])


def _text(cell: object) -> str:
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if whole else cell).strip()  # type: ignore[call-overload]


def _repeated(values: _Values, rule: CellRule) -> Iterator[Issue]:
    several = [rows for rows in values.rows if len(rows) > 1]
    for number, rows in enumerate(several[:MOST_VALUES]):
        rest = several[MOST_VALUES:] if number == MOST_VALUES - 1 else []
        count = len(rows) + sum(map(len, rest))
        value = values.text(rows)
        yield _at(values.layer, "VALUES_REPEATED", rows, [values.column], rule, value, count)


def _unknown(inspection: Inspection, values: _Values, rule: CellRule) -> Iterator[Issue]:
    """Values that no code table knows."""
    for rows in values.rows:
        value = values.text(rows)
        if not _is_known(inspection, value, rule.known):
            yield _at(values.layer, "CODE_UNKNOWN", rows, [values.column], rule, value)


def _is_known(inspection: Inspection, value: str, tables: Sequence[str]) -> bool:
    return any(inspection.rules.codes[name].knows(value) for name in tables)


def _at(
    layer: Layer,
    code: str,
    rows: Indices,
    columns: Sequence[str],
    rule: CellRule,
    value: str | None = None,
    count: int | None = None,
) -> Issue:
    """A finding at rows of a layer, with the places of the first of them."""
    level = {"CELLS_EMPTY": rule.empty, "VALUES_REPEATED": rule.repeated}.get(code)
    return layer.finding(
        code,
        int(rows[0]),
        column=columns[0],
        value=value,
        count=count or len(rows),
        geom=_places(layer, rows),
        severity=level,
        detail=_cited(rule) | _which(layer, rows) | {"name": ", ".join(columns)},
    )


def _which(layer: Layer, rows: Indices) -> dict[str, Any]:
    """How many rows, and the first of them, as text and as numbers."""
    first = [int(layer.rows[at]) for at in rows[:ROWS]]
    more = ", …" if len(rows) > ROWS else ""
    return {"n_rows": len(rows), "which": ", ".join(map(str, first)) + more, "rows": first}


def _places(layer: Layer, rows: Indices) -> Geometry | None:
    """A point in each of the first rows' shapes, in longitude and latitude."""
    shapes = [layer.geoms[at] for at in rows[:ROWS] if layer.geoms[at] is not None]
    points = [shapely.point_on_surface(shape) for shape in shapes]
    return layer.lonlat(shapely.multipoints(points)) if points else None


def _cited(rule: Backed) -> dict[str, Any]:
    return {"article": rule.article}


# The workbook


def _check_fact(
    inspection: Inspection, sheet: Sheet, found: SheetRows, cell: FactCell
) -> Iterator[Issue]:
    """A cell of the plan's own row: filled, or the fact stated elsewhere, in words that are known.

    A column that is not there is told as such.
    """
    if cell.column in found.missing or inspection.workbook is None:
        return
    value = found.rows[0].get(cell.column)
    place = Fact(value, inspection.workbook.path, sheet.name, found.numbers[0], cell.column)
    if value not in (None, ""):
        if cell.known and not _is_known(inspection, place.text, cell.known):
            yield _at_fact(place, "CODE_UNKNOWN", _cited(cell))
        return
    other = _elsewhere(inspection, sheet.name, cell.column)
    if other is not None:
        detail = {"found": other.text, "place": f"{other.layer}, {other.column}"}
        yield _at_fact(place, "FACT_CELL_EMPTY", _cited(cell) | detail, cell.elsewhere)
    elif cell.nowhere is not None:
        yield _at_fact(place, "FACT_MISSING", _cited(cell), cell.nowhere)


def _elsewhere(inspection: Inspection, sheet: str, column: str) -> Fact | None:
    """Another place that states the fact of a cell."""
    for sources in inspection.rules.plan.all_sources():
        if any((source.sheet, source.column) == (sheet, column) for source in sources):
            plain = tuple(source.model_copy(update={"codes": None}) for source in sources)
            fact = first(inspection, all_rows(inspection), plain)
            if fact is not None:
                return fact
    return None


def _at_fact(place: Fact, code: str, detail: dict[str, str], level: object = None) -> Issue:
    value = None if place.value in (None, "") else place.text
    where = (place.file, place.layer, place.row, place.column)
    return Issue(code, *where, value, detail=detail, severity=level)  # type: ignore[arg-type]


def check_status(inspection: Inspection, told: PlanFacts) -> Iterator[Issue]:
    """A status that says the plan is not, or no longer, approved, beside an approving decision."""
    plan = inspection.rules.plan
    if plan.statuses is None or (told.decision_no is None and told.decision_date is None):
        return
    fact = first(inspection, all_rows(inspection), plan.national_status)
    word = fact and inspection.rules.codes[plan.statuses].translate(fact.text)
    if fact is not None and word in ("drafted", "ended"):
        day = told.decision_date.strftime("%d/%m/%Y") if told.decision_date else None
        decision = " ".join(filter(None, (told.decision_no, day)))
        yield _at_fact(fact, "STATUS_CONTRADICTS", {"decision": decision})
