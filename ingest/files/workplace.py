"""The folder one check works in: gone afterwards, and swept later where a program died in it."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "sqh-gate-"
FRESH_SECONDS = 60


@contextmanager
def workplace() -> Iterator[Path]:
    """An empty folder that nobody else can read; a lock on it says that its owner lives."""
    sweep(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep(base: Path) -> None:
    """Remove the folders whose owners died without a chance to do it."""
    for folder in base.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - folder.lstat().st_ctime > FRESH_SECONDS:
                _remove_unowned(folder)


def _remove_unowned(folder: Path) -> None:
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)
