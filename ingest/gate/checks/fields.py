"""Attributes of the standard's classes: of the type and length that their tables give them."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from ingest.gate.inspection import Inspection, Layer
from ingest.gate.standard.columns import check_columns
from ingest.gate.standard.tables import Cells, TableRows
from ingest.gate.written import parse_date
from schemas.issues import Issue
from schemas.profiles.package import Package
from schemas.standards.circular16 import package_standard, table_name
from schemas.standards.model import Column, ColumnType, Table

CELL_CODES = ("CELL_TYPE", "CELL_TOO_LONG")
"""Missing columns and empty codes are told where layers and codes are checked."""


def check_fields(inspection: Inspection, package: Package) -> Iterator[Issue]:
    """Cells of another type or longer than the standard says."""
    standard = package_standard(inspection.rules, package)
    tables = {table.name: table for table in standard.tables}
    too_long = {field.name: field.too_long for field in package.fields}
    for layer in inspection.layers:
        table = tables.get(table_name(layer.rule)) if layer.rule else None
        if table is None or not len(layer):
            continue
        for issue in check_columns(_rows(layer, table)):
            if issue.code in CELL_CODES:
                level = standard.levels.get(issue.code) or too_long.get(issue.column or "")
                yield replace(issue, layer=layer.name, severity=level)


def _rows(layer: Layer, table: Table) -> TableRows:
    """The layer as its standard's table. Columns that the register reads by itself are left out."""
    read = {s.column for s in layer.rule.columns.values()} if layer.rule else set()
    cells = {
        column.name: _cells(layer, column)
        for column in table.columns
        if column.name in layer.attributes.columns
        and (column.type == "text" or column.name not in read)
    }
    return TableRows(table, layer.file, tuple(cells), cells, layer.rows)


def _cells(layer: Layer, column: Column) -> Cells:
    """A column's cells as the texts they would be written as."""
    codes, distinct = pd.factorize(layer.attributes[column.name], use_na_sentinel=True)
    return Cells.coded(codes, [_written(cell, column.type) for cell in distinct])


def _written(cell: object, kind: ColumnType) -> str:
    """A cell as text; a day in any form that is understood as the day itself."""
    if kind == "date":
        return str(parse_date(cell) or cell)
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if whole else cell)  # type: ignore[call-overload]
