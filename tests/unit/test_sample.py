"""The sample city: invented, deterministic, exact where a register needs it to be exact."""

import csv
import hashlib
import re
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely
from openpyxl import load_workbook
from PIL import Image, features

from ingest.gdal import pyogrio
from ingest.sample import FILE_COUNT, adjustment, cadastre, detailed, lines, write_sample, zones
from ingest.sample.circular import Feature, classes, filled_layers
from ingest.sample.dossier import (
    AUTHORITY,
    INVENTED_MARK,
    detailed_plan,
    local_adjustment,
    zoning_plan,
)
from ingest.sample.features import area_features
from ingest.sample.place import former_wards
from ingest.sample.workbook import DRAWING_COLUMNS, PAPER_COLUMNS, PLAN_COLUMNS
from schemas.crs import WGS84, project_one
from schemas.indicators import parse_indicator
from schemas.profiles.parcels import ParcelProfile

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "99QPK1000001": "CSDL_PhanKhuMinhHoa",
    "99QCT1000001": "CSDL_ChiTietKhuDongMinhHoa",
    "99QPK1010001": "CSDL_DieuChinhCucBoPhanKhuMinhHoa",
}
PLANS = {"zoning": zones, "adjustment": adjustment, "detailed": detailed}
MILLIMETRE_SPECK_M2 = 1e-6


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    seen: list[Path] = []
    assert write_sample(folder, on_file=seen.append) == seen
    assert len(seen) == FILE_COUNT
    return folder


@pytest.fixture(scope="module")
def unzipped(delivered: Path) -> dict[str, Path]:
    """Root folder of each package by plan code."""
    roots = {}
    for code, folder in PACKAGES.items():
        with zipfile.ZipFile(delivered / f"ho-so-{code}.zip") as archive:
            archive.extractall(delivered / code)
        roots[code] = delivered / code / folder
    return roots


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _grounds(found: object) -> np.ndarray:
    return np.asarray([zone.ground for zone in found], dtype=object)


@pytest.mark.slow
def test_two_runs_give_the_same_bytes(delivered: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from ingest.sample import write_sample; "
        "write_sample(Path(sys.argv[1]))"
    )
    subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(tmp_path)],
        check=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "17", "TZ": "Pacific/Kiritimati"},
    )
    assert _hashes(tmp_path) == _hashes(delivered)


def test_nothing_carries_the_day_of_writing(delivered: Path, unzipped: dict[str, Path]) -> None:
    today = datetime.now(UTC).strftime("%Y-%m-%d").encode()
    for path in delivered.rglob("*"):
        assert not path.is_file() or today not in path.read_bytes(), path.name


def test_sample_is_small(delivered: Path) -> None:
    assert sum(path.stat().st_size for path in delivered.iterdir() if path.is_file()) < 8_000_000


def test_parcels_are_a_valid_coverage() -> None:
    ground = np.asarray([p.ground for p in cadastre.parcels()], dtype=object)
    assert 4_500 < len(ground) < 5_500
    assert shapely.is_valid(ground).all()
    assert shapely.coverage_is_valid(ground)


def test_parcels_do_not_overlap_by_an_independent_count() -> None:
    ground = np.asarray([p.ground for p in cadastre.parcels()], dtype=object)
    one, other = shapely.STRtree(ground).query(ground, predicate="intersects")
    pairs = one < other
    shared = shapely.area(shapely.intersection(ground[one[pairs]], ground[other[pairs]]))
    assert shared.max() < MILLIMETRE_SPECK_M2


def test_parcels_lie_inside_the_ward_and_in_the_sea() -> None:
    ward = shapely.union_all(list(former_wards().values())).buffer(0.1)
    ground = shapely.union_all([p.ground for p in cadastre.parcels()])
    assert ward.covers(ground)
    west, south, east, north = ground.bounds
    assert 608_000 < west < east < 612_000
    assert 1_138_000 < south < north < 1_142_000


def test_there_are_slivers_holes_and_bent_parcels() -> None:
    everyone = cadastre.parcels()
    assert sum(p.kind == "sliver" for p in everyone) > 20
    assert sum(bool(p.ground.interiors) for p in everyone) > 50
    bent = [
        p for p in everyone if p.kind == "lot" and p.ground.area < 0.85 * p.ground.convex_hull.area
    ]
    assert len(bent) > 50


