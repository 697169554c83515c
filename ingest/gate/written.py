"""Dates, scales and names as people and Excel write them, understood."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

_DATE = re.compile(
    r"^(?:ngày\s*:?\s*)?(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})"
    r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]m)?)?$",
    re.IGNORECASE,
)
_ISO = re.compile(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ].*)?$")
_WORDED = re.compile(
    r"^(?:ngày\s*:?\s*)?(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})$", re.IGNORECASE
)
_COLUMN_NUMBER = re.compile(r"^[(\[]?\s*(-?\d{1,3})(?:\.0)?\s*[)\]]?$")
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_SCALE = re.compile(
    r"^(?:t[ỷỉ]\s*lệ\s*:?\s*)?(?:1\s*[/:／]\s*)?(\d{1,3}(?:[. ,]?\d{3})*|\d+)$", re.I
)


def parse_date(cell: object) -> date | None:
    """A date as people and Excel write it: 5/3/2025 7:00, "ngày 5 tháng 3 năm 2025.", ISO, a serial
    day. Day first.
    """
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and 20_000 < cell < 80_000:
        return _EXCEL_DAY_ZERO + timedelta(days=int(cell))
    text = _plain(cell)
    if found := _DATE.match(text) or _WORDED.match(text):
        return _calendar(found[3], found[2], found[1])
    if found := _ISO.match(text):
        return _calendar(found[1], found[2], found[3])
    return None


def is_impossible(cell: object) -> bool:
    """Whether a text is written as a date but no calendar has it: 31/02/2025, 0/5/2024."""
    text = _plain(cell)
    written = _DATE.match(text) or _WORDED.match(text) or _ISO.match(text)
    return isinstance(cell, str) and written is not None and parse_date(cell) is None


def _plain(cell: object) -> str:
    """A text as it is meant: in NFC, without outer blanks and the stop at its end."""
    return unicodedata.normalize("NFC", str(cell)).strip().rstrip(" .;,")


def _calendar(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def parse_scale(cell: object) -> int | None:
    """Denominator of "1/2000", "Tỷ lệ: 1:2.000", "1/10 000" or 2000; None when it is not one."""
    if isinstance(cell, float | int):
        return int(cell) if cell >= 100 else None
    found = _SCALE.match(_plain(cell))
    if not found:
        return None
    scale = int(re.sub(r"[. ,]", "", found[1]))
    return scale if 100 <= scale <= 1_000_000 else None


def is_numbering(cells: Iterable[object]) -> bool:
    """Whether a row only numbers its columns: (1) (2), 1 2, or -1 -2 as Excel reads the first."""
    written = [_plain(cell) for cell in cells if cell not in (None, "")]
    found = [_COLUMN_NUMBER.match(text) for text in written]
    if len(found) < 2 or not all(found):
        return False
    numbers = [abs(int(one[1])) for one in found if one]
    in_brackets = all(text[0] in "([" for text in written)
    return in_brackets or all(after - before == 1 for before, after in pairwise(numbers))


def plan_slug(text: str) -> str:
    """Stable id of a plan from its key: lower case ASCII, other letters as their code points."""
    spread = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(c for c in spread if not unicodedata.combining(c)).lower()
    ascii_only = "".join(c if c.isascii() else f"-{ord(c):x}" for c in bare)
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
