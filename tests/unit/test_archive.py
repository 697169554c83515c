"""A zip from a stranger never writes outside its folder, never fills the disk, never hides."""

import stat
import struct
import zipfile
from pathlib import Path

import pytest

from ingest.files.archive import Allowance, ArchiveRefused, Limits, member_name, safe_extract


def pack(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def refusal(path: Path, tmp_path: Path, limits: Limits | None = None) -> ArchiveRefused:
    with pytest.raises(ArchiveRefused) as caught:
        safe_extract(path, tmp_path / "out", Allowance(limits or Limits()))
    return caught.value


def test_ordinary_members_come_out_with_their_bytes(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", {"CSDL/Bản vẽ.txt": b"xin", "b.txt": b""})
    assert safe_extract(path, tmp_path / "out") == ["CSDL/Bản vẽ.txt", "b.txt"]
    assert (tmp_path / "out/CSDL/Bản vẽ.txt").read_bytes() == b"xin"


@pytest.mark.parametrize("name", ["../ra.txt", "/etc/x", "C:/x", "a/../../x", "..\\x", "a\x01b"])
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    assert refusal(pack(tmp_path / "a.zip", {name: b"x"}), tmp_path).code == "ARCHIVE_UNSAFE"
    assert not (tmp_path / "ra.txt").exists()


def test_a_link_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert refusal(tmp_path / "a.zip", tmp_path).code == "ARCHIVE_UNSAFE"


def test_names_that_differ_by_case_alone_are_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", {"A.txt": b"1", "a.TXT": b"2"})
    assert refusal(path, tmp_path).code == "ARCHIVE_UNSAFE"


def test_a_bomb_is_refused_by_ratio_size_and_count(tmp_path: Path) -> None:
    bomb = pack(tmp_path / "a.zip", {"zeros": bytes(30 << 20)})
    assert refusal(bomb, tmp_path).code == "ARCHIVE_UNSAFE"
    small = pack(tmp_path / "b.zip", {"a": b"12345", "b": b"12345"})
    assert refusal(small, tmp_path, Limits(total_bytes=7)).code == "ARCHIVE_UNSAFE"
    assert refusal(small, tmp_path / "2", Limits(entries=1)).code == "ARCHIVE_UNSAFE"


def test_a_member_longer_than_it_says_is_cut_off(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", {"a.txt": b"x" * 5000})
    raw = bytearray(path.read_bytes())
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 10)
    path.write_bytes(raw)
    assert refusal(path, tmp_path).code in ("ARCHIVE_UNSAFE", "ARCHIVE_DAMAGED")


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", {"a.txt": b"x" * 50, "b.txt": b"y" * 50})
    raw = bytearray(path.read_bytes())
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 42 : at + 46] = struct.pack("<I", 5)
    path.write_bytes(raw)
    assert refusal(path, tmp_path).code in ("ARCHIVE_UNSAFE", "ARCHIVE_DAMAGED")


def test_an_encrypted_zip_asks_for_one_without_password(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", {"a.txt": b"x"})
    raw = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.find(mark) + offset] |= 1
    path.write_bytes(raw)
    assert refusal(path, tmp_path).code == "ARCHIVE_ENCRYPTED"


def test_a_cut_zip_is_damaged_not_unsafe(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", {"a.txt": b"x" * 1000})
    path.write_bytes(path.read_bytes()[:-30])
    assert refusal(path, tmp_path).code == "ARCHIVE_DAMAGED"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1258"])
def test_vietnamese_names_without_the_utf8_flag_are_read(encoding: str) -> None:
    import unicodedata

    written = "Đồ án/Bản đồ.pdf"
    bare = unicodedata.normalize("NFD", written) if encoding == "cp1258" else written
    raw = _cp1258(bare) if encoding == "cp1258" else bare.encode(encoding)
    info = zipfile.ZipInfo(raw.decode("cp437"))
    info.flag_bits = 0
    assert member_name(info) == written


def _cp1258(text: str) -> bytes:
    """Windows Vietnamese: circumflex and breve letters whole, tone marks behind them."""
    import unicodedata

    out = ""
    for letter in unicodedata.normalize("NFC", text):
        try:
            letter.encode("cp1258")
            out += letter
        except UnicodeEncodeError:
            spread = unicodedata.normalize("NFD", letter)
            tones = "".join(c for c in spread if c in "\u0300\u0301\u0303\u0309\u0323")
            base = "".join(c for c in spread if c not in tones)
            out += unicodedata.normalize("NFC", base) + tones
    return out.encode("cp1258")
