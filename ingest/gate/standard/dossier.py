"""The dossier as its standard sees it: its name, and files and folders below its own root."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from ingest.files.source import Received, ReceivedFile
from schemas.standards.model import Standard
from schemas.standards.patterns import PatternTooSlow, fits_whole


@dataclass(frozen=True)
class Dossier:
    """Files by their path below the root; `top`: what stands before it in the delivery.

    `crs`: EPSG code that a person chose for its shapes.
    """

    name: str
    top: str
    files: dict[str, ReceivedFile]
    crs: int | None = None

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder below the root that holds something."""
        parents = {parent for path in self.files for parent in PurePosixPath(path).parents}
        return frozenset(parent.as_posix() for parent in parents if parent.name)

    @cached_property
    def paths(self) -> frozenset[str]:
        """Every file and folder below the root."""
        return frozenset(self.files) | self.folders

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the files, wherever they lie."""
        return frozenset(PurePosixPath(path).name for path in self.files)


def open_dossier(received: Received, standards: Sequence[Standard]) -> Dossier:
    """The dossier in a delivery: its one top folder, or the delivery itself.

    A top folder is the root where its name is one that some standard wants; also where the
    delivery's own name is none and the folder is no piece itself.
    """
    packages = {file.unpacked_from for file in received.files}
    files = [f for f in received.files if f.path not in packages and "__MACOSX/" not in f.path]
    own = received.name.removesuffix(".zip").removesuffix(".ZIP")
    tops = {file.path.partition("/")[0] for file in files}
    top = tops.pop() if len(tops) == 1 and all("/" in file.path for file in files) else None
    if top is not None and _is_root(top, own, standards):
        return Dossier(top, f"{top}/", {f.path.removeprefix(f"{top}/"): f for f in files})
    return Dossier(own, "", {file.path: file for file in files})


def _is_root(top: str, own: str, standards: Sequence[Standard]) -> bool:
    folders = tuple(standard.folder for standard in standards)
    pieces = (p.path for one in standards for p in one.pieces if p.kind == "directory")
    return _fits(top, folders) or not (_fits(own, folders) or _fits(top, pieces))


def _fits(name: str, patterns: Iterable[str | None]) -> bool:
    try:
        return any(fits_whole(one, name, ignore_case=True) for one in patterns if one)
    except PatternTooSlow:
        return False
