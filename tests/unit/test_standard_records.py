"""dBASE and CSV tables are copied cell by cell, as written; damaged ones are refused."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import Point

from ingest.gate.standard.raw import RawTable, raw_table
from ingest.gate.standard.records import copy_rows
from ingest.gdal import pyogrio
from ingest.readers.container import Copies
from ingest.readers.vector import LayerUnreadable

Field = tuple[str, str, int]


def dbf(
    path: Path, fields: Sequence[Field], records: Sequence[Sequence[bytes]], gone: int = -1
) -> Path:
    """A dBASE file; record number `gone` is marked as deleted."""
    heads = b"".join(
        name.encode().ljust(11, b"\0") + kind.encode() + bytes(4) + bytes([size]) + bytes(15)
        for name, kind, size in fields
    )
    width = 1 + sum(size for _, _, size in fields)
    body = b"".join(
        (b"*" if number == gone else b" ")
        + b"".join(cell.ljust(size) for cell, (_, _, size) in zip(record, fields, strict=True))
        for number, record in enumerate(records)
    )
    start = 32 + len(heads) + 1
    head = b"\x03\x20\x01\x01" + len(records).to_bytes(4, "little")
    head += start.to_bytes(2, "little") + width.to_bytes(2, "little") + bytes(20)
    path.write_bytes(head + heads + b"\x0d" + body)
    return path


def read(path: Path, folder: Path) -> RawTable:
    folder.mkdir(exist_ok=True)
    (layer,) = copy_rows(path, folder)
    return raw_table(Copies(folder, (layer,)), layer)


def cells(table: RawTable, name: str) -> list[str | None]:
    column = dict(table.columns)[name]
    return [column.at(index) for index in range(len(column))]


def test_cells_of_a_dbf_are_as_written(tmp_path: Path) -> None:
    fields = [("CODE", "C", 5), ("N", "N", 6), ("D", "D", 8), ("L", "L", 1)]
    records = [(b"01", b"  2.00", b"20140603", b"T"), (b"", b"******", b"00000000", b"?")]
    table = read(dbf(tmp_path / "t.dbf", fields, records), tmp_path / "out")
    assert cells(table, "CODE") == ["01", None]
    assert cells(table, "N") == ["2.00", None]
    assert cells(table, "D") == ["20140603", None]
    assert cells(table, "L") == ["T", None]
    assert not table.spatial


def test_a_deleted_record_is_left_out_and_the_others_keep_their_numbers(tmp_path: Path) -> None:
    path = dbf(tmp_path / "t.dbf", [("A", "C", 2)], [(b"a",), (b"b",), (b"c",)], gone=1)
    table = read(path, tmp_path / "out")
    assert cells(table, "A") == ["a", "c"]
    assert table.numbers.tolist() == [0, 2]


def test_texts_are_utf_8_or_else_western(tmp_path: Path) -> None:
    plain = dbf(tmp_path / "u.dbf", [("A", "C", 9)], [("Égalé".encode(),)])
    western = dbf(tmp_path / "w.dbf", [("A", "C", 9)], [("l’été".encode("cp1252"),)])
    told = read(plain, tmp_path / "1"), read(western, tmp_path / "2")
    assert [cells(one, "A") for one in told] == [["Égalé"], ["l’été"]]
    assert [one.western for one in told] == [False, True]


def test_shapes_belong_to_their_records(tmp_path: Path) -> None:
    points = shapely.to_wkb(np.array([Point(n, n) for n in range(3)], dtype=object))
    values = [np.array(["a", "b", "c"], dtype=object)]
    pyogrio.raw.write(
        tmp_path / "t.shp", points, values, ["A"], geometry_type="Point", crs="EPSG:2154"
    )
    marked = bytearray((tmp_path / "t.dbf").read_bytes())
    start, width = int.from_bytes(marked[8:10], "little"), int.from_bytes(marked[10:12], "little")
    marked[start + width] = ord("*")
    (tmp_path / "t.dbf").write_bytes(marked)
    table = read(tmp_path / "t.dbf", tmp_path / "out")
    assert cells(table, "A") == ["a", "c"]
    assert [shape.x for shape in table.geoms] == [0, 2]
    assert table.spatial
    assert table.crs == "EPSG:2154"


@pytest.mark.parametrize(
    "harm",
    [
        lambda raw: raw[:20],
        lambda raw: raw[:-5],
        lambda raw: raw[:10] + b"\xff\x00" + raw[12:],
        lambda raw: raw[:8] + b"\xff\xff" + raw[10:],
        lambda raw: raw[:4] + b"\xff\xff\xff\xff" + raw[8:],
    ],
)
def test_a_damaged_dbf_is_refused(tmp_path: Path, harm: object) -> None:
    path = dbf(tmp_path / "t.dbf", [("A", "C", 4)], [(b"a",), (b"b",)])
    path.write_bytes(harm(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(LayerUnreadable):
        read(path, tmp_path / "out")


def test_cells_of_a_csv_are_as_written(tmp_path: Path) -> None:
    text = '\ufeffA,B,,WKT\r\n01,"x, ""y""",z,POINT(1 1)\r\n\r\n 2 \r\n'
    (tmp_path / "t.csv").write_bytes(text.encode())
    table = read(tmp_path / "t.csv", tmp_path / "out")
    assert [name for name, _ in table.columns] == ["A", "B", "WKT"]
    assert cells(table, "A") == ["01", "2"]
    assert cells(table, "B") == ['x, "y"', None]
    assert cells(table, "WKT") == ["POINT(1 1)", None]


@pytest.mark.parametrize("content", [b"", b'A\r\n"' + b"x" * (17 << 20)])
def test_a_csv_without_a_header_or_with_an_endless_cell_is_refused(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(LayerUnreadable):
        read(tmp_path / "t.csv", tmp_path / "out")
