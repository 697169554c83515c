"""What a person typed in the one search box, read without guessing."""

import re
from dataclasses import dataclass

_KEY = re.compile(
    r"^(?:t[oờơ]\s*(?:b[aả]n\s*[dđ][oồô]\s*)?(?:s[oố]\s*)?(?P<sheet1>[\w.-]{1,12})\s*[,;]?\s*"
    r"th[uửư]a\s*(?:[dđ][aấâ]t\s*)?(?:s[oố]\s*)?(?P<number1>[\w.-]{1,12})"
    r"|th[uửư]a\s*(?:[dđ][aấâ]t\s*)?(?:s[oố]\s*)?(?P<number2>[\w.-]{1,12})\s*[,;]?\s*"
    r"t[oờơ]\s*(?:b[aả]n\s*[dđ][oồô]\s*)?(?:s[oố]\s*)?(?P<sheet2>[\w.-]{1,12})"
    r"|(?P<sheet3>\d{1,6}[a-z]?)\s*/\s*(?P<number3>\d{1,6}[a-z]?))"
    r"\s*[,;:]?\s*(?P<place>.*)$",
    re.IGNORECASE,
)
_PLACE_FIRST = re.compile(
    r"^(?P<place>[^\d/][^/]*?)\s*[,;:]?\s+(?P<key>(?:t[oờơ]\s|th[uửư]a\s|\d{1,6}[a-z]?\s*/).*)$",
    re.IGNORECASE,
)
_FULL_KEY = re.compile(r"^(?P<commune>\d{5})\s*/\s*(?P<sheet>[^/\s]+)\s*/\s*(?P<number>[^/\s]+)$")
_PAIR = re.compile(r"^(?P<a>-?\d{1,9}(?:\.\d+)?)\s*[,; ]\s*(?P<b>-?\d{1,9}(?:\.\d+)?)$")
_CODE = re.compile(r"^[0-9a-z]{12}$", re.IGNORECASE)


@dataclass(frozen=True)
class KeyTyped:
    """A sheet and number, with whatever place was typed beside them (empty: none)."""

    sheet: str
    number: str
    place: str = ""


@dataclass(frozen=True)
class PointTyped:
    """A longitude and latitude in degrees; both orders are read, since none is ambiguous here."""

    lon: float
    lat: float


@dataclass(frozen=True)
class PlaneTyped:
    """VN-2000 northing and easting in metres, as certificates print them; the zone is not said."""

    northing: float
    easting: float


@dataclass(frozen=True)
class CodeTyped:
    """A 12-character national parcel code."""

    code: str


@dataclass(frozen=True)
class WordsTyped:
    """Anything else: the name of a place or plan."""

    text: str


Typed = KeyTyped | PointTyped | PlaneTyped | CodeTyped | WordsTyped


def _point(first: float, second: float) -> PointTyped | PlaneTyped | None:
    """In Viet Nam neither longitude and latitude nor easting and northing ever overlap."""
    for northing, easting in ((first, second), (second, first)):
        if 900_000 < northing < 2_700_000 and 100_000 < easting < 900_000:
            return PlaneTyped(northing, easting)
    if 100 <= first <= 120 and 5 <= second <= 25:
        return PointTyped(first, second)
    if 100 <= second <= 120 and 5 <= first <= 25:
        return PointTyped(second, first)
    return None


def read_query(text: str) -> Typed:
    """What was typed, as the one thing it can mean; words where it has no known form."""
    text = " ".join(text.split())
    if full := _FULL_KEY.match(text):
        return KeyTyped(full["sheet"], full["number"], full["commune"])
    if (pair := _PAIR.match(text)) and (point := _point(float(pair["a"]), float(pair["b"]))):
        return point
    if key := _KEY.match(text):
        sheet = key["sheet1"] or key["sheet2"] or key["sheet3"]
        number = key["number1"] or key["number2"] or key["number3"]
        return KeyTyped(sheet.strip(".-"), number.strip(".-"), key["place"].strip(" ,;-–()"))
    if _CODE.match(text) and any(character.isdigit() for character in text):
        return CodeTyped(text)
    if (turned := _PLACE_FIRST.match(text)) and (key := _KEY.match(turned["key"])):
        return read_query(f"{turned['key']} {turned['place']}")
    return WordsTyped(text)
