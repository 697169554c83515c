"""Scans: fine enough, in the form asked for, each drawing in a folder of its own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from ingest.gate.checks.unseen import in_part
from ingest.gate.inspection import Inspection
from ingest.gate.listing import Entry
from ingest.gate.probe import MOST_OBJECTS, MOST_PAGES, Probe
from schemas.issues import Issue
from schemas.profiles.package import Scan
from schemas.words import Words

ROUNDING = 0.99  # pixels are whole and paper is cut to the millimetre
_NUMBERED = re.compile(r"\d\)?$")


def check_scans(
    inspection: Inspection, rule: Scan, lines: Sequence[Entry], probes: Mapping[str, Probe]
) -> Iterator[Issue]:
    """Findings about the scans under the rule's path."""
    under = [file for file in inspection.received.files if _inside(rule, file.path) is not None]
    under = [file for file in under if not file.is_junk and file.sniffed.agrees_with(file.path)]
    for file in under:
        if file.sniffed.kind not in rule.kinds:
            yield Issue("SCAN_FORM", file=file.path, detail={"wanted": rule.form})
        if file.path in probes:
            yield from _fineness(file.path, probes[file.path], rule.least_dpi)
    if rule.own_folder:
        yield from _folders(rule, [file.path for file in under])
        yield from _shared_folders(inspection, lines)


def _inside(rule: Scan, path: str) -> PurePosixPath | None:
    """The path below the rule's folder; None for a file elsewhere."""
    found = re.search(rule.under, path, re.IGNORECASE)
    return None if found is None else PurePosixPath(path[found.end() :])


def _fineness(path: str, found: Probe, least: int) -> Iterator[Issue]:
    stated = [(one.dpi, one.page) for one in found.pictures if one.dpi is not None]
    coarse = [(dpi, page) for dpi, page in stated if dpi < least * ROUNDING]
    if coarse:
        dpi, page = min(coarse)
        detail = {"page": page, "least": least}
        value = f"{dpi:.0f}"
        yield Issue("SCAN_COARSE", file=path, value=value, count=len(coarse), detail=detail)
    if found.unseen:
        yield _unseen(path, found.unseen)
    unknown = len(found.pictures) - len(stated)
    if unknown:
        yield Issue("SCAN_DENSITY_UNKNOWN", file=path, count=unknown, detail={"least": least})


def _unseen(path: str, pages: int) -> Issue:
    said = Words(
        "{pages} trang chưa xem độ phân giải: mỗi tệp xem nhiều nhất {most_pages} trang, mỗi trang "
        "{most_objects} đối tượng",
        "the resolution of {pages} pages was not looked at: at most {most_pages} pages of a file "
        "and {most_objects} objects of a page are",
    )
    return in_part(said, path, pages=pages, most_pages=MOST_PAGES, most_objects=MOST_OBJECTS)


def _folders(rule: Scan, paths: Sequence[str]) -> Iterator[Issue]:
    """Drawings outside a folder of their own, and sheets of one drawing without a number."""
    drawings: dict[str, list[PurePosixPath]] = {}
    for path in paths:
        inside = _inside(rule, path)
        parts = inside.parts if inside else ()
        if len(parts) != 2:
            yield _misplaced(path, _NO_FOLDER if len(parts) < 2 else _TOO_DEEP)
        else:
            drawings.setdefault(parts[0], []).append(PurePosixPath(path))
    for name, sheets in drawings.items():
        bare = [sheet for sheet in sheets if not _NUMBERED.search(sheet.stem)]
        if len(sheets) > 1 and bare:
            file = bare[0].as_posix()
            yield Issue("DRAWING_SHEET_NAME", file=file, value=name, count=len(bare))


_NO_FOLDER = Words("không nằm trong thư mục riêng", "it lies in no folder of its own")
_TOO_DEEP = Words("nằm trong nhiều lớp thư mục", "it lies in folders inside folders")


def _shared_folders(inspection: Inspection, lines: Sequence[Entry]) -> Iterator[Issue]:
    """A folder of scans that two lines of the workbook name."""
    first: dict[str, Entry] = {}
    for entry in lines:
        if entry.rule.role != "drawing":
            continue
        scans = [path for path in entry.paths if inspection.roles.get(path) == "scan"]
        for folder in dict.fromkeys(PurePosixPath(path).parent.as_posix() for path in scans):
            other = first.setdefault(folder, entry)
            if other.number != entry.number:
                rows = f"{other.number}, {entry.number}"
                why = Words(
                    f"các dòng {rows} của trang {entry.sheet} cùng nêu một thư mục",
                    f"rows {rows} of sheet {entry.sheet} name one folder",
                )
                yield _misplaced(folder, why)


def _misplaced(path: str, why: Words) -> Issue:
    return Issue("DRAWING_FOLDER", file=path, detail={"why_vi": why.vi, "why_en": why.en})
