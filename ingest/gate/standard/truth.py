"""Conditions over all rows of a table at once, with the three truths of SQL.

A comparison with an empty value is neither true nor false, and a row breaks a condition only where
it is false. As in the databases this grammar comes from, LIKE knows `%` and `_` and does not care
about the case of A to Z.
"""

from collections.abc import Callable
from operator import ge, gt, le, lt, ne
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.gate.standard.tables import Cells, TableRows
from schemas.standards.conditions import (
    Compared,
    Every,
    IsNull,
    Literal,
    Name,
    Not,
    Some,
    Test,
    Value,
)

Truth = NDArray[np.int8]
"""One a row: FALSE, OPEN (undecided) or TRUE, in this order."""
FALSE, OPEN, TRUE = 0, 1, 2

_ORDER: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def broken_rows(test: Test, rows: TableRows) -> NDArray[np.intp]:
    """Indices of the rows for which the test is false."""
    return np.flatnonzero(_truth(test, rows) == FALSE)


def _truth(test: Test, rows: TableRows) -> Truth:
    match test:
        case Some(tests):
            return np.asarray(np.maximum.reduce([_truth(one, rows) for one in tests]))
        case Every(tests):
            return np.asarray(np.minimum.reduce([_truth(one, rows) for one in tests]))
        case Not(inner):
            return np.asarray(TRUE - _truth(inner, rows), dtype=np.int8)
        case IsNull(value):
            empty = _cells(value, rows).empty
            return np.where(empty, TRUE, FALSE).astype(np.int8)
        case Compared(left, sign, right):
            return _compared(_cells(left, rows), sign, _cells(right, rows), _numeric(left, right))


def _cells(value: Value, rows: TableRows) -> Cells:
    if isinstance(value, Name):
        return rows.column(value.name)
    if value.text is None:
        return Cells.none(len(rows))
    return Cells(np.zeros(len(rows), dtype=np.intp), (value.text,))


def _numeric(left: Value, right: Value) -> bool:
    """Whether one side is a bare number, so that numbers and not their spellings are compared."""
    return any(isinstance(one, Literal) and one.number for one in (left, right))


def _compared(left: Cells, sign: str, right: Cells, numeric: bool) -> Truth:
    """Each pair of distinct values is compared once, however many rows have it."""
    known = ~left.empty & ~right.empty
    pairs = left.codes.astype(np.int64) * (len(right.values) + 1) + right.codes
    distinct, where = np.unique(pairs[known], return_inverse=True)
    width = len(right.values) + 1
    holds = [
        _holds(left.values[int(pair // width)], sign, right.values[int(pair % width)], numeric)
        for pair in distinct
    ]
    truth: Truth = np.full(len(left), OPEN, dtype=np.int8)
    truth[known] = np.array(holds, dtype=np.int8)[where] if len(distinct) else OPEN
    return truth


def _holds(left: str, sign: str, right: str, numeric: bool) -> int:
    if sign == "LIKE":
        return TRUE if _like(_narrow(left), _narrow(right)) else FALSE
    one, other = _as_numbers(left, right) if numeric else (left, right)
    if sign in ("=", "<>"):
        return TRUE if ne(one, other) == (sign == "<>") else FALSE
    return TRUE if _ORDER[sign](one, other) else FALSE


def _as_numbers(left: str, right: str) -> tuple[object, object]:
    try:
        return float(left), float(right)
    except ValueError:
        return left, right


def _like(text: str, pattern: str) -> bool:
    """Each part between `%` is looked for once, from left to right: no text makes this slow."""
    first, *middle = pattern.split("%")
    if not middle:
        return _same(text, first)
    *middle, last = middle
    end = len(text) - len(last)
    at = len(first)
    if not _same(text[:at], first) or end < at or not _same(text[end:], last):
        return False
    for part in middle:
        starts = range(at, end - len(part) + 1)
        found = [start for start in starts if _same(text[start : start + len(part)], part)]
        if not found:
            return False
        at = found[0] + len(part)
    return True


def _same(text: str, part: str) -> bool:
    """Whether a text is this part of a pattern, in which `_` is any letter."""
    return len(text) == len(part) and all(p in ("_", c) for c, p in zip(text, part, strict=True))


def _narrow(text: str) -> str:
    """A to Z in small letters, all others as they are."""
    return "".join(c.lower() if c.isascii() else c for c in text)
