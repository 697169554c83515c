"""The sheets of a workbook (.xlsx, .xls, .ods) as rows of plain cells."""

import re
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from ingest.sandbox.limits import beyond
from schemas.words import Words

LARGEST = 500 << 20
MOST_CELLS = 5_000_000
CHUNK = 1 << 20
Cell = str | int | float | bool | date | None
_PLACE = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')


class WorkbookBroken(Exception):
    """The workbook cannot be opened; the argument says why."""


def read_tables(location: Path) -> dict[str, list[list[Cell]]]:
    """Every sheet's rows from its first to its last, by its name. Raises WorkbookBroken."""
    if zipfile.is_zipfile(location):
        check_extent(location)
    try:
        book = CalamineWorkbook.from_path(str(location))
        return {name: _rows(book, name) for name in book.sheet_names}
    except Exception as error:  # calamine has no error root of its own
        raise WorkbookBroken(str(error)) from error


def check_extent(location: Path) -> None:
    """Raises LimitReached where a workbook, unpacked or spread out, is too large.

    Two cells in opposite corners are a table of seventeen thousand million.
    """
    try:
        with zipfile.ZipFile(location) as pack:
            infos = pack.infolist()
            if sum(info.file_size for info in infos) > LARGEST:
                raise beyond(LARGEST >> 20, Words("MB", "MB"))
            cells = sum(
                _extent(pack, info) for info in infos if info.filename.startswith("xl/worksheets/")
            )
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise WorkbookBroken(str(error)) from error
    if cells > MOST_CELLS:
        raise beyond(MOST_CELLS, Words("ô", "cells"))


def _extent(pack: zipfile.ZipFile, info: zipfile.ZipInfo) -> int:
    """Cells of the rectangle that holds every written cell of a worksheet."""
    columns: set[bytes] = set()
    low, high, tail = 1 << 30, 0, b""
    with pack.open(info) as sheet:
        while chunk := sheet.read(CHUNK):
            text = tail + chunk
            for letters, digits in _PLACE.findall(text):
                columns.add(letters)
                low, high = min(low, int(digits)), max(high, int(digits))
            tail = text[-200:]
    numbers = [_column(letters) for letters in columns]
    return (high - low + 1) * (max(numbers) - min(numbers) + 1) if numbers else 0


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _rows(book: Any, name: str) -> list[list[Cell]]:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [[_plain(cell) for cell in row] for row in rows]


def _plain(cell: Any) -> Cell:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, time | timedelta):
        return str(cell)
    return cell  # type: ignore[no-any-return]
