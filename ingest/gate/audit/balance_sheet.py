"""Land-balance tables (bảng cân bằng sử dụng đất) found in any spreadsheet by their headings.

Pure: a path in, plain values out. Meant to run in a process of its own.
"""

import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from python_calamine import CalamineWorkbook

from ingest.gate.written import is_numbering
from ingest.readers.tables import check_extent
from ingest.sandbox.limits import LimitReached
from schemas.indicators import parse_quantity

MOST_ROWS, MOST_COLUMNS = 5_000, 100
EMPTY_ROWS = 3
Unit = Literal["ha", "m2"]

_NAME = re.compile(r"chức năng|loại đất|mục đích sử dụng|hạng mục|danh mục|tên đất")
_AREA = re.compile(r"diện tích|quy mô")
_SHARE = re.compile(r"tỷ lệ|tỉ lệ|cơ cấu|%")
_HECTARES, _SQUARE_METRES = re.compile(r"\bha\b|hecta|héc ta"), re.compile(r"m2|m²|mét vuông")
_EXISTING, _PLANNED = re.compile(r"hiện trạng|hiện có"), re.compile(r"quy hoạch|phương án")


@dataclass(frozen=True)
class BalanceRow:
    """One line: its number as Excel shows it, the land's name, area and share (None: not told)."""

    number: int
    name: str
    area: float | None
    share: float | None


@dataclass(frozen=True)
class BalanceTable:
    """A table of a sheet. `unit` of its areas: None where no heading says it."""

    sheet: str
    area_heading: str
    share_heading: str
    unit: Unit | None
    rows: tuple[BalanceRow, ...]


@dataclass(frozen=True)
class Page:
    """One sheet: its land-balance table, if any, and how many rows and columns it has in all.

    Of these the first 5,000 and 100 are looked at.
    """

    name: str
    n_rows: int
    n_columns: int
    table: BalanceTable | None

    @property
    def in_part(self) -> bool:
        """Whether the sheet is larger than what was looked at."""
        return self.n_rows > MOST_ROWS or self.n_columns > MOST_COLUMNS


class SheetUnreadable(Exception):
    """The spreadsheet cannot be opened."""


def read_balance(location: Path) -> tuple[Page, ...]:
    """Every sheet of a spreadsheet with its land-balance table; one of existing land is passed by.

    Raises SheetUnreadable, LimitReached.
    """
    try:
        if zipfile.is_zipfile(location):
            check_extent(location)
        with location.open("rb") as opened:
            book = CalamineWorkbook.from_filelike(opened)
            return tuple(_page(name, book.get_sheet_by_name(name)) for name in book.sheet_names)
    except LimitReached:
        raise
    except Exception as error:  # calamine has no error root of its own
        raise SheetUnreadable(str(error)) from error


def _page(name: str, sheet: Any) -> Page:
    cells = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS)
    table = _table(name, [row[:MOST_COLUMNS] for row in cells])
    n_rows, n_columns = (end + 1 for end in sheet.end or (-1, -1))
    return Page(name, n_rows, n_columns, table)


def _table(sheet: str, cells: list[list[Any]]) -> BalanceTable | None:
    for at in range(len(cells)):
        if not any(_NAME.search(_plain(cell)) for cell in cells[at] if isinstance(cell, str)):
            continue
        depth = 2 if _is_second_heading(cells[at : at + 2]) else 1
        headings = _headings(cells[at : at + depth])
        columns = _columns(headings)
        if columns is None:
            continue
        above = " ".join(_plain(cell) for row in ([sheet], *cells[:at]) for cell in row)
        if _EXISTING.search(above) and not _PLANNED.search(above):
            continue
        _, area, share = columns
        unit = _unit(headings[area]) or _unit(above)
        rows = tuple(_rows(cells[at + depth :], at + depth + 1, columns))
        told = [_written(cells[at : at + depth], column) for column in (area, share)]
        if rows:
            return BalanceTable(sheet, told[0], told[1], unit, rows)
    return None


def _is_second_heading(rows: list[list[Any]]) -> bool:
    """Whether the second of two rows only divides the columns of the first: no name, no number."""
    if len(rows) < 2:
        return False
    upper, lower = ([_plain(cell) for cell in row] for row in rows)
    names = [i for i, text in enumerate(upper) if _NAME.search(text)]
    named = any(lower[i] for i in names if i < len(lower))
    numbers = any(_number(cell) is not None for cell in rows[1])
    return bool(names) and any(lower) and not named and not numbers


def _headings(rows: list[list[Any]]) -> list[str]:
    """Headings of one or two rows joined; a merged upper one counts for all it stands over."""
    width = max((len(row) for row in rows), default=0)
    joined = [""] * width
    for depth, row in enumerate(rows):
        left = ""
        for column in range(width):
            text = _plain(row[column]) if column < len(row) else ""
            left = text or (left if depth == 0 and len(rows) > 1 else "")
            joined[column] = f"{joined[column]} {left}".strip()
    return joined


def _written(rows: list[list[Any]], column: int) -> str:
    """A column's heading as it stands in the sheet, the lower one where there are two."""
    texts = [str(_cell(row, column) or "").strip() for row in rows]
    return next((text for text in reversed(texts) if text), "")


def _columns(headings: list[str]) -> tuple[int, int, int] | None:
    """Columns of name, planned area and planned share; None where one of them is not there."""
    names = [i for i, text in enumerate(headings) if _NAME.search(text) and not _AREA.search(text)]
    shares = [i for i, text in enumerate(headings) if _SHARE.search(text) and i not in names]
    areas = [
        i for i, text in enumerate(headings)
        if _AREA.search(text) and i not in names and i not in shares
    ]  # fmt: skip
    if not names or not areas or not shares:
        return None
    return names[0], _planned(areas, headings), _planned(shares, headings)


def _planned(columns: list[int], headings: list[str]) -> int:
    """The column of the plan where existing land stands beside it."""
    planned = [i for i in columns if _PLANNED.search(headings[i])]
    other = [i for i in columns if not _EXISTING.search(headings[i])]
    return (planned or other or columns)[-1]


def _unit(text: str) -> Unit | None:
    if _HECTARES.search(text):
        return "ha"
    return "m2" if _SQUARE_METRES.search(text) else None


def _rows(
    cells: list[list[Any]], first: int, columns: tuple[int, int, int]
) -> Iterator[BalanceRow]:
    name, area, share = columns
    empty = 0
    for number, row in enumerate(cells, first):
        empty = 0 if any(_plain(cell) for cell in row) else empty + 1
        if empty >= EMPTY_ROWS:
            return
        if number == first and is_numbering(row):
            continue
        text = " ".join(str(_cell(row, name) or "").split())
        stated = _number(_cell(row, area))
        if text and stated is not None:
            part = _cell(row, share)
            percent = _number(part.rstrip("% ") if isinstance(part, str) else part)
            yield BalanceRow(number, unicodedata.normalize("NFC", text), stated, percent)


def _cell(row: list[Any], column: int) -> Any:
    return row[column] if column < len(row) else None


def _number(cell: Any) -> float | None:
    """A cell as a number; None where it is none."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float) or cell == "":
        return None
    amount = parse_quantity(cell)
    return None if amount is None or not np.isfinite(amount) else float(amount)


def _plain(cell: Any) -> str:
    return " ".join(unicodedata.normalize("NFC", str(cell)).casefold().split()) if cell else ""
