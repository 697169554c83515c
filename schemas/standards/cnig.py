"""French plan dossiers: that standard's own model files, read unchanged into a Standard each.

A model is a folder with `files.json` (pieces, name of the dossier's folder, code lists),
`types/TABLE.json` (columns and constraints) and `codes/LIST.csv`. The readings of the national
validator hold where the files leave something open: what is not said to be optional is required,
paths may begin at any depth, and only texts have a length, a pattern or a list of values.
"""

import csv
import io
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from schemas.mistakes import mistakes, unreadable
from schemas.standards.cnig_rules import with_national_rules
from schemas.standards.cnig_tables import read_table, with_known_targets
from schemas.standards.model import CodeList, Must, Piece, PieceKind, Standard, Unusable
from schemas.standards.model_files import ModelFiles, open_models
from schemas.words import Words

_KINDS: dict[str, tuple[PieceKind, tuple[str, ...]]] = {
    "directory": ("directory", ()),
    "table": ("table", ("dbf", "tab", "gml", "csv", "gpkg")),
    "multi_table": ("table", ("gml", "gpkg")),
    "pdf": ("document", ("pdf",)),
    "metadata": ("metadata", ("xml",)),
}
_LISTED = ("dbf", "tab", "pdf", "xml", "gml", "csv", "gpkg")
_LEVELS: dict[str, Must] = {
    "ERROR": "ERROR", "WARN": "INFO", "WARNING": "INFO", "OPTIONAL": "none",
}  # fmt: skip


def read_standards(source: Path) -> tuple[Standard, ...]:
    """Every model of a folder or zip, by name. Raises ProfileInvalid, naming the file."""
    return tuple(_standard(files) for files in open_models(source))


def _standard(files: ModelFiles) -> Standard:
    model = files.document
    try:
        return with_national_rules(
            Standard(
                name=str(model["name"]),
                folder=_constraints(model).get("folderName") or model.get("regexp") or None,
                listed=_LISTED,
                crs="EPSG:2154",
                spatial=True,
                pieces=tuple(_piece(one) for one in files.pieces()),
                **_tables(files),
            )
        )
    except ValidationError as error:
        raise mistakes(files.place, error) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        told = Words(f"không theo khuôn mẫu ({error!r})", f"not of the form ({error!r})")
        raise unreadable(files.place, told) from error


def _piece(given: dict[str, Any]) -> Piece:
    kind, extensions = _KINDS.get(str(given.get("type", "")).casefold(), ("other", ()))
    return Piece(
        name=str(given["name"]),
        kind=kind,
        path=str(given.get("path") or given["regexp"]),
        extensions=extensions,
        anywhere=True,
        article="files.json",
        mandatory=_LEVELS.get(str(given.get("mandatory") or "WARN").upper(), "INFO"),
    )


def _tables(files: ModelFiles) -> dict[str, Any]:
    """Tables and code lists, and the rules in their files that cannot be used."""
    unusable: list[Unusable] = []
    lists = tuple(_code_list(files, name) for name in files.code_lists())
    tables = [
        read_table(str(piece["name"]), files.table(piece), unusable)
        for piece in files.pieces()
        if str(piece.get("type", "")).casefold() == "table"
    ]
    columns = {codes.name: {name.casefold() for name in codes.columns} for codes in lists}
    columns |= {one.name: {column.name.casefold() for column in one.columns} for one in tables}
    kept = tuple(with_known_targets(table, columns, unusable) for table in tables)
    return {"tables": kept, "code_lists": lists, "unusable": tuple(unusable)}


def _code_list(files: ModelFiles, name: str) -> CodeList:
    rows = list(csv.reader(io.StringIO(files.codes(name))))
    header = tuple(cell.strip() for cell in rows[0]) if rows else ()
    cells = (tuple(cell.strip() for cell in row) for row in rows[1:] if any(row))
    padded = tuple((row + ("",) * len(header))[: len(header)] for row in cells)
    return CodeList(name=name, columns=header, rows=padded)


def _constraints(given: dict[str, Any]) -> dict[str, Any]:
    return given.get("constraints") or {}
