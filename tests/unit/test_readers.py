"""What would grow beyond measure is counted before anything expands it."""

import struct
import zipfile
from pathlib import Path

import pytest

from ingest.files.received import received_file
from ingest.gate.checks.drawings import MOST_OBJECTS, check_drawings
from ingest.readers import vector
from ingest.readers.drawing import ENDLESS, SENTINEL, count_objects
from ingest.readers.nesting import DoctypeFound, check_nesting
from ingest.readers.tables import WorkbookBroken, check_extent, read_tables
from ingest.sandbox.limits import LimitReached
from tests.gate_dossier import put, write_workbook
from tests.hostile import block_bomb, dxf, insert

LINE = "0\nLINE\n8\n0\n"


def counted(tmp_path: Path, text: str) -> int:
    return count_objects(put(tmp_path / "a.dxf", text.encode()))


def test_plain_objects_count_once(tmp_path: Path) -> None:
    assert counted(tmp_path, dxf({}, LINE * 3)) == 3


def test_a_block_counts_as_often_as_it_is_inserted(tmp_path: Path) -> None:
    blocks = {"CAY": LINE * 5}
    assert counted(tmp_path, dxf(blocks, insert("CAY") * 2 + insert("cay", 3, 4))) == 3 + 14 * 5


def test_blocks_within_blocks_multiply(tmp_path: Path) -> None:
    assert counted(tmp_path, block_bomb(levels=9, times=10)) > 10**9


def test_a_block_in_itself_is_endless(tmp_path: Path) -> None:
    assert counted(tmp_path, dxf({"A": insert("B"), "B": insert("A")}, insert("A"))) == ENDLESS
    assert counted(tmp_path, dxf({"A": insert("A")}, insert("A"))) == ENDLESS


def test_a_long_chain_of_blocks_is_counted(tmp_path: Path) -> None:
    chain = {f"B{n}": insert(f"B{n + 1}") for n in range(20_000)}
    assert counted(tmp_path, dxf(chain, insert("B0"))) == 20_001


def test_a_binary_drawing_is_counted_too(tmp_path: Path) -> None:
    content = SENTINEL
    for code, value in [
        (0, b"SECTION"), (2, b"ENTITIES"), (0, b"LINE"), (10, 1.5), (310, b"\x00\x01"),
        (0, b"INSERT"), (2, b"X"), (70, 1000), (71, 1000), (0, b"ENDSEC"), (0, b"EOF"),
    ]:  # fmt: skip
        content += struct.pack("<H", code)
        if code == 310:
            content += bytes([len(value)]) + value  # type: ignore[arg-type,operator]
        elif isinstance(value, bytes):
            content += value + b"\0"
        else:
            content += struct.pack("<d" if isinstance(value, float) else "<h", value)
    path = put(tmp_path / "a.dxf", content)
    assert count_objects(path) == 2
    assert count_objects(put(tmp_path / "b.dxf", content[:-20])) == 2


def test_a_drawing_that_explodes_is_told_and_an_ordinary_one_is_not(tmp_path: Path) -> None:
    bomb = put(tmp_path / "bom.dxf", block_bomb(levels=9, times=10).encode())
    plain = put(tmp_path / "nha.dxf", dxf({"CAY": LINE}, insert("CAY") * 9).encode())
    ring = put(tmp_path / "vong.dxf", dxf({"A": insert("A")}, insert("A")).encode())
    issues = list(check_drawings([received_file(p.name, p) for p in (bomb, plain, ring)]))
    assert [(issue.code, issue.file) for issue in issues] == [
        ("DRAWING_EXPLODES", "bom.dxf"), ("DRAWING_EXPLODES", "vong.dxf"),
        ("DRAWINGS_NOT_OPENED", "bom.dxf"),
    ]  # fmt: skip
    assert "2.111.111.111 đối tượng" in issues[0].message.vi
    assert "chính nó" in issues[1].message.vi
    assert MOST_OBJECTS < 10**9


ORIGINALS = (".dxf", ".dwg", ".dgn", ".ifc")


def originals(*folders: Path) -> list[Path]:
    places = sorted(place for folder in folders for place in folder.iterdir())
    return [place for place in places if place.suffix in ORIGINALS]


def test_whole_drawings_and_models_are_readable_and_said_to_be_unopened(shared_data: Path) -> None:
    files = originals(shared_data / "cad", shared_data / "bim")
    assert {file.suffix for file in files} == set(ORIGINALS)
    (told,) = check_drawings([received_file(file.name, file) for file in files])
    assert (told.code, told.level) == ("DRAWINGS_NOT_OPENED", "INFO")
    assert told.message.vi.startswith(f"{len(files)} bản vẽ")


