"""Functions that misbehave behind the sandbox's walls, for the tests of the walls."""

import os
import socket
import time
from pathlib import Path


class No(Exception):
    pass


def add(a: int, b: int) -> int:
    return a + b


def crash() -> int:
    os.abort()


def eat() -> int:
    return len([bytes(100 << 20) for _ in range(1000)])


def spin() -> int:
    while True:
        pass


def sleep() -> int:
    time.sleep(1000)
    return 1


def net() -> str:
    try:
        socket.create_connection(("127.0.0.1", 22), 1)
    except OSError as error:
        return str(error)
    return "connected"


def ls() -> list[str]:
    return [p.name for p in Path("/tmp").iterdir()] + [str(Path("/etc/passwd").exists()), str(os.getuid())]


def refuse() -> int:
    raise No("because", "x")
