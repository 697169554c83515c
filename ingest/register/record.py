"""The record of a delivery: dossier, its files, the run that read it, and what the run found."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import shapely
from psycopg.types.json import Jsonb

from ingest.delivery import DeliveredFile
from schemas.blobs import BlobStore
from schemas.crs import WGS84, project_one
from schemas.errors import Refused
from schemas.issues import Issue
from schemas.queries import load_queries
from schemas.run_identity import code_version, settings_hash
from schemas.settings import Settings
from schemas.words import Words

SQL = load_queries(Path(__file__).with_name("record.sql"))

KINDS = {
    "plan": Words("hồ sơ quy hoạch", "a planning dossier"),
    "parcels": Words("dữ liệu thửa đất", "a parcel file"),
    "units": Words("dữ liệu đơn vị hành chính", "a file of administrative units"),
}
"""The kinds of deliveries, as people call them."""
TAKEN_IN = ("staged", "published", "withdrawn")
"""States of a dossier that has given the register rows."""

Connection = psycopg.Connection[tuple[Any, ...]]

Clock = Callable[[], datetime]
"""Asked once the register's lock is held: a command may have waited since its own `now`."""


@dataclass(frozen=True)
class KnownDossier:
    """A dossier the register already holds, with the profile and findings of its last run."""

    id: int
    kind: str
    state: str
    profile_hash: str | None
    counts: dict[str, Any] | None


@dataclass(frozen=True)
class NewDossier:
    """What there is to say of a delivery before it is read."""

    sha256: str
    name: str
    kind: str
    profile: str
    invented: bool


def keep_originals(files: Iterable[DeliveredFile], settings: Settings) -> None:
    """Put the delivered bytes into the blob store; before the transaction, orphans are harmless."""
    store = BlobStore(settings.blob_dir)
    for file in files:
        store.put(file.location, file.sha256)


def later(now: datetime, clock: Clock | None) -> datetime:
    """The moment from which a change is known: the clock's, never before `now`."""
    return now if clock is None else max(now, clock())


def lock_register(connection: Connection) -> int:
    """Wait until no other writer is at work, keep others out to the end; the revision."""
    return int(_one(connection.execute(SQL["lock_register"])))


def next_revision(connection: Connection) -> int:
    """Count one more change of what the register answers."""
    return int(_one(connection.execute(SQL["next_revision"])))


def known_dossier(connection: Connection, sha256: str) -> KnownDossier | None:
    """The dossier of these bytes, if the register holds it."""
    row = connection.execute(SQL["known_dossier"], {"sha256": sha256}).fetchone()
    return KnownDossier(*row) if row else None


def refuse_other_kind(known: KnownDossier | None, kind: str) -> None:
    """Raises Refused for bytes the register holds as another kind of delivery.

    A dossier is known by its bytes, so one file cannot be two. Bytes that never gave the register
    anything stand in nobody's way.
    """
    if known is None or known.kind == kind or known.state not in TAKEN_IN:
        return
    held = KINDS[known.kind]
    raise Refused(
        Words(
            f"Sổ đã nhận đúng tệp này làm {held.vi}; không gì thay đổi.",
            f"The register already holds these very bytes as {held.en}; nothing changed.",
        ),
        remedy=Words(
            "Tách phần dữ liệu này ra một tệp riêng rồi nạp tệp đó.",
            "Put this part of the data into a file of its own and load that.",
        ),
    )


def forget_dossier(connection: Connection, dossier_id: int) -> None:
    """Drop a rejected dossier, its files, runs and findings."""
    connection.execute("DELETE FROM dossier WHERE id = %s", [dossier_id])


def record_dossier(connection: Connection, new: NewDossier, state: str, now: datetime) -> int:
    """The id of a new dossier row."""
    values = {**new.__dict__, "state": state, "now": now}
    return int(_one(connection.execute(SQL["record_dossier"], values)))


def renew_dossier(connection: Connection, dossier_id: int, new: NewDossier, state: str) -> int:
    """The row of a dossier that is read again; what an earlier reading left goes."""
    forget_reading(connection, dossier_id)
    values = {**new.__dict__, "state": state, "dossier_id": dossier_id}
    connection.execute(SQL["renew_dossier"], values)
    return dossier_id


def forget_reading(connection: Connection, dossier_id: int) -> None:
    """Drop staged versions, runs and files of a dossier, except those that later rows cite."""
    unstage(connection, dossier_id)
    for step in ("drop_runs", "drop_files"):
        connection.execute(SQL[step], {"dossier_id": dossier_id})


def unstage(connection: Connection, dossier_id: int) -> None:
    """Drop the versions of a dossier that never came in force, and plans left without any."""
    plans = connection.execute(SQL["unstage"], {"dossier_id": dossier_id}).fetchall()
    connection.execute(SQL["drop_empty_plans"], {"plans": [plan for (plan,) in plans]})


def record_files(
    connection: Connection, dossier_id: int, files: Iterable[DeliveredFile]
) -> dict[str, int]:
    """Ids of the dossier's file rows by delivered path."""
    ids = {}
    for file in files:
        values = {**file.__dict__, "dossier_id": dossier_id}
        ids[file.path] = int(_one(connection.execute(SQL["record_file"], values)))
    return ids


def record_run(
    connection: Connection,
    dossier_id: int,
    *,
    profile_hash: str,
    settings: Settings,
    counts: Mapping[str, Any],
    now: datetime,
) -> int:
    """The id of the row that says with which code, profile and settings a dossier was read."""
    values = {
        "dossier_id": dossier_id,
        "code_version": code_version(),
        "profile_hash": profile_hash,
        "settings_hash": settings_hash(settings),
        "counts": Jsonb(dict(counts)),
        "now": now,
    }
    return int(_one(connection.execute(SQL["record_run"], values)))


def record_issues(
    connection: Connection, run_id: int, issues: Sequence[Issue], storage_srid: int
) -> None:
    """The findings of a run; their places move from longitude/latitude to the storage CRS."""
    if issues:
        rows = [_issue_row(run_id, issue, storage_srid) for issue in issues]
        connection.cursor().executemany(SQL["record_issue"], rows)


def audit(
    connection: Connection,
    *,
    now: datetime,
    actor: str,
    action: str,
    subject: str,
    before: object = None,
    after: object = None,
) -> None:
    """One line of the append-only log of who changed what."""
    values = {
        "now": now,
        "actor": actor,
        "action": action,
        "subject": subject,
        "before": None if before is None else Jsonb(before),
        "after": None if after is None else Jsonb(after),
    }
    connection.execute(SQL["audit"], values)


def _issue_row(run_id: int, issue: Issue, storage_srid: int) -> dict[str, Any]:
    place = None if issue.geom is None else project_one(issue.geom, WGS84, storage_srid)
    return {
        "run_id": run_id,
        "code": issue.code,
        "level": issue.level,
        "file": issue.file,
        "layer": issue.layer,
        "row": issue.row,
        "column": issue.column,
        "value": issue.value,
        "count": issue.count,
        "detail": Jsonb(issue.detail),
        "geom": None if place is None else shapely.to_wkb(place, output_dimension=2),
        "srid": storage_srid,
    }


def _one(cursor: psycopg.Cursor[tuple[Any, ...]]) -> Any:
    row = cursor.fetchone()
    assert row is not None
    return row[0]
