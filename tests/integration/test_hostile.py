"""Hostile deliveries end in a finding, in time, without a call, and leave nothing behind."""

import json
import os
import re
import shutil
import socket
import stat
import struct
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ingest.delivery import Delivery
from ingest.files.source import receive
from ingest.gate import pipeline
from ingest.gate.checks.guard import check_guard
from ingest.readers import container
from ingest.readers.container import copy_container
from ingest.readers.nesting import DoctypeFound
from ingest.readers.vector import LayerUnreadable
from ingest.sandbox import patience
from ingest.sandbox.guard import Guard
from ingest.sandbox.limits import Limits
from tests import packages
from tests.gate_dossier import (
    Drawn,
    codes,
    common,
    inspect,
    plan_layers,
    put,
    square,
    write_dossier,
    write_layers,
    zip_of,
    zipped,
)
from tests.hostile import BILLION_LAUGHS, block_bomb, poison
from tests.listening import Listener, listening

pytestmark = pytest.mark.slow
SECONDS = 20
ZONES = "ChucNangSuDungDat_A"
LISTED = "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES (?, 'attributes', ?)"
READER = {"READER_CRASHED", "READER_TIMED_OUT", "READER_TOO_LARGE"}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound dossier, to be copied and spoilt."""
    return write_dossier(tmp_path_factory.mktemp("sound"))


@pytest.fixture
def dossier(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "ho-so" / sound.name))


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as somebody:
        yield somebody


def checked(path: Path, **wishes: object) -> Delivery:
    """The gate on a path: in time, and nothing written outside its own folder."""
    work = path.parent / f"{path.name}.work"
    before = _places(path.parent)
    began = time.monotonic()
    delivery = inspect(path, work, **{"profile": "vn_circular16", **wishes})
    assert time.monotonic() - began < SECONDS
    assert [place for place in (work / "reading").rglob("*") if place.is_file()] == []
    shutil.rmtree(work)
    assert _places(path.parent) == before
    for issue in delivery.issues:
        assert not re.search(r"\{[a-z_]+\}", str(issue.message))
    return delivery


def _places(folder: Path) -> set[tuple[Path, int]]:
    return {(place, place.lstat().st_size) for place in folder.rglob("*")}


def refused(path: Path, *wanted: str, **wishes: object) -> Delivery:
    """A delivery that cannot be published, for one of these reasons."""
    delivery = checked(path, **wishes)
    assert set(codes(delivery, "ERROR", "FATAL")) & set(wanted), codes(delivery)
    return delivery


# The corpus of broken files


def test_every_broken_file_is_read_or_told(shared_data: Path, tmp_path: Path) -> None:
    files = [place for place in sorted((shared_data / "broken").rglob("*")) if place.is_file()]
    assert len(files) > 30
    alone = [Path(shutil.copy(file, put(tmp_path / str(n) / file.name, b""))) for n, file in
             enumerate(files)]  # fmt: skip
    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(alone, pool.map(checked, alone), strict=True))
    for path, delivery in found.items():
        assert delivery.files[0].path == path.name
        assert delivery.rejected
    bad_kml = next(d for p, d in found.items() if p.name == "uk_kml_bad.kml")
    assert "LAYER_UNREADABLE" in codes(bad_kml, "ERROR")


def test_every_broken_file_in_one_package_is_read_or_told(shared_data: Path, dossier: Path) -> None:
    shutil.copytree(shared_data / "broken", dossier / "HoSoGIS" / "hong")
    for place in (dossier / "HoSoGIS" / "hong").rglob("*"):
        place.chmod(0o755)
    delivery = refused(zipped(dossier), "LAYER_UNREADABLE", "SHAPE_PART_MISSING")
    assert len(delivery.files) > 40
    assert not READER & set(codes(delivery))


# Packages


@pytest.mark.parametrize(
    ("name", "make", "wanted"),
    [
        ("a.zip", lambda p: zip_of(p, {"a.bin": bytes(50 << 20)}), "ARCHIVE_UNSAFE"),
        ("a.zip", lambda p: zip_of(p, {"../ra": b"x"}), "ARCHIVE_UNSAFE"),
        ("a.zip", lambda p: zip_of(p, {"..\\ra": b"x"}), "ARCHIVE_UNSAFE"),
        ("a.zip", lambda p: zip_of(p, {"/tmp/ra": b"x"}), "ARCHIVE_UNSAFE"),
        ("a.zip", lambda p: zip_of(p, {"C:\\ra": b"x"}), "ARCHIVE_UNSAFE"),
        ("a.zip", lambda p: zip_of(p, {"A.txt": b"x", "a.TXT": b"y"}), "ARCHIVE_UNSAFE"),
        ("a.7z", lambda p: packages.seven_zip(p, {"../../ra": b"x"}), "ARCHIVE_UNSAFE"),
        ("a.7z", lambda p: put(p, packages.LOCKED_7Z), "ARCHIVE_ENCRYPTED"),
        ("a.rar", lambda p: packages.rar(p, {"../ra": b"x"}), "ARCHIVE_UNSAFE"),
        ("a.tar", lambda p: packages.tar_of_one(p, b"1", "/etc/passwd"), "ARCHIVE_UNSAFE"),
        ("a.zip", lambda p: put(p, b"PK\x03\x04" + bytes(500)), "ARCHIVE_DAMAGED"),
    ],
)
def test_a_hostile_package_is_refused_whole(
    tmp_path: Path, name: str, make: Callable[[Path], Path], wanted: str
) -> None:
    (tmp_path / "in").mkdir()
    delivery = refused(make(tmp_path / "in" / name), wanted)
    assert [(file.path, file.role) for file in delivery.files] == [(name, "package")]
    assert delivery.versions == ()


@pytest.mark.parametrize(("method", "name"), [(9, "Deflate64"), (98, "PPMd"), (77, "#77")])
def test_a_way_of_packing_that_nobody_reads_here_is_named(
    tmp_path: Path, method: int, name: str
) -> None:
    path = zip_of(tmp_path / "a.zip", {"HoSoGIS/QuyHoach.gpkg": b"x" * 100})
    raw = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = raw.find(mark) + offset
        raw[at : at + 2] = method.to_bytes(2, "little")
    path.write_bytes(raw)
    (issue,) = [i for i in refused(path, "ARCHIVE_METHOD").issues if i.code == "ARCHIVE_METHOD"]
    assert (issue.file, issue.value) == ("a.zip", "HoSoGIS/QuyHoach.gpkg")
    assert f"nén bằng phương pháp {name} (“HoSoGIS/QuyHoach.gpkg”)" in issue.message.vi


@pytest.mark.parametrize("content", [b"chi la chu", b"PK\x03\x04" + bytes(500), b""])
def test_a_package_that_is_none_is_told_once(tmp_path: Path, content: bytes) -> None:
    delivery = checked(put(tmp_path / "fake.zip", content), profile=None)
    assert len(codes(delivery, "ERROR")) == 1
    assert delivery.rejected


def test_a_bomb_in_a_bomb_is_refused_inside_a_dossier(dossier: Path) -> None:
    inner = zip_of(dossier.parent / "b.zip", {"z": bytes(64 << 20)}).read_bytes()
    zip_of(dossier / "HoSoBASIC" / "BanVe" / "bom.zip", {f"{n}.zip": inner for n in range(50)})
    delivery = refused(dossier, "ARCHIVE_UNSAFE")
    assert codes(delivery).count("ARCHIVE_UNSAFE") <= 50
    assert len(delivery.versions) == 1


def test_packages_within_packages_end_at_the_third(dossier: Path) -> None:
    content = b"x"
    for name, make in (("a.7z", packages.seven_zip), ("b.tar", packages.tar), ("c.zip", zip_of)):
        content = make(dossier.parent / name, {f"in-{name}": content}).read_bytes()
    put(
        dossier / "HoSoScan" / "long.zip",
        zip_of(dossier.parent / "d", {"c.zip": content}).read_bytes(),
    )
    delivery = refused(dossier, "ARCHIVE_UNSAFE")
    assert any("quá sâu" in issue.message.vi for issue in delivery.issues)


def test_an_empty_package_and_an_empty_folder_are_told(tmp_path: Path) -> None:
    (tmp_path / "rong").mkdir()
    for path in (zip_of(tmp_path / "rong.zip", {}), tmp_path / "rong"):
        assert "PROFILE_UNMATCHED" in codes(refused(path, "PROFILE_UNMATCHED", profile=None))


# Readers led elsewhere


def virtual(port: int, secret: Path) -> dict[str, bytes]:
    """Files that point out of the dossier: to another host, to a file of this machine."""
    url = f"http://127.0.0.1:{port}/x"
    vrt = (
        "<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>{}</SrcDataSource>"
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    line = f"gdal vector pipeline ! read {secret}"
    pipeline = json.dumps({"type": "gdal_streamed_alg", "command_line": line}).encode()
    far, near = vrt.format(f"/vsicurl/{url}").encode(), vrt.format(secret).encode()
    linked = {
        "type": "FeatureCollection",
        "crs": {"type": "link", "properties": {"href": url}},
        "features": [],
    }
    hidden = json.dumps(linked).encode().replace(b'"crs"', b'"\\u0063rs"')
    gml = (
        f'<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{url} {url}">'
        f'<gml:featureMember xlink:href="{url}" xmlns:xlink="http://www.w3.org/1999/xlink"/>'
        "</gml:FeatureCollection>"
    )
    kml = (
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link><href>{url}'
        "</href></Link></NetworkLink></Document></kml>"
    )
    doctype = f'<!DOCTYPE x SYSTEM "{url}" [<!ENTITY e SYSTEM "{url}">]>'
    return {
        **{f"xa.{end}": far for end in ("vrt", "geojson", "kml", "gml", "gpkg", "fgb")},
        **{f"gan.{end}": near for end in ("vrt", "geojson", "kml", "gml", "dxf", "shp")},
        **{f"ong.{end}": pipeline for end in ("geojson", "json", "gpkg", "kml", "dxf", "gdalg")},
        "lien-ket.geojson": json.dumps(linked).encode(),
        "che.geojson": hidden,
        "dia-chi.geojson": json.dumps(url).encode(),
        "luoc-do.gml": gml.encode(),
        "mang.kml": kml.encode(),
        "thuc-the.gml": (doctype + gml.replace("/>", ">&e;</gml:featureMember>")).encode(),
        "thuc-the.kml": (doctype + kml.replace("<Link>", "&e;<Link>")).encode(),
        "xa.prj": url.encode(),
    }


def test_nothing_is_fetched_and_no_other_file_is_read(
    dossier: Path, tmp_path: Path, listener: Listener
) -> None:
    secret = put(tmp_path / "may" / "bimat.csv", b"ten,WKT\nROOTPASSWORD,POINT(1 1)\n")
    files = virtual(listener.port, secret)
    for name, content in files.items():
        put(dossier / "HoSoGIS" / name, content)
    delivery = refused(dossier, "FILE_POINTS_OUTSIDE")
    assert listener.heard(0)
    told = {issue.file for issue in delivery.issues if issue.level == "ERROR"}
    harmless = {"mang.kml", "luoc-do.gml", "xa.prj"}
    assert {f"HoSoGIS/{name}" for name in files} - told <= {f"HoSoGIS/{n}" for n in harmless}
    said = " ".join(f"{i.message} {i.value} {i.detail}" for i in delivery.issues)
    assert "ROOTPASSWORD" not in said
    assert not any(
        "ROOTPASSWORD" in frame.to_string()
        for version in delivery.versions
        for frame in (version.zones, version.lines, version.features)
    )


def test_the_walls_hold_where_the_signatures_are_passed_by(
    tmp_path: Path, listener: Listener
) -> None:
    """GDAL itself, given what no signature would let through, finds no driver and no network."""
    secret = put(tmp_path / "may" / "bimat.csv", b"ten,WKT\nROOTPASSWORD,POINT(1 1)\n")
    kinds = {".geojson": "geojson", ".kml": "kml", ".gml": "gml", ".gpkg": "gpkg", ".shp": "shape"}
    seen = []
    for number, (name, content) in enumerate(virtual(listener.port, secret).items()):
        if Path(name).suffix not in kinds:
            continue
        place = put(tmp_path / str(number) / name, content)
        kind = kinds[place.suffix]
        try:
            copies = copy_container(place, kind, len(content), tmp_path / f"{number}.rows")
        except (LayerUnreadable, DoctypeFound):
            continue
        for layer in copies.layers:
            for batch in copies.batches(layer):
                seen.append(str(batch.to_pydict()))
    assert listener.heard(0)
    assert "ROOTPASSWORD" not in " ".join(seen)


@pytest.mark.parametrize("name", ["a.gml", "a.kml"])
def test_a_billion_laughs_is_refused(dossier: Path, name: str) -> None:
    root = {"a.gml": "gml:x xmlns:gml='http://www.opengis.net/gml'", "a.kml": "kml"}[name]
    early = f"{BILLION_LAUGHS}<{root}>&j;</{root.split()[0]}>"
    late = f"<!--{'x' * 100_000}-->{early}"
    for number, text in enumerate((early, late)):
        put(dossier / "HoSoGIS" / f"{number}{name}", text.encode())
    delivery = refused(dossier, "XML_DOCTYPE")
    told = [i.file for i in delivery.issues if i.code in ("XML_DOCTYPE", "FILE_NOT_WHAT_IT_SAYS")]
    assert len(told) == 2


def spoil_workbook(dossier: Path, spoil: Callable[[bytes], bytes]) -> None:
    """Change the XML of the first worksheet."""
    (book,) = (dossier / "HoSoScan").glob("*.xlsx")
    with zipfile.ZipFile(book) as pack:
        parts = {name: pack.read(name) for name in pack.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    zip_of(book, {**parts, sheet: spoil(parts[sheet])})


def test_entities_in_a_workbook_are_never_expanded(dossier: Path) -> None:
    laughs = BILLION_LAUGHS.encode()
    spoil_workbook(dossier, lambda xml: laughs + xml.replace(b"<sheetData>", b"<sheetData>&j;"))
    delivery = checked(dossier)
    assert "haha" not in " ".join(f"{i.value} {i.message}" for i in delivery.issues)


def test_a_workbook_of_a_thousand_million_cells_is_refused(dossier: Path) -> None:
    spoil_workbook(dossier, lambda xml: xml.replace(b'r="A1"', b'r="XFD1048576"'))
    delivery = refused(dossier, "READER_TOO_LARGE")
    told = [issue.file for issue in delivery.issues if issue.code == "READER_TOO_LARGE"]
    assert [Path(str(file)).suffix for file in told] == [".xlsx"], "told once"


# Files that eat


def test_nested_and_endless_texts_are_told(dossier: Path) -> None:
    gis = dossier / "HoSoGIS"
    ring = "[[" + ",".join(f"[{n / 1e6},1]" for n in range(500_000)) + "]]"
    long = f'{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":{ring}}}}}'
    put(gis / "dai.geojson", long.encode())
    put(gis / "sau.geojson", b'{"type":"FeatureCollection","features":' + b"[" * 100_000)
    put(gis / "sau.kml", b"<kml>" + b"<Folder>" * 100_000)
    put(gis / "sau.gml", b"<gml:a xmlns:gml='http://www.opengis.net/gml'>" + b"<gml:b>" * 100_000)
    delivery = refused(dossier, "READER_TOO_LARGE")
    told = sorted(str(i.file) for i in delivery.issues if i.code == "READER_TOO_LARGE")
    assert told == [f"HoSoGIS/sau.{end}" for end in ("geojson", "gml", "kml")]
    assert len(delivery.versions) == 1


def test_a_drawing_that_explodes_is_told(dossier: Path) -> None:
    put(dossier / "HoSoBASIC" / "BanVe" / "bom.dxf", block_bomb(levels=8, times=10).encode())
    delivery = refused(dossier, "DRAWING_EXPLODES")
    (issue,) = [i for i in delivery.issues if i.code == "DRAWING_EXPLODES"]
    assert issue.file == "HoSoBASIC/BanVe/bom.dxf"


@pytest.mark.parametrize(
    ("limits", "wanted"),
    [
        (Limits(wall_seconds=0), "READER_TIMED_OUT"),
        (Limits(file_bytes=1000), "READER_TOO_LARGE"),
    ],
)
def test_a_reader_stopped_by_a_limit_names_its_file(
    dossier: Path, monkeypatch: pytest.MonkeyPatch, limits: Limits, wanted: str
) -> None:
    monkeypatch.setattr(container, "Limits", lambda: limits)
    delivery = checked(dossier)
    told = [issue for issue in delivery.issues if issue.code in READER]
    assert {issue.code for issue in told} == {wanted}
    assert "HoSoGIS/QuyHoach.gpkg" in {issue.file for issue in told}
    assert delivery.versions == ()


def test_many_files_that_eat_time_do_not_add_up(
    dossier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"
    for number in range(40):
        place = dossier / "HoSoGIS" / f"{number}.gpkg"
        shutil.copy(dossier / "HoSoGIS" / "MocGioi.gpkg", place)
        poison(place, f"CREATE VIEW dai AS {endless}", LISTED.replace("?", "'dai'"))
    monkeypatch.setattr(container, "Limits", lambda: Limits(cpu_seconds=1, wall_seconds=3))
    monkeypatch.setattr(patience, "SECONDS", 3.0)
    delivery = checked(dossier)
    told = [issue for issue in delivery.issues if issue.code == "READER_TIMED_OUT"]
    assert sum(issue.count for issue in told) >= 40


# Data sets with code in them


def test_sql_in_a_geopackage_does_nothing(
    dossier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = put(tmp_path / "may" / "nan-nhan.db", b"")
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"
    views = {
        "nap": f"SELECT load_extension('{victim}') AS a, 1 AS b",
        "doc": "SELECT readfile('/etc/passwd') AS a",
        "to": "SELECT zeroblob(999999999) AS a",
        "dai": endless,
    }
    poison(
        dossier / "HoSoGIS" / "QuyHoach.gpkg",
        f"CREATE TRIGGER ghi AFTER INSERT ON '{ZONES}' BEGIN SELECT load_extension('{victim}'); END",
        *(f'CREATE VIEW "{name}" AS {query}' for name, query in views.items()),
        *(LISTED.replace("?", f"'{name}'") for name in views),
    )
    monkeypatch.setattr(container, "Limits", lambda: Limits(cpu_seconds=4, wall_seconds=8))
    delivery = checked(dossier)
    assert set(codes(delivery, "ERROR")) & {"LAYER_UNREADABLE", *READER}
    assert victim.read_bytes() == b""
    assert "root:" not in " ".join(str(issue.value) for issue in delivery.issues)


def test_a_geopackage_in_wal_mode_is_read(dossier: Path) -> None:
    poison(dossier / "HoSoGIS" / "QuyHoach.gpkg", "PRAGMA journal_mode=WAL", "CREATE TABLE t (a)")
    assert codes(checked(dossier), "ERROR") == []


def test_a_geopackage_damaged_in_the_middle_is_never_half_read(dossier: Path) -> None:
    many = Drawn("A", [square(n % 100 * 2, n // 100 * 2, 2) for n in range(8000)], common(8000))
    layers = {**plan_layers(), "PhanOQuyHoach_A": many}
    (dossier / "HoSoGIS" / "QuyHoach.gpkg").unlink()
    write_layers(dossier / "HoSoGIS" / "QuyHoach", "gpkg", layers, "EPSG:9210")
    place = dossier / "HoSoGIS" / "QuyHoach.gpkg"
    content = bytearray(place.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8192] = bytes(8192)
    place.write_bytes(content)
    delivery = checked(dossier)
    assert "LAYER_UNREADABLE" in codes(delivery, "ERROR")


# A folder of strange things


def test_pipes_sockets_devices_and_links_are_told_and_not_opened(dossier: Path) -> None:
    odd = dossier / "HoSoScan" / "VanBan"
    os.mkfifo(odd / "ong.pdf")
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(odd)
        server.bind("o-cam.pdf")
        os.chdir("/")
    (odd / "lk.pdf").symlink_to("/etc/passwd")
    (odd / "vong").symlink_to(odd)
    strange = ["ong.pdf", "o-cam.pdf", "lk.pdf", "vong"]
    if os.geteuid() == 0:
        os.mknod(odd / "tb.pdf", stat.S_IFCHR | 0o600, os.makedev(1, 5))
        strange.append("tb.pdf")
    delivery = refused(dossier, "ARCHIVE_UNSAFE")
    told = {i.file for i in delivery.issues if i.code == "ARCHIVE_UNSAFE"}
    assert told == {f"HoSoScan/VanBan/{name}" for name in strange}
    assert not told & {file.path for file in delivery.files}


def test_a_file_or_folder_that_may_not_be_read_is_named() -> None:
    with TemporaryDirectory(prefix="sqh-test-") as place:
        folder = Path(place) / "ho-so"
        locked = put(folder / "khoa.pdf", b"%PDF")
        closed = put(folder / "kin" / "a.pdf", b"%PDF").parent
        put(folder / "mo.pdf", b"%PDF")
        Path(place).chmod(0o755)
        for one in (locked, closed):
            one.chmod(0)
        with as_somebody():
            received = receive(folder, Path(place) / "work")
        closed.chmod(0o755)
    assert [file.path for file in received.files] == ["mo.pdf"]
    assert {(i.code, i.file) for i in received.issues} == {
        ("FILE_UNREADABLE", "khoa.pdf"), ("FILE_UNREADABLE", "kin"),
    }  # fmt: skip


@contextmanager
def as_somebody() -> Iterator[None]:
    """Without root's right to read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_names_of_every_kind_are_shown_and_never_obeyed(dossier: Path) -> None:
    papers = dossier / "HoSoScan" / "VanBan"
    for name in ("-rf", "--help.pdf", "😀.pdf", "$(reboot).pdf", "a;b.pdf", "%s%n.pdf", "{0}.pdf"):
        put(papers / name, b"%PDF-1.4")
    put(papers / "hai\ndong.pdf", b"%PDF-1.4")
    put(papers / "chuong\x07.pdf", b"%PDF-1.4")
    put(Path(os.fsdecode(os.fsencode(papers) + b"/\xd0\xea.pdf")), b"%PDF-1.4")
    delivery = refused(dossier, "ARCHIVE_UNSAFE")
    told = {i.file for i in delivery.issues if i.code == "ARCHIVE_UNSAFE"}
    assert told == {"HoSoScan/VanBan/hai\\u000adong.pdf", "HoSoScan/VanBan/chuong\\u0007.pdf"}
    paths = {file.path for file in delivery.files}
    assert {"HoSoScan/VanBan/-rf", "HoSoScan/VanBan/😀.pdf", "HoSoScan/VanBan/{0}.pdf"} <= paths
    assert all(unicodedata.category(c) not in ("Cc", "Cs") for path in paths for c in path)


