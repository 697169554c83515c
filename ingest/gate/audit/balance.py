"""A land-balance table beside the zones: what is drawn under each name that a line may have."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.gate.audit.balance_sheet import BalanceRow, BalanceTable
from ingest.gate.audit.rounding import HECTARE_M2, differ, half_units
from ingest.gate.audit.zones import AuditedZones, number
from schemas.issues import Issue

FUNCTIONS = ("function_1", "function_2", "function_3")
_NUMBERING = re.compile(
    r"^(?:(?:[ivx]+|[a-zđ]|\d+(?:\.\d+)*)\s*[.)]\s*|\d+(?:\.\d+)*\s+|[\-+*–•]\s*)+"
)
_TOTAL = re.compile(r"^(?:tổng|cộng)\b")


@dataclass(frozen=True)
class Drawn:
    """What is drawn of one function: by geometry and as stated, m², and the rows."""

    area_m2: float
    stated_m2: float
    rows: NDArray[np.intp]


@dataclass(frozen=True)
class Balance:
    """One table beside the zones of the plan's finest level that has functions."""

    file: str
    table: BalanceTable
    zones: AuditedZones
    boundary_m2: float

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        named = self.zones.frame[list(FUNCTIONS)].notna().any(axis=1).to_numpy()
        levels = (self.zones.on(level) for level in ("lot", "cell", "area"))
        found = ([row for row in rows if named[row]] for rows in levels)
        return np.array(next(filter(None, found), []), dtype=np.intp)

    @cached_property
    def drawn(self) -> dict[str, list[Drawn]]:
        """Functions by plain name; a name may stand on several levels of function."""
        found: dict[str, list[Drawn]] = defaultdict(list)
        for column in FUNCTIONS:
            rows: dict[str, list[int]] = defaultdict(list)
            for row in self.rows:
                function = self.zones.frame[column].iat[row]
                if function:
                    rows[land_name(str(function))].append(int(row))
            for name, those in rows.items():
                found[name].append(self.summed(np.array(those, dtype=np.intp)))
        return found

    def summed(self, rows: NDArray[np.intp]) -> Drawn:
        """Area of some zones, drawn and as stated where it is."""
        area, stated = self.zones.numbers("area_m2"), self.zones.numbers("area_declared_m2")
        told = np.where(np.isnan(stated[rows]), area[rows], stated[rows])
        return Drawn(float(area[rows].sum()), float(told.sum()), rows)

    @cached_property
    def unit_m2(self) -> float:
        """The table's unit; where no heading says it, the one that fits the whole better."""
        if self.table.unit is not None:
            return HECTARE_M2 if self.table.unit == "ha" else 1.0
        largest = max((row.area or 0.0) for row in self.table.rows)
        whole = self.boundary_m2 or self.summed(self.rows).area_m2
        return HECTARE_M2 if largest * 100 < whole else 1.0

    def differs(self, row: BalanceRow, found_m2: list[float]) -> bool:
        """Whether a line's area is none of those found."""
        stated = np.full(len(found_m2), (row.area or 0.0) * self.unit_m2)
        rounding = half_units([row.area or 0.0]) * self.unit_m2
        return bool(differ(stated, found_m2, self.zones.rule.deviation, rounding).all())

    def finding(
        self, row: BalanceRow, code: str, *, share: bool = False, **detail: object
    ) -> Issue:
        """An issue at a line's area, or at its share."""
        column = self.table.share_heading if share else self.table.area_heading
        value = row.share if share else row.area
        return Issue(
            code, self.file, self.table.sheet, row.number, column,
            None if value is None else number(value, 4), detail={"name": row.name, **detail},
        )  # fmt: skip


def land_name(text: str) -> str:
    """A name of land without numbering, the word "đất" and capitals, for comparing."""
    plain = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    plain = _NUMBERING.sub("", plain)
    return re.sub(r"^đất (?=\S)", "", plain).strip(" :.;")


def is_total(row: BalanceRow) -> bool:
    """Whether a line is the table's total."""
    return _TOTAL.match(land_name(row.name)) is not None
