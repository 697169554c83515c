"""A standard on a day: what is not in force yet, or no longer, asks nothing."""

from datetime import date
from typing import TypeVar

from schemas.standards.model import Column, Piece, Rule, Standard, Table, Union

R = TypeVar("R", bound=Rule)


def standard_on(standard: Standard, day: date) -> Standard:
    """The standard with the rules of that day. Pieces and columns stay known by their names."""
    return standard.model_copy(
        update={
            "pieces": tuple(_piece(piece, day) for piece in standard.pieces),
            "groups": _in_force(standard.groups, day),
            "confinements": _in_force(standard.confinements, day),
            "tables": tuple(_table(table, day) for table in standard.tables),
            "unions": tuple(_union(union, day) for union in standard.unions),
            "identities": _in_force(standard.identities, day),
        }
    )


def _in_force(rules: tuple[R, ...], day: date) -> tuple[R, ...]:
    return tuple(rule for rule in rules if rule.in_force(day))


def _piece(piece: Piece, day: date) -> Piece:
    return piece if piece.in_force(day) else piece.model_copy(update={"mandatory": "none"})


def _table(table: Table, day: date) -> Table:
    there = table.in_force(day)
    return table.model_copy(
        update={
            "columns": tuple(_column(column, day, there) for column in table.columns),
            "conditions": _in_force(table.conditions, day) if there else (),
            "references": _in_force(table.references, day) if there else (),
            "counts": _in_force(table.counts, day) if there else (),
        }
    )


def _column(column: Column, day: date, there: bool) -> Column:
    if there and column.in_force(day):
        return column
    return Column(name=column.name, also=column.also)


def _union(union: Union, day: date) -> Union:
    if not union.in_force(day):
        return union.model_copy(update={"unique": (), "references": ()})
    return union.model_copy(update={"references": _in_force(union.references, day)})
