"""First bytes by which kinds of files are known, for the door of the gate and for its readers."""

ZIP, EMPTY_ZIP = b"PK\x03\x04", b"PK\x05\x06"
SQLITE = b"SQLite format 3\x00"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GZIP, XZ, BZIP2 = b"\x1f\x8b", b"\xfd7zXZ\x00", b"BZh"
TAR, TAR_AT = b"ustar", 257
STEP = b"ISO-10303-21"

MAGIC: tuple[tuple[bytes, str], ...] = (
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
"""Kinds that their first bytes alone tell; the longer mark first."""
