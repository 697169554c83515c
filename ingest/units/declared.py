"""Units that a file declares itself: invented ones, never in the national list."""

from dataclasses import replace

from ingest.units.file import FileUnit, UnitsFile
from ingest.units.rows import Succession, Unit, UnitKey, UnitList, with_parent_names


def declared_units(file: UnitsFile) -> UnitList:
    """The invented units of a file and what became of its former ones.

    A former unit without a province of its own lies in that of its successor. A code that repeats
    in `former_wards` is one unit that went to several; the first row names its main successor.
    """
    invented = [unit for unit in file.units if unit.invented]
    current = {(u.level, u.code): u for u in invented if u.successor_code is None}
    units: dict[UnitKey, Unit] = {}
    successions = []
    for row in invented:
        heir = current.get((row.level, row.successor_code or ""))
        first = _key(row) not in units
        units.setdefault(_key(row), _unit(row, heir, file.label))
        if heir is not None:
            main = row.share == "whole" or first
            successions.append(Succession(_key(row), _key(heir), row.share, main))
    return UnitList(with_parent_names(units.values()), tuple(successions))


def _key(row: FileUnit) -> UnitKey:
    return UnitKey(row.level, row.code, row.valid_from)


def _unit(row: FileUnit, heir: FileUnit | None, label: str) -> Unit:
    unit = Unit(
        _key(row),
        row.full_name,
        label,
        end=row.valid_to,
        parent_code=row.province_code,
        name_en=row.full_name_en,
        invented=True,
        geom=row.geom,
    )
    return replace(unit, parent_code=heir.province_code) if heir and not row.province_code else unit
