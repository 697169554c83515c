"""Hand-made Circular 16 dossiers for tests of the gate: small, in any format, easy to spoil."""

import shutil
import warnings
import zipfile
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pypdfium2
import shapely
from PIL import Image
from shapely import Geometry, box

from ingest.delivery import Delivery
from ingest.gate.pipeline import read_delivery
from ingest.gdal import pyogrio
from schemas.profiles import find_profile

EAST, NORTH = 603_000.0, 1_191_000.0
CODE, INFO = "79QPK1000001", "792521000001"
TODAY = date(2026, 11, 23)
DRIVERS = {"gpkg": "GPKG", "gdb": "OpenFileGDB", "shp": "ESRI Shapefile"}
DWG = b"AC1015" + bytes(15) + (3).to_bytes(4, "little") + bytes(27)
"""A drawing of nothing, whole by its marks."""
MINIMUM = ("maDoiTuong", "tenDoiTuong", "phanLoai", "ghiChu")
TYPES = {"A": "MultiPolygon", "L": "MultiLineString", "P": "Point"}

HOSO: dict[str, Any] = {
    "Mã hồ sơ": CODE,
    "Mã thông tin quy hoạch": INFO,
    "Tên đồ án": "Quy hoạch phân khu 1/2000 Phường Minh Họa",
    "Loại quy hoạch": "Quy hoạch phân khu đô thị",
    "Tỷ lệ": "1/2.000",
    "Số QĐ phê duyệt nhiệm vụ": "12/QĐ-UBND",
    "Ngày": date(2024, 5, 6),
    "Số QĐ phê duyệt quy hoạch": "345/QĐ-UBND",
    "Ngày ": date(2025, 3, 15),
    "Đơn vị tư vấn": "Viện Quy hoạch",
    "Đơn vị ra QĐ phê duyệt": "Ủy ban nhân dân Thành phố",
    "Tình trạng": "Đã phê duyệt",
    "Hệ tọa độ": "VN-2000, kinh tuyến trục 105°45', múi chiếu 3°",
    "Địa điểm": "Phường Minh Họa",
    "Chủ đầu tư": "Ủy ban nhân dân Phường",
    "Thư mục": "CSDL_MinhHoa",
    "Có HoSoBASIC": "Có",
    "Có HoSoGIS": "Có",
    "Từ khóa": "phân khu",
    "Ghi chú": "",
}


def square(east: float, north: float, side: float = 100.0) -> Geometry:
    """A square with its corner so many metres east and north of the test place."""
    return box(EAST + east, NORTH + north, EAST + east + side, NORTH + north + side)


@dataclass
class Drawn:
    """One layer to write: geometry letter, columns, shapes; `crs` None = the dossier's."""

    kind: str
    geoms: list[Geometry | None]
    columns: dict[str, list[Any]] = field(default_factory=dict)
    crs: str | None = None


def common(count: int) -> dict[str, list[Any]]:
    return {"maThongTinQH": [INFO] * count, "maHoSoQH": [CODE] * count}


def plan_layers() -> dict[str, Drawn]:
    """Boundary, two lots, one cell, lines of every kind, and a water pipe."""
    line = shapely.LineString([(EAST, NORTH), (EAST + 200, NORTH)])
    return {
        "RanhGioiQuyHoach_A": Drawn(
            "A",
            [box(EAST, NORTH, EAST + 200, NORTH + 100)],
            {
                **common(1),
                "tenDoAn": ["Quy hoạch phân khu 1/2000 Phường Minh Họa"],
                "soQDQH": ["345/QĐ-UBND"],
                "loaiDieuChinh": ["Lập mới"],
            },
        ),
        "ChucNangSuDungDat_A": Drawn(
            "A",
            [square(0, 0), square(100, 0)],
            {
                **common(2),
                "maDoiTuong": [" LO-1 ", "LO-2"],
                "tenDoiTuong": ["Lô ở", "Lô cây xanh"],
                "chucNangSuDungDatMuc1": ["Đất dân dụng", "Đất dân dụng"],
                "chucNangSuDungDatMuc2": ["Đất đơn vị ở", "Đất cây xanh"],
                "chucNangSuDungDatMuc3": ["Nhóm nhà ở", "Cây xanh công cộng"],
                "kyHieuLoDat": ["A1-01", "A1-02"],
                "dienTich": [10_000.0, 10_000.0],
                "danSo": np.array([400, 0], dtype=np.int32),
                "matDoXayDung": ["40-60", "-"],
                "tangCaoXayDung": ["≤ 14", "0"],
                "heSoSuDungDat": ["8,4", ""],
            },
        ),
        "PhanOQuyHoach_A": Drawn(
            "A",
            [box(EAST, NORTH, EAST + 200, NORTH + 100)],
            {**common(1), "kyHieuOQH": ["A1"], "dienTich": [20_000.0], "tangCaoXayDung": ["3÷5"]},
        ),
        "ChiGioiDuongDo_L": Drawn("L", [line], common(1)),
        "ChiGioiXayDung_L": Drawn("L", [line], {**common(1), "khoangLuiXayDung": ["3,5 m"]}),
        "HanhLangAnToan_L": Drawn("L", [line], {**common(1), "loaiRanhGioiHanhLang": ["Điện"]}),
        "MangLuoiGiaoThongDuongBo_L": Drawn(
            "L", [line], {**common(1), "tenDuong": ["Đường số 1"], "loGioi": ["24"]}
        ),
        "MangLuoiCapNuoc_L": Drawn("L", [line], {**common(1), "tenDoiTuong": ["Ống D300"]}),
    }


