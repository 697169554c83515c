"""The dossier's workbook (sheets HoSo, BanVe, VanBan) read as rows of named cells."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from ingest.gate.written import is_numbering
from ingest.readers.tables import WorkbookBroken, read_tables
from ingest.sandbox.limits import Limits
from ingest.sandbox.run import in_sandbox
from ingest.text.findings import TextFinding
from ingest.text.sheet import restore_table, table_findings
from schemas.profiles.model import Sheet

HEADING_ROWS = 15
Cell = str | int | float | bool | date | None


@dataclass(frozen=True)
class SheetRows:
    """A sheet's rows under the standard's column names; `numbers`: row numbers as Excel shows them.

    `missing`: standard columns that the sheet lacks; `texts`: what was found out about encodings;
    `heading`, `places`: the headings' row number and each column's index, so that cells are named.
    """

    name: str
    rows: tuple[dict[str, Cell], ...] = ()
    numbers: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    texts: tuple[TextFinding, ...] = ()
    heading: int = 0
    places: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class WorkbookRows:
    """Sheets found, by the profile's name; `missing`: sheets that are not there."""

    path: str
    sheets: dict[str, SheetRows] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


class WorkbookUnreadable(Exception):
    """The workbook cannot be opened."""


def read_workbook(location: Path, path: str, sheets: tuple[Sheet, ...]) -> WorkbookRows:
    """Read the sheets a profile asks for. Raises WorkbookUnreadable, ReaderStopped."""
    try:
        tables = in_sandbox(
            read_tables,
            location,
            files=[location],
            limits=Limits().for_bytes(location.stat().st_size),
            refusals=(WorkbookBroken,),
        )
    except WorkbookBroken as error:
        raise WorkbookUnreadable(str(error)) from error
    names = {_key(name): name for name in tables}
    found = {
        sheet.name: _read_sheet(tables[names[_key(sheet.name)]], sheet)
        for sheet in sheets
        if _key(sheet.name) in names
    }
    return WorkbookRows(path, found, tuple(s.name for s in sheets if s.name not in found))


def _read_sheet(cells: list[list[Cell]], sheet: Sheet) -> SheetRows:
    table, texts = restore_table(cells)
    at = _heading_row(table, sheet)
    if at is None:
        return SheetRows(sheet.name, missing=sheet.columns, texts=table_findings(texts, {}))
    columns = _columns(table[at], sheet)
    rows, numbers = [], []
    below = at + 2 if is_numbering(table[at + 1] if at + 1 < len(table) else ()) else at + 1
    for number, cells in enumerate(table[below:], below + 1):
        row = {column: clean_cell(cells[i]) for i, column in columns.items() if i < len(cells)}
        if any(cell not in (None, "") for cell in row.values()):
            rows.append(row)
            numbers.append(number)
    missing = tuple(column for column in sheet.columns if column not in columns.values())
    told = table_findings(texts, columns)
    places = {column: index for index, column in columns.items()}
    return SheetRows(sheet.name, tuple(rows), tuple(numbers), missing, told, at + 1, places)


def _heading_row(table: list[list[Any]], sheet: Sheet) -> int | None:
    """The row that holds most of the standard's headings: titles may stand above it."""
    known = {_key(name) for name in (*sheet.columns, *sheet.also, "Ngày")}
    scores = [
        sum(_key(cell) in known for cell in row if isinstance(cell, str))
        for row in table[:HEADING_ROWS]
    ]
    best = max(scores, default=0)
    return scores.index(best) if best >= 2 else None


def _columns(heading: list[Any], sheet: Sheet) -> dict[int, str]:
    """Column index → standard name (or the sheet's own where the standard has none)."""
    standard = {_key(name): name for name in sheet.columns}
    standard |= {_key(other): name for other, name in sheet.also.items()}
    columns: dict[int, str] = {}
    left = ""
    for index, cell in enumerate(heading):
        own = _text(cell)
        if not own:
            continue
        name = standard.get(_key(own)) or standard.get(_key(f"{left}: {own}")) or own
        if name in columns.values():
            name = standard.get(_key(f"{left}: {own}"), f"{left}: {own}")
        columns[index] = name
        left = own
    return columns


def _key(text: Any) -> str:
    plain = re.sub(r"[\s_]+", " ", _text(text)).strip(" *:").casefold()
    return re.sub(r"\s*([/:])\s*", r"\1", plain)


def _text(cell: Any) -> str:
    return unicodedata.normalize("NFC", str(cell)).strip() if cell is not None else ""


def clean_cell(cell: Any) -> Cell:
    """Text in NFC without outer blanks; whole floats as integers; date-times as dates."""
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, time | timedelta):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell  # type: ignore[no-any-return]
