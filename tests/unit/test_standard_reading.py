"""Tables of a dossier are read from every format of the standard, shapes in their own CRS."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import Geometry, box

from ingest.files.source import receive
from ingest.gate.standard.check import (
    StandardDossier,
    check_dossier,
    delivered_tables,
    read_dossier,
)
from ingest.gdal import pyogrio
from schemas.standards.cnig import read_standards
from schemas.standards.model import Column, Standard, Table
from tests.standard_dossier import METADATA, write_dossier, write_model
from tests.standard_dossier import model_files as model

TODAY = date(2026, 11, 24)
LAMBERT = [box(700_000 + n, 6_600_000, 700_001 + n, 6_600_001) for n in range(2)]
TABLE = Table(
    name="ZONE",
    piece="ZONE",
    columns=(
        Column(name="CODE", column="ERROR", required=True),
        Column(name="WKT", type="geometry", geometry="multiarea", required=True),
    ),
)


def standard(*extensions: str, **more: Any) -> Standard:
    piece = {"name": "ZONE", "kind": "table", "path": "ZONE", "extensions": extensions}
    known = {"name": "S", "pieces": [piece], "tables": [TABLE], "crs": "EPSG:2154"}
    return Standard.model_validate(known | more)


def write(place: Path, driver: str, codes: list[str], shapes: list[Geometry], crs: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    pyogrio.raw.write(
        place,
        shapely.to_wkb(np.array(shapes, dtype=object)),
        [np.array(codes, dtype=object)],
        ["code"],
        driver=driver,
        layer="ZONE",
        geometry_type="Polygon",
        crs=crs,
    )


def read(tmp_path: Path, rules: Standard, folder: str = "d") -> StandardDossier:
    workdir = tmp_path / "work"
    workdir.mkdir()
    dossier, issues = read_dossier(
        receive(tmp_path / folder, workdir), [rules], workdir, today=TODAY
    )
    assert issues == ()
    assert dossier is not None
    return dossier


@pytest.mark.parametrize(
    ("name", "driver", "extension"),
    [
        ("ZONE.shp", "ESRI Shapefile", "dbf"),
        ("ZONE.TAB", "MapInfo File", "tab"),
        ("ZONE.gpkg", "GPKG", "gpkg"),
        ("ZONE.gml", "GML", "gml"),
    ],
)
def test_codes_shapes_and_row_numbers_are_the_same_in_every_format(
    tmp_path: Path, name: str, driver: str, extension: str
) -> None:
    write(tmp_path / "d" / name, driver, ["01", "02"], LAMBERT, "EPSG:2154")
    dossier = read(tmp_path, standard(extension))
    (rows,) = dossier.tables.rows
    assert rows.column("code").texts().tolist() == ["01", "02"]
    assert rows.rows.tolist() == [1, 2]
    (told,) = delivered_tables(dossier)
    assert told.box == pytest.approx((3.0, 46.5, 3.000026, 46.500009), abs=2e-6)
    assert [issue.code for issue in check_dossier(dossier) if issue.level != "WARNING"] == []


def test_a_table_of_texts_has_the_standards_crs(tmp_path: Path) -> None:
    place = tmp_path / "d" / "ZONE.csv"
    place.parent.mkdir()
    wkt = '"POLYGON((700000 6600000,700001 6600000,700001 6600001,700000 6600000))"'
    place.write_text(f"CODE,WKT\r\n01,{wkt}\r\n02,POLYGON((1\r\n03,\r\n")
    dossier = read(tmp_path, standard("csv"))
    (told,) = delivered_tables(dossier)
    assert told.box == pytest.approx((3.0, 46.5, 3.000013, 46.500009), abs=2e-6)
    found = [(issue.code, issue.row) for issue in check_dossier(dossier)]
    assert found == [("CELL_EMPTY", 3), ("CELL_SHAPE", 2)]


def test_a_files_own_crs_goes_before_the_standards(tmp_path: Path) -> None:
    shapes = [box(5.0, 47.0, 5.001, 47.001)]
    write(tmp_path / "d" / "ZONE.shp", "ESRI Shapefile", ["01"], shapes, "EPSG:4326")
    (told,) = delivered_tables(read(tmp_path, standard("dbf")))
    assert told.box == pytest.approx((5.0, 47.0, 5.001, 47.001))


def test_the_crs_that_a_person_chose_goes_before_all(tmp_path: Path) -> None:
    write(tmp_path / "d" / "ZONE.shp", "ESRI Shapefile", ["01"], LAMBERT[:1], "EPSG:3857")
    workdir = tmp_path / "work"
    workdir.mkdir()
    received = receive(tmp_path / "d", workdir)
    dossier, _ = read_dossier(received, [standard("dbf")], workdir, crs=2154, today=TODAY)
    assert dossier is not None
    (told,) = delivered_tables(dossier)
    assert told.box == pytest.approx((3.0, 46.5, 3.000013, 46.500009), abs=2e-6)


def test_a_table_without_its_shape_file_is_told(tmp_path: Path) -> None:
    write(tmp_path / "d" / "ZONE.shp", "ESRI Shapefile", ["01"], LAMBERT[:1], "EPSG:2154")
    (tmp_path / "d" / "ZONE.shp").unlink()
    dossier = read(tmp_path, standard("dbf", spatial=True))
    assert [issue.code for issue in check_dossier(dossier) if issue.level == "ERROR"] == [
        "TABLE_SHAPES_MISSING",
        "SHAPES_MISSING_EVERYWHERE",
    ]


@pytest.mark.parametrize("spoil", ["rewritten", "gone", "companion gone"])
def test_a_file_that_is_no_longer_the_one_received_is_told(tmp_path: Path, spoil: str) -> None:
    write(tmp_path / "d" / "ZONE.shp", "ESRI Shapefile", ["01"], LAMBERT[:1], "EPSG:2154")
    workdir = tmp_path / "work"
    workdir.mkdir()
    received = receive(tmp_path / "d", workdir)
    place = tmp_path / "d" / ("ZONE.shx" if spoil == "companion gone" else "ZONE.dbf")
    if spoil == "rewritten":
        place.write_bytes(place.read_bytes()[:-2] + b"9\x1a")
    else:
        place.unlink()
    dossier, _ = read_dossier(received, [standard("dbf")], workdir, today=TODAY)
    assert dossier is not None
    found = [(issue.code, issue.file) for issue in check_dossier(dossier)]
    assert ("FILE_CHANGED", "ZONE.dbf") in found
    assert list(dossier.tables.rows) == []


def test_a_companion_that_no_reader_may_open_is_not_read(tmp_path: Path) -> None:
    write(tmp_path / "d" / "ZONE.shp", "ESRI Shapefile", ["01"], LAMBERT[:1], "EPSG:2154")
    shapes = tmp_path / "d" / "ZONE.shp"
    shapes.write_bytes(b"MZ" + shapes.read_bytes()[2:])
    dossier = read(tmp_path, standard("dbf"))
    (rows,) = dossier.tables.rows
    assert (rows.geoms, rows.column("code").texts().tolist()) == (None, ["01"])


def test_a_file_that_cannot_be_read_is_an_error_and_never_an_empty_table(tmp_path: Path) -> None:
    place = tmp_path / "d" / "ZONE.dbf"
    place.parent.mkdir()
    place.write_bytes(b"\x03\x20\x01\x01" + b"\xff" * 60)
    dossier = read(tmp_path, standard("dbf"))
    assert delivered_tables(dossier) == ()
    codes = [(issue.code, issue.level) for issue in check_dossier(dossier)]
    assert ("TABLE_UNREADABLE", "ERROR") in codes


def test_a_format_that_nothing_reads_is_told(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "ZONE.xyz").write_text("x")
    codes = [issue.code for issue in check_dossier(read(tmp_path, standard("xyz")))]
    assert codes == ["TABLE_UNREADABLE"]


@pytest.mark.parametrize(("charset", "told"), [("utf8", 1), ("8859part1", 0)])
def test_texts_in_another_encoding_than_stated_are_told(
    tmp_path: Path, charset: str, told: int
) -> None:
    place = tmp_path / "d" / "ZONE.csv"
    place.parent.mkdir()
    place.write_bytes("CODE,WKT\r\nété,POINT(1 1)\r\n".encode("latin-1"))
    (tmp_path / "d" / "m.xml").write_text(METADATA.format(charset=charset, standard=""))
    dossier = read(tmp_path, standard("csv"))
    assert dossier.tables.rows[0].column("CODE").values == ("été",)
    codes = [issue.code for issue in check_dossier(dossier)]
    assert codes.count("TABLE_ENCODING") == told


def test_levels_of_the_standard_go_before_the_catalogues(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "ZONE.csv").write_text("CODE,WKT,MORE\r\n")
    dossier = read(tmp_path, standard("csv", levels={"TABLE_EMPTY": "INFO"}))
    levels = {issue.code: issue.level for issue in check_dossier(dossier)}
    assert levels == {"TABLE_EMPTY": "INFO", "TABLE_COLUMN_UNEXPECTED": "WARNING"}


def test_a_dossier_that_follows_its_model_has_no_findings(tmp_path: Path) -> None:
    write_dossier(tmp_path)
    (rules,) = read_standards(write_model(tmp_path / "model", model()))
    dossier = read(tmp_path, rules, "30014_PLU_20171013")
    assert list(check_dossier(dossier)) == []
    assert [(one.name, one.rows, one.delivered) for one in delivered_tables(dossier)] == [
        ("DOC_URBA", 1, 1),
        ("ZONE_URBA", 1, 1),
    ]


def test_rules_that_cannot_be_used_are_warnings_of_the_dossier(tmp_path: Path) -> None:
    write_dossier(tmp_path)
    files = model()
    files["types/ZONE_URBA.json"]["constraints"] = {"conditions": ["LENGTH(LIBELLE) > 2"]}
    (rules,) = read_standards(write_model(tmp_path / "model", files))
    (issue,) = check_dossier(read(tmp_path, rules, "30014_PLU_20171013"))
    assert (issue.code, issue.level) == ("STANDARD_RULE_UNUSABLE", "WARNING")
    assert issue.value == "ZONE_URBA: LENGTH(LIBELLE) > 2"


def test_a_finding_cites_the_rule_and_only_rules_in_force_are_asked(tmp_path: Path) -> None:
    place = tmp_path / "d" / "ZONE.csv"
    place.parent.mkdir()
    place.write_text("CODE,WKT\r\n1,POINT(1 1)\r\n")
    rule = {"test": "CODE <> '1'", "article": "Art. 5", "valid_to": "2026-11-24"}
    later = Table.model_validate({"name": "ZONE", "piece": "ZONE", "conditions": [rule]})
    columns = (Column(name="CODE", min_length=2, article="Art. 4"), Column(name="WKT"))
    table = later.model_copy(update={"columns": columns})
    rules = standard("csv", tables=[table])
    received = receive(tmp_path / "d", tmp_path)
    told = {}
    for day in (date(2026, 11, 23), TODAY):
        workdir = tmp_path / day.isoformat()
        workdir.mkdir()
        dossier, _ = read_dossier(received, [rules], workdir, today=day)
        assert dossier is not None
        told[day] = [(issue.code, issue.detail["article"]) for issue in check_dossier(dossier)]
    short = ("CELL_TOO_SHORT", "Art. 4")
    assert told == {date(2026, 11, 23): [short, ("CONDITION_BROKEN", "Art. 5")], TODAY: [short]}
