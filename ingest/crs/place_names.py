"""Units named in free text: `Phường Bến Nghé, Quận 1, TP.HCM`, or the name of a plan."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.crs.gazetteer import Level, Named
from schemas.names import KINDS, UnitName, has_diacritics, readings, spelling

LEVELS: dict[str, tuple[Level, ...]] = {
    "Tỉnh": ("province",),
    "Thành phố": ("province", "district"),
    "Quận": ("district",),
    "Huyện": ("district",),
    "Thị xã": ("district",),
    "Thị trấn": ("commune",),
    "Phường": ("commune",),
    "Xã": ("commune",),
    "Đặc khu": ("commune",),
}
LONGEST_NAME = 7
_BREAKS = re.compile(r"[,;:\n()]|\s(?:và|&)\s", re.IGNORECASE)


@dataclass(frozen=True)
class Mention:
    """A place in a text and the units that it may name."""

    text: str
    units: tuple[Named, ...]


def mentions(text: str, by_key: dict[str, tuple[Named, ...]]) -> list[Mention]:
    """The units that a text names with their type; in a list the first type serves the rest."""
    found: list[Mention] = []
    exact = has_diacritics(text)
    last_kind: str | None = None
    for segment in _BREAKS.split(text):
        words = spelling(segment).split()
        here = list(_typed(words, by_key, exact))
        if here:
            last_kind = here[-1][0]
            found += (mention for _, mention in here)
        elif words and last_kind is not None:
            units = _bearing(UnitName(last_kind, *_plain(words)), by_key, exact)
            found += [Mention(" ".join(words), units)] if units else []
    return found


def untyped(text: str, by_key: dict[str, tuple[Named, ...]]) -> list[Mention]:
    """Units that whole parts of a place name without their type: `Đông Anh, Hà Nội`.

    Of a district and communes of one name the district is meant: it holds them.
    """
    exact = has_diacritics(text)
    found = []
    for segment in _BREAKS.split(text):
        whole = next(iter(readings(segment)), None)
        if whole is None or whole.key.isdecimal():
            continue
        units = _of_name(whole, by_key, exact)
        if units:
            found.append(Mention(" ".join(segment.split()), units))
    return found


def typed_parts(text: str) -> list[tuple[str, list[UnitName]]]:
    """The parts of a place that begin with a type of unit, as written, and how each may be read."""
    parts = (" ".join(segment.split()) for segment in _BREAKS.split(text))
    read = ((part, [name for name in readings(part) if name.kind in KINDS]) for part in parts)
    return [(part, names) for part, names in read if names]


def _plain(words: list[str]) -> tuple[str, str]:
    whole = readings(" ".join(words))[0]
    return whole.key, whole.spelling


def _typed(
    words: list[str], by_key: dict[str, tuple[Named, ...]], exact: bool
) -> Iterable[tuple[str, Mention]]:
    """Unit types followed by the longest name that some unit bears."""
    at = 0
    while at < len(words):
        taken = 1
        for end in range(min(len(words), at + LONGEST_NAME), at + 1, -1):
            named = [name for name in readings(" ".join(words[at:end])) if name.kind in KINDS]
            hits = [(name, _bearing(name, by_key, exact)) for name in named]
            hit = next(((name, units) for name, units in hits if units), None)
            if hit is not None:
                yield str(hit[0].kind), Mention(" ".join(words[at:end]), hit[1])
                taken = end - at
                break
        at += taken


def _of_name(
    name: UnitName, by_key: dict[str, tuple[Named, ...]], exact: bool
) -> tuple[Named, ...]:
    """Units of any level with a name; marks that were typed must be theirs."""
    units = by_key.get(name.key, ())
    return tuple(unit for unit in units if not exact or unit.spelling == name.spelling)


def _bearing(
    name: UnitName, by_key: dict[str, tuple[Named, ...]], exact: bool
) -> tuple[Named, ...]:
    """Units of the type's level with this name; marks that were typed must be theirs.

    Of the very type where there are any: a commune may have become a ward.
    """
    levels = LEVELS.get(name.kind or "", ())
    units = tuple(unit for unit in _of_name(name, by_key, exact) if unit.level in levels)
    return tuple(unit for unit in units if unit.kind == name.kind) or units
