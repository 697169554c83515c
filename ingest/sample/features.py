"""The planned content of a dossier as objects of `QuyHoach` and `MocGioi` classes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import shapely
from shapely import MultiLineString, MultiPolygon, Point

from ingest.sample.circular import Feature
from ingest.sample.dossier import Dossier
from ingest.sample.lines import RoadLine
from ingest.sample.norms import FUNCTIONS
from ingest.sample.tiling import joined
from ingest.sample.zones import Face, Zone, faces

PLAN, MARKS = "QuyHoach", "MocGioi"


def core_features(dossier: Dossier) -> list[Feature]:
    """Boundary, zones and lines: what every plan has."""
    return [
        boundary_feature(PLAN, dossier),
        *(_zone_feature(zone) for zone in dossier.zones),
        *_line_features(dossier),
        *boundary_marks(dossier),
    ]


def boundary_feature(geodatabase: str, dossier: Dossier) -> Feature:
    """The plan's footprint with its decisions."""
    people = sum(zone.population or 0 for zone in dossier.zones)
    values: dict[str, object] = {
        "tenDoiTuong": "Ranh giới quy hoạch",
        "maHoSoScan": dossier.code,
        "tyLe": dossier.scale,
        "tenDoAn": dossier.name,
        "diaDiemQH": dossier.place,
        "danSoHienTrang": dossier.existing_people,
        "danSoQuyHoach": people,
        "dienTichQH": round(dossier.boundary.area, 1),
        "chiTieuCapNuoc": "150 lít/người/ngày đêm",
        "chiTieuTNTvaVSMT": "≥ 80% lượng nước cấp; 1,0 kg/người/ngày",
        "chiTieuCapDien": "3-5 kW/hộ",
        "chiTieuTTLL": "1 thuê bao/hộ",
        "soQDNV": dossier.brief_no,
        "ngayQDNV": dossier.brief_date,
        "soQDQH": dossier.decision_no,
        "ngayQDQH": dossier.decision_date,
        "chuDauTu": dossier.investor,
        "donViTuVan": dossier.consultant,
        "coQuanPheduyet": dossier.authority,
        "trangThaiDoAn": dossier.status,
    }
    return Feature(geodatabase, "RanhGioiQuyHoach_A", dossier.boundary, values)


def _zone_feature(zone: Zone) -> Feature:
    function = FUNCTIONS[zone.function]
    values: dict[str, object] = {
        "tenDoiTuong": f"{function.level2} {zone.symbol}",
        "chucNangSuDungDatMuc1": function.level1,
        "chucNangSuDungDatMuc2": function.level2,
        "chucNangSuDungDatMuc3": function.level3,
        "kyHieuLoDat": zone.symbol,
        "dienTich": round(zone.ground.area, 1),
        "danSo": zone.population,
        "matDoXayDung": zone.norms.density,
        "tangCaoXayDung": zone.norms.storeys,
        "heSoSuDungDat": zone.norms.far,
        "trangThaiQuyHoach": zone.status,
    }
    return Feature(PLAN, "ChucNangSuDungDat_A", zone.ground, values)


def _line_features(dossier: Dossier) -> Iterator[Feature]:
    for line in dossier.red_lines:
        name = f"Chỉ giới đường đỏ {line.street.name}"
        yield Feature(PLAN, "ChiGioiDuongDo_L", line.ground, _length(name, line.ground))
    for line in dossier.building_lines:
        name = f"Chỉ giới xây dựng {line.street.name}"
        values = {**_length(name, line.ground), "khoangLuiXayDung": f"{line.setback_m:g}"}
        yield Feature(PLAN, "ChiGioiXayDung_L", line.ground, values)
    for line in dossier.axes:
        yield Feature(PLAN, "MangLuoiGiaoThongDuongBo_L", line.ground, _road(line))
        yield from _axis_points(line)


def _length(name: str, ground: MultiLineString) -> dict[str, object]:
    return {
        "tenDoiTuong": name,
        "trangThaiQuyHoach": "Quy hoạch",
        "chieuDai": round(ground.length, 2),
    }