def test_every_key_is_unique_and_old_sheets_repeat() -> None:
    everyone = cadastre.parcels()
    assert len({(p.sheet, p.number) for p in everyone}) == len(everyone)
    assert len({(p.old_ward, p.old_sheet, p.number) for p in everyone}) == len(everyone)
    old = Counter((p.old_sheet, p.number) for p in everyone)
    assert max(old.values()) == 2
    east = {p.sheet for p in everyone if p.old_ward == "99991"}
    west = {p.sheet for p in everyone if p.old_ward == "99992"}
    assert east == set(range(1, len(east) + 1))
    assert west == set(range(len(east) + 1, len(east) + len(west) + 1))


def test_five_twelve_is_one_parcel_today_and_two_on_old_papers() -> None:
    everyone = cadastre.parcels()
    assert [p.old_ward for p in everyone if (p.sheet, p.number) == (5, 12)] == ["99991"]
    old = [p for p in everyone if (p.old_sheet, p.number) == (5, 12)]
    assert sorted(p.old_ward for p in old) == ["99991", "99992"]


def test_legal_areas_differ_from_the_drawing_now_and_then() -> None:
    everyone = cadastre.parcels()
    off = [abs(p.legal_area_m2 / p.ground.area - 1) for p in everyone if p.ground.area > 50]
    assert max(off) < 0.021
    assert 0.02 < sum(share > 0.004 for share in off) / len(off) < 0.1


def test_land_codes_are_codes() -> None:
    for parcel in cadastre.parcels():
        assert re.fullmatch(r"[A-Z]{3}(\+[A-Z]{3})?", parcel.land_code)


@pytest.mark.parametrize("plan", PLANS)
def test_zones_tile_their_boundary_exactly(plan: str) -> None:
    ground, boundary = _grounds(PLANS[plan].zones()), PLANS[plan].boundary()
    assert shapely.is_valid(ground).all()
    assert shapely.coverage_is_valid(ground)
    assert shapely.area(ground).sum() == pytest.approx(boundary.area, abs=1e-6)
    outside = shapely.symmetric_difference(shapely.union_all(ground), boundary)
    assert outside.area < MILLIMETRE_SPECK_M2


@pytest.mark.parametrize("name", ["PhanKhuQuyHoach_A", "PhanOQuyHoach_A"])
def test_planning_areas_and_blocks_tile_the_zoning_plan(name: str) -> None:
    ground = np.asarray([f.geometry for f in area_features() if f.name == name], dtype=object)
    assert shapely.coverage_is_valid(ground)
    assert shapely.area(ground).sum() == pytest.approx(zones.boundary().area, abs=1e-6)


def test_red_lines_lie_on_zone_edges_at_half_the_planned_width() -> None:
    edges = shapely.union_all(shapely.boundary(_grounds(zones.zones())))
    for line in lines.red_lines():
        assert line.ground.length > 500
        points = shapely.points(shapely.get_coordinates(line.ground))
        assert shapely.distance(points, edges).max() < 0.001
        middle = line.ground.interpolate(0.4, normalized=True)
        distance = middle.distance(line.street.ground_axis())
        assert distance == pytest.approx(line.width_m / 2, abs=0.01)


def test_building_lines_keep_their_setback() -> None:
    red = {line.street.code: line.ground for line in lines.red_lines()}
    for line in lines.building_lines():
        assert line.setback_m == (6 if line.width_m >= 24 else 3)
        middle = line.ground.interpolate(0.4, normalized=True)
        gap = middle.distance(red[line.street.code])
        assert gap == pytest.approx(line.setback_m, abs=0.05)


def test_axes_stay_inside_road_zones() -> None:
    road = shapely.union_all([z.ground for z in zones.zones() if z.kind == "road"]).buffer(0.01)
    assert all(road.covers(line.ground) for line in lines.road_axes())


def _shares(found: object) -> dict[str, float]:
    ground = cadastre.telling_parcel().ground
    taken = {zone.symbol: zone.ground.intersection(ground).area for zone in found}
    return {symbol: area for symbol, area in taken.items() if area > 0}


def test_five_twelve_straddles_zones_of_every_plan_and_loses_a_strip() -> None:
    area = cadastre.telling_parcel().ground.area
    for plan, symbols in (
        (zones, {"OCH-05", "CX-03", "GT-03B"}),
        (adjustment, {"HH-05A", "CX-03", "GT-03B"}),
        (detailed, {"LK-03", "MN-01", "GT-03"}),
    ):
        shares = _shares(plan.zones())
        assert set(shares) == symbols
        assert min(shares.values()) > 30
        assert sum(shares.values()) == pytest.approx(area, abs=1e-6)


