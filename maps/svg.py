"""SVG text: elements with everything escaped, and geometries as path data in pixels.

No `style=` and no `<style>`: presentation attributes pass a strict content security policy.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import numpy as np
import shapely
from shapely import Geometry

from maps.hatches import FILL_OPACITY, INK, INK_OPACITY, TILES
from maps.styles import Style


def element(name: str, /, *children: str, **attributes: object) -> str:
    """One element. Attribute names: `_` stands for `-`; None leaves an attribute out.

    Attribute values are escaped here; children are markup, so words go through `words`.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    body = "".join(children)
    return f"<{name}{written}>{body}</{name}>" if body else f"<{name}{written}/>"


def words(text: str) -> str:
    """Text as markup: escaped."""
    return escape(text)


def _number(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class Window:
    """A rectangle of ground (metres, storage CRS) shown as `width` × `height` pixels."""

    west: float
    north: float
    px_per_m: float
    width: float
    height: float

    @property
    def box(self) -> Geometry:
        """The ground shown, with a rim of 4 pixels so that cut edges stay out of sight."""
        rim = 4 / self.px_per_m
        return shapely.box(
            self.west - rim,
            self.north - self.height / self.px_per_m - rim,
            self.west + self.width / self.px_per_m + rim,
            self.north + rim,
        )

    def pixels(self, geometry: Geometry) -> Geometry:
        """A geometry in pixels, y downwards."""
        return shapely.transform(
            geometry,
            lambda xy: (xy - (self.west, self.north)) * (self.px_per_m, -self.px_per_m),
        )


def path_data(geometry: Geometry) -> str:
    """Path data of a geometry in pixels, to a tenth; points draw nothing."""
    parts: list[str] = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon":
            parts += [_chain(ring.coords) + "Z" for ring in (part.exterior, *part.interiors)]
        elif part.geom_type == "LineString":
            parts.append(_chain(part.coords))
        elif hasattr(part, "geoms"):
            parts.append(path_data(part))
    return "".join(parts)


def _chain(coordinates: Iterable[tuple[float, ...]]) -> str:
    points = np.round(np.asarray(list(coordinates))[:, :2], 1) + 0.0  # no "-0.0"
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in points)


def pattern(style: Style, pattern_id: str) -> str:
    """The `<pattern>` of a zone style: its fill and its hatch."""
    tile = TILES[style.hatch]
    return element(
        "pattern",
        element("rect", width=tile.size, height=tile.size, fill="#ffffff"),
        element(
            "rect",
            width=tile.size,
            height=tile.size,
            fill=style.fill,
            fill_opacity=FILL_OPACITY,
        ),
        element(
            "path",
            d=tile.path,
            fill="none",
            stroke=INK,
            stroke_opacity=INK_OPACITY,
            stroke_width=tile.width,
        ),
        id=pattern_id,
        width=tile.size,
        height=tile.size,
        patternUnits="userSpaceOnUse",
    )


def paint(style: Style, pattern_id: str) -> str:
    """Value of `fill`: the style's pattern, or nothing where the style has no fill."""
    return f"url(#{pattern_id})" if style.fill else "none"


def dashes(style: Style) -> str | None:
    """Value of `stroke-dasharray`; None for a solid line."""
    return " ".join(f"{length:g}" for length in style.dash) or None


def stroke(style: Style, path: str) -> str:
    """Path data drawn as a line of this style."""
    return element(
        "path",
        d=path,
        fill="none",
        stroke=style.outline,
        stroke_width=style.width,
        stroke_dasharray=dashes(style),
    )
