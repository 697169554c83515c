"""Papers and drawings: there, readable, listed, and with as many pages as the workbook says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from ingest.gate.inspection import Inspection
from ingest.gate.listing import Entry
from ingest.gate.plan_facts import PlanFacts
from ingest.gate.probe import Probe
from schemas.issues import Issue, Level
from schemas.profiles.package import Package, Paper
from schemas.words import Words

FAULTS = {
    "empty": Words("tệp trống", "it is empty"),
    "cut": Words("tệp bị cắt cụt", "it is cut short"),
    "locked": Words("tệp có mật khẩu", "it is locked by a password"),
    "broken": Words("tệp hỏng", "it is damaged"),
    "huge": Words("ảnh quá lớn", "its picture is too large"),
}
_LISTED_FOLDER = re.compile(r"(^|/)HoSoScan/", re.IGNORECASE)
_COUNT = re.compile(r"^\s*0*(\d{1,5})\s*(?:trang|tờ|to|bản|pages?|sheets?)?\s*$", re.IGNORECASE)
SHOWN = 5


def check_papers(
    inspection: Inspection, package: Package, lines: Sequence[Entry], probes: Mapping[str, Probe]
) -> Iterator[Issue]:
    """Findings about papers, drawings and the lines that list them."""
    yield from _unreadable(lines, probes)
    for told in inspection.plans:
        yield from _absent(inspection, package, lines, told)
    yield from _unlisted(inspection, lines)
    for entry in lines:
        yield from _pages(entry, probes)


def _unreadable(lines: Sequence[Entry], probes: Mapping[str, Probe]) -> Iterator[Issue]:
    named = {path for entry in lines for path in entry.paths}
    for path, found in probes.items():
        if found.fault is not None:
            why = FAULTS[found.fault]
            level: Level = "ERROR" if path in named else "WARNING"
            detail = {"why_vi": why.vi, "why_en": why.en}
            yield Issue("PAPER_UNREADABLE", file=path, detail=detail, severity=level)


def _absent(
    inspection: Inspection, package: Package, lines: Sequence[Entry], told: PlanFacts
) -> Iterator[Issue]:
    """Papers that this plan must have and of which neither a file nor a line tells."""
    for paper in package.papers:
        asked = not paper.levels or told.level in paper.levels
        asked &= not paper.adjustments or told.adjustment_kind in paper.adjustments
        if asked and not _is_there(inspection, paper, lines):
            detail = {"why_vi": paper.title.vi, "why_en": paper.title.en, "article": paper.article}
            yield Issue("PAPER_ABSENT", detail=detail, severity=paper.absent)


def _is_there(inspection: Inspection, paper: Paper, lines: Sequence[Entry]) -> bool:
    by_role = any(role in paper.roles for role in inspection.roles.values())
    by_line = any(entry.role in paper.roles for entry in lines)
    names = (PurePosixPath(path).name for path in inspection.roles)
    by_name = paper.name is not None and any(re.search(paper.name, name) for name in names)
    return by_role or by_line or by_name


def _unlisted(inspection: Inspection, lines: Sequence[Entry]) -> Iterator[Issue]:
    """Files among the scans that no line names, a finding a folder."""
    if inspection.workbook is None or not lines:
        return
    named = {path for entry in lines for path in entry.paths}
    scans = [path for path in sorted(inspection.roles) if _LISTED_FOLDER.search(path)]
    own = ("workbook", "junk", "gis", "package")
    extra: dict[str, list[str]] = {}
    for path in scans:
        if path not in named and inspection.roles[path] not in own:
            extra.setdefault(PurePosixPath(path).parent.as_posix(), []).append(path)
    for folder, paths in extra.items():
        names = [PurePosixPath(path).name for path in paths]
        shown = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
        yield Issue("FILE_UNLISTED", file=paths[0], layer=folder, value=shown, count=len(paths))


def _pages(entry: Entry, probes: Mapping[str, Probe]) -> Iterator[Issue]:
    """The stated number of pages or sheets against what the scans have."""
    column, stated = entry.rule.pages, entry.text(entry.rule.pages)
    if not stated:
        return
    count = _COUNT.match(stated)
    if count is None:
        yield entry.finding("NUMBER_UNREADABLE", column, stated)
        return
    found = _count(entry.paths, probes)
    if found is not None and found != int(count[1]):
        yield entry.finding("PAGES_DIFFER", column, stated, found=found)


def _count(paths: Sequence[str], probes: Mapping[str, Probe]) -> int | None:
    """Pages of the scans among the files; None where there is none, or one cannot be read."""
    scans = [path for path in paths if _LISTED_FOLDER.search(path)] or list(paths)
    pages = [probes[path].pages for path in scans if path in probes]
    if not pages or None in pages:
        return None
    return sum(page for page in pages if page is not None)
