"""Papers, drawings and scans looked at in processes of their own, many files to a process."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from ingest.files.source import ReceivedFile
from ingest.gate.checks.files import is_dangerous
from ingest.gate.probe import PROBED_KINDS, Probe, probe_files
from ingest.sandbox.limits import Limits
from ingest.sandbox.outcome import ReaderStopped
from ingest.sandbox.run import in_sandbox
from schemas.issues import Issue

BATCH = 40


def probe_received(files: Iterable[ReceivedFile]) -> tuple[dict[str, Probe], tuple[Issue, ...]]:
    """What each paper or scan is, by its path; a file that stops the reader is a finding."""
    wanted = [
        file
        for file in files
        if file.sniffed.kind in PROBED_KINDS
        and not file.is_junk
        and not is_dangerous(file)
        and file.sniffed.agrees_with(file.path)
    ]
    found = list(chain.from_iterable(map(_batch, _batched(wanted))))
    probes = {file.path: one for file, one in found if isinstance(one, Probe)}
    return probes, tuple(one for _, one in found if isinstance(one, Issue))


def _batched(files: Sequence[ReceivedFile]) -> Iterator[Sequence[ReceivedFile]]:
    return (files[at : at + BATCH] for at in range(0, len(files), BATCH))


def _batch(files: Sequence[ReceivedFile]) -> Iterator[tuple[ReceivedFile, Probe | Issue]]:
    """Files together; where one of them stops the reader, each by itself."""
    try:
        yield from zip(files, _read(files), strict=True)
    except ReaderStopped as stopped:
        if len(files) == 1:
            yield files[0], stopped.issue(files[0].path)
        else:
            yield from chain.from_iterable(_batch([file]) for file in files)


def _read(files: Sequence[ReceivedFile]) -> tuple[Probe, ...]:
    places = tuple(file.location for file in files)
    kinds = tuple(file.sniffed.kind for file in files)
    limits = Limits().for_bytes(sum(file.size_bytes for file in files))
    return in_sandbox(probe_files, places, kinds, files=places, limits=limits)
