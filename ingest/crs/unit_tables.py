"""The tables of units in the package `vietnamadminunits`, read without its address parsers."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGE = "vietnamadminunits"


@dataclass(frozen=True)
class Present:
    """A commune since 1/7/2025; `lat`, `lon`: about its centre."""

    code: str
    name: str
    province_code: str
    province: str
    lat: float | None
    lon: float | None
    area_km2: float | None
    key: str
    province_key: str


@dataclass(frozen=True)
class Former:
    """A commune until 1/7/2025 (`name` None: an island district without communes).

    `bounds`: "south,west – north,east" as text; `key`: province, district and commune.
    """

    name: str | None
    district: str
    province_code: str
    province: str
    bounds: str | None
    key: str

    @property
    def province_key(self) -> str:
        return self.key.split("_")[0]


@dataclass(frozen=True)
class UnitTables:
    """Both tables, and who became what.

    `became`: present commune codes of each former commune's key; `now_in`: code of the present
    province of each former province's key.
    """

    present: tuple[Present, ...]
    former: tuple[Former, ...]
    became: dict[str, frozenset[str]]
    now_in: dict[str, str]


_PRESENT = (
    "SELECT wardCode, ward, provinceCode, province, wardLat, wardLon, wardAreaKm2, wardKey, "
    "provinceKey FROM admin_units"
)
_FORMER = (
    "SELECT ward, district, provinceCode, province, wardBounds, "
    "provinceKey || '_' || districtKey || '_' || coalesce(wardKey, '') FROM admin_units_legacy"
)


def read_unit_tables() -> UnitTables:
    """The tables of the installed package; a tenth of a second."""
    folder = Path(str(metadata.distribution(PACKAGE).locate_file(f"{PACKAGE}/data")))
    with closing(sqlite3.connect(f"file:{folder / 'dataset.db'}?mode=ro", uri=True)) as tables:
        present = tuple(Present(*row) for row in tables.execute(_PRESENT))
        former = tuple(Former(*row) for row in tables.execute(_FORMER))
    converter = json.loads((folder / "converter_2025.json").read_text(encoding="utf-8"))
    provinces = {row.province_key: row.province_code for row in present}
    now_in = {
        before: provinces[now]
        for now, befores in converter["DICT_PROVINCE"].items()
        for before in befores
    }
    return UnitTables(present, former, _became(present, converter), now_in)


def _became(present: tuple[Present, ...], converter: dict[str, Any]) -> dict[str, frozenset[str]]:
    codes = {(row.province_key, row.key): row.code for row in present}
    became: dict[str, set[str]] = {}
    for former, province, commune in _moves(converter):
        became.setdefault(former, set()).add(codes[province, commune])
    return {key: frozenset(value) for key, value in became.items()}


def _moves(converter: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Former commune, present province and commune, each by its key."""
    for province, communes in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, formers in communes.items():
            yield from ((former, province, commune) for former in formers)
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for former, pieces in divided.items():
            yield from ((former, province, piece["newWardKey"]) for piece in pieces)
