"""Names as keys: without diacritics, case or tone-mark habit, unit types recognised apart.

`Phường Bến Nghé`, `phuong ben nghe`, `P. Bến Nghé` and `Bến Nghé` are one unit; `Phường 1` and
`Phường 12` are two, and `Phường Đúc` may be a ward called Đúc or any unit called Phường Đúc. So a
typed name has *readings*, and the register decides which of them exist.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain

KINDS: dict[str, tuple[str, ...]] = {
    "Thành phố": ("thành phố", "tp"),
    "Thị trấn": ("thị trấn", "tt"),
    "Thị xã": ("thị xã", "tx"),
    "Đặc khu": ("đặc khu", "đk"),
    "Phường": ("phường", "p"),
    "Xã": ("xã", "x"),
    "Quận": ("quận", "q"),
    "Huyện": ("huyện", "h"),
    "Tỉnh": ("tỉnh", "t"),
}
"""Unit types as they stand in full names, and the ways people write them."""

SHORT_NAMES = {"hcm": "Hồ Chí Minh", "tphcm": "Hồ Chí Minh", "hn": "Hà Nội"}

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ´`′")
# Eth for đ and gha for ư are what old fonts and bad PDF text layers leave behind.
_DAMAGE = str.maketrans({"ð": "đ", "Ð": "đ", "ƣ": "ư", "Ƣ": "ư"})
_GLUED = re.compile(r"^(p|q|x|tt)(\d+)$")


@dataclass(frozen=True)
class UnitName:
    """One reading of a typed name: the unit type if it names one, the key and spelling of the rest.

    `spelling` keeps the diacritics (with every tone mark at the end of its word).
    """

    kind: str | None
    key: str
    spelling: str


def name_key(text: str) -> str:
    """The text in lower-case ASCII-like words: `Phường Bến Nghé` → `phuong ben nghe`.

    Equal for composed and decomposed text and for both tone-mark habits (Hoà, Hòa); apostrophes
    vanish (Ea H'leo), other punctuation separates words. The key of a key is itself.
    """
    return " ".join(_plain(word) for word in _words(text))


def spelling(text: str) -> str:
    """The text in lower-case words with their diacritics, the tone mark last: `Hòa` is `Hoà`."""
    return " ".join(_toned_last(word) for word in _words(text))


def has_diacritics(text: str) -> bool:
    """Whether the text was typed with Vietnamese marks."""
    return spelling(text) != name_key(text)


def split_unit_name(full_name: str) -> tuple[str | None, str]:
    """Unit type and name of an official full name: `Phường Bến Nghé` → (`Phường`, `Bến Nghé`).

    A numbered unit keeps its type in its name (`Phường 12`), as the official lists write it.
    """
    kind, rest = _apart(full_name)
    return kind, f"{kind} {rest}" if kind and rest.isdecimal() else rest


def unit_key(full_name: str) -> str:
    """The key a unit is found by: its name without the unit type, `Phường 01` → `1`."""
    return _number(name_key(_apart(full_name)[1]))


def unit_spelling(full_name: str) -> str:
    """The unit's name with its diacritics and without its type, as a reading spells it."""
    return spelling(_apart(full_name)[1])


def readings(text: str) -> tuple[UnitName, ...]:
    """Every way to read a typed name, the whole text as a name first; empty text has none."""
    text = SHORT_NAMES.get(name_key(text), text)
    words = spelling(text).split()
    if not words:
        return ()
    glued = _GLUED.match(words[0])
    if glued:
        words[:1] = glued.groups()
    whole = UnitName(None, _number(name_key(" ".join(words))), " ".join(words))
    return tuple(dict.fromkeys(chain([whole], _typed_readings(words))))


def _typed_readings(words: list[str]) -> list[UnitName]:
    found = []
    for kind, (_, forms) in _spelled_kinds().items():
        for size in (1, 2):
            typed, rest = " ".join(words[:size]), " ".join(words[size:])
            if rest and typed in forms:
                rest = spelling(SHORT_NAMES.get(rest, rest))
                found.append(UnitName(kind, _number(name_key(rest)), rest))
    return found


@lru_cache(maxsize=32768)
def _apart(full_name: str) -> tuple[str | None, str]:
    words = unicodedata.normalize("NFC", full_name).split()
    typed = spelling(" ".join(words[:2])).split()
    for kind, (official, _) in _spelled_kinds().items():
        size = len(official)
        if len(words) > size and typed[:size] == official:
            return kind, " ".join(words[size:])
    return None, " ".join(words)


@cache
def _spelled_kinds() -> dict[str, tuple[list[str], frozenset[str]]]:
    """For each unit type its official words, and all its written forms with and without marks."""
    return {
        kind: (
            spelling(kind).split(),
            frozenset(f(form) for form in forms for f in (spelling, name_key)),
        )
        for kind, forms in KINDS.items()
    }


def _words(text: str) -> list[str]:
    """Decomposed, case-folded words of letters, marks and digits."""
    letters = text.translate(_APOSTROPHES).translate(_DAMAGE)
    for _ in range(2):  # folding may bring new compositions, and they new capitals
        letters = unicodedata.normalize("NFKD", letters.casefold())
    letters = letters.translate(_APOSTROPHES).translate(_DAMAGE)
    kept = (c if unicodedata.category(c)[0] in "LNM" else " " for c in letters)
    words = "".join(kept).split()
    return [word for word in words if _plain(word)]


def _plain(word: str) -> str:
    letters = "".join(c for c in word if unicodedata.category(c)[0] != "M")
    return letters.replace("đ", "d")


def _toned_last(word: str) -> str:
    letters = "".join(c for c in word if c not in _TONES)
    tones = "".join(c for c in word if c in _TONES)
    return unicodedata.normalize("NFC", letters) + tones


def _number(key: str) -> str:
    return str(int(key)) if re.fullmatch(r"[0-9]{1,4}", key) else key
