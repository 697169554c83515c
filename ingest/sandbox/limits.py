"""How much one reader may take, and what it means when it takes more."""

import resource
import signal
from dataclasses import dataclass, replace

from schemas.numbers import spelt
from schemas.words import Words

GIB = 1 << 30
BYTES_A_SECOND = 2 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds of one reading process. Bytes, seconds; `reply_bytes`: its answer, in memory."""

    memory_bytes: int = 3 * GIB
    cpu_seconds: int = 20
    wall_seconds: int = 60
    file_bytes: int = 4 * GIB
    open_files: int = 256
    reply_bytes: int = 256 << 20

    def for_bytes(self, size: int) -> "Limits":
        """More time for more to read, up to ten minutes."""
        more = size // BYTES_A_SECOND
        cpu, wall = min(self.cpu_seconds + more, 600), min(self.wall_seconds + more, 900)
        return replace(self, cpu_seconds=cpu, wall_seconds=wall)

    def impose(self) -> None:
        """Bind this process for good; called by the reader before it opens anything."""
        for what, most in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_AS, self.memory_bytes),
            (resource.RLIMIT_FSIZE, self.file_bytes),
            (resource.RLIMIT_NOFILE, self.open_files),
        ):
            resource.setrlimit(what, (most, most))
        resource.setrlimit(resource.RLIMIT_CPU, (self.cpu_seconds, self.cpu_seconds + 1))
        signal.alarm(self.wall_seconds + 5)


class LimitReached(Exception):
    """A reader counted more than it may take. Arguments: the limit in Vietnamese and English."""


def beyond(most: int, unit: Words) -> LimitReached:
    """More of something than one file may have."""
    shown = spelt(most)
    return LimitReached(f"hơn {shown.vi} {unit.vi}", f"more than {shown.en} {unit.en}")
