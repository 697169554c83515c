"""Which walls this machine can put around a reader: bubblewrap, a namespace, or limits alone."""

import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Literal

Guard = Literal["bubblewrap", "namespace", "limits"]
NOBODY = "65534"
SCRATCH_BYTES = str(256 << 20)
PROGRAM = Path(__file__).parents[2]
PACKAGES = ("ingest", "schemas")

_UNSHARE: tuple[tuple[str, ...], ...] = (
    ("--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"),
    (),
)
_UNSHARED = ("--net", "--ipc")


@cache
def find_guard() -> Guard:
    """The strongest guard that works here; tried once, in milliseconds."""
    if shutil.which("bwrap") and _works([*_bubblewrap((), None), "/usr/bin/true"]):
        return "bubblewrap"
    return "namespace" if _unshare() else "limits"


def behind(guard: Guard, files: Iterable[Path], writes: Path | None) -> list[str]:
    """The words before a command that put it behind a guard.

    Only bubblewrap hides the machine's files: `files` are seen read-only, `writes` alone can be
    written to.
    """
    if guard == "bubblewrap":
        return _bubblewrap(files, writes)
    return list(_unshare() or ()) if guard == "namespace" else []


@cache
def _unshare() -> tuple[str, ...] | None:
    """A command that takes the network away, with or without a user namespace."""
    if shutil.which("unshare") is None:
        return None
    commands = (("unshare", *user, *_UNSHARED) for user in _UNSHARE)
    return next((one for one in commands if _works([*one, "true"])), None)


def _works(command: list[str]) -> bool:
    try:
        tried = subprocess.run(command, capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def _bubblewrap(files: Iterable[Path], writes: Path | None) -> list[str]:
    words = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    words += ["--uid", NOBODY, "--gid", NOBODY, "--chdir", "/", "--dev", "/dev"]
    words += ["--size", SCRATCH_BYTES, "--tmpfs", "/tmp"]  # noqa: S108
    words += [word for place in _system() for word in place]
    for path in (*_program(), *files):
        words += ["--ro-bind", str(path), str(path)]
    return words if writes is None else [*words, "--bind", str(writes), str(writes)]


@cache
def _system() -> tuple[tuple[str, ...], ...]:
    """/usr, what points into it, and the loader's list: the least a program needs."""
    roots = (Path("/", name) for name in ("bin", "sbin", "lib", "lib32", "lib64"))
    links = tuple(
        ("--symlink", str(root.readlink()), str(root))
        if root.is_symlink()
        else ("--ro-bind", str(root), str(root))
        for root in roots
        if root.exists()
    )
    cache_file = "/etc/ld.so.cache"
    return (("--ro-bind", "/usr", "/usr"), *links, ("--ro-bind-try", cache_file, cache_file))


@cache
def _program() -> tuple[Path, ...]:
    """Python, its packages and ours, each once."""
    interpreter = Path(sys.executable).resolve().parents[1]
    homes = {Path(sys.base_prefix), Path(sys.prefix), interpreter, *_packages()}
    return tuple(_outermost(homes - {Path("/")}))


def _packages() -> Iterator[Path]:
    return (PROGRAM / name for name in PACKAGES)


def _outermost(paths: set[Path]) -> Iterator[Path]:
    known = {Path("/usr")}
    for path in sorted(paths, key=lambda path: len(path.parts)):
        if not known & {path, *path.parents}:
            known.add(path)
            yield path
