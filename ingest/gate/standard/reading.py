"""Reading the tables of a dossier: each file in a process of its own, from a copy, as written."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest.files.copying import FileChanged, reading_copy
from ingest.gate.checks.files import is_dangerous
from ingest.gate.standard.dossier import Dossier
from ingest.gate.standard.findings import said
from ingest.gate.standard.pieces import Delivered
from ingest.gate.standard.raw import RawTable, raw_table
from ingest.gate.standard.records import copy_rows
from ingest.gate.standard.tables import TableRows
from ingest.gate.standard.taking import take_rows
from ingest.gdal import only
from ingest.readers.container import Copies
from ingest.readers.nesting import DoctypeFound
from ingest.readers.vector import LayerUnreadable
from ingest.sandbox.limits import Limits
from ingest.sandbox.outcome import ReaderStopped
from ingest.sandbox.run import in_sandbox
from schemas.issues import Issue
from schemas.standards.model import Standard, Table
from schemas.words import Words

_DRIVERS = {
    ".dbf": "ESRI Shapefile",
    ".csv": "ESRI Shapefile",
    ".tab": "MapInfo File",
    ".gml": "GML",
    ".gpkg": "GPKG",
}


@dataclass(frozen=True)
class Reading:
    """What became of one file: its rows, or the findings that stopped them."""

    rows: tuple[TableRows, ...] = ()
    issues: tuple[Issue, ...] = ()


def read_tables(
    standard: Standard, delivered: Delivered, workdir: Path, tell: Callable[[Words], None]
) -> Iterator[Reading]:
    """Every delivered file of every table of the standard. `workdir`: for copies."""
    wanted = ((t, path) for t in standard.tables for path in delivered.paths.get(t.piece, ()))
    for number, (table, path) in enumerate(wanted):
        tell(Words(f"Đọc bảng {table.name}", f"Reading table {table.name}"))
        yield _read(standard, table, delivered.dossier, path, workdir / "tables" / str(number))


def _read(standard: Standard, table: Table, dossier: Dossier, path: str, folder: Path) -> Reading:
    file = dossier.top + path
    if is_dangerous(dossier.files[path]):
        return Reading()
    if PurePosixPath(path).suffix.lower() not in _DRIVERS:
        return Reading(issues=(_unreadable(file, table, "định dạng lạ / unknown format"),))
    try:
        tables = _layers(_copy(dossier, path, folder / "source"), folder / "rows")
    except FileChanged:
        return Reading(issues=(Issue("FILE_CHANGED", file=file),))
    except (LayerUnreadable, DoctypeFound) as error:
        return Reading(issues=(_unreadable(file, table, str(error)),))
    except ReaderStopped as stopped:
        return Reading(issues=(stopped.issue(file),))
    finally:
        shutil.rmtree(folder)
    return _taken(standard, table, file, tables, dossier.crs)


def _layers(location: Path, folder: Path) -> list[RawTable]:
    """The layers of a file, read in a process of its own that writes to `folder`, made here."""
    folder.mkdir()
    layers = in_sandbox(
        copy_rows,
        location,
        folder,
        files=[location.parent],
        writes=folder,
        limits=Limits().for_bytes(sum(one.stat().st_size for one in location.parent.iterdir())),
        refusals=(LayerUnreadable, DoctypeFound),
        settings={**only(_DRIVERS[location.suffix.lower()]), "GML_FIELDTYPES": "ALWAYS_STRING"},
    )
    copies = Copies(folder, layers)
    return [raw_table(copies, layer) for layer in layers]


def _copy(dossier: Dossier, path: str, folder: Path) -> Path:
    """The file and its companions of the same name, in a folder of their own; none that no reader
    may open. Raises FileChanged.
    """
    folder.mkdir(parents=True)
    wanted = PurePosixPath(path)
    for other, file in dossier.files.items():
        place = PurePosixPath(other)
        beside = place.parent == wanted.parent and place.stem.casefold() == wanted.stem.casefold()
        if beside and not is_dangerous(file):
            reading_copy(file, folder / place.name)
    return folder / wanted.name


def _unreadable(file: str, table: Table, reason: str) -> Issue:
    """`reason`: in Vietnamese and, behind a stroke, in English, where it is ours."""
    vi, _, en = reason.partition(" / ")
    detail = said("why", Words(vi, en or vi))
    return Issue("TABLE_UNREADABLE", file=file, layer=table.name, detail=detail)


def _taken(
    standard: Standard, table: Table, file: str, tables: list[RawTable], crs: int | None
) -> Reading:
    """The rows of the layer that is the table: the only one, or the one of its name."""
    named = [one for one in tables if one.name.casefold() == table.name.casefold()]
    chosen = tables if len(tables) == 1 else named
    if not chosen:
        return Reading(issues=(_unreadable(file, table, "không có lớp / no layer"),))
    rows, issues = take_rows(standard, table, file, chosen[0], crs)
    return Reading((rows,), issues)
