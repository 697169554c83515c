"""Somebody at a port of this machine who notes every call: proof that nobody calls out."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Listener:
    port: int
    callers: list[str] = field(default_factory=list)

    def heard(self, calls: int) -> bool:
        """Whether so many calls have come, after a moment for the last one to arrive."""
        deadline = time.monotonic() + 2
        while len(self.callers) < calls and time.monotonic() < deadline:
            time.sleep(0.01)
        return len(self.callers) == calls


@contextmanager
def listening() -> Iterator[Listener]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        listener = Listener(server.getsockname()[1])
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    call, caller = server.accept()
                except TimeoutError:
                    continue
                call.close()
                listener.callers.append(str(caller))

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield listener
        finally:
            done.set()
            thread.join()
