"""The zones of one plan as the audit sees them: rows of the register's table, with their place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from ingest.gate.inspection import Inspection
from schemas.crs import WGS84, project_one
from schemas.issues import Issue
from schemas.profiles.tolerances import AuditRule


@dataclass(frozen=True)
class AuditedZones:
    """Zones (n,) in the columns of the `zone` table; `columns`: where each number stands.

    `columns` gives, for a source file and layer, the delivered column of a target such as
    `population`.
    """

    frame: pd.DataFrame
    srid: int
    rule: AuditRule
    columns: dict[tuple[str, str], dict[str, str | None]]

    @classmethod
    def of(cls, inspection: Inspection, zones: pd.DataFrame) -> "AuditedZones":
        columns = {
            (layer.file, layer.name): {
                target: source.column for target, source in layer.rule.columns.items()
            }
            for layer in inspection.layers
            if layer.rule is not None and layer.becomes == "zone"
        }
        rule = inspection.rules.audit
        return cls(zones.reset_index(drop=True), inspection.storage_srid, rule, columns)

    def __len__(self) -> int:
        return len(self.frame)

    def numbers(self, column: str) -> NDArray[np.float64]:
        """A column (n,) as floats, NaN where not stated."""
        return self.frame[column].to_numpy(dtype=np.float64, na_value=np.nan)

    def on(self, level: str) -> NDArray[np.intp]:
        """Rows of one level."""
        return np.flatnonzero((self.frame["level"] == level).to_numpy())

    @property
    def shapes(self) -> NDArray[np.object_]:
        return self.frame["geom"].to_numpy(dtype=object)

    def cell(self, row: int, column: str) -> Any:
        return self.frame[column].iat[row]

    def name(self, row: int) -> str:
        """A zone's symbol, or the row it comes from."""
        return str(self.cell(row, "symbol") or f"#{self.cell(row, 'source_row')}")

    def names(self, rows: NDArray[np.intp], most: int = 5) -> str:
        listed = ", ".join(self.name(int(row)) for row in rows[:most])
        return f"{listed}, …" if len(rows) > most else listed

    def places(self, rows: Sequence[int]) -> Geometry:
        """A point inside each zone, in longitude and latitude."""
        points = shapely.point_on_surface(self.shapes[list(rows)])
        return project_one(shapely.multipoints(points), self.srid, WGS84)

    def finding(self, row: int, code: str, target: str, **more: Any) -> Issue:
        """An issue at the cell of a zone that holds `target`, placed inside the zone."""
        file, layer = self.cell(row, "source_file"), self.cell(row, "source_layer")
        inside = shapely.point_on_surface(self.shapes[row])
        return Issue(
            code,
            file=file,
            layer=layer,
            row=int(self.cell(row, "source_row")),
            column=self.columns.get((file, layer), {}).get(target),
            geom=project_one(inside, self.srid, WGS84),
            **more,
        )


def number(value: float, decimals: int = 2) -> str:
    """A number for a sentence: no needless zeros."""
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
