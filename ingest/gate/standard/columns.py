"""Columns and cells of a table against its standard: names, types, lengths, patterns, lists."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import numpy as np
import regex

from ingest.gate.standard.findings import at_rows, cited, said
from ingest.gate.standard.shapes import check_shapes
from ingest.gate.standard.tables import TableRows
from schemas.issues import Issue
from schemas.standards.forms import form_words
from schemas.standards.model import Column, ColumnType
from schemas.standards.patterns import PatternTooSlow, fits_whole
from schemas.words import Words

TYPES: dict[ColumnType, Words] = {
    "text": Words("chữ", "a text"),
    "integer": Words("số nguyên", "a whole number"),
    "number": Words("số", "a number"),
    "boolean": Words("có hay không (viết 1 hoặc 0)", "a yes or no (written 1 or 0)"),
    "date": Words("ngày (như 20171013)", "a day (as 20171013)"),
    "url": Words("địa chỉ web (như https://…)", "a web address (as https://…)"),
    "file": Words("tên tệp", "the name of a file"),
    "path": Words("đường dẫn không có dấu cách", "a path without blanks"),
    "geometry": Words("hình", "a shape"),
}
_DATES = ("%Y%m%d", "%d/%m/%Y", "%Y-%m-%d", "%Y/%m/%d", "%Y")
_FLAGS = frozenset("1TtYy0FfNn")
_URL = regex.compile(r"(?:https?|ftp|file|jar|mailto):.*", regex.IGNORECASE | regex.DOTALL)
_NOT_URI = regex.compile(r"[\s<>\"{}|\\^`]|%(?![0-9A-Fa-f]{2})")


def check_columns(rows: TableRows) -> Iterator[Issue]:
    """Columns that are missing or not foreseen; then every column's cells."""
    known = {name.casefold() for c in rows.table.columns for name in (c.name, *c.also)}
    shapes = rows.table.geometry
    for name in rows.header:
        if name.casefold() not in known:
            yield Issue("TABLE_COLUMN_UNEXPECTED", file=rows.file, layer=rows.name, column=name)
    for column in rows.table.columns:
        if not rows.has(column):
            yield from _missing(rows, column)
        elif column is shapes:
            yield from check_shapes(rows, column)
        else:
            yield from _check_cells(rows, column)


def _missing(rows: TableRows, column: Column) -> Iterator[Issue]:
    if column.type == "geometry":
        yield Issue(
            "TABLE_SHAPES_MISSING",
            file=rows.file,
            layer=rows.name,
            column=column.name,
            detail=cited(column),
        )
    elif column.column != "none":
        yield Issue(
            "TABLE_COLUMN_MISSING",
            file=rows.file,
            layer=rows.name,
            column=column.name,
            detail=cited(column),
            severity=column.column,
        )


def _check_cells(rows: TableRows, column: Column) -> Iterator[Issue]:
    """Each distinct value is held against each rule once, however many rows have it."""
    cells, name = rows.cells[column.name], column.name
    if column.required:
        yield from at_rows("CELL_EMPTY", rows, np.flatnonzero(cells.empty), name, rule=column)
    for code, is_wrong, detail in _faults(column):
        try:
            wrong = np.array([is_wrong(value) for value in cells.values], dtype=bool)
        except PatternTooSlow:
            yield _too_slow(rows, column)
            continue
        yield from at_rows(code, rows, cells.where(wrong), name, rule=column, **detail)


def _faults(column: Column) -> Iterator[tuple[str, Callable[[str], bool], dict[str, Any]]]:
    """What can be wrong with a value: the code, when it is, and what the sentence says of it."""
    kind = {"type": column.type, **said("type", TYPES[column.type])}
    yield "CELL_TYPE", lambda value: not is_of_type(value, column.type), kind
    if (least := column.min_length) is not None:
        yield "CELL_TOO_SHORT", lambda value: len(value) < least, {"least": least}
    if (most := column.max_length) is not None:
        yield "CELL_TOO_LONG", lambda value: len(value) > most, {"most": most}
    if (allowed := column.values) is not None:
        listed = frozenset(allowed)
        yield "CELL_NOT_ALLOWED", lambda v: v not in listed, {"allowed": ", ".join(allowed)}
    if (pattern := column.pattern) is not None:
        form = {"pattern": pattern, **said("form", form_words(pattern))}
        yield "CELL_PATTERN", lambda v: not fits_whole(pattern, v), form


def _too_slow(rows: TableRows, column: Column) -> Issue:
    return Issue(
        "STANDARD_RULE_UNUSABLE",
        file=rows.file,
        layer=rows.name,
        column=column.name,
        value=column.pattern,
        detail={"why_vi": "chạy quá lâu", "why_en": "it runs too long"},
    )


def is_of_type(value: str, kind: ColumnType) -> bool:
    """Whether a text can be read as a value of this type."""
    if kind == "integer":
        number = _number(value)
        return number is not None and abs(number - round(number)) < 1e-7
    if kind == "number":
        return _number(value) is not None
    if kind == "boolean":
        return value in _FLAGS
    if kind == "date":
        return any(_is_day(value, form) for form in _DATES)
    if kind == "url":
        return _URL.fullmatch(value) is not None
    return kind != "path" or _NOT_URI.search(value) is None


def _number(value: str) -> float | None:
    try:
        number = float(value) if "_" not in value else None
    except ValueError:
        return None
    return number if number is not None and np.isfinite(number) else None


def _is_day(value: str, form: str) -> bool:
    """A day of the calendar in exactly this form: `2013-9-2` is none."""
    try:
        day = datetime.strptime(value, form)  # noqa: DTZ007 - a day, no time
    except ValueError:
        return False
    return day.strftime(form).rjust(len(value), "0") == value
