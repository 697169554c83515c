"""The whole register in one file: the tables as pg_dump writes them, and every original.

A backup of the tables alone would cite papers that nobody can open any more.
"""

import os
import shutil
import tarfile
import tempfile
from pathlib import Path

from schemas.blobs import BlobStore
from schemas.db import migrate
from schemas.errors import Refused
from schemas.postgres_backup import BackupFailed, backup, restore
from schemas.settings import Settings
from schemas.words import Words

TABLES = "register.dump"
ORIGINALS = "blobs"


def save(url: str, settings: Settings, file: Path) -> None:
    """Write the register to `file` (tar), whole or not at all. Raises Refused, BackupFailed."""
    if file.exists():
        raise Refused(
            Words(f"Tệp {file} đã có.", f"{file} exists already."),
            remedy=Words("Chọn tên khác.", "Choose another name."),
        )
    if not file.resolve().parent.is_dir():
        raise Refused(Words(f"Không có thư mục của {file}.", f"{file} has no folder."))
    with tempfile.TemporaryDirectory(dir=file.resolve().parent, prefix=".sqh-backup-") as folder:
        dump, whole = Path(folder, TABLES), Path(folder, "whole.tar")
        backup(url, dump)
        with tarfile.open(whole, "w") as archive:
            archive.add(dump, TABLES)
            if settings.blob_dir.is_dir():
                archive.add(settings.blob_dir, ORIGINALS, filter=_original)
        with whole.open("rb") as written:
            os.fsync(written.fileno())
        whole.chmod(0o600)
        whole.rename(file)


def _original(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Folders and originals; not what is half written."""
    return entry if entry.isdir() or len(Path(entry.name).name) == 64 else None


def bring_back(url: str, settings: Settings, file: Path) -> None:
    """Put a backup in the place of the register: originals first, then the tables in one swap.

    Raises BackupFailed; then the tables are as they were.
    """
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.state_dir, prefix="restore-") as folder:
        try:
            with tarfile.open(file) as archive:
                archive.extractall(folder, filter="data")
        except (OSError, tarfile.TarError) as error:
            raise BackupFailed(
                Words(f"{file} không phải là bản sao lưu: {error}", f"{file}: no backup: {error}")
            ) from error
        if not Path(folder, TABLES).is_file():
            raise BackupFailed(
                Words(f"{file} không phải là bản sao lưu.", f"{file} is not a backup.")
            )
        store = BlobStore(settings.blob_dir)
        for original in Path(folder, ORIGINALS).glob("*/*"):
            store.put(original, original.name)
        restore(
            url, Path(folder, TABLES), finish=lambda fresh: migrate(fresh, settings.storage_srid)
        )
        shutil.rmtree(Path(folder, ORIGINALS), ignore_errors=True)
