"""One dossier under inspection: what the phases of the gate have learnt about it so far."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely import Geometry

from ingest.crs.places import Places
from ingest.files.source import Received, ReceivedFile
from ingest.gate.match import Container
from ingest.gate.workbook import SheetRows, WorkbookRows
from schemas.crs import WGS84, project_one
from schemas.issues import Issue
from schemas.profiles.model import LayerRule, Profile
from schemas.words import Words

if TYPE_CHECKING:
    from ingest.gate.facts import PlanRows
    from ingest.gate.plan_facts import PlanFacts
    from ingest.gate.standard.check import StandardDossier


@dataclass
class Layer:
    """One delivered layer, n rows; columns under the standard's names.

    `rows`: the source's feature ids (n,); `geoms` (n,): as read, later cleaned and in the storage
    CRS, None where not storable; `label`: the file's own CRS; `srid`: CRS of `geoms`;
    `misread`: the coordinates contradict it, and an error says so.
    """

    file: str
    name: str
    container: str | None
    rule: LayerRule | None
    attributes: pd.DataFrame
    rows: NDArray[np.int64]
    geoms: NDArray[np.object_]
    label: str | None
    spatial: bool = True
    srid: int | None = None
    misread: bool = False
    proposed: NDArray[np.object_] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def drawn(self) -> NDArray[np.object_]:
        """The shapes (n,) with the proposed repairs of invalid ones, accepted or not."""
        return self.geoms if self.proposed is None else self.proposed

    @property
    def becomes(self) -> str:
        return "feature" if self.rule is None else self.rule.becomes

    def finding(self, code: str, index: int | None = None, **more: Any) -> Issue:
        """An issue placed in this layer, at the row of `index`."""
        row = None if index is None else int(self.rows[index])
        return Issue(code, file=self.file, layer=self.name, row=row, **more)

    def lonlat(self, geometry: Geometry | None) -> Geometry | None:
        """A geometry of this layer in longitude and latitude."""
        if geometry is None or self.srid is None:
            return None
        return project_one(geometry, self.srid, WGS84)


@dataclass
class Inspection:
    """The dossier, the wishes of the caller, and everything found; phases fill it in turn.

    `crs`: EPSG code that a person chose; `places`: where units lie, None for the installed list.
    """

    received: Received
    profile: Profile | None
    storage_srid: int
    workdir: Path
    accept_repairs: bool
    today: date
    issues: list[Issue] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)
    manifests: list[ReceivedFile] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)
    workbook: WorkbookRows | None = None
    layers: list[Layer] = field(default_factory=list)
    plan_rows: "list[PlanRows]" = field(default_factory=list)
    plans: list["PlanFacts"] = field(default_factory=list)
    standard: "StandardDossier | None" = None
    refused: bool = False
    crs: int | None = None
    places: Places | None = None
    tell: Callable[[Words], None] = field(default=lambda _: None)
    """Says what is being done inside a long phase."""

    @property
    def rules(self) -> Profile:
        """The profile, once it is known."""
        assert self.profile is not None
        return self.profile

    def sheet(self, name: str) -> SheetRows | None:
        return None if self.workbook is None else self.workbook.sheets.get(name)

    def layers_named(self, name: str) -> list[Layer]:
        """Layers of the standard's name, in the planned geodatabase where there is one."""
        home = self.rules.default_container
        return [
            layer
            for layer in self.layers
            if layer.rule is not None
            and layer.rule.layer == name
            and layer.container in (home, None)
        ]
