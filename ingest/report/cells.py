"""The cell of the delivered workbook that a finding is about, as Excel names it: E5."""

from collections.abc import Iterable
from dataclasses import replace

from ingest.gate.workbook import SheetRows, WorkbookRows
from ingest.text.sheet import letters
from schemas.issues import Issue


def with_cells(issues: Iterable[Issue], book: WorkbookRows | None) -> list[Issue]:
    """Findings about the workbook's sheets, each with its `cell` in `detail`."""
    return [one if book is None else _with_cell(one, book) for one in issues]


def _with_cell(issue: Issue, book: WorkbookRows) -> Issue:
    sheet = book.sheets.get(issue.layer or "") if issue.file == book.path else None
    if sheet is None or "cell" in issue.detail:
        return issue
    cell = cell_of(sheet, issue.row, issue.column)
    return issue if cell is None else replace(issue, detail={**issue.detail, "cell": cell})


def cell_of(sheet: SheetRows, row: int | None, column: str | None) -> str | None:
    """The column's heading where no row is named, the row's first cell where no column is."""
    index = (
        sheet.places.get(column) if column is not None else min(sheet.places.values(), default=0)
    )
    if index is None or (row is None and column is None):
        return None
    return f"{letters(index)}{row or sheet.heading}"