def test_the_plans_disagree_about_five_twelve() -> None:
    strips = [
        _shares(zones.zones())["GT-03B"],
        _shares(adjustment.zones())["GT-03B"],
        _shares(detailed.zones())["GT-03"],
    ]
    assert strips[2] < strips[0] < strips[1]
    functions = [{z.symbol: z.function for z in plan.zones()} for plan in PLANS.values()]
    assert functions[0]["OCH-05"] != functions[1]["HH-05A"]
    assert functions[0]["CX-03"] == "park"
    assert functions[2]["MN-01"] == "school"


def test_the_widened_road_cuts_five_twelve() -> None:
    ground = cadastre.telling_parcel().ground
    red = next(line for line in lines.red_lines() if line.street.code == "GT-03")
    assert red.ground.intersection(ground).length > 10
    assert adjustment.red_line().ground.intersection(ground).length > 10


def test_the_adjustment_is_a_small_part_of_the_zoning_plan() -> None:
    inside, whole = adjustment.boundary(), zones.boundary()
    assert inside.difference(whole).area < 0.1
    assert inside.area < 0.03 * whole.area


def test_some_land_has_no_plan_at_all() -> None:
    outside = [p for p in cadastre.parcels() if not p.ground.intersects(zones.boundary())]
    assert len(outside) > 50


def test_package_has_the_folders_of_the_circular(unzipped: dict[str, Path]) -> None:
    for code, root in unzipped.items():
        names = {p.relative_to(root).as_posix() for p in root.rglob("*")}
        assert {
            f"HoSoGIS/{n}.gpkg" for n in ("NenDiaHinh", "HienTrang", "QuyHoach", "MocGioi")
        } <= names
        assert {"HoSoBASIC/BanVe", "HoSoBASIC/VanBan", f"HoSoScan/{code}.xlsx"} <= names
        assert "HoSoScan/BanVe/QuyHoachSuDungDat/QuyHoachSuDungDat.jpg" in names
        assert len(list((root / "HoSoScan/VanBan").glob("Quyet-dinh-*-QD-UBND.pdf"))) == 1


def test_every_layer_and_attribute_is_the_circulars(unzipped: dict[str, Path]) -> None:
    known = {(c.geodatabase, c.name): list(c.attributes) for c in classes()}
    assert len(known) == 153
    for root in unzipped.values():
        found = {}
        for path in (root / "HoSoGIS").iterdir():
            for layer, _ in pyogrio.list_layers(path):
                info = pyogrio.read_info(path, layer=layer)
                assert info["crs"] == "EPSG:9210"
                found[path.stem, layer] = list(info["fields"])
        assert found == known


def test_attribute_types_follow_the_shared_list(shared_data: Path) -> None:
    table = shared_data.parent / "domain" / "circular16_layers.csv"
    kinds = {"": "text", "double": "float"}
    with table.open(encoding="utf-8", newline="") as rows:
        listed = {
            (row["geodatabase"], row["layer"]): {
                name: kinds.get(kind, kind)
                for name, _, kind in (item.partition(":") for item in row["attributes"].split())
            }
            for row in csv.DictReader(rows)
        }
    assert {(c.geodatabase, c.name): dict(c.attributes) for c in classes()} == listed


def test_content_survives_the_round_trip(unzipped: dict[str, Path]) -> None:
    path = unzipped["99QPK1000001"] / "HoSoGIS" / "QuyHoach.gpkg"
    land = pyogrio.read_dataframe(path, layer="ChucNangSuDungDat_A")
    assert len(land) == len(zones.zones())
    row = land.set_index("kyHieuLoDat").loc["OCH-05"]
    assert row["chucNangSuDungDatMuc2"] == "Nhóm nhà ở"
    assert (row["matDoXayDung"], row["tangCaoXayDung"]) == ("40-60", "3÷5")
    edge = pyogrio.read_dataframe(path, layer="RanhGioiQuyHoach_A").iloc[0]
    assert edge["coQuanPheduyet"] == AUTHORITY
    assert edge["ngayQDQH"].date() == date(2024, 6, 20)
    assert land.geometry.area.sum() == pytest.approx(edge.geometry.area, abs=1e-6)


def test_indicators_show_the_habits_of_planners_and_can_be_read() -> None:
    texts = {t for p in PLANS.values() for z in p.zones() for t in vars(z.norms).values()}
    assert {"40-60", "3÷5", "≤ 7", "8,4", "200%", "-", "0", ""} <= texts
    assert all(parse_indicator(text).readable for text in texts)


def test_codes_follow_their_patterns(unzipped: dict[str, Path]) -> None:
    for code, root in unzipped.items():
        assert re.fullmatch(r"99(QPK|QCT)\d{3}\d{4}", code)
        edge = pyogrio.read_dataframe(root / "HoSoGIS/QuyHoach.gpkg", layer="RanhGioiQuyHoach_A")
        assert edge["maHoSoQH"].tolist() == [code]
        assert re.fullmatch(r"99\d{2}[1-4][1-5][0-2]\d{5}", edge["maThongTinQH"].iloc[0])


