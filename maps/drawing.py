"""A small vector drawing of one parcel among its zones and lines, for pages and print.

Pure: geometries in a metric storage CRS go in, one accessible inline `<svg>` comes out.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import shapely
from shapely import Geometry

from maps import labels
from maps.numbers import Lang, said
from maps.scale_bar import north_arrow, scale_bar
from maps.styles import NOT_IN_CATALOGUE, Style, line_styles, zone_styles
from maps.svg import Window, dashes, element, paint, path_data, pattern, stroke, words
from schemas.words import Words

MARGIN = 0.3
ASPECT = 3 / 4
SMALLEST_WINDOW_M = 16.0
FONT_PX = 13

TITLE = Words("Thửa đất trên bản đồ quy hoạch", "The parcel on the plan")
INSIDE = Words("Thửa đất (viền đậm) nằm trong", "The parcel (thick outline) lies in")
OUTSIDE = Words(
    "Thửa đất (viền đậm) không nằm trong vùng quy hoạch nào được vẽ ở đây",
    "The parcel (thick outline) lies in none of the zones drawn here",
)
LINES = Words("Đường và chỉ giới trong hình", "Lines in the drawing")
NORTH_UP = Words("Hướng bắc ở phía trên", "North is up")


@dataclass(frozen=True)
class DrawnZone:
    """A zone to draw: geometry (metres), label written on it, style key, words on hover."""

    geom: Geometry
    label: str
    style_key: str
    title: str

    @property
    def style(self) -> Style:
        return zone_styles().get(self.style_key, NOT_IN_CATALOGUE)


@dataclass(frozen=True)
class DrawnLine:
    """A line to draw: geometry (metres), kind as in `plan_line.kind`, words on hover."""

    geom: Geometry
    kind: str
    title: str

    @property
    def style(self) -> Style:
        return line_styles()[self.kind]


def draw_parcel(
    parcel: Geometry,
    zones: Sequence[DrawnZone],
    lines: Sequence[DrawnLine] = (),
    width_px: int = 360,
    lang: Lang = "vi",
    title: str | None = None,
) -> str:
    """The drawing as inline SVG, `width_px` wide and three quarters as high.

    Zones are drawn in the order given. All geometries share one metric CRS. Raises ValueError
    for an empty parcel and KeyError for an unknown kind of line.
    """
    window = window_around(parcel, width_px)
    return draw_window(parcel, zones, lines, window, lang, title=title)


def draw_window(
    parcel: Geometry,
    zones: Sequence[DrawnZone],
    lines: Sequence[DrawnLine],
    window: Window,
    lang: Lang,
    *,
    title: str | None = None,
    over: Sequence[str] = (),
    font_px: float = FONT_PX,
    size: tuple[str, str] | None = None,
    font: str | None = None,
    keep_free: Sequence[Geometry] = (),
) -> str:
    """The same of a window of ground.

    `over`: markup on top; `size`: width and height with units; `font`: where none is inherited;
    `keep_free`: shapes (pixels) that labels must not cover.
    """
    zones = [clipped for zone in zones if (clipped := _clip_zone(zone, window))]
    lines = [cut for line in lines if (cut := _clip_line(line, window))]
    ids = _ids(parcel, zones, lines)
    return element(
        "svg",
        element("title", words(title or said(TITLE, lang)), id=f"{ids}-title"),
        element("desc", words(description(parcel, zones, lines, lang)), id=f"{ids}-desc"),
        element("defs", *_patterns(zones, ids)),
        element("rect", width=window.width, height=window.height, fill="#ffffff"),
        *[_zone(zone, window, ids) for zone in zones],
        *[_line(line, window) for line in lines],
        _parcel(parcel, window),
        *_zone_labels(parcel, zones, window, font_px, keep_free),
        *over,
        north_arrow(window, lang),
        scale_bar(window, lang),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {window.width:g} {window.height:g}",
        width=size[0] if size else window.width,
        height=size[1] if size else window.height,
        role="img",
        aria_labelledby=f"{ids}-title",
        aria_describedby=f"{ids}-desc",
        font_size=font_px,
        font_family=font,
    )


def window_around(parcel: Geometry, width_px: int) -> Window:
    """The ground shown: the parcel with a margin of 30 %, at least 16 m wide.

    Raises ValueError for an empty parcel.
    """
    if parcel.is_empty:
        raise ValueError("an empty parcel cannot be drawn")
    west, south, east, north = parcel.bounds
    wanted = max(east - west, (north - south) / ASPECT) * (1 + 2 * MARGIN)
    width_m = max(wanted, SMALLEST_WINDOW_M)
    height_m = width_m * ASPECT
    return Window(
        west=(west + east - width_m) / 2,
        north=(south + north + height_m) / 2,
        px_per_m=width_px / width_m,
        width=float(width_px),
        height=float(width_px * ASPECT),
    )


def description(
    parcel: Geometry, zones: Sequence[DrawnZone], lines: Sequence[DrawnLine], lang: Lang
) -> str:
    """The drawing in words, for whoever does not see it."""
    least = parcel.area * 1e-6
    within = [z for z in zones if shapely.intersection(parcel, z.geom).area > least]
    named = "; ".join(dict.fromkeys(f"{z.label} ({z.title})" for z in within))
    kinds = dict.fromkeys(said(line_styles()[line.kind].words, lang) for line in lines)
    sentences = [
        f"{said(INSIDE, lang)}: {named}" if within else said(OUTSIDE, lang),
        f"{said(LINES, lang)}: {', '.join(kinds)}" if kinds else "",
        said(NORTH_UP, lang),
    ]
    return " ".join(f"{sentence}." for sentence in sentences if sentence)


def _clip_zone(zone: DrawnZone, window: Window) -> DrawnZone | None:
    seen = shapely.intersection(zone.geom, window.box)
    return replace(zone, geom=seen) if seen.area > 0 else None


def _clip_line(line: DrawnLine, window: Window) -> DrawnLine | None:
    seen = shapely.intersection(line.geom, window.box)
    return replace(line, geom=seen) if seen.length > 0 else None


def _ids(parcel: Geometry, zones: Sequence[DrawnZone], lines: Sequence[DrawnLine]) -> str:
    """Prefix of the ids of one drawing: the same for the same drawing, unlike any other's."""
    content = [parcel.wkb, *(z.geom.wkb + z.style_key.encode() for z in zones)]
    content += [line.geom.wkb for line in lines]
    return "d" + hashlib.sha256(b"|".join(content)).hexdigest()[:10]


