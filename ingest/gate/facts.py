"""Facts of the plan read from where the profile says they are written: codes, dates, scale.

A fact keeps its place, so that a finding can name the cell.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.gate.inspection import Inspection, Layer
from ingest.gate.workbook import Cell
from schemas.profiles.sources import Source, Sources

_DATE = re.compile(r"^(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})$")
_ISO = re.compile(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ].*)?$")
_WORDED = re.compile(r"^(?:ngày\s*)?(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})$", re.IGNORECASE)
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_SCALE = re.compile(
    r"^(?:tỷ\s*lệ\s*|tỉ\s*lệ\s*)?(?:1\s*[/:]\s*)?(\d{1,3}(?:[. ,]?\d{3})*|\d+)$", re.I
)


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


def parse_date(cell: object) -> date | None:
    """A date as people and Excel write it: 5/3/2025, 05-03-2025, ISO, a serial day. Day first."""
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and 20_000 < cell < 80_000:
        return _EXCEL_DAY_ZERO + timedelta(days=int(cell))
    text = unicodedata.normalize("NFC", str(cell)).strip()
    if found := _DATE.match(text) or _WORDED.match(text):
        return _calendar(found[3], found[2], found[1])
    if found := _ISO.match(text):
        return _calendar(found[1], found[2], found[3])
    return None


def is_impossible(cell: object) -> bool:
    """Whether a text is written as a date but no calendar has it: 31/02/2025, 0/5/2024."""
    text = unicodedata.normalize("NFC", str(cell)).strip()
    written = _DATE.match(text) or _WORDED.match(text) or _ISO.match(text)
    return isinstance(cell, str) and written is not None and parse_date(cell) is None


def _calendar(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def parse_scale(cell: object) -> int | None:
    """Denominator of "1/2000", "1:2.000", "1/10 000" or 2000; None when it is not one scale."""
    if isinstance(cell, float | int):
        return int(cell) if cell >= 100 else None
    found = _SCALE.match(unicodedata.normalize("NFC", str(cell)).strip())
    if not found:
        return None
    scale = int(re.sub(r"[. ,]", "", found[1]))
    return scale if 100 <= scale <= 1_000_000 else None


def plan_slug(text: str) -> str:
    """Stable id of a plan from its key: lower case ASCII, other letters as their code points."""
    spread = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(c for c in spread if not unicodedata.combining(c)).lower()
    ascii_only = "".join(c if c.isascii() else f"-{ord(c):x}" for c in bare)
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
