"""Whether drawings and models of CAD and BIM are whole, told without opening what is in them.

DXF ends with its mark; DWG states where its parts lie (R13 to 2000) or where the copy of its header
ends (2004 on, Open Design Specification for .dwg, 4.1); DGN V7 is a chain of elements up to an end
mark, V8 an OLE file; IFC is a STEP file (ISO 10303-21) between its header and its end.
"""

import re
import struct
from pathlib import Path
from typing import BinaryIO

from ingest.readers.drawing import SENTINEL
from schemas.file_marks import OLE

ORIGINAL_KINDS = ("dxf", "dwg", "dgn", "ifc")
TAIL, STEP_HEAD = 4096, 1 << 16

_DXF_END = re.compile(rb"(?:^|\n)[ \t]*0[ \t]*\r?\n[ \t]*EOF[\s\x00\x1a]*$")
_STEP_END = re.compile(rb"END-ISO-10303-21\s*;")
_BY_SECTIONS = (b"AC1012", b"AC1014", b"AC1015")
_BY_PAGES = (b"AC1018", b"AC1024", b"AC1027", b"AC1032")
_PAGED, _PAGED_AT, _PAGED_BYTES = b"AcFssFcAJMB", 0x80, 0x6C
_MOST_SECTIONS = 64
_NO_SECTOR, _FREE = 0xFFFFFFFA, 0xFFFFFFFF


def faults_of(locations: tuple[Path, ...], kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Of each file (its `kinds` as sniffed) `empty`, `cut`, `broken`, or nothing where it is whole
    as far as its marks tell.
    """
    looks = {"dxf": _dxf, "dwg": _dwg, "dgn": _dgn, "ifc": _ifc}
    faults = []
    for location, kind in zip(locations, kinds, strict=True):
        with location.open("rb") as file:
            size = file.seek(0, 2)
            faults.append(looks[kind](file, size) if size else "empty")
    return tuple(faults)


def _at(file: BinaryIO, start: int, count: int) -> bytes:
    file.seek(max(0, start))
    return file.read(count)


def _dxf(file: BinaryIO, size: int) -> str:
    tail = _at(file, size - TAIL, TAIL)
    if _at(file, 0, len(SENTINEL)) == SENTINEL:
        return "" if tail.rstrip(b"\x00").endswith(b"EOF") else "cut"
    return "" if _DXF_END.search(tail.replace(b"\r\n", b"\n")) else "cut"


def _dwg(file: BinaryIO, size: int) -> str:
    """Versions before R13 and of 2007 keep no length that is cheap to read."""
    version = _at(file, 0, 6)
    if version in _BY_SECTIONS:
        return _sections(file, size)
    if version in _BY_PAGES:
        return _pages(file, size)
    return "" if size > _PAGED_AT else "cut"


def _sections(file: BinaryIO, size: int) -> str:
    head = _at(file, 0x15, 4 + 9 * _MOST_SECTIONS)
    count = int.from_bytes(head[:4], "little")
    if not 3 <= count <= _MOST_SECTIONS:
        return "broken"
    if len(head) < 4 + 9 * count:
        return "cut"
    ends = (sum(struct.unpack_from("<II", head, 5 + 9 * at)) for at in range(count))
    return "cut" if max(ends) > size else ""


def _pages(file: BinaryIO, size: int) -> str:
    """The header is scrambled by a sequence of numbers and repeated at the end of the file."""
    scrambled = _at(file, _PAGED_AT, _PAGED_BYTES)
    if len(scrambled) < _PAGED_BYTES:
        return "cut"
    header, number = bytearray(), 1
    for byte in scrambled:
        number = (number * 0x343FD + 0x269EC3) & 0xFFFFFFFF
        header.append(byte ^ (number >> 16) & 0xFF)
    if not header.startswith(_PAGED):
        return "broken"
    (copy_at,) = struct.unpack_from("<Q", header, 0x34)
    return "cut" if copy_at + _PAGED_BYTES > size else ""


def _dgn(file: BinaryIO, size: int) -> str:
    if _at(file, 0, len(OLE)) == OLE:
        return _ole(file, size)
    at = 0
    while at + 2 <= size:
        mark = _at(file, at, 4)
        if mark[:2] == b"\xff\xff":
            return ""
        at += 4 + 2 * int.from_bytes(mark[2:], "little")
    return "cut"


def _ole(file: BinaryIO, size: int) -> str:
    """DGN V8: the last sector in use must be there, by the last table of sectors that the head of
    the file names ([MS-CFB] 2.2, 2.3).
    """
    head = _at(file, 0, 512)
    if len(head) < 512:
        return "cut"
    sector = 1 << min(int.from_bytes(head[30:32], "little"), 16)
    tables = [table for table in struct.unpack_from("<109I", head, 76) if table < _NO_SECTOR]
    if not tables:
        return "broken"
    entries = _at(file, (tables[-1] + 1) * sector, sector)
    if len(entries) < sector:
        return "cut"
    used = [at for at, (entry,) in enumerate(struct.iter_unpack("<I", entries)) if entry != _FREE]
    last = (len(tables) - 1) * (sector // 4) + max(used, default=0)
    return "" if (last + 1) * sector < size else "cut"


def _ifc(file: BinaryIO, size: int) -> str:
    if b"FILE_SCHEMA" not in _at(file, 0, STEP_HEAD).upper():
        return "broken"
    return "" if _STEP_END.search(_at(file, size - TAIL, TAIL)) else "cut"
