"""Whether drawn boundaries follow the known ones: the sharpest evidence that place names can give.

A plan's outline, or an administrative line drawn in the dossier, that runs along a known commune
boundary runs along it under one reading only; 224 m beside, it does not.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from ingest.crs.misplaced import Box

TRACED = 300
NEAR_M, FAR_M = 75.0, 300.0
LEAST_LENGTH_M = 2_000.0
FOLLOWS, FOLLOWED_WITHIN_M = 0.85, 40.0


@dataclass(frozen=True)
class Following:
    """How closely traced points keep to known lines.

    `near`: share within 75 m; `mean_m`: mean distance, each counted as 300 m at most.
    """

    near: float
    mean_m: float

    @property
    def follows(self) -> bool:
        return self.near >= FOLLOWS and self.mean_m <= FOLLOWED_WITHIN_M

    def much_worse_than(self, best: "Following") -> bool:
        """Whether these points leave lines that another reading keeps to."""
        return self.mean_m > max(2.2 * best.mean_m, best.mean_m + 25.0)


def trace(lines: NDArray[np.object_]) -> NDArray[np.float64]:
    """Points (n, 2), evenly spaced along lines, in their own numbers; none of nothing drawn."""
    parts = shapely.get_parts(lines[~shapely.is_missing(lines) & ~shapely.is_empty(lines)])
    lengths = shapely.length(parts)
    total = float(lengths.sum()) if len(parts) else 0.0
    if not np.isfinite(total) or total <= 0:
        return np.empty((0, 2))
    ends = np.cumsum(lengths)
    at = (np.arange(TRACED) + 0.5) * total / TRACED
    part = np.minimum(np.searchsorted(ends, at), len(parts) - 1)
    along = at - (ends[part] - lengths[part])
    return np.asarray(shapely.get_coordinates(shapely.line_interpolate_point(parts[part], along)))


@dataclass(frozen=True)
class KnownLines:
    """Known boundary lines around a place, as straight pieces in metres about `origin`."""

    origin: NDArray[np.float64]
    tree: STRtree | None

    @classmethod
    def of(cls, lines: NDArray[np.object_], box: Box) -> "KnownLines":
        """The pieces of lines (lon/lat) in a box."""
        origin = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
        if not len(lines):
            return cls(origin, None)
        pieces = _pieces(np.asarray(shapely.get_parts(lines), dtype=object), box)
        coordinates = _metres(pieces.reshape(-1, 2), origin).reshape(-1, 2, 2)
        tree = STRtree(shapely.linestrings(coordinates)) if len(coordinates) else None
        return cls(origin, tree)

    def followed_by(self, lonlat: NDArray[np.float64]) -> Following | None:
        """How traced points (n, 2) keep to the lines; None: no line is known here."""
        if self.tree is None:
            return None
        points = shapely.points(_metres(lonlat, self.origin))
        away = np.full(len(points), FAR_M)
        found, metres = self.tree.query_nearest(
            points, max_distance=FAR_M, return_distance=True, all_matches=False
        )
        away[found[0]] = metres
        return Following(float((away < NEAR_M).mean()), float(away.mean()))


def _pieces(lines: NDArray[np.object_], box: Box) -> NDArray[np.float64]:
    """The straight pieces (n, 2, 2) of lines that meet a box."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    starts = np.flatnonzero(line[1:] == line[:-1])
    pieces = np.stack((points[starts], points[starts + 1]), axis=1)
    low, high = pieces.min(axis=1), pieces.max(axis=1)
    meets = (high >= box[:2]).all(axis=1) & (low <= box[2:]).all(axis=1)
    return np.asarray(pieces[meets])


def _metres(lonlat: NDArray[np.float64], origin: NDArray[np.float64]) -> NDArray[np.float64]:
    wide = 111_320.0 * np.cos(np.radians(origin[1]))
    return np.asarray((lonlat - origin) * (wide, 110_700.0))
