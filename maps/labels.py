"""Labels on a drawing: where each fits inside its shape without covering another."""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely import Geometry

from maps.svg import element, words

LONGEST = 18
_LETTER_WIDTH = 0.64  # of the font size, Be Vietnam Pro semi-bold, generous
_LEAST_ROOM_PX = 4.0  # half a stroke's width: in less room a label would belong to nobody


@dataclass(frozen=True)
class Label:
    """Words centred on a point (pixels)."""

    text: str
    x: float
    y: float

    def box(self, font_px: float) -> Geometry:
        """The rectangle the words cover, with a little air."""
        half_width = len(self.text) * font_px * _LETTER_WIDTH / 2 + 2
        half_height = font_px * 0.65
        return shapely.box(
            self.x - half_width, self.y - half_height, self.x + half_width, self.y + half_height
        )


def shortened(text: str) -> str:
    """The words, cut with an ellipsis where they are too long for a drawing."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def place(
    shapes: Sequence[tuple[str, Geometry]],
    width: float,
    height: float,
    font_px: float,
    keep_free: Sequence[Geometry] = (),
) -> list[Label]:
    """One label per shape (pixels), in the order of importance; what finds no room is left out."""
    frame = shapely.box(2, 2, width - 2, height - 2)
    taken = [shapely.box(width - 36, 0, width, 50), shapely.box(0, height - 38, width / 2, height)]
    taken += keep_free
    placed: list[Label] = []
    for text, shape in shapes:
        label = _inside(shortened(text), shapely.intersection(shape, frame), frame, taken, font_px)
        if label is not None:
            placed.append(label)
            taken.append(label.box(font_px))
    return placed


def write(label: Label, font_px: float) -> str:
    """The label with a halo; the halo is a text of its own (print ignores `paint-order`)."""
    at = {"x": round(label.x, 1), "y": round(label.y + font_px * 0.36, 1), "font_size": font_px}
    common = {**at, "text_anchor": "middle", "font_weight": 600}
    halo = {"stroke": "#ffffff", "stroke_width": 3.5, "stroke_linejoin": "round"}
    return element("text", words(label.text), **common, **halo, fill="#ffffff") + element(
        "text", words(label.text), **common, fill="#0d1420"
    )


def _inside(
    text: str, shape: Geometry, frame: Geometry, taken: list[Geometry], font_px: float
) -> Label | None:
    """The label at the roomiest free place of the shape, or None."""
    free = shapely.difference(shape, shapely.union_all(taken))
    for candidate in (free, shape):
        centre = _roomiest(candidate)
        if centre is None:
            continue
        label = _pushed_in(Label(text, *centre), frame, font_px)
        if not any(shapely.intersects(label.box(font_px), other) for other in taken):
            return label
    return None


def _roomiest(shape: Geometry) -> tuple[float, float] | None:
    polygons = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > 0]
    if not polygons:
        return None
    radius = shapely.maximum_inscribed_circle(max(polygons, key=lambda p: p.area), tolerance=1)
    x, y = radius.coords[0]
    return (x, y) if radius.length >= _LEAST_ROOM_PX else None


def _pushed_in(label: Label, frame: Geometry, font_px: float) -> Label:
    """The label moved so that all its words are inside the frame."""
    west, north, east, south = label.box(font_px).bounds
    left, top, right, bottom = frame.bounds
    dx = max(left - west, 0) or min(right - east, 0)
    dy = max(top - north, 0) or min(bottom - south, 0)
    return Label(label.text, label.x + dx, label.y + dy)
