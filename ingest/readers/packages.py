"""Packages opened with all packages inside them, in one go and under one allowance."""

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from ingest.files.archive import Allowance, ArchiveRefused, Limits, safe_extract, unsafe
from ingest.files.sniff import PACKAGE_KINDS, sniff
from ingest.readers.packed import SINGLE, NoReader, extract_packed, extract_single


@dataclass(frozen=True)
class Package:
    """A package to open. `path`: as delivered; `prefix`: put before its members' paths."""

    path: str
    location: Path
    kind: str
    prefix: str


@dataclass(frozen=True)
class Member:
    """A file that came out. `place`: below the folder; `package`: path of what it came out of."""

    path: str
    place: str
    package: str


@dataclass(frozen=True)
class Refusal:
    """A package that was not opened: its issue code, the reason, the entry it is about."""

    package: str
    code: str
    why_vi: str = ""
    why_en: str = ""
    member: str | None = None


@dataclass(frozen=True)
class Unpacked:
    """Members in archive order, those of a package inside right behind it; and the refusals."""

    members: tuple[Member, ...]
    refusals: tuple[Refusal, ...]


def unpack(
    packages: tuple[Package, ...], folder: Path, limits: Limits, whole: tuple[str, ...] = ()
) -> Unpacked:
    """Open packages into `folder`; a refused one gives a refusal and no members.

    `whole`: patterns of paths inside that stay as they are.
    """
    opening = _Opening(folder, Allowance(limits), whole)
    for package in packages:
        opening.open(package, 1)
    return Unpacked(tuple(opening.members), tuple(opening.refusals))


def is_whole(path: str, whole: tuple[str, ...]) -> bool:
    """Whether a path is among those that are not opened."""
    return any(re.search(pattern, path, re.IGNORECASE) for pattern in whole)


@dataclass
class _Opening:
    folder: Path
    allowance: Allowance
    whole: tuple[str, ...]
    members: list[Member] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    opened: int = 0

    def open(self, package: Package, depth: int) -> None:
        home = str(self.opened)
        self.opened += 1
        try:
            names = self._extract(package, self.folder / home)
        except ArchiveRefused as refused:
            self._refuse(package.path, refused, self.folder / home)
            return
        except NoReader:
            self.refusals.append(Refusal(package.path, "ARCHIVE_FORMAT", member=package.kind))
            return
        for name in names:
            self._take(package, name, f"{home}/{name}", depth)

    def _extract(self, package: Package, to: Path) -> list[str]:
        if package.kind == "zip":
            return safe_extract(package.location, to, self.allowance)
        if package.kind in SINGLE:
            name = package.path.rsplit("/", 1)[-1]
            return [extract_single(package.location, package.kind, name, to, self.allowance)]
        return extract_packed(package.location, package.kind, to, self.allowance)

    def _take(self, package: Package, name: str, place: str, depth: int) -> None:
        path = package.prefix + name
        self.members.append(Member(path, place, package.path))
        kind = sniff(self.folder / place).kind
        if kind not in PACKAGE_KINDS or is_whole(path, self.whole):
            return
        if depth >= self.allowance.limits.depth:
            self._refuse(path, unsafe("gói nén lồng quá sâu", "packages nested too deep"), None)
            return
        self.open(Package(path, self.folder / place, kind, f"{path}/"), depth + 1)

    def _refuse(self, path: str, refused: ArchiveRefused, home: Path | None) -> None:
        if home is not None:
            shutil.rmtree(home, ignore_errors=True)
        why = refused.why
        self.refusals.append(Refusal(path, refused.code, why.vi, why.en, refused.member))
