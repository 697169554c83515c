"""Hatches: one small tile each, as an SVG path that browsers' `Path2D` reads too."""

from dataclasses import dataclass

from maps.styles import Hatch

INK = "#101418"
INK_OPACITY = 0.45
FILL_OPACITY = 0.6  # dark official colours still carry dark text


@dataclass(frozen=True)
class HatchTile:
    """A square tile of `size` pixels that repeats; `path` is stroked with `width`."""

    size: int
    path: str
    width: float = 1.2


TILES: dict[Hatch, HatchTile] = {
    "none": HatchTile(8, ""),
    "diagonal": HatchTile(9, "M-1,1L1,-1M0,9L9,0M8,10L10,8"),
    "backdiagonal": HatchTile(9, "M-1,8L1,10M0,0L9,9M8,-1L10,1"),
    "cross": HatchTile(11, "M0,0L11,11M0,11L11,0", 1),
    "grid": HatchTile(10, "M5,0V10M0,5H10", 1),
    "horizontal": HatchTile(8, "M0,4H8"),
    "vertical": HatchTile(8, "M4,0V8"),
    "dots": HatchTile(9, "M2,2h1.6M6.5,6.5h1.6", 1.8),
    "waves": HatchTile(16, "M0,8c2.7,-4 5.3,-4 8,0s5.3,4 8,0", 1.3),
    "unknown": HatchTile(16, "M2,2L6,6M6,2L2,6M10,10L14,14M14,10L10,14", 1.1),
}
