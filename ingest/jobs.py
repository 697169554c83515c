"""Work that a worker does: any number of them, on any machine that reaches the register."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from procrastinate import App, Blueprint

from ingest.register.record import audit
from schemas.blobs import BlobStore, sha256_of
from schemas.db import connect
from schemas.jobs import CHECK_ORIGINALS, queue
from schemas.settings import Settings

NIGHTLY = "17 19 * * *"
"""Two in the morning in Viet Nam (UTC+7), away from the full hour."""


@dataclass(frozen=True)
class Fault:
    """An original that the register cites and the blob store cannot show: missing or changed."""

    sha256: str
    fault: str


def check_originals(url: str, settings: Settings, now: datetime) -> list[Fault]:
    """Every cited original whose bytes are not there any more; faults go to the audit trail."""
    with connect(url) as connection:
        rows = connection.execute("SELECT DISTINCT sha256 FROM dossier_file ORDER BY 1").fetchall()
    faults = list(_faults(BlobStore(settings.blob_dir), (row[0] for row in rows)))
    with connect(url) as connection:
        for found in faults:
            audit(
                connection, now=now, actor="worker", action="original_lost",
                subject=found.sha256, after={"fault": found.fault},
            )  # fmt: skip
    return faults


def _faults(store: BlobStore, hashes: Iterable[str]) -> Iterator[Fault]:
    for sha256 in hashes:
        path = store.path(sha256)
        if not path.is_file():
            yield Fault(sha256, "missing")
        elif sha256_of(path) != sha256:
            yield Fault(sha256, "changed")


def jobs(url: str, settings: Settings) -> App:
    """The queue with everything a worker can do."""
    work = Blueprint()

    @work.periodic(cron=NIGHTLY)
    @work.task(name=CHECK_ORIGINALS, queueing_lock=CHECK_ORIGINALS, pass_context=False)
    async def nightly(timestamp: int) -> list[dict[str, str]]:
        now = datetime.fromtimestamp(timestamp, UTC)
        faults = await asyncio.to_thread(check_originals, url, settings, now)
        return [{"sha256": found.sha256, "fault": found.fault} for found in faults]

    app = queue(url)
    app.add_tasks_from(work, namespace="ingest")
    return app


def run_worker(url: str, settings: Settings, *, alone: bool = True) -> None:
    """Work until told to stop (SIGINT, SIGTERM); not `alone`: as a thread of another program."""

    async def work() -> None:
        app = jobs(url, settings)
        async with app.open_async():
            await app.run_worker_async(install_signal_handlers=alone)

    asyncio.run(work())