def _road(line: RoadLine) -> dict[str, object]:
    pavement = 5.0 if line.width_m >= 20 else 4.0 if line.width_m >= 16 else 3.0
    carriageway = line.width_m - 2 * pavement
    return {
        "tenDoiTuong": f"Tim {line.street.name}",
        "tenDuong": line.street.name,
        "loaiDuong": line.street.grade or "Đường nhóm nhà ở",
        "chieuDai": round(line.ground.length, 2),
        "loGioi": f"{line.width_m:.1f}".replace(".", ","),
        "kyHieuMatCat": f"{line.width_m:g}-{line.width_m:g}",
        "longDuong": f"{carriageway:g}",
        "viaHe": f"{pavement:g} x 2",
        "soPhanDuongXeChay": 2 if line.width_m >= 24 else 1,
        "trangThaiQuyHoach": "Quy hoạch",
    }


def _axis_points(line: RoadLine) -> Iterator[Feature]:
    """Coordinates of the ends of a centre line; X is the northing, as Vietnamese tables write."""
    for part in line.ground.geoms:
        for east, north in (part.coords[0], part.coords[-1]):
            values: dict[str, object] = {
                "tenDoiTuong": f"Tim {line.street.name}",
                "toaDoX": round(north, 3),
                "toaDoY": round(east, 3),
            }
            name = "DiemToaDoTimDuongChuyenHuongTimDuong_P"
            yield Feature(PLAN, name, Point(east, north), values)


def boundary_marks(dossier: Dossier) -> Iterator[Feature]:
    """Boundary stones at every turn, and the area and line they mark out."""
    outline = dossier.boundary.simplify(0.5)
    corners = shapely.get_coordinates(outline)[:-1]
    for number, (east, north) in enumerate(corners, 1):
        values: dict[str, object] = {
            "tenDoiTuong": f"M{number:03d}",
            "loaiMocTimDuong": "Mốc ranh giới",
            "toaDoX": round(float(north), 3),
            "toaDoY": round(float(east), 3),
            "caoDo": round(1.6 + (number % 7) * 0.1, 2),
        }
        yield Feature(MARKS, "MocGioiQuyHoach_P", Point(east, north), values)
    named: dict[str, object] = {"tenDoiTuong": "Ranh giới cắm mốc"}
    ring = MultiLineString([part.exterior for part in dossier.boundary.geoms])
    yield Feature(MARKS, "MocGioiQuyHoach_L", ring, named)
    yield Feature(MARKS, "MocGioiQuyHoach_A", dossier.boundary, named)


def area_features() -> Iterator[Feature]:
    """Planning areas (A, B, C) and planning blocks of the zoning plan; both tile its boundary."""
    areas: dict[str, list[Face]] = defaultdict(list)
    blocks: dict[str, list[Face]] = defaultdict(list)
    for face in faces():
        areas[face.district].append(face)
        column, row = face.cell
        block = f"{face.district}-{6 * row + column + 1:02d}"
        blocks[block if face.kind == "cell" else f"{face.district}-HT"].append(face)
    norms: dict[str, object] = {
        "matDoXayDung": "≤ 60",
        "tangCaoXayDung": "1÷15",
        "heSoSuDungDat": "-",
    }
    for symbol, own in sorted(areas.items()):
        values = {**norms, "kyHieuKhuQH": symbol, **_block(f"Phân khu {symbol}", own)}
        yield Feature(PLAN, "PhanKhuQuyHoach_A", _ground(own), values)
    for symbol, own in sorted(blocks.items()):
        empty = symbol.endswith("HT")
        values = {**({} if empty else norms), "kyHieuOQH": symbol, **_block(f"Ô {symbol}", own)}
        values["phanLoai"] = "Ô hạ tầng kỹ thuật" if empty else "Ô quy hoạch"
        yield Feature(PLAN, "PhanOQuyHoach_A", _ground(own), values)


def _ground(own: Sequence[Face]) -> MultiPolygon:
    return joined([face.ground for face in own])


def _block(name: str, own: Sequence[Face]) -> dict[str, object]:
    return {
        "tenDoiTuong": name,
        "dienTich": round(sum(face.ground.area for face in own), 1),
        "chiTieuCapNuoc": "150 lít/người/ngày đêm",
    }