@pytest.mark.parametrize(
    ("code", "width"), [("99QPK1000001", 20), ("99QCT1000001", 20), ("99QPK1010001", 19)]
)
def test_workbook_has_the_columns_of_the_circular(
    unzipped: dict[str, Path], code: str, width: int
) -> None:
    book = load_workbook(unzipped[code] / "HoSoScan" / f"{code}.xlsx")
    assert book.sheetnames == ["HoSo", "BanVe", "VanBan"]
    for name, columns in (
        ("HoSo", PLAN_COLUMNS[:width]),
        ("BanVe", DRAWING_COLUMNS),
        ("VanBan", PAPER_COLUMNS),
    ):
        assert tuple(cell.value for cell in book[name][1]) == columns
    values = [cell.value for cell in book["HoSo"][2]]
    assert values[0] == code
    assert INVENTED_MARK in values[PLAN_COLUMNS.index("Từ khóa")]
    assert values[2].endswith("(minh họa, dữ liệu bịa)")
    paper = book["VanBan"]["B2"].value
    assert (unzipped[code] / "HoSoScan" / "VanBan" / paper).is_file()


def test_papers_are_a_scan_and_a_drawing(unzipped: dict[str, Path]) -> None:
    assert features.check("freetype2")
    for root in unzipped.values():
        pdf = next((root / "HoSoScan/VanBan").glob("*.pdf")).read_bytes()
        assert pdf.startswith(b"%PDF-")
        assert pdf.count(b"/Type /Page\n") == 1
        drawing = root / "HoSoScan/BanVe/QuyHoachSuDungDat/QuyHoachSuDungDat.jpg"
        assert drawing.stat().st_size < 400_000
        with Image.open(drawing) as image:
            assert image.info["dpi"] == (300, 300)


def test_units_file_knows_the_merger(delivered: Path) -> None:
    path = delivered / "don-vi-hanh-chinh.gpkg"
    assert [name for name, _ in pyogrio.list_layers(path)] == [
        "provinces",
        "communes",
        "former_wards",
    ]
    ward = pyogrio.read_dataframe(path, layer="communes").iloc[0]
    old = pyogrio.read_dataframe(path, layer="former_wards")
    assert (ward["code"], ward["full_name"], ward["province_code"]) == (
        "99001",
        "Phường Minh Họa",
        "99",
    )
    assert ward["valid_from"].date() == date(2025, 7, 1)
    assert old["code"].tolist() == ["99991", "99992"]
    assert old["successor_code"].tolist() == ["99001"] * 2
    assert [day.date() for day in old["valid_to"]] == [date(2025, 7, 1)] * 2
    assert old.geometry.union_all().symmetric_difference(ward.geometry).area < 1e-12


def test_units_use_the_official_shift(delivered: Path) -> None:
    ward = pyogrio.read_dataframe(delivered / "don-vi-hanh-chinh.gpkg", layer="communes").geometry[
        0
    ]
    inside = project_one(cadastre.telling_parcel().ground, 9210, WGS84)
    assert ward.covers(inside)


def test_parcel_file_matches_its_field_profile(delivered: Path) -> None:
    profile = ParcelProfile.from_file(delivered / "thua-dat.yaml")
    table = pyogrio.read_dataframe(delivered / "thua-dat.gpkg", layer=profile.layer)
    assert set(profile.columns) <= set(table.columns)
    assert table.crs == profile.crs
    assert profile.invented
    assert set(table["ma_xa"]) == {"99001"}
    assert 0.2 < table["dia_chi"].notna().mean() < 0.6


def test_readme_says_it_twice_and_names_every_file(delivered: Path) -> None:
    text = (delivered / "README.txt").read_text(encoding="utf-8")
    assert "KHÔNG CÓ THẬT" in text
    assert "NOT REAL" in text
    for path in delivered.iterdir():
        assert path.name in text or path.name in ("README.txt", *PACKAGES)


def test_a_wrong_attribute_of_the_sample_is_refused() -> None:
    stray = Feature("MocGioi", "MocGioiQuyHoach_P", shapely.Point(0, 0), {"khongCo": "x"})
    with pytest.raises(ValueError, match="khongCo"):
        filled_layers("MocGioi", [stray], {})


def test_decision_dates_are_in_order() -> None:
    days = [d.decision_date for d in (zoning_plan(), detailed_plan(), local_adjustment())]
    assert days == [date(2024, 6, 20), date(2025, 9, 10), date(2026, 3, 15)]
