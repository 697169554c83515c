"""The texts of a worksheet restored before anything else looks at them, headings too."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ingest.text.fields import Field, restore_fields
from ingest.text.findings import TextFinding, text_findings
from ingest.text.label import UTF8


def restore_table(table: Sequence[Sequence[Any]]) -> tuple[list[list[Any]], list[Field]]:
    """A table's cells (rows of any length) with their texts in Unicode, and its columns' texts."""
    width = max(map(len, table), default=0)
    columns = {
        str(index): [_text(row[index]) if index < len(row) else None for row in table]
        for index in range(width)
    }
    fields = restore_fields(columns, raw=False, label=UTF8)
    restored = [list(row) for row in table]
    for index, field in enumerate(fields):
        for row, cell in zip(restored, field.cells(), strict=True):
            if cell is not None:
                row[index] = cell
    return restored, fields


def table_findings(fields: Sequence[Field], headings: Mapping[int, str]) -> tuple[TextFinding, ...]:
    """What is said about a worksheet's columns (by index); rows as Excel numbers them."""
    count = len(fields[0].codes) if fields else 0
    found = text_findings(fields, range(1, count + 1), UTF8)
    return tuple(replace(one, column=_heading(one.column, headings)) for one in found)


def _heading(column: str | None, headings: Mapping[int, str]) -> str | None:
    return None if column is None else headings.get(int(column), letters(int(column)))


def letters(index: int) -> str:
    """A column's letters in Excel: 0 is A, 26 is AA."""
    over, rest = divmod(index, 26)
    return (letters(over - 1) if over else "") + chr(ord("A") + rest)


def _text(cell: Any) -> str | None:
    return cell if isinstance(cell, str) else None
