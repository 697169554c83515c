"""Running one function behind the guard: request in, answer out, the process group gone."""

import logging
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, TypeVar

from ingest.sandbox.guard import Guard, behind, find_guard
from ingest.sandbox.limits import Limits
from ingest.sandbox.outcome import (
    FileGone,
    ReaderCrashed,
    ReaderStopped,
    ReaderTimedOut,
    ReaderTooLarge,
    SandboxFailed,
)
from ingest.sandbox.patience import tried
from ingest.sandbox.values import NotOfType, build, build_result, pack, unpack
from schemas.words import Words

log = logging.getLogger(__name__)

R = TypeVar("R")
TAIL = 2000
SHOWN = 3
CHUNK = 1 << 16
STOPS = {"limit": ReaderTooLarge, "crashed": ReaderCrashed}
NO_MEMORY = ("bad_alloc", "memory allocation of", "Out of memory", "MemoryError")
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/tmp",  # noqa: S108 - the sandbox's own
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "LIBARCHIVE": "libarchive.so.13",
}
"""All that a reader knows of its surroundings."""


@dataclass(frozen=True)
class _Ended:
    """A process that is over: its answer, the end of its complaints, its exit code."""

    answer: bytes
    tail: str
    code: int


def in_sandbox(
    function: Callable[..., R],
    *args: object,
    files: Iterable[Path] = (),
    writes: Path | None = None,
    limits: Limits | None = None,
    refusals: tuple[type[Exception], ...] = (),
    settings: dict[str, str] | None = None,
    guard: Guard | None = None,
) -> R:
    """Run a module's function in a process of its own and return its plain value.

    `files`: what it may read; `writes`: the one folder it may write to; `refusals`: errors by which
    the function says no, raised here again; `settings`: environment variables. Arguments and value
    are plain data (see `values`); the value is checked against the declared return type.
    Raises ReaderStopped where the file is to blame, SandboxFailed where the tool is.
    """
    bounds, places = limits or Limits(), tuple(files)
    _check_there(places)
    request = pack([bounds, _name(function), args, [_name(kind) for kind in refusals]])
    walls = behind(guard or find_guard(), places, writes)
    with tried():
        try:
            ended = _run(walls, request, bounds, settings or {})
            log.debug("reader %s ended with %d: %s", _name(function), ended.code, ended.tail)
            return _value(ended, function, refusals, bounds)
        except _NoSandbox as error:
            log.debug("reader %s did not run", _name(function), exc_info=True)
            _check_there(places)
            raise SandboxFailed(", ".join(_named(args))) from error


class _NoSandbox(Exception):
    """The process could not be started, or ended without ever reading its request."""


def _check_there(places: Iterable[Path]) -> None:
    """Raises FileGone."""
    for gone in (place for place in places if not place.exists()):
        raise FileGone(Words(f"{gone.name} không còn", f"{gone.name} is gone"))


def _named(args: Iterable[object]) -> Iterator[str]:
    """Names of the files among a function's arguments, the first few."""
    paths = (one for arg in args for one in (arg if isinstance(arg, tuple) else (arg,)))
    return islice((path.name for path in paths if isinstance(path, Path)), SHOWN)


def _name(thing: Any) -> str:
    return f"{thing.__module__}:{thing.__qualname__}"


def _run(walls: list[str], request: bytes, limits: Limits, more: dict[str, str]) -> _Ended:
    told, answers = os.pipe()
    with tempfile.TemporaryFile() as question, open(told, "rb", 0) as answer:  # noqa: PTH123
        question.write(request)
        question.seek(0)
        python = [sys.executable, "-I", "-B", "-m", "ingest.sandbox.child", str(answers)]
        try:
            process = subprocess.Popen(
                [*walls, *python],
                stdin=question,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(answers,),
                env=ENVIRONMENT | more,
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            raise _NoSandbox(str(error)) from error
        finally:
            os.close(answers)
        with process:
            try:
                return _listen(process, answer, limits)
            finally:
                _kill(process)


def _listen(process: subprocess.Popen[bytes], answer: IO[bytes], limits: Limits) -> _Ended:
    """Take in answer and complaints until both end. Raises ReaderTimedOut, ReaderTooLarge."""
    assert process.stderr is not None
    deadline = time.monotonic() + limits.wall_seconds
    said, tail = bytearray(), bytearray()
    with selectors.DefaultSelector() as open_ends:
        open_ends.register(answer, selectors.EVENT_READ, said)
        open_ends.register(process.stderr, selectors.EVENT_READ, tail)
        while open_ends.get_map():
            ready = open_ends.select(max(0, deadline - time.monotonic()))
            if not ready or time.monotonic() > deadline:
                raise _timed_out(limits.wall_seconds)
            for key, _ in ready:
                if chunk := os.read(key.fd, CHUNK):
                    key.data.extend(chunk)
                else:
                    open_ends.unregister(key.fileobj)
            del tail[:-TAIL]
            if len(said) > limits.reply_bytes:
                raise ReaderTooLarge(Words("câu trả lời quá dài", "its answer is too long"))
    try:
        code = process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise _timed_out(limits.wall_seconds) from error
    return _Ended(bytes(said), tail.decode(errors="replace").strip(), code)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the reader and everything it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _value(
    ended: _Ended, function: Callable[..., R], refusals: tuple[type[Exception], ...], limits: Limits
) -> R:
    try:
        how, *rest = unpack(ended.answer)
        if how == "ok":
            value: R = build_result(rest[0], function)
            return value
        stop = _refusal(refusals, *rest) if how == "refused" else _stopped(how, *rest)
    except (ValueError, LookupError, TypeError, NotOfType) as error:
        raise _no_answer(ended, limits) from error
    raise stop


def _refusal(refusals: tuple[type[Exception], ...], number: object, words: object) -> Exception:
    at = build(number, int)
    if not 0 <= at < len(refusals):
        raise NotOfType(f"refusal {at}")
    told: Exception = refusals[at](*map(_word, build(words, list[Any])))
    return told


def _word(word: object) -> str | Words:
    return Words(*build(word, list[str])) if isinstance(word, list) else str(build(word, str))


def _stopped(how: object, *words: object) -> ReaderStopped:
    vi, en = build(list(words), list[str])
    return STOPS[build(how, str)](Words(vi, en))


def _no_answer(ended: _Ended, limits: Limits) -> Exception:
    """Why a process ended without a sound answer: a signal, or the tool itself."""
    number = -ended.code if ended.code < 0 else ended.code - 128
    if number == signal.SIGXCPU:
        return _timed_out(limits.cpu_seconds)
    if number == signal.SIGALRM:
        return _timed_out(limits.wall_seconds)
    out_of_memory = any(word in ended.tail for word in NO_MEMORY)
    if number == signal.SIGKILL or (ended.code != 0 and out_of_memory):
        return _too_much_memory(limits)
    if 0 < number < signal.NSIG:
        name = signal.Signals(number).name
        return ReaderCrashed(Words(f"trình đọc bị ngắt ({name})", f"the reader broke off ({name})"))
    if ended.code == 0:
        return ReaderCrashed(Words("câu trả lời không hợp lệ", "its answer is not valid"))
    return _NoSandbox(ended.tail)


def _timed_out(seconds: int) -> ReaderStopped:
    return ReaderTimedOut(Words(f"quá {seconds} giây", f"more than {seconds} seconds"))


def _too_much_memory(limits: Limits) -> ReaderStopped:
    most = limits.memory_bytes >> 20
    return ReaderTooLarge(Words(f"quá {most} MB bộ nhớ", f"more than {most} MB of memory"))
