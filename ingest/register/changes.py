"""The log of changes: one entry for every change of what the register answers, in its transaction.

Whoever counts the revision up writes the entry too. Applying the entries in their order to an old
state of `version_period` gives today's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from ingest.register.record import Connection
from schemas.queries import load_queries

SQL = load_queries(Path(__file__).with_name("changes.sql"))

Days = Range[date]
LoadKind = Literal["parcels", "units"]


@dataclass(frozen=True)
class Standing:
    """What the register says about one version: its number, status and days in force."""

    id: int
    ordinal: int
    status: str
    days: Days | None


Line = dict[int, Standing]
"""All versions of a plan by their id."""


def line_of(connection: Connection, plan_id: str) -> Line:
    """Every version of a plan as the register now sees it."""
    rows = connection.execute(SQL["standing"], {"plan_id": plan_id}).fetchall()
    return {row[0]: Standing(*row) for row in rows}


def log_publication(
    connection: Connection, version_id: int, before: Line, after: Line, now: datetime, revision: int
) -> None:
    """Write down that a version was published: what stood before it, what stands now, where."""
    kind = _publication_kind(connection, version_id)
    changes = _version_changes(version_id, kind, "superseded", before, after)
    seq = _write(connection, kind, {"versions": changes}, now, revision, version_id)
    _write_ground(connection, seq, version_id, after[version_id].days, before, goes=False)


def log_withdrawal(
    connection: Connection, version_id: int, before: Line, after: Line, now: datetime, revision: int
) -> None:
    """Write down that a version was withdrawn, and which versions have its days again."""
    changes = _version_changes(version_id, "withdrawn", "reinstated", before, after)
    seq = _write(connection, "withdrawn", {"versions": changes}, now, revision, version_id)
    _write_ground(connection, seq, version_id, before[version_id].days, after, goes=True)


def log_load(
    connection: Connection,
    kind: LoadKind,
    counts: Mapping[str, int],
    now: datetime,
    revision: int,
    *,
    communes: Iterable[str] = (),
    extent: bytes | None = None,
) -> None:
    """Write down that parcels or units came in. `extent`: WKB of the box around them."""
    detail = {"counts": dict(counts), "communes": sorted(communes)}
    _write(connection, kind, detail, now, revision, None, extent)


def _publication_kind(connection: Connection, version_id: int) -> str:
    row = connection.execute(SQL["stands_in"], {"version_id": version_id}).fetchone()
    if row and row[0]:
        return "corrected"
    row = connection.execute(
        "SELECT adjustment_kind FROM plan_version WHERE id = %s", [version_id]
    ).fetchone()
    assert row is not None
    return "published" if row[0] == "first" else "adjusted"


def _version_changes(
    acting: int, kind: str, kind_of_others: str, before: Line, after: Line
) -> list[dict[str, Any]]:
    """The acting version and every other one whose days or status differ, by number."""
    changed = [now for now in after.values() if now.id == acting or now != before.get(now.id)]
    return [
        {
            "version": now.ordinal,
            "kind": kind if now.id == acting else kind_of_others,
            "status": now.status,
            **_days_changed(before[now.id].days if now.id in before else None, now.days),
        }
        for now in changed
    ]


def _days_changed(before: Days | None, after: Days | None) -> dict[str, list[list[str | None]]]:
    """The period that began and the one that ended, as `[from, to)` in ISO days."""
    if before == after:
        return {"began": [], "ended": []}
    return {"began": _written(after), "ended": _written(before)}


def _written(days: Days | None) -> list[list[str | None]]:
    if days is None:
        return []
    return [[day.isoformat() if day else None for day in (days.lower, days.upper)]]


def _write(
    connection: Connection,
    kind: str,
    detail: dict[str, Any],
    now: datetime,
    revision: int,
    version_id: int | None,
    extent: bytes | None = None,
) -> int:
    values = {
        "kind": kind,
        "detail": Jsonb(detail),
        "now": now,
        "revision": revision,
        "version_id": version_id,
        "extent": extent,
    }
    row = connection.execute(SQL["write_change"], values).fetchone()
    assert row is not None
    return int(row[0])


def _write_ground(
    connection: Connection, seq: int, acting: int, days: Days | None, line: Line, *, goes: bool
) -> None:
    """The ground on which a version differs from those that had its days before or have them now.

    `goes`: the version ceases; `line` is then what stands afterwards, else what stood before.
    """
    if days is None:
        return
    others = [
        other for other in line.values()
        if other.id != acting and other.days and _overlap(days, other.days)
    ]  # fmt: skip
    for other in others:
        old, new = (acting, other.id) if goes else (other.id, acting)
        connection.execute(SQL["write_ground"], {"seq": seq, "old": old, "new": new})
    if has_gap(days, [other.days for other in others if other.days]):
        connection.execute(SQL["write_whole"], {"seq": seq, "version_id": acting})
    connection.execute(SQL["write_extent"], {"seq": seq})


def _overlap(one: Days, other: Days) -> bool:
    return _first(one) < _end(other) and _first(other) < _end(one)


def has_gap(days: Days, covering: Iterable[Days]) -> bool:
    """Whether some of the days lie in none of the covering periods; all half-open."""
    reached = _first(days)
    for period in sorted(covering, key=_first):
        if _first(period) > reached:
            return True
        reached = max(reached, _end(period))
    return reached < _end(days)


def _first(days: Days) -> date:
    return days.lower or date.min


def _end(days: Days) -> date:
    return days.upper or date.max
