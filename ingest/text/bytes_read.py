"""Texts read as raw bytes: what the file's own label makes of them, and what UTF-8 proves."""

import re
import unicodedata

_MIXED = re.compile(r"[A-Za-z][\u0370-\u1dff]|[\u0370-\u1dff][A-Za-z]")
_WESTERN_WORD = re.compile(r"[^\W\d_]+")
_RUN = re.compile(r"[^\x00-\x7f]{3,}")
_ALONE = re.compile(
    r"(?<=[^\W\d_])[¡-¨¬¯±µ¶¸¹¼-¿]|[¢-¨¬¯±¶¸¹¼-¾](?=[^\W\d_])"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
_WESTERN_SHARE = 0.4


def utf8_text(raw: str, *, sure: bool = False) -> str | None:
    """The text if its bytes are UTF-8 beyond doubt, else None. `sure`: the file says so too.

    Two old letters can look like one letter of another script, inside a Latin word.
    """
    try:
        text = raw.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if _MIXED.search(text) and not sure else text


def cut_utf8_text(raw: str) -> str | None:
    """The text without its last letter, where a field's width cut that letter's bytes in two."""
    octets = raw.encode("latin-1")
    for lost in (1, 2, 3):
        try:
            text = octets[:-lost].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return None if text.isascii() or _MIXED.search(text) else text
    return None


def labelled_text(raw: str, codec: str | None) -> str | None:
    """What a label (a Python codec) makes of the bytes, in NFC; None where they do not fit."""
    if codec is None:
        return None
    try:
        return unicodedata.normalize("NFC", raw.encode("latin-1").decode(codec))
    except UnicodeDecodeError:
        return None


def western_text(raw: str) -> str | None:
    """The text as Windows-1252, if it looks like a language of Western Europe."""
    text = labelled_text(raw, "cp1252")
    if text is None or _RUN.search(text) or _ALONE.search(text):
        return None
    letters = "".join(_WESTERN_WORD.findall(text))
    foreign = sum(not letter.isascii() for letter in letters)
    return text if foreign <= max(1, _WESTERN_SHARE * len(letters)) else None
