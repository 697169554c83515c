"""7z, rar and tar are opened under the same rules as a zip, and all packages under one allowance."""

import gzip
import lzma
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from ingest.files.archive import Limits
from ingest.files.opening import open_packages
from ingest.files.received import received_file
from ingest.files.sniff import sniff
from ingest.gate.checks.files import check_files
from ingest.readers.packages import Package, Unpacked, unpack
from ingest.readers.packed import SINGLE
from schemas.issues import Issue
from tests import packages
from tests.gate_dossier import put, zip_of

CONTENT = {"Hồ sơ/Bản vẽ.txt": b"xin", "b.txt": b"2" * 1000}


def opened(path: Path, tmp_path: Path) -> tuple[dict[str, bytes], tuple[Issue, ...]]:
    """What the gate takes out of a package, by path, and what it says."""
    files, issues = open_packages(
        path.name, [received_file(path.name, path)], tmp_path / "out", at_top=True
    )
    return {file.path: file.location.read_bytes() for file in files}, issues


def code_of(path: Path, tmp_path: Path) -> str:
    files, issues = opened(path, tmp_path)
    assert files == {}
    (issue,) = issues
    assert issue.file == path.name
    assert "{" not in str(issue.message)
    return issue.code


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.7z", packages.seven_zip),
        ("a.rar", packages.rar),
        ("a.tar", packages.tar),
        ("a.tar.gz", lambda path, members: packages.tar(path, members, mode="w:gz")),
        ("a.tgz", lambda path, members: packages.tar(path, members, mode="w:gz")),
        ("a.tar.xz", lambda path, members: packages.tar(path, members, mode="w:xz")),
        ("a.tar.bz2", lambda path, members: packages.tar(path, members, mode="w:bz2")),
    ],
)
def test_the_members_of_a_package_come_out_with_their_bytes(
    tmp_path: Path, name: str, make: object
) -> None:
    path = make(tmp_path / name, CONTENT)  # type: ignore[operator]
    assert sniff(path).agrees_with(name)
    assert opened(path, tmp_path) == (CONTENT, ())


@pytest.mark.parametrize(("kind", "pack"), [("gzip", gzip.compress), ("xz", lzma.compress)])
def test_a_single_packed_file_comes_out_under_its_own_name(
    tmp_path: Path, kind: str, pack: object
) -> None:
    path = put(tmp_path / f"a.geojson{SINGLE[kind]}", pack(b"{}"))  # type: ignore[operator]
    assert opened(path, tmp_path) == ({"a.geojson": b"{}"}, ())


@pytest.mark.parametrize(
    "name", ["../ra.txt", "..\\ra.txt", "/etc/x", "C:\\x", "a/../../x", "a\nb"]
)
@pytest.mark.parametrize("make", [packages.seven_zip, packages.rar, packages.tar, zip_of])
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, name: str, make: object) -> None:
    if make is packages.seven_zip and name == "a\nb":
        pytest.skip("libarchive writes no such name")
    path = make(tmp_path / "goi", {"tot.txt": b"x", name: b"x"})  # type: ignore[operator]
    assert code_of(path, tmp_path) == "ARCHIVE_UNSAFE"
    assert not list(tmp_path.rglob("ra.txt"))
    assert not list(tmp_path.rglob("tot.txt"))


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        (tarfile.SYMTYPE, "/etc/passwd"),
        (tarfile.LNKTYPE, "/etc/passwd"),
        (tarfile.CHRTYPE, ""),
        (tarfile.BLKTYPE, ""),
        (tarfile.FIFOTYPE, ""),
    ],
)
def test_a_link_pipe_or_device_in_a_tar_is_refused(
    tmp_path: Path, kind: bytes, target: str
) -> None:
    path = packages.tar_of_one(tmp_path / "a.tar", kind, target)
    assert code_of(path, tmp_path) == "ARCHIVE_UNSAFE"


@pytest.mark.parametrize(
    "make",
    [
        lambda path: put(path, packages.LOCKED_7Z),
        lambda path: put(path, packages.LOCKED_NAMES_7Z),
        packages.locked_rar,
    ],
)
def test_an_encrypted_package_asks_for_one_without_password(tmp_path: Path, make: object) -> None:
    assert code_of(make(tmp_path / "goi"), tmp_path) == "ARCHIVE_ENCRYPTED"  # type: ignore[operator]


