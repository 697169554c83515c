"""What else a zoning dossier carries: networks, corridors, terrain, and the place of today."""

from collections import defaultdict
from collections.abc import Iterator
from random import Random

import shapely
from shapely import LineString, MultiLineString, Point

from ingest.sample.cadastre import Parcel, parcels
from ingest.sample.circular import Feature
from ingest.sample.dossier import Dossier
from ingest.sample.features import PLAN, boundary_feature
from ingest.sample.lines import (
    RoadLine,
    beside,
    canal_corridor,
    power_corridor,
    power_line,
    road_axes,
)
from ingest.sample.place import WARD, dense, to_ground
from ingest.sample.streets import local_streets, main_streets
from ingest.sample.tiling import as_lines, joined
from ingest.sample.zones import boundary, faces, zones

SEED = 20_240_622
TODAY, TERRAIN = "HienTrang", "NenDiaHinh"
LAND_NAMES = {
    "ODT": "Đất ở tại đô thị",
    "ODT+CLN": "Đất ở tại đô thị và đất trồng cây lâu năm",
    "CLN": "Đất trồng cây lâu năm",
    "TMD": "Đất thương mại, dịch vụ",
    "DGT": "Đất công trình giao thông",
    "SON": "Đất sông, ngòi, kênh, rạch, suối",
    "NTS": "Đất nuôi trồng thủy sản",
    "LUC": "Đất chuyên trồng lúa",
    "DGD": "Đất cơ sở giáo dục và đào tạo",
    "DYT": "Đất cơ sở y tế",
    "NTD": "Đất nghĩa trang",
}


def network_features() -> Iterator[Feature]:
    """Corridors, pipes, cables and the points that belong to them."""
    yield from _corridors()
    for axis in road_axes():
        yield from _pipes(axis)
    yield _line(PLAN, "MangLuoiPhanPhoiDien_L", "Đường dây 110 kV", power_line(), dienThe=110.0)
    for number, (u, v) in enumerate(((-520, 230), (-120, 560), (300, -110), (640, 560)), 1):
        values: dict[str, object] = {
            "tenDoiTuong": f"Trạm biến áp T{number}",
            "tenTramBienAp": f"Trạm biến áp T{number}",
            "congSuat": "560 kVA",
        }
        yield Feature(PLAN, "CongTrinhCapDien_P", _place(u, v), values)
    for number, (u, v) in enumerate(((-700, 60), (120, 60), (470, 400), (800, 720)), 1):
        stop: dict[str, object] = {
            "tenDoiTuong": f"Nút giao {number}",
            "tenCongTrinh": f"Nút giao {number}",
            "loaiCongTrinh": "Nút giao cùng mức",
        }
        yield Feature(PLAN, "CongTrinhGiaoThong_P", _place(u, v), stop)
    focus: dict[str, object] = {
        "tenDoiTuong": "Điểm nhấn",
        "tenDiemNhanChinh": "Quảng trường Bến Mẫu",
    }
    yield Feature(PLAN, "DiemNhanChinh_P", _place(40, 100), focus)
    yield from _water_surface()


def _corridors() -> Iterator[Feature]:
    for name, kind, ground in (
        ("Hành lang bảo vệ Rạch Minh Họa", "Hành lang bảo vệ sông, rạch", canal_corridor()),
        ("Hành lang an toàn đường dây 110 kV", "Hành lang an toàn lưới điện", power_corridor()),
    ):
        yield _line(PLAN, "HanhLangAnToan_L", name, ground, loaiRanhGioiHanhLang=kind)


def _pipes(axis: RoadLine) -> Iterator[Feature]:
    name = axis.street.name
    water, cable, drain = (beside(axis, share) for share in (0.72, -0.78, -0.5))
    yield _line(PLAN, "MangLuoiCapNuoc_L", f"Ống cấp nước {name}", water, duongKinh="D150")
    yield _line(PLAN, "MangLuoiPhanPhoiDien_L", f"Cáp 22 kV {name}", cable, dienThe=22.0)
    yield _line(PLAN, "MangLuoiThoatNuocMua_L", f"Cống {name}", drain, duongKinh="D800")


