"""A file is what its content is; what points outside the dossier is refused under every name."""

import gzip
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from ingest.files.sniff import KINDS_OF_NAME, VECTOR_KINDS, sniff
from ingest.readers.container import DRIVERS

VRT = b'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource>'
PIPELINE = b'{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read /etc/x"}'
COLLECTION = b'{"type": "FeatureCollection", "features": []}'
LINKED = (
    b'{"type":"FeatureCollection","crs":{"type":"link","properties":{"href":"http://x/y"}},'
    b'"features":[]}'
)


def ole(stream: str) -> bytes:
    """An OLE file whose directory, in its first sector, names one stream."""
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    head[30:32] = (9).to_bytes(2, "little")
    return bytes(head) + stream.encode("utf-16-le").ljust(512, b"\0")


@pytest.mark.parametrize("name", ["a.vrt", "a.geojson", "a.kml", "a.dxf", "a.gpkg", "a.txt"])
@pytest.mark.parametrize("content", [VRT, b"\xef\xbb\xbf \n" + VRT, PIPELINE])
def test_a_virtual_source_is_dangerous_under_any_name(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert sniff(path).danger == "FILE_POINTS_OUTSIDE"


def test_a_pipeline_hidden_far_inside_a_geojson_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(b'{"features": [' + b" " * (9 << 20) + b'], "type": "gdal_streamed_alg"}')
    assert sniff(path).danger == "FILE_POINTS_OUTSIDE"


def test_a_geojson_with_a_linked_crs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(LINKED)
    assert sniff(path).danger == "CRS_LINK"


@pytest.mark.parametrize(
    "content",
    [
        LINKED.replace(b"crs", b"\\u0063\\u0072s"),
        LINKED.replace(b'"link"', b'"\\u006cink"'),
        b'{"features": [' + b" " * ((4 << 20) - 40) + b"], " + LINKED[1:],
        LINKED.replace(b'"crs":{', b'"crs":{' + b" " * 50_000),
    ],
)
def test_a_link_is_found_however_it_is_written(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(content)
    assert sniff(path).danger == "CRS_LINK"


def test_a_virtual_source_in_utf_16_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    path.write_bytes(VRT.decode().encode("utf-16"))
    assert sniff(path).danger == "FILE_POINTS_OUTSIDE"


def test_a_workbook_with_a_password_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(ole("EncryptedPackage"))
    assert sniff(path).danger == "FILE_LOCKED"


def test_a_named_crs_is_no_link(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    named = b'{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:x"}},'
    path.write_bytes(named + b'"features":[]}')
    assert sniff(path).danger is None


def test_a_doctype_in_gml_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.gml"
    path.write_bytes(b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/x">]><x/>')
    assert sniff(path).danger == "XML_DOCTYPE"
    path.write_bytes('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "y">]><x/>'.encode("utf-16"))
    assert sniff(path).danger == "XML_DOCTYPE"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", b"%PDF-1.7", "pdf"),
        ("a.geojson", COLLECTION, "geojson"),
        ("a.geojson", b"\xef\xbb\xbf" + COLLECTION, "geojson"),
        ("a.dwg", b"AC1032\x00", "dwg"),
        ("a.dxf", b"  0\nSECTION\n  2\nHEADER", "dxf"),
        ("a.shp", b"\x00\x00\x27\x0a" + bytes(96), "shape"),
        ("a.prj", b"PROJCS[", "text"),
        ("a.dxf", b"AutoCAD Binary DXF\r\n\x1a\x00", "dxf"),
        ("a.dxf", b"999\r\nmade by hand\r\n0\r\nSECTION\r\n", "dxf"),
        ("a.dwg", b"AC1.50", "dwg"),
        ("a.dgn", b"\x08\x09\xfe\x02" + bytes(60), "dgn"),
        ("a.dgn", b"\xc8\x09\xfe\x02" + bytes(60), "dgn"),
        ("a.fgb", b"fgb\x03fgb\x00", "flatgeobuf"),
        ("a.pmtiles", b"PMTiles\x03", "pmtiles"),
        ("a.ifc", b"ISO-10303-21;\nHEADER;FILE_SCHEMA(('IFC4'));", "ifc"),
        ("a.tab", b"!table\n!version 300\n", "tab"),
        ("a.mif", b'Version 300\nCharset "WindowsLatin1"\n', "mif"),
        ("a.gml", b"<?xml version='1.0'?><!-- x --><wfs:FeatureCollection>", "gml"),
        ("a.gml", b'<x:Plan xmlns:x="y" xmlns:gml="http://www.opengis.net/gml/3.2">', "gml"),
        ("a.kml", b'<?xml version="1.0"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">', "kml"),
        ("a.kml", '<?xml version="1.0"?><kml>'.encode("utf-16"), "kml"),
        ("a.parquet", b"PAR1\x15", "parquet"),
        ("a.tar", bytes(257) + b"ustar\x0000", "tar"),
        ("a.tgz", gzip.compress(bytes(257) + b"ustar\x0000", mtime=0), "tar.gzip"),
        ("a.gz", gzip.compress(b"{}", mtime=0), "gzip"),
        ("a.xls", ole("Workbook"), "xls"),
        ("a.doc", ole("WordDocument"), "doc"),
        ("a.dgn", ole("Dgn~H"), "dgn"),
        ("Thumbs.db", ole("Catalog"), "ole"),
    ],
)
def test_a_file_with_the_right_content_agrees_with_its_name(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert sniff(path).kind == kind
    assert sniff(path).agrees_with(name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.gpkg", COLLECTION),
        ("a.pdf", b"<html>"),
        ("a.shp", b"PK\x03\x04"),
        ("a.xlsx", b"a,b"),
        ("a.gml", b"<kml>"),
        ("a.kml", b"<html>"),
        ("a.dxf", b"AC1032"),
        ("a.dwg", b"AC is cold"),
        ("a.xls", b"<html><table>"),
        ("a.dgn", ole("Workbook")),
        ("a.fgb", COLLECTION),
        ("a.7z", b"Rar!\x1a\x07\x01"),
        ("a.ifc", b"hello"),
        ("a.gpkg", b"SQLite format 3\0" + bytes(90)),
    ],
)
def test_a_file_with_other_content_does_not_agree(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert not sniff(path).agrees_with(name)


def test_every_data_set_that_may_be_read_has_a_reader() -> None:
    names = (".shp", ".gpkg", ".geojson", ".fgb", ".gml", ".kml")
    assert VECTOR_KINDS | frozenset().union(*(KINDS_OF_NAME[name] for name in names)) <= set(
        DRIVERS
    )


@pytest.mark.shared_data
def test_german_plans_are_known_as_gml(shared_data: Path) -> None:
    plans = [*(shared_data / "broken" / "xplan").glob("*.gml")]
    assert len(plans) == 5
    assert {sniff(plan).kind for plan in plans} == {"gml"}


def open_document(path: Path, kind: str) -> Path:
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        pack.writestr("content.xml", "<office:document-content/>", zipfile.ZIP_DEFLATED)
    return path


@pytest.mark.parametrize(
    ("name", "said", "kind"),
    [
        ("a.ods", "spreadsheet", "ods"),
        ("a.odt", "text", "odt"),
        ("a.odp", "presentation", "odp"),
    ],
)
def test_an_open_document_is_no_package(tmp_path: Path, name: str, said: str, kind: str) -> None:
    sniffed = sniff(open_document(tmp_path / name, said))
    assert (sniffed.kind, sniffed.agrees_with(name)) == (kind, True)
    assert sniffed.media_type == f"application/vnd.oasis.opendocument.{said}"


def test_another_first_entry_makes_no_open_document(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("mimetype", "application/epub+zip")
        pack.writestr("mimetype.txt", "application/vnd.oasis.opendocument.text")
    assert sniff(path).kind == "zip"


def test_an_office_file_is_known_though_its_types_are_listed_last(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as pack:
        for number in range(500):
            pack.writestr(f"xl/worksheets/sheet{number}.xml", "x" * 300)
        pack.writestr("[Content_Types].xml", "<Types/>")
    assert sniff(path).kind == "xlsx"


def with_long_list(path: Path, entries: int) -> Path:
    """A small end record, and before it a ZIP64 one that tells of a list of so many entries."""
    one = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, *[0] * 8, 8, *[0] * 6)
    listed = b"".join(one + b"%08d" % number for number in range(entries))
    end64 = struct.pack(
        "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, len(listed), 30
    )
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 30 + len(listed), 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 54, 30, 0)
    path.write_bytes(b"PK\x03\x04" + b"\0" * 26 + listed + end64 + locator + end)
    return path


def test_a_list_of_entries_without_end_is_not_read_in(tmp_path: Path) -> None:
    path = with_long_list(tmp_path / "a.zip", 400_000)
    tracemalloc.start()
    kind = sniff(path).kind
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kind == "zip"
    assert peak < 2 << 20


def test_a_zip64_office_file_is_known(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("[Content_Types].xml", "<Types/>")
        pack.writestr("xl/workbook.xml", "<workbook/>")
    content = path.read_bytes()
    at = content.rfind(b"PK\x05\x06")
    count, length, start = struct.unpack("<H2L", content[at + 10 : at + 20])
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, length, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", *[0xFFFF] * 4, *[0xFFFFFFFF] * 2, 0)
    path.write_bytes(content[:at] + end64 + locator + end)
    assert sniff(path).kind == "xlsx"


def test_names_of_no_list_are_none(tmp_path: Path) -> None:
    for cut in (b"", b"PK\x05\x06", b"PK\x05\x06" + b"\xff" * 18, b"PK\x06\x07" + b"\0" * 16):
        path = tmp_path / "a.zip"
        path.write_bytes(b"PK\x03\x04" + cut)
        assert sniff(path).kind == "zip"
