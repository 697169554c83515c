"""How commands talk: sentences for people, JSON for programs, and one meaning per exit code.

0 done; 1 the delivery or the register says no; 2 bad usage; 3 the tool failed.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from schemas.errors import (
    BadQuestion,
    DeliveryUnreadable,
    NotFound,
    PortTaken,
    ProfileInvalid,
    Refused,
    RegisterError,
    SeveralParcels,
    UnknownCrs,
    UnknownParcel,
)
from schemas.words import Words

BAD_USAGE = (BadQuestion, PortTaken, ProfileInvalid, UnknownCrs)
SAYS_NO = (DeliveryUnreadable, NotFound, Refused, SeveralParcels, UnknownParcel)

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def exit_code(error: RegisterError) -> int:
    """The exit code of one of our own errors."""
    if isinstance(error, BAD_USAGE):
        return 2
    return 1 if isinstance(error, SAYS_NO) else 3


def say(words: Words) -> None:
    """A sentence on standard output, Vietnamese first."""
    out.print(str(words), markup=False)


def complain(error: RegisterError, *, as_json: bool = False) -> None:
    """An error on standard error: what happened, and the way out; for programs as JSON as well."""
    if as_json:
        remedy = error.remedy._asdict() if error.remedy else None
        kind = type(error).__name__
        emit({"schema": "error/1", "error": kind, "message": error.detail._asdict(), "fix": remedy})
    err.print(f"✗ {error.detail}", markup=False)
    if error.remedy:
        err.print(f"  → {error.remedy}", markup=False)
    for found in getattr(error, "candidates", []):
        err.print(f"  · {found['url'] or found['lookup']}", markup=False)


def emit(document: Any) -> None:
    """One JSON document on one line of standard output."""
    sys.stdout.write(orjson.dumps(document, default=str).decode() + "\n")


@contextmanager
def _bars(*, quiet: bool) -> Iterator[Progress | None]:
    """Bars on standard error while long work runs; nothing for `--json` or when piped."""
    if quiet or not err.is_terminal:
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bars:
        yield bars


@contextmanager
def counter(words: Words, *, quiet: bool) -> Iterator[Callable[[int, int | None], None]]:
    """A bar for work that counts: call it with what is done and, where known, how much in all."""
    with _bars(quiet=quiet) as bars:
        task = bars.add_task(str(words), total=None) if bars else None

        def count(done: int, total: int | None) -> None:
            if bars and task is not None:
                bars.update(task, completed=done, total=total)

        yield count


@contextmanager
def stages(*, quiet: bool) -> Iterator[Callable[[Words, int, int], None]]:
    """A bar for work in named steps: call it with the step's words, its number, and how many."""
    with _bars(quiet=quiet) as bars:
        task = bars.add_task("…", total=None) if bars else None

        def tell(words: Words, done: int, total: int) -> None:
            if bars and task is not None:
                bars.update(task, description=str(words), completed=done, total=total)

        yield tell
