"""Lines of the workbook that list papers and drawings, with the delivered files they name."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from ingest.gate.inspection import Inspection
from ingest.gate.workbook import Cell, SheetRows
from schemas.issues import Issue, Level
from schemas.profiles.model import DocumentRule

_SEPARATORS = re.compile(r"[;\n]")
_PAGE = re.compile(r"#page=\d+$", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One line. `paths`: delivered files; `lost`: names for which nothing is delivered."""

    rule: DocumentRule
    book: str
    sheet: str
    number: int
    row: dict[str, Cell]
    role: str
    paths: tuple[str, ...]
    lost: tuple[str, ...]

    def text(self, column: str | None) -> str:
        cell = self.row.get(column) if column else None
        return "" if cell is None else str(cell).strip()

    def finding(
        self,
        code: str,
        column: str | None,
        value: str | None,
        level: Level | None = None,
        /,
        **detail: Any,
    ) -> Issue:
        """An issue placed at a cell of this line."""
        return Issue(
            code,
            file=self.book,
            layer=self.sheet,
            row=self.number,
            column=column,
            value=value,
            detail=detail,
            severity=level,
        )

    @property
    def title(self) -> str:
        return next((self.text(column) for column in self.rule.title if self.text(column)), "")


def entries(inspection: Inspection) -> list[Entry]:
    """Every line of the sheets that the profile's document rules name."""
    found: list[Entry] = []
    for rule in inspection.rules.documents:
        sheet = inspection.sheet(rule.sheet)
        if sheet is not None:
            found += _lines(inspection, rule, sheet)
    return found


def _lines(inspection: Inspection, rule: DocumentRule, sheet: SheetRows) -> Iterator[Entry]:
    book = inspection.workbook.path if inspection.workbook else ""
    junk = {path for path, role in inspection.roles.items() if role == "junk"}
    under = [p for p in inspection.roles if re.search(rule.under, p, re.IGNORECASE)]
    for number, row in zip(sheet.numbers, sheet.rows, strict=True):
        paths, lost = _files_of(row, rule, under)
        kept = tuple(path for path in paths if path not in junk)
        yield Entry(rule, book, sheet.name, number, row, _role(inspection, rule, row), kept, lost)


def _role(inspection: Inspection, rule: DocumentRule, row: dict[str, Cell]) -> str:
    kind = str(row.get(rule.role_column) or "") if rule.role_column else ""
    table = inspection.rules.codes[rule.roles] if rule.roles else None
    return (table.translate(kind) if table and kind else None) or rule.role


def _files_of(
    row: dict[str, Cell], rule: DocumentRule, under: Sequence[str]
) -> tuple[list[str], tuple[str, ...]]:
    """Files named by the first column that names any: by file, with or without ending, or folder.

    A cell may name several; those not delivered are the second value.
    """
    for column in rule.file:
        if found := named_files(row.get(column), under):
            return found, ()
        parts = [part for part in _SEPARATORS.split(str(row.get(column) or "")) if part.strip()]
        several = {part.strip(): named_files(part, under) for part in parts}
        if any(several.values()):
            lost = tuple(part for part, paths in several.items() if not paths)
            return [path for paths in several.values() for path in paths], lost
    shown = next((str(row[c]) for c in (*rule.file, *rule.title) if row.get(c)), "")
    return [], (shown,)


def named_files(cell: Cell, paths: Sequence[str]) -> list[str]:
    """Delivered files that a cell names: its last part is a file, a file's stem, or its folder."""
    name = _key(PurePosixPath(_PAGE.sub("", str(cell or "").strip()).replace("\\", "/")).name)
    return [path for path in paths if name and name in _names(path)]


def _names(path: str) -> set[str]:
    pure = PurePosixPath(path)
    return {_key(pure.name), _key(pure.stem), _key(pure.parent.name)}


def _key(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip().casefold()
