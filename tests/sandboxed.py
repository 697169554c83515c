"""Functions that misbehave behind the sandbox's walls, for the tests of the walls."""

import ctypes
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NoReturn


class SaysNo(Exception):
    """A clean refusal."""


@dataclass(frozen=True)
class Told:
    """Every kind of value that may cross the wall."""

    name: str
    day: date | None
    cells: tuple[str | int | float | bool | date | None, ...]
    places: dict[str, tuple[Path, ...]]


def echo(told: Told) -> Told:
    return told


def refuse() -> int:
    raise SaysNo("hỏng / broken")


def stumble() -> int:
    raise KeyError("x")


def crash() -> int:
    ctypes.string_at(0)
    return 0


def eat_memory() -> int:
    return len([bytes(100 << 20) for _ in range(1000)])


def spin() -> int:
    while True:
        pass


def sleep() -> int:
    time.sleep(600)
    return 0


def complain_for_ever() -> int:
    while True:
        sys.stderr.write("!" * 100)
        sys.stderr.flush()
        time.sleep(0.1)


def leave_child_behind(note: Path) -> NoReturn:
    """A grandchild that would write a note once everybody looks away."""
    late = f"import time, pathlib; time.sleep(3); pathlib.Path({str(note)!r}).write_text('alive')"
    subprocess.Popen([sys.executable, "-c", late])
    time.sleep(600)
    raise SystemExit


def fill_disk(folder: Path) -> int:
    with (folder / "big").open("wb") as file:
        for _ in range(1000):
            file.write(bytes(1 << 20))
    return 0


def write_beside(path: Path) -> str:
    try:
        path.write_text("x")
    except OSError as error:
        return type(error).__name__
    return "written"


def call_out(port: int) -> str:
    try:
        socket.create_connection(("127.0.0.1", port), 2).close()
    except OSError as error:
        return type(error).__name__
    return "connected"


def look_around() -> tuple[str, ...]:
    """What it sees of the machine: accounts, other people's temporary files, surroundings."""
    seen = [name for name in ("/etc/passwd", "/root", "/home") if Path(name).is_file()]
    own = Path(__file__).parts  # the program itself may lie below /tmp
    temporary = [place.name for place in Path("/tmp").iterdir() if place.name not in own]
    return (*seen, *temporary, *(name for name in os.environ if name.startswith("SQH_")))


def gdal_drivers() -> tuple[str, ...]:
    from ingest.gdal import pyogrio

    return tuple(sorted(pyogrio.list_drivers()))


def lie() -> int:
    """An answer of another type than promised, as a reader taken over would give."""
    return "__import__('os').system('id')"  # type: ignore[return-value]


def answer_wrongly(answer: str) -> int:
    """Bytes of its own in the place of an answer."""
    os.write(int(sys.argv[1]), answer.encode())
    os._exit(0)


def break_off() -> int:
    os._exit(0)
