"""A file is what its content is; what points outside the dossier is refused under every name."""

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
    [("a.gpkg", COLLECTION), ("a.pdf", b"<html>"), ("a.shp", b"PK\x03\x04"), ("a.xlsx", b"a,b")],
)
def test_a_file_with_other_content_does_not_agree(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert not sniff(path).agrees_with(name)
