"""What one delivery amounts to once it is read and checked: the value between gate and register."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from shapely import MultiPolygon

from schemas.issues import LEVELS, Issue
from schemas.profiles.model import PlanCode


@dataclass(frozen=True)
class DeliveredFile:
    """One delivered file. `path`: as delivered (NFC, `/`); `location`: where its bytes lie now."""

    path: str
    location: Path
    sha256: str
    role: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True)
class DeliveredTable:
    """A table of a dossier that a standard describes.

    `rows`: about this dossier; `delivered`: all that the file has (a register of plans lists those
    of others too). `box`: west, south, east, north in longitude and latitude; None: no shapes.
    """

    name: str
    file: str
    rows: int
    delivered: int
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class DeliveredDocument:
    """A paper of the plan; `path` names the delivered file."""

    role: str
    title: str
    path: str
    number: str | None = None
    date: "date | None" = None
    pages: int | None = None


@dataclass(frozen=True)
class DeliveredVersion:
    """One version of one plan, ready to load.

    Geometry is in the storage CRS. The frames carry the columns of their tables (`zone`,
    `plan_line`, `plan_feature`) without ids, with `geom` as shapely objects, `attributes` as
    dicts, and `source_file` (path of a DeliveredFile), `source_layer`, `source_row`.
    `valid_to`: the first day no longer in force; `code_rule`: how the profile reads plan codes.
    `themes`: what the version speaks about. `tolerance_m`: metres; `scale`: denominator.
    """

    plan_id: str
    plan_code: str
    plan_name: str
    plan_kind: str
    plan_level: str
    authority: str | None
    adjustment_kind: str
    decision_no: str | None
    decision_date: date | None
    valid_from: date
    valid_to: date | None
    national_status: str | None
    scale: int | None
    tolerance_m: float | None
    representation: str
    boundary: MultiPolygon
    themes: frozenset[str]
    zones: pd.DataFrame
    lines: pd.DataFrame
    features: pd.DataFrame
    documents: tuple[DeliveredDocument, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)
    code_rule: PlanCode | None = None

    def is_code_of_this_plan(self, code: str) -> bool:
        """Whether a code of the same plan id names this plan, in whatever case it is written."""
        keys = {self.code_rule.key(c) if self.code_rule else c for c in (self.plan_code, code)}
        return len({key.casefold() for key in keys}) == 1


@dataclass(frozen=True)
class Delivery:
    """A whole dossier after the gate: its bytes' identity, files, versions and findings.

    `standard`: the model a dossier was checked against, where its profile has several; `tables`:
    those that this standard describes.
    """

    sha256: str
    name: str
    kind: str
    profile: str
    profile_hash: str
    invented: bool
    files: tuple[DeliveredFile, ...]
    versions: tuple[DeliveredVersion, ...]
    issues: tuple[Issue, ...]
    standard: str | None = None
    tables: tuple[DeliveredTable, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Findings by level."""
        return {lv: sum(i.count for i in self.issues if i.level == lv) for lv in LEVELS}

    @property
    def rejected(self) -> bool:
        """Whether an ERROR or FATAL finding forbids publication."""
        return any(issue.level in ("FATAL", "ERROR") for issue in self.issues)
