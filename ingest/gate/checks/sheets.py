"""The workbook: there at all, with its sheets and columns, one dossier in it."""

from collections.abc import Iterator

from ingest.gate.workbook import Cell, WorkbookRows
from schemas.issues import Issue
from schemas.profiles.model import Sheet, Workbook

# The circular's text says 19 columns and lists 20: one may be missing without a word.
OPTIONAL = frozenset({"Ghi chú", "Từ khóa", "Mã hồ sơ"})
SHOWN = 3


def check_workbook(book: WorkbookRows, rule: Workbook) -> Iterator[Issue]:
    """Findings about missing sheets, columns and rows."""
    for sheet in rule.sheets:
        if sheet.name in book.missing:
            code = "SHEET_MISSING" if sheet.required else "SHEET_ABSENT"
            yield Issue(code, file=book.path, layer=sheet.name, detail={"sheet": sheet.name})
        else:
            yield from _check_sheet(book, sheet)


def _check_sheet(book: WorkbookRows, sheet: Sheet) -> Iterator[Issue]:
    found = book.sheets[sheet.name]
    if len(found.missing) == len(sheet.columns):
        code = "SHEET_MISSING" if sheet.required else "SHEET_ABSENT"
        yield Issue(code, file=book.path, layer=sheet.name, detail={"sheet": sheet.name})
        return
    for column in found.missing:
        if column not in OPTIONAL:
            yield Issue("COLUMN_ABSENT", file=book.path, layer=sheet.name, column=column)
    if sheet.required and not found.rows:
        yield Issue("SHEET_EMPTY", file=book.path, layer=sheet.name, detail={"sheet": sheet.name})
    if sheet.required and len(found.rows) > 1:
        yield Issue(
            "SHEET_ROWS",
            file=book.path,
            layer=sheet.name,
            row=found.numbers[1],
            value=_told(found.rows[1]),
            detail={"sheet": sheet.name, "rows": len(found.rows)},
        )


def _told(row: dict[str, Cell]) -> str:
    """The first filled cells of a row."""
    filled = [f"{column}: {cell}" for column, cell in row.items() if cell not in (None, "")]
    return "; ".join(filled[:SHOWN])
