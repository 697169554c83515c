"""What a file is by its content, and whether its name says the same.

GDAL opens by content, so a name proves nothing: a VRT called `a.geojson` reads other files of this
machine. Only kinds recognised here ever reach a reader, and anything that points outside the
dossier is refused under every name.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from ingest.files.signatures import HEAD, kind_of, narrow

OVERLAP = 1 << 16

_POINTS_OUTSIDE = re.compile(
    rb"<OGRVRTDataSource|<VRTDataset|<OGRWFSDataSource|<GDAL_WMS|<WMS_Capabilities|<OGRPGDataSource"
    rb"|gdal_streamed_alg"
)
_CRS_LINK = re.compile(rb'"crs"\s*:\s*\{[^{}]*"type"\s*:\s*"(?:link|url)"', re.IGNORECASE)
_CRS_HREF = re.compile(rb'"crs"\s*:\s*\{[^{}]*(?:\{[^{}]*"(?:href|url)")', re.IGNORECASE)

_DOCTYPE = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
_ESCAPED = re.compile(rb"\\u00([2-7][0-9a-fA-F])")
XML_KINDS = ("xml", "gml", "kml")

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
    ".ods": frozenset({"ods", "zip"}),
    ".odt": frozenset({"odt", "zip"}),
    ".odp": frozenset({"odp", "zip"}),
    ".xls": frozenset({"xls", "ole", "xlsx"}),
    ".doc": frozenset({"doc", "ole", "docx", "rtf"}),
    ".ppt": frozenset({"ppt", "ole", "pptx"}),
    ".zip": frozenset({"zip"}),
    ".kmz": frozenset({"zip"}),
    ".rar": frozenset({"rar"}),
    ".7z": frozenset({"7z"}),
    ".tar": frozenset({"tar"}),
    ".gz": frozenset({"gzip", "tar.gzip"}),
    ".tgz": frozenset({"tar.gzip"}),
    ".xz": frozenset({"xz", "tar.xz"}),
    ".bz2": frozenset({"bzip2", "tar.bzip2"}),
    ".gpkg": frozenset({"gpkg"}),
    ".shp": frozenset({"shape"}),
    ".shx": frozenset({"shape"}),
    ".dbf": frozenset({"dbf"}),
    ".geojson": frozenset({"geojson"}),
    ".geojsonl": frozenset({"geojson"}),
    ".fgb": frozenset({"flatgeobuf"}),
    ".gml": frozenset({"gml"}),
    ".kml": frozenset({"kml"}),
    ".tab": frozenset({"tab"}),
    ".mif": frozenset({"mif"}),
    ".pmtiles": frozenset({"pmtiles"}),
    ".parquet": frozenset({"parquet"}),
    ".geoparquet": frozenset({"parquet"}),
    ".dxf": frozenset({"dxf"}),
    ".dwg": frozenset({"dwg"}),
    ".dgn": frozenset({"dgn", "ole"}),
    ".ifc": frozenset({"ifc", "step"}),
    ".prj": frozenset({"text"}),
    ".cpg": frozenset({"text"}),
    ".qpj": frozenset({"text"}),
}
"""What a file of this name must be; names not listed may be anything harmless."""

PACKAGE_KINDS = frozenset(
    {"zip", "rar", "7z", "tar", "tar.gzip", "tar.xz", "tar.bzip2", "gzip", "xz", "bzip2"}
)
"""Packages of files, and single files that are packed; both are opened."""

SEALED_KINDS = frozenset({"cab", "zstd"})
"""Packages that nothing here opens."""

VECTOR_KINDS = frozenset({"gpkg", "shape", "geojson", "flatgeobuf", "gml", "kml"})
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
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "odg": "application/vnd.oasis.opendocument.graphics",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
    "tar": "application/x-tar",
    "gzip": "application/gzip",
    "tar.gzip": "application/gzip",
    "xz": "application/x-xz",
    "tar.xz": "application/x-xz",
    "bzip2": "application/x-bzip2",
    "tar.bzip2": "application/x-bzip2",
    "xls": "application/vnd.ms-excel",
    "doc": "application/msword",
    "ppt": "application/vnd.ms-powerpoint",
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "flatgeobuf": "application/vnd.flatgeobuf",
    "shape": "application/vnd.shp",
    "dbf": "application/vnd.dbf",
    "dxf": "image/vnd.dxf",
    "dwg": "image/vnd.dwg",
    "dgn": "image/vnd.dgn",
    "ifc": "application/x-step",
    "parquet": "application/vnd.apache.parquet",
    "pmtiles": "application/vnd.pmtiles",
    "gml": "application/gml+xml",
    "kml": "application/vnd.google-earth.kml+xml",
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
    kind = kind_of(path, head)
    if kind == "program" and b"\x00" in head:
        return Sniffed(kind, "FILE_IS_PROGRAM")
    if kind == "locked":
        return Sniffed(kind, "FILE_LOCKED")
    if _POINTS_OUTSIDE.search(narrow(head)):
        return Sniffed(kind, "FILE_POINTS_OUTSIDE")
    if kind in XML_KINDS and _DOCTYPE.search(narrow(head)):
        return Sniffed(kind, "XML_DOCTYPE")
    if kind == "geojson":
        return Sniffed(kind, _danger_in_json(path))
    return Sniffed(kind)


def _danger_in_json(path: Path) -> str | None:
    """A JSON text may say far inside that it is a pipeline or that its CRS lies on a web page."""
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(1 << 22):
            text = tail + chunk
            tail = text[-OVERLAP:]
            if b"\\u00" in text:
                text = _ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), text)
            if _POINTS_OUTSIDE.search(text):
                return "FILE_POINTS_OUTSIDE"
            if b'"crs"' in text and (_CRS_LINK.search(text) or _CRS_HREF.search(text)):
                return "CRS_LINK"
    return None