@pytest.mark.parametrize("make", [packages.seven_zip, packages.rar, packages.tar])
def test_names_that_differ_by_case_or_composition_alone_are_refused(
    tmp_path: Path, make: object
) -> None:
    for number, names in enumerate((("A.txt", "a.TXT"), ("ế.txt", "e\u0302\u0301.txt"))):
        path = make(tmp_path / str(number), dict.fromkeys(names, b"x"))  # type: ignore[operator]
        assert code_of(path, tmp_path / f"{number}.out") == "ARCHIVE_UNSAFE"


@pytest.mark.parametrize("name", ["a.7z", "a.rar", "a.tar.gz"])
def test_a_cut_package_is_damaged(tmp_path: Path, name: str) -> None:
    make = {"a.7z": packages.seven_zip, "a.rar": packages.rar}.get(name)
    content = {"a.bin": os.urandom(50_000)}
    path = tmp_path / name
    if make is None:
        packages.tar(path, content, mode="w:gz")
    else:
        make(path, content)
    path.write_bytes(path.read_bytes()[:-20_000])
    assert code_of(path, tmp_path) == "ARCHIVE_DAMAGED"


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    zeros = {"zeros": bytes(30 << 20)}
    for path in (
        packages.seven_zip(tmp_path / "a.7z", zeros),
        packages.tar(tmp_path / "a.tar.gz", zeros, mode="w:gz"),
        put(tmp_path / "zeros.gz", gzip.compress(zeros["zeros"])),
        put(tmp_path / "zeros.xz", lzma.compress(zeros["zeros"])),
    ):
        assert code_of(path, tmp_path / f"{path.name}.d") == "ARCHIVE_UNSAFE"


def unpacked(folder: Path, paths: list[Path], **limits: int) -> Unpacked:
    some = tuple(Package(p.name, p, sniff(p).kind, f"{p.name}/") for p in paths)
    return unpack(some, folder, Limits(**limits))


def test_packages_within_packages_share_one_allowance(tmp_path: Path) -> None:
    inner = packages.seven_zip(tmp_path / "in.7z", {"x.txt": b"1234567890"}).read_bytes()
    path = packages.tar(tmp_path / "a.tar", {"mot/in.7z": inner, "y.txt": b"1"})
    whole = unpacked(tmp_path / "1", [path])
    assert [m.path for m in whole.members] == [
        "a.tar/mot/in.7z", "a.tar/mot/in.7z/x.txt", "a.tar/y.txt",
    ]  # fmt: skip
    assert [m.package for m in whole.members] == ["a.tar", "a.tar/mot/in.7z", "a.tar"]
    short = unpacked(tmp_path / "2", [path], total_bytes=len(inner) + 5)
    assert [(r.package, r.code) for r in short.refusals] == [("a.tar/mot/in.7z", "ARCHIVE_UNSAFE")]
    few = unpacked(tmp_path / "3", [path, path], entries=5)
    assert [r.code for r in few.refusals] == ["ARCHIVE_UNSAFE"]


def test_a_third_level_of_packages_is_not_opened(tmp_path: Path) -> None:
    deepest = packages.seven_zip(tmp_path / "3.7z", {"x.txt": b"x"}).read_bytes()
    middle = packages.tar(tmp_path / "2.tar", {"3.7z": deepest}).read_bytes()
    path = zip_of(tmp_path / "1.zip", {"2.tar": middle})
    found = unpacked(tmp_path / "out", [path])
    assert [m.path for m in found.members] == ["1.zip/2.tar", "1.zip/2.tar/3.7z"]
    assert [(r.package, r.code) for r in found.refusals] == [("1.zip/2.tar/3.7z", "ARCHIVE_UNSAFE")]


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as pack:
        for number in range(20_001):
            pack.writestr(str(number), b"")
    assert code_of(path, tmp_path) == "ARCHIVE_UNSAFE"


def test_a_name_in_windows_vietnamese_is_read(tmp_path: Path) -> None:
    raw = "Đồ án.txt".encode("cp1258", "ignore")
    path = packages.tar(tmp_path / "a.tar", {"x": b"1"})
    path.write_bytes(_renamed(path.read_bytes(), raw))
    files, issues = opened(path, tmp_path)
    assert issues == ()
    assert list(files) == [raw.decode("cp1258")]


def _renamed(content: bytes, name: bytes) -> bytes:
    """The same tar with another name in its first header, and the checksum that goes with it."""
    head = bytearray(content[:512])
    head[:100] = name.ljust(100, b"\0")
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + content[512:]


def test_a_package_that_nothing_opens_is_kept_and_named(tmp_path: Path) -> None:
    path = put(tmp_path / "a.cab", b"MSCF\0\0\0\0" + bytes(40))
    (issue,) = check_files([received_file("a.cab", path)])
    assert (issue.code, issue.level) == ("ARCHIVE_FORMAT", "WARNING")
