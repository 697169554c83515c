"""The scanned papers: decision and regulation as PDF (page images, as scanners make), a drawing.

All say in large letters that they are invented.
"""

import time
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ingest.sample.dossier import Dossier
from ingest.sample.norms import FUNCTIONS

WARNING = "TÀI LIỆU MINH HỌA – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"
SCAN_DPI, DRAWING_DPI = 200, 300
A4_PX = (1654, 2339)
MARGIN_PX = 190
DRAWING_PX = 1800
INK, RED = "#111111", "#b00020"


def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    path = files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{weight}.ttf"
    source = BytesIO(path.read_bytes())
    return ImageFont.truetype(source, size, layout_engine=ImageFont.Layout.BASIC)


def write_decision(path: Path, dossier: Dossier) -> Path:
    """The approval decision on one A4 page at 200 dpi."""
    page = Image.new("RGB", A4_PX, "white")
    draw = ImageDraw.Draw(page)
    _heading(draw, dossier, "QUYẾT ĐỊNH", f"Về việc phê duyệt {dossier.name}")
    below = _paragraphs(draw, _decision(dossier))
    _signature(draw, dossier, below + 60)
    return _save_scan(path, page, f"Quyết định {dossier.decision_no} (minh họa)", dossier)


def write_regulation(path: Path, dossier: Dossier) -> Path:
    """The management regulation that the decision issues, on one page like it."""
    page = Image.new("RGB", A4_PX, "white")
    draw = ImageDraw.Draw(page)
    _heading(draw, dossier, "QUY ĐỊNH QUẢN LÝ", f"Theo {dossier.name}")
    below = _paragraphs(draw, _regulation(dossier))
    _signature(draw, dossier, below + 60)
    return _save_scan(path, page, f"Quy định quản lý, {dossier.decision_no} (minh họa)", dossier)


def _save_scan(path: Path, page: Image.Image, title: str, dossier: Dossier) -> Path:
    """The page as a scanner makes it: a picture in a PDF, with the day that never changes."""
    _warning(page)
    fixed = time.strptime("2026-04-01", "%Y-%m-%d")
    page.save(
        path,
        "PDF",
        resolution=SCAN_DPI,
        quality=60,
        title=title,
        author=dossier.authority,
        producer="Sổ Quy Hoạch",
        creationDate=fixed,
        modDate=fixed,
    )
    return path


def _heading(draw: ImageDraw.ImageDraw, dossier: Dossier, name: str, about: str) -> None:
    bold, plain = _font("Bold", 27), _font("Regular", 27)
    left, right = 450, 1190
    for n, (text, font) in enumerate(
        (
            ("ỦY BAN NHÂN DÂN", plain),
            ("PHƯỜNG MINH HỌA", bold),
            (f"Số: {dossier.decision_no}", plain),
        )
    ):
        draw.text((left, 150 + n * 44), text, INK, font, anchor="ma")
    day = dossier.decision_date
    when = f"Phường Minh Họa, ngày {day.day:02d} tháng {day.month:02d} năm {day.year}"
    for n, (text, font) in enumerate(
        (
            ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold),
            ("Độc lập - Tự do - Hạnh phúc", bold),
            (when, _font("Italic", 25)),
        )
    ):
        draw.text((right, 150 + n * 44), text, INK, font, anchor="ma")
    draw.text((A4_PX[0] / 2, 520), name, INK, _font("Bold", 46), anchor="ma")
    title = _wrapped(draw, about, _font("SemiBold", 29), 1150)
    for n, line in enumerate(title):
        draw.text((A4_PX[0] / 2, 600 + n * 42), line, INK, _font("SemiBold", 29), anchor="ma")


def _decision(dossier: Dossier) -> tuple[str, ...]:
    hectares = f"{dossier.boundary.area / 10_000:.2f}".replace(".", ",")
    return (
        "CHỦ TỊCH ỦY BAN NHÂN DÂN PHƯỜNG MINH HỌA",
        f"Căn cứ {_law(dossier)};",
        f"Căn cứ Quyết định số {dossier.brief_no} phê duyệt nhiệm vụ quy hoạch;",
        f"Theo đề nghị của {dossier.consultant},",
        "QUYẾT ĐỊNH:",
        f"Điều 1. Phê duyệt {dossier.name} với các nội dung chính sau:",
        f"1. Mã hồ sơ: {dossier.code}; tỷ lệ {dossier.scale}; {dossier.adjustment.lower()}.",
        f"2. Địa điểm: {dossier.place}. Diện tích: {hectares} ha.",
        f"3. Số ô, lô đất quy hoạch: {len(dossier.zones)}, theo hồ sơ kèm theo.",
        "Điều 2. Quyết định này có hiệu lực kể từ ngày ký.",
        "Điều 3. Mọi tên người, tên đất, số liệu trong văn bản này đều do phần mềm đặt ra.",
    )


