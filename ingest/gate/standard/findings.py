"""Findings about rows: each with its place; of a great many equal ones the first are told."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely import Geometry

from ingest.gate.standard.tables import TableRows
from schemas.issues import Issue, Level
from schemas.standards.model import Rule
from schemas.words import Words

MOST_PLACES = 200
"""So many rows of one finding are told one by one; the last stands for the rest."""


def at_rows(
    code: str,
    rows: TableRows,
    indices: NDArray[np.intp],
    column: str | None = None,
    *,
    value: Callable[[int], str] | None = None,
    place: Callable[[int], Geometry | None] | None = None,
    why: Callable[[int], Words] | None = None,
    level: Level | None = None,
    rule: Rule | None = None,
    **detail: Any,
) -> Iterator[Issue]:
    """One finding a row. `value`, `place`: of an index; else the cell of `column`, the shape.

    `why`: of an index, said in the sentence; `rule`: the one that is broken, for its article.
    """
    told = indices[:MOST_PLACES]
    for number, index in enumerate(map(int, told)):
        rest = len(indices) - len(told) if number == len(told) - 1 else 0
        yield Issue(
            code,
            file=rows.file,
            layer=rows.name,
            row=int(rows.rows[index]),
            column=column,
            value=_cell(rows, column, index) if value is None else value(index),
            count=1 + rest,
            geom=rows.place(index) if place is None else place(index),
            detail=detail | cited(rule) | ({} if why is None else said("why", why(index))),
            severity=level,
        )


def cited(rule: Rule | None) -> dict[str, str]:
    """Where a rule comes from, as the details of a finding say it."""
    return {"article": rule.article} if rule is not None and rule.article else {}


def said(name: str, words: Words) -> dict[str, Any]:
    """Words for the sentence of a finding, each language under its own placeholder."""
    return {f"{name}_vi": words.vi, f"{name}_en": words.en}


def _cell(rows: TableRows, column: str | None, index: int) -> str | None:
    return None if column is None else rows.column(column).at(index)
