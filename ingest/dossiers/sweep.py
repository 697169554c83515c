"""Work whose worker died: begun once more, and if that dies too, told to have failed.

Nobody is at work where the work's lock is free (the session that held it has ended) although its
job was taken. Half-received and half-read files that dead programs left are removed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from procrastinate import App
from procrastinate.jobs import Status
from psycopg.rows import class_row

from ingest.dossiers.work import SQL, Order, fail, tell
from ingest.register.record import Clock
from schemas.db import connect
from schemas.jobs import JOB_OF_WORK, dossier_lock, task_name
from schemas.quarantine import Quarantine
from schemas.settings import Settings
from schemas.words import Words

GRACE_S = 15.0
"""Between taking a job and taking the lock; less is no sign of death."""
MOST_ATTEMPTS = 1
"""Work that died once is begun again, work that died twice is given up."""
LEFT_OVER = timedelta(days=1)

DIED = Words(
    "Tiến trình xử lý đã dừng giữa chừng hai lần. Hãy thử lại; nếu vẫn vậy, báo người quản trị.",
    "The worker died twice in the middle. Try again; if it happens again, tell the administrator.",
)
BEGUN_AGAIN = Words("Tiến trình xử lý đã dừng; làm lại từ đầu", "The worker died; beginning again")


@dataclass(frozen=True)
class Work:
    """Work under way, or so it seems. `age_s`: seconds since its job last changed."""

    id: int
    work: str
    attempt: int
    is_held: bool
    job: int | None
    task: str | None
    status: str | None
    attempts: int | None
    age_s: float | None

    @property
    def is_dead(self) -> bool:
        """Whether nobody is at it and nobody will be."""
        if self.is_held or self.status == "todo":
            return False
        return self.age_s is None or self.age_s > GRACE_S

    @property
    def is_of_its_job(self) -> bool:
        """Whether the job does this work; else it died after an earlier one had ended."""
        return self.task == task_name(JOB_OF_WORK[self.work])


async def sweep_dossiers(app: App, *, url: str, settings: Settings, clock: Clock) -> None:
    """Look after every work under way, and after what the dead left lying about."""
    quarantine = Quarantine(settings.quarantine_dir)
    for work in _under_way(url):
        if work.is_dead and (order := _overtake(url, work)) is not None:
            quarantine.drop_work(work.id)
            await _revive(app, work, order, url, clock())
    quarantine.forget_older(clock() - LEFT_OVER)
    _drop_orphans(quarantine, url, clock() - LEFT_OVER)


def _drop_orphans(quarantine: Quarantine, url: str, before: datetime) -> None:
    """Remove bytes that no dossier waits for: their server died before it wrote them down."""
    lying = quarantine.older(before)
    with connect(url) as connection:
        rows = connection.execute(SQL["awaited"], {"hashes": lying}).fetchall()
    for sha256 in set(lying) - {row[0] for row in rows}:
        quarantine.drop(sha256)


def _under_way(url: str) -> list[Work]:
    with connect(url) as connection, connection.cursor(row_factory=class_row(Work)) as cursor:
        return cursor.execute(SQL["under_way"], {"lock": dossier_lock("")}).fetchall()


def _overtake(url: str, work: Work) -> Order | None:
    """What was asked, under a number that makes the dead attempt void, should it still breathe.

    None where it writes to the register at this moment, or where something else is going on.
    """
    values = {"dossier_id": work.id, "work": work.work, "attempt": work.attempt}
    with connect(url) as connection, connection.cursor(row_factory=class_row(Order)) as cursor:
        return cursor.execute(SQL["overtake"], values).fetchone()


async def _revive(app: App, work: Work, order: Order, url: str, now: datetime) -> None:
    running = work.job if work.status == "doing" else None
    if running is not None and work.is_of_its_job and (work.attempts or 0) < MOST_ATTEMPTS:
        await app.job_manager.retry_job_by_id_async(running, now)
        with connect(url) as connection:
            tell(connection, work.id, now, "step", BEGUN_AGAIN)
        return
    if running is not None:
        await app.job_manager.finish_job_by_id_async(running, Status.FAILED, delete_job=False)
    if running is None or work.is_of_its_job:
        fail(url, order, DIED, now)
