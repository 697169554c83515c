"""Delivery → register: one dossier, one transaction.

A rejected delivery leaves its files and findings and nothing else; an archive that is not safe to
unpack leaves its findings alone; a delivery without files (a state secret) leaves nothing at all.
The same bytes again change nothing, except that a dossier staged earlier may now be published, a
rejected one may now pass, and a withdrawn one is loaded as new versions.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import shapely
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from ingest.delivery import DeliveredDocument, DeliveredVersion, Delivery
from ingest.progress import RowProgress
from ingest.register.check import check_against_register
from ingest.register.content import load_content
from ingest.register.place import in_order
from ingest.register.publish import publish_staged
from ingest.register.record import (
    Clock,
    Connection,
    KnownDossier,
    NewDossier,
    audit,
    forget_reading,
    keep_originals,
    known_dossier,
    later,
    lock_register,
    record_dossier,
    record_files,
    record_issues,
    record_run,
    refuse_other_kind,
    renew_dossier,
)
from schemas.crs import WGS84, project_one
from schemas.db import connect
from schemas.issues import Issue
from schemas.names import name_key
from schemas.queries import load_queries
from schemas.settings import Settings

SQL = load_queries(Path(__file__).with_name("load.sql"))
NOT_SAFE = frozenset({"ARCHIVE_UNSAFE", "ARCHIVE_ENCRYPTED", "ARCHIVE_DAMAGED"})
"""Findings about an archive of which nothing is kept."""


@dataclass(frozen=True)
class LoadOutcome:
    """What became of a delivery. `versions`: `PLAN/ORDINAL`; `issues`: found while loading.

    `state` is that of the dossier; `dossier_id` is None when nothing was stored.
    """

    dossier_id: int | None
    state: str
    versions: tuple[str, ...]
    unchanged: bool
    issues: tuple[Issue, ...] = ()


def load_delivery(
    delivery: Delivery,
    *,
    url: str,
    settings: Settings,
    now: datetime,
    actor: str,
    publish: bool,
    progress: RowProgress | None = None,
    clock: Clock | None = None,
    again: bool = False,
    claim: Callable[[Connection], None] | None = None,
) -> LoadOutcome:
    """Store a checked delivery as staged versions, and publish them where asked.

    `now`: when it came; `clock` tells when its versions are published. `again`: what an earlier
    reading staged or found is replaced by this one's; what is published stays. `claim`: asked under
    the register's lock before anything is written; what it raises stops the load.
    Raises DatabaseUnavailable; Refused for bytes known as another kind of delivery; Refused and
    NotFound as `publish` does. Then nothing is stored.
    """
    if not delivery.files:
        return LoadOutcome(None, "rejected", (), False)
    if is_unsafe(delivery):
        delivery = replace(delivery, files=())
    keep_originals(delivery.files, settings)
    with connect(url) as connection:
        revision = lock_register(connection)
        if claim is not None:
            claim(connection)
        keep_originals(delivery.files, settings)  # those that another dossier took along meanwhile
        known = known_dossier(connection, delivery.sha256)
        refuse_other_kind(known, delivery.kind)
        if known is not None and again and known.state == "staged":
            forget_reading(connection, known.id)
            known = replace(known, state="received")
        checked = delivery if _is_live(known) else check_against_register(connection, delivery)
        added = checked.issues[len(delivery.issues) :]
        unchanged = _is_live(known) or (not again and _was_found_so(known, checked))
        if not unchanged:
            _store(connection, checked, known, settings, now, actor, progress)
        dossier = known_dossier(connection, delivery.sha256)
        assert dossier is not None
        at = later(now, clock)
        changes = publish_staged(connection, dossier.id, revision, at, actor) if publish else []
        return _outcome(connection, delivery.sha256, unchanged and not changes, added)


def is_unsafe(delivery: Delivery) -> bool:
    """Whether an archive in it is not safe to unpack: then nothing of it is kept."""
    return any(issue.code in NOT_SAFE for issue in delivery.issues)


def _is_live(known: KnownDossier | None) -> bool:
    """Whether the versions of a dossier wait or are published."""
    return known is not None and known.state in ("staged", "published")


def _was_found_so(known: KnownDossier | None, delivery: Delivery) -> bool:
    """Whether a dossier was rejected before with just these findings."""
    if known is None or known.state != "rejected" or not delivery.rejected:
        return False
    return known.profile_hash == delivery.profile_hash and known.counts == delivery.counts


def _store(
    connection: Connection,
    delivery: Delivery,
    known: KnownDossier | None,
    settings: Settings,
    now: datetime,
    actor: str,
    progress: RowProgress | None,
) -> None:
    """Rows of the dossier, its run, findings and, unless it is rejected, its versions."""
    state = _state(delivery)
    if known is None:
        dossier_id = record_dossier(connection, _new(delivery), state, now)
    else:
        dossier_id = renew_dossier(connection, known.id, _new(delivery), state)
    file_ids = record_files(connection, dossier_id, delivery.files)
    run_id = record_run(
        connection, dossier_id, profile_hash=delivery.profile_hash, settings=settings,
        counts=delivery.counts, now=now,
    )  # fmt: skip
    record_issues(connection, run_id, delivery.issues, settings.storage_srid)
    if state == "staged":
        loader = _Loader(connection, dossier_id, file_ids, delivery.invented, settings.storage_srid)
        loader.load(delivery.versions, progress)
    subject, after = f"dossier/{delivery.sha256}", {"state": state, **delivery.counts}
    audit(connection, now=now, actor=actor, action="ingest", subject=subject, after=after)


def _state(delivery: Delivery) -> str:
    """What becomes of a delivery; of one that is only checked nothing is taken in."""
    if delivery.rejected:
        return "rejected"
    return "checked" if delivery.kind == "check" else "staged"


def _new(delivery: Delivery) -> NewDossier:
    return NewDossier(
        delivery.sha256, delivery.name, delivery.kind, delivery.profile, delivery.invented
    )


def _outcome(
    connection: Connection, sha256: str, unchanged: bool, issues: Sequence[Issue]
) -> LoadOutcome:
    dossier = known_dossier(connection, sha256)
    assert dossier is not None
    rows = connection.execute(SQL["live_versions"], {"dossier_id": dossier.id}).fetchall()
    names = tuple(f"{plan_id}/{ordinal}" for plan_id, ordinal in rows)
    return LoadOutcome(dossier.id, dossier.state, names, unchanged, tuple(issues))


@dataclass(frozen=True)
class _Loader:
    """Writes the versions of one dossier."""

    connection: Connection
    dossier_id: int
    file_ids: dict[str, int]
    invented: bool
    srid: int

    def load(self, versions: Iterable[DeliveredVersion], progress: RowProgress | None) -> None:
        """All versions, earliest first, so that ordinals follow the dates."""
        ordered = in_order(versions)
        total = sum(len(v.zones) + len(v.lines) + len(v.features) for v in ordered)
        done = 0
        for version in ordered:
            self._plan(version)
            version_id = self._version(version)
            self._coverage(version, version_id)
            done += load_content(self.connection, version, version_id, self.file_ids, self.srid)
            for document in version.documents:
                self._document(document, version_id)
            if progress:
                progress(done, total)

    def _plan(self, version: DeliveredVersion) -> None:
        self.connection.execute(
            SQL["plan"],
            {
                "id": version.plan_id,
                "code": version.plan_code,
                "name": version.plan_name,
                "name_key": name_key(version.plan_name),
                "kind": version.plan_kind,
                "level": version.plan_level,
                "authority": version.authority,
            },
        )

    def _version(self, version: DeliveredVersion) -> int:
        values = {
            **version.__dict__,
            "dossier_id": self.dossier_id,
            "invented": self.invented,
            "valid": Range(version.valid_from, version.valid_to),
            "attributes": Jsonb(self._attributes(version)),
            "boundary": shapely.to_wkb(version.boundary, output_dimension=2),
            "srid": self.srid,
        }
        wanted = {name: value for name, value in values.items() if f"%({name})s" in SQL["version"]}
        row = self.connection.execute(SQL["version"], wanted).fetchone()
        assert row is not None
        return int(row[0])

    def _attributes(self, version: DeliveredVersion) -> dict[str, Any]:
        if version.adjustment_kind != "local":
            return version.attributes
        area = project_one(version.boundary, self.srid, WGS84)
        return {**version.attributes, "adjustment_area": shapely.geometry.mapping(area)}

    def _coverage(self, version: DeliveredVersion, version_id: int) -> None:
        for theme in sorted(version.themes):
            self.connection.execute(SQL["coverage"], {"version_id": version_id, "theme": theme})

    def _document(self, document: DeliveredDocument, version_id: int) -> None:
        values = {**document.__dict__, "version_id": version_id}
        values["file_id"] = self.file_ids[values.pop("path")]
        self.connection.execute(SQL["document"], values)
