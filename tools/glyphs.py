"""Make the glyph files of map labels from a TrueType font: signed distance fields in protobuf.

    python tools/glyphs.py FONT.ttf be-vietnam-pro-semibold

MapLibre wants, per 256 code points, `<font>/<first>-<last>.pbf` with a distance field of every
letter at 24 px. Distances are taken from the outlines themselves (fontTools, shapely), so stacked
Vietnamese marks come out as the font draws them. Committed: running the program needs no font tool.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapely
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from shapely import Geometry

STATIC = Path(__file__).resolve().parent.parent / "maps" / "static"
RANGES = (0, 256, 7680, 8192)  # Latin, Latin extended with ơ and ư, Vietnamese, punctuation
SIZE_PX = 24
BORDER_PX = 3
RADIUS_PX = 8  # distance over which the field falls from 255 to 0
EDGE = 0.75  # of 255: the value on the outline
BASELINE_PX = 25  # MapLibre's own offset: capitals then stand centred on their point
STEPS = 8  # straight pieces per curve


class Rings(BasePen):
    """Pen that collects a glyph's contours as closed rings of points (font units)."""

    def __init__(self, glyphs: object) -> None:
        super().__init__(glyphs)
        self.rings: list[list[tuple[float, float]]] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 - fontTools' names
        self.rings.append([pt])

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.rings[-1].append(pt)

    def _curveToOne(  # noqa: N802
        self, a: tuple[float, float], b: tuple[float, float], end: tuple[float, float]
    ) -> None:
        start = np.array(self.rings[-1][-1])
        for t in np.linspace(0, 1, STEPS + 1)[1:]:
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            point = sum(w * np.array(p) for w, p in zip(weights, (start, a, b, end), strict=True))
            self.rings[-1].append((float(point[0]), float(point[1])))


def outline(font: TTFont, name: str) -> Geometry:
    """A glyph's shape in pixels at 24 px. TrueType: clockwise rings fill, the others are holes."""
    glyphs = font.getGlyphSet()
    pen = Rings(glyphs)
    glyphs[name].draw(pen)
    rings = [shapely.LinearRing(ring) for ring in pen.rings if len(ring) > 2]
    shapes = [(ring.is_ccw, shapely.make_valid(shapely.Polygon(ring))) for ring in rings]
    filled = shapely.union_all([shape for is_hole, shape in shapes if not is_hole])
    holes = shapely.union_all([shape for is_hole, shape in shapes if is_hole])
    scale = SIZE_PX / font["head"].unitsPerEm
    return shapely.transform(shapely.difference(filled, holes), lambda xy: xy * scale)


def field(shape: Geometry) -> tuple[bytes, int, int, int, int]:
    """Distance field of a shape: bytes, width and height without border, left, top (pixels)."""
    left, bottom = (int(np.floor(v)) for v in shape.bounds[:2])
    right, top = (int(np.ceil(v)) for v in shape.bounds[2:])
    xs = np.arange(left - BORDER_PX, right + BORDER_PX) + 0.5
    ys = np.arange(top + BORDER_PX, bottom - BORDER_PX, -1) - 0.5
    x, y = (axis.ravel() for axis in np.meshgrid(xs, ys))
    distance = shapely.distance(shape.boundary, shapely.points(x, y))
    inside = shapely.contains_xy(shape, x, y)
    value = 255 * (EDGE + np.where(inside, distance, -distance) / RADIUS_PX)
    data = np.clip(np.rint(value), 0, 255).astype(np.uint8).tobytes()
    return data, right - left, top - bottom, left, top


def varint(value: int) -> bytes:
    """A protobuf varint."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def number(tag: int, value: int) -> bytes:
    return varint(tag << 3) + varint(value)


def signed(tag: int, value: int) -> bytes:
    return number(tag, value * 2 if value >= 0 else -value * 2 - 1)


def block(tag: int, data: bytes) -> bytes:
    return varint(tag << 3 | 2) + varint(len(data)) + data


def glyph(font: TTFont, code: int, name: str) -> bytes:
    """One glyph message; a blank has an advance and no field."""
    advance = round(font["hmtx"][name][0] * SIZE_PX / font["head"].unitsPerEm)
    shape = outline(font, name)
    if shape.is_empty:
        body = number(3, 0) + number(4, 0) + signed(5, 0) + signed(6, 0)
    else:
        data, width, height, left, top = field(shape)
        body = block(2, data) + number(3, width) + number(4, height)
        body += signed(5, left) + signed(6, top - BASELINE_PX)
    return number(1, code) + body + number(7, advance)


def glyph_range(font: TTFont, stack: str, first: int) -> bytes:
    """The file of 256 code points, empty where the font has none of them."""

    def messages() -> Iterator[bytes]:
        for code, name in sorted(font.getBestCmap().items()):
            if first <= code < first + 256:
                yield block(3, glyph(font, code, name))

    head = block(1, stack.encode()) + block(2, f"{first}-{first + 255}".encode())
    return block(1, head + b"".join(messages()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("font", type=Path)
    parser.add_argument("stack")
    asked = parser.parse_args()
    folder = STATIC / "glyphs" / asked.stack
    folder.mkdir(parents=True, exist_ok=True)
    with TTFont(asked.font) as font:
        for first in RANGES:
            data = glyph_range(font, asked.stack, first)
            (folder / f"{first}-{first + 255}.pbf").write_bytes(data)


if __name__ == "__main__":
    main()
