"""What the gate keeps nothing of: a state secret leaves its hash, an empty package its findings."""

import shutil
from dataclasses import replace

from ingest.delivery import DeliveredFile, Delivery
from ingest.dossiers.work import SQL, Desk, claim
from ingest.register.record import (
    Connection,
    NewDossier,
    audit,
    forget_reading,
    lock_register,
    record_issues,
    record_run,
    renew_dossier,
)
from schemas.blobs import BlobStore
from schemas.db import connect
from schemas.dossier_words import verdict
from schemas.errors import Refused
from schemas.issues import Issue
from schemas.quarantine import Quarantine
from schemas.settings import Settings
from schemas.words import Words

HOLDS_DATA = frozenset({"gis", "drawing", "workbook"})
"""Roles of the files without which a delivery says nothing of any plan."""
TABLES, MAPINFO = ("spreadsheet", "ms-excel"), (".tab", ".mif")
"""Marks of the same in media type or name, where no profile gave the file its role."""
NOT_OPENED = ("ARCHIVE_", "READER_", "FILE_LOCKED")
"""How findings begin about a package of which nobody knows what it holds."""
PUBLISHED_BEFORE = Words(
    "Hồ sơ mang dấu hiệu bí mật nhà nước, quốc phòng hoặc an ninh, nhưng trước đây đã được công bố "
    "rồi thu hồi. Lần kiểm tra này không lưu gì; lịch sử và tệp gốc của lần công bố còn nguyên.",
    "It bears a mark of a state secret, of defence or security, but was published before and then "
    "withdrawn. Nothing of this check was kept; history and originals of the publication stay.",
)
TELL_ADMIN = Words(
    "Báo ngay người quản trị để cơ quan có thẩm quyền quyết định.",
    "Tell the administrator at once, so that the competent authority can decide.",
)


def forget_secret(desk: Desk, settings: Settings) -> Words:
    """Remove rows, name, events, working bytes and originals; the hash goes to the audit trail.

    The register never forgets by itself what it published: of a dossier with such versions it keeps
    nothing new, and raises Refused.
    """
    with connect(desk.url) as connection:
        lock_register(connection)
        claim(connection, desk.order)
        values = {"dossier_id": desk.order.id}
        row = connection.execute(SQL["was_published"], values).fetchone()
        state = "withdrawn" if row and row[0] else "refused"
        if state == "refused":
            _remove_parts(connection, desk, settings)
        forget_reading(connection, desk.order.id)
        connection.execute(SQL["forget_events"], values)
        connection.execute(SQL["empty" if state == "refused" else "take_back"], values)
        audit(
            connection, now=desk.now, actor=desk.order.actor, action="refuse_secret",
            subject=f"dossier/{desk.order.sha256}", after={"state": state},
        )  # fmt: skip
    if state == "refused":
        return forget_bytes(desk, settings)
    Quarantine(settings.quarantine_dir).drop(desk.order.sha256)
    raise Refused(PUBLISHED_BEFORE, remedy=TELL_ADMIN)


def _remove_parts(connection: Connection, desk: Desk, settings: Settings) -> None:
    """Unlink the originals that are this dossier's alone; nobody cites others under the lock.

    Only its rows name them, so they go before the rows do. What was delivered itself stays until
    all else is written: a worker that dies here begins again with it.
    """
    store = BlobStore(settings.blob_dir)
    for (sha256,) in connection.execute(SQL["own_blobs"], {"dossier_id": desk.order.id}):
        if sha256 != desk.order.sha256:
            store.path(sha256).unlink(missing_ok=True)


def forget_bytes(desk: Desk, settings: Settings) -> Words:
    """Remove what is left of a refused dossier, under its hash and number; twice is harmless."""
    sha256 = desk.order.sha256
    with connect(desk.url) as connection:
        lock_register(connection)
        row = connection.execute(SQL["is_cited"], {"sha256": sha256}).fetchone()
        if row == (False,):
            BlobStore(settings.blob_dir).path(sha256).unlink(missing_ok=True)
    Quarantine(settings.quarantine_dir).drop(sha256)
    shutil.rmtree(settings.report_dir / str(desk.order.id), ignore_errors=True)
    return verdict("refused", {})


def says_nothing(delivery: Delivery) -> bool:
    """Whether a rejected delivery is no dossier at all: it holds no map, drawing or table."""
    if not delivery.rejected or any(map(_holds_data, delivery.files)):
        return False
    return not any(issue.code.startswith(NOT_OPENED) for issue in delivery.issues)


def _holds_data(file: DeliveredFile) -> bool:
    is_table = any(mark in file.media_type for mark in TABLES)
    is_map = file.path.lower().endswith(MAPINFO)
    return file.size_bytes > 0 and (file.role in HOLDS_DATA or is_table or is_map)


def keep_findings_alone(desk: Desk, settings: Settings, delivery: Delivery) -> Words:
    """Reject an empty package: its findings are written down, its bytes and reports go."""
    order = desk.order
    others = (issue for issue in delivery.issues if issue.code != "PROFILE_UNMATCHED")
    found = replace(delivery, issues=(Issue("PACKAGE_EMPTY", file=order.name), *others))
    new = NewDossier(order.sha256, order.name, found.kind, found.profile, found.invented)
    with connect(desk.url) as connection:
        lock_register(connection)
        claim(connection, order)
        renew_dossier(connection, order.id, new, "rejected")
        run_id = record_run(
            connection, order.id, profile_hash=found.profile_hash, settings=settings,
            counts=found.counts, now=desk.now,
        )  # fmt: skip
        record_issues(connection, run_id, found.issues, settings.storage_srid)
        audit(
            connection, now=desk.now, actor=order.actor, action="ingest",
            subject=f"dossier/{order.sha256}", after={"state": "rejected", **found.counts},
        )  # fmt: skip
    Quarantine(settings.quarantine_dir).drop(order.sha256)
    shutil.rmtree(settings.report_dir / str(order.id), ignore_errors=True)
    return verdict("rejected", found.counts)
