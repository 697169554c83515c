"""Classification marks in texts, and where in a spreadsheet one stands: never what it says."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.readers.texts import ColumnTexts
from ingest.text.fields import restore_fields
from ingest.text.label import UTF8
from ingest.text.sheet import letters
from schemas.profiles.model import SecrecyRule


@dataclass(frozen=True)
class MarkedCell:
    """A cell by its sheet, row and column as Excel shows them; without a row: the sheet's name."""

    sheet: str
    row: int | None = None
    column: str | None = None


def is_marked(text: str, rule: SecrecyRule) -> bool:
    """Whether a text carries a classification mark (not merely the letters of one)."""
    plain = text if text.isascii() else unicodedata.normalize("NFC", text)
    folded = plain.casefold()
    if rule.words and not any(word in folded for word in rule.words):
        return False
    spaced = _in_single_blanks(plain)
    return any(re.search(mark, spaced) for mark in rule.marks)


def _in_single_blanks(text: str) -> str:
    """One blank, or line break, for many: a million of them would keep a pattern busy for hours."""
    return re.sub(r" ?\n[ \n]*", "\n", re.sub(r"[^\S\n]+", " ", text))


def first_marked(
    sheets: Mapping[str, Sequence[ColumnTexts]], rule: SecrecyRule
) -> MarkedCell | None:
    """The first marked cell of a spreadsheet."""
    return next(_marked(sheets, rule), None)


def _marked(sheets: Mapping[str, Sequence[ColumnTexts]], rule: SecrecyRule) -> Iterator[MarkedCell]:
    for name, columns in sheets.items():
        if is_marked(name, rule):
            yield MarkedCell(name)
        for text, row, index in _readings(columns):
            if is_marked(text, rule):
                yield MarkedCell(name, row, letters(index))


def _readings(columns: Sequence[ColumnTexts]) -> Iterator[tuple[str, int, int]]:
    """Every text with its row and column: as it stands, and as old encodings may have it."""
    longest = max(map(len, columns), default=0)
    padded = {str(at): [*own, *[None] * (longest - len(own))] for at, own in enumerate(columns)}
    fields = restore_fields(padded, raw=False, label=UTF8)
    for index, (column, field) in enumerate(zip(columns, fields, strict=True)):
        for (text, row), restored in zip(column.items(), field.texts, strict=True):
            for read in {text, restored.after, *(read for _, read in restored.readings)}:
                yield read, row, index