def _water_surface() -> Iterator[Feature]:
    water = [zone.ground for zone in zones() if zone.kind == "water"]
    values: dict[str, object] = {
        "tenDoiTuong": "Rạch Minh Họa",
        "loaiMatNuoc": "Kênh, rạch",
        "dienTich": round(joined(water).area, 1),
    }
    yield Feature(PLAN, "MatNuoc_A", joined(water), values)


def _line(
    geodatabase: str, name: str, title: str, ground: MultiLineString, **more: object
) -> Feature:
    values = {"tenDoiTuong": title, "chieuDai": round(ground.length, 2), **more}
    return Feature(geodatabase, name, ground, values)


def _place(u: float, v: float) -> Point:
    return to_ground(Point(u, v))


def terrain_features() -> Iterator[Feature]:
    """Spot heights, contour lines, banks and a few place names."""
    rng = Random(SEED)  # noqa: S311 - a drawing, not a secret
    shapely.prepare(boundary())
    for u in range(-760, 940, 85):
        for v in range(-780, 900, 85):
            place = _place(u + rng.uniform(-20, 20), v + rng.uniform(-20, 20))
            if boundary().covers(place):
                height: dict[str, object] = {"caoDo": round(1.4 + rng.random() * 1.2, 2)}
                yield Feature(TERRAIN, "DiemDoCao_P", place, height)
    for level, v in ((1.5, -420), (2.0, 180), (2.5, 610)):
        line = to_ground(
            dense(LineString([(-700, v), (-350, v + 60), (300, v - 25), (840, v + 40)]))
        )
        yield Feature(TERRAIN, "DuongDongMuc_L", MultiLineString([line]), {"caoDo": level})
    banks = as_lines(joined([z.ground for z in zones() if z.kind == "water"]).boundary)
    yield Feature(TERRAIN, "NenDiaHinh_L", banks, {"tenDoiTuong": "Bờ rạch"})
    for name, (u, v) in (("Rạch Minh Họa", (-70, 300)), ("Bến Mẫu", (60, 80))):
        yield Feature(TERRAIN, "GhiChu_P", _place(u, v), {"tenDoiTuong": name})


def today_features(dossier: Dossier) -> Iterator[Feature]:
    """Land use, streets and a name of today, inside the plan."""
    yield boundary_feature(TODAY, dossier)
    yield from _land_use_today()
    for street in (*main_streets(), *local_streets()):
        ground = as_lines(street.ground_axis().intersection(boundary()))
        if ground.is_empty:
            continue
        width = f"{street.existing_m:g}"
        name = "MangLuoiGiaoThongDuongBo_L"
        yield _line(TODAY, name, street.name, ground, tenDuong=street.name, loGioi=width)
    ward: dict[str, object] = {"tenDoiTuong": WARD[1], "loaiTenDVHC": "Phường"}
    yield Feature(TODAY, "TenDonViHanhChinh_P", _place(0, 0), ward)


def _land_use_today() -> Iterator[Feature]:
    """Parcels of one land code in one planning block, joined."""
    groups: dict[tuple[str, tuple[int, int]], list[Parcel]] = defaultdict(list)
    for parcel, cell in _parcels_in_cells():
        groups[parcel.land_code, cell].append(parcel)
    for (code, _), own in sorted(groups.items(), key=lambda group: group[0]):
        ground = joined([parcel.ground for parcel in own])
        values: dict[str, object] = {
            "tenDoiTuong": LAND_NAMES.get(code, code),
            "chucNangSuDungDatMuc1": LAND_NAMES.get(code, code),
            "kyHieuLoDat": code,
            "dienTich": round(ground.area, 1),
            "trangThaiQuyHoach": "Hiện trạng",
        }
        yield Feature(TODAY, "ChucNangSuDungDat_A", ground, values)


def _parcels_in_cells() -> Iterator[tuple[Parcel, tuple[int, int]]]:

    found = faces()
    tree = shapely.STRtree([face.ground for face in found])
    everyone = parcels()
    points = shapely.point_on_surface([parcel.ground for parcel in everyone])
    pairs = sorted(zip(*tree.query(points, predicate="intersects"), strict=True))
    for one, face in pairs:
        yield everyone[int(one)], found[int(face)].cell
