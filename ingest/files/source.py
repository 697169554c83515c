"""Receiving a delivery: a folder, a zip or a single file becomes a list of files with hashes."""

import gzip
import hashlib
import os
import shutil
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.files.archive import Allowance, ArchiveRefused, safe_extract
from ingest.files.sniff import Sniffed, sniff
from schemas.blobs import sha256_of
from schemas.errors import DeliveryUnreadable
from schemas.issues import Issue
from schemas.words import Words

SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".idm", ".ind")
JUNK = frozenset({"thumbs.db", ".ds_store", "desktop.ini", ".directory"})


@dataclass(frozen=True)
class ReceivedFile:
    """One file as it lies here. `path`: as delivered; `unpacked_from`: path of its zip."""

    path: str
    location: Path
    sha256: str
    size_bytes: int
    sniffed: Sniffed
    unpacked_from: str | None = None

    @property
    def is_junk(self) -> bool:
        name = self.path.rsplit("/", 1)[-1].casefold()
        return name in JUNK or name.startswith(("~$", "._")) or "__MACOSX/" in self.path


@dataclass(frozen=True)
class Received:
    """A delivery before anybody looked inside: its identity, files and first findings."""

    name: str
    sha256: str
    files: tuple[ReceivedFile, ...]
    issues: tuple[Issue, ...] = field(default=())


def receive(path: Path, workdir: Path) -> Received:
    """Take in a folder, a zip or a file. Zips (also inside) are unpacked under `workdir`.

    The identity is the sha256 of the file's bytes, or for a folder of its sorted (path, sha256)
    list. Raises DeliveryUnreadable where there is nothing to read.
    """
    if path.is_dir():
        return _receive_folder(path, workdir)
    if not path.is_file():
        raise DeliveryUnreadable(
            Words(f"Không có tệp hay thư mục “{path}”.", f"There is no file or folder “{path}”.")
        )
    if path.suffix.lower() == ".shp":
        return _receive_shapefile(path, workdir)
    return _receive_file(path, workdir)


def _receive_folder(folder: Path, workdir: Path) -> Received:
    prefix = f"{folder.name}/" if folder.suffix.lower() == ".gdb" else ""
    issues: list[Issue] = []
    files = [
        received_file(prefix + place.relative_to(folder).as_posix(), place)
        for place in _walk(folder, issues)
    ]
    inner, more = _unpack_all(files, workdir)
    issues += _same_names(files)
    return Received(folder.name, _list_hash(files), (*files, *inner), (*issues, *more))


def _same_names(files: Iterable[ReceivedFile]) -> Iterator[Issue]:
    """Two files that are one on a machine that ignores case."""
    seen: set[str] = set()
    for file in files:
        key = unicodedata.normalize("NFKC", file.path).casefold()
        if key in seen:
            why = Words("hai tệp trùng tên", "two files with one name")
            yield Issue("ARCHIVE_UNSAFE", file=file.path, detail=_reason(why))
        seen.add(key)


def _receive_shapefile(path: Path, workdir: Path) -> Received:
    parts = [
        place
        for place in sorted(path.parent.iterdir())
        if place.stem == path.stem and place.suffix.lower() in SHAPE_PARTS and place.is_file()
    ]
    files = [received_file(place.name, place) for place in parts]
    return Received(path.name, _list_hash(files), tuple(files))


def _receive_file(path: Path, workdir: Path) -> Received:
    """A zip's members stand at the top; the zip itself is kept beside them."""
    package = received_file(path.name, path)
    if package.sniffed.kind == "gzip":
        files, issues = _gunzip(package, workdir)
    elif package.sniffed.kind == "zip":
        files, issues = _unpack(package, workdir / "unpacked", "", Allowance())
    else:
        files, issues = (), ()
    taken = {file.path for file in files}
    own = package.path if package.path not in taken else f"{package.path} (gói / package)"
    return Received(path.name, package.sha256, (replace(package, path=own), *files), issues)


def _unpack_all(
    files: Iterable[ReceivedFile], workdir: Path
) -> tuple[tuple[ReceivedFile, ...], tuple[Issue, ...]]:
    found: list[ReceivedFile] = []
    issues: list[Issue] = []
    allowance = Allowance()
    for number, file in enumerate(files):
        if file.sniffed.kind == "zip":
            folder = workdir / "unpacked" / str(number)
            inner, more = _unpack(file, folder, f"{file.path}/", allowance)
            found += inner
            issues += more
    return tuple(found), tuple(issues)


