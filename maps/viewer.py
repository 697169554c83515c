"""The map page: what the viewer in the browser needs, put into one template."""

from dataclasses import asdict
from datetime import date
from typing import Any

from maps.hatches import FILL_OPACITY, INK, INK_OPACITY, TILES
from maps.map_style import IMAGE, map_style
from maps.numbers import Lang, said
from maps.pages import Page, render
from maps.styles import Style, line_styles, zone_styles
from maps.tiles import LAYERS, VIETNAM, Bounds
from schemas.themes import THEMES
from schemas.words import Words

WORDS: dict[str, Words] = {
    "hint": Words(
        "Chạm vào một thửa đất trên bản đồ để xem quy hoạch. Bàn phím: mũi tên để di chuyển, "
        "+ và − để phóng, Enter để chọn điểm giữa bản đồ.",
        "Tap a parcel on the map to see its planning. Keyboard: arrows move, + and − zoom, "
        "Enter picks the centre of the map.",
    ),
    "loading": Words("Đang tra cứu…", "Looking up…"),
    "report": Words("Báo chỗ sai tại điểm này", "Report an error at this point"),
    "failed": Words(
        "Không tra cứu được. Đây không phải là kết quả; hãy thử lại.",
        "The look-up failed. This is not a result; please try again.",
    ),
    "parcel": Words("Thửa {number}, tờ bản đồ {sheet}", "Parcel {number}, map sheet {sheet}"),
    "point": Words("Điểm đã chọn (chưa có thửa đất)", "The chosen point (no parcel here)"),
    "open": Words("Xem đầy đủ, in, nguồn", "Full answer, print, sources"),
    "applies": Words("Có áp dụng", "Applies"),
    "does_not_apply": Words("Không áp dụng", "Does not apply"),
    "no_data": Words("Chưa có dữ liệu", "No data yet"),
    "invented": Words("Dữ liệu minh họa (bịa)", "Invented sample data"),
    "no_webgl": Words(
        "Trình duyệt này không vẽ được bản đồ. Trang tra cứu vẫn trả lời bằng chữ.",
        "This browser cannot draw the map. The look-up page still answers in words.",
    ),
    "nothing_here": Words("Không có gì trong khung nhìn.", "Nothing in view."),
}

# The texts of MapLibre's own controls.
CONTROLS: dict[str, Words] = {
    "Map.Title": Words("Bản đồ quy hoạch", "Planning map"),
    "NavigationControl.ZoomIn": Words("Phóng to", "Zoom in"),
    "NavigationControl.ZoomOut": Words("Thu nhỏ", "Zoom out"),
    "ScaleControl.Meters": Words("m", "m"),
    "ScaleControl.Kilometers": Words("km", "km"),
}


def viewer_page(page: Page, revision: int, bounds: Bounds, valid_at: date | None = None) -> str:
    """The page at `/map`. `page.nonce` must be in the response's script-src (import map).

    `bounds` is what `tiles.bounds_of` gave; `valid_at` is None for today.
    """
    config = viewer_config(page.lang, revision, bounds, valid_at)
    return render(
        "map.html", page, config=config, nothing_in_force=bounds == VIETNAM, valid_at=valid_at
    )


def viewer_config(
    lang: Lang, revision: int, bounds: Bounds, valid_at: date | None
) -> dict[str, Any]:
    """All that `viewer.mjs` reads: style document, legend, hatches and words in one language."""
    return {
        "lang": lang,
        "bounds": list(bounds),
        "valid_at": valid_at.isoformat() if valid_at else None,
        "parcel_zoom": LAYERS["parcels"].min_zoom,
        "style": map_style(revision, bounds, valid_at),
        "image": IMAGE,
        "zones": [_legend_entry(style, lang) for style in zone_styles().values()],
        "lines": [_legend_entry(style, lang) for style in line_styles().values()],
        "hatches": {name: asdict(tile) for name, tile in TILES.items()},
        "ink": INK,
        "ink_opacity": INK_OPACITY,
        "fill_opacity": FILL_OPACITY,
        "themes": {key: said(words, lang) for key, words in THEMES.items()},
        "words": {key: said(words, lang) for key, words in WORDS.items()},
        "controls": {key: said(words, lang) for key, words in CONTROLS.items()},
    }


def _legend_entry(style: Style, lang: Lang) -> dict[str, Any]:
    entry = style.model_dump(include={"key", "label", "fill", "hatch", "outline", "dash", "width"})
    return entry | {"words": said(style.words, lang)}
