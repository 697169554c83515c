"""The answer document `parcel-answer/1` and the documents beside it."""

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.issues import Bilingual

ThemeId = Literal[
    "land_use", "red_line", "building_line", "corridor", "road", "heritage", "infrastructure"
]
Result = Literal["applies", "does_not_apply", "no_data"]
Certainty = Literal["certain", "likely", "too_close_to_call"]


class Document(BaseModel):
    """All documents: unknown fields are a mistake."""

    model_config = ConfigDict(extra="forbid")


class Why(Document):
    """Why a theme has its result: a stable code and the sentence."""

    code: str
    vi: str
    en: str


class Source(Document):
    """The delivered file, layer and row a statement rests on; `sha256` of the file's bytes."""

    file: str
    layer: str
    row: int
    sha256: str
    dossier: str


class Norm(Document):
    """A stated range; `text` is what the plan says, word for word. All null: not stated."""

    min: float | None
    max: float | None
    text: str | None


class DocumentRef(Document):
    """A paper of the plan."""

    role: str
    title: str
    number: str | None
    date: dt.date | None
    pages: int | None
    url: str


class PlanRef(Document):
    """The plan version in force and the decision this statement rests on.

    `decision`, `date` and `since` are those of the version whose dossier delivered the statement:
    a local adjustment leaves the rest of the plan under its own earlier decision.
    """

    id: str
    name: str
    level: str
    version: int
    decision: str | None
    date: dt.date | None
    since: dt.date | None
    status: str
    national_status: str | None
    authority: str | None
    scale: int | None
    tolerance_m: float | None
    representation: Literal["vector", "raster", "scan"]
    loaded_at: dt.datetime | None
    invented: bool
    url: str


class ZoneFacts(Document):
    """What the zone says: function, code and norms (density %, storeys, far as a number)."""

    level: Literal["area", "cell", "lot"]
    symbol: str | None
    function: str | None
    function_levels: list[str]
    land_use_code: str | None
    density: Norm
    storeys: Norm
    far: Norm
    setback_m: float | None


class LineFacts(Document):
    """What the line is: its name, building setback and full width in metres."""

    kind: Literal["red_line", "building_line", "corridor", "road_axis"]
    name: str | None
    setback_m: float | None
    width_m: float | None


class FeatureFacts(Document):
    """Another delivered object on the ground of the parcel."""

    name: str | None
    layer: str


class Item(Document):
    """One plan statement about the ground asked for.

    `area_m2`: exact intersection in the storage CRS; in a line theme the strip taken. `share`: of
    the parcel. `area_range_m2`: with the lines moved by the plan's tolerance both ways.
    """

    plan: PlanRef
    zone: ZoneFacts | None
    line: LineFacts | None
    feature: FeatureFacts | None
    area_m2: float | None
    area_range_m2: tuple[float, float] | None
    share: float | None
    distance_m: float | None
    length_m: float | None
    certainty: Certainty
    note: Why | None
    documents: list[DocumentRef]
    source: Source


class Theme(Document):
    """One theme: applies, does not apply, or no data, and why.

    `covered_share`: how much of the ground plans in force speak about. `left_out`: items beyond
    the sixty listed.
    """

    theme: ThemeId
    title: Bilingual
    result: Result
    why: Why
    covered_share: float
    items: list[Item]
    left_out: int


class Commune(Document):
    """The commune of a parcel; `old_names` are those of the keys the parcel once had."""

    code: str | None
    name: str | None
    province: str | None
    old_names: list[str]


class FormerKey(Document):
    """A key the parcel had before."""

    commune_code: str
    commune_name: str | None
    sheet: str
    number: str


class ParcelFacts(Document):
    """The parcel: its keys, legal area (as printed) and measured area in the storage CRS."""

    id: int
    commune: Commune
    sheet: str | None
    number: str | None
    national_code: str | None
    former_keys: list[FormerKey]
    matched_by: Literal["key", "former_key", "code", "point", "id"]
    land_code: str | None
    address: str | None
    area_legal_m2: float | None
    area_m2: float
    invented: bool
    loaded_at: dt.datetime | None
    source: Source
    url: str | None


class Says(Document):
    """What one plan says at a place of disagreement; norms word for word."""

    symbol: str | None
    function: str | None
    density: str | None
    storeys: str | None
    far: str | None
    decision: str | None
    date: dt.date | None


class ConflictPlace(Document):
    """Ground on which two plans disagree; `says` is in the order of the conflict's `plans`."""

    area_m2: float | None
    differs: list[Literal["function", "density", "storeys", "far"]]
    says: tuple[Says, Says]


class Conflict(Document):
    """Two plans that disagree on the same ground, the coarser first; the program never picks one.

    `decision`: the written decision of the approving authority, where one is registered.
    """

    theme: ThemeId
    plans: tuple[PlanRef, PlanRef]
    places: list[ConflictPlace]
    area_m2: float | None
    decision: DocumentRef | None
    note: Why


class Change(Document):
    """A version that spoke about this place, and the days it was in force."""

    plan: PlanRef
    adjustment_kind: Literal["first", "overall", "local"]
    valid_from: dt.date | None
    valid_to: dt.date | None


class ParcelAnswer(Document):
    """`parcel-answer/1`: everything the register knows about one place on one day."""

    schema_: Literal["parcel-answer/1"] = Field(alias="schema")
    asked: dict[str, Any]
    valid_at: dt.date
    known_at: dt.datetime
    revision: int
    parcel: ParcelFacts | None
    themes: list[Theme]
    conflicts: list[Conflict]
    changes: list[Change]
    invented: bool
    disclaimer: Bilingual
