"""Parcel file → register: read, check, project, COPY, index, in one transaction.

A further file is compared with what the register holds: a parcel that says the same (key, fields,
shape, old keys) stays untouched; where a key of the file says something else now, the old row's
`recorded` ends and the new row begins; a parcel whose key the file lacks stays. The same bytes
read with another profile replace all that their first reading gave. Parcels without a whole key
can only be recognised by saying the same.

`valid` is open on both sides: a parcel file tells how things are, not since when.
"""

import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg.errors import CheckViolation

from ingest.delivery import DeliveredFile
from ingest.files.source import Received, receive
from ingest.parcels.copy import AliasSpool, alias_spool, copy_aliases, copy_parcels
from ingest.parcels.file import ParcelTable, open_parcels
from ingest.parcels.findings import ParcelFindings
from ingest.parcels.outcome import ParcelOutcome
from ingest.parcels.place import check_place
from ingest.parcels.rows import ParcelRows, parcel_rows
from ingest.progress import RowProgress
from ingest.register.bulk import is_empty, without_indexes
from ingest.register.changes import LoadKind, log_load
from ingest.register.record import (
    Clock,
    Connection,
    KnownDossier,
    NewDossier,
    audit,
    keep_originals,
    known_dossier,
    later,
    lock_register,
    next_revision,
    record_dossier,
    record_files,
    record_issues,
    record_run,
    refuse_other_kind,
)
from schemas.blobs import BlobStore
from schemas.db import connect
from schemas.errors import Refused
from schemas.profiles.parcels import ParcelProfile
from schemas.queries import load_queries
from schemas.settings import Settings
from schemas.words import Words

SQL = load_queries(Path(__file__).with_name("load.sql"))
KIND: LoadKind = "parcels"


def load_parcels(
    path: Path,
    *,
    profile: ParcelProfile,
    url: str,
    settings: Settings,
    now: datetime,
    actor: str,
    accept_repairs: bool = False,
    progress: RowProgress | None = None,
    clock: Clock | None = None,
) -> ParcelOutcome:
    """Load a parcel file (any vector format, folder or zip) through its field profile.

    Raises DeliveryUnreadable, ProfileInvalid, UnknownCrs, DatabaseUnavailable, Refused (the clock
    runs backwards; bytes known as another kind of delivery). Then nothing is stored.
    """
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.state_dir, prefix="parcels-") as folder:
        received = receive(path.resolve(), Path(folder))
        files = [_delivered(f) for f in received.files if f.unpacked_from is None]
        profile_hash = f"{profile.hash}{'+repairs' if accept_repairs else ''}"
        known = _known(url, received.sha256)
        if known and known.profile_hash == profile_hash:
            return ParcelOutcome(known.id, unchanged=True)
        keep_originals(files, settings)

        def attempt(*, thorough: bool) -> ParcelOutcome:
            with (
                alias_spool() as aliases,
                open_parcels(
                    received, profile, BlobStore(settings.blob_dir), Path(folder)
                ) as table,
                connect(url) as connection,
            ):
                return _Load(
                    connection, settings, profile, profile_hash, now, actor, accept_repairs,
                    thorough, aliases, clock,
                ).run(received, files, table, progress)  # fmt: skip

        try:
            return attempt(thorough=False)
        except CheckViolation:  # a shape that was drawn valid and is not once projected
            return attempt(thorough=True)


def _known(url: str, sha256: str) -> KnownDossier | None:
    """The parcel dossier of these bytes. Raises Refused where they are of another kind."""
    with connect(url) as connection:
        known = known_dossier(connection, sha256)
    refuse_other_kind(known, KIND)
    return known if known and known.kind == KIND else None


def _delivered(file: Any) -> DeliveredFile:
    return DeliveredFile(
        file.path, file.location, file.sha256, "parcels", file.sniffed.media_type, file.size_bytes
    )


