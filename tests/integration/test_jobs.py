"""What a worker does at night: every cited original is still there, byte for byte."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.jobs import Fault, check_originals, jobs
from ingest.register.load import load_delivery
from schemas.blobs import BlobStore
from schemas.db import connect
from schemas.jobs import CHECK_ORIGINALS
from tests.conftest import Register

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def held(fresh_register: Callable[[int], Register], drawing: Any) -> tuple[Register, list[Path]]:
    """A register with one dossier, and where its originals lie."""
    register = fresh_register(9210)
    delivery = drawing.delivery("d", drawing.version())
    load_delivery(
        delivery, url=register.url, settings=register.settings, now=NOW, actor="test", publish=True
    )
    store = BlobStore(register.settings.blob_dir)
    return register, sorted({store.path(file.sha256) for file in delivery.files})


def test_originals_that_are_there_are_no_fault(held: tuple[Register, list[Path]]) -> None:
    register, originals = held
    assert len(originals) == 2
    assert check_originals(register.url, register.settings, NOW) == []


def test_a_lost_and_a_changed_original_go_to_the_audit_trail(
    held: tuple[Register, list[Path]],
) -> None:
    register, (lost, changed) = held
    lost.unlink()
    changed.chmod(0o600)
    changed.write_text("khác")
    found = check_originals(register.url, register.settings, NOW)
    assert found == [Fault(lost.name, "missing"), Fault(changed.name, "changed")]
    with connect(register.url) as connection:
        rows = connection.execute(
            "SELECT subject, after ->> 'fault' FROM audit_event WHERE action = 'original_lost' ORDER BY id"
        ).fetchall()
    assert rows == [(lost.name, "missing"), (changed.name, "changed")]


async def test_a_worker_takes_the_job_from_the_queue(held: tuple[Register, list[Path]]) -> None:
    register, (lost, _) = held
    lost.unlink()
    app = jobs(register.url, register.settings)
    async with app.open_async():
        await app.configure_task(f"ingest:{CHECK_ORIGINALS}").defer_async(timestamp=1793520000)
        await app.run_worker_async(wait=False, install_signal_handlers=False)
    with connect(register.url) as connection:
        (status,) = connection.execute("SELECT status::text FROM procrastinate_jobs").fetchone()  # type: ignore[misc]
        faults = connection.execute(
            "SELECT count(*) FROM audit_event WHERE action = 'original_lost'"
        ).fetchone()
    assert (status, faults) == ("succeeded", (1,))
