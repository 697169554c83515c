"""Papers and drawings of a dossier: the delivered files, named by the sheets that list them."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from ingest.delivery import DeliveredDocument
from ingest.gate.inspection import Inspection
from ingest.gate.listing import Entry, entries
from ingest.gate.written import parse_date
from schemas.issues import Issue, Level

DOCUMENT_ROLES = ("decision", "drawing", "scan", "text")


def read_documents(inspection: Inspection) -> tuple[DeliveredDocument, ...]:
    """Every paper or drawing delivered, once; listed ones with their title, number and date.

    A listed paper without a file is a finding.
    """
    lines = entries(inspection)
    inspection.issues += (issue for entry in lines for issue in _missing(inspection, entry))
    listed = {path: _document(inspection, entry, path) for entry in lines for path in entry.paths}
    for path, document in listed.items():
        if document.role == "decision":
            inspection.roles[path] = "decision"
    others = (
        DeliveredDocument(role, PurePosixPath(path).stem, path)
        for path, role in sorted(inspection.roles.items())
        if role in DOCUMENT_ROLES and path not in listed
    )
    return (*listed.values(), *others)


def _document(inspection: Inspection, entry: Entry, path: str) -> DeliveredDocument:
    rule = entry.rule
    scanned = inspection.roles[path] == "scan" and rule.role == "drawing"
    pages = entry.text(rule.pages)
    return DeliveredDocument(
        role="scan" if scanned else entry.role,
        title=entry.title or PurePosixPath(path).stem,
        path=path,
        number=entry.text(rule.number) or None,
        date=parse_date(entry.row.get(rule.date)) if rule.date else None,
        pages=int(pages) if pages.isdecimal() else None,
    )


def _missing(inspection: Inspection, entry: Entry) -> Iterator[Issue]:
    package = inspection.rules.package
    papers = package.papers if package else ()
    level: Level | None = next((one.listed for one in papers if entry.role in one.roles), None)
    for name in entry.lost:
        yield entry.finding("DOCUMENT_MISSING", entry.rule.file[0], name or None, level)
