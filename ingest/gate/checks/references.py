"""References: every cell that names a file, or a page in one, leads to that file and page."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ingest.gate.facts import Fact
from ingest.gate.inspection import Inspection, Layer
from ingest.gate.listing import Entry, named_files
from ingest.gate.probe import Probe
from schemas.issues import Issue
from schemas.words import Words

_ENDINGS = r"\.(?:pdf|jpe?g|tiff?|png|docx?|xlsx?|pptx?|dwg|dxf)"
_WHOLE = re.compile(rf"^[^\n;]{{1,200}}{_ENDINGS}(?:#page=\d+)?$", re.IGNORECASE)
_PAGED = re.compile(rf"[^\s;,\"“”()]+{_ENDINGS}#page=\d+", re.IGNORECASE)
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_PAGE = re.compile(r"#page=(\d+)$", re.IGNORECASE)
_NO_FILE = Words("không có tệp này trong hồ sơ", "there is no such file in the dossier")


def check_references(
    inspection: Inspection, lines: Sequence[Entry], probes: Mapping[str, Probe]
) -> Iterator[Issue]:
    """References in the workbook's cells and the layers' texts.

    The names that sheets give of their papers are not asked here: a missing one is told as such,
    but their pages are.
    """
    paths = [path for path, role in inspection.roles.items() if role != "junk"]
    listing = {(entry.sheet, entry.rule.file[0]) for entry in lines}
    for fact in (*_in_workbook(inspection), *_in_layers(inspection)):
        named_by_sheet = (fact.layer, fact.column) in listing
        for reference in _references(fact.text, paths):
            place = replace(fact, value=reference)
            if _URL.match(reference):
                yield _issue("REFERENCE_OUTSIDE", place, None)
                continue
            found = named_files(reference, paths)
            if found:
                yield from _page(place, found, probes)
            elif not named_by_sheet:
                yield _issue("REFERENCE_UNRESOLVED", place, _NO_FILE)


def _references(text: str, paths: Sequence[str]) -> list[str]:
    """What a cell refers to: it is a file's name as a whole, or names pages of files."""
    plain = text.strip()
    whole = [plain] if _WHOLE.match(plain) else []
    return whole if named_files(plain, paths) else _PAGED.findall(plain) or whole


def _is_reference(text: str) -> bool:
    return bool(_WHOLE.match(text.strip()) or _PAGED.search(text))


def _page(place: Fact, found: Sequence[str], probes: Mapping[str, Probe]) -> Iterator[Issue]:
    wanted = _PAGE.search(place.text)
    pages = [probes[path].pages for path in found if path in probes]
    known = [count for count in pages if count is not None]
    if wanted is None or not known or 1 <= int(wanted[1]) <= max(known):
        return
    why = Words(f"tệp chỉ có {max(known)} trang", f"the file has {max(known)} pages")
    yield _issue("REFERENCE_UNRESOLVED", place, why)


def _issue(code: str, place: Fact, why: Words | None) -> Issue:
    return Issue(
        code,
        file=place.file,
        layer=place.layer,
        row=place.row,
        column=place.column,
        value=place.text,
        detail={} if why is None else {"why_vi": why.vi, "why_en": why.en},
    )


def _in_workbook(inspection: Inspection) -> Iterator[Fact]:
    book = inspection.workbook
    for sheet in book.sheets.values() if book else ():
        for number, row in zip(sheet.numbers, sheet.rows, strict=True):
            for column, cell in row.items():
                if isinstance(cell, str) and cell and book:
                    yield Fact(cell, book.path, sheet.name, number, column)


def _in_layers(inspection: Inspection) -> Iterator[Fact]:
    """Each distinct text of each column that has the look of a file's name, at its first row."""
    for layer in inspection.layers:
        for column in layer.attributes.columns:
            yield from _in_column(layer, str(column))


def _in_column(layer: Layer, column: str) -> Iterator[Fact]:
    numbers, distinct = pd.factorize(layer.attributes[column], use_na_sentinel=True)
    for number, cell in enumerate(distinct):
        if isinstance(cell, str) and "." in cell and _is_reference(cell):
            first = int(np.argmax(numbers == number))
            yield Fact(cell, layer.file, layer.name, int(layer.rows[first]), column)
