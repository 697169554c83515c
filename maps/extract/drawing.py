"""The map of an extract: true scale, VN-2000 grid, corner numbers; what is beside is grey."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from markupsafe import Markup
from shapely import Geometry, Point

from maps import labels
from maps.drawing import DrawnLine, DrawnZone, draw_window
from maps.extract.corners import Corner
from maps.extract.scale import HEIGHT_MM, WIDTH_MM, Sheet, grid_step, grid_values
from maps.lookup_pages import finest_plan
from maps.numbers import Lang, said
from maps.styles import Style, line_styles, style_of
from maps.svg import Window, dashes, element, paint, path_data, pattern, words
from schemas.words import Words

FONT, FONT_PX = "Be Vietnam Pro", 11
SMALL_PX = 8.5
GREY, INK = "#8a919e", "#0d1420"
HIT_M2 = 0.01
NUMBERED = 30
NEIGHBOURS = Words("Thửa bên cạnh, quy hoạch bên ngoài thửa đất", "Neighbours and plans beside it")
FAINT = Style(
    key="beside", code="-", label="", vi=NEIGHBOURS.vi, en=NEIGHBOURS.en,
    outline="#a4abb8", width=0.6, order=10_000,
)  # fmt: skip


@dataclass(frozen=True)
class FaintZone(DrawnZone):
    """A zone with nothing on the parcel: drawn grey, for orientation."""

    @property
    def style(self) -> Style:
        return FAINT


@dataclass(frozen=True)
class FaintLine(DrawnLine):
    """A line that does not touch the parcel: its own dashes, in grey."""

    @property
    def style(self) -> Style:
        own = line_styles()[self.kind]
        return own.model_copy(update={"outline": GREY, "width": 1.0})


@dataclass(frozen=True)
class Swatch:
    """One line of the legend: a small picture and its words."""

    picture: Markup
    symbol: str
    words: str


@dataclass(frozen=True)
class ParcelMap:
    """The finished map: inline SVG of WIDTH_MM × HEIGHT_MM, its legend, the plan it draws."""

    svg: Markup
    legend: list[Swatch]
    scale: int
    grid_m: int
    plan: str | None


def draw_sheet(
    parcel: Geometry,
    sheet: Sheet,
    shapes: Sequence[dict[str, Any]],
    corners: Sequence[Corner],
    lang: Lang,
) -> ParcelMap:
    """The map. `shapes`: rows of the query `around`, WKB in the storage CRS."""
    plan = finest_plan(shapes)
    zones = [_zone(row, parcel) for row in shapes if row["layer"] == "zone" and row["plan"] == plan]
    zones.sort(key=lambda zone: not isinstance(zone, FaintZone))
    lines = [_line(row, parcel, lang) for row in shapes if row["layer"] == "line"]
    lines.sort(key=lambda line: not isinstance(line, FaintLine))
    neighbours = [row for row in shapes if row["layer"] == "neighbour"]
    svg = draw_window(
        parcel,
        zones,
        lines,
        sheet.window,
        lang,
        over=[
            *_neighbours(neighbours, sheet.window),
            *_corner_marks(corners, parcel, sheet.window),
            *_grid(sheet),
        ],
        font_px=FONT_PX,
        font=FONT,
        keep_free=_corner_spots(corners, parcel, sheet.window),
        size=(f"{WIDTH_MM:g}mm", f"{HEIGHT_MM:g}mm"),
    )
    return ParcelMap(
        svg=Markup(svg),  # noqa: S704  escaped by the drawing itself
        legend=_legend(zones, lines, lang, beside=bool(neighbours)),
        scale=sheet.scale,
        grid_m=grid_step(sheet.scale),
        plan=plan,
    )


def _zone(row: dict[str, Any], parcel: Geometry) -> DrawnZone:
    geom = shapely.from_wkb(row["wkb"])
    here = shapely.intersection(geom, parcel).area > HIT_M2
    style = style_of(*row["names"])
    kind = DrawnZone if here else FaintZone
    return kind(geom, row["label"] or "", style.key, row["name"] or row["label"] or "?")


def _line(row: dict[str, Any], parcel: Geometry, lang: Lang) -> DrawnLine:
    geom = shapely.from_wkb(row["wkb"])
    here = shapely.intersection(geom, parcel).length > 0.01
    kind = DrawnLine if here else FaintLine
    title = row["name"] or said(line_styles()[row["kind"]].words, lang)
    return kind(geom, row["kind"], title)


def _legend(
    zones: Sequence[DrawnZone], lines: Sequence[DrawnLine], lang: Lang, *, beside: bool
) -> list[Swatch]:
    """What lies on the parcel, and one entry for all that lies beside it."""
    entries: dict[tuple[str, str], Swatch] = {}
    for zone in zones:
        if not isinstance(zone, FaintZone):
            entries.setdefault((zone.label, zone.title), _zone_swatch(zone, len(entries)))
    for line in lines:
        if not isinstance(line, FaintLine):
            swatch = Swatch(_line_swatch(line.style), "", said(line.style.words, lang))
            entries.setdefault(("", line.kind), swatch)
    faint = beside or any(isinstance(each, FaintZone | FaintLine) for each in (*zones, *lines))
    rest = [Swatch(_line_swatch(FAINT), "", said(NEIGHBOURS, lang))] if faint else []
    return [*entries.values(), *rest]


def _zone_swatch(zone: DrawnZone, n: int) -> Swatch:
    style, ids = zone.style, f"legend-{n}"
    picture = _swatch(
        element("defs", pattern(style, ids)) if style.fill else "",
        element(
            "rect", x=1, y=1, width=30, height=16, fill=paint(style, ids), stroke=style.outline,
            stroke_width=style.width, stroke_dasharray=dashes(style),
        ),
    )  # fmt: skip
    return Swatch(picture, zone.label, zone.title)


def _line_swatch(style: Style) -> Markup:
    return _swatch(
        element(
            "path", d="M1,9H31", fill="none", stroke=style.outline, stroke_width=style.width,
            stroke_dasharray=dashes(style),
        )
    )  # fmt: skip


def _swatch(*content: str) -> Markup:
    svg = element("svg", *content, viewBox="0 0 32 18", width="8.5mm", height="4.8mm")
    return Markup(svg)  # noqa: S704  made of our own style catalogue


def _neighbours(rows: Sequence[dict[str, Any]], window: Window) -> list[str]:
    drawn: list[str] = []
    shapes = [(row["label"] or "", window.pixels(shapely.from_wkb(row["wkb"]))) for row in rows]
    shapes = [(text, shape) for text, shape in shapes if shape.area > 0]  # some only touch
    for _, shape in shapes:
        drawn.append(
            element("path", d=path_data(shape), fill="none", stroke=GREY, stroke_width=0.5)
        )
    named = [(text, shape) for text, shape in shapes if text and shape.area > 260]
    placed = labels.place(named[:80], window.width, window.height, SMALL_PX)
    return drawn + [
        element(
            "text", words(each.text), x=round(each.x, 1), y=round(each.y + 3, 1), fill=GREY,
            font_size=SMALL_PX, text_anchor="middle",
        )
        for each in placed
    ]  # fmt: skip


def _corner_places(
    corners: Sequence[Corner], parcel: Geometry, window: Window
) -> list[tuple[Corner, Point, Point]]:
    """Every corner with its pixel and the pixel of its number, which stands outside; few only."""
    if len(corners) > NUMBERED:
        return []
    inside = window.pixels(parcel.centroid)
    places = []
    for corner in corners:
        dot = window.pixels(Point(corner.y, corner.x))
        away = dot.distance(inside) or 1.0
        number = Point(dot.x + (dot.x - inside.x) / away * 9, dot.y + (dot.y - inside.y) / away * 9)
        places.append((corner, dot, number))
    return places


def _corner_spots(corners: Sequence[Corner], parcel: Geometry, window: Window) -> list[Geometry]:
    """The ground that corners and their numbers take."""
    return [
        shapely.MultiPoint([dot, number]).buffer(6)
        for _, dot, number in _corner_places(corners, parcel, window)
    ]


def _corner_marks(corners: Sequence[Corner], parcel: Geometry, window: Window) -> list[str]:
    """A dot at every corner of the table, and its number where it fits."""
    marks: list[str] = []
    taken: list[Geometry] = []
    for corner, dot, number in _corner_places(corners, parcel, window):
        marks.append(
            element(
                "circle", cx=dot.x, cy=dot.y, r=2.4, fill="#ffffff", stroke=INK, stroke_width=1.1
            )
        )
        spot = number.buffer(5.5)
        if not any(spot.intersects(other) for other in taken):
            taken.append(spot)
            marks.append(_written(str(corner.number), number.x, number.y + 3, 0, weight=600))
    return marks


def _grid(sheet: Sheet) -> list[str]:
    """Crosses at round coordinates, ticks at the frame, and their numbers along it."""
    window, step = sheet.window, grid_step(sheet.scale)
    west, south, east, north = sheet.bounds
    columns = {v: (v - west) * window.px_per_m for v in grid_values(west, east, step)}
    rows = {v: (north - v) * window.px_per_m for v in grid_values(south, north, step)}
    crosses = "".join(
        f"M{x - 4:.2f},{y:.2f}h8M{x:.2f},{y - 4:.2f}v8"
        for x in columns.values()
        for y in rows.values()
    )
    ticks = "".join(f"M{x:.2f},0v7M{x:.2f},{window.height:.2f}v-7" for x in columns.values())
    ticks += "".join(f"M0,{y:.2f}h7M{window.width:.2f},{y:.2f}h-7" for y in rows.values())
    frame = element(
        "rect", x=0.5, y=0.5, width=window.width - 1, height=window.height - 1, fill="none",
        stroke=INK, stroke_width=1,
    )  # fmt: skip
    lines = element("path", d=crosses + ticks, fill="none", stroke=INK, stroke_width=0.7)
    names = [
        _written(f"{value}", x, 15, 0) for value, x in columns.items() if 30 < x < window.width - 70
    ]
    names += [
        _written(f"{value}", 15, y, -90) for value, y in rows.items() if 40 < y < window.height - 75
    ]
    return [lines, *names, frame]


def _written(text: str, x: float, y: float, turn: int, weight: int | None = None) -> str:
    at = {
        "x": round(x, 1), "y": round(y, 1), "font_size": SMALL_PX, "text_anchor": "middle",
        "font_weight": weight,
    }  # fmt: skip
    turned = {"transform": f"rotate({turn} {x:.1f} {y:.1f})"} if turn else {}
    halo = element("text", text, **at, **turned, fill="#ffffff", stroke="#ffffff", stroke_width=2.5)
    return halo + element("text", text, **at, **turned, fill=INK)
