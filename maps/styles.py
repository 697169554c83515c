"""The style catalogue: fill, hatch, outline and label of every planning function, code and line.

The data lie in `maps/styles/*.yaml`. Official colours repeat (18 land codes share one), so colour
never carries the meaning alone: every zone style has a label, and a hatch where colours are near.
"""

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from schemas.words import Words

Hatch = Literal[
    "none", "diagonal", "backdiagonal", "cross", "grid", "horizontal", "vertical", "dots", "waves",
    "unknown",
]  # fmt: skip

FOLDER = Path(__file__).parent / "styles"
LINE_SET = "lines"

_COLOUR = r"^#[0-9a-f]{6}$"
_KEY = r"^[a-z][a-z0-9_-]*$"  # safe as a part of an XML id and of a tile attribute
_CAD_LAYER = re.compile(r"^(?:(?:HT|QHDD|QHDH|QH)_)?(DAT_.+?)(?:_(?:QG|CV|CT|CH|DVO))?$")


class Style(BaseModel):
    """How one function, code or kind of line is drawn; widths in pixels at normal size."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(pattern=_KEY)
    code: str
    label: str = Field(max_length=5)
    vi: str
    en: str
    fill: str | None = Field(default=None, pattern=_COLOUR)
    hatch: Hatch = "none"
    outline: str = Field(default="#3a3a3a", pattern=_COLOUR)
    dash: tuple[float, ...] = ()
    width: float = Field(default=0.8, gt=0)
    order: int
    names: tuple[str, ...] = ()
    legal_source: str | None = None
    verified: bool = False

    @property
    def words(self) -> Words:
        return Words(self.vi, self.en)

    @property
    def in_catalogue(self) -> bool:
        return self.key not in {style.key for style in SPECIAL}


class StyleSet(BaseModel):
    """One file of the catalogue; source and `verified` hold for each style unless it says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    style_set: str
    about: Words
    legal_source: str | None
    verified: bool
    styles: tuple[Style, ...] = Field(min_length=1)


NOT_IN_CATALOGUE = Style(
    key="not-in-catalogue",
    code="?",
    label="?",
    vi="Chức năng chưa có trong danh mục ký hiệu",
    en="Function not in the style catalogue",
    fill="#ffffff",
    hatch="unknown",
    outline="#000000",
    dash=(2, 3),
    width=1.6,
    order=9999,
)

NO_FUNCTION = Style(
    key="no-function",
    code="-",
    label="",
    vi="Ranh giới khu, ô (không gán chức năng)",
    en="Boundary of an area or cell (no function assigned)",
    outline="#5a2a82",
    dash=(8, 3),
    width=1.8,
    order=9998,
)
SPECIAL = (NO_FUNCTION, NOT_IN_CATALOGUE)


def read_style_set(path: Path) -> StyleSet:
    """One YAML file as a style set. Raises pydantic.ValidationError."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    common = {"legal_source": raw.get("legal_source"), "verified": raw.get("verified")}
    raw["styles"] = [{**common, **each} for each in raw.get("styles", [])]
    raw["about"] = Words(**raw["about"])
    return StyleSet.model_validate(raw)


@cache
def style_sets() -> tuple[StyleSet, ...]:
    """All style sets, by file name."""
    return tuple(read_style_set(path) for path in sorted(FOLDER.glob("*.yaml")))


@cache
def zone_styles() -> dict[str, Style]:
    """Every zone style by key, in legend order; the last are those outside the catalogue."""
    sets = [each for each in style_sets() if each.style_set != LINE_SET]
    known = [style for each in sets for style in sorted(each.styles, key=lambda s: s.order)]
    return {style.key: style for style in (*known, *SPECIAL)}


@cache
def line_styles() -> dict[str, Style]:
    """Every line style by its kind (`red_line`, `building_line`, `corridor`, `road_axis`)."""
    return {s.key: s for each in style_sets() if each.style_set == LINE_SET for s in each.styles}


def name_key(name: str) -> str:
    """A function's name for comparing: no case, tone marks, punctuation, nor a leading “đất”."""
    flat = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    plain = "".join(letter for letter in flat if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", " ", plain).strip().removeprefix("dat ")


def code_key(code: str) -> str:
    """A code for comparing: `QHDH-DAT_O_Nhomnhao_CV` (CAD layer) is `DAT_O_NHOMNHAO`."""
    flat = code.strip().upper().replace("-", "_")
    layer = _CAD_LAYER.match(flat)
    return layer[1] if layer else flat


@cache
def _index() -> dict[str, str]:
    """Style key by code and by name of planning function (land codes are found by code alone)."""
    index: dict[str, str] = {}
    for style in zone_styles().values():
        if not style.in_catalogue:
            continue
        named = style.code.startswith("DAT_")
        names = {name_key(name) for name in (style.vi, *style.names)} if named else set()
        for key in (code_key(style.code), *sorted(names)):
            if index.setdefault(key, style.key) != style.key:
                raise ValueError(f"styles {index[key]} and {style.key} both answer to {key!r}")
    return index


@lru_cache(maxsize=4096)
def style_of(*names: str | None) -> Style:
    """The style of the first name or code that the catalogue knows; give the most specific first.

    Never a guess: what it does not know gets `NOT_IN_CATALOGUE`, which looks like nothing else;
    where no name is given at all, `NO_FUNCTION`.
    """
    if not any(names):
        return NO_FUNCTION
    for name in names:
        if not name:
            continue
        key = _index().get(code_key(name)) or _index().get(name_key(name))
        if key:
            return zone_styles()[key]
    return NOT_IN_CATALOGUE