@dataclass
class _Load:
    """One file on its way into the register, inside one transaction."""

    connection: Connection
    settings: Settings
    profile: ParcelProfile
    profile_hash: str
    now: datetime
    actor: str
    accept_repairs: bool
    thorough: bool
    aliases: AliasSpool
    clock: Clock | None

    def run(
        self,
        received: Received,
        files: list[DeliveredFile],
        table: ParcelTable,
        progress: RowProgress | None,
    ) -> ParcelOutcome:
        lock_register(self.connection)
        keep_originals(files, self.settings)  # again: a secret with the same file may have gone
        self.now = later(self.now, self.clock)
        known = known_dossier(self.connection, received.sha256)
        refuse_other_kind(known, KIND)
        dossier_id = known.id if known else self._record(received)
        self.connection.execute(
            SQL["stands"], {"dossier_id": dossier_id, "invented": self.profile.invented}
        )
        file_ids = record_files(self.connection, dossier_id, files)
        file_id = file_ids.get(table.file) or next(iter(file_ids.values()))
        findings = ParcelFindings(
            table.file, table.layer, self.settings.storage_srid, table.not_taken
        )
        rows = self._rows(table, findings, progress)
        load = self._fill if is_empty(self.connection, "parcel") else self._compare
        counts = load(rows, table, file_id, dossier_id)
        found = ParcelOutcome(dossier_id, held_back=findings.held_back, issues=findings.issues())
        outcome = found.with_counts(counts)
        self._conclude(outcome, received.sha256)
        return outcome

    def _record(self, received: Received) -> int:
        new = NewDossier(
            received.sha256, received.name, "parcels", "parcels", self.profile.invented
        )
        return record_dossier(self.connection, new, "published", self.now)

    def _rows(
        self, table: ParcelTable, findings: ParcelFindings, progress: RowProgress | None
    ) -> Iterator[ParcelRows]:
        """The checked batches, noted and counted as they pass."""
        done = 0
        for batch in table.batches:
            if not done:
                check_place(batch, table, self.settings.storage_srid)
            rows = parcel_rows(
                batch, self.profile, table.srid, self.settings.storage_srid,
                repair=self.accept_repairs, thorough=self.thorough,
            )  # fmt: skip
            findings.add(rows)
            yield rows
            done += len(batch.rows)
            if progress:
                progress(done, table.count)

    def _fill(
        self, rows: Iterator[ParcelRows], table: ParcelTable, file_id: int, dossier_id: int
    ) -> dict[str, int]:
        """The first parcels of a register: straight in, and while nobody asks, indexes after."""
        bare = is_empty(self.connection, "version_period")
        with without_indexes(self.connection, "parcel") if bare else nullcontext():
            loaded = self._copy(rows, table, file_id, "parcel")
        bare = bare and is_empty(self.connection, "parcel_alias")
        with without_indexes(self.connection, "parcel_alias") if bare else nullcontext():
            copy_aliases(self.connection, self.aliases, "parcel_alias")
        self._analyse()
        return {"loaded": loaded}

    def _compare(
        self, rows: Iterator[ParcelRows], table: ParcelTable, file_id: int, dossier_id: int
    ) -> dict[str, int]:
        """A register with parcels: into a temporary table, and from there what is new."""
        self.connection.execute(SQL["new_parcels"])
        self.connection.execute(SQL["new_aliases"])
        taken = self._copy(rows, table, file_id, "new_parcel")
        copy_aliases(self.connection, self.aliases, "new_alias")
        self.now = later(self.now, self.clock)
        values = {"now": self.now, "dossier_id": dossier_id}
        for step in ("analyse_new", "new_digests", "old_digests", "same", "ended"):
            self.connection.execute(SQL[step], values)
        self._check_clock()
        self.connection.execute(SQL["drop_ended"], values)
        self.connection.execute(SQL["close_ended"], values)
        loaded = self.connection.execute(SQL["insert_parcels"], values).rowcount
        self.connection.execute(SQL["insert_aliases"])
        self._analyse()
        row = self.connection.execute(SQL["compared"]).fetchone()
        assert row is not None
        replaced, not_in_file = row
        return {
            "loaded": loaded,
            "unchanged_rows": taken - loaded,
            "replaced": replaced,
            "not_in_file": not_in_file,
        }

    def _copy(
        self, rows: Iterator[ParcelRows], table: ParcelTable, file_id: int, target: str
    ) -> int:
        return copy_parcels(
            self.connection, rows, target, self.aliases, layer=table.layer, file_id=file_id,
            now=self.now,
        )  # fmt: skip

    def _check_clock(self) -> None:
        row = self.connection.execute(SQL["ended_since"]).fetchone()
        if row and row[0] and row[0] > self.now:
            raise Refused(
                Words(
                    f"Đồng hồ chạy lùi: sổ đã ghi đến {row[0]}.",
                    f"The clock runs backwards: the register is written up to {row[0]}.",
                )
            )

    def _analyse(self) -> None:
        """A first look for the planner, from a small sample; autovacuum takes a closer one."""
        self.connection.execute("SET LOCAL default_statistics_target = 10")
        self.connection.execute("ANALYZE parcel, parcel_alias")

    def _conclude(self, outcome: ParcelOutcome, sha256: str) -> None:
        run_id = record_run(
            self.connection, outcome.dossier_id, profile_hash=self.profile_hash,
            settings=self.settings, counts=outcome.counts, now=self.now,
        )  # fmt: skip
        record_issues(self.connection, run_id, outcome.issues, self.settings.storage_srid)
        audit(
            self.connection, now=self.now, actor=self.actor, action="load_parcels",
            subject=f"dossier/{sha256}", after=outcome.counts,
        )  # fmt: skip
        if outcome.loaded or outcome.replaced:
            self._log(outcome.counts)

    def _log(self, counts: dict[str, int]) -> None:
        """One entry in the log of changes, with the communes and the box of what came and went."""
        temporary = self.connection.execute("SELECT to_regclass('pg_temp.new_parcel')").fetchone()
        step = "touched" if temporary and temporary[0] else "filled"
        row = self.connection.execute(SQL[step]).fetchone()
        assert row is not None
        revision = next_revision(self.connection)
        log_load(
            self.connection, KIND, counts, self.now, revision, communes=row[0], extent=row[1]
        )  # fmt: skip