def completed(name: str, drawn: Drawn) -> Drawn:
    """The layer with every column that the profile maps or needs, empty where not given."""
    rules = find_profile("vn_circular16").layers
    rule = next((r for r in rules if (r.container, r.layer) == ("QuyHoach", name)), None)
    mapped = [s.column for s in rule.columns.values() if s.column] if rule else []
    minimum = [column for column in MINIMUM if rule and column in rule.attributes]
    empty = {column: [None] * len(drawn.geoms) for column in (*mapped, *minimum)}
    return replace(drawn, columns={**empty, **drawn.columns})


def write_layers(home: Path, form: str, layers: dict[str, Drawn], crs: str | None) -> None:
    """Write layers as `home`.gdb, `home`.gpkg, or as shapefiles in folder `home`."""
    home.parent.mkdir(parents=True, exist_ok=True)
    for name, drawn in layers.items():
        target = home.with_suffix(f".{form}")
        if form == "shp":
            home.mkdir(exist_ok=True)
            target = home / f"{name}.shp"
        write_layer(target, form, name, drawn, drawn.crs or crs)


def write_layer(target: Path, form: str, name: str, drawn: Drawn, crs: str | None) -> None:
    multi = drawn.kind in ("A", "L") and form != "shp"
    geoms = [as_multi(g) if multi and g is not None else g for g in drawn.geoms]
    kind = TYPES[drawn.kind]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Normalized/laundered field name")
        warnings.filterwarnings("ignore", "'crs' was not provided")
        _write(target, form, name, geoms, drawn, kind, crs)


def _write(
    target: Path,
    form: str,
    name: str,
    geoms: list[Geometry | None],
    drawn: Drawn,
    kind: str,
    crs: str | None,
) -> None:
    pyogrio.raw.write(
        target,
        shapely.to_wkb(np.array(geoms, dtype=object)),
        [column_array(values) for values in drawn.columns.values()],
        list(drawn.columns),
        layer=name,
        driver=DRIVERS[form],
        geometry_type=kind.removeprefix("Multi") if form == "shp" else kind,
        crs=crs,
        append=target.exists() and form != "shp",
        encoding="UTF-8" if form == "shp" else None,
    )


def column_array(values: Any) -> Any:
    if isinstance(values, np.ndarray):
        return values
    numbers = all(isinstance(value, float) for value in values)
    return np.array(values, dtype=float if numbers else object)


def as_multi(geometry: Geometry) -> Geometry:
    build = {"Polygon": shapely.multipolygons, "LineString": shapely.multilinestrings}
    make = build.get(geometry.geom_type)
    return geometry if make is None else make([geometry])


def write_workbook(
    path: Path,
    hoso: dict[str, Any] | None = None,
    papers: list[list[Any]] | None = None,
    drawings: list[list[Any]] | None = None,
    leave_out: tuple[str, ...] = (),
) -> None:
    """The workbook of a dossier; `hoso` changes cells of the one row."""
    row = {**HOSO, **(hoso or {})}
    book = openpyxl.Workbook()
    book.remove(book.active)
    sheets = {
        "HoSo": [[name.strip() for name in row], list(row.values())],
        "BanVe": [
            ["Mã hồ sơ", "Số hiệu bản vẽ", "Tên rút gọn", "Tên bản vẽ", "Số tờ", "Tên thư mục",
             "Tỷ lệ", "Ghi chú"],
            *(drawings or []),
        ],
        "VanBan": [
            ["Mã hồ sơ", "Mã văn bản/Tên file", "Tên văn bản", "Loại văn bản", "Số hiệu",
             "Trích yếu", "Ngày ký", "Đơn vị ban hành", "Số trang", "Ghi chú"],
            *(papers or []),
        ],
    }  # fmt: skip
    for name, rows in sheets.items():
        if name not in leave_out:
            sheet = book.create_sheet(name)
            for cells in rows:
                sheet.append(cells)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


