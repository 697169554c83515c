"""Delivered column names against the standard's: case, blanks, and names cut to 10 characters.

A shapefile cuts names and numbers the ones that then collide: chucNangSuDungDatMuc1..3 arrive as
chucNangSu, chucNang_1, chucNang_2, in the order of the standard.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

SHORT = 10


def full_names(delivered: Sequence[str], standard: Iterable[str]) -> dict[str, str]:
    """Delivered name → the standard's, for every one that is told without doubt.

    Of names that differ in case alone, the standard's own is meant; without it, none is.
    """
    by_key = {name.casefold(): name for name in standard}
    told = Counter(name.casefold() for name in delivered)
    found = {name: name for name in delivered if by_key.get(name.casefold()) == name}
    found |= {
        name: by_key[name.casefold()]
        for name in delivered
        if name.casefold() in by_key and told[name.casefold()] == 1
    }
    open_names = [name for name in delivered if name not in found and len(name) <= SHORT]
    open_standard = [name for name in by_key.values() if name not in found.values()]
    found |= _cut_names(open_names, [name for name in open_standard if len(name) > SHORT])
    return found


def _cut_names(delivered: Sequence[str], standard: Sequence[str]) -> dict[str, str]:
    """Pair cut names with the standard's that share their beginning, group by group."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in standard:
        groups[name[:SHORT].casefold()].append(name)
    found: dict[str, str] = {}
    for beginning, names in groups.items():
        cut = [name for name in delivered if _is_cut_of(name, beginning)]
        if len(cut) == len(names):
            found |= dict(zip(sorted(cut, key=_place), names, strict=True))
    return found


def _is_cut_of(name: str, beginning: str) -> bool:
    plain = name.casefold()
    if plain == beginning:
        return True
    numbered = re.fullmatch(r"(.+?)_?(\d{1,2})", plain)
    return numbered is not None and len(plain) == SHORT and beginning.startswith(numbered[1])


def _place(name: str) -> int:
    """0 for the plain cut, then the number at the end."""
    numbered = re.search(r"_?(\d{1,2})$", name)
    return int(numbered[1]) if numbered else 0


def looks_cut(delivered: Sequence[str], standard: Iterable[str]) -> list[str]:
    """Delivered names that are the beginning of more than one standard name: undecided."""
    told = full_names(delivered, standard)
    wide = [name.casefold() for name in standard if len(name) > SHORT]
    return [
        name
        for name in delivered
        if name not in told
        and len(name) == SHORT
        and sum(other.startswith(name.casefold()) for other in wide) > 1
    ]
