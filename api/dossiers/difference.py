"""What a dossier would change, and did: its versions zone by zone against what is in force.

Comparing is long work in the database, so only a few at a time: sign-ins and decisions go on beside
it, and whoever comes too many is told to come back.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from api.deps import WritePool
from schemas.errors import Busy
from schemas.queries import load_queries
from schemas.words import Words

QUERIES = load_queries(Path(__file__).with_name("difference.sql"))
LISTED = 200
AT_ONCE = 2
"""Comparisons of one server process; each holds one of the connections that all writing needs."""
PATIENCE_S = 120.0
"""For the comparison of one dossier."""
STEPS = ("analyse", "pair_alike", "set_apart", "pair_overlapping")
FACTS = (
    "symbol", "function_1", "function_2", "function_3", "land_use_code", "density", "storeys",
    "far", "setback_m",
)  # fmt: skip
CHANGES = ("added", "removed", "changed", "unchanged")


BUSY = Words("Đang so sánh các hồ sơ khác.", "Other dossiers are being compared.")
TOO_LONG = Words(
    f"So sánh chưa xong sau {PATIENCE_S:.0f} giây nên đã dừng; hồ sơ không thay đổi.",
    f"The comparison was not done after {PATIENCE_S:.0f} seconds and was stopped; the dossier is "
    "as it was.",
)
LATER = Words("Tải lại sau ít phút.", "Load this again in a few minutes.")


class ComparedLater(Busy):
    """There is no comparison now; it says nothing about the dossier."""

    says = BUSY


_under_way: list[int] = []
"""The dossiers that this process compares."""


@contextmanager
def _turn(dossier_id: int) -> Iterator[None]:
    """One of AT_ONCE places. Raises ComparedLater where none is free."""
    if len(_under_way) >= AT_ONCE:
        raise ComparedLater(BUSY, remedy=LATER)
    _under_way.append(dossier_id)
    try:
        yield
    finally:
        _under_way.remove(dossier_id)


async def difference_of(database: WritePool, dossier_id: int) -> dict[str, Any]:
    """Zones added, removed, changed and unchanged with m², by version and level.

    A zone is the same one where both drawings share at least half of the larger. `moved_m2`: land
    that only one of the two drawings has. Up to LISTED changes are listed, the largest first.
    Raises ComparedLater.
    """
    with _turn(dossier_id):
        try:
            async with asyncio.timeout(PATIENCE_S):
                rows = await database.fetch(QUERIES["compared"], dossier_id)
                versions = [await _version(database, row) for row in rows]
        except TimeoutError as error:
            raise ComparedLater(TOO_LONG, remedy=LATER) from error
    return {"schema": "difference/1", "dossier": dossier_id, "versions": versions}


async def _version(database: WritePool, version: asyncpg.Record) -> dict[str, Any]:
    row = await _compare(database, version)
    items = [item | {"what": _what(item)} for item in orjson.loads(row["items"])]
    counts = orjson.loads(row["counts"])
    changes = sum(level["zones"] for level in counts if level["change"] != "unchanged")
    return {
        "plan": version["plan_id"],
        "plan_name": version["plan_name"],
        "version": version["ordinal"],
        "status": version["status"],
        "adjustment_kind": version["adjustment_kind"],
        "valid_from": version["valid_from"],
        "against": _against(version),
        "levels": _by_level(counts),
        "items": items,
        "more": max(0, changes - len(items)),
    }


async def _compare(database: WritePool, version: asyncpg.Record) -> asyncpg.Record:
    """Counts and items of one version, by way of tables that live for one transaction."""
    partial = version["id"] if version["is_partial"] else None
    async with database.transaction() as connection:

        async def run(step: str, *values: object) -> None:
            await connection.execute(QUERIES[step], *values, timeout=PATIENCE_S)

        await run("make")
        await run("fill", "old", version["basis_id"], partial)
        await run("fill", "new", version["id"], None)
        if partial is not None:
            await run("leave", partial)
            await run("pair_left")
        for step in STEPS:
            await run(step)
        return await connection.fetchrow(QUERIES["difference"], LISTED, timeout=PATIENCE_S)


def _against(version: asyncpg.Record) -> dict[str, Any] | None:
    if version["basis_id"] is None:
        return None
    return {
        "version": version["basis_ordinal"],
        "decision": version["basis_decision"],
        "date": version["basis_date"],
    }


def _by_level(counts: list[dict[str, Any]]) -> dict[str, dict[str, dict[str, float]]]:
    """`{level: {change: {zones, area_m2, moved_m2}}}`, every change named in every level."""
    levels: dict[str, dict[str, dict[str, float]]] = {}
    for row in counts:
        level = levels.setdefault(
            row["level"],
            {change: {"zones": 0, "area_m2": 0.0, "moved_m2": 0.0} for change in CHANGES},
        )
        level[row["change"]] = {key: row[key] for key in ("zones", "area_m2", "moved_m2")}
    return levels


def _what(item: dict[str, Any]) -> list[str]:
    """Which facts of a changed zone differ; `shape` where its drawing does."""
    if item["change"] != "changed":
        return []
    before, after = item["before"], item["after"]
    differ = {name for name in {**before, **after} if before.get(name) != after.get(name)}
    facts = [fact for fact in FACTS if {fact, f"{fact}_range"} & differ]
    return [*facts, *(["shape"] if item["moved_m2"] >= 0.5 else [])]
