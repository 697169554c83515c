"""Unpacking a zip from a stranger: nothing outside the folder, nothing too large, nothing hidden.

Refused whole, with the reason: path traversal, links, encryption, overlapping entries, names that
differ only by case, bombs by size, ratio, count or depth. Names without the UTF-8 flag are read as
UTF-8, then as Vietnamese Windows (cp1258).
"""

import contextlib
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from schemas.words import Words

CHUNK = 1 << 18
SMALL = 10 << 20
UNPACKED = frozenset(
    {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
)
METHODS = {
    1: "Shrink", 6: "Implode", 9: "Deflate64", 93: "Zstandard", 95: "XZ", 97: "WavPack",
    98: "PPMd", 99: "AES",
}  # fmt: skip
"""Names of the ways to compress that are not unpacked here (APPNOTE 4.4.5)."""
LONGEST_PATH, LONGEST_NAME = 1000, 240  # bytes in UTF-8


@dataclass(frozen=True)
class Limits:
    """How much one dossier may unpack to: bytes, entries, ratio (above 10 MiB), zips in zips."""

    total_bytes: int = 8 << 30
    file_bytes: int = 4 << 30
    entries: int = 20_000
    ratio: int = 200
    depth: int = 2


@dataclass
class Allowance:
    """What is left of the limits; one is shared by a zip and all zips inside it."""

    limits: Limits = field(default_factory=Limits)
    bytes_left: int = field(init=False)
    entries_left: int = field(init=False)

    def __post_init__(self) -> None:
        self.bytes_left = self.limits.total_bytes
        self.entries_left = self.limits.entries

    def take_entries(self, count: int) -> None:
        """Raises ArchiveRefused where there are more than may be."""
        self.entries_left -= count
        if self.entries_left < 0:
            raise unsafe("quá nhiều tệp trong gói nén", "too many entries")

    def check(self, size: int, packed: int, path: str) -> None:
        """Raises ArchiveRefused for a file that is too large, or too large for what it came in."""
        if size > min(self.limits.file_bytes, self.bytes_left):
            raise unsafe("dung lượng quá lớn sau khi giải nén", "too large when unpacked", path)
        if size > SMALL and size > packed * self.limits.ratio:
            raise unsafe("tỷ lệ nén bất thường", "an abnormal compression ratio", path)

    def take_bytes(self, count: int, path: str) -> None:
        """Raises ArchiveRefused where nothing is left."""
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise unsafe("dung lượng quá lớn sau khi giải nén", "too large when unpacked", path)


class ArchiveRefused(Exception):
    """This archive is not unpacked. `code`: issue code; `member`: the entry; `why`: the reason."""

    def __init__(self, code: str, why: Words, member: str | None = None) -> None:
        super().__init__(code, why, member)
        self.code, self.why, self.member = code, why, member


def unsafe(vi: str, en: str, member: str | None = None) -> ArchiveRefused:
    """The refusal of a package that could do harm."""
    return ArchiveRefused("ARCHIVE_UNSAFE", Words(vi, en), member)


def safe_extract(archive: Path, folder: Path, allowance: Allowance | None = None) -> list[str]:
    """Unpack `archive` into `folder` (made here); paths of the files with `/`, in archive order.

    Zips inside are left packed: see `nested`. Raises ArchiveRefused, with nothing half-believed:
    the caller throws the folder away.
    """
    allowance = allowance or Allowance()
    try:
        with zipfile.ZipFile(archive) as pack:
            members = list(_members(pack, allowance))
            for info, path in members:
                _write(pack, info, folder / path, allowance)
    except (
        zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, OSError,
        UnicodeError, RuntimeError,
    ) as error:  # fmt: skip
        why = Words(f"gói nén hỏng: {error}", f"the archive is damaged: {error}")
        raise ArchiveRefused("ARCHIVE_DAMAGED", why) from error
    return [path for _, path in members]


def _members(pack: zipfile.ZipFile, allowance: Allowance) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    infos = pack.infolist()
    allowance.take_entries(len(infos))
    _check_overlaps(infos)
    names = Names()
    for info in infos:
        name = member_name(info)
        _check_kind(info, name)
        if name.endswith("/"):
            continue
        path = names.add(name)
        _check_size(info, path, allowance)
        yield info, path


class Names:
    """Names of a package's files, each safe and none twice, whatever the case."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def add(self, name: str) -> str:
        """The name as a path. Raises ArchiveRefused."""
        path = safe_path(name)
        key = unicodedata.normalize("NFKC", path).casefold()
        if key in self._seen:
            raise unsafe("hai tệp trùng tên", "two entries with one name", path)
        self._seen.add(key)
        return path


def member_name(info: zipfile.ZipInfo) -> str:
    """The entry's name in NFC with `/`; without the UTF-8 flag: UTF-8, cp1258, then as read."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with contextlib.suppress(UnicodeEncodeError):
            name = decoded_name(name.encode("cp437"))
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def decoded_name(raw: bytes) -> str:
    """A name's bytes as text: UTF-8, Vietnamese Windows, or as the DOS of old read it."""
    for encoding in ("utf-8", "cp1258", "cp437"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def safe_path(name: str) -> str:
    """The name as a path that stays inside its folder. Raises ArchiveRefused."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    shown = repr(name)[:200]
    outside = ".." in parts or name.startswith("/") or name[1:2] == ":"
    wild = any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name)
    if outside or wild or not parts:
        raise unsafe("đường dẫn không an toàn", "an unsafe path", shown)
    if len(name.encode()) > LONGEST_PATH or any(len(p.encode()) > LONGEST_NAME for p in parts):
        raise unsafe("tên quá dài", "a name that is too long", shown)
    return "/".join(parts)


def _check_overlaps(infos: list[zipfile.ZipInfo]) -> None:
    """Entries that share bytes are how a bomb stays small (Fifield 2019)."""
    end = -1
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise unsafe("các tệp chồng lên nhau", "overlapping entries", info.filename)
        end = info.header_offset + 30 + len(info.orig_filename) + info.compress_size


def _check_kind(info: zipfile.ZipInfo, name: str) -> None:
    if info.flag_bits & 0x1:
        why = Words("gói nén có mật khẩu", "the archive is encrypted")
        raise ArchiveRefused("ARCHIVE_ENCRYPTED", why, name)
    if info.compress_type not in UNPACKED:
        method = METHODS.get(info.compress_type, f"#{info.compress_type}")
        raise ArchiveRefused("ARCHIVE_METHOD", Words(method, method), name)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise unsafe("liên kết hoặc tệp đặc biệt", "a link or special file", name)


def _check_size(info: zipfile.ZipInfo, path: str, allowance: Allowance) -> None:
    allowance.check(info.file_size, max(1, info.compress_size), path)


def _write(pack: zipfile.ZipFile, info: zipfile.ZipInfo, to: Path, allowance: Allowance) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with pack.open(info) as source, to.open("xb") as target:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            allowance.take_bytes(len(chunk), info.filename)
            if written > info.file_size:
                raise unsafe("dữ liệu dài hơn khai báo", "more data than declared", info.filename)
            target.write(chunk)
