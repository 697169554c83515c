"""State-secret and defence plans are told by their marks and refused before anything is stored."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import PurePosixPath

import numpy as np

from ingest.files.source import Received, ReceivedFile
from ingest.gate.checks.files import is_spreadsheet
from ingest.gate.facts import Fact
from ingest.gate.inspection import Inspection, Layer
from ingest.gate.marked import first_marked, is_marked
from ingest.readers.tables import WorkbookBroken
from ingest.readers.texts import read_texts
from ingest.sandbox.limits import Limits
from ingest.sandbox.outcome import ReaderStopped
from ingest.sandbox.run import in_sandbox
from schemas.issues import Issue
from schemas.profiles import common_secrecy
from schemas.profiles.sources import Source, Sources


def secret_name(received: Received) -> Issue | None:
    """The first name (of the delivery, a folder or a file) with a common classification mark."""
    rule = common_secrecy()
    for fact in _names(received):
        if is_marked(fact.text, rule) or any(re.search(one, fact.text) for one in rule.names):
            return _issue(fact)
    return None


def secret_sheets(received: Received) -> Iterator[Issue]:
    """The first place with a common mark in each spreadsheet, whatever the profile and the sheet;
    and what stopped its reader.
    """
    found = (_secret_sheet(file) for file in received.files if is_spreadsheet(file))
    return (issue for issue in found if issue is not None)


def _secret_sheet(file: ReceivedFile) -> Issue | None:
    try:
        sheets = in_sandbox(
            read_texts,
            file.location,
            files=[file.location],
            limits=Limits().for_bytes(file.size_bytes),
            refusals=(WorkbookBroken,),
        )
    except ReaderStopped as stopped:
        return stopped.issue(file.path)
    except WorkbookBroken:
        return None  # told where the sheet is wanted
    found = first_marked(sheets, common_secrecy())
    if found is None:
        return None
    return _issue(Fact(None, file.path, found.sheet, found.row, found.column))


def secret_place(inspection: Inspection) -> Issue | None:
    """The first place that says the dossier is secret or a defence or security plan."""
    rule = inspection.rules.secrecy
    for fact in _texts(inspection):
        if is_marked(fact.text, rule):
            return _issue(fact)
    for sources, patterns in ((rule.kind_sources, rule.kinds), (rule.name_sources, rule.plans)):
        for fact in _stated(inspection, sources):
            if any(re.search(pattern, fact.text) for pattern in patterns):
                return _issue(fact)
    return None


def _names(received: Received) -> Iterator[Fact]:
    """Names without their endings; an underscore stands for a blank."""
    for path in (received.name, *(file.path for file in received.files)):
        for part in PurePosixPath(unicodedata.normalize("NFC", path)).parts:
            for name in (part, PurePosixPath(part).stem):
                yield Fact(name.replace("_", " "), path)


def _texts(inspection: Inspection) -> Iterator[Fact]:
    yield from _names(inspection.received)
    yield from _sheet_texts(inspection)
    yield from _table_texts(inspection)
    for layer in inspection.layers:
        for column in layer.attributes.columns:
            yield from _column_texts(layer, str(column))


def _column_texts(layer: Layer, column: str) -> Iterator[Fact]:
    """Each distinct text of a layer's column, at its first place."""
    cells = layer.attributes[column]
    first = np.flatnonzero(~cells.duplicated())
    for at, cell in zip(first, cells.to_numpy(dtype=object)[first], strict=True):
        if isinstance(cell, str):
            yield Fact(cell, layer.file, layer.name, int(layer.rows[at]), column)


def _stated(inspection: Inspection, sources: Sources) -> Iterator[Fact]:
    """What the sources say, in every row: one defence plan among others is one too many."""
    for source in sources:
        column = source.column or ""
        if source.value is not None:
            yield Fact(source.value)
        elif source.sheet is not None:
            yield from (f for f in _sheet_texts(inspection, source.sheet) if f.column == column)
        else:
            for layer in inspection.layers:
                if _is_source(layer, source) and column in layer.attributes.columns:
                    yield from _column_texts(layer, column)


def _is_source(layer: Layer, source: Source) -> bool:
    if source.layer is None:
        return layer.becomes in ("zone", "boundary")
    return layer.rule is not None and layer.rule.layer == source.layer


def _sheet_texts(inspection: Inspection, only: str | None = None) -> Iterator[Fact]:
    book = inspection.workbook
    for sheet in book.sheets.values() if book else ():
        if only not in (None, sheet.name):
            continue
        for number, row in zip(sheet.numbers, sheet.rows, strict=True):
            for column, cell in row.items():
                if isinstance(cell, str) and book:
                    yield Fact(cell, book.path, sheet.name, number, column)


def _table_texts(inspection: Inspection) -> Iterator[Fact]:
    """Each distinct text of a standard's tables, at its first place."""
    tables = inspection.standard.tables.rows if inspection.standard else ()
    for rows in tables:
        for column, cells in rows.cells.items():
            for code, first in zip(*np.unique(cells.codes, return_index=True), strict=True):
                if code >= 0:
                    row = int(rows.rows[first])
                    yield Fact(cells.values[code], rows.file, rows.name, row, column)


def _issue(fact: Fact) -> Issue:
    """The place alone: the text itself is not repeated."""
    return Issue("SECRET_REFUSED", fact.file, fact.layer, fact.row, fact.column)
