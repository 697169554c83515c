"""Files that are not what they say, point outside, or lack their companions."""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from ingest.files.kind_words import kind_detail
from ingest.files.received import ReceivedFile, still_the_same
from ingest.files.sniff import SEALED_KINDS
from ingest.gate.match import Container
from schemas.issues import Issue

SPREADSHEETS = (".xlsx", ".xlsm", ".xls", ".ods")
SPREADSHEET_KINDS = frozenset({"xlsx", "xls", "ods"})
_NEEDED = (".shx", ".dbf")
_HEADER = 100


def check_files(files: Iterable[ReceivedFile]) -> Iterator[Issue]:
    """Every file whose content betrays its name, or must not be opened, or cannot be here."""
    for file in files:
        if file.is_junk:
            continue
        if is_dangerous(file):
            code = file.sniffed.danger or ""
            yield Issue(code, file=file.path, detail={"kind": file.sniffed.kind})
        elif not file.sniffed.agrees_with(file.path):
            suffix = PurePosixPath(file.path).suffix
            detail = {"suffix": suffix, **kind_detail(file.sniffed.kind)}
            yield Issue("FILE_NOT_WHAT_IT_SAYS", file=file.path, detail=detail)
        elif file.sniffed.kind in SEALED_KINDS:
            detail = kind_detail(file.sniffed.kind)
            yield Issue("ARCHIVE_FORMAT", file=file.path, detail=detail)


def check_unchanged(files: Iterable[ReceivedFile]) -> Iterator[Issue]:
    """Files that somebody changed or took away while the dossier was checked."""
    yield from (Issue("FILE_CHANGED", file=f.path) for f in files if not still_the_same(f))


def is_dangerous(file: ReceivedFile) -> bool:
    """Whether no reader may open the file. A DOCTYPE harms only where XML is read (GML, KML)."""
    if file.sniffed.danger == "XML_DOCTYPE":
        return PurePosixPath(file.path).suffix.lower() in (".gml", ".kml")
    return file.sniffed.danger is not None


def is_spreadsheet(file: ReceivedFile) -> bool:
    """Whether a file is a table of cells that may be opened."""
    named = PurePosixPath(file.path).suffix.lower() in SPREADSHEETS
    sound = not file.is_junk and not is_dangerous(file) and file.sniffed.agrees_with(file.path)
    return sound and (named or file.sniffed.kind in SPREADSHEET_KINDS)


def check_container(container: Container) -> Iterator[Issue]:
    """A shapefile without its .shx or .dbf, or with a part cut short."""
    if PurePosixPath(container.path).suffix.lower() != ".shp":
        return
    there = {PurePosixPath(file.path).suffix.lower() for file in container.files}
    for suffix in _NEEDED:
        if suffix not in there:
            yield Issue("SHAPE_PART_MISSING", file=container.path, detail={"suffix": suffix})
    for file in container.files:
        if _declared_size(file) > file.size_bytes:
            yield Issue("FILE_CUT", file=file.path)


def _declared_size(file: ReceivedFile) -> int:
    """Bytes that a shapefile part says it has (a reader fills what is missing with nothing)."""
    with file.location.open("rb") as opened:
        head = opened.read(_HEADER)
    if file.sniffed.kind == "shape":
        return int.from_bytes(head[24:28], "big") * 2
    if file.sniffed.kind == "dbf":
        rows, start, width = head[4:8], head[8:10], head[10:12]
        count = int.from_bytes(rows, "little")
        return int.from_bytes(start, "little") + count * int.from_bytes(width, "little")
    return 0


def is_readable(container: Container) -> bool:
    """Whether a container may be given to a reader at all."""
    sound = all(not is_dangerous(f) and f.sniffed.agrees_with(f.path) for f in container.files)
    return sound and not any(check_container(container))
