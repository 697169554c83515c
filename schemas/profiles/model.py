"""A dossier profile as data: what a delivery looks like and what each part of it becomes.

One model serves two uses: a national package (`vn_circular16`) and a mapping for any single vector
file. A profile never holds code; a new form of delivery is a new YAML file.
"""

import re
from typing import Literal

from pydantic import BaseModel, Field, model_validator

from schemas.issues import Bilingual
from schemas.profiles.cells import CellRule, FactCell
from schemas.profiles.package import Package
from schemas.profiles.reading import Unfit
from schemas.profiles.sources import (
    STRICT,
    CodeTable,
    ColumnSource,
    Pattern,
    Sources,
    check_names,
)
from schemas.profiles.tolerances import AuditRule, ShapeRule, TopologyRule
from schemas.standards.model import Standard

Becomes = Literal["zone", "line", "boundary", "feature"]
Role = Literal["gis", "workbook", "decision", "drawing", "scan", "text", "package", "other", "junk"]


class _Strict(BaseModel):
    model_config = STRICT


COLUMNS: dict[Becomes, frozenset[str]] = {
    "zone": frozenset(
        {
            "symbol",
            "function_1",
            "function_2",
            "function_3",
            "land_use_code",
            "area_declared_m2",
            "density",
            "storeys",
            "far",
            "setback_m",
            "population",
        }
    ),
    "line": frozenset({"name", "setback_m", "width_m"}),
    "boundary": frozenset(),
    "feature": frozenset({"name"}),
}
"""What a layer's columns may be mapped to, by what the layer becomes."""


class LayerRule(_Strict):
    """What one layer becomes. `layer` None = the only one; `container`: geodatabase or folder.

    `required`: delivered columns that must exist and not be empty throughout when the layer has
    rows; None = every one mapped must exist. `cells`: what single cells must hold.
    `attributes`: all columns the standard gives the layer (to undo names cut to 10 characters), of
    text where `types` does not say otherwise.
    """

    layer: str | None = None
    container: str | None = None
    dataset: str | None = None
    becomes: Becomes = "feature"
    geometry: Literal["A", "L", "P"] | None = None
    label: str | None = None
    level: Literal["area", "cell", "lot"] | None = None
    kind: Literal["red_line", "building_line", "corridor", "road_axis"] | None = None
    theme: str | None = None
    columns: dict[str, ColumnSource] = {}
    required: tuple[str, ...] | None = None
    cells: tuple[CellRule, ...] = ()
    attributes: tuple[str, ...] = ()
    types: dict[str, Literal["float", "double", "int", "date"]] = {}

    @model_validator(mode="after")
    def _is_complete(self) -> "LayerRule":
        if (self.becomes == "zone") != (self.level is not None):
            raise Unfit(
                "`level` là của lớp thành ô, lô (becomes: zone), và lớp ấy phải có",
                "`level` belongs to a layer that becomes zones, and it needs one",
            )
        if (self.becomes == "line") != (self.kind is not None):
            raise Unfit(
                "`kind` là của lớp thành đường (becomes: line), và lớp ấy phải có",
                "`kind` belongs to a layer that becomes lines, and it needs one",
            )
        unknown = set(self.columns) - COLUMNS[self.becomes]
        if unknown:
            names = ", ".join(sorted(unknown))
            raise Unfit(f"{self.becomes} không có cột {names}", f"a {self.becomes} has no {names}")
        return self

    @property
    def family(self) -> Literal["A", "L", "P"] | None:
        """Geometry the layer must have: A area, L line, P point; None = any."""
        return self.geometry or {"zone": "A", "boundary": "A", "line": "L"}.get(self.becomes)  # type: ignore[return-value]

    @property
    def required_columns(self) -> tuple[str, ...]:
        if self.required is not None:
            return self.required
        return tuple(source.column for source in self.columns.values() if source.column)


class FileRule(_Strict):
    """Files whose path matches `path` (regular expression, case ignored) play `role`."""

    path: Pattern
    role: Role


class Sheet(_Strict):
    """A sheet of the workbook: columns in order; some are known under further names.

    `cells`: cells of the plan's own row that are to be filled.
    """

    name: str
    columns: tuple[str, ...]
    also: dict[str, str] = {}
    required: bool = False
    cells: tuple[FactCell, ...] = ()


class Workbook(_Strict):
    """The dossier's own workbook."""

    path: str
    sheets: tuple[Sheet, ...]


class PlanCode(_Strict):
    """Reading of a plan code. `id`: the plan's stable key, from the pattern's named groups.

    Further groups: `type` for the level, `overall` and `local` (digits) for adjustments.
    """

    pattern: Pattern
    id: str
    levels: dict[str, str] = {}

    @model_validator(mode="after")
    def _names_its_groups(self) -> "PlanCode":
        check_names(self.id, set(re.compile(self.pattern).groupindex))
        return self

    def parts(self, code: str) -> dict[str, str]:
        """The named parts of a code; none where it has another form."""
        found = re.match(self.pattern, code)
        return {} if found is None else found.groupdict(default="")

    def key(self, code: str) -> str:
        """What a plan is called through all its versions: the code itself in another form."""
        parts = self.parts(code)
        return self.id.format(**parts) if parts else code