def test_every_drawing_that_was_cut_is_told_at_its_file(shared_data: Path, tmp_path: Path) -> None:
    files = originals(shared_data / "cad", shared_data / "bim")
    cut = [
        put(tmp_path / file.name, file.read_bytes()[: -file.stat().st_size // 3]) for file in files
    ]
    told = list(check_drawings([received_file(file.name, file) for file in cut]))
    assert {(one.code, one.level) for one in told} == {("PAPER_UNREADABLE", "ERROR")}
    assert sorted(str(one.file) for one in told) == sorted(file.name for file in cut)
    assert "cắt cụt" in told[0].message.vi


def test_a_drawing_without_its_end_or_header_is_told(shared_data: Path, tmp_path: Path) -> None:
    needs_recovery = shared_data / "broken" / "recover01.dxf"
    paged = (shared_data / "cad" / "libredwg_example_2018.dwg").read_bytes()
    other_header = put(tmp_path / "b.dwg", paged[:0x80] + bytes(0x6C) + paged[0x80 + 0x6C :])
    model = put(tmp_path / "c.ifc", b"ISO-10303-21;\n/* IFC */\nEND-ISO-10303-21;\n")
    files = (needs_recovery, other_header, model)
    told = list(check_drawings([received_file(file.name, file) for file in files]))
    assert [one.file for one in told] == ["recover01.dxf", "b.dwg", "c.ifc"]
    assert ["hỏng" in one.message.vi for one in told] == [False, True, True]


def test_deep_nesting_is_refused_before_a_reader_descends(tmp_path: Path) -> None:
    for name, opening, closing in (
        ("a.geojson", b"[", b"]"), ("a.kml", b"<Folder>", b"</Folder>"), ("a.gml", b"<a>", b"</a>"),
    ):  # fmt: skip
        with pytest.raises(LimitReached, match="nested"):
            check_nesting(put(tmp_path / name, opening * 5000 + closing * 5000))
        check_nesting(put(tmp_path / name, opening * 20 + closing * 20))


def test_brackets_in_a_text_are_no_nesting(tmp_path: Path) -> None:
    start, end = b'{"a": "' + b"[" * 5000 + b'\\\\", "b": "\\"' + b"{" * 5000, b'"}'
    check_nesting(put(tmp_path / "a.geojson", start + end))
    with pytest.raises(LimitReached, match="nested"):
        check_nesting(put(tmp_path / "b.geojson", start + b'", "c": ' + b"[" * 5000 + end))


def test_brackets_across_the_chunks_of_a_long_line_are_counted(tmp_path: Path) -> None:
    filler = b'{"t": "' + b"x" * (3 << 20) + b'"}, '
    check_nesting(put(tmp_path / "a.geojson", b"[" + filler * 3 + b"1]"))
    with pytest.raises(LimitReached):
        check_nesting(put(tmp_path / "b.geojson", b"[" + filler * 3 + b"[" * 200))
    with pytest.raises(LimitReached, match="string"):
        check_nesting(put(tmp_path / "c.geojson", b'["' + b"x" * (40 << 20)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_behind_a_long_comment_is_found(tmp_path: Path, encoding: str) -> None:
    text = f"<?xml version='1.0'?><!--{'x' * 100_000}--><!DOCTYPE a [<!ENTITY e 'f'>]><a>&e;</a>"
    with pytest.raises(DoctypeFound):
        check_nesting(put(tmp_path / "a.gml", text.encode(encoding)))


def workbook(path: Path, *cells: str) -> Path:
    """A worksheet with cells at these places, in the smallest xlsx there is."""
    write_workbook(path)
    content = "".join(f'<row><c r="{cell}"><v>1</v></c></row>' for cell in cells)
    with zipfile.ZipFile(path, "a") as pack:
        pack.writestr("xl/worksheets/sheet9.xml", f"<sheetData>{content}</sheetData>")
    return path


def test_a_workbook_stretched_over_a_thousand_million_cells_is_refused(tmp_path: Path) -> None:
    check_extent(workbook(tmp_path / "a.xlsx", "A1", "T4000"))
    with pytest.raises(LimitReached, match="more than 5,000,000 cells"):
        check_extent(workbook(tmp_path / "b.xlsx", "A1", "XFD1048576"))


def test_the_sheets_of_a_workbook_are_plain_cells(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx")
    tables = read_tables(tmp_path / "a.xlsx")
    assert list(tables) == ["HoSo", "BanVe", "VanBan"]
    assert tables["HoSo"][0][0] == "Mã hồ sơ"
    with pytest.raises(WorkbookBroken):
        read_tables(put(tmp_path / "b.xlsx", b"PK\x03\x04" + bytes(40)))


UNCLOSED = (
    b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
    b'{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}}]}'
)


def test_remarks_of_a_reader_beyond_the_limit_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = put(tmp_path / "a.geojson", UNCLOSED)
    (layer,) = vector.copy_layers(place, tmp_path, ())
    assert "Non closed ring" in layer.remarks[0]
    monkeypatch.setattr(vector, "MOST_REMARKS", 0)
    (layer,) = vector.copy_layers(place, tmp_path, ())
    assert layer.remarks == ("… và 1 nhắc nhở nữa / and 1 more remarks",)


def test_what_a_reader_says_of_a_file_hides_where_it_was_read(tmp_path: Path) -> None:
    place = put(tmp_path / "hong.kml", b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>')
    with pytest.raises(vector.LayerUnreadable, match=r"hong\.kml") as caught:
        vector.copy_layers(place, tmp_path, ())
    assert str(tmp_path) not in str(caught.value)
