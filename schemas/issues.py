"""Findings of the gate: permanent codes from one catalogue, and the value that carries one."""

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


class Bilingual(BaseModel):
    """A sentence of the catalogue in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    vi: str
    en: str

    def words(self) -> Words:
        return Words(self.vi, self.en)


class IssueKind(BaseModel):
    """One permanent code: its level, sentence, reason, remedy, and whether it can be repaired.

    `message` may hold `{placeholders}` filled from the issue's `detail`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    level: Level
    message: Bilingual
    why: Bilingual
    fix: Bilingual
    repairable: bool = False


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

    def _filled(self, sentence: Bilingual) -> Words:
        known = {"file": self.file, "layer": self.layer, "row": self.row, "column": self.column}
        values = {**known, "value": self.value, **self.detail}
        unknown = [name for name in _PHRASES if values.get(name) is None]
        texts = (_without(text, unknown) for text in sentence.words())
        return Words(*texts).filled(**{name: "…" if v is None else v for name, v in values.items()})


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