class InfoCode(_Strict):
    """Reading of the planning information code (named groups level, kind, adjustment)."""

    sources: Sources
    pattern: Pattern
    level: dict[str, str] = {}
    kind: dict[str, str] = {}
    adjustment: dict[str, str] = {}


class PlanRule(_Strict):
    """Where the facts of the plan and its version are written; the first that is filled wins.

    `statuses`: code table by which a status is `approved`, `drafted` or `ended`.
    """

    code: Sources
    name: Sources = ()
    kind: Sources = ()
    level: Sources = ()
    authority: Sources = ()
    adjustment_kind: Sources = ()
    decision_no: Sources = ()
    decision_date: Sources = ()
    brief_no: Sources = ()
    brief_date: Sources = ()
    valid_from: Sources = ()
    valid_to: Sources = ()
    national_status: Sources = ()
    statuses: str | None = None
    scale: Sources = ()
    notes: Sources = ()
    stated_crs: Sources = ()
    location: Sources = ()
    id: str = "{code}"
    plan_code: PlanCode | None = None
    info_code: InfoCode | None = None

    def all_sources(self) -> tuple[Sources, ...]:
        """The sources of each fact."""
        stated = (getattr(self, name) for name in type(self).model_fields)
        own = tuple(value for value in stated if isinstance(value, tuple))
        return (*own, self.info_code.sources) if self.info_code else own

    @model_validator(mode="after")
    def _names_the_code(self) -> "PlanRule":
        check_names(self.id, {"code"})
        return self


class SecrecyRule(_Strict):
    """Dossiers that must not enter: classification marks, kinds of plan, and names of plans.

    Patterns left out are those of `secrecy.yaml`; sources left out are the plan's kind and name.
    `words`: no mark is in a text without one of them (none given: every text may hold one).
    """

    words: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    kind_sources: Sources = ()
    name_sources: Sources = ()


class DocumentRule(_Strict):
    """How a sheet lists the papers or drawings: which column names the file, and what it says."""

    sheet: str
    file: tuple[str, ...]
    title: tuple[str, ...]
    under: str
    role: str
    role_column: str | None = None
    roles: str | None = None
    number: str | None = None
    date: str | None = None
    pages: str | None = None


class Profile(_Strict):
    """A form of delivery. `match`: path patterns by which it is recognised unnamed.

    `crs`: the CRS of every layer (wins over the files' own labels). `place`: lon/lat box (west,
    south, east, north) in which content must lie. `classes`: CSV beside the profile with further
    layer rules. `standards`: family of model files that a user has, read into `models`, one of
    which fits a dossier. `checks_only`: nothing of it is taken into the register.
    """

    id: str = Field(pattern=r"^[a-z0-9_-]+$")
    title: Bilingual
    match: tuple[str, ...] = ()
    crs: str | None = None
    place: tuple[float, float, float, float] | None = None
    invented: bool = False
    invented_mark: str | None = None
    files: tuple[FileRule, ...] = ()
    workbook: Workbook | None = None
    containers: tuple[str, ...] = ()
    default_container: str | None = None
    classes: str | None = None
    layers: tuple[LayerRule, ...] = ()
    plan: PlanRule
    codes: dict[str, CodeTable] = {}
    secrecy: SecrecyRule = SecrecyRule()
    documents: tuple[DocumentRule, ...] = ()
    standards: Literal["cnig"] | None = None
    models: tuple[Standard, ...] = ()
    checks_only: bool = False
    package: Package | None = None
    shapes: ShapeRule = ShapeRule()
    topology: TopologyRule = TopologyRule()
    audit: AuditRule = AuditRule()

    @model_validator(mode="after")
    def _names_its_code_tables(self) -> "Profile":
        named = {s.codes for rule in self.layers for s in rule.columns.values()}
        for given in self.plan.model_fields_set:
            value = getattr(self.plan, given)
            if isinstance(value, tuple):
                named |= {source.codes for source in value}
        named |= {document.roles for document in self.documents}
        named |= {table for rule in self.layers for cell in rule.cells for table in cell.known}
        sheets = self.workbook.sheets if self.workbook else ()
        named |= {table for sheet in sheets for cell in sheet.cells for table in cell.known}
        named |= {self.plan.statuses}
        named |= {self.package.flags} if self.package else set()
        missing = named - set(self.codes) - {None}
        if missing:
            names = ", ".join(sorted(filter(None, missing)))
            raise Unfit(f"không có bảng mã {names}", f"no code table {names}")
        return self

    @property
    def boundary_rule(self) -> LayerRule | None:
        return next((rule for rule in self.layers if rule.becomes == "boundary"), None)
