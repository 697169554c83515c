"""The record of a load of units: its file kept, its dossier, run and findings, and the log."""

from datetime import datetime

from ingest.delivery import DeliveredFile
from ingest.files.source import received_file
from ingest.register.record import (
    Connection,
    KnownDossier,
    NewDossier,
    audit,
    forget_dossier,
    keep_originals,
    known_dossier,
    record_dossier,
    record_files,
    record_issues,
    record_run,
    refuse_other_kind,
)
from ingest.units.file import UnitsFile
from ingest.units.outcome import UnitsOutcome
from schemas.settings import Settings

KIND = "units"


def delivered(file: UnitsFile) -> DeliveredFile:
    """The units file as a delivered one."""
    found = received_file(file.path.name, file.path)
    return DeliveredFile(
        found.path, found.location, found.sha256, KIND, found.sniffed.media_type, found.size_bytes
    )


def _known(connection: Connection, file: DeliveredFile) -> KnownDossier | None:
    """The dossier that these bytes already made. Raises Refused where it is of another kind."""
    known = known_dossier(connection, file.sha256)
    refuse_other_kind(known, KIND)
    if known is not None and known.kind != KIND:  # rejected as a plan
        forget_dossier(connection, known.id)
        return None
    return known


def record_units(
    connection: Connection,
    file: DeliveredFile | None,
    outcome: UnitsOutcome,
    *,
    source: str,
    invented: bool,
    settings: Settings,
    now: datetime,
    actor: str,
) -> None:
    """Record what a load did; the same bytes that change nothing leave no trace.

    `source`: the national list with its version. Raises Refused for bytes known as another kind.
    """
    known = None if file is None else _known(connection, file)
    keep_originals([] if file is None else [file], settings)
    if not outcome.changed and (file is None or known is not None):
        return
    if file is not None:
        new = NewDossier(file.sha256, file.path, KIND, KIND, invented)
        dossier_id = known.id if known else record_dossier(connection, new, "published", now)
        record_files(connection, dossier_id, [file])
        run_id = record_run(
            connection, dossier_id, profile_hash=source, settings=settings,
            counts=outcome.counts, now=now,
        )  # fmt: skip
        record_issues(connection, run_id, outcome.issues, settings.storage_srid)
    subject = f"units/{source}" if file is None else f"dossier/{file.sha256}"
    audit(
        connection, now=now, actor=actor, action="load_units", subject=subject, after=outcome.counts
    )
