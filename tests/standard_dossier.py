"""Small standards, tables and dossiers made by hand for tests of the standard engine."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from shapely import Geometry

from ingest.gate.standard.tables import Cells, TableRows
from schemas.standards.model import Column, Standard, Table

METADATA = """<?xml version="1.0" encoding="UTF-8"?>
<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd"
                 xmlns:gco="http://www.isotc211.org/2005/gco">
  <gmd:characterSet><gmd:MD_CharacterSetCode codeListValue="8859part1"/></gmd:characterSet>
  <gmd:identificationInfo><gmd:MD_DataIdentification>
    <gmd:characterSet><gmd:MD_CharacterSetCode codeListValue="{charset}"/></gmd:characterSet>
  </gmd:MD_DataIdentification></gmd:identificationInfo>
  <gmd:dataQualityInfo><gmd:specification><gmd:CI_Citation>
    <gmd:title><gco:CharacterString>{standard}</gco:CharacterString></gmd:title>
  </gmd:CI_Citation></gmd:specification></gmd:dataQualityInfo>
</gmd:MD_Metadata>
"""

Row = dict[str, Any]


def table_of(*columns: Column, **more: Any) -> Table:
    """A table named T of piece T."""
    return Table(name="T", piece="T", columns=columns, **more)


def rows_of(
    table: Table,
    cells: Mapping[str, Sequence[str | None]],
    geoms: Sequence[Geometry | None] | None = None,
    file: str = "T.csv",
) -> TableRows:
    """Rows of a table, in degrees where they have shapes."""
    count = len(geoms) if geoms is not None else len(next(iter(cells.values())))
    shapes = None if geoms is None else np.array([*geoms, None], dtype=object)[:-1]
    return TableRows(
        table=table,
        file=file,
        header=tuple(cells),
        cells={name: cells_of(column) for name, column in cells.items()},
        rows=np.arange(1, count + 1, dtype=np.int64),
        geoms=shapes,
        lonlat=shapes,
        to_lonlat=None if geoms is None else lambda shape: shape,
    )


def cells_of(column: Sequence[str | None]) -> Cells:
    texts = sorted({cell for cell in column if cell is not None})
    at = {text: number for number, text in enumerate(texts)}
    codes = [-1 if cell is None else at[cell] for cell in column]
    return Cells.coded(np.array(codes, dtype=np.intp), texts)


def standard_of(*tables: Table, **more: Any) -> Standard:
    """A standard with a piece for each of the tables."""
    pieces = [
        {"name": one.piece, "kind": "table", "path": one.piece, "extensions": ["csv"]}
        for one in tables
    ]
    return Standard.model_validate({"name": "S", "pieces": pieces, "tables": tables} | more)


def model_files(name: str = "cnig_PLU_2013", kind: str = "PLU") -> dict[str, Any]:
    """A French model as files: a folder, a register table, a zone table, a paper, metadata."""
    files = [
        _file("Donnees", "directory", "Donnees", "ERROR"),
        _file("DOC_URBA", "table", "DOC_URBA", "ERROR"),
        _file("ZONE_URBA", "table", "Donnees/ZONE_URBA", "ERROR"),
        _file("METADONNEES", "metadata", r"[^\/]*", "OPTIONAL"),
        _file("REGLEMENT", "pdf", "Donnees/reglement_[0-9]{8}", "WARN"),
    ]
    folder = f"[0-9]{{5}}_{kind}_[0-9]{{8}}"
    return {
        "files.json": {"name": name, "constraints": {"folderName": folder}, "files": files},
        "types/DOC_URBA.json": {"name": "DOC_URBA", "columns": [_text("IDURBA", required=True)]},
        "types/ZONE_URBA.json": {
            "name": "ZONE_URBA",
            "columns": [
                _text("LIBELLE", required=True, maxLength=4),
                _text("TYPEZONE", required=True, enum=["U", "A", "N"]),
                _text("IDURBA", required=True),
                {"name": "WKT", "type": "Polygon", "constraints": {"required": True}},
            ],
        },
    }


def write_model(folder: Path, files: dict[str, Any]) -> Path:
    """The files of a model below `folder`; texts as they are, anything else as JSON."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return folder


def write_dossier(folder: Path, *, zones: str | None = None, standard: str = "") -> Path:
    """A dossier `30014_PLU_20171013` that the model above finds nothing wrong with."""
    root = folder / "30014_PLU_20171013"
    (root / "Donnees").mkdir(parents=True)
    (root / "DOC_URBA.csv").write_text("IDURBA\r\n3001420171013\r\n")
    square = '"POLYGON((700000 6600000,700100 6600000,700100 6600100,700000 6600000))"'
    rows = f"LIBELLE,TYPEZONE,IDURBA,WKT\r\nUA,U,3001420171013,{square}\r\n"
    (root / "Donnees" / "ZONE_URBA.csv").write_text(zones or rows)
    (root / "Donnees" / "reglement_20171013.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    (root / "fiche.xml").write_text(METADATA.format(charset="utf8", standard=standard))
    return root


def _file(name: str, kind: str, path: str, mandatory: str) -> Row:
    return {"name": name, "type": kind, "path": path, "mandatory": mandatory}


def _text(name: str, **constraints: Any) -> Row:
    return {"name": name, "type": "String", "constraints": constraints}
