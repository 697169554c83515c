"""The delivered workbook with a comment on every cell that a finding names, and the lists of all.

What is written is values and looks alone: no formula, link, name or rule of the original is kept,
and no text of the data can become one.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidationList
from openpyxl.worksheet.worksheet import Worksheet

SHEET, REPAIR_SHEET = "KiemTra", "SuaHinh"
AUTHOR = "Sổ Quy Hoạch"
LONGEST = 32_000
FORMULA_STARTS = frozenset("=+-@\t\r")
MOST_NOTES = 5
FILLS = {"FATAL": "F4B6B6", "ERROR": "F8CFCF", "WARNING": "FFE3B3", "INFO": "DCE9F7"}
HEADINGS = (
    ("Mức / Level", 14), ("Mã / Code", 26), ("Nội dung", 60), ("Message", 60), ("Cách sửa", 45),
    ("How to fix", 45), ("Tệp / File", 34), ("Lớp, trang / Layer, sheet", 24), ("Ô / Cell", 9),
    ("Dòng / Row", 9), ("Cột / Column", 22), ("Giá trị / Value", 30), ("Số lần / Count", 9),
)  # fmt: skip
REPAIR_HEADINGS = (
    ("Mã / Code", 26), ("Tệp / File", 34), ("Lớp / Layer", 24), ("Dòng / Row", 9),
    ("Giá trị / Value", 30), ("Số lần / Count", 9), ("Diện tích trước (m²) / Area before", 20),
    ("Diện tích sau (m²) / Area after", 20), ("Sai khác (m²) / Change", 20),
)  # fmt: skip
Line = tuple[str | int | float | None, ...]


@dataclass(frozen=True)
class Note:
    """A finding for the workbook. `sheet`, `cell`: where; `line`: its values in the list."""

    level: str
    sheet: str | None
    cell: str | None
    words_vi: str
    words_en: str
    line: Line


class NotAnnotated(Exception):
    """The delivered workbook cannot be opened for writing comments."""


def annotate(
    source: Path | None, notes: tuple[Note, ...], repairs: tuple[Line, ...], to: Path
) -> None:
    """Write the annotated copy of `source`, or (None) the lists alone. Raises NotAnnotated.

    `repairs`: every single one, as a line under REPAIR_HEADINGS.
    """
    book = Workbook() if source is None else _opened(source)
    if source is None:
        book.remove(book.worksheets[0])
    else:
        _comment(book, notes)
    _add_list(book, notes)
    if repairs:
        _add_repairs(book, repairs)
    for sheet in book.worksheets:
        _harmless(sheet)
    book.defined_names.clear()
    book.properties.creator = AUTHOR
    book.save(to)


def _opened(source: Path) -> Workbook:
    try:
        return load_workbook(source, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl has no error root of its own
        raise NotAnnotated(str(error)) from error


def _comment(book: Workbook, notes: Iterable[Note]) -> None:
    by_cell: dict[tuple[str, str], list[Note]] = defaultdict(list)
    names = {sheet.title.casefold(): sheet.title for sheet in book.worksheets}
    for note in notes:
        title = names.get((note.sheet or "").casefold())
        if title is not None and note.cell is not None:
            by_cell[title, note.cell].append(note)
    for (title, place), told in by_cell.items():
        _comment_cell(_top_left(book[title], place), told)


def _top_left(sheet: Worksheet, place: str) -> Cell:
    """The cell, or the first one of the merged block that it is part of."""
    block = next((area for area in sheet.merged_cells.ranges if place in area), None)
    cell: Any = sheet[place] if block is None else sheet.cell(block.min_row, block.min_col)
    return cell  # type: ignore[no-any-return]


def _comment_cell(cell: Cell, notes: list[Note]) -> None:
    told = [f"{note.words_vi}\n{note.words_en}" for note in notes[:MOST_NOTES]]
    if len(notes) > MOST_NOTES:
        told.append(f"… +{len(notes) - MOST_NOTES} ({SHEET})")
    if cell.comment is not None:
        told.append(cell.comment.text)
    text = _written("\n\n".join(told))
    cell.comment = Comment(text, AUTHOR, width=420, height=90 + 70 * min(len(notes), MOST_NOTES))
    gravest = min((note.level for note in notes), key=list(FILLS).index)
    cell.fill = PatternFill("solid", fgColor=FILLS[gravest])


def _add_list(book: Workbook, notes: Iterable[Note]) -> None:
    sheet = _headed(book, SHEET, HEADINGS)
    for note in notes:
        sheet.append(_plain(note.line))
        for cell in sheet[sheet.max_row]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(sheet.max_row, 1).fill = PatternFill("solid", fgColor=FILLS[note.level])
    _filtered(sheet)
    if len(book.worksheets) == 1:
        book.active = 0


def _add_repairs(book: Workbook, repairs: Iterable[Line]) -> None:
    """A sheet of numbers: there may be a hundred thousand, so no cell has a look of its own."""
    sheet = _headed(book, REPAIR_SHEET, REPAIR_HEADINGS)
    for line in repairs:
        sheet.append(_plain(line))
    _filtered(sheet)


def _headed(book: Workbook, title: str, headings: tuple[tuple[str, int], ...]) -> Any:
    """A new sheet with its headings, each a text and the width of its column."""
    sheet: Any = book.create_sheet(title)
    sheet.append([heading for heading, _ in headings])
    for number, (_, width) in enumerate(headings, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.cell(1, number).font = Font(bold=True)
    return sheet


def _filtered(sheet: Any) -> None:
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(sheet.max_column)}{sheet.max_row}"


def _plain(line: Line) -> list[str | int | float | None]:
    return [_written(one) if isinstance(one, str) else one for one in line]


def _harmless(sheet: Worksheet) -> None:
    """Texts stay texts; nothing that a spreadsheet would compute or open is left."""
    sheet.conditional_formatting = ConditionalFormattingList()
    sheet.data_validations = DataValidationList()
    cells: Any = (
        sheet._cells
    )  # those that are there: rows and columns can be claimed by the million
    for cell in cells.values():
        if cell.hyperlink is not None:
            cell.hyperlink = None
        if isinstance(cell.value, str):
            cell.data_type = "s"
            cell.quotePrefix = cell.value[:1] in FORMULA_STARTS


def _written(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("�", text)[:LONGEST]
