"""State-secret and defence plans are told by their marks and refused before anything is stored."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import PurePosixPath

import numpy as np

from ingest.files.source import Received
from ingest.gate.facts import Fact, PlanRows, facts
from ingest.gate.inspection import Inspection
from schemas.issues import Issue
from schemas.profiles import common_secrecy
from schemas.profiles.model import SecrecyRule


def secret_name(received: Received) -> Issue | None:
    """The first name (of the delivery, a folder or a file) with a common classification mark."""
    rule = common_secrecy()
    for fact in _names(received):
        if is_marked(fact.text, rule) or any(re.search(one, fact.text) for one in rule.names):
            return _issue(fact)
    return None


def secret_place(inspection: Inspection) -> Issue | None:
    """The first place that says the dossier is secret or a defence or security plan."""
    rule = inspection.rules.secrecy
    for fact in _texts(inspection):
        if is_marked(fact.text, rule):
            return _issue(fact)
    everything = PlanRows(None, tuple((lay, np.ones(len(lay), bool)) for lay in inspection.layers))
    for fact in facts(inspection, everything, rule.kind_sources):
        if any(re.search(pattern, fact.text) for pattern in rule.kinds):
            return _issue(fact)
    return None


def is_marked(text: str, rule: SecrecyRule) -> bool:
    """Whether a text carries a classification mark (not merely the letters of one)."""
    return any(re.search(pattern, text) for pattern in rule.marks)


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
        if layer.becomes == "boundary":
            yield from (
                Fact(cell, layer.file, layer.name, int(layer.rows[i]), str(column))
                for column in layer.attributes.columns
                for i, cell in enumerate(layer.attributes[column])
                if isinstance(cell, str)
            )


def _sheet_texts(inspection: Inspection) -> Iterator[Fact]:
    book = inspection.workbook
    for sheet in book.sheets.values() if book else ():
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
