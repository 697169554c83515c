"""How deep a text format is nested, counted before a reader descends into it."""

import re
from pathlib import Path
from xml.parsers import expat

from ingest.sandbox.limits import LimitReached

DEEPEST = 100
CHUNK = 1 << 20
LONGEST_STRING = 16 << 20
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")


class DoctypeFound(Exception):
    """An XML file declares a DOCTYPE or an entity."""


def check_nesting(location: Path) -> None:
    """Raises LimitReached for a file nested too deep, DoctypeFound for XML with a DOCTYPE."""
    suffix = location.suffix.lower()
    if suffix in (".gml", ".kml", ".xml"):
        _check_xml(location)
    elif suffix in (".geojson", ".geojsonl", ".json"):
        _check_json(location)


def _check_xml(location: Path) -> None:
    depth = 0

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise _too_deep()

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> None:
        raise DoctypeFound

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = doctype
    with location.open("rb") as file:
        try:
            parser.ParseFile(file)
        except expat.ExpatError:
            return  # the reader itself says what is wrong


def _check_json(location: Path) -> None:
    depth, rest = 0, b""
    with location.open("rb") as file:
        while chunk := file.read(CHUNK):
            text = _STRING.sub(b"", rest + chunk)
            cut = text.find(b'"')
            rest, text = (text[cut:], text[:cut]) if cut >= 0 else (b"", text)
            if len(rest) > LONGEST_STRING:
                raise LimitReached("một chuỗi hơn 16 MB", "one string of more than 16 MB")
            for bracket in text.translate(None, _BRACKETS):
                depth += 1 if bracket in b"[{" else -1
                if depth > DEEPEST:
                    raise _too_deep()


def _too_deep() -> LimitReached:
    return LimitReached(f"lồng nhau hơn {DEEPEST} tầng", f"nested more than {DEEPEST} deep")
