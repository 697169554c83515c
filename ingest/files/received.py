"""What was received: files with their hashes and kinds, and the first findings."""

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ingest.files.sniff import Sniffed, sniff
from schemas.blobs import sha256_of
from schemas.issues import Issue

JUNK = frozenset({"thumbs.db", ".ds_store", "desktop.ini", ".directory"})


@dataclass(frozen=True)
class ReceivedFile:
    """One file as it lies here. `path`: as delivered; `unpacked_from`: path of its package."""

    path: str
    location: Path
    sha256: str
    size_bytes: int
    sniffed: Sniffed
    unpacked_from: str | None = None
    changed_ns: int | None = None
    """When its bytes were last changed, nanoseconds; None where nobody else can change them."""

    @property
    def is_junk(self) -> bool:
        name = self.path.rsplit("/", 1)[-1].casefold()
        return name in JUNK or name.startswith(("~$", "._")) or "__MACOSX/" in self.path


@dataclass(frozen=True)
class Received:
    """A delivery before anybody looked inside: its identity, files and first findings."""

    name: str
    sha256: str
    files: tuple[ReceivedFile, ...]
    issues: tuple[Issue, ...] = field(default=())


def received_file(path: str, location: Path, unpacked_from: str | None = None) -> ReceivedFile:
    """A file with its hash and kind; the path is kept in NFC. Raises OSError."""
    state = location.stat()
    return ReceivedFile(
        path=unicodedata.normalize("NFC", path),
        location=location,
        sha256=sha256_of(location),
        size_bytes=state.st_size,
        sniffed=sniff(location),
        unpacked_from=unpacked_from,
        changed_ns=state.st_mtime_ns if unpacked_from is None else None,
    )


def still_the_same(file: ReceivedFile) -> bool:
    """Whether a delivered file is what it was when it was received."""
    if file.changed_ns is None:
        return True
    try:
        state = file.location.stat()
    except OSError:
        return False
    return (state.st_size, state.st_mtime_ns) == (file.size_bytes, file.changed_ns)


def manifest(files: Iterable[ReceivedFile]) -> str:
    """One line `sha256  path` per file, sorted by path: what a folder's identity is made of."""
    return "".join(f"{f.sha256}  {f.path}\n" for f in sorted(files, key=lambda f: f.path))


def list_hash(files: Iterable[ReceivedFile]) -> str:
    """The identity of a list of files."""
    return hashlib.sha256(manifest(files).encode()).hexdigest()
