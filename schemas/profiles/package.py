"""What a package holds besides its layers: folders, papers, scans, and whence each rule comes.

A rule says how well its source is known: A the text itself was read, B two sources agree, C one
source, K from memory. Only A and B may forbid publication.
"""

from typing import Literal

from pydantic import BaseModel, model_validator

from schemas.issues import Bilingual, Level, catalogue
from schemas.profiles.reading import Unfit
from schemas.profiles.sources import STRICT, Pattern

Confidence = Literal["A", "B", "C", "K"]
FIRM: tuple[Confidence, ...] = ("A", "B")


class Backed(BaseModel):
    """A rule with its article and how well that is known."""

    model_config = STRICT

    article: str
    confidence: Confidence

    def must_be_firm(self, *levels: Level | None) -> None:
        """Raises Unfit where a rule of uncertain source would forbid publication."""
        if self.confidence not in FIRM and {"ERROR", "FATAL"} & set(levels):
            raise Unfit(
                f"“{self.article}” chưa chắc chắn ({self.confidence}), không được là LỖI",
                f"“{self.article}” is not certain ({self.confidence}) and may be no ERROR",
            )


class CodeRule(Backed):
    """Where the findings of some codes come from; `level` instead of the catalogue's."""

    codes: tuple[str, ...]
    level: Level | None = None

    @model_validator(mode="after")
    def _is_firm_and_known(self) -> "CodeRule":
        unknown = set(self.codes) - set(catalogue())
        if unknown:
            names = ", ".join(sorted(unknown))
            raise Unfit(f"không có mã phát hiện {names}", f"no issue code {names}")
        self.must_be_firm(*(self.level or catalogue()[code].level for code in self.codes))
        return self


class Folder(Backed):
    """A folder of the package. `missing`: level where it is not there at all.

    `roles`: files that belong into it; where they lie elsewhere its absence is a WARNING only.
    `flag`: the workbook's column that says whether it is delivered. `under`: its parent.
    """

    name: str
    under: str | None = None
    missing: Level | None = None
    roles: tuple[str, ...] = ()
    flag: str | None = None

    @model_validator(mode="after")
    def _is_firm(self) -> "Folder":
        self.must_be_firm(self.missing)
        return self


class Geodatabase(Backed):
    """A geodatabase of the package; `missing`: level where no layer of it is delivered."""

    name: str
    missing: Level | None = None

    @model_validator(mode="after")
    def _is_firm(self) -> "Geodatabase":
        self.must_be_firm(self.missing)
        return self


class Field(Backed):
    """An attribute of every class. `missing`: level of its absence; `too_long`: of longer texts.

    `repeated`: level of a value that several rows of a class share.
    """

    name: str
    max_length: int
    required: bool = False
    missing: Literal["ERROR", "WARNING"]
    too_long: Level
    repeated: Level | None = None

    @model_validator(mode="after")
    def _is_firm(self) -> "Field":
        self.must_be_firm(self.missing, self.too_long, self.repeated)
        return self


class NeededClasses(Backed):
    """Classes without which plans of some levels are not whole; elsewhere a WARNING."""

    container: str
    classes: tuple[str, ...]
    levels: tuple[str, ...]
    missing: Level

    @model_validator(mode="after")
    def _is_firm(self) -> "NeededClasses":
        self.must_be_firm(self.missing)
        return self


class Paper(Backed):
    """A paper a dossier has. `absent`: nothing of it at all; `listed`: named, but not delivered.

    `roles`: what makes it there; `name`: pattern of file names that are it; `levels` and
    `adjustments`: the plans it is asked of (() = all).
    """

    title: Bilingual
    roles: tuple[str, ...]
    name: Pattern | None = None
    levels: tuple[str, ...] = ()
    adjustments: tuple[str, ...] = ()
    absent: Level
    listed: Level

    @model_validator(mode="after")
    def _is_firm(self) -> "Paper":
        self.must_be_firm(self.absent, self.listed)
        return self


class Scan(Backed):
    """Scans under a path: their form, how fine they must be, and whether each has its folder."""

    under: Pattern
    kinds: tuple[str, ...]
    form: str
    least_dpi: int
    own_folder: bool = False


class Contradiction(Backed):
    """A place where the standard contradicts itself; both readings are accepted."""

    name: str
    text: Bilingual


class Package(BaseModel):
    """The rules of a package beside its layers.

    `sheet`: the workbook's sheet of the plan itself; `folder_column`: names the package's folder;
    `flags`: code table of the words for yes and no.
    """

    model_config = STRICT

    sheet: str
    folder_column: str | None = None
    flags: str | None = None
    folders: tuple[Folder, ...] = ()
    geodatabases: tuple[Geodatabase, ...] = ()
    fields: tuple[Field, ...] = ()
    needed_classes: tuple[NeededClasses, ...] = ()
    papers: tuple[Paper, ...] = ()
    scans: tuple[Scan, ...] = ()
    rules: tuple[CodeRule, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()

    def rule_of(self, code: str) -> CodeRule | None:
        return next((rule for rule in self.rules if code in rule.codes), None)

    def contradiction(self, name: str) -> Contradiction | None:
        return next((one for one in self.contradictions if one.name == name), None)
