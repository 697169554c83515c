"""Planted faults of geometry and numbers go through the whole gate: told, mended, or refused."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely
from shapely import Geometry, LineString, MultiPolygon, Point, Polygon, box

from ingest.delivery import Delivery
from ingest.gate.checks import numbers
from ingest.gate.topology import snapping
from schemas.crs import project_one
from schemas.issues import Issue
from tests.gate_dossier import (
    EAST,
    NORTH,
    Drawn,
    common,
    inspect,
    plan_layers,
    write_dossier,
    zip_of,
)

BOUNDARY, LOTS, CELLS = "RanhGioiQuyHoach_A", "ChucNangSuDungDat_A", "PhanOQuyHoach_A"
MINE = (
    "AREA", "BALANCE", "FAR", "FEATURE", "GEOMETRY", "LINE", "PEOPLE", "PLAN_AREA", "PLAN_PEOPLE",
    "POINTS", "RINGS", "SHARE", "SPIKE", "TOPOLOGY", "ZONE",
)  # fmt: skip


def at(west: float, south: float, east: float, north: float) -> Geometry:
    """A rectangle by its metres east and north of the test place."""
    return box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def lots(*shapes: Geometry, **columns: list[Any]) -> Drawn:
    """Lots named L1, L2 …, of one function."""
    count = len(shapes)
    given = {
        **common(count),
        "kyHieuLoDat": [f"L{i + 1}" for i in range(count)],
        "chucNangSuDungDatMuc1": ["Đất dân dụng"] * count,
        **columns,
    }
    return Drawn("A", list(shapes), given)


def plan(boundary: Geometry, drawn: Drawn, **further: Any) -> dict[str, Drawn]:
    """A plan of these lots only; `further`: columns of the boundary."""
    layers = plan_layers()
    del layers[CELLS]
    layers[BOUNDARY].geoms = [boundary]
    layers[BOUNDARY].columns |= further
    layers[LOTS] = drawn
    return layers


def checked(folder: Path, layers: dict[str, Drawn], name: str = "a", **wishes: Any) -> Delivery:
    home = folder / name
    home.mkdir()
    return inspect(write_dossier(home, layers=layers), home / "work", **wishes)


def told(delivery: Delivery) -> list[str]:
    """Codes of geometry and numbers, in order."""
    return sorted(issue.code for issue in delivery.issues if issue.code.startswith(MINE))


def one(delivery: Delivery, code: str) -> Issue:
    (issue,) = [issue for issue in delivery.issues if issue.code == code]
    assert "…" not in issue.message.vi
    assert issue.message.vi != issue.message.en
    return issue


def place(issue: Issue) -> Geometry:
    assert issue.geom is not None
    return project_one(issue.geom, 4326, 9210)


# Points against the coordinates beside them


def staked(east_m: float, wrong_rows: int, swapped: bool = False) -> dict[str, Drawn]:
    """A plan with five stakes; the first ones are drawn `east_m` east of their own numbers."""
    spots = [(EAST + 25.0 * n, NORTH + 10.0 * n) for n in range(5)]
    drawn = [
        Point(e + (east_m if n < wrong_rows else 0), north) for n, (e, north) in enumerate(spots)
    ]
    table = [[north for _, north in spots], [e for e, _ in spots]]
    first, second = reversed(table) if swapped else table
    stakes = {**common(5), "toaDoX": list(first), "toaDoY": list(second)}
    layers = plan(at(0, 0, 200, 100), lots(at(0, 0, 100, 100), at(100, 0, 200, 100)))
    return {**layers, "DiemToaDoTimDuongChuyenHuongTimDuong_P": Drawn("P", drawn, stakes)}


@pytest.mark.parametrize(
    ("layers", "level", "said"),
    [
        (staked(50, 5), "ERROR", "5 trong 5 điểm"),
        (staked(50, 2), "WARNING", "2 trong 5 điểm"),
        (staked(0, 0, swapped=True), "WARNING", "5 trong 5 điểm"),
    ],
)
def test_points_away_from_the_numbers_beside_them_are_told(
    tmp_path: Path, layers: dict[str, Drawn], level: str, said: str
) -> None:
    found = one(checked(tmp_path, layers), "STATED_COORDINATES_DIFFER")
    assert (found.level, found.row) == (level, 1)
    assert said in found.message.vi
    assert place(found).distance(Point(EAST, NORTH)) < 60


def test_points_at_the_numbers_beside_them_are_fine(tmp_path: Path) -> None:
    codes = {issue.code for issue in checked(tmp_path, staked(1.0, 5)).issues}
    assert "STATED_COORDINATES_DIFFER" not in codes


# Zones against each other


def test_an_overlap_within_the_drawings_tolerance_is_a_located_warning(tmp_path: Path) -> None:
    drawn = lots(at(0, 0, 100.6, 100), at(100, 0, 200, 100))
    delivery = checked(tmp_path, plan(at(0, 0, 200, 100), drawn))
    issue = one(delivery, "ZONE_OVERLAP")
    assert (issue.level, issue.value, issue.detail["other"]) == ("WARNING", "L1", "L2")
    assert (issue.row, issue.detail["other_row"]) == (1, 2)
    assert (issue.detail["area_m2"], issue.detail["width_m"]) == (
        60.0,
        pytest.approx(0.6, abs=0.01),
    )
    assert place(issue).symmetric_difference(at(100, 0, 100.6, 100)).area < 0.1
    assert not delivery.rejected


def test_beyond_tolerance_overlap_and_reach_outside_are_errors(tmp_path: Path) -> None:
    drawn = lots(at(0, 0, 110, 100), at(100, 0, 200, 100), at(0, 100, 200, 105))
    delivery = checked(tmp_path, plan(at(0, 0, 200, 100), drawn))
    assert told(delivery) == ["ZONE_OUTSIDE_BOUNDARY", "ZONE_OVERLAP"]
    assert one(delivery, "ZONE_OVERLAP").level == "ERROR"
    beyond = one(delivery, "ZONE_OUTSIDE_BOUNDARY")
    assert (beyond.level, beyond.detail["area_m2"]) == ("ERROR", 1000.0)
    assert "L3" in (beyond.value or "")


def test_without_a_scale_nobody_can_call_it_an_error(tmp_path: Path) -> None:
    drawn = lots(at(0, 0, 110, 100), at(100, 0, 200, 100))
    layers = plan(at(0, 0, 200, 100), drawn)
    folder = write_dossier(tmp_path, layers=layers, hoso={"Tỷ lệ": ""})
    assert one(inspect(folder, tmp_path / "w"), "ZONE_OVERLAP").level == "WARNING"


def test_zones_drawn_twice_nearly_twice_and_thin_ones(tmp_path: Path) -> None:
    drawn = lots(
        at(0, 0, 100, 100),
        at(0, 0, 100, 100),
        at(100, 0, 200, 100),
        at(100, 0, 199, 100),
        MultiPolygon([at(200, 0, 299.6, 100), at(299.7, 0, 300, 100)]),
    )
    delivery = checked(tmp_path, plan(at(0, 0, 300, 100), drawn))
    assert one(delivery, "ZONE_DUPLICATE").detail["other"] == "L2"
    assert one(delivery, "ZONE_NEARLY_DUPLICATE").value == "L3"
    assert one(delivery, "ZONE_SLIVER").detail["width_m"] == pytest.approx(0.3, abs=0.01)


def test_gaps_and_open_ground_are_told_apart(tmp_path: Path) -> None:
    ring = Polygon(at(0, 0, 100, 100).exterior, [at(40, 40, 60, 60).exterior.coords])
    drawn = lots(ring, at(100.4, 0, 200, 100))
    delivery = checked(tmp_path, plan(at(0, 0, 230, 100), drawn))
    gaps = [issue for issue in delivery.issues if issue.code == "ZONE_GAP"]
    assert sorted(issue.detail["area_m2"] for issue in gaps) == pytest.approx([40, 400])
    assert {issue.level for issue in gaps} == {"WARNING"}
    open_ground = one(delivery, "ZONES_DO_NOT_COVER")
    assert (open_ground.detail["area_m2"], open_ground.detail["share"]) == (3000.0, 13.0)
    assert not delivery.rejected


# Repairs


SPIKED = Polygon(
    [(EAST, NORTH), (EAST + 100, NORTH), (EAST + 100, NORTH + 49.9), (EAST + 130, NORTH + 50),
     (EAST + 100, NORTH + 50.1), (EAST + 100, NORTH + 100), (EAST, NORTH + 100)]
)  # fmt: skip


def flawed() -> dict[str, Drawn]:
    """One flaw of each kind that the gate can mend."""
    beside = at(100, 0, 200, 100).difference(SPIKED)
    shapes = [
        SPIKED,
        beside.union(at(100, 0, 130, 50)).union(at(100, 50, 130, 100)),
        at(0, 100, 200, 150),
        at(0, 150.05, 200, 200),
        shapely.orient_polygons(at(0, 200, 200, 250), exterior_cw=True),
        Polygon([corner for corner in at(0, 250, 200, 300).exterior.coords for _ in "12"]),
    ]
    layers = plan(at(0, 0, 200, 300), lots(*shapes))
    corners = [(0, 0), (80, 0), (80, 80), (0, 80), (0, 0.1)]
    nearly = LineString([(EAST + x, NORTH + y) for x, y in corners])
    layers["ChiGioiDuongDo_L"] = Drawn("L", [nearly], common(1))
    return layers


OFFERED = ["LINE_NOT_CLOSED", "POINTS_REPEATED", "RINGS_TURNED", "SPIKE_FOUND"]
MENDED = ["LINE_CLOSED", "POINTS_REMOVED", "RINGS_ALIGNED", "SPIKE_REMOVED"]


def test_every_repair_is_offered_and_nothing_is_changed_without_consent(tmp_path: Path) -> None:
    delivery = checked(tmp_path, flawed())
    assert set(OFFERED) <= set(told(delivery))
    assert all(one(delivery, code).kind.repairable for code in OFFERED)
    spike = one(delivery, "SPIKE_FOUND")
    assert place(spike).distance(Point(EAST + 130, NORTH + 50)) < 0.01
    assert spike.detail["change_m2"] == pytest.approx(-3, abs=0.01)
    assert one(delivery, "LINE_NOT_CLOSED").detail["added_m"] == pytest.approx(0.1)
    (version,) = delivery.versions
    assert version.zones.geom[0].equals(SPIKED)
    assert not shapely.is_closed(version.lines.geom[0].geoms[0])


def test_with_consent_they_are_made_told_and_what_remains_is_looked_at_again(
    tmp_path: Path,
) -> None:
    delivery = checked(tmp_path, flawed(), accept_repairs=True)
    codes = told(delivery)
    assert set(MENDED) <= set(codes)
    assert not set(OFFERED) & set(codes)
    assert not {"ZONE_OVERLAP", "ZONE_EDGES_APART"} & set(codes)
    (version,) = delivery.versions
    areas = version.zones.set_index("symbol").area_m2
    assert areas["L1"] == pytest.approx(10_000)
    assert shapely.is_closed(version.lines.geom[0].geoms[0])
    assert shapely.get_num_coordinates(version.zones.geom[5]) == 5


def test_small_gaps_are_snapped_with_consent_by_what_was_said(tmp_path: Path) -> None:
    drawn = lots(
        at(0, 0, 100.1, 100), at(100, 0, 200, 100), at(200.1, 0, 300, 100),
        at(0, 100, 300, 200), at(0, -100, 300, 0),
    )  # fmt: skip
    layers = plan(at(0, -100, 300, 200), drawn)
    offered = checked(tmp_path, layers, "a")
    assert set(told(offered)) == {"ZONE_EDGES_APART", "ZONE_GAP", "ZONE_OVERLAP"}
    taken = checked(tmp_path, layers, "b", accept_repairs=True)
    assert set(told(taken)) == {"ZONE_EDGES_SNAPPED"}
    assert len(told(taken)) == told(offered).count("ZONE_EDGES_APART")
    before, after = (
        delivery.versions[0].zones.set_index("symbol").area_m2 for delivery in (offered, taken)
    )
    assert after.sum() == pytest.approx(90_000, abs=1e-3)
    for issue in taken.issues:
        if issue.code == "ZONE_EDGES_SNAPPED":
            assert issue.value is not None
            change = after[issue.value] - before[issue.value]
            assert change == pytest.approx(issue.detail["change_m2"], abs=1e-3)
    unchanged = [symbol for symbol in after.index if abs(after[symbol] - before[symbol]) < 1e-3]
    assert len(unchanged) >= 3


def test_areas_drawn_as_lines_are_refused_or_made_areas(tmp_path: Path) -> None:
    rings = [LineString(at(x, 0, x + 100, 100).exterior.coords) for x in (0, 100)]
    layers = plan(at(0, 0, 200, 100), lots(*rings))
    layers[LOTS].kind = "L"
    refused = checked(tmp_path, layers, "a")
    assert told(refused) == ["AREA_DRAWN_AS_LINE"] * 2
    assert {i.detail["area_after_m2"] for i in refused.issues if i.code in told(refused)} == {1e4}
    assert refused.rejected
    taken = checked(tmp_path, layers, "b", accept_repairs=True)
    assert told(taken) == ["AREA_FROM_LINE"] * 2
    assert taken.versions[0].zones.area_m2.tolist() == pytest.approx([10_000, 10_000])


def test_heights_and_lines_given_twice_are_told(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path)
    lines = [LineString([(EAST, NORTH, 5), (EAST + 200, NORTH, 6)])] * 2
    drawn = gpd.GeoDataFrame(common(2), geometry=lines, crs=9210)
    drawn.to_file(folder / "HoSoGIS" / "QuyHoach.gpkg", layer="HanhLangAnToan_L", driver="GPKG")
    delivery = inspect(folder, tmp_path / "work")
    assert one(delivery, "GEOMETRY_FLATTENED").count == 2
    assert one(delivery, "FEATURE_TWICE").detail["other_row"] == 1


# Numbers


def balance(path: Path, *lines: list[Any]) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (["STT", "Chức năng sử dụng đất", "Diện tích (m2)", "Tỷ lệ (%)"], *lines):
        page.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def test_a_sound_plan_with_a_land_balance_table_has_no_finding(tmp_path: Path) -> None:
    layers = plan_layers()
    layers[LOTS].columns["danSo"] = np.array([400, 100], dtype=np.int32)
    layers[CELLS].columns |= {"dienTich": [20_000.0], "danSo": np.array([500], dtype=np.int32)}
    layers[BOUNDARY].columns |= {
        "dienTichQH": [20_000.0], "danSoQuyHoach": np.array([500], dtype=np.int32),
    }  # fmt: skip
    folder = write_dossier(tmp_path, layers=layers)
    balance(
        folder / "HoSoBASIC" / "VanBan" / "CanBang.xlsx",
        [1, "Nhóm nhà ở", 10_000, 50], [2, "Cây xanh công cộng", 10_000, 50],
        [None, "Tổng cộng", 20_000, 100],
    )  # fmt: skip
    assert told(inspect(folder, tmp_path / "work")) == []


def test_numbers_that_disagree_are_told_at_their_cells(tmp_path: Path) -> None:
    layers = plan_layers()
    layers[LOTS].columns |= {
        "dienTich": [12_000.0, 1.0],
        "tangCaoXayDung": ["≤ 7", "0"],
        "danSo": np.array([400, 100], dtype=np.int32),
    }
    layers[CELLS].columns |= {"dienTich": [9_000.0], "danSo": np.array([900], dtype=np.int32)}
    layers[BOUNDARY].columns |= {
        "dienTichQH": [26_000.0], "danSoQuyHoach": np.array([900], dtype=np.int32),
    }  # fmt: skip
    folder = write_dossier(tmp_path, layers=layers)
    balance(
        folder / "HoSoBASIC" / "VanBan" / "CanBang.xlsx",
        [1, "Nhóm nhà ở", 14_000, 70], [2, "Cây xanh công cộng", 6_000, 130],
        [None, "Tổng cộng", 20_000, 100],
    )  # fmt: skip
    broken = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook"}
    zip_of(folder / "HoSoBASIC" / "VanBan" / "Hong.xlsx", broken)
    delivery = inspect(folder, tmp_path / "work")
    assert told(delivery) == [
        "AREA_DIFFERS", "AREA_DIFFERS", "AREA_SUM_DIFFERS", "AREA_UNIT", "BALANCE_DIFFERS",
        "BALANCE_DIFFERS", "BALANCE_UNREADABLE", "FAR_TOO_HIGH", "PEOPLE_SUM_DIFFERS", "PLAN_AREA_DIFFERS",
        "PLAN_PEOPLE_DIFFER", "SHARE_OVER_HUNDRED",
    ]  # fmt: skip
    assert {i.level for i in delivery.issues if i.code.startswith(MINE)} == {"WARNING"}
    plan_area = one(delivery, "PLAN_AREA_DIFFERS")
    assert (plan_area.layer, plan_area.column, plan_area.value) == (BOUNDARY, "dienTichQH", "26000")
    people = one(delivery, "PLAN_PEOPLE_DIFFER")
    assert (people.value, people.detail["sum"]) == ("900", "500")
    assert people.geom is not None
    assert "2 lô (nhiều người nhất là A1-0" in people.message.vi
    assert one(delivery, "AREA_UNIT").row == 2
    assert one(delivery, "SHARE_OVER_HUNDRED").row == 3


# Limits of the gate's own


def test_spreadsheets_beyond_the_limit_are_said_not_to_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "MOST_SPREADSHEETS", 2)
    folder = write_dossier(tmp_path)
    for number in range(3):
        balance(folder / "HoSoBASIC" / "VanBan" / f"{number}.xlsx", [1, "Nhóm nhà ở", 10_000, 50])
    issue = one(inspect(folder, tmp_path / "work"), "LOOKED_AT_IN_PART")
    assert issue.level == "INFO"
    assert "trong 2 bảng tính đầu, có 4 bảng tính" in issue.message.vi
    assert "first 2 of 4 spreadsheets" in issue.message.en


def test_a_sheet_beyond_the_limit_is_said_to_be_read_in_part(tmp_path: Path) -> None:
    folder = write_dossier(tmp_path)
    path = folder / "HoSoBASIC" / "VanBan" / "Dai.xlsx"
    balance(path, *([number, f"Lô {number}", 1, 0] for number in range(5_100)))
    issue = one(inspect(folder, tmp_path / "work"), "LOOKED_AT_IN_PART")
    assert (issue.file, issue.layer) == ("HoSoBASIC/VanBan/Dai.xlsx", "Sheet")
    assert "trong 5.000 dòng" in issue.message.vi
    assert "has 5,101 and 4" in issue.message.en


def test_snapping_that_is_not_worked_out_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = at(0, 0, 100, 100), at(100.2, 0, 200, 100)
    monkeypatch.setattr(snapping, "MOST_POINTS", 5)
    delivery = checked(tmp_path, plan(at(0, 0, 200, 100), lots(*shapes)))
    assert told(delivery) == ["ZONE_GAP"]
    issue = one(delivery, "LOOKED_AT_IN_PART")
    assert issue.layer == LOTS
    assert "có 10 đỉnh, nhiều nhất 1.500.000" in issue.message.vi
