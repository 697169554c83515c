"""Stated coordinates beside drawn points: boundary marks and axis points carry their own numbers.

The legal table writes X for north and Y for east. Where the drawn numbers are those of the table,
they are the planner's VN-2000 as stated; where they are not, only a reading that brings both to the
same ground can be right.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.crs.numbers import Form, forms_of
from ingest.crs.readings import Reading, distances_m, positions

SAME_M = 2.0
LEAST_POINTS, LEAST_SHARE = 3, 0.8


@dataclass(frozen=True)
class Corners:
    """Drawn points (n, 2) as in the file, and the X, Y (n, 2) written beside them."""

    drawn: NDArray[np.float64]
    table: NDArray[np.float64]

    @property
    def upright(self) -> NDArray[np.float64] | None:
        """The table as easting, northing (n, 2); None: those are no plane coordinates."""
        forms = [form for form in forms_of(self.table) if not form.degrees and form.factor == 1]
        return forms[0].upright(self.table) if len(forms) == 1 else None

    def same_numbers(self) -> Form | None:
        """The form in which the drawn numbers are those of the table."""
        table = self.upright
        if table is None or len(table) < LEAST_POINTS:
            return None
        for form in forms_of(self.drawn):
            away = np.hypot(*(form.upright(self.drawn) - table).T)
            if float((away < SAME_M).mean()) >= LEAST_SHARE:
                return form
        return None

    def apart_m(self, drawn: Reading, stated: Reading) -> float:
        """Metres on the ground between the points as drawn and as the table has them: median."""
        table = self.upright
        if table is None or len(table) < LEAST_POINTS:
            return float("inf")
        there = positions(table, stated)
        here = positions(self.drawn, drawn)
        good = np.isfinite(here).all(axis=1) & np.isfinite(there).all(axis=1)
        return float(np.median(distances_m(here[good], there[good]))) if good.any() else np.inf
