"""Papers and drawings of a dossier: the delivered files, named by the sheets that list them."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import PurePosixPath

from ingest.delivery import DeliveredDocument
from ingest.gate.facts import parse_date
from ingest.gate.inspection import Inspection
from ingest.gate.workbook import Cell, SheetRows
from schemas.issues import Issue
from schemas.profiles.model import DocumentRule

DOCUMENT_ROLES = ("decision", "drawing", "scan", "text")


def read_documents(inspection: Inspection) -> tuple[DeliveredDocument, ...]:
    """Every paper or drawing delivered, once; listed ones with their title, number and date.

    A listed paper without a file is a finding.
    """
    listed = {
        path: document
        for rule in inspection.rules.documents
        for path, document in _listed(inspection, rule)
    }
    for path, document in listed.items():
        if document.role == "decision":
            inspection.roles[path] = "decision"
    others = (
        DeliveredDocument(role, PurePosixPath(path).stem, path)
        for path, role in sorted(inspection.roles.items())
        if role in DOCUMENT_ROLES and path not in listed
    )
    return (*listed.values(), *others)


def _listed(inspection: Inspection, rule: DocumentRule) -> Iterator[tuple[str, DeliveredDocument]]:
    sheet = inspection.sheet(rule.sheet)
    if sheet is None or inspection.workbook is None:
        return
    under = [p for p in inspection.roles if re.search(rule.under, p, re.IGNORECASE)]
    for number, row in zip(sheet.numbers, sheet.rows, strict=True):
        paths = _files_of(row, rule, under)
        if not paths:
            inspection.issues.append(_missing(inspection.workbook.path, sheet, number, row, rule))
        for path in paths:
            if inspection.roles[path] != "junk":
                yield path, _document(inspection, rule, row, path)


def _files_of(row: dict[str, Cell], rule: DocumentRule, under: list[str]) -> list[str]:
    """Delivered files that a line names, by file name with or without ending, or by folder."""
    for column in rule.file:
        name = _key(row.get(column))
        if not name:
            continue
        found = [path for path in under if name in _names(path)]
        if found:
            return found
    return []


def _names(path: str) -> set[str]:
    pure = PurePosixPath(path)
    return {_key(pure.name), _key(pure.stem), _key(pure.parent.name)}


def _key(cell: Cell) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", str(cell or ""))).strip().casefold()


def _document(
    inspection: Inspection, rule: DocumentRule, row: dict[str, Cell], path: str
) -> DeliveredDocument:
    title = next((str(row[c]) for c in rule.title if row.get(c)), PurePosixPath(path).stem)
    kind = str(row.get(rule.role_column) or "") if rule.role_column else ""
    table = inspection.rules.codes[rule.roles] if rule.roles else None
    told = table.translate(kind) if table and kind else None
    scanned = inspection.roles[path] == "scan" and rule.role == "drawing"
    pages = row.get(rule.pages) if rule.pages else None
    number = row.get(rule.number) if rule.number else None
    return DeliveredDocument(
        role="scan" if scanned else told or rule.role,
        title=title,
        path=path,
        number=str(number) if number not in (None, "") else None,
        date=parse_date(row.get(rule.date)) if rule.date else None,
        pages=int(str(pages)) if str(pages).isdecimal() else None,
    )


def _missing(
    path: str, sheet: SheetRows, number: int, row: dict[str, Cell], rule: DocumentRule
) -> Issue:
    column = rule.file[0]
    named = next((str(row[c]) for c in (*rule.file, *rule.title) if row.get(c)), None)
    return Issue("DOCUMENT_MISSING", path, sheet.name, number, column, named)
