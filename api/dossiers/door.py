"""The door: a file that begins like nothing the gate reads is turned away before it is kept.

Only the first bytes are looked at, and nothing is parsed: what the file really is, the worker
finds out behind its walls.
"""

from schemas.errors import BadQuestion
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
from schemas.words import Words

HEAD = 512
"""How much of a file the door looks at, in bytes."""

DWG = (b"AC1", b"AC2.", b"MC0.0")
KINDS = frozenset({"rar", "7z", "flatgeobuf", "pmtiles", "shape", "dxf", "dgn", "parquet"})
MARKS = (
    ZIP, GZIP, XZ, BZIP2, SQLITE, OLE, STEP, *DWG,
    *(mark for mark, kind in MAGIC if kind in KINDS),
)  # fmt: skip
"""First bytes of packages, of map data, of drawings."""
TEXT_MARKS = (b"{", b"[", b"<", b"\x1e", b"!table", b"version ", b"999", b"0\r", b"0\n", b"0 ")
"""First signs of GeoJSON, GML, KML, MapInfo and DXF texts, in small letters."""

EMPTY_FILE = Words(
    "Gói rỗng: tệp không có byte nào. Không có gì được lưu.",
    "Empty package: the file has no bytes. Nothing was stored.",
)
EMPTY_PACKAGE = Words(
    "Gói rỗng: trong tệp nén không có tệp nào. Không có gì được lưu.",
    "Empty package: there is no file in it. Nothing was stored.",
)
FILL = Words(
    "Kiểm tra lại tệp trên máy, nén cả thư mục hồ sơ thành một tệp .zip rồi nộp lại.",
    "Look at the file on your disk, pack the whole dossier into one .zip file and deliver that.",
)
ALIEN = Words(
    "Tệp này không phải gói hồ sơ, dữ liệu bản đồ hay bản vẽ. Không có gì được lưu.",
    "This file is no package, map data or drawing. Nothing was stored.",
)
PACK = Words(
    "Nén cả thư mục hồ sơ thành một tệp .zip (hoặc .7z, .rar) rồi nộp tệp ấy.",
    "Pack the whole dossier into one .zip file (or .7z, .rar) and deliver that.",
)


def refuse_alien(head: bytes) -> None:
    """Raises BadQuestion for a file that cannot be a dossier. `head`: its first HEAD bytes."""
    if not head:
        raise BadQuestion(EMPTY_FILE, remedy=FILL)
    if head.startswith(EMPTY_ZIP):
        raise BadQuestion(EMPTY_PACKAGE, remedy=FILL)
    is_tar = head.startswith(TAR, TAR_AT)
    if not (is_tar or head.startswith(MARKS) or _text(head).startswith(TEXT_MARKS)):
        raise BadQuestion(ALIEN, remedy=PACK)


def _text(head: bytes) -> bytes:
    """The beginning as text: UTF-16 in single bytes, without byte order mark and blanks."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head[2:].replace(b"\x00", b"")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
