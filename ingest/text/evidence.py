"""How Vietnamese a reading is: its words with diacritics, right and wrong."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ingest.text.syllables import is_syllable

DAMAGED = re.compile(r"[^\W\d_]*(?:\?[^\W\d_]+|\ufffd)[^\W\d_?\ufffd]*")
"""A word with a letter that is gone for good."""

_WORD = re.compile(r"[^\W\d_]+")
_SIGNS = "[¢-©¬-¯±´-¹¼-¾‚-‡‰‹›€™]"
_STRAY = re.compile(
    rf"(?<=[^\W\d_]){_SIGNS}|{_SIGNS}(?=[^\W\d_])|{_SIGNS}{{2}}"
    r"|(?<=[^\W\d_])(?:[¡»¿](?=[^\W\d_])|«)|»(?=[^\W\d_])"
    r"|(?<=[^\W\d_])°(?=[^\W\d_])|(?<=\w )·(?! ?\w)|[\x80-\x9f]"
)
"""Signs beside letters as no language writes them, and control characters."""
_ETH = str.maketrans("Ðð", "Đđ")  # typed for one another so often that it says nothing


@dataclass(frozen=True)
class Evidence:
    """Words of a reading with letters beyond ASCII: `good` are syllables, `bad` are not.

    `syllables`: different good ones; `vietnamese`: share of all words, plain ones too, that could
    be Vietnamese; `plain`: how many plain ones could; `short`: abbreviations with Đ, such as QĐ.
    """

    good: int
    bad: int
    syllables: frozenset[str]
    vietnamese: float
    plain: int
    short: int

    @property
    def score(self) -> float:
        """1 where every such word is a syllable; far below 0 where few are."""
        told = self.good + self.bad
        return (self.good - 2 * self.bad) / told if told else 0.0


def weigh(texts: Iterable[str]) -> Evidence:
    """The evidence of some texts (NFC) under one reading."""
    whole = _without_damage("\n".join(texts))
    words = Counter(_WORD.findall(whole))
    marked = {word: count for word, count in words.items() if _is_marked(word)}
    good = {word: count for word, count in marked.items() if is_good(word)}
    stray = len(_STRAY.findall(whole))
    bad = sum(marked.values()) - sum(good.values()) + stray
    plain = [word for word in words if word.isascii() and _counts(word)]
    fitting = sum(map(is_syllable, plain))
    share = (len(good) + fitting) / max(1, len(marked) + len(plain))
    short = sum(len(word) > 1 and not word.isascii() for word in words) - len(marked)
    return Evidence(sum(good.values()), bad, frozenset(good), share, fitting, max(0, short))


def has_broken_words(text: str) -> bool:
    """Whether some word beyond ASCII is no syllable, or a sign stands where a letter should."""
    whole = _without_damage(text)
    words = filter(_is_marked, _WORD.findall(whole))
    return any(not is_good(word) for word in words) or _STRAY.search(whole) is not None


def reads_better(text: str, now: str, *, tie: bool) -> bool:
    """Whether a reading of a text is better Vietnamese than how it reads now.

    `tie`: what to say where both are spelt well.
    """
    if not has_broken_words(now):
        return tie and not has_broken_words(text)
    return not has_broken_words(text) or weigh([text]).score > weigh([now]).score


def _without_damage(text: str) -> str:
    if "?" in text or "\ufffd" in text:
        text = DAMAGED.sub(" ", text)
    return text.translate(_ETH) if "Ð" in text or "ð" in text else text


def _is_marked(word: str) -> bool:
    """A word beyond ASCII that can be judged: not QĐ or HĐND."""
    return not word.isascii() and not (
        len(word) <= 4 and word.isupper() and word.replace("Đ", "").isascii() and not is_good(word)
    )


@lru_cache(maxsize=100_000)
def is_good(word: str) -> bool:
    """A Vietnamese syllable with diacritics, in one of the three cases that people write."""
    written = word.islower() or word.isupper() or (word[0].isupper() and word[1:].islower())
    return written and is_syllable(word)


def _counts(word: str) -> bool:
    """Abbreviations in capitals and single letters say nothing about the language."""
    return len(word) > 1 and (is_syllable(word) or not (word.isupper() and len(word) <= 4))
