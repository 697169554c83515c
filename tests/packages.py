"""Packages made byte by byte for the tests: 7z, rar and tar, honest and hostile."""

import base64
import io
import struct
import tarfile
import zlib
from pathlib import Path

# 7-Zip 26.02 wrote these two: one file "hi.txt", password "secret"; in the second, names too.
LOCKED_7Z = base64.b64decode(
    "N3q8ryccAATqkl9REAAAAAAAAABqAAAAAAAAAPYTsp738ev19LAKje19xqlVoNVqAQQGAAEJEAAHCwEAAiQG8QcBElMPl5cN"
    "8OOz/oVJxVNah6//hyEhAQABAAwKBgAICgEgMDo2AAAFARkBABEPAGgAaQAuAHQAeAB0AAAAGQQAAAAAFAoBAM7Do1AAfN0B"
    "FQYBACCApIEAAA=="
)
LOCKED_NAMES_7Z = base64.b64decode(
    "N3q8ryccAAREfs0wgAAAAAAAAAAuAAAAAAAAACY3oxPpXc9JWkgvzaW246AtFefwCle3Nx4+HHvtaRrnKw3kM8ELec0GJ3Gd"
    "MC/h/xtOtmY+1dLzHpmqe5Kp9/JlCl1KyxKhDCAqJjYKGBo5u8Ub2x1D+TZXnPF8bd0KbvDoF309gb4SFPXtW2VlI7o+dOom"
    "gh44ztSkFUZBTcxh4hEN7RcGEAEJcAAHCwEAASQG8QcBElMPeJL/TQs2xwaW2zHaatLSQQxqCgHK7w1HAAA="
)


def seven_zip(path: Path, members: dict[str, bytes]) -> Path:
    import libarchive

    with libarchive.file_writer(str(path), "7zip") as pack:
        for name, content in members.items():
            pack.add_file_from_memory(name, len(content), content)
    return path


def tar(path: Path, members: dict[str, bytes], *, mode: str = "w") -> Path:
    """A tar; `mode`: "w:gz", "w:xz" or "w:bz2" for a packed one."""
    with tarfile.open(path, mode) as pack:  # type: ignore[call-overload]
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            pack.addfile(entry, io.BytesIO(content))
    return path


def tar_of_one(path: Path, kind: bytes, target: str = "") -> Path:
    """A tar with one entry that is no file: a link, a device, a pipe."""
    with tarfile.open(path, "w") as pack:
        entry = tarfile.TarInfo("muc")
        entry.type, entry.linkname = kind, target
        pack.addfile(entry)
    return path


def rar(path: Path, members: dict[str, bytes]) -> Path:
    """A RAR 5 whose files are stored unpacked."""
    blocks = [_block(_number(1) + _number(0) + _number(0))]
    for name, content in members.items():
        raw = name.encode()
        size, checksum = _number(len(content)), struct.pack("<I", zlib.crc32(content))
        head = _number(2) + _number(2) + size + _number(4) + size + _number(0o100644)
        head += checksum + _number(0) + _number(1) + _number(len(raw)) + raw
        blocks.append(_block(head) + content)
    blocks.append(_block(_number(5) + _number(0) + _number(0)))
    path.write_bytes(b"Rar!\x1a\x07\x01\x00" + b"".join(blocks))
    return path


def locked_rar(path: Path) -> Path:
    """A RAR 5 whose every header is encrypted."""
    head = _number(4) + _number(0) + _number(0) + _number(0) + b"\x0f" + bytes(16)
    path.write_bytes(b"Rar!\x1a\x07\x01\x00" + _block(head) + bytes(64))
    return path


def _block(head: bytes) -> bytes:
    sized = _number(len(head)) + head
    return struct.pack("<I", zlib.crc32(sized)) + sized


def _number(value: int) -> bytes:
    out = bytearray()
    while True:
        value, low = value >> 7, value & 127
        out.append(low | (128 if value else 0))
        if not value:
            return bytes(out)
