"""Files that cells name: each must have been delivered; `plan.pdf#page=51` names `plan.pdf`."""

from collections.abc import Iterator

import numpy as np

from ingest.gate.standard.dossier import Dossier
from ingest.gate.standard.findings import at_rows
from ingest.gate.standard.tables import TableRows
from schemas.issues import Issue


def check_links(rows: TableRows, dossier: Dossier) -> Iterator[Issue]:
    """Every column of file names (wherever the file lies) and of paths below the root."""
    for column in rows.table.columns:
        if column.type not in ("file", "path") or column.name not in rows.cells:
            continue
        cells = rows.cells[column.name]
        there = dossier.names if column.type == "file" else dossier.paths
        lost = np.array([_file(value) not in there for value in cells.values], dtype=bool)
        yield from at_rows("LINKED_FILE_MISSING", rows, cells.where(lost), column.name, rule=column)


def _file(value: str) -> str:
    """What is before the last `#`."""
    return value.rpartition("#")[0] if "#" in value else value
