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
LONGEST_NAME, MOST_WORDS = 7, 120
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
        words = spelling(segment).split()[:MOST_WORDS]
        here = list(_typed(words, by_key, exact))
        if here:
            last_kind = here[-1][0]
            found += (mention for _, mention in here)
        elif words and last_kind is not None:
            units = _bearing(UnitName(last_kind, *_plain(words)), by_key, exact)
            found += [Mention(" ".join(words), units)] if units else []
    return found


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


def _bearing(
    name: UnitName, by_key: dict[str, tuple[Named, ...]], exact: bool
) -> tuple[Named, ...]:
    """Units of the type's level with this name; marks that were typed must be theirs.

    Of the very type where there are any: a commune may have become a ward.
    """
    levels = LEVELS.get(name.kind or "", ())
    units = tuple(unit for unit in by_key.get(name.key, ()) if unit.level in levels)
    if exact:
        units = tuple(unit for unit in units if unit.spelling == name.spelling)
    return tuple(unit for unit in units if unit.kind == name.kind) or units
