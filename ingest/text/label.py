"""What a vector file says of its own texts: the encoding it names, and its fields' names as bytes.

A shapefile names its encoding in a .cpg or in byte 29 of its .dbf, and both are often wrong. Other
formats are UTF-8 by definition.
"""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

_LANGUAGE_BYTES = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x13: "cp932", 0x4D: "cp936", 0x4E: "cp949",
    0x4F: "cp950", 0x50: "cp874", 0x58: "cp1252", 0x59: "cp1252", 0x64: "cp852", 0x65: "cp866",
    0x78: "cp950", 0x79: "cp949", 0x7A: "cp936", 0x7B: "cp932", 0x7C: "cp874", 0xC8: "cp1250",
    0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253", 0xCC: "cp1257",
}  # fmt: skip
_HEADER, _FIELD, _NAME, _END = 32, 32, 11, b"\x0d"


@dataclass(frozen=True)
class TextLabel:
    """`codec`: a Python codec, None where the file names none that is known; `said`: its words."""

    codec: str | None = None
    said: str | None = None


UTF8 = TextLabel("utf-8")


def label_of(location: Path) -> TextLabel:
    """The label of a vector file: of a .shp or .dbf from its .cpg, else from its .dbf."""
    if location.suffix.lower() not in (".shp", ".dbf"):
        return UTF8
    if (side := _part(location, ".cpg")) is not None:
        said = side.read_bytes()[:100].decode("ascii", "replace").strip("\x00 \r\n\t")
        return TextLabel(codec_of(said), f"{side.name}: {said}")
    table = _part(location, ".dbf")
    number = table.read_bytes()[29:30] if table is not None else b""
    codec = _LANGUAGE_BYTES.get(number[0]) if number else None
    return (
        TextLabel()
        if codec is None or table is None
        else TextLabel(codec, f"{table.name}: {codec}")
    )


def codec_of(said: str) -> str | None:
    """The Python codec of an encoding's name as people write it: "1258", "ANSI 1252", "88591"."""
    plain = re.sub(r"^(ANSI|OEM|CP|WINDOWS)[\s_-]*(?=\d)", "", said.upper())
    plain = re.sub(r"^(?:ISO)?[\s_-]*8859[\s_-]*(\d+)$", r"ISO-8859-\1", plain)
    for name in ("UTF-8" if plain == "65001" else f"cp{plain}", plain):
        try:
            return codecs.lookup(name).name
        except LookupError:
            continue
    return None


def take_field_names(location: Path) -> tuple[bytes, ...]:
    """The fields' names of a shapefile whose names are no UTF-8, else nothing.

    GDAL loses every value of a field with such a name; so in this copy, which is the program's own,
    they are called F1, F2, …
    """
    table = _part(location, ".dbf") if location.suffix.lower() in (".shp", ".dbf") else None
    if table is None:
        return ()
    with table.open("r+b") as file:
        head = file.read(_HEADER)
        names = []
        while len(record := file.read(_FIELD)) == _FIELD and not record.startswith(_END):
            names.append(record[:_NAME].split(b"\x00")[0])
        if len(head) < _HEADER or _is_utf8(b"\n".join(names)):
            return ()
        for number in range(len(names)):
            file.seek(_HEADER + number * _FIELD)
            file.write(f"F{number + 1}".encode().ljust(_NAME, b"\x00"))
    return tuple(names)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _part(location: Path, suffix: str) -> Path | None:
    """The file beside a shapefile that has its name and this suffix, in whatever case."""
    side = (place for place in location.parent.iterdir() if place.stem == location.stem)
    return next((place for place in side if place.suffix.lower() == suffix), None)
