"""A delivery by hand with findings of every sort, for the tests of its reports."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from shapely import MultiPolygon, Polygon, box

from ingest.delivery import DeliveredFile, DeliveredVersion, Delivery
from schemas.crs import project_one
from schemas.issues import Issue

SRID = 9210
EAST, NORTH = 603_000.0, 1_191_000.0
GIS, LAYER = "CSDL_Thử/QuyHoach.gpkg", "ChucNangSuDungDat_A"
BOOK = "CSDL_Thử/79QPK1000001.xlsx"
DDE = '=cmd|"/C calc"!A0'
SCRIPT = "<script>document.title = 'hỏng'</script>"


def zone(column: int, row: int) -> Polygon:
    """A lot of 55 m × 45 m in the storage CRS."""
    return box(EAST + column * 60, NORTH + row * 50, EAST + column * 60 + 55, NORTH + row * 50 + 45)


def lonlat(shape: Any) -> Any:
    return project_one(shape, SRID, 4326)


def version() -> DeliveredVersion:
    zones = [zone(column, row) for column in range(12) for row in range(9)]
    none = pd.DataFrame({"geom": []})
    return DeliveredVersion(
        plan_id="p",
        plan_code="79QPK1000001",
        plan_name="Quy hoạch phân khu phường Thử <b>",
        plan_kind="QHPK",
        plan_level="zoning",
        authority="Ủy ban nhân dân",
        adjustment_kind="first",
        decision_no="345/QĐ-UBND",
        decision_date=date(2025, 3, 15),
        valid_from=date(2025, 3, 15),
        valid_to=None,
        national_status=None,
        scale=2000,
        tolerance_m=1.0,
        representation="vector",
        boundary=MultiPolygon([box(EAST - 20, NORTH - 20, EAST + 730, NORTH + 460)]),
        themes=frozenset(),
        zones=pd.DataFrame({"geom": zones}),
        lines=none,
        features=none,
    )


def invalid(row: int, **more: Any) -> Issue:
    place = lonlat(zone(row % 12, row % 9).centroid)
    detail = {"reason": "tự cắt", "change_m2": 12.5, **more}
    return Issue("GEOMETRY_INVALID", GIS, LAYER, row, geom=place, detail=detail)


def findings() -> list[Issue]:
    """One error with a place, texts before and after, hostile values in cells and names."""
    samples = [{"before": "§Êt ë", "after": "Đất ở"}, {"before": "C©y xanh", "after": "Cây xanh"}]
    restored = {"encoding": "TCVN3", "before": "§Êt ë", "after": "Đất ở", "samples": samples}
    return [
        Issue("TEXT_RESTORED", GIS, LAYER, 0, "tênĐốiTượng", "§Êt ë", 214, detail=restored),
        Issue("NUMBER_UNREADABLE", BOOK, "HoSo", 2, "Tỷ lệ", DDE, detail={"cell": "C2"}),
        Issue("NUMBER_UNREADABLE", BOOK, "HoSo", 2, "Tên đồ án", SCRIPT, detail={"cell": "B2"}),
        Issue("READER_REMARK", "Thư mục/Tệp – “lạ”.gpkg", LAYER, value="\x1b[31mđỏ\x07"),
        invalid(3),
    ]


def delivery(issues: list[Issue] | tuple[Issue, ...], **changes: Any) -> Delivery:
    values: dict[str, Any] = {
        "sha256": "ab" * 32,
        "name": "CSDL_Thử.zip",
        "kind": "plan",
        "profile": "vn_circular16",
        "profile_hash": "0" * 64,
        "invented": False,
        "files": (),
        "versions": (version(),),
        "issues": tuple(issues),
    }
    return Delivery(**{**values, **changes})


def delivered_book(folder: Path) -> DeliveredFile:
    """A workbook as a planner, or an attacker, would deliver it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "HoSo"
    sheet.append(["Mã hồ sơ", "Tên đồ án", "Tỷ lệ"])
    sheet.append(["79QPK1000001", SCRIPT, "1/2000"])
    sheet["C2"].comment = openpyxl.comments.Comment("ghi chú của người lập", "người lập")
    sheet["D2"] = DDE
    sheet["A2"].hyperlink = "https://example.com/"
    sheet.merge_cells("E1:F1")
    path = folder / "delivered.xlsx"
    book.save(path)
    data = path.read_bytes()
    return DeliveredFile(
        BOOK, path, hashlib.sha256(data).hexdigest(), "workbook", "application/xlsx", len(data)
    )
