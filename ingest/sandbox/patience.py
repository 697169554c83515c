"""How long one delivery may keep its readers busy for nothing, however many files it has."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from ingest.sandbox.outcome import ReaderTimedOut
from schemas.words import Words

SECONDS = 180.0


@dataclass
class _Patience:
    left: float


_patience: ContextVar[_Patience | None] = ContextVar("patience", default=None)


@contextmanager
def patience(seconds: float | None = None) -> Iterator[None]:
    """Share so many seconds among all readers in here that run out of their own time."""
    token = _patience.set(_Patience(SECONDS if seconds is None else seconds))
    try:
        yield
    finally:
        _patience.reset(token)


@contextmanager
def tried() -> Iterator[None]:
    """One reader at work. Raises ReaderTimedOut at once where no patience is left."""
    shared = _patience.get()
    if shared is not None and shared.left <= 0:
        raise ReaderTimedOut(
            Words("hồ sơ đã dùng hết thời gian đọc", "the dossier has used up all its reading time")
        )
    began = time.monotonic()
    try:
        yield
    except ReaderTimedOut:
        if shared is not None:
            shared.left -= time.monotonic() - began
        raise
