"""Copies for readers: the bytes that were received, or none at all."""

import hashlib
from pathlib import Path

from ingest.files.source import ReceivedFile

CHUNK = 1 << 20


class FileChanged(Exception):
    """A delivered file is no longer the one that was received."""


def reading_copy(file: ReceivedFile, to: Path) -> None:
    """A copy that a reader may litter around. Raises FileChanged."""
    to.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    try:
        with file.location.open("rb") as source, to.open("xb") as target:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                target.write(chunk)
    except FileNotFoundError as error:
        raise FileChanged(file.path) from error
    if digest.hexdigest() != file.sha256:
        raise FileChanged(file.path)
