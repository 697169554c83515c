"""Drawings that would grow beyond measure: blocks counted before anything inserts them."""

from collections.abc import Iterable, Iterator

from ingest.files.received import ReceivedFile
from ingest.gate.checks.files import is_dangerous
from ingest.readers.drawing import ENDLESS, count_objects
from ingest.sandbox.limits import Limits
from ingest.sandbox.outcome import ReaderStopped
from ingest.sandbox.run import in_sandbox
from schemas.issues import Issue

MOST_OBJECTS = 10_000_000


def check_drawings(files: Iterable[ReceivedFile]) -> Iterator[Issue]:
    """Every DXF that means more objects than any drawing has, or that could not be counted."""
    for file in files:
        if file.sniffed.kind == "dxf" and not file.is_junk and not is_dangerous(file):
            yield from _check(file)


def _check(file: ReceivedFile) -> Iterator[Issue]:
    limits = Limits().for_bytes(file.size_bytes)
    try:
        count = in_sandbox(count_objects, file.location, files=[file.location], limits=limits)
    except ReaderStopped as stopped:
        yield stopped.issue(file.path)
        return
    if count > MOST_OBJECTS:
        yield Issue("DRAWING_EXPLODES", file=file.path, detail=_why(count))


def _why(count: int) -> dict[str, str]:
    if count >= ENDLESS:
        return {"why_vi": "có khối chứa chính nó", "why_en": "a block contains itself"}
    written = f"{count:,}"
    return {
        "why_vi": f"{written.replace(',', '.')} đối tượng",
        "why_en": f"{written} objects",
    }
