"""What a dossier's metadata (ISO 19139) say of it: the standard it follows, how texts are coded."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse

MOST_BYTES = 16 << 20
_CHARSETS = {
    "utf8": "UTF-8",
    "8859part1": "ISO-8859-1",
    "8859part15": "ISO-8859-15",
    "usascii": "US-ASCII",
}


@dataclass(frozen=True)
class Metadata:
    """`standards`: titles of the specifications that the data are said to follow."""

    standards: tuple[str, ...] = ()
    charset: str | None = None


def read_metadata(places: tuple[Path, ...]) -> Metadata:
    """The first file that is a metadata record; a file that is none says nothing."""
    for place in places:
        root = _record(place)
        if root is not None:
            return Metadata(tuple(_titles(root)), _charset(root))
    return Metadata()


def _record(place: Path) -> Element | None:
    if place.stat().st_size > MOST_BYTES:
        return None
    try:
        root = parse(place, forbid_dtd=True).getroot()
    except (ParseError, DefusedXmlException, ValueError, RecursionError):
        return None
    every = () if root is None else root.iter()
    return next((one for one in every if _tag(one) == "MD_Metadata"), None)


def _titles(root: Element) -> Iterator[str]:
    for result in root.iter():
        if _tag(result) == "specification":
            for title in result.iter():
                if _tag(title) == "title":
                    yield " ".join("".join(title.itertext()).split())


def _charset(root: Element) -> str | None:
    """Of the data, which the record says apart from its own."""
    for about in root.iter():
        if _tag(about) == "identificationInfo":
            for code in about.iter():
                if _tag(code) == "MD_CharacterSetCode":
                    return _CHARSETS.get(code.get("codeListValue", "").casefold())
    return None


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
