"""A true scale for a map on paper: which one, which ground it shows, where its grid runs."""

from dataclasses import dataclass
from math import ceil, floor

from shapely import Geometry

from maps.svg import Window

SCALES = (200, 500, 1000, 2000, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000)
WIDTH_MM, HEIGHT_MM = 180.0, 128.0
ROOM = 0.82  # of the map that the parcel may fill; the rest shows where it lies
PX_PER_MM = 96 / 25.4  # CSS pixels
LEAST_GRID_MM = 25.0


@dataclass(frozen=True)
class Sheet:
    """A map of WIDTH_MM × HEIGHT_MM at 1:`scale`. `window`: its ground, in CSS pixels on paper."""

    scale: int
    window: Window

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the ground shown, in metres of the storage CRS."""
        window = self.window
        return (
            window.west,
            window.north - window.height / window.px_per_m,
            window.west + window.width / window.px_per_m,
            window.north,
        )


def sheet_of(parcel: Geometry) -> Sheet:
    """The largest of the usual scales at which the parcel has room, with it in the middle.

    Raises ValueError for an empty parcel, and for one too large for any sheet.
    """
    if parcel.is_empty:
        raise ValueError("an empty parcel has no map")
    west, south, east, north = parcel.bounds
    needed = max((east - west) / WIDTH_MM, (north - south) / HEIGHT_MM) * 1000 / ROOM
    scale = next((each for each in SCALES if each >= needed), None)
    if scale is None:
        raise ValueError(f"a parcel {east - west:.0f} m wide fits no sheet")
    width_m, height_m = WIDTH_MM * scale / 1000, HEIGHT_MM * scale / 1000
    window = Window(
        west=(west + east - width_m) / 2,
        north=(south + north + height_m) / 2,
        px_per_m=PX_PER_MM * 1000 / scale,
        width=WIDTH_MM * PX_PER_MM,
        height=HEIGHT_MM * PX_PER_MM,
    )
    return Sheet(scale, window)


def grid_step(scale: int) -> int:
    """Distance of the grid lines in metres: 1, 2 or 5 × 10ⁿ, 25 to 62.5 mm apart on paper."""
    steps = [step * int(10.0**power) for power in range(7) for step in (1, 2, 5)]
    return next(step for step in steps if step * 1000 / scale >= LEAST_GRID_MM)


def grid_values(low: float, high: float, step: int) -> list[int]:
    """The multiples of `step` from `low` to `high`."""
    return list(range(ceil(low / step) * step, floor(high / step) * step + 1, step))
