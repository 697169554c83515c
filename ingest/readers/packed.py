"""7z, rar and tar unpacked through libarchive, and single packed files (gzip, xz, bzip2).

The same refusals as for a zip: the list is read first, then the bytes, counted as they come.
"""

import bz2
import gzip
import lzma
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from ctypes import create_string_buffer
from pathlib import Path
from typing import Any

from ingest.files.archive import CHUNK, Allowance, ArchiveRefused, Names, decoded_name, unsafe
from schemas.words import Words

FORMATS = {
    "7z": ("7zip", "none"),
    "tar": ("tar", "none"),
    "tar.gzip": ("tar", "gzip"),
    "tar.xz": ("tar", "xz"),
    "tar.bzip2": ("tar", "bzip2"),
}
RAR5 = b"Rar!\x1a\x07\x01"
SINGLE = {"gzip": ".gz", "xz": ".xz", "bzip2": ".bz2"}
_LOCKED = ("ncrypt", "crypto", "assphrase", "assword")


class NoReader(Exception):
    """This machine has no libarchive."""


def extract_packed(archive: Path, kind: str, folder: Path, allowance: Allowance) -> list[str]:
    """Unpack a 7z, rar or tar into `folder`. Raises ArchiveRefused, NoReader."""
    try:
        import libarchive
    except (OSError, ImportError, AttributeError, TypeError) as error:
        raise NoReader(str(error)) from error
    try:
        paths = _listed(archive, kind, allowance)
        with _opened(archive, kind) as entries:
            for entry, path in zip(entries, paths, strict=True):
                if path is not None:
                    _write(entry, folder / path, path, allowance)
    except (libarchive.ArchiveError, ValueError, OSError) as error:
        raise _damaged(str(error)) from error
    return [path for path in paths if path is not None]


def _opened(archive: Path, kind: str) -> AbstractContextManager[Any]:
    import libarchive

    with archive.open("rb") as file:
        rar = "rar5" if file.read(len(RAR5)) == RAR5 else "rar"
    form, packing = FORMATS.get(kind, (rar, "none"))
    opened: AbstractContextManager[Any] = libarchive.file_reader(
        str(archive), format_name=form, filter_name=packing
    )
    return opened


def _listed(archive: Path, kind: str, allowance: Allowance) -> list[str | None]:
    """The entries' paths, None for a folder; everything is refused that must be."""
    packed = archive.stat().st_size
    names, total = Names(), 0
    paths: list[str | None] = []
    with _opened(archive, kind) as entries:
        for entry in entries:
            allowance.take_entries(1)
            name = _name(entry)
            if entry.isdir:
                paths.append(None)
                continue
            if not entry.isreg or entry.islnk:
                raise unsafe("liên kết hoặc tệp đặc biệt", "a link or special file", name)
            paths.append(names.add(name))
            total += max(0, entry.size or 0)
            allowance.check(total, packed, name)
    return paths


def _name(entry: Any) -> str:
    raw = entry.pathname
    name = decoded_name(raw) if isinstance(raw, bytes) else str(raw or "")
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _write(entry: Any, to: Path, path: str, allowance: Allowance) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    with to.open("xb") as target:
        for chunk in _blocks(entry):
            allowance.take_bytes(len(chunk), path)
            target.write(chunk)


def _blocks(entry: Any) -> Iterator[bytes]:
    from libarchive import ffi

    buffer = create_string_buffer(CHUNK)
    while (count := ffi.read_data(entry._archive_p, buffer, CHUNK)) != 0:
        if count < 0:
            raise _damaged(str(ffi.error_string(entry._archive_p)))
        yield buffer.raw[:count]


def _damaged(reason: str) -> ArchiveRefused:
    if any(word in reason for word in _LOCKED):
        why = Words("gói nén có mật khẩu", "the archive is encrypted")
        return ArchiveRefused("ARCHIVE_ENCRYPTED", why)
    why = Words(f"gói nén hỏng: {reason}", f"the archive is damaged: {reason}")
    return ArchiveRefused("ARCHIVE_DAMAGED", why)


def extract_single(packed: Path, kind: str, name: str, folder: Path, allowance: Allowance) -> str:
    """Unpack a single packed file into `folder` under its name; the name. Raises ArchiveRefused."""
    path = Names().add(name.removesuffix(SINGLE[kind]) or "packed")
    allowance.take_entries(1)
    folder.mkdir(parents=True, exist_ok=True)
    size, most = 0, packed.stat().st_size
    try:
        with _single(packed, kind) as source, (folder / path).open("xb") as target:
            while chunk := source.read(CHUNK):
                size += len(chunk)
                allowance.check(size, most, path)
                allowance.take_bytes(len(chunk), path)
                target.write(chunk)
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
        raise _damaged(str(error)) from error
    return path


def _single(packed: Path, kind: str) -> gzip.GzipFile | lzma.LZMAFile | bz2.BZ2File:
    if kind == "gzip":
        return gzip.GzipFile(packed)
    return lzma.LZMAFile(packed) if kind == "xz" else bz2.BZ2File(packed)
