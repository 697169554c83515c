"""The quarantine: bytes that strangers delivered and nobody has checked yet.

A folder of the state folder, like the blob store. `sqh serve` and every `sqh worker` must see the
same two folders: on several machines, share `SQH_HOME` (NFS, one volume of the compose file).
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from schemas.blobs import BlobStore
from schemas.settings import Settings

ARRIVING, WORKING = "arriving-", "working-"
MOST_WAITING_BYTES = 8 << 30
"""What one person may have lying unchecked, beside a first dossier of any size."""
FREE_FLOOR_BYTES = 1 << 30
"""What deliveries leave free on the disk, for the register itself."""


@dataclass(frozen=True)
class Quarantine:
    """Unchecked deliveries: `<folder>/<sha256>`; half-received ones and working copies beside."""

    folder: Path

    def path(self, sha256: str) -> Path:
        """Where the unchecked bytes of `sha256` lie, or would lie."""
        return self.folder / sha256

    def free_bytes(self) -> int:
        """What is free on the disk of the quarantine, which must have been made."""
        return shutil.disk_usage(self.folder).free

    @contextmanager
    def arriving(self) -> Iterator[Path]:
        """A file of its own for a delivery on its way in; gone afterwards unless admitted."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = self.folder / f"{ARRIVING}{secrets.token_hex(8)}"
        try:
            yield place
        finally:
            place.unlink(missing_ok=True)

    def admit(self, arrived: Path, sha256: str) -> None:
        """Keep what arrived, under its hash."""
        arrived.chmod(0o400)
        arrived.rename(self.path(sha256))

    def drop(self, sha256: str) -> None:
        """Forget the unchecked bytes; twice is harmless."""
        self.path(sha256).unlink(missing_ok=True)

    @contextmanager
    def working(self, dossier_id: int, attempt: int) -> Iterator[Path]:
        """An empty folder for one attempt at the work on a dossier; gone afterwards."""
        folder = self.folder / f"{WORKING}{dossier_id}-{attempt}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def drop_work(self, dossier_id: int) -> None:
        """Remove what workers that died left half-read."""
        for folder in self.folder.glob(f"{WORKING}{dossier_id}-*"):
            shutil.rmtree(folder, ignore_errors=True)

    def older(self, moment: datetime) -> list[str]:
        """Hashes of the unchecked deliveries that came before `moment`."""
        found = []
        for place in self.folder.glob("*"):
            with suppress(FileNotFoundError):  # dropped meanwhile
                if "-" not in place.name and place.stat().st_mtime < moment.timestamp():
                    found.append(place.name)
        return found

    def forget_older(self, moment: datetime) -> None:
        """Remove what dead programs left half-received or half-read before `moment`."""
        for place in (*self.folder.glob(f"{ARRIVING}*"), *self.folder.glob(f"{WORKING}*")):
            with suppress(FileNotFoundError):
                if place.stat().st_mtime >= moment.timestamp():
                    continue
                shutil.rmtree(place) if place.is_dir() else place.unlink()


def delivered_bytes(settings: Settings, sha256: str) -> Path | None:
    """The file with these bytes: still in quarantine, or kept among the originals."""
    kept = BlobStore(settings.blob_dir).path(sha256)
    places = (Quarantine(settings.quarantine_dir).path(sha256), kept)
    return next((place for place in places if place.is_file()), None)


def linked(source: Path, target: Path) -> None:
    """The same bytes under another name, without a copy where the file system can."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
