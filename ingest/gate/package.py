"""A whole package against its profile's package rules, once plans and layers are known."""

from collections.abc import Iterator
from dataclasses import replace

from ingest.gate.checks.cells import check_status
from ingest.gate.checks.classes import check_classes
from ingest.gate.checks.codes import check_codes, check_listed_codes
from ingest.gate.checks.contradictions import check_contradictions
from ingest.gate.checks.dates import check_dates
from ingest.gate.checks.fields import check_fields
from ingest.gate.checks.papers import check_papers
from ingest.gate.checks.references import check_references
from ingest.gate.checks.scans import check_scans
from ingest.gate.checks.structure import check_structure
from ingest.gate.inspection import Inspection
from ingest.gate.listing import entries
from ingest.gate.probing import probe_received
from schemas.issues import Issue
from schemas.profiles.package import Package


def check_package(inspection: Inspection) -> None:
    """Findings of the package rules; every finding gets the level and article its rule gives it."""
    package = inspection.rules.package
    if package is None:
        return
    inspection.issues += list(_findings(inspection, package))
    inspection.issues = [backed(issue, package) for issue in inspection.issues]


def _findings(inspection: Inspection, package: Package) -> Iterator[Issue]:
    lines = entries(inspection)
    probes, stopped = probe_received(inspection.received.files)
    yield from stopped
    yield from check_structure(inspection, package)
    yield from check_classes(inspection, package)
    yield from check_fields(inspection, package)
    yield from check_papers(inspection, package, lines, probes)
    for scan in package.scans:
        yield from check_scans(inspection, scan, lines, probes)
    yield from check_references(inspection, lines, probes)
    for told in inspection.plans:
        yield from check_codes(inspection, told)
        yield from check_listed_codes(inspection, lines, told)
        yield from check_dates(inspection, lines, told)
        yield from check_status(inspection, told)
    yield from check_contradictions(inspection, package)


def backed(issue: Issue, package: Package) -> Issue:
    """The finding with its rule's level and article."""
    rule = package.rule_of(issue.code)
    if rule is None:
        return issue
    detail = {"article": rule.article, **issue.detail}
    return replace(issue, severity=issue.severity or rule.level, detail=detail)
