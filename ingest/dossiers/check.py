"""The check of a delivered dossier: from the quarantine through the gate into the register.

Until it ends the bytes lie in the quarantine alone; the working copy is made beside them. A state
secret leaves nothing behind; an archive that is not safe to unpack, or that holds no data at all,
its findings alone.
"""

import shutil
import unicodedata
from dataclasses import replace
from pathlib import Path

from ingest.crs.places import known_places
from ingest.delivery import Delivery
from ingest.dossiers.refuse import (
    forget_bytes,
    forget_secret,
    keep_findings_alone,
    says_nothing,
)
from ingest.dossiers.telling import LOADING, REPORTING, Telling
from ingest.dossiers.work import SQL, Desk, claim, do
from ingest.gate.pipeline import read_delivery
from ingest.register.load import LoadOutcome, is_unsafe, load_delivery
from ingest.register.record import Clock
from ingest.report.write import report_folder, write_reports
from schemas.day import legal_day
from schemas.db import connect
from schemas.dossier_words import verdict
from schemas.errors import NotFound
from schemas.quarantine import Quarantine, delivered_bytes, linked
from schemas.settings import Settings
from schemas.words import Words

REFUSED = "SECRET_REFUSED"
BYTES_GONE = Words(
    "Không còn giữ tệp của hồ sơ này.", "The file of this dossier is not kept any more."
)
SEND_AGAIN = Words("Hãy nộp lại tệp.", "Please deliver the file again.")


def check_dossier(dossier_id: int, *, url: str, settings: Settings, clock: Clock) -> None:
    """Check a dossier as its wishes say, and stage or reject it."""
    do("check", dossier_id, url, clock, lambda desk: _check(desk, settings))


def _check(desk: Desk, settings: Settings) -> Words:
    quarantine = Quarantine(settings.quarantine_dir)
    if desk.order.state == "refused":  # by a worker that died before all was removed
        return forget_bytes(desk, settings)
    telling = Telling(desk)
    with quarantine.working(desk.order.id, desk.order.attempt) as folder:
        delivery = _read(desk, settings, folder, telling)
        if any(issue.code == REFUSED for issue in delivery.issues):
            return forget_secret(desk, settings)
        if says_nothing(delivery):
            return keep_findings_alone(desk, settings, delivery)
        with connect(desk.url) as connection:
            claim(connection, desk.order)
            connection.execute(SQL["mark_checked"], {"dossier_id": desk.order.id})
        outcome = _load(desk, settings, delivery, telling)
        checked = replace(delivery, issues=delivery.issues + outcome.issues)
        _report(desk, settings, checked, folder, telling)
    quarantine.drop(desk.order.sha256)
    return verdict(outcome.state, checked.counts)


def _read(desk: Desk, settings: Settings, folder: Path, telling: Telling) -> Delivery:
    """The delivery through the gate, under the name it came with. Raises NotFound."""
    source = delivered_bytes(settings, desk.order.sha256)
    if source is None:
        raise NotFound(BYTES_GONE, remedy=SEND_AGAIN)
    delivered = folder / "delivered" / _file_name(desk.order.name)
    delivered.parent.mkdir()
    linked(source, delivered)
    workdir = folder / "work"
    workdir.mkdir()
    wishes = desk.order.wishes
    delivery = read_delivery(
        delivered,
        profile=wishes.get("profile"),
        storage_srid=settings.storage_srid,
        workdir=workdir,
        accept_repairs=bool(wishes.get("accept_repairs")),
        today=legal_day(desk.now),
        progress=telling.gate,
        crs=wishes.get("crs"),
        places=known_places(None, settings.boundary_file),
    )
    return replace(delivery, sha256=desk.order.sha256)


def _load(desk: Desk, settings: Settings, delivery: Delivery, telling: Telling) -> LoadOutcome:
    """Into the register; what an earlier check left there goes."""
    telling.begins(LOADING)
    return load_delivery(
        delivery,
        url=desk.url,
        settings=settings,
        now=desk.now,
        actor=desk.order.actor,
        publish=False,
        progress=telling.loaded,
        clock=desk.clock,
        again=True,
        claim=lambda connection: claim(connection, desk.order),
    )


def _report(
    desk: Desk, settings: Settings, delivery: Delivery, folder: Path, telling: Telling
) -> None:
    """The report's files in place of those of the last check; none about an unsafe archive."""
    made, kept = folder / "reports", settings.report_dir / str(desk.order.id)
    if not is_unsafe(delivery):
        telling.begins(REPORTING)
        write_reports(delivery, report_folder(made), settings.storage_srid)
    with connect(desk.url) as connection:
        claim(connection, desk.order)
        shutil.rmtree(kept, ignore_errors=True)
        if made.is_dir():
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(made, kept)


def _file_name(name: str) -> str:
    """The delivered name as a file name here: one part, at most 200 bytes, its ending kept."""
    plain = unicodedata.normalize("NFC", name).replace("/", "_").replace("\0", "")
    stem, suffix = Path(plain).stem, Path(plain).suffix[:20]
    kept = stem.encode()[: 200 - len(suffix.encode())].decode(errors="ignore")
    return f"{kept}{suffix}" if kept.strip(".") else f"dossier{suffix}"