OTHER_GEODATABASES = {
    "NenDiaHinh": ("GhiChu_P", "P"),
    "HienTrang": ("DuAnLienQuan_A", "A"),
    "MocGioi": ("MocGioiQuyHoach_P", "P"),
}


def papers_of(code: str = CODE) -> list[list[Any]]:
    """The lines of sheet VanBan."""
    return [
        [code, "QD_345", "Quyết định phê duyệt", "Quyết định", "345/QĐ-UBND",
         "Phê duyệt đồ án", date(2025, 3, 15), "UBND Thành phố", 5, ""],
        [code, "QDQL.pdf", "Quy định quản lý", "Quy định quản lý", "",
         "Quản lý theo đồ án", date(2025, 3, 15), "UBND Thành phố", 2, ""],
    ]  # fmt: skip


def paper_line(name: str, kind: str = "Tờ trình", day: object = date(2025, 1, 5)) -> list[Any]:
    """One more line of sheet VanBan: a paper of one page."""
    return [CODE, name, kind, kind, "", "", day, "UBND", 1, ""]


def drawings_of(code: str = CODE) -> list[list[Any]]:
    """The lines of sheet BanVe."""
    return [[code, "QH-04", "SDD", "Bản đồ sử dụng đất", 1, "QH04_SuDungDat", "1/2000", ""]]


@cache
def pdf(pages: int) -> bytes:
    """A PDF of empty A4 pages, as a word processor would write it."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


@cache
def jpg(dpi: int | None) -> bytes:
    """A small picture that states its density, or does not."""
    written = BytesIO()
    picture = Image.new("RGB", (40, 30), "white")
    picture.save(written, "JPEG", **({} if dpi is None else {"dpi": (dpi, dpi)}))
    return written.getvalue()


def write_dossier(
    folder: Path,
    form: str = "gpkg",
    layers: dict[str, Drawn] | None = None,
    hoso: dict[str, Any] | None = None,
    crs: str | None = "EPSG:9210",
) -> Path:
    """A whole package of Appendix II; returns its folder."""
    top = folder / "CSDL_MinhHoa"
    drawn = {name: completed(name, one) for name, one in (layers or plan_layers()).items()}
    write_layers(top / "HoSoGIS" / "QuyHoach", form, drawn, crs)
    for home, (name, kind) in OTHER_GEODATABASES.items():
        empty = Drawn(kind, [], {column: [] for column in common(0)})
        write_layers(top / "HoSoGIS" / home, form, {name: empty}, crs)
    write_papers(top, hoso)
    return top


def write_papers(top: Path, hoso: dict[str, Any] | None = None) -> None:
    """All that a package has besides its geodatabases."""
    code = (hoso or {}).get("Mã hồ sơ", CODE)
    book = top / "HoSoScan" / f"{code.replace('/', '-')}.xlsx"
    write_workbook(book, hoso, papers_of(code), drawings_of(code))
    put(top / "HoSoScan" / "VanBan" / "QD_345.pdf", pdf(5))
    put(top / "HoSoScan" / "VanBan" / "QDQL.pdf", pdf(2))
    put(top / "HoSoScan" / "BanVe" / "QH04_SuDungDat" / "QH04.jpg", jpg(300))
    put(top / "HoSoBASIC" / "BanVe" / "QH04.dwg", DWG)
    put(top / "HoSoBASIC" / "BanVe" / "Thumbs.db", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def zipped(folder: Path) -> Path:
    """The folder as a zip beside it, its own name on top."""
    return Path(shutil.make_archive(str(folder), "zip", folder.parent, folder.name))


def zip_of(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in members.items():
            pack.writestr(name, content)
    return path


def inspect(path: Path, workdir: Path, **wishes: Any) -> Delivery:
    """The gate with the tests' usual wishes."""
    workdir.mkdir(parents=True, exist_ok=True)
    return read_delivery(
        path, **{"storage_srid": 9210, "workdir": workdir, "today": TODAY, **wishes}
    )


TOLD_TO_EVERY_ONE = frozenset(
    {
        "READER_GUARD",
        "CRS_PROVEN",
        "CRS_NOT_PROVEN",
        "CRS_WITHOUT_EVIDENCE",
        "CRS_READINGS",
        "DRAWINGS_NOT_OPENED",
        "PLACE_UNKNOWN",
    }
)
"""What a delivery says of this machine, how far its coordinates prove its labels, that its
place is invented, and of what it holds that nothing here opens."""


def codes(delivery: Delivery, *levels: str) -> list[str]:
    """Issue codes of a delivery, those of the given levels, without what every one is told."""
    found = [issue for issue in delivery.issues if issue.code not in TOLD_TO_EVERY_ONE]
    return [issue.code for issue in found if not levels or issue.level in levels]