def test_a_file_that_changes_while_it_is_checked_is_told(
    dossier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meddle(name: str) -> None:
        original = getattr(pipeline, name)

        def changed(*arguments: object) -> object:
            for place in dossier.rglob("*.gpkg"):
                place.write_bytes(place.read_bytes() + b" ")
            for place in dossier.rglob("*.jpg"):
                place.unlink()
            return original(*arguments)

        monkeypatch.setattr(pipeline, name, changed)

    meddle("read_layers")
    delivery = inspect(dossier, dossier.parent / "w", profile="vn_circular16")
    told = [i.file for i in delivery.issues if i.code == "FILE_CHANGED"]
    assert "HoSoGIS/QuyHoach.gpkg" in told
    assert any(str(path).endswith("QH04.jpg") for path in told)
    assert delivery.versions == ()


@pytest.mark.parametrize("guard", ["namespace", "limits"])
def test_a_weaker_guard_is_named_and_the_strongest_is_not(guard: Guard) -> None:
    assert list(check_guard("a.zip", "bubblewrap")) == []
    (issue,) = check_guard("a.zip", guard)
    assert (issue.code, issue.level, issue.file) == ("READER_GUARD", "INFO", "a.zip")
    assert "giới hạn bộ nhớ" in issue.message.vi


def test_an_image_that_declares_a_thousand_million_pixels_is_told(dossier: Path) -> None:
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR"
    body = struct.pack(">IIBBBBB", 400_000, 400_000, 8, 2, 0, 0, 0)
    path = "HoSoScan/BanVe/QH04_SuDungDat/to.png"
    put(dossier / path, head + body + bytes(4))
    delivery = checked(dossier)
    assert path in {issue.file for issue in delivery.issues if issue.level == "ERROR"}


def test_a_sound_dossier_passes_the_same_walls(dossier: Path) -> None:
    delivery = checked(zipped(dossier))
    assert set(codes(delivery, "ERROR")) == set()
    assert len(delivery.versions) == 1