def _regulation(dossier: Dossier) -> tuple[str, ...]:
    return (
        f"Ban hành kèm theo Quyết định số {dossier.decision_no} của {dossier.authority}.",
        f"Điều 1. Quy định này áp dụng trong ranh giới {dossier.name}.",
        "Điều 2. Chức năng, mật độ xây dựng, tầng cao và hệ số sử dụng đất của từng ô, lô đất "
        "theo lớp ChucNangSuDungDat_A của hồ sơ.",
        "Điều 3. Chỉ giới đường đỏ và chỉ giới xây dựng theo các lớp ChiGioiDuongDo_L và "
        "ChiGioiXayDung_L của hồ sơ.",
        "Điều 4. Mọi tên người, tên đất, số liệu trong văn bản này đều do phần mềm đặt ra.",
    )


def _paragraphs(draw: ImageDraw.ImageDraw, parts: Sequence[str]) -> float:
    font = _font("Regular", 28)
    y = 800.0
    for part in parts:
        for line in _wrapped(draw, part, font, A4_PX[0] - 2 * MARGIN_PX):
            draw.text((MARGIN_PX, y), line, INK, font)
            y += 43
        y += 12
    return y


def _law(dossier: Dossier) -> str:
    """The planning law in force on the day of the decision."""
    rural_too = dossier.decision_date >= date(2025, 7, 1)
    return f"Luật Quy hoạch đô thị{' và nông thôn' if rural_too else ''}"


def _signature(draw: ImageDraw.ImageDraw, dossier: Dossier, y: float) -> None:
    bold, small = _font("Bold", 27), _font("Regular", 24)
    draw.text((1180, y), "CHỦ TỊCH", INK, bold, anchor="ma")
    draw.text((1180, y + 235), "(minh họa, không có chữ ký)", INK, small, anchor="ma")
    draw.ellipse((1000, y + 45, 1180, y + 225), outline=RED, width=5)
    draw.text((1090, y + 135), "MẪU", RED, bold, anchor="mm")


def _warning(page: Image.Image) -> None:
    draw = ImageDraw.Draw(page)
    font = _font("ExtraBold", 46)
    for y in (60, A4_PX[1] - 120):
        draw.text((A4_PX[0] / 2, y), WARNING, RED, font, anchor="ma")


def _wrapped(
    draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, width_px: float
) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if draw.textlength(longer, font) > width_px and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def write_drawing(path: Path, dossier: Dossier) -> Path:
    """The land-use drawing: zones in the colours of the circular, red lines, symbols."""
    west, south, east, north = dossier.boundary.bounds
    scale = (DRAWING_PX - 160) / max(east - west, north - south)
    page = Image.new("RGB", (DRAWING_PX, DRAWING_PX + 120), "white")
    draw = ImageDraw.Draw(page)

    def on_page(coords: object) -> list[tuple[float, float]]:
        points: list[tuple[float, float]] = list(coords)  # type: ignore[call-overload]
        return [(80 + (x - west) * scale, 160 + (north - y) * scale) for x, y in points]

    for zone in dossier.zones:
        for part in zone.ground.geoms:
            colour = FUNCTIONS[zone.function].colour
            draw.polygon(on_page(part.exterior.coords), fill=colour, outline="#222222")
    for line in dossier.red_lines:
        for piece in line.ground.geoms:
            draw.line(on_page(piece.coords), fill="#ff0000", width=3)
    for zone in dossier.zones:
        if zone.kind == "cell":
            at = on_page(zone.ground.representative_point().coords)[0]
            draw.text(at, zone.symbol, "white", _font("Bold", 19), anchor="mm")
    draw.text((DRAWING_PX / 2, 20), WARNING, RED, _font("ExtraBold", 44), anchor="ma")
    draw.text((DRAWING_PX / 2, 90), dossier.name, INK, _font("Medium", 28), anchor="ma")
    page.save(path, "JPEG", quality=55, dpi=(DRAWING_DPI, DRAWING_DPI), subsampling=2)
    return path
