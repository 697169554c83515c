"""Values that occur once, and values that must occur elsewhere, in one table or several."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.gate.standard.findings import at_rows
from ingest.gate.standard.tables import TableRows
from schemas.issues import Issue
from schemas.standards.model import Reference, Rule, Standard

Key = tuple[str, ...]


@dataclass(frozen=True)
class Tables:
    """The rows of every delivered table, by the table's name."""

    standard: Standard
    rows: Sequence[TableRows]

    def of(self, *names: str) -> list[TableRows]:
        return [rows for rows in self.rows if rows.name in names]

    def within(self, name: str) -> list[TableRows]:
        """The rows of a table, or of all tables of a union."""
        union = next((one for one in self.standard.unions if one.name == name), None)
        return self.of(name) if union is None else self.of(*union.tables)


def check_references(tables: Tables) -> Iterator[Issue]:
    """Values found twice, and references to what is not there."""
    for table in tables.standard.tables:
        for column in table.columns:
            if column.unique:
                yield from _twice(
                    "CELL_TWICE", table.name, tables.of(table.name), column.name, column
                )
        for reference in table.references:
            yield from _dangling(tables, tables.of(table.name), reference)
    for union in tables.standard.unions:
        for name in union.unique:
            yield from _twice(
                "CELL_TWICE_IN_UNION", union.name, tables.within(union.name), name, union
            )
        for reference in union.references:
            yield from _dangling(tables, tables.within(union.name), reference)


def _twice(
    code: str, name: str, delivered: Iterable[TableRows], column: str, rule: Rule
) -> Iterator[Issue]:
    """One finding for each value that occurs more than once, at its second place."""
    seen: Counter[str] = Counter()
    second: dict[str, tuple[TableRows, int]] = {}
    for rows in delivered:
        cells = rows.column(column)
        for index in np.flatnonzero(~cells.empty).tolist():
            value = cells.values[int(cells.codes[index])]
            seen[value] += 1
            if seen[value] == 2:
                second[value] = (rows, index)
    for value, (rows, index) in second.items():
        at = np.array([index], dtype=np.intp)
        yield from at_rows(code, rows, at, column, rule=rule, times=seen[value], table=name)


def _dangling(
    tables: Tables, delivered: Iterable[TableRows], reference: Reference
) -> Iterator[Issue]:
    """Rows whose values do not occur together where they should; in any case of letters."""
    known = _targets(tables, reference)
    named = f"{reference.table} ({', '.join(reference.targets)})"
    listed = {codes.name for codes in tables.standard.code_lists}
    code = "CODE_NOT_LISTED" if reference.table in listed else "REFERENCE_NOT_FOUND"
    for rows in delivered:
        missing = _missing(rows, reference, known)
        shown = _shown(rows, reference)
        columns = ", ".join(reference.columns)
        yield from at_rows(code, rows, missing, columns, value=shown, rule=reference, target=named)


def _missing(rows: TableRows, reference: Reference, known: frozenset[Key]) -> NDArray[np.intp]:
    """Indices of the asked rows that are not among the known; a combination is asked once."""
    cells = [rows.column(name) for name in reference.columns]
    asked = np.ones(len(rows), dtype=bool)
    for name, column in zip(reference.columns, cells, strict=True):
        rule = rows.table.column(name)
        if rule is None or not rule.required or not rows.has(rule):
            asked &= ~column.empty
    combined = np.stack([column.codes for column in cells], axis=1)[asked]
    distinct, where = np.unique(combined, axis=0, return_inverse=True)
    lost = np.array(
        [
            tuple(
                column.values[code].casefold() if code >= 0 else ""
                for column, code in zip(cells, row, strict=True)
            )
            not in known
            for row in distinct
        ],
        dtype=bool,
    )
    return np.flatnonzero(asked)[lost[where.reshape(-1)]] if len(distinct) else np.flatnonzero([])


def _shown(rows: TableRows, reference: Reference) -> Callable[[int], str]:
    cells = [rows.column(name) for name in reference.columns]
    return lambda index: ",".join(column.at(index) or "" for column in cells)


def _targets(tables: Tables, reference: Reference) -> frozenset[Key]:
    found: set[Key] = set()
    for codes in tables.standard.code_lists:
        if codes.name == reference.table:
            header = [name.casefold() for name in codes.columns]
            at = [header.index(name.casefold()) for name in reference.targets]
            found |= {tuple(row[i].casefold() for i in at) for row in codes.rows}
    for rows in tables.within(reference.table):
        texts = [rows.column(name).texts() for name in reference.targets]
        found |= {
            tuple(str(text).casefold() for text in key)
            for key in zip(*texts, strict=True)
            if None not in key
        }
    return frozenset(found)
