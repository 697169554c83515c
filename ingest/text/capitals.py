"""Capitals in TCVN3: its accented letters have one form, a font such as .VnTimeH draws it large."""

import re

from ingest.text.tables import TCVN3

_WORD = re.compile(r"[^\W\d_]+")
_LARGE = "A-ZĂÂÊÔƠƯĐ"
_ONE_FORM = "".join(sorted(set("".join(TCVN3.values()).lower()) - set("ăâêôơưđ")))
_MIXED = re.compile(f"[{_LARGE}][{_LARGE}][{_ONE_FORM}]|[{_ONE_FORM}][{_LARGE}]")
_TWO_FORMS = re.compile(r"[A-Za-zĂÂÊÔƠƯĐăâêôơưđ]")


def with_capitals(text: str) -> str:
    """A TCVN3 text whose capitals show in the letters that do have two forms, made whole.

    "THUYếT MINH Kỹ THUậT" → "THUYẾT MINH KỸ THUẬT"; "Lê Lợi" stays.
    """
    if not _MIXED.search(text):
        return text
    words = _WORD.findall(text)
    told = [_TWO_FORMS.findall(word) for word in words]
    if any(letter.islower() for letters in told for letter in letters):
        return _WORD.sub(lambda word: _word_with_capitals(word[0]), text)
    return text.upper() if any(_is_capital(word) for word in words) else text


def _word_with_capitals(word: str) -> str:
    return word.upper() if _is_capital(word) else word


def _is_capital(word: str) -> bool:
    """Two letters or more that can only be capitals, none that is small, and one that must be."""
    letters = _TWO_FORMS.findall(word)
    return len(letters) > 1 and all(map(str.isupper, letters)) and not word.isupper()