def _patterns(zones: Sequence[DrawnZone], ids: str) -> list[str]:
    styles = {zone.style.key: zone.style for zone in zones if zone.style.fill}
    return [pattern(style, f"{ids}-{key}") for key, style in styles.items()]


def _zone(zone: DrawnZone, window: Window, ids: str) -> str:
    style = zone.style
    shape = element(
        "path",
        d=path_data(window.pixels(zone.geom)),
        fill=paint(style, f"{ids}-{style.key}"),
        fill_rule="evenodd",
        stroke=style.outline,
        stroke_width=style.width,
        stroke_dasharray=dashes(style),
    )
    return element("g", element("title", words(zone.title)), shape)


def _line(line: DrawnLine, window: Window) -> str:
    path = path_data(window.pixels(line.geom))
    halo = element("path", d=path, fill="none", stroke="#ffffff", stroke_width=5, opacity=0.6)
    title = element("title", words(line.title))
    return element("g", title, halo, stroke(line.style, path))


def _parcel(parcel: Geometry, window: Window) -> str:
    path = path_data(window.pixels(parcel))
    common = {"d": path, "fill": "none", "stroke_linejoin": "round"}
    return element("path", **common, stroke="#ffffff", stroke_width=6.5) + element(
        "path", **common, stroke="#0d1420", stroke_width=3.2
    )


def _zone_labels(
    parcel: Geometry,
    zones: Sequence[DrawnZone],
    window: Window,
    font_px: float,
    keep_free: Sequence[Geometry],
) -> list[str]:
    """Labels where they fit; the zones of the parcel come first."""
    first = sorted(zones, key=lambda z: -shapely.intersection(parcel, z.geom).area)
    shapes = [(zone.label, window.pixels(zone.geom)) for zone in first if zone.label]
    placed = labels.place(shapes, window.width, window.height, font_px, keep_free)
    return [labels.write(label, font_px) for label in placed]
