"""Receiving a delivery: a folder, a package or a single file becomes a list of hashed files."""

import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from ingest.files.archive import ArchiveRefused, decoded_name, safe_path
from ingest.files.opening import open_packages
from ingest.files.received import (
    Received,
    ReceivedFile,
    list_hash,
    manifest,
    received_file,
)
from schemas.errors import DeliveryUnreadable
from schemas.issues import Issue
from schemas.words import Words

__all__ = ["SHAPE_PARTS", "Received", "ReceivedFile", "manifest", "receive", "received_file"]

SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".idm", ".ind")


def receive(path: Path, workdir: Path, whole: tuple[str, ...] = ()) -> Received:
    """Take in a folder, a package or a file. Packages (also inside) are unpacked under `workdir`,
    but those whose path matches a pattern of `whole`.

    The identity is the sha256 of the file's bytes, or for a folder of its sorted (path, sha256)
    list. Raises DeliveryUnreadable where there is nothing to read.
    """
    if path.is_dir():
        return _receive_folder(path, workdir, whole)
    if not path.is_file():
        raise DeliveryUnreadable(
            Words(f"Không có tệp hay thư mục “{path}”.", f"There is no file or folder “{path}”.")
        )
    try:
        if path.suffix.lower() == ".shp":
            return _receive_shapefile(path)
        return _receive_file(path, workdir, whole)
    except PermissionError as error:
        raise DeliveryUnreadable(
            Words(f"Không có quyền đọc “{path}”.", f"“{path}” may not be read.")
        ) from error


def _receive_folder(folder: Path, workdir: Path, whole: tuple[str, ...]) -> Received:
    prefix = f"{folder.name}/" if folder.suffix.lower() == ".gdb" else ""
    issues: list[Issue] = []
    files = list(_files_of(folder, prefix, issues))
    inner, more = open_packages(folder.name, files, workdir / "unpacked", whole=whole)
    issues += _same_names(files)
    return Received(folder.name, list_hash(files), (*files, *inner), (*issues, *more))


def _files_of(folder: Path, prefix: str, issues: list[Issue]) -> Iterator[ReceivedFile]:
    """The ordinary files of a folder in path order; all else is a finding."""
    for place in _walk(folder, issues):
        path = unicodedata.normalize("NFC", decoded_name(os.fsencode(place.relative_to(folder))))
        try:
            yield received_file(prefix + safe_path(path), place)
        except ArchiveRefused as refused:
            issues.append(_unsafe(path, refused.why))
        except OSError as error:
            issues.append(_unreadable(path, error))


def _walk(folder: Path, issues: list[Issue]) -> Iterator[Path]:
    """Files of a folder in path order; links, pipes and devices are not opened but reported."""

    def unlisted(error: OSError) -> None:
        place = Path(os.fsdecode(error.filename or folder))
        issues.append(_unreadable(_shown(place, folder), error))

    for root, folders, names in os.walk(folder, followlinks=False, onerror=unlisted):
        folders.sort()
        for name in sorted([*names, *(f for f in folders if (Path(root) / f).is_symlink())]):
            place = Path(root) / name
            what = _special(place)
            if what is None:
                yield place
            else:
                issues.append(_unsafe(_shown(place, folder), what))


def _special(place: Path) -> Words | None:
    """What a directory entry is that must not be opened; None for a file that may."""
    try:
        mode = place.lstat().st_mode
    except OSError:
        return None
    if stat.S_ISLNK(mode):
        return Words("liên kết (symlink)", "a symbolic link")
    if not stat.S_ISREG(mode):
        return Words("ống dẫn, ổ cắm hoặc thiết bị", "a pipe, socket or device")
    return None


def _shown(place: Path, folder: Path) -> str:
    name = decoded_name(os.fsencode(place.relative_to(folder)))
    return unicodedata.normalize("NFC", name)


def _unsafe(path: str, why: Words) -> Issue:
    detail = {"why_vi": why.vi, "why_en": why.en}
    return Issue("ARCHIVE_UNSAFE", file=_printable(path), detail=detail)


def _unreadable(path: str, error: OSError) -> Issue:
    why = error.strerror or type(error).__name__
    return Issue("FILE_UNREADABLE", file=_printable(path), detail={"why_vi": why, "why_en": why})


def _printable(path: str) -> str:
    """The path with control characters shown as what they are."""
    return "".join(
        letter if unicodedata.category(letter) not in ("Cc", "Cs") else f"\\u{ord(letter):04x}"
        for letter in path
    )


def _same_names(files: Iterable[ReceivedFile]) -> Iterator[Issue]:
    """Two files that are one on a machine that ignores case."""
    seen: set[str] = set()
    for file in files:
        key = unicodedata.normalize("NFKC", file.path).casefold()
        if key in seen:
            yield _unsafe(file.path, Words("hai tệp trùng tên", "two files with one name"))
        seen.add(key)


def _receive_shapefile(path: Path) -> Received:
    parts = [
        place
        for place in sorted(path.parent.iterdir())
        if place.stem == path.stem
        and place.suffix.lower() in SHAPE_PARTS
        and _special(place) is None
    ]
    files = [received_file(place.name, place) for place in parts]
    return Received(path.name, list_hash(files), tuple(files))


def _receive_file(path: Path, workdir: Path, whole: tuple[str, ...]) -> Received:
    """A package's members stand at the top; the package itself is kept beside them."""
    package = received_file(path.name, path)
    unpacked = workdir / "unpacked"
    files, issues = open_packages(path.name, [package], unpacked, at_top=True, whole=whole)
    taken = {file.path for file in files}
    own = package.path if package.path not in taken else f"{package.path} (gói / package)"
    return Received(path.name, package.sha256, (replace(package, path=own), *files), issues)
