"""Marks by which a file's content is known: its first bytes, its root element, its streams."""

import bz2
import lzma
import re
import zipfile
import zlib
from pathlib import Path

HEAD = 1 << 16
PEEK = 1024
XZ_MEMORY = 64 << 20
DIRECTORY_BYTES = 4096
MOST_ENTRIES = 200_000

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"),
    (b"\x89PNG\r\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
    (b"GIF8", "gif"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"MSCF\x00\x00\x00\x00", "cab"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"fgb\x03fgb", "flatgeobuf"),
    (b"PMTiles", "pmtiles"),
    (b"\x00\x00\x27\x0a\xff\xff\xfe\x70", "shapeindex"),
    (b"\x00\x00\x27\x0a", "shape"),
    (b"AutoCAD Binary DXF", "dxf"),
    (b"\x08\x09\xfe", "dgn"),
    (b"\xc8\x09\xfe", "dgn"),
    (b"PAR1", "parquet"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("EncryptedPackage", "locked"),
    ("Dgn~H", "dgn"),
    ("Dgn-Md", "dgn"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
)
_DWG = re.compile(rb"AC10\d\d|AC1\.\d|AC2\.\d\d|MC0\.0")
_DXF = re.compile(rb"(?:999\r?\n[^\n]*\n[ \t]*)*0[ \t]*\r?\n[ \t]*SECTION")
_GEOJSON = re.compile(rb'"(type|features|coordinates)"\s*:')
_MIF = re.compile(rb"Version\s+\d+\s+(?:Charset|Delimiter|Columns|CoordSys|Unique|Index)", re.I)
_ROOT = re.compile(rb"<(?:([\w.-]+):)?([\w.-]+)")
_PREAMBLE = re.compile(rb"(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\])?\s*>)*", re.S)


def kind_of(path: Path, head: bytes) -> str:
    """The kind of a file's content, told from its first bytes (and a zip's list of names)."""
    if not head:
        return "empty"
    if head.startswith(b"SQLite format 3\x00"):
        marked = head[68:72] in (b"GPKG", b"GP10", b"GP11") or b"gpkg_contents" in head
        return "gpkg" if marked else "sqlite"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(path)
    if head.startswith(_OLE):
        return _kind_of_ole(path, head)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if _DWG.match(head):
        return "dwg"
    if head[257:262] == b"ustar":
        return "tar"
    return _kind_of_packed(head) or ("dbf" if _is_dbf(head) else _kind_of_text(head))


def narrow(head: bytes) -> bytes:
    """UTF-16 text as single bytes, so that marks are found in it too."""
    return head[2:].replace(b"\x00", b"") if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head


def _kind_of_zip(path: Path) -> str:
    try:
        names = _names_in_zip(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "zip"
    if "[Content_Types].xml" not in names:
        return "zip"
    for folder, kind in (("xl/", "xlsx"), ("word/", "docx"), ("ppt/", "pptx")):
        if any(name.startswith(folder) for name in names):
            return kind
    return "zip"


def _names_in_zip(path: Path) -> set[str]:
    """Names of a zip's entries; nothing where its list is too long to be an office file's."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - (HEAD + 22)))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or int.from_bytes(tail[at + 12 : at + 16], "little") > MOST_ENTRIES * 100:
        return set()
    with zipfile.ZipFile(path) as pack:
        return set(pack.namelist())


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
        (b"\x1f\x8b", "gzip", _peek_gzip),
        (b"\xfd7zXZ\x00", "xz", _peek_xz),
        (b"BZh", "bzip2", _peek_bzip2),
    )
    for magic, kind, peek in unpackers:
        if head.startswith(magic):
            try:
                return f"tar.{kind}" if peek(head)[257:262] == b"ustar" else kind
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
    if text.startswith(b"ISO-10303-21"):
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
