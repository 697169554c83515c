"""A state secret at the gate: nothing of it stays but the hash of its bytes."""

import shutil

from ingest.dossiers.work import SQL, Desk
from ingest.register.record import audit, forget_reading, lock_register
from schemas.blobs import BlobStore
from schemas.db import connect
from schemas.dossier_words import verdict
from schemas.quarantine import Quarantine
from schemas.settings import Settings
from schemas.words import Words


def forget_secret(desk: Desk, settings: Settings) -> Words:
    """Remove rows, name, working bytes and originals; the hash goes to the audit trail."""
    order = desk.order
    values = {"dossier_id": order.id}
    with connect(desk.url) as connection:
        lock_register(connection)
        blobs = [row[0] for row in connection.execute(SQL["own_blobs"], values)]
        forget_reading(connection, order.id)
        connection.execute(SQL["empty"], values)
        audit(
            connection, now=desk.now, actor=order.actor, action="refuse_secret",
            subject=f"dossier/{order.sha256}", after={"state": "refused"},
        )  # fmt: skip
    Quarantine(settings.quarantine_dir).drop(order.sha256)
    shutil.rmtree(settings.report_dir / str(order.id), ignore_errors=True)
    store = BlobStore(settings.blob_dir)
    for sha256 in (order.sha256, *blobs):
        store.path(sha256).unlink(missing_ok=True)
    return verdict("refused", {})
