"""The national list of units: 34 provinces and 3,321 communes, and what they were made of.

From the package `vietnamadminunits`: its tables through its own `get_data`, the successions from
its data file. What it knows are two states, one on each side of 1/7/2025:

- A row of the register holds as long as everything it says stays true. Eleven provinces kept code,
  name and ground and are one row; every commune lost its district on that day, so even the 121
  that no resolution touched are two rows, the old one gone whole into the new.
- Since when the old units existed is not in the package: their rows reach back without bound, and
  mergers before 2025 are not told.
"""

import json
from datetime import date
from importlib import metadata, resources
from typing import Any

from ingest.units.changes import with_changes
from ingest.units.rows import Succession, Unit, UnitKey, UnitList, with_parent_names

PACKAGE = "vietnamadminunits"
MERGED_ON = date(2025, 7, 1)
"""First day of the new provinces and communes (resolution 202/2025/QH15; districts end here)."""

PROVINCES_RESOLUTION = "Nghị quyết số 202/2025/QH15"

Table = list[dict[str, Any]]


def national_source() -> str:
    """The package with its version, as the register cites it."""
    return f"{PACKAGE} {metadata.version(PACKAGE)}"


def national_list() -> UnitList:
    """All units of the country with their successions; about 14,000 units in a second."""
    from vietnamadminunits.database import get_data  # half a second: it loads its address parsers

    columns = ["provinceCode", "province", "provinceKey", "wardCode", "ward", "wardKey"]
    old = get_data([*columns, "districtCode", "district", "districtKey"], "admin_units_legacy")
    new = get_data(columns, "admin_units")
    converter = json.loads(
        resources.files(PACKAGE).joinpath("data/converter_2025.json").read_text(encoding="utf-8")
    )
    source = national_source()
    provinces = _provinces(old, new, converter["DICT_PROVINCE"], source)
    lower = UnitList(
        _districts(old, source) + _old_communes(old, source) + _new_communes(new, source),
        _commune_successions(old, new, converter),
    )
    listed = with_changes(provinces + lower)
    return UnitList(with_parent_names(listed.units), listed.successions)


def _provinces(old: Table, new: Table, merged: dict[str, list[str]], source: str) -> UnitList:
    before = {row["provinceKey"]: (row["provinceCode"], row["province"]) for row in old}
    after = {row["provinceKey"]: (row["provinceCode"], row["province"]) for row in new}
    units, successions = [], []
    for key, (code, name) in after.items():
        former = [before[old_key] for old_key in merged[key]]
        if former == [(code, name)]:
            units.append(Unit(UnitKey("province", code), name, source))
            continue
        units.append(Unit(UnitKey("province", code, MERGED_ON), name, source))
        for old_code, old_name in former:
            gone = UnitKey("province", old_code)
            units.append(Unit(gone, old_name, source, end=MERGED_ON))
            successions.append(Succession(gone, _merged(code), "whole", True, PROVINCES_RESOLUTION))
    return UnitList(tuple(units), tuple(successions))


def _merged(province_code: str) -> UnitKey:
    return UnitKey("province", province_code, MERGED_ON)


def _districts(old: Table, source: str) -> tuple[Unit, ...]:
    found = {row["districtCode"]: (row["district"], row["provinceCode"]) for row in old}
    return tuple(
        Unit(UnitKey("district", code), name, source, end=MERGED_ON, parent_code=province)
        for code, (name, province) in found.items()
    )


def _old_communes(old: Table, source: str) -> tuple[Unit, ...]:
    return tuple(
        Unit(
            UnitKey("commune", row["wardCode"]),
            row["ward"],
            source,
            end=MERGED_ON,
            parent_code=row["districtCode"],
        )
        for row in old
        if row["wardCode"]
    )


def _new_communes(new: Table, source: str) -> tuple[Unit, ...]:
    return tuple(
        Unit(
            UnitKey("commune", row["wardCode"], MERGED_ON),
            row["ward"],
            source,
            parent_code=row["provinceCode"],
        )
        for row in new
    )


def _commune_successions(
    old: Table, new: Table, converter: dict[str, Any]
) -> tuple[Succession, ...]:
    """Who became what. Five island districts had no communes and stand for themselves."""
    before = {
        f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}": (
            UnitKey("commune", row["wardCode"])
            if row["wardCode"]
            else UnitKey("district", row["districtCode"])
        )
        for row in old
    }
    after = {
        (row["provinceKey"], row["wardKey"]): UnitKey("commune", row["wardCode"], MERGED_ON)
        for row in new
    }
    whole = (
        Succession(before[former], after[province, ward], "whole", True)
        for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items()
        for ward, formers in wards.items()
        for former in formers
    )
    part = (
        Succession(before[former], after[province, piece["newWardKey"]], "part", main)
        for province, formers in converter["DICT_PROVINCE_WARD_DIVIDED"].items()
        for former, pieces in formers.items()
        for piece in pieces
        for main in (bool(piece["isDefaultNewWard"]),)
    )
    return (*whole, *part)
