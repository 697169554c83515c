"""Vietnamese text written as the programs of old wrote it, for tests: Unicode → raw bytes."""

import struct
import unicodedata
from collections.abc import Callable
from pathlib import Path

from ingest.text.tables import TCVN3, VISCII, VNI

_TCVN3_BYTES = {letter: chr(code) for code, letter in TCVN3.items()}
_VISCII_BYTES = {letter: chr(code) for code, letter in VISCII.items()}
_VNI_UNITS = {letter: unit for unit, letter in reversed(VNI.items())}
_CP1258_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}


def tcvn3(text: str) -> str:
    """As ISO-8859-1 text; a capital with a tone has no form of its own and becomes small."""
    return "".join(
        _TCVN3_BYTES.get(letter) or _TCVN3_BYTES.get(letter.lower(), letter) for letter in text
    )


def vni(text: str) -> str:
    units = {
        letter: unit.upper() if letter.isupper() else unit.lower()
        for letter, unit in _VNI_UNITS.items()
    }
    return "".join(units.get(letter, letter) for letter in text)


def viscii(text: str) -> str:
    return "".join(_VISCII_BYTES.get(letter, letter) for letter in text)


def cp1258(text: str) -> str:
    return "".join(map(_cp1258_letter, text))


def _cp1258_letter(letter: str) -> str:
    spread = unicodedata.normalize("NFD", letter)
    tone = "".join(mark for mark in spread if mark in _CP1258_TONES)
    base = unicodedata.normalize("NFC", spread.replace(tone, ""))
    return (base + tone).encode("cp1258").decode("latin-1")


def utf8(text: str) -> str:
    return text.encode().decode("latin-1")


ENCODERS = {"TCVN3": tcvn3, "VNI": vni, "VISCII": viscii, "CP1258": cp1258, "UTF-8": utf8}


def as_windows_shows(raw: str) -> str:
    """Raw bytes as a program shows them that takes them for Windows-1252."""
    return "".join(_shown(letter) for letter in raw)


def _shown(letter: str) -> str:
    try:
        return letter.encode("latin-1").decode("cp1252")
    except UnicodeDecodeError:
        return letter


def recode_table(table: Path, encode: Callable[[str], str], label: str | None = None) -> None:
    """Rewrite a UTF-8 .dbf byte by byte in an old encoding, with this .cpg or none."""
    data = bytearray(table.read_bytes())
    rows, head, width = struct.unpack("<IHH", data[4:12])
    fields, place = [], 1
    for at in range(32, head - 1, 32):
        length = data[at + 16]
        if data[at + 11 : at + 12] == b"C":
            fields.append((place, length))
        place += length
    for row in range(rows):
        for place, length in fields:
            start = head + row * width + place
            text = bytes(data[start : start + length]).decode("utf-8").rstrip().replace("≤", "<=")
            data[start : start + length] = encode(text).encode("latin-1")[:length].ljust(length)
    data[29] = 0
    table.write_bytes(data)
    side = table.with_suffix(".cpg")
    side.unlink(missing_ok=True)
    if label is not None:
        side.write_text(label)
