"""The dossier's workbook `<MaHoSo>.xlsx`: sheets HoSo, BanVe, VanBan as the circular lists them."""

import re
import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font

from ingest.sample.dossier import CRS_TEXT, INVENTED_MARK, Dossier
from ingest.sample.fixed import write_zip

PLAN_COLUMNS = (
    "Mã hồ sơ", "Mã thông tin quy hoạch", "Tên đồ án", "Loại quy hoạch", "Tỷ lệ",
    "Số QĐ phê duyệt nhiệm vụ", "Ngày", "Số QĐ phê duyệt quy hoạch", "Ngày", "Đơn vị tư vấn",
    "Đơn vị ra QĐ phê duyệt", "Tình trạng", "Hệ tọa độ", "Địa điểm", "Chủ đầu tư", "Thư mục",
    "Có HoSoBASIC", "Có HoSoGIS", "Từ khóa", "Ghi chú",
)  # fmt: skip
DRAWING_COLUMNS = (
    "Mã hồ sơ", "Số hiệu bản vẽ", "Tên rút gọn", "Tên bản vẽ", "Số tờ", "Tên thư mục", "Tỷ lệ",
    "Ghi chú",
)  # fmt: skip
PAPER_COLUMNS = (
    "Mã hồ sơ", "Mã văn bản/Tên file", "Tên văn bản", "Loại văn bản", "Số hiệu", "Trích yếu",
    "Ngày ký", "Đơn vị ban hành", "Số trang", "Ghi chú",
)  # fmt: skip
DRAWING_FOLDER = "QuyHoachSuDungDat"
FIXED = datetime(2026, 4, 1)  # noqa: DTZ001 - Excel knows no zones

Row = tuple[object, ...]


def write_workbook(path: Path, dossier: Dossier) -> Path:
    """Write the workbook; equal input gives equal bytes."""
    book = Workbook()
    book.remove(book.worksheets[0])
    _sheet(book, "HoSo", *_plan_sheet(dossier))
    _sheet(book, "BanVe", DRAWING_COLUMNS, [_drawing_row(dossier)])
    _sheet(book, "VanBan", PAPER_COLUMNS, [_decision_row(dossier), _regulation_row(dossier)])
    book.properties.creator = "Sổ Quy Hoạch"
    book.properties.created = FIXED
    raw = BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as made:
        entries = {name: _dated(name, made.read(name)) for name in sorted(made.namelist())}
    return write_zip(path, entries)


def _dated(name: str, content: bytes) -> bytes:
    """The time of saving replaced by the fixed one."""
    if name != "docProps/core.xml":
        return content
    fixed = FIXED.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + fixed, content)


def _sheet(book: Workbook, title: str, columns: Row, rows: list[Row]) -> None:
    sheet = book.create_sheet(title)
    sheet.append(columns)
    for row in rows:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)


def _date(dossier: Dossier, day: date) -> object:
    return day.strftime("%d/%m/%Y") if dossier.dates_as_text else day


def _plan_sheet(dossier: Dossier) -> tuple[Row, list[Row]]:
    row: Row = (
        dossier.code,
        dossier.info_code,
        dossier.name,
        dossier.plan_type,
        dossier.scale,
        dossier.brief_no,
        _date(dossier, dossier.brief_date),
        dossier.decision_no,
        _date(dossier, dossier.decision_date),
        dossier.consultant,
        dossier.authority,
        dossier.status,
        CRS_TEXT,
        dossier.place,
        dossier.investor,
        f"CSDL_{dossier.folder}",
        "Không",
        "Có",
        f"{INVENTED_MARK}; {dossier.plan_type.lower()}; Minh Họa",
        "Hồ sơ mẫu của phần mềm, không có giá trị pháp lý",
    )
    width = 19 if dossier.legal_columns else 20
    return PLAN_COLUMNS[:width], [row[:width]]


def _drawing_row(dossier: Dossier) -> Row:
    name = "Bản đồ quy hoạch tổng mặt bằng sử dụng đất (minh họa)"
    return (dossier.code, "QH-04", DRAWING_FOLDER, name, 1, DRAWING_FOLDER, dossier.scale, None)


def _decision_row(dossier: Dossier) -> Row:
    return (
        dossier.code,
        decision_file(dossier),
        "Quyết định phê duyệt (minh họa)",
        "Quyết định",
        dossier.decision_no,
        f"Phê duyệt {dossier.name}",
        _date(dossier, dossier.decision_date),
        dossier.authority,
        1,
        None,
    )


def _regulation_row(dossier: Dossier) -> Row:
    return (
        dossier.code,
        regulation_file(dossier),
        "Quy định quản lý theo quy hoạch (minh họa)",
        "Quy định quản lý",
        None,
        f"Ban hành kèm theo Quyết định {dossier.decision_no}",
        _date(dossier, dossier.decision_date),
        dossier.authority,
        1,
        None,
    )


def regulation_file(dossier: Dossier) -> str:
    """File name of the scanned management regulation."""
    return f"Quy-dinh-quan-ly-{dossier.slug}.pdf"


def decision_file(dossier: Dossier) -> str:
    """File name of the scanned decision."""
    return f"Quyet-dinh-{dossier.slug}.pdf"
