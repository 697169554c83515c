"""Work that a worker does: any number of them, on any machine that reaches the register.

A worker on another machine needs the same `SQH_HOME` as the server (a shared folder): delivered
bytes lie there in `quarantine/` until they are checked and in `blobs/` afterwards.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from procrastinate import App, Blueprint

from ingest.dossiers.check import check_dossier
from ingest.dossiers.decide import publish_dossier, reject_dossier, withdraw_version
from ingest.dossiers.sweep import sweep_dossiers
from ingest.register.record import audit
from ingest.tickets.photo import clean_photo
from schemas.blobs import BlobStore, sha256_of
from schemas.db import connect
from schemas.jobs import (
    CHECK_DOSSIER,
    CHECK_ORIGINALS,
    CLEAN_PHOTO,
    NAMESPACE,
    PUBLISH_DOSSIER,
    REJECT_DOSSIER,
    SWEEP_DOSSIERS,
    WITHDRAW_VERSION,
    queue,
)
from schemas.settings import Settings

NIGHTLY = "17 19 * * *"
"""Two in the morning in Viet Nam (UTC+7), away from the full hour."""
EVERY_MINUTE = "* * * * *"

DOSSIER_JOBS: dict[str, Callable[..., None]] = {
    CHECK_DOSSIER: check_dossier,
    PUBLISH_DOSSIER: publish_dossier,
    REJECT_DOSSIER: reject_dossier,
    WITHDRAW_VERSION: withdraw_version,
}
"""What is done with a dossier, by the job's name; each takes the dossier's id."""


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

    @work.periodic(cron=EVERY_MINUTE)
    @work.task(
        name=SWEEP_DOSSIERS, lock=SWEEP_DOSSIERS, queueing_lock=SWEEP_DOSSIERS, pass_context=False
    )
    async def sweep(timestamp: int) -> None:
        await sweep_dossiers(app, url=url, settings=settings, clock=_clock)

    @work.task(name=CLEAN_PHOTO, retry=2)
    async def photo(ticket_id: str) -> None:
        await asyncio.to_thread(clean_photo, ticket_id, url=url)

    for name, body in DOSSIER_JOBS.items():
        work.task(name=name)(_on_dossier(body, url, settings))
    app.add_tasks_from(work, namespace=NAMESPACE)
    return app


def _on_dossier(
    body: Callable[..., None], url: str, settings: Settings
) -> Callable[[int], Awaitable[None]]:
    async def job(dossier_id: int) -> None:
        await asyncio.to_thread(body, dossier_id, url=url, settings=settings, clock=_clock)

    return job


def _clock() -> datetime:
    return datetime.now(UTC)


def run_worker(url: str, settings: Settings, *, alone: bool = True) -> None:
    """Work until told to stop (SIGINT, SIGTERM); not `alone`: as a thread of another program."""

    async def work() -> None:
        app = jobs(url, settings)
        async with app.open_async():
            await app.run_worker_async(install_signal_handlers=alone, delete_jobs="successful")

    asyncio.run(work())
