"""Whether two places of a dossier say the same: alike, written in two ways, or different.

Blanks, punctuation, case, missing marks and the usual abbreviations are ways of writing.
"""

import re
from typing import Literal

from ingest.gate.facts import Fact
from ingest.gate.match import plain_key
from ingest.gate.written import parse_date, parse_scale
from schemas.names import has_diacritics, spelling

Sort = Literal["words", "code", "number", "date", "scale"]
Verdict = Literal["same", "variant", "different"]

_PREFIX = re.compile(r"^(?:quyetdinhso|quyetdinh|qdso|so)(?=\d)")
_ABBREVIATED = re.compile(spelling("Ủy ban nhân dân"))
_TAIL = re.compile(r"ngay\d.*$")
_ABBREVIATIONS = (("uybannhandan", "ubnd"), ("quyetdinh", "qd"), ("tile", "tyle"))


def agreement(sort: Sort, one: Fact, other: Fact) -> Verdict:
    """How two statements of one fact stand to each other."""
    if _blankless(one.text) == _blankless(other.text):
        return "same"
    if sort == "date":
        return "same" if parse_date(one.value) == parse_date(other.value) else "different"
    if sort == "scale":
        return "same" if parse_scale(one.value) == parse_scale(other.value) else "different"
    if sort == "number":
        alike = number_key(one.text) == number_key(other.text)
    else:
        alike = plain_words(one.text) == plain_words(other.text) and not _marked_apart(one, other)
    return "variant" if alike else "different"


def _marked_apart(one: Fact, other: Fact) -> bool:
    """Whether both are written with diacritics, and with different ones."""
    first, second = (_spelt(fact.text) for fact in (one, other))
    return has_diacritics(one.text) and has_diacritics(other.text) and first != second


def _spelt(text: str) -> str:
    """Words with their diacritics in one of the ways people write them."""
    words = _ABBREVIATED.sub("ubnd", spelling(text))
    return re.sub(spelling("tỉ lệ"), spelling("tỷ lệ"), words).replace(" ", "")


def plain_words(text: str) -> str:
    """A text without diacritics, case, blanks and punctuation, abbreviations written alike."""
    plain = plain_key(text)
    for long, short in _ABBREVIATIONS:
        plain = plain.replace(long, short)
    return plain


def number_key(text: str) -> str:
    """A decision's number as it may be written: `Số 0345/QĐ-UBND`, `345/QD.UBND ngày 1/2/2025`."""
    bare = _TAIL.sub("", _PREFIX.sub("", plain_key(text)))
    return re.sub(r"^0+(?=\d)", "", plain_words(bare))


def _blankless(text: str) -> str:
    return re.sub(r"\s+", "", text).casefold()
