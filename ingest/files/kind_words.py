"""What people call a kind of content: formats by their names, everything else in words."""

from schemas.words import Words

_NAMES = {
    "7z": "7z", "bzip2": "bzip2", "cab": "CAB", "dbf": "dBASE (.dbf)", "dgn": "DGN", "doc": "Word",
    "docx": "Word", "dwg": "DWG", "dxf": "DXF", "flatgeobuf": "FlatGeobuf", "geojson": "GeoJSON",
    "gif": "GIF", "gml": "GML", "gpkg": "GeoPackage", "gzip": "gzip", "ifc": "IFC", "jpeg": "JPEG",
    "json": "JSON", "kml": "KML", "mif": "MapInfo MIF", "odg": "OpenDocument",
    "odp": "OpenDocument",
    "ods": "OpenDocument", "odt": "OpenDocument", "parquet": "Parquet", "pdf": "PDF",
    "pmtiles": "PMTiles", "png": "PNG", "ppt": "PowerPoint", "pptx": "PowerPoint", "rar": "RAR",
    "rtf": "RTF", "shape": "shapefile", "sqlite": "SQLite", "step": "STEP", "tab": "MapInfo TAB",
    "tar": "tar", "tiff": "TIFF", "xls": "Excel", "xlsx": "Excel", "xml": "XML", "xz": "xz",
    "zip": "zip", "zstd": "Zstandard",
}  # fmt: skip
_WORDS = {
    "binary": Words("dữ liệu không rõ dạng", "data of no known form"),
    "empty": Words("trống, không có gì", "nothing at all"),
    "locked": Words("tài liệu đặt mật khẩu", "a document with a password"),
    "ole": Words("tài liệu Office đời cũ", "an old Office document"),
    "program": Words("chương trình", "a program"),
    "shapeindex": Words("chỉ mục của shapefile", "the index of a shapefile"),
    "text": Words("chữ thường", "plain text"),
}


def kind_words(kind: str) -> Words:
    """The words for a kind of content; one that is not known here keeps its short name."""
    if kind in _WORDS:
        return _WORDS[kind]
    packed = kind.removeprefix("tar.")
    name = _NAMES.get(packed, packed)
    return Words(f"tar + {name}", f"tar + {name}") if packed != kind else Words(name, name)


def kind_detail(kind: str) -> dict[str, str]:
    """A kind for a finding: its short name for programs, its words for the sentence."""
    words = kind_words(kind)
    return {"kind": kind, "kind_vi": words.vi, "kind_en": words.en}