def _unpack(
    package: ReceivedFile, folder: Path, prefix: str, allowance: Allowance, depth: int = 1
) -> tuple[tuple[ReceivedFile, ...], tuple[Issue, ...]]:
    """Members of a zip, and of zips inside it; a refused zip gives an issue and no members."""
    try:
        names = safe_extract(package.location, folder, allowance)
    except ArchiveRefused as refused:
        shutil.rmtree(folder, ignore_errors=True)
        return (), (_refusal(package, refused),)
    files: list[ReceivedFile] = []
    issues: list[Issue] = []
    for number, name in enumerate(names):
        file = received_file(prefix + name, folder / name, unpacked_from=package.path)
        files.append(file)
        if file.sniffed.kind != "zip":
            continue
        if depth >= allowance.limits.depth:
            why = Words("gói nén lồng quá sâu", "zips nested too deep")
            issues.append(_refusal(file, ArchiveRefused("ARCHIVE_UNSAFE", why)))
            continue
        inner_folder = folder.with_name(f"{folder.name}.{number}")
        inner, more = _unpack(file, inner_folder, f"{file.path}/", allowance, depth + 1)
        files += inner
        issues += more
    return tuple(files), tuple(issues)


def _refusal(package: ReceivedFile, refused: ArchiveRefused) -> Issue:
    return Issue(
        refused.code,
        file=package.path,
        value=refused.member,
        detail=_reason(refused.why, refused.member),
    )


def _reason(why: Words, member: str | None = None) -> dict[str, str]:
    """Why an archive is refused, and at which member, as the catalogue's sentences want it."""
    at = f" (“{member}”)" if member else ""
    return {"why_vi": f"{why.vi}{at}", "why_en": f"{why.en}{at}"}


def _gunzip(
    package: ReceivedFile, workdir: Path
) -> tuple[tuple[ReceivedFile, ...], tuple[Issue, ...]]:
    name = package.path.removesuffix(".gz")
    inner = workdir / "unpacked" / Path(name).name
    inner.parent.mkdir(parents=True, exist_ok=True)
    left = Allowance().limits.file_bytes
    try:
        with gzip.open(package.location, "rb") as source, inner.open("xb") as target:
            while chunk := source.read(1 << 20):
                left -= len(chunk)
                if left < 0:
                    why = Words("dung lượng quá lớn", "too large when unpacked")
                    raise ArchiveRefused("ARCHIVE_UNSAFE", why)
                target.write(chunk)
    except ArchiveRefused as refused:
        inner.unlink()
        return (), (_refusal(package, refused),)
    except (OSError, EOFError, zlib.error) as error:
        why = Words(f"tệp nén hỏng: {error}", f"the file is damaged: {error}")
        return (), (_refusal(package, ArchiveRefused("ARCHIVE_DAMAGED", why)),)
    return (received_file(name, inner, unpacked_from=package.path),), ()


def _walk(folder: Path, issues: list[Issue]) -> Iterator[Path]:
    """Files of a folder in path order; links are not followed but reported."""
    for root, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted([*names, *(f for f in folders if (Path(root) / f).is_symlink())]):
            place = Path(root) / name
            if place.is_symlink():
                why = Words("liên kết (symlink)", "a symbolic link")
                at = unicodedata.normalize("NFC", place.relative_to(folder).as_posix())
                issues.append(Issue("ARCHIVE_UNSAFE", file=at, detail=_reason(why)))
            elif place.is_file():
                yield place


def received_file(path: str, location: Path, unpacked_from: str | None = None) -> ReceivedFile:
    """A file with its hash and kind; the path is kept in NFC."""
    return ReceivedFile(
        path=unicodedata.normalize("NFC", path),
        location=location,
        sha256=sha256_of(location),
        size_bytes=location.stat().st_size,
        sniffed=sniff(location),
        unpacked_from=unpacked_from,
    )


def manifest(files: Iterable[ReceivedFile]) -> str:
    """One line `sha256  path` per file, sorted by path: what a folder's identity is made of."""
    return "".join(f"{f.sha256}  {f.path}\n" for f in sorted(files, key=lambda f: f.path))


def _list_hash(files: Iterable[ReceivedFile]) -> str:
    return hashlib.sha256(manifest(files).encode()).hexdigest()
