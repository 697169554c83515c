"""Faulty plans and shapes of others: each known fault is found at its place, and nothing else."""

import csv
import gzip
import warnings
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import Geometry

from ingest.delivery import Delivery
from ingest.gate.clean import clean, repaired
from ingest.gate.pipeline import read_delivery
from ingest.gdal import pyogrio
from schemas.crs import project_one
from schemas.issues import Issue

pytestmark = pytest.mark.shared_data

PROFILE = Path(__file__).parents[1] / "profiles" / "xplan.yaml"
UTM32, UTM33 = 25832, 25833


def surfaces(path: Path, folder: Path) -> tuple[gpd.GeoDataFrame, dict[str, gpd.GeoDataFrame]]:
    """Surfaces of a plan that must fill it (Flächenschluss), and all its layers by name."""
    unpacked = folder / path.name.removesuffix(".gz")
    raw = path.read_bytes()
    unpacked.write_bytes(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        names = [name for name, kind in pyogrio.list_layers(unpacked) if kind is not None]
        layers = {name: pyogrio.read_dataframe(unpacked, layer=name) for name in names}
    filling = [
        frame.loc[frame["flaechenschluss"].eq(True), ["gml_id", "geometry"]]
        for frame in layers.values()
        if "flaechenschluss" in frame
    ]
    return pd.concat(filling), layers


def checked(
    path: Path, folder: Path, boundary: str = "BP_Plan", srid: int = UTM32, **wishes: Any
) -> Delivery:
    """The gate's findings on the surfaces of one plan, within its boundary layer."""
    zones, layers = surfaces(path, folder)
    areas = zones[zones.geom_type.isin(["Polygon", "MultiPolygon"])]
    home, work = folder / "plan.gpkg", folder / "work"
    work.mkdir()
    areas.to_file(home, layer="surfaces", driver="GPKG")
    layers[boundary][["geometry"]].to_file(home, layer="plan", driver="GPKG")
    profile = folder / "xplan.yaml"
    text = PROFILE.read_text(encoding="utf-8").replace(f"EPSG:{UTM32}", f"EPSG:{srid}")
    profile.write_text(text, encoding="utf-8")
    return read_delivery(
        home, profile=profile, storage_srid=srid, workdir=work, today=date(2026, 11, 23), **wishes
    )


def faults(delivery: Delivery) -> list[Issue]:
    """Findings about shapes and how they lie."""
    return [i for i in delivery.issues if i.code.startswith(("ZONE", "GEOMETRY", "TOPOLOGY"))]


def only(delivery: Delivery) -> Issue:
    (issue,) = faults(delivery)
    return issue


def metric(issue: Issue, srid: int = UTM32) -> Geometry:
    """The place of a finding in the plan's own metres."""
    assert issue.geom is not None
    return project_one(issue.geom, 4326, srid)


@pytest.fixture
def xplan(shared_data: Path) -> Path:
    return shared_data / "broken" / "xplan"


def test_a_gap_of_45_square_metres_in_land_that_must_be_filled(xplan: Path, tmp_path: Path) -> None:
    path = xplan / "BPlan_Kompensationsbereich_6-0-2_Luecke.gml"
    issue = only(checked(path, tmp_path, "BP_Bereich"))
    assert (issue.code, issue.level) == ("ZONES_DO_NOT_COVER", "ERROR")
    assert issue.detail["area_m2"] == pytest.approx(45.46, abs=0.01)
    assert metric(issue).area == pytest.approx(45.46, rel=0.01)


def test_an_overlap_of_118_square_metres(xplan: Path, tmp_path: Path) -> None:
    path = xplan / "BPlan_Kompensationsbereich_6-0-2_Ueberlappung.gml"
    issue = only(checked(path, tmp_path, "BP_Bereich"))
    assert (issue.code, issue.level) == ("ZONE_OVERLAP", "ERROR")
    assert issue.detail["area_m2"] == pytest.approx(118.51, abs=0.01)
    assert metric(issue).area == pytest.approx(118.51, rel=0.01)


def test_an_island_with_a_gap_of_five_millimetres(xplan: Path, tmp_path: Path) -> None:
    issue = only(checked(xplan / "Test_Insel_Luecke_5mm.gml", tmp_path))
    assert (issue.code, issue.level) == ("ZONE_GAP", "WARNING")
    assert issue.detail["width_m"] == pytest.approx(0.005, abs=0.0005)
    assert issue.detail["area_m2"] == pytest.approx(0.125, abs=0.006)


def test_a_sliver_without_any_area_is_no_zone(xplan: Path, tmp_path: Path) -> None:
    issue = only(checked(xplan / "BPlan001_5-4_Sliver-Polygon.gml", tmp_path))
    assert (issue.code, issue.row) == ("ZONE_WITHOUT_SHAPE", 5)
    assert metric(issue).distance(shapely.Point(565034.802, 5940442.486)) < 0.01


def test_a_surface_drawn_twice_and_the_place_it_should_fill(xplan: Path, tmp_path: Path) -> None:
    path = xplan / "equalFlaechenschlussGeometries.gml.gz"
    twice, gap = faults(checked(path, tmp_path, srid=UTM33))
    assert (twice.code, twice.level, gap.code, gap.level) == (
        "ZONE_DUPLICATE", "ERROR", "ZONE_GAP", "ERROR",
    )  # fmt: skip
    assert twice.detail["area_m2"] == pytest.approx(3502.03, abs=0.01)
    assert gap.detail["area_m2"] == pytest.approx(8289.41, abs=0.01)


def test_surfaces_that_do_not_fit_together(xplan: Path, tmp_path: Path) -> None:
    path = xplan / "V4_1_ID_103_kein-flaechenschluss.gml.gz"
    issue = only(checked(path, tmp_path, srid=UTM33))
    assert (issue.code, issue.level) == ("ZONE_OVERLAP", "ERROR")
    assert issue.detail["area_m2"] == pytest.approx(252.8, abs=0.01)
    assert metric(issue, UTM33).area == pytest.approx(252.8, rel=0.01)


def jts_cases(shared_data: Path) -> list[dict[str, str]]:
    with (shared_data / "broken" / "jts_validity_cases.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.filterwarnings("ignore:invalid value")
def test_87_cases_are_valid_or_not_as_jts_says_and_what_is_stored_is_valid(
    shared_data: Path,
) -> None:
    cases = jts_cases(shared_data)
    shapes = np.array([shapely.from_wkt(c["wkt"], on_invalid="ignore") for c in cases], object)
    cleaned = clean(shapes, None)
    invalid = {defect.index for defect in cleaned.defects}
    expected = {i for i, case in enumerate(cases) if case["expected_valid"] == "false"}
    built = set(np.flatnonzero(~shapely.is_missing(shapes)))
    assert len(cases) == 87
    assert invalid == expected & built - set(cleaned.empty)
    for geoms in (cleaned.geoms, repaired(cleaned)):
        kept = geoms[~shapely.is_missing(geoms)]
        assert shapely.is_valid(kept).all()


def test_30_raw_communes_are_repaired_with_their_area_told(shared_data: Path) -> None:
    path = shared_data / "broken" / "vn_invalid_communes_raw.geojson.gz"
    communes = gpd.read_file(f"/vsigzip/{path.resolve()}").geometry
    cleaned = clean(communes.to_numpy(), "A")
    assert len(cleaned.defects) == len(communes) == 30
    mended = gpd.GeoSeries(repaired(cleaned), crs=4326).to_crs(3405)
    assert mended.is_valid.all()
    before = communes.to_crs(3405).area
    assert (np.abs(mended.area - before) < 0.001 * before).all()
    for defect in cleaned.defects:
        assert defect.at is not None
        assert communes[defect.index].distance(defect.at) < 1e-9


def test_a_polygon_of_another_rulebook_is_repaired_without_losing_ground(shared_data: Path) -> None:
    path = shared_data / "broken" / "oereb_interlis_valid_ogc_invalid.wkt.gz"
    shape = shapely.from_wkt(gzip.decompress(path.read_bytes()).decode())
    (defect,) = clean(np.array([shape], object), "A").defects
    assert defect.after is not None
    assert abs(defect.change_m2) < 1e-6 * defect.after.area
    sound = shapely.from_wkt((path.parent / "oereb_interlis_valid_ogc_valid.wkt").read_text())
    assert clean(np.array([sound], object), "A").defects == ()
