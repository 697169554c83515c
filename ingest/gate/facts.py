"""Facts of the plan read from where the profile says they are written: codes, dates, scale.

A fact keeps its place, so that a finding can name the cell.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.gate.inspection import Inspection, Layer
from ingest.gate.workbook import Cell
from schemas.profiles.sources import Source, Sources


@dataclass(frozen=True)
class Fact:
    """A value and the place where it is written."""

    value: Cell
    file: str | None = None
    layer: str | None = None
    row: int | None = None
    column: str | None = None

    @property
    def text(self) -> str:
        return self.value.isoformat() if isinstance(self.value, date) else str(self.value)


@dataclass(frozen=True)
class PlanRows:
    """The rows of each layer that belong to one plan: (layer, mask (n,)) pairs."""

    code: str | None
    parts: tuple[tuple[Layer, NDArray[np.bool_]], ...]


def all_rows(inspection: Inspection) -> PlanRows:
    """Every row of every layer, as those of one plan."""
    parts = ((layer, np.ones(len(layer), bool)) for layer in inspection.layers)
    return PlanRows(None, tuple(parts))


def facts(inspection: Inspection, rows: PlanRows, sources: Sources) -> Iterator[Fact]:
    """Every filled value of the sources, in their order, translated by their code tables."""
    for source in sources:
        for fact in _written(inspection, rows, source):
            if fact.value in (None, ""):
                continue
            if source.codes is None:
                yield fact
            elif word := inspection.rules.codes[source.codes].translate(fact.text):
                yield Fact(word, fact.file, fact.layer, fact.row, fact.column)


def first(inspection: Inspection, rows: PlanRows, sources: Sources) -> Fact | None:
    return next(facts(inspection, rows, sources), None)


def _written(inspection: Inspection, rows: PlanRows, source: Source) -> Iterator[Fact]:
    if source.value is not None:
        yield Fact(source.value)
    elif source.sheet is not None:
        yield from _in_sheet(inspection, source.sheet, source.column or "")
    else:
        yield from _in_layers(inspection, rows, source)


def _in_sheet(inspection: Inspection, name: str, column: str) -> Iterator[Fact]:
    sheet = inspection.sheet(name)
    if sheet is None or inspection.workbook is None or not sheet.rows:
        return
    yield Fact(sheet.rows[0].get(column), inspection.workbook.path, name, sheet.numbers[0], column)


def _in_layers(inspection: Inspection, rows: PlanRows, source: Source) -> Iterator[Fact]:
    """The first filled cell of the column in each layer that may hold it."""
    column = source.column or ""
    named = None if source.layer is None else inspection.layers_named(source.layer)
    for layer, mask in rows.parts:
        if named is not None and not any(layer is other for other in named):
            continue
        if named is None and layer.becomes not in ("zone", "boundary"):
            continue
        if column not in layer.attributes.columns:
            continue
        cells = layer.attributes[column]
        filled = np.flatnonzero(mask & cells.notna().to_numpy() & (cells != "").to_numpy())
        if len(filled):
            at = int(filled[0])
            cell: Any = cells.iat[at]
            yield Fact(cell, layer.file, layer.name, int(layer.rows[at]), column)
