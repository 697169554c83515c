"""Whose boundary is this? File rows against the units in force: level and code, then the name."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.units.file import FileUnit, UnitsFile
from schemas.issues import Issue
from schemas.names import name_key, spelling, unit_key
from schemas.words import Words


@dataclass(frozen=True)
class InForce:
    """A unit of the register on the day of loading."""

    id: int
    level: str
    code: str
    full_name: str
    parent_code: str | None


@dataclass(frozen=True)
class Boundary:
    """A file row that is the boundary of one unit of the register."""

    unit_id: int
    row: FileUnit


@dataclass(frozen=True)
class Matching:
    """Boundaries found and everything that did not simply fit."""

    boundaries: tuple[Boundary, ...]
    issues: tuple[Issue, ...]


def match_boundaries(file: UnitsFile, in_force: Iterable[InForce]) -> Matching:
    """Match by level and code; where the code is unknown, by a name unique in its province.

    A code whose unit bears another name gets no boundary: codes were reused. A differing unit type
    or diacritic is reported and the boundary taken; the tone-mark habit alone is no difference.
    """
    units = {(unit.level, unit.code): unit for unit in in_force}
    rows = [row for row in file.units if not row.invented]
    free = _free_by_name(units, rows)
    times = Counter((row.level, row.code) for row in rows)
    boundaries, issues = [], []
    for row in rows:
        known = units.get((row.level, row.code))
        unit = known or _only(free.get(_name_in_province(row), []))
        why = _twice(row) if times[row.level, row.code] > 1 else _difference(row, known, unit)
        taken = unit is not None and times[row.level, row.code] == 1 and _same_name(row, unit)
        if taken and unit is not None and row.geom is not None:
            boundaries.append(Boundary(unit.id, row))
        if why is not None:
            issues.append(_issue(file, row, unit, why, taken))
    return Matching(tuple(boundaries), tuple(issues))


def _free_by_name(
    units: dict[tuple[str, str], InForce], rows: list[FileUnit]
) -> dict[tuple[str, str | None, str], list[InForce]]:
    """Units whose code the file does not use, by level, province and name."""
    used = {(row.level, row.code) for row in rows}
    free: dict[tuple[str, str | None, str], list[InForce]] = {}
    for key, unit in units.items():
        if key not in used:
            name = (unit.level, unit.parent_code, unit_key(unit.full_name))
            free.setdefault(name, []).append(unit)
    return free


def _name_in_province(row: FileUnit) -> tuple[str, str | None, str]:
    return (row.level, row.province_code, unit_key(row.full_name))


def _only(found: list[InForce]) -> InForce | None:
    return found[0] if len(found) == 1 else None


def _same_name(row: FileUnit, unit: InForce) -> bool:
    return unit_key(row.full_name) == unit_key(unit.full_name)


def _difference(row: FileUnit, known: InForce | None, unit: InForce | None) -> Words | None:
    """What does not fit between a file row and the unit found for it; None: they agree."""
    if unit is None:
        return Words(
            "không có đơn vị hiện hành mang mã này, tên cũng không duy nhất trong tỉnh",
            "no unit in force has this code, nor is its name unique in its province",
        )
    if row.geom is None:
        return Words("không có ranh giới", "it has no boundary")
    if known is None:
        return Words(
            f"không có mã này; khớp theo tên với {unit.code} {unit.full_name}",
            f"this code is unknown; matched by name to {unit.code} {unit.full_name}",
        )
    if not _same_name(row, unit):
        return Words(
            f"trong sổ, mã này là {unit.full_name}; không lấy ranh giới",
            f"in the register this code is {unit.full_name}; boundary not taken",
        )
    if name_key(row.full_name) != name_key(unit.full_name):
        return Words(
            f"trong sổ là {unit.full_name} (khác loại đơn vị)",
            f"the register has {unit.full_name} (another type of unit)",
        )
    if spelling(row.full_name) != spelling(unit.full_name):
        return Words(
            f"trong sổ là {unit.full_name} (khác dấu)",
            f"the register has {unit.full_name} (other diacritics)",
        )
    return None


def _twice(row: FileUnit) -> Words:
    return Words("mã lặp lại trong tệp", "the code repeats in the file")


def _issue(file: UnitsFile, row: FileUnit, unit: InForce | None, why: Words, taken: bool) -> Issue:
    return Issue(
        "UNIT_UNMATCHED",
        file=file.path.name,
        layer=row.layer,
        row=row.row,
        column="code",
        value=row.code,
        detail={
            "name": row.full_name,
            "why_vi": why.vi,
            "why_en": why.en,
            "matched_code": unit.code if unit and taken else None,
        },
    )
