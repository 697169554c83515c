"""The texts of a spreadsheet (.xlsx, .xls, .ods), each once a column, with their rows."""

import zipfile
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from ingest.readers.tables import WorkbookBroken, check_extent
from ingest.sandbox.limits import LimitReached

ColumnTexts = dict[str, int]
"""The distinct texts of a column, as they stand, and the first row of each as Excel numbers it."""


def read_texts(location: Path) -> dict[str, list[ColumnTexts]]:
    """The columns of every sheet, from A on, by the sheet's name. Raises WorkbookBroken."""
    try:
        if zipfile.is_zipfile(location):
            check_extent(location)
        with location.open("rb") as opened:
            book = CalamineWorkbook.from_filelike(opened)
            return {name: _columns(book.get_sheet_by_name(name)) for name in book.sheet_names}
    except (LimitReached, WorkbookBroken):
        raise
    except Exception as error:  # calamine has no error root of its own
        raise WorkbookBroken(str(error)) from error


def _columns(sheet: Any) -> list[ColumnTexts]:
    columns: list[ColumnTexts] = []
    for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1):
        columns += ({} for _ in range(len(row) - len(columns)))
        for column, cell in zip(columns, row, strict=False):
            if isinstance(cell, str) and cell:
                column.setdefault(cell, number)
    return columns
