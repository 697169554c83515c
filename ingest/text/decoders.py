"""Readings of one text: what it says if its bytes are TCVN3, VNI, VISCII, CP1258 or UTF-8."""

import re
import unicodedata
from collections.abc import Callable

from ingest.text.capitals import with_capitals
from ingest.text.tables import TCVN3, VISCII, VNI

_PAIRS = [unit for unit in VNI if len(unit) == 2]
_VNI_UNIT = re.compile(
    f"[{''.join({p[0] for p in _PAIRS})}][{''.join({p[1] for p in _PAIRS})}]"
    f"|[{''.join(unit for unit in VNI if len(unit) == 1)}]"
)
_WITHOUT_U = re.compile(r"(?<![ưƯ])[ơờớởỡợ](?=(?:ng|c|u)(?![^\W\d_]))", re.IGNORECASE)
_C1_OF_1252 = {
    0x80 + place: letter
    for place, letter in enumerate("€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ")
}
_PICTURES = {code: chr(0x2400 + code) for code in range(32) if code not in (9, 10, 13)}
_TCVN3 = _C1_OF_1252 | TCVN3


def _byte_letters() -> dict[str, str]:
    """Letters of the Windows code pages beyond ISO-8859-1, each with its byte as a character."""
    letters: dict[str, str] = {}
    for codepage in ("cp1258", "cp1252"):
        for byte in range(0x80, 0x100):
            letter = bytes([byte]).decode(codepage, "ignore")
            if letter and ord(letter) > 0xFF:
                letters[letter] = chr(byte)
    return letters


_BYTE_LETTERS = _byte_letters()
_TO_BYTES = str.maketrans(_BYTE_LETTERS)
_NO_BYTE = re.compile(f"[^\x00-\xff{re.escape(''.join(_BYTE_LETTERS))}]")


def as_bytes(text: str) -> str | None:
    """The bytes that a reader took for Windows text, as ISO-8859-1; None where none can be.

    Undoes CP1252 and CP1258 letter by letter; a text with any other letter is Unicode for sure.
    """
    return None if _NO_BYTE.search(text) else text.translate(_TO_BYTES)


def from_tcvn3(raw: str) -> str:
    """Without the soft hyphen that is TCVN3's "ư", as many programs drop it, "ơng" is "ương"."""
    text = raw.translate(_TCVN3)
    if "\xad" not in raw:
        text = _WITHOUT_U.sub(lambda rime: ("Ư" if rime[0].isupper() else "ư") + rime[0], text)
    return with_capitals(text)


def from_vni(raw: str) -> str:
    return _VNI_UNIT.sub(_vni_letter, raw.translate(_C1_OF_1252))


def _vni_letter(found: re.Match[str]) -> str:
    """A pair that is none is a letter and what follows it."""
    unit = found[0]
    return VNI.get(unit) or VNI.get(unit[0], unit[0]) + unit[1:]


def from_viscii(raw: str) -> str:
    return raw.translate(VISCII)


def from_cp1258(raw: str) -> str:
    return from_codec(raw, "cp1258")


def from_utf8(raw: str) -> str:
    return from_codec(raw, "utf-8")


def from_codec(raw: str, codec: str) -> str:
    """Raw bytes under a codec, in NFC; U+FFFD where they do not fit."""
    return unicodedata.normalize("NFC", raw.encode("latin-1").decode(codec, "replace"))


DECODERS: dict[str, Callable[[str], str]] = {
    "UTF-8": from_utf8,
    "CP1258": from_cp1258,
    "TCVN3": from_tcvn3,
    "VNI": from_vni,
    "VISCII": from_viscii,
}
"""By the encoding's name: ISO-8859-1 text of raw bytes → Unicode."""


def shown(raw: str) -> str:
    """Raw bytes as people see them in a program that knows no better: as Windows-1252.

    Control characters as their pictures: ␀ for NUL.
    """
    return raw.translate(_C1_OF_1252 | _PICTURES)
