"""Numbers and dates as people read them: `1.234,5` in Vietnamese, `1,234.5` in English."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from schemas.day import VIETNAM
from schemas.words import Words

Lang = Literal["vi", "en"]
_SWAP = str.maketrans(",.", ".,")
_SMALLEST_SHARE = 0.001


def number(value: float, lang: Lang, digits: int | None = None) -> str:
    """A number with `digits` decimals; without it up to two, trailing zeros dropped."""
    text = f"{value:,.{2 if digits is None else digits}f}"
    if digits is None:
        text = text.rstrip("0").rstrip(".")
    if float(text.replace(",", "")) == 0:
        text = text.removeprefix("-")
    return text.translate(_SWAP) if lang == "vi" else text


def m2(area_m2: float, lang: Lang) -> str:
    """An area in square metres to a tenth; what is smaller, but not nothing, says so."""
    if 0 < area_m2 < 0.05:
        return f"< {number(0.1, lang, 1)}\N{NO-BREAK SPACE}m²"
    return f"{number(area_m2, lang, 1)}\N{NO-BREAK SPACE}m²"


def percent(share: float, lang: Lang) -> str:
    """A share (0..1) in percent to a tenth; never `0 %` for a little, nor `100 %` for less."""
    if 0 < share < _SMALLEST_SHARE / 2:
        return f"< {number(0.1, lang, 1)}%"
    if 1 - _SMALLEST_SHARE / 2 < share < 1 - 1e-9:
        return f"> {number(99.9, lang, 1)}%"
    text = number(share * 100, lang, 1)
    return f"{text[:-2] if text[-2:] in (',0', '.0') else text}%"


def date_vi(day: date | datetime | str) -> str:
    """A date as dd/mm/yyyy, from a date or from ISO text. Raises ValueError."""
    return _as_date(day).strftime("%d/%m/%Y")


def date_en(day: date | datetime | str) -> str:
    """A date as `1 June 2026`. Raises ValueError."""
    return f"{_as_date(day):%-d %B %Y}"


def date_text(day: date | datetime | str | None, lang: Lang) -> str:
    """A date in the page's language; a dash where there is none. Raises ValueError."""
    if day is None:
        return "–"
    return date_vi(day) if lang == "vi" else date_en(day)


def moment_text(moment: datetime, lang: Lang) -> str:
    """A moment by the clock of Viet Nam, to the minute."""
    local = moment.astimezone(VIETNAM)
    return f"{date_text(local, lang)} {local:%H:%M}"


def said(words: Words | Sequence[str] | dict[str, str] | str, lang: Lang) -> str:
    """Bilingual words in one language: `Words`, a (vi, en) pair, {"vi": …, "en": …} or plain."""
    if isinstance(words, str):
        return words
    if isinstance(words, dict):
        return words[lang]
    return words[0 if lang == "vi" else 1]


def _as_date(day: date | datetime | str) -> date:
    if isinstance(day, str):
        day = datetime.fromisoformat(day)
    return day.date() if isinstance(day, datetime) else day
