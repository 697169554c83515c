"""Planning norms written as text ("3÷5", "≤ 7", "8,4") read into ranges; the text is kept.

Circular 16/2025 stores density, storeys and floor area ratio as TEXT. "0", "-" and an empty cell
mean *not stated*; they never mean a norm of zero.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Unit = Literal["as_written", "percent", "fraction"]
Norm = Literal["density", "storeys", "far", "metres"]

MOST: dict[Norm, float] = {"density": 100.0, "storeys": 200.0, "far": 30.0, "metres": 1000.0}
"""Above this a norm was surely meant in another unit (density %, storeys, far as a number)."""

_NOT_STATED = {"", "-", "--", "_", "x", "/", "n/a", "na", "none", "null", "nan", "không quy định"}
_NUMBER = r"(?:\d{1,3}(?:\.\d{3})+,\d+|\d+(?:[.,]\d+)?)"
_WORD = r"(?:%|tầng|lần|mét|m2|m²|m)?"
_SPAN = r"(?:-|÷|~|đến|tới|to|\.\.)"
_AT_MOST = r"(?:<=|<|≤|≦|tối đa|max|không quá|không vượt quá|đến|tới|nhỏ hơn|dưới)"
_AT_LEAST = r"(?:>=|>|≥|≧|tối thiểu|min|từ|lớn hơn|trên|ít nhất)"

_ONE = re.compile(rf"^({_NUMBER})\s*{_WORD}$")
_RANGE = re.compile(
    rf"^(?:từ\s*|≥\s*|>=\s*)?({_NUMBER})\s*{_WORD}\s*{_SPAN}\s*(?:≤\s*|<=\s*)?({_NUMBER})\s*{_WORD}$"
)
_UPPER = re.compile(rf"^{_AT_MOST}\s*:?\s*({_NUMBER})\s*{_WORD}$")
_LOWER = re.compile(rf"^{_AT_LEAST}\s*:?\s*({_NUMBER})\s*{_WORD}$")
_DASHES = str.maketrans({"–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "\u00a0": " "})


@dataclass(frozen=True)
class Indicator:
    """A norm as a closed range; None = that end is not stated. `text`: as written."""

    low: float | None
    high: float | None
    text: str | None
    readable: bool = True

    @property
    def stated(self) -> bool:
        return self.low is not None or self.high is not None


def parse_indicator(value: object, unit: Unit = "as_written", norm: Norm = "density") -> Indicator:
    """Read one norm. `unit`: what a bare number means; "%" in the text of a far divides by 100.

    Density comes back in %, storeys as a count, far as a number. An unreadable text comes back
    with `readable` false and no range.
    """
    text = _as_text(value)
    if text is None:
        return Indicator(None, None, None)
    plain = " ".join(text.translate(_DASHES).casefold().split())
    if plain in _NOT_STATED:
        return Indicator(None, None, text)
    ends = _ends(plain)
    if ends is None:
        return Indicator(None, None, text, readable=False)
    factor = _factor(plain, unit, norm)
    low, high = (None if end is None else round(end * factor, 9) for end in ends)
    if not low and not high:
        return Indicator(None, None, text)
    return Indicator(low, high, text)


_GROUPED = re.compile(r"^(\d{1,3}(?:[. ]\d{3})+)(?:,(\d+))?$")
_PLAIN = re.compile(r"^(\d+)(?:[.,](\d+))?$")
_UNITS = re.compile(r"\s*(?:m2|m²|người)$")


def parse_quantity(value: object) -> float | None:
    """A count or an area in m² as people write it; NaN = not stated, None = not understood.

    In text a point before three digits separates thousands, as in Vietnam (`12.345,6`); a comma
    separates decimals. Numbers are taken as they are. Zero and "-" mean not stated.
    """
    if isinstance(value, int | float | np.number):
        return float(value) or np.nan
    text = _as_text(value)
    plain = " ".join((text or "").translate(_DASHES).casefold().split())
    if plain in _NOT_STATED:
        return np.nan
    plain = _UNITS.sub("", plain)
    found = _GROUPED.match(plain) or _PLAIN.match(plain)
    if found is None:
        return None
    return float(f"{re.sub('[. ]', '', found[1])}.{found[2] or 0}") or np.nan


def _ends(plain: str) -> tuple[float | None, float | None] | None:
    if found := _ONE.match(plain):
        return _number(found[1]), _number(found[1])
    if found := _RANGE.match(plain):
        first, second = sorted((_number(found[1]), _number(found[2])))
        return first, second
    if found := _UPPER.match(plain):
        return None, _number(found[1])
    if found := _LOWER.match(plain):
        return _number(found[1]), None
    return None


def _number(text: str) -> float:
    if "," in text and "." in text:
        text = text.replace(".", "")
    return float(text.replace(",", "."))


def _factor(plain: str, unit: Unit, norm: Norm) -> float:
    percent = "%" in plain or unit == "percent"
    if norm == "far":
        return 0.01 if percent else 1.0
    return 100.0 if norm == "density" and unit == "fraction" and "%" not in plain else 1.0


def _as_text(value: object) -> str | None:
    """A cell as the text a person sees: 40.0 is "40"; None and NaN are nothing."""
    if value is None or (isinstance(value, float | np.floating) and np.isnan(value)):
        return None
    if isinstance(value, float | np.floating):
        return format(float(value), ".10g")
    return unicodedata.normalize("NFC", str(value)).strip()


@dataclass(frozen=True)
class Indicators:
    """A column of norms, arrays (n,): ranges, texts, which were not read or not believed."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    text: NDArray[np.object_]
    unreadable: NDArray[np.bool_]
    implausible: NDArray[np.bool_]


def parse_indicators(values: "pd.Series[Any]", unit: Unit, norm: Norm) -> Indicators:
    """Read a column of norms; each distinct text is read once. NaN = end not stated."""
    codes, distinct = pd.factorize(values.astype(object), use_na_sentinel=False)
    read = [parse_indicator(value, unit, norm) for value in distinct]
    low = np.array([np.nan if one.low is None else one.low for one in read], dtype=float)
    high = np.array([np.nan if one.high is None else one.high for one in read], dtype=float)
    text = np.array([one.text for one in read], dtype=object)
    unread = np.array([not one.readable for one in read], dtype=bool)
    beyond = np.fmax(low, high) > MOST[norm]
    if not read:
        return Indicators(low, high, text, unread, beyond.astype(bool))
    return Indicators(low[codes], high[codes], text[codes], unread[codes], beyond[codes])
