"""Signs that letters are gone for good, or that a look-alike was typed: said, not guessed."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.words import Words

_URL = re.compile(r"\S*(?:://|www\.)\S*|\S+\?\w+=\S*")


@dataclass(frozen=True)
class Sign:
    """One kind of damage: how it shows, and what it is in words."""

    name: str
    pattern: re.Pattern[str]
    words: Words


SIGNS = (
    Sign(
        "replaced",
        re.compile("\ufffd"),
        Words("ký tự thay thế � của máy", "the machine's replacement character �"),
    ),
    Sign(
        "question_mark",
        re.compile(r"(?<=[^\W\d_])\?(?=[^\W\d_])|(?<![\w?.!)])\?(?=[^\W\d_])"),
        Words("dấu ? thay cho chữ đã mất", "? in place of a letter that is lost"),
    ),
    Sign(
        "eth",
        re.compile(r"[Ðð](?=[^\W\d_?]*[^\W\d_]|\?)|(?<=[^\W\d_])[Ðð]"),
        Words("chữ Ð (U+00D0) thay cho Đ", "the letter Ð (U+00D0) in place of Đ"),
    ),
    Sign(
        "oi",
        re.compile("[Ƣƣ]"),
        Words("chữ ƣ (U+01A3) thay cho ư", "the letter ƣ (U+01A3) in place of ư"),
    ),
    Sign(
        "control",
        re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"),
        Words("ký tự điều khiển không hiện ra được", "control characters that do not show"),
    ),
)


_AT_THE_END = re.compile(r"[^\W\d_]\?(?!\w)")
_SUSPECT = re.compile(r"[?\ufffdÐðƢƣ\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def signs_of(text: str) -> list[Sign]:
    """The kinds of damage in a text; web addresses may hold question marks."""
    if not _SUSPECT.search(text):
        return []
    plain = _URL.sub(" ", text) if "?" in text else text
    return [sign for sign in SIGNS if sign.pattern.search(plain)]


def damaged(texts: Sequence[str]) -> dict[Sign, list[int]]:
    """Indices of a field's damaged texts by kind of damage.

    Where "?" stands inside words of the field, one at the end of a word is no question either.
    """
    found: dict[Sign, list[int]] = defaultdict(list)
    for at, text in enumerate(texts):
        for sign in signs_of(text):
            found[sign].append(at)
    for sign in [one for one in found if one.name == "question_mark"]:
        known = set(found[sign])
        found[sign] += [
            at for at, text in enumerate(texts) if at not in known and _AT_THE_END.search(text)
        ]
    return found
