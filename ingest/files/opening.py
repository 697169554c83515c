"""Opening the packages of a delivery behind the sandbox's walls, and taking in what came out."""

import stat
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from ingest.files.archive import Limits
from ingest.files.kind_words import kind_detail
from ingest.files.received import ReceivedFile, received_file
from ingest.files.sniff import PACKAGE_KINDS
from ingest.readers.packages import Package, Refusal, Unpacked, is_whole, unpack
from ingest.sandbox.limits import Limits as ProcessLimits
from ingest.sandbox.outcome import ReaderCrashed, ReaderStopped
from ingest.sandbox.run import in_sandbox
from schemas.issues import Issue
from schemas.words import Words

MORE_SECONDS = 100
Opened = tuple[tuple[ReceivedFile, ...], tuple[Issue, ...]]


def open_packages(
    name: str,
    files: Iterable[ReceivedFile],
    folder: Path,
    *,
    at_top: bool = False,
    whole: tuple[str, ...] = (),
) -> Opened:
    """Members of every package among `files`, and of packages inside, unpacked below `folder`.

    `name`: of the delivery; `at_top`: members stand at the top, not below their package's path;
    `whole`: patterns of paths that are not opened.
    """
    packages = tuple(
        Package(file.path, file.location, file.sniffed.kind, "" if at_top else f"{file.path}/")
        for file in files
        if file.sniffed.kind in PACKAGE_KINDS and not is_whole(file.path, whole)
    )
    if not packages:
        return (), ()
    folder.mkdir(parents=True)
    blamed = packages[0].path if len(packages) == 1 else name
    try:
        unpacked = _unpack(packages, folder, whole)
        members = tuple(_members(unpacked, folder))
    except ReaderStopped as stopped:
        return (), (stopped.issue(blamed),)
    return members, tuple(map(refusal, unpacked.refusals))


def _unpack(packages: tuple[Package, ...], folder: Path, whole: tuple[str, ...]) -> Unpacked:
    size = sum(package.location.stat().st_size for package in packages)
    limits = ProcessLimits().for_bytes(size)
    limits = replace(
        limits,
        cpu_seconds=limits.cpu_seconds + MORE_SECONDS,
        wall_seconds=limits.wall_seconds + MORE_SECONDS,
    )
    places = [package.location for package in packages]
    return in_sandbox(
        unpack, packages, folder, Limits(), whole, files=places, writes=folder, limits=limits
    )


def _members(unpacked: Unpacked, folder: Path) -> Iterator[ReceivedFile]:
    """The members as they lie here. Raises ReaderCrashed for one that is no file of the folder."""
    home = folder.resolve()
    for member in unpacked.members:
        place = home / member.place
        if not stat.S_ISREG(place.lstat().st_mode) or place.resolve() != place:
            why = Words("tệp giải nén không nằm đúng chỗ", "a member is not where it should be")
            raise ReaderCrashed(why)
        yield received_file(member.path, place, unpacked_from=member.package)


def refusal(refused: Refusal) -> Issue:
    """A refused package as a finding."""
    at = f" (“{refused.member}”)" if refused.member else ""
    detail = {"why_vi": f"{refused.why_vi}{at}", "why_en": f"{refused.why_en}{at}"}
    if refused.code == "ARCHIVE_FORMAT":
        detail = kind_detail(refused.member or "")
    return Issue(refused.code, file=refused.package, value=refused.member, detail=detail)
