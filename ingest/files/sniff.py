"""What a file is by its content, and whether its name says the same.

GDAL opens by content, so a name proves nothing: a VRT called `a.geojson` reads other files of this
machine. Only kinds recognised here ever reach a reader, and anything that points outside the
dossier is refused under every name.
"""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

HEAD = 1 << 16

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"),
    (b"\x89PNG\r\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"GIF8", "gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"fgb\x03fgb", "flatgeobuf"),
    (b"\x00\x00\x27\x0a", "shape"),
    (b"AutoCAD Binary DXF", "dxf"),
    (b"AC10", "dwg"),
    (b"AC1", "dwg"),
    (b"PAR1", "parquet"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)

_POINTS_OUTSIDE = re.compile(
    rb"<OGRVRTDataSource|<VRTDataset|<OGRWFSDataSource|<GDAL_WMS|<WMS_Capabilities|<OGRPGDataSource"
    rb"|gdal_streamed_alg"
)
_CRS_LINK = re.compile(rb'"crs"\s*:\s*\{[^{}]*"type"\s*:\s*"(?:link|url)"', re.IGNORECASE)
_CRS_HREF = re.compile(rb'"crs"\s*:\s*\{[^{}]*(?:\{[^{}]*"(?:href|url)")', re.IGNORECASE)

KINDS_OF_NAME: dict[str, frozenset[str]] = {
    ".pdf": frozenset({"pdf"}),
    ".png": frozenset({"png"}),
    ".jpg": frozenset({"jpeg"}),
    ".jpeg": frozenset({"jpeg"}),
    ".tif": frozenset({"tiff"}),
    ".tiff": frozenset({"tiff"}),
    ".gif": frozenset({"gif"}),
    ".xlsx": frozenset({"xlsx"}),
    ".xlsm": frozenset({"xlsx"}),
    ".docx": frozenset({"docx"}),
    ".pptx": frozenset({"pptx"}),
    ".xls": frozenset({"ole", "xlsx"}),
    ".doc": frozenset({"ole", "docx", "rtf"}),
    ".ppt": frozenset({"ole", "pptx"}),
    ".zip": frozenset({"zip"}),
    ".rar": frozenset({"rar"}),
    ".7z": frozenset({"7z"}),
    ".gz": frozenset({"gzip"}),
    ".gpkg": frozenset({"gpkg"}),
    ".shp": frozenset({"shape"}),
    ".shx": frozenset({"shape"}),
    ".dbf": frozenset({"dbf"}),
    ".geojson": frozenset({"geojson"}),
    ".geojsonl": frozenset({"geojson"}),
    ".fgb": frozenset({"flatgeobuf"}),
    ".gml": frozenset({"xml"}),
    ".kml": frozenset({"xml"}),
    ".dxf": frozenset({"dxf"}),
    ".dwg": frozenset({"dwg"}),
    ".prj": frozenset({"text"}),
    ".cpg": frozenset({"text"}),
    ".qpj": frozenset({"text"}),
}
"""What a file of this name must be; names not listed may be anything harmless."""

VECTOR_KINDS = frozenset({"gpkg", "shape", "geojson", "flatgeobuf", "xml"})
"""Kinds a single vector file may have (FileGDB is a folder, told by its tables)."""

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "tiff": "image/tiff",
    "gif": "image/gif",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
    "gzip": "application/gzip",
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "flatgeobuf": "application/vnd.flatgeobuf",
    "shape": "application/vnd.shp",
    "dbf": "application/vnd.dbf",
    "dxf": "image/vnd.dxf",
    "dwg": "image/vnd.dwg",
    "xml": "application/xml",
    "text": "text/plain",
    "rtf": "application/rtf",
}


@dataclass(frozen=True)
class Sniffed:
    """A file's kind by content; `danger`: issue code of a reason to keep every reader away."""

    kind: str
    danger: str | None = None

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES.get(self.kind, "application/octet-stream")

    def agrees_with(self, name: str) -> bool:
        """Whether a file of this name may have this content."""
        suffix = Path(name).suffix.lower()
        allowed = KINDS_OF_NAME.get(suffix)
        return allowed is None or self.kind in allowed


def sniff(path: Path) -> Sniffed:
    """Look at a file's first bytes (all of a GeoJSON) and say what it is."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    kind = _kind(path, head)
    if kind == "program" and b"\x00" in head:
        return Sniffed(kind, "FILE_IS_PROGRAM")
    if _POINTS_OUTSIDE.search(head):
        return Sniffed(kind, "FILE_POINTS_OUTSIDE")
    if kind == "xml" and re.search(rb"<!DOCTYPE|<!ENTITY", _narrow(head), re.IGNORECASE):
        return Sniffed(kind, "XML_DOCTYPE")
    if kind == "geojson":
        return Sniffed(kind, _danger_in_json(path))
    return Sniffed(kind)


def _danger_in_json(path: Path) -> str | None:
    """A JSON text may say far inside that it is a pipeline or that its CRS lies on a web page."""
    overlap, tail = 4096, b""
    with path.open("rb") as file:
        while chunk := file.read(1 << 22):
            text = tail + chunk
            if _POINTS_OUTSIDE.search(text):
                return "FILE_POINTS_OUTSIDE"
            if b'"crs"' in text and (_CRS_LINK.search(text) or _CRS_HREF.search(text)):
                return "CRS_LINK"
            tail = text[-overlap:]
    return None


def _kind(path: Path, head: bytes) -> str:
    if not head:
        return "empty"
    if head.startswith(b"SQLite format 3\x00"):
        return "gpkg" if head[68:72] in (b"GPKG", b"GP10", b"GP11") or _has_gpkg(head) else "sqlite"
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _kind_of_zip(path)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if _is_dbf(head):
        return "dbf"
    return _kind_of_text(head)


def _has_gpkg(head: bytes) -> bool:
    return b"gpkg_contents" in head


def _kind_of_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as pack:
            names = set(pack.namelist())
    except (zipfile.BadZipFile, OSError):
        return "zip"
    if "[Content_Types].xml" not in names:
        return "zip"
    for folder, kind in (("xl/", "xlsx"), ("word/", "docx"), ("ppt/", "pptx")):
        if any(name.startswith(folder) for name in names):
            return kind
    return "zip"


def _is_dbf(head: bytes) -> bool:
    """dBASE: version byte, a real date, and a header length that ends in 0x0D."""
    if len(head) < 33 or head[0] not in (0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x83, 0x8B, 0xF5):
        return False
    length = int.from_bytes(head[8:10], "little")
    return head[2] <= 12 and head[3] <= 31 and 32 < length <= 65535


def _narrow(head: bytes) -> bytes:
    """UTF-16 text as single bytes, so that marks are found in it too."""
    return head[2:].replace(b"\x00", b"") if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head


def _kind_of_text(head: bytes) -> str:
    text = _narrow(head).removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{\\rtf"):
        return "rtf"
    if text[:1] in (b"{", b"["):
        return "geojson" if re.search(rb'"(type|features|coordinates)"\s*:', text) else "json"
    if text.startswith(b"\x1e{"):
        return "geojson"
    if text.startswith(b"<"):
        return "xml"
    if re.match(rb"(?:999\r?\n.*\r?\n\s*)*0\s*\r?\nSECTION", text):
        return "dxf"
    if b"\x00" in head[:4096] and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return "binary"
    return "text"
