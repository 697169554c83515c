"""Findings of the gate: permanent codes from one catalogue, and the value that carries one."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict
from shapely import Geometry

from schemas.words import Words

Level = Literal["FATAL", "ERROR", "WARNING", "INFO"]
LEVELS: tuple[Level, ...] = ("FATAL", "ERROR", "WARNING", "INFO")
Choice = Literal["crs", "repairs", "profile", "standard", "boundaries"]
"""What a person may decide about a check: each door says in its own words where."""

OPTIONS: dict[Choice, Words] = {
    "crs": Words("Chọn hệ tọa độ: --crs EPSG:N.", "To choose the CRS: --crs EPSG:N."),
    "repairs": Words("Chấp nhận sửa: --accept-repairs.", "To accept repairs: --accept-repairs."),
    "profile": Words(
        "Chọn loại hồ sơ: --profile TÊN hoặc TỆP.yaml.",
        "To choose the profile: --profile NAME or FILE.yaml.",
    ),
    "standard": Words(
        "Chỉ rõ chuẩn: --profile NGUỒN#TÊN.", "To name the standard: --profile SOURCE#NAME."
    ),
    "boundaries": Words(
        "Nêu tệp ranh giới xã: --boundaries TỆP.", "To give commune boundaries: --boundaries FILE."
    ),
}
"""How a choice is made on the command line."""


class Bilingual(BaseModel):
    """A sentence of the catalogue in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    vi: str
    en: str

    def words(self) -> Words:
        return Words(self.vi, self.en)


class IssueKind(BaseModel):
    """One permanent code: its level, sentence, reason, remedy, and whether it can be repaired.

    `message` may hold `{placeholders}` filled from the issue's `detail`; `choice`: what a person
    may decide about it, besides accepting its repair.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    level: Level
    choice: Choice | None = None
    message: Bilingual
    why: Bilingual
    fix: Bilingual
    repairable: bool = False

    @property
    def decided_by(self) -> Choice | None:
        """The choice that may settle it; None where only the dossier itself can change."""
        return "repairs" if self.repairable else self.choice


@cache
def catalogue() -> dict[str, IssueKind]:
    """All issue kinds by code, from the themes in `issue_codes/`.

    A code is permanent: its meaning never changes, and it is never used again for another.
    """
    return {code: kind for kinds in themes().values() for code, kind in kinds.items()}


@cache
def themes() -> dict[str, dict[str, IssueKind]]:
    """The issue kinds of each file of the catalogue, by the file's name."""
    folder = Path(__file__).with_name("issue_codes")
    return {path.stem: _kinds(path) for path in sorted(folder.glob("*.yaml"))}


def _kinds(path: Path) -> dict[str, IssueKind]:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {code: IssueKind.model_validate(kind) for code, kind in data.items()}


@dataclass(frozen=True)
class Issue:
    """One finding with its place.

    `geom`: the place of the error in lon/lat (EPSG:4326), not the whole feature; `severity`: the
    level a standard gives this finding instead of the catalogue's.
    """

    code: str
    file: str | None = None
    layer: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    count: int = 1
    geom: Geometry | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    severity: Level | None = None

    @property
    def kind(self) -> IssueKind:
        return catalogue()[self.code]

    @property
    def level(self) -> Level:
        return self.severity or self.kind.level

    @property
    def message(self) -> Words:
        """The sentence with the finding's details in it."""
        return self._filled(self.kind.message)

    @property
    def remedy(self) -> Words:
        """The way out, with the finding's details in it."""
        return self._filled(self.kind.fix)

    @property
    def is_repair(self) -> bool:
        """Whether it offers a repair, or tells of one that was made, with its area difference."""
        return "change_m2" in self.detail

    @property
    def change_m2(self) -> float | None:
        """By how much a repair changes the area (m²); None where that cannot be computed."""
        change = self.detail.get("change_m2")
        return float(change) if isinstance(change, int | float) else None

    @property
    def remedy_by_command(self) -> Words:
        """The way out at the command line, with the option that makes the choice, if any."""
        decided_by = self.kind.decided_by
        if decided_by is None:
            return self.remedy
        pairs = zip(self.remedy, OPTIONS[decided_by], strict=True)
        return Words(*(f"{fix} {option}" for fix, option in pairs))

    def _filled(self, sentence: Bilingual) -> Words:
        known = {"file": self.file, "layer": self.layer, "row": self.row, "column": self.column}
        values = {**known, "value": self.value, **self.detail}
        unknown = [name for name in _PHRASES if values.get(name) is None]
        vi, en = (_without(text, unknown) for text in sentence.words())
        english = {name: _shown(value) for name, value in values.items()}
        vietnamese = {name: _shown_vi(value) for name, value in values.items()}
        told = (vi, vietnamese), (en, english)
        return Words(*(text.format_map(defaultdict(lambda: "…", filled)) for text, filled in told))


_SWAPPED = str.maketrans(",.", ".,")
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def _shown_vi(value: Any) -> str:
    """The same in a Vietnamese one: `1.234,5`, and a day as `31/12/2026`."""
    shown = _shown(value)
    if isinstance(value, float):
        return shown.translate(_SWAPPED)
    day = _ISO_DAY.fullmatch(shown)
    return "/".join(reversed(day.groups())) if day else shown


def _shown(value: Any) -> str:
    """A value in an English sentence: a measured number as `1,234.5`; what is not known as `…`."""
    if value is None:
        return "…"
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.6f}".rstrip("0").rstrip(".")


_PHRASES: dict[str, tuple[tuple[str, str], ...]] = {
    "layer": (
        ("“{file}”, lớp {layer}", "“{file}”"),
        ("“{file}”, layer {layer}", "“{file}”"),
        ("Lớp {layer} trong “{file}”", "Tệp “{file}”"),
        ("Layer {layer} in “{file}”", "File “{file}”"),
        ("Lớp {layer}", "Tệp “{file}”"),
        ("lớp {layer}", "tệp “{file}”"),
        ("Layer {layer}", "File “{file}”"),
        ("layer {layer}", "file “{file}”"),
        (" ({layer}, {column})", ""),
        ("({layer}, dòng {row})", "(“{file}”)"),
        ("({layer}, row {row})", "(“{file}”)"),
        (", {layer}", ""),
    ),
    "row": (
        (", dòng {row}", ""),
        (", row {row}", ""),
        (" (dòng {row})", ""),
        (" (row {row})", ""),
        ("(dòng {row}: {value})", "({value})"),
        ("(row {row}: {value})", "({value})"),
    ),
    "column": ((", {column}", ""), (" ở {column}", ""), (" in {column}", "")),
}
"""What a sentence says instead where the layer, row or column of a finding is not known."""


def _without(text: str, unknown: list[str]) -> str:
    for name in unknown:
        for phrase, instead in _PHRASES[name]:
            text = text.replace(phrase, instead)
    return text
