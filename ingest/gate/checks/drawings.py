"""Drawings and models of CAD and BIM: whole by their marks, and none that grows beyond measure.

Nothing here opens what is drawn in them, and that is said. Blocks of a DXF are counted before
anything inserts them.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import PurePosixPath

from ingest.files.received import ReceivedFile
from ingest.gate.checks.files import is_dangerous
from ingest.gate.checks.papers import FAULTS
from ingest.readers.drawing import ENDLESS, count_objects
from ingest.readers.originals import ORIGINAL_KINDS, faults_of
from ingest.sandbox.limits import Limits
from ingest.sandbox.outcome import ReaderStopped
from ingest.sandbox.run import in_sandbox
from schemas.issues import Issue
from schemas.numbers import spelt

MOST_OBJECTS = 10_000_000
BATCH = 40


def check_drawings(files: Iterable[ReceivedFile]) -> Iterator[Issue]:
    """Every drawing or model that is cut or damaged, every DXF that means more objects than any
    drawing has or could not be counted; once, how many were not looked into.
    """
    originals = [file for file in files if _is_original(file)]
    batches = (originals[at : at + BATCH] for at in range(0, len(originals), BATCH))
    told = dict(chain.from_iterable(map(_unreadable, batches)))
    whole = [file for file in originals if file.path not in told]
    yield from told.values()
    for file in whole:
        if file.sniffed.kind == "dxf":
            yield from _check(file)
    if whole:
        yield Issue("DRAWINGS_NOT_OPENED", file=whole[0].path, detail=_number(len(whole)))


def _is_original(file: ReceivedFile) -> bool:
    sound = not file.is_junk and not is_dangerous(file) and file.sniffed.agrees_with(file.path)
    return sound and _kind(file) in ORIGINAL_KINDS


def _kind(file: ReceivedFile) -> str:
    """What a file is; by its name where a cut one hides it (the streams of a DGN V8, say)."""
    by_name = {(".dgn", "ole"): "dgn", (".ifc", "step"): "ifc"}
    kind = file.sniffed.kind
    return by_name.get((PurePosixPath(file.path).suffix.lower(), kind), kind)


def _unreadable(files: Sequence[ReceivedFile]) -> Iterator[tuple[str, Issue]]:
    """Files that are not whole, by their path; where one stops the reader, each by itself."""
    places = tuple(file.location for file in files)
    kinds = tuple(map(_kind, files))
    limits = Limits().for_bytes(sum(file.size_bytes for file in files))
    try:
        faults = in_sandbox(faults_of, places, kinds, files=places, limits=limits)
    except ReaderStopped as stopped:
        if len(files) == 1:
            yield files[0].path, stopped.issue(files[0].path)
        else:
            yield from chain.from_iterable(_unreadable([file]) for file in files)
        return
    for file, fault in zip(files, faults, strict=True):
        if fault:
            why = FAULTS[fault]
            detail = {"why_vi": why.vi, "why_en": why.en}
            yield file.path, Issue("PAPER_UNREADABLE", file=file.path, detail=detail)


def _number(count: int) -> dict[str, str]:
    written = spelt(count)
    return {"number_vi": written.vi, "number_en": written.en}


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
    written = spelt(count)
    return {"why_vi": f"{written.vi} đối tượng", "why_en": f"{written.en} objects"}
