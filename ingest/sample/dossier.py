"""The three dossiers: who made which plan, when, under which code, and what it contains."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shapely import MultiPolygon

from ingest.sample import adjustment, detailed, lines, zones
from ingest.sample.lines import RoadLine
from ingest.sample.place import WARD
from ingest.sample.zones import Zone

INVENTED_MARK = "DỮ LIỆU MINH HỌA"
AUTHORITY = "Ủy ban nhân dân Phường Minh Họa (minh họa)"
CRS_TEXT = "VN-2000, kinh tuyến trục 105°45', múi chiếu 3°"
_NAME_END = "(minh họa, dữ liệu bịa)"
_ZONING_NAME = f"Quy hoạch phân khu tỷ lệ 1/2000 Khu trung tâm Minh Họa {_NAME_END}"


@dataclass(frozen=True)
class Dossier:
    """One plan version as an authority delivers it.

    `code`: maHoSoQH; `info_code`: maThongTinQH; `folder`: CSDL_<folder>; `legal_columns`: the
    workbook has the 19 columns of the circular's text instead of the 20 of its list;
    `dates_as_text`: the workbook writes dates as 20/06/2024.
    """

    code: str
    info_code: str
    folder: str
    name: str
    plan_type: str
    level: str
    adjustment: str
    scale: str
    brief_no: str
    brief_date: date
    decision_no: str
    decision_date: date
    status: str
    existing_people: int
    legal_columns: bool
    dates_as_text: bool
    zones: Sequence[Zone]
    boundary: MultiPolygon
    red_lines: Sequence[RoadLine]
    building_lines: Sequence[RoadLine]
    axes: Sequence[RoadLine]

    authority: str = AUTHORITY
    consultant: str = "Công ty Tư vấn Quy hoạch Minh Họa (minh họa)"
    investor: str = "Ban Quản lý dự án Phường Minh Họa (minh họa)"
    place: str = f"{WARD[1]}, Tỉnh Minh Họa (địa danh bịa)"

    @property
    def common(self) -> dict[str, object]:
        """Attributes that every object of the dossier carries."""
        return {
            "maThongTinQH": self.info_code,
            "maHoSoQH": self.code,
            "ghiChu": "Dữ liệu minh họa, không có thật",
            "loaiQuyHoach": "Quy hoạch đô thị",
            "loaiDieuChinh": self.adjustment,
            "capDoQuyHoach": self.level,
        }

    @property
    def slug(self) -> str:
        """The decision's number as file names carry it."""
        return self.decision_no.replace("/", "-").replace("Đ", "D")


def zoning_plan() -> Dossier:
    """(a) The zoning plan 1/2000 of 2024."""
    return Dossier(
        code="99QPK1000001",
        info_code="992421000001",
        folder="PhanKhuMinhHoa",
        name=_ZONING_NAME,
        plan_type="Quy hoạch phân khu đô thị",
        level="Quy hoạch phân khu",
        adjustment="Lập mới",
        scale="1/2000",
        brief_no="03/QĐ-UBND",
        brief_date=date(2023, 9, 5),
        decision_no="12/QĐ-UBND",
        decision_date=date(2024, 6, 20),
        status="Đã phê duyệt",
        existing_people=21_400,
        legal_columns=False,
        dates_as_text=False,
        zones=zones.zones(),
        boundary=zones.boundary(),
        red_lines=lines.red_lines(),
        building_lines=lines.building_lines(),
        axes=lines.road_axes(),
    )


def local_adjustment() -> Dossier:
    """(b) The local adjustment of 2026: only what lies inside its small boundary."""
    return Dossier(
        code="99QPK1010001",
        info_code="992621200001",
        folder="DieuChinhCucBoPhanKhuMinhHoa",
        name=f"Điều chỉnh cục bộ {_ZONING_NAME[0].lower()}{_ZONING_NAME[1:]}",
        plan_type="Quy hoạch phân khu đô thị",
        level="Quy hoạch phân khu",
        adjustment="Điều chỉnh cục bộ",
        scale="1/2000",
        brief_no="40/QĐ-UBND",
        brief_date=date(2025, 12, 10),
        decision_no="45/QĐ-UBND",
        decision_date=date(2026, 3, 15),
        status="Điều chỉnh cục bộ, đã phê duyệt",
        existing_people=900,
        legal_columns=True,
        dates_as_text=True,
        zones=adjustment.zones(),
        boundary=adjustment.boundary(),
        red_lines=[adjustment.red_line()],
        building_lines=[adjustment.building_line()],
        axes=[adjustment.axis()],
    )


def detailed_plan() -> Dossier:
    """(c) The detailed plan 1/500 of 2025."""
    red, building, axes = detailed.lines()
    return Dossier(
        code="99QCT1000001",
        info_code="992531000001",
        folder="ChiTietKhuDongMinhHoa",
        name=f"Quy hoạch chi tiết tỷ lệ 1/500 Khu nhà ở Đông Minh Họa {_NAME_END}",
        plan_type="Quy hoạch chi tiết đô thị",
        level="Quy hoạch chi tiết",
        adjustment="Lập mới",
        scale="1/500",
        brief_no="61/QĐ-UBND",
        brief_date=date(2025, 2, 18),
        decision_no="77/QĐ-UBND",
        decision_date=date(2025, 9, 10),
        status="Đã phê duyệt",
        existing_people=1_650,
        legal_columns=False,
        dates_as_text=True,
        zones=detailed.zones(),
        boundary=detailed.boundary(),
        red_lines=red,
        building_lines=building,
        axes=axes,
    )
