"""What a pattern wants, said to people: a few choices, so many digits, or an example of the form.

Only the plain part of regular expressions is understood; of a pattern that uses more, nothing is
made up: people are sent to the standard.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from typing import Literal

import regex

from schemas.mistakes import Unfit
from schemas.standards.patterns import PatternTooSlow, fits_whole
from schemas.words import Words

ANYTHING = "…"
"""Stands in an example where a pattern allows any text."""
MOST_EXAMPLES = 12
LONGEST = 100
"""Times that a piece may be repeated in an example."""
DIGITS = {5: "30014", 8: "20171013", 9: "200012345"}
"""Examples of codes and days, by their number of digits."""
UNKNOWN = Words("theo đúng cách viết mà chuẩn quy định", "be written as the standard says")
_ONLY_DIGITS = regex.compile(r"(?:\[0-9\]|\\d)\{(\d+)\}")
_COUNT = regex.compile(r"\{(\d+)(?:,(\d*))?\}")
_CLASS = regex.compile(r"\[(\^?)((?:\\.|[^\]\\])+)\]")
_GROUP = regex.compile(r"\((?:\?:|\?P?<\w+>)?")
_OPENS = ("(?=", "(?!", "(?<=", "(?<!", "(?(")
_SET_SIGNS = ("[", "&&", "||", "--", "~~")

Kind = Literal["text", "digits", "letters or digits", "any"]


@dataclass(frozen=True)
class _Part:
    """Examples of a piece of a pattern. `literal`: they are all that the piece allows."""

    examples: tuple[str, ...]
    literal: bool
    kind: Kind = "text"


class _TooDifficult(Exception):
    """The pattern says more than an example can show."""


@lru_cache(maxsize=4096)
def form_words(pattern: str) -> Words:
    """What a value of the pattern must do or be, to follow “must”: `look like 30014_PLU_…`."""
    digits = _ONLY_DIGITS.fullmatch(pattern)
    if digits is not None:
        count, such = int(digits[1]), _digits(int(digits[1]))
        return Words(
            f"gồm đúng {count} chữ số, như {such}", f"consist of exactly {count} digits, as {such}"
        )
    part = _read(pattern)
    if part is None:
        return UNKNOWN
    *others, last = part.examples
    if part.literal:
        listed = ", ".join(part.examples)
        return Words(f"là một trong: {listed}", f"be one of: {listed}") if others else _like(last)
    shown = ", ".join(others)
    return Words(
        f"có dạng như {shown} hoặc {last}" if others else f"có dạng như {last}",
        f"look like {shown} or {last}" if others else f"look like {last}",
    )


def example(pattern: str) -> str | None:
    """A text of the pattern, with `…` where it allows anything; None where none can be made."""
    part = _read(pattern)
    return None if part is None else part.examples[0]


def _like(text: str) -> Words:
    return Words(f"là {text}", f"be {text}")


def _read(pattern: str) -> _Part | None:
    reader = _Reader(pattern)
    try:
        part = reader.either()
    except (_TooDifficult, IndexError, RecursionError):
        return None
    shown = part.examples
    if reader.at < len(pattern) or not all(shown) or set(shown) == {ANYTHING}:
        return None
    return part if all(_fits(pattern, one) for one in shown if ANYTHING not in one) else None


def _fits(pattern: str, text: str) -> bool:
    try:
        return fits_whole(pattern, text)
    except (PatternTooSlow, Unfit):
        return False


class _Reader:
    """Walks over a pattern once and puts examples together."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at = pattern, 0

    def either(self) -> _Part:
        parts = [self._sequence()]
        while self._next("|"):
            parts.append(self._sequence())
        if len(parts) == 1:
            return parts[0]
        every = tuple(dict.fromkeys(one for part in parts for one in part.examples))
        cut = every[:MOST_EXAMPLES]
        return _Part(cut, all(part.literal for part in parts) and cut == every)

    def _sequence(self) -> _Part:
        parts = list(self._parts())
        if len(parts) == 1:
            return parts[0]
        every = [part.examples if part.literal else part.examples[:1] for part in parts]
        made = list(islice(map("".join, product(*every)), MOST_EXAMPLES + 1))
        literal = all(part.literal for part in parts) and len(made) <= MOST_EXAMPLES
        return _Part(tuple(made) if literal else tuple(made[:1]), literal)

    def _parts(self) -> Iterator[_Part]:
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            yield self._counted(self._one())

    def _one(self) -> _Part:
        letter = self.pattern[self.at]
        if letter == "(":
            return self._group()
        if letter == "[":
            return self._class()
        self.at += 1
        if letter == ".":
            return _Part((letter,), False, "any")
        if letter == "\\":
            return self._escaped()
        if letter in "^$*+?{":
            raise _TooDifficult
        return _Part((letter,), True)

    def _group(self) -> _Part:
        opened = _GROUP.match(self.pattern, self.at)
        if opened is None or self.pattern.startswith(_OPENS, self.at) or self._is_flag(opened[0]):
            raise _TooDifficult
        self.at = opened.end()
        part = self.either()
        if not self._next(")"):
            raise _TooDifficult
        return part

    def _is_flag(self, opened: str) -> bool:
        """Whether the bracket opens something else than a plain or named group: `(?i)`, `(?>`."""
        return opened == "(" and self.pattern.startswith("(?", self.at)

    def _class(self) -> _Part:
        found = _CLASS.match(self.pattern, self.at)
        if found is None or any(sign in found[2] for sign in _SET_SIGNS):
            raise _TooDifficult
        self.at = found.end()
        letters = found[2]
        if found[1]:
            return _Part((ANYTHING,), False, "any")
        if letters in ("0-9", "\\d"):
            return _Part(("1",), False, "digits")
        if "0-9" in letters or "\\d" in letters or "\\w" in letters:
            return _Part(("1",), False, "letters or digits")
        plain = regex.sub(r"\\([^\p{L}])", r"\1", letters)
        if "\\" in plain:
            raise _TooDifficult
        if "-" in plain.strip("-"):
            return _Part(("A" if "A-Z" in plain else plain[0],), False)
        return _Part(tuple(plain), True)

    def _escaped(self) -> _Part:
        letter = self.pattern[self.at]
        self.at += 1
        if letter in "dw":
            return _Part(("1",), False, "digits" if letter == "d" else "letters or digits")
        if letter.isalnum():
            raise _TooDifficult
        return _Part((letter,), True)

    def _counted(self, part: _Part) -> _Part:
        """The piece as often as its count says; what may be left out is left out."""
        if self.at >= len(self.pattern):
            return part
        least, most = self._count()
        if (least, most) == (1, 1):
            return part
        if least > LONGEST:
            raise _TooDifficult
        if part.kind == "any":
            return _Part((ANYTHING,), False, "any")
        if part.kind == "digits":
            return _Part((_digits(least),), False)
        if part.kind == "letters or digits":
            return _Part((_digits(5 if least and most is None else least),), False)
        return _Part((part.examples[0] * least,), False)

    def _count(self) -> tuple[int, int | None]:
        signs: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
        found = _COUNT.match(self.pattern, self.at)
        letter = self.pattern[self.at]
        if letter in signs:
            self.at += 1
            counted = signs[letter]
        elif found is not None:
            self.at = found.end()
            least = int(found[1])
            counted = (least, least if found[2] is None else int(found[2]) if found[2] else None)
        else:
            return (1, 1)
        if self.at < len(self.pattern) and self.pattern[self.at] in "?+*":
            raise _TooDifficult
        return counted

    def _next(self, letter: str) -> bool:
        if self.at < len(self.pattern) and self.pattern[self.at] == letter:
            self.at += 1
            return True
        return False


def _digits(count: int) -> str:
    return DIGITS.get(count, ("1234567890" * (count // 10 + 1))[:count])
