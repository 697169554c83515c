"""Marks by which a file's content is known: first bytes, root element, streams, names inside."""

import bz2
import lzma
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from schemas.file_marks import (
    BZIP2,
    EMPTY_ZIP,
    GZIP,
    MAGIC,
    OLE,
    SQLITE,
    STEP,
    TAR,
    TAR_AT,
    XZ,
    ZIP,
)

HEAD = 1 << 16
PEEK = 1024
XZ_MEMORY = 64 << 20
DIRECTORY_BYTES = 4096
LONGEST_LIST = 4 << 20

_OLE_STREAMS = (
    ("EncryptedPackage", "locked"),
    ("Dgn~H", "dgn"),
    ("Dgn-Md", "dgn"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
)
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_ODF = {b"spreadsheet": "ods", b"text": "odt", b"presentation": "odp", b"graphics": "odg"}
_END, _ENTRY = 22, 46
_LOCATOR, _LONG_END = 20, 56
_OFFICE = re.compile(r"\[Content_Types\]\.xml$|(?:xl|word|ppt)/")
_DWG = re.compile(rb"AC10\d\d|AC1\.\d|AC2\.\d\d|MC0\.0")
_DXF = re.compile(rb"(?:999\r?\n[^\n]*\n[ \t]*)*0[ \t]*\r?\n[ \t]*SECTION")
_GEOJSON = re.compile(rb'"(type|features|coordinates)"\s*:')
_MIF = re.compile(rb"Version\s+\d+\s+(?:Charset|Delimiter|Columns|CoordSys|Unique|Index)", re.I)
_ROOT = re.compile(rb"<(?:([\w.-]+):)?([\w.-]+)")
_PREAMBLE = re.compile(rb"(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\])?\s*>)*", re.S)


def kind_of(path: Path, head: bytes) -> str:
    """The kind of a file's content, told from its first bytes (and a zip's list of names).

    It looks in the program's own process, so it takes in no more than `LONGEST_LIST` bytes.
    """
    if not head:
        return "empty"
    if head.startswith(SQLITE):
        marked = head[68:72] in (b"GPKG", b"GP10", b"GP11") or b"gpkg_contents" in head
        return "gpkg" if marked else "sqlite"
    if head.startswith((ZIP, EMPTY_ZIP)):
        return _kind_of_odf(head) or _kind_of_zip(path)
    if head.startswith(OLE):
        return _kind_of_ole(path, head)
    for magic, kind in MAGIC:
        if head.startswith(magic):
            return kind
    if _DWG.match(head):
        return "dwg"
    if head.startswith(TAR, TAR_AT):
        return "tar"
    return _kind_of_packed(head) or ("dbf" if _is_dbf(head) else _kind_of_text(head))


def narrow(head: bytes) -> bytes:
    """UTF-16 text as single bytes, so that marks are found in it too."""
    return head[2:].replace(b"\x00", b"") if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head


def _kind_of_odf(head: bytes) -> str | None:
    """An OpenDocument file says what it is in its first entry, `mimetype`, which is not packed."""
    name_end = 30 + int.from_bytes(head[26:28], "little")
    if head[8:10] != b"\0\0" or head[30:name_end] != b"mimetype":
        return None
    said = head[name_end + int.from_bytes(head[28:30], "little") :]
    if not said.startswith(_OPEN_DOCUMENT):
        return None
    said = said.removeprefix(_OPEN_DOCUMENT)
    return next((kind for word, kind in _ODF.items() if said.startswith(word)), None)


def _kind_of_zip(path: Path) -> str:
    with path.open("rb") as file:
        entries = _list_of_zip(file)
    found = {name.partition("/")[0] for name in _names_in(entries) if _OFFICE.match(name)}
    if "[Content_Types].xml" not in found:
        return "zip"
    folders = {"xl": "xlsx", "word": "docx", "ppt": "pptx"}
    return next((kind for folder, kind in folders.items() if folder in found), "zip")


def _list_of_zip(file: BinaryIO) -> bytes:
    """A zip's list of entries as it stands; nothing where it is too long to be an office file's.

    It ends where the end record begins, or the longer end record of a ZIP64 file before that.
    """
    size = file.seek(0, 2)
    tail_at = max(0, size - (HEAD + _END))
    file.seek(tail_at)
    tail = file.read()
    at = tail.rfind(EMPTY_ZIP)
    if at < 0:
        return b""
    length, end = int.from_bytes(tail[at + 12 : at + 16], "little"), tail_at + at
    long_end = end - _LOCATOR - _LONG_END
    if tail[max(0, at - _LOCATOR) : at].startswith(b"PK\x06\x07") and long_end >= 0:
        file.seek(long_end)
        record = file.read(_LONG_END)
        length, end = int.from_bytes(record[40:48], "little"), long_end
    if not 0 < length <= min(LONGEST_LIST, end):
        return b""
    file.seek(end - length)
    return file.read(length)


def _names_in(entries: bytes) -> Iterator[str]:
    """The names in a zip's list of entries, up to the first that is none."""
    at = 0
    while entries[at : at + 4] == b"PK\x01\x02":
        name, extra, comment = (
            int.from_bytes(entries[at + offset : at + offset + 2], "little")
            for offset in (28, 30, 32)
        )
        start = at + _ENTRY
        yield entries[start : start + name].decode("utf-8", "replace")
        at = start + name + extra + comment


def _kind_of_ole(path: Path, head: bytes) -> str:
    """What an OLE file holds, by the names of its streams; `ole` where none is known."""
    sector = int.from_bytes(head[48:52], "little")
    start = (sector + 1) << min(int.from_bytes(head[30:32], "little"), 16)
    with path.open("rb") as file:
        file.seek(start)
        directory = file.read(DIRECTORY_BYTES)
    for stream, kind in _OLE_STREAMS:
        if stream.encode("utf-16-le") + b"\x00\x00" in directory:
            return kind
    return "ole"


def _kind_of_packed(head: bytes) -> str | None:
    """gzip, xz and bzip2: a tar inside makes it a package, anything else one packed file."""
    unpackers = (
        (GZIP, "gzip", _peek_gzip),
        (XZ, "xz", _peek_xz),
        (BZIP2, "bzip2", _peek_bzip2),
    )
    for magic, kind, peek in unpackers:
        if head.startswith(magic):
            try:
                return f"tar.{kind}" if peek(head).startswith(TAR, TAR_AT) else kind
            except (zlib.error, lzma.LZMAError, OSError, ValueError, EOFError):
                return kind
    return None


def _peek_gzip(head: bytes) -> bytes:
    return zlib.decompressobj(31).decompress(head, PEEK)


def _peek_xz(head: bytes) -> bytes:
    return lzma.LZMADecompressor(memlimit=XZ_MEMORY).decompress(head, PEEK)


def _peek_bzip2(head: bytes) -> bytes:
    return bz2.BZ2Decompressor().decompress(head, PEEK)


def _is_dbf(head: bytes) -> bool:
    """dBASE: version byte, a real date, and a header length that ends in 0x0D."""
    if len(head) < 33 or head[0] not in (0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x83, 0x8B, 0xF5):
        return False
    length = int.from_bytes(head[8:10], "little")
    return head[2] <= 12 and head[3] <= 31 and 32 < length <= 65535


def _kind_of_text(head: bytes) -> str:
    text = narrow(head).removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{\\rtf"):
        return "rtf"
    if text[:1] in (b"{", b"["):
        return "geojson" if _GEOJSON.search(text) else "json"
    if text.startswith(b"\x1e{"):
        return "geojson"
    if text.startswith(b"<"):
        return _kind_of_xml(text)
    if _DXF.match(text):
        return "dxf"
    if text.startswith(STEP):
        return "ifc" if b"IFC" in text.upper() else "step"
    if text[:6].lower() == b"!table":
        return "tab"
    if _MIF.match(text):
        return "mif"
    if b"\x00" in head[:4096] and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return "binary"
    return "text"


def _kind_of_xml(text: bytes) -> str:
    """GML and KML by the root element and its namespaces."""
    preamble = _PREAMBLE.match(text)
    root = _ROOT.match(text, preamble.end() if preamble else 0)
    if root is None:
        return "xml"
    name = root[2].lower()
    if name == b"kml":
        return "kml"
    opening = text[root.start() :]
    is_gml = b"opengis.net/gml" in opening or name == b"featurecollection"
    return "gml" if is_gml else "xml"
