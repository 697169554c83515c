"""Units into the register: stage, compare, save what differs, in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import shapely
from psycopg.types.range import DateRange
from shapely import MultiPolygon

from ingest.progress import StepProgress
from ingest.register.changes import log_load
from ingest.register.record import Connection, lock_register, next_revision
from ingest.units.boundaries import Boundary, InForce, match_boundaries
from ingest.units.copy import bounded_communes, write_boundaries
from ingest.units.declared import declared_units
from ingest.units.dossier import delivered, record_units
from ingest.units.file import UnitsFile, read_units_file
from ingest.units.national import national_list, national_source
from ingest.units.outcome import UnitsOutcome
from ingest.units.rows import Succession, Unit, UnitList
from schemas.day import legal_day
from schemas.db import connect
from schemas.errors import Refused
from schemas.queries import load_queries
from schemas.settings import Settings
from schemas.words import Words

SQL = load_queries(Path(__file__).with_name("load.sql"))

READING = Words("Đọc danh mục đơn vị hành chính", "Reading the list of units")
READING_FILE = Words("Đọc tệp ranh giới", "Reading the boundary file")
SAVING = Words("Ghi đơn vị hành chính", "Saving the units")
BOUNDING = Words("Ghi ranh giới", "Saving the boundaries")
DONE = Words("Xong", "Done")


def load_units(
    path: Path | None,
    *,
    url: str,
    settings: Settings,
    now: datetime,
    actor: str = "sqh",
    progress: StepProgress | None = None,
) -> UnitsOutcome:
    """Load the national list and, with a file, boundaries and the file's own invented units.

    Boundaries go to the units in force on the legal day of `now`. Loading again changes nothing; a
    newer file replaces boundaries. Units are never deleted; the file is kept as delivered. A copy
    of the boundaries in force is left at `settings.boundary_file`.
    Raises DeliveryUnreadable, UnknownCrs, DatabaseUnavailable, Refused (a unit whose days overlap
    another row of its code; bytes known as another kind of delivery).
    """
    tell = progress or (lambda words, done, total: None)
    tell(READING, 0, 4)
    units = national_list()
    tell(READING_FILE, 1, 4)
    file = read_units_file(path, settings.storage_srid) if path else None
    if file is not None:
        units += declared_units(file)
    original = None if file is None else delivered(file)
    with connect(url) as connection:
        tell(SAVING, 2, 4)
        revision = lock_register(connection)
        outcome = _save(connection, units, file, settings.storage_srid, now, revision, tell)
        record_units(
            connection, original, outcome, source=national_source(),
            invented=file is not None and file.invented, settings=settings, now=now, actor=actor,
        )  # fmt: skip
        stale = outcome.changed or not settings.boundary_file.exists()
        communes = bounded_communes(connection, legal_day(now)) if stale else []
    if communes:
        write_boundaries(settings.boundary_file, communes, settings.storage_srid)
    tell(DONE, 4, 4)
    return outcome


def _save(
    connection: Connection,
    units: UnitList,
    file: UnitsFile | None,
    srid: int,
    now: datetime,
    revision: int,
    tell: StepProgress,
) -> UnitsOutcome:
    connection.execute(SQL["stage"])
    saved = _save_units(connection, units, srid)
    tell(BOUNDING, 3, 4)
    bounded = _save_boundaries(connection, file, srid, now) if file else {}
    outcome = UnitsOutcome(revision, **saved, **bounded)
    if not outcome.changed:
        return outcome
    connection.execute("ANALYZE admin_unit, admin_succession")
    outcome = replace(outcome, revision=next_revision(connection))
    log_load(connection, "units", outcome.counts, now, outcome.revision)
    return outcome


def _save_units(connection: Connection, units: UnitList, srid: int) -> dict[str, Any]:
    _copy(connection, "staged_unit", (_unit_row(unit, srid) for unit in units.units))
    _copy(connection, "staged_succession", (_succession_row(s) for s in units.successions))
    connection.execute("ANALYZE staged_unit, staged_succession")
    try:
        changed = connection.execute(SQL["update_units"]).rowcount
        added = connection.execute(SQL["insert_units"]).rowcount
    except psycopg.errors.ExclusionViolation as error:
        raise Refused(
            Words(
                f"Một mã có hai đơn vị trong cùng ngày: {error.diag.message_detail}",
                f"One code has two units on the same day: {error.diag.message_detail}",
            )
        ) from error
    successions = connection.execute(SQL["save_successions"]).rowcount
    return {"units_added": added, "units_changed": changed, "successions_saved": successions}


def _save_boundaries(
    connection: Connection, file: UnitsFile, srid: int, now: datetime
) -> dict[str, Any]:
    rows = connection.execute(SQL["units_in_force"], [legal_day(now)])
    found = match_boundaries(file, [InForce(*row) for row in rows])
    staged = (_boundary_row(boundary, file.label, srid) for boundary in found.boundaries)
    _copy(connection, "staged_boundary", staged)
    return {
        "boundaries": len(found.boundaries)
        + sum(u.invented and u.geom is not None for u in file.units),
        "boundaries_changed": connection.execute(SQL["update_boundaries"]).rowcount,
        "repaired": file.repaired,
        "issues": found.issues,
    }


def _copy(connection: Connection, table: str, rows: Iterable[Sequence[object]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _unit_row(unit: Unit, srid: int) -> Sequence[object]:
    return (
        unit.key.level,
        unit.key.code,
        DateRange(unit.key.start, unit.end),
        unit.kind,
        unit.name,
        unit.full_name,
        unit.name_en,
        unit.name_key,
        unit.parent_code,
        unit.parent_name,
        unit.source,
        unit.invented,
        _ewkb(unit.geom, srid),
    )


def _succession_row(succession: Succession) -> Sequence[object]:
    old, new = succession.old, succession.new
    return (
        *(old.level, old.code, old.start),
        *(new.level, new.code, new.start),
        *(succession.share, succession.main, succession.resolution),
    )


def _boundary_row(boundary: Boundary, label: str, srid: int) -> Sequence[object]:
    row = boundary.row
    return (boundary.unit_id, row.full_name_en, label, _ewkb(row.geom, srid))


def _ewkb(geom: MultiPolygon | None, srid: int) -> str | None:
    """Hexadecimal EWKB, as the text form of COPY wants it."""
    if geom is None:
        return None
    return str(shapely.to_wkb(shapely.set_srid(geom, srid), hex=True, include_srid=True))
