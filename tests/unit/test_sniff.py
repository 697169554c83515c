"""A file is what its content is; what points outside the dossier is refused under every name."""

import gzip
from pathlib import Path

import pytest

from ingest.files.sniff import sniff

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
    assert sniff(path).danger == "ARCHIVE_ENCRYPTED"


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
        ("a.tgz", gzip.compress(bytes(257) + b"ustar\x0000"), "tar.gzip"),
        ("a.gz", gzip.compress(b"{}"), "gzip"),
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
