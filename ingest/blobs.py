"""The blob store: originals kept byte for byte, named by their sha256, never overwritten."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import NotFound
from schemas.words import Words

_CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """Hexadecimal sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class BlobStore:
    """Folder of originals: `<folder>/ab/abcd…`, one file for each sha256."""

    folder: Path

    def path(self, sha256: str) -> Path:
        """Where the bytes of `sha256` lie, or would lie."""
        return self.folder / sha256[:2] / sha256

    def put(self, source: Path, sha256: str) -> Path:
        """Keep the bytes of `source`; durable on return, harmless to repeat or to interrupt.

        Raises ValueError when the bytes are not those of `sha256` (they changed under us).
        """
        target = self.path(sha256)
        if target.exists():
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix="new-", delete=False) as fresh:
            temporary = Path(fresh.name)
        try:
            if _copy_durably(source, temporary) != sha256:
                raise ValueError(f"{source}: bytes are not those of {sha256}")
            temporary.chmod(0o444)
            temporary.rename(target)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(target.parent)
        return target

    def read(self, sha256: str) -> bytes:
        """The bytes of one original. Raises NotFound."""
        try:
            return self.path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(
                Words(f"Kho tệp gốc không có {sha256}.", f"The blob store lacks {sha256}.")
            ) from error


def _copy_durably(source: Path, target: Path) -> str:
    """Copy, flush to the disk, and return the sha256 of what was copied."""
    digest = hashlib.sha256()
    with source.open("rb") as old, target.open("wb") as new:
        while chunk := old.read(_CHUNK):
            digest.update(chunk)
            new.write(chunk)
        new.flush()
        os.fsync(new.fileno())
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    """Make a rename inside `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
