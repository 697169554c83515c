"""What would grow beyond measure is counted before anything expands it."""

import struct
import zipfile
from pathlib import Path

import pytest

from ingest.files.received import received_file
from ingest.gate.checks.drawings import MOST_OBJECTS, check_drawings
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
    ]  # fmt: skip
    assert "2.111.111.111 đối tượng" in issues[0].message.vi
    assert "chính nó" in issues[1].message.vi
    assert MOST_OBJECTS < 10**9


def test_deep_nesting_is_refused_before_a_reader_descends(tmp_path: Path) -> None:
    for name, opening, closing in (
        ("a.geojson", b"[", b"]"), ("a.kml", b"<Folder>", b"</Folder>"), ("a.gml", b"<a>", b"</a>"),
    ):  # fmt: skip
        with pytest.raises(LimitReached, match="nested"):
            check_nesting(put(tmp_path / name, opening * 5000 + closing * 5000))
        check_nesting(put(tmp_path / name, opening * 20 + closing * 20))


def test_brackets_in_a_text_are_no_nesting(tmp_path: Path) -> None:
    text = b'{"a": "' + b"[" * 5000 + b'\\\\", "b": "\\"' + b"{" * 5000 + b'"}'
    check_nesting(put(tmp_path / "a.geojson", text))


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
    with pytest.raises(LimitReached, match=r"17179869\d+ cells"):
        check_extent(workbook(tmp_path / "b.xlsx", "A1", "XFD1048576"))


def test_the_sheets_of_a_workbook_are_plain_cells(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx")
    tables = read_tables(tmp_path / "a.xlsx")
    assert list(tables) == ["HoSo", "BanVe", "VanBan"]
    assert tables["HoSo"][0][0] == "Mã hồ sơ"
    with pytest.raises(WorkbookBroken):
        read_tables(put(tmp_path / "b.xlsx", b"PK\x03\x04" + bytes(40)))
