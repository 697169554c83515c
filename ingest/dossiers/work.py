"""One work on one dossier: taken by one worker alone, told while it goes on, ended visibly.

Whoever works holds a lock of the database session; when the worker dies, PostgreSQL gives the lock
back, and the sweep (`ingest/dossiers/sweep.py`) sees that nobody is at work any more. A worker may
lose its session and live on: each attempt has a number, and what an earlier one than the last still
wants to write is not written (`claim`).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ingest.register.record import Clock, Connection, audit
from schemas.db import connect
from schemas.errors import RegisterError
from schemas.queries import load_queries
from schemas.words import Words

SQL = load_queries(Path(__file__).with_name("dossiers.sql"))
log = logging.getLogger(__name__)

CRASHED = Words(
    "Chương trình gặp lỗi; điều này không nói gì về hồ sơ. Hãy thử lại.",
    "The program failed; that says nothing about the dossier. Please try again.",
)
# A worker whose machine vanished is noticed within a minute, not after two hours.
KEEPALIVE = (
    "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"
)


class Overtaken(RegisterError):
    """What this attempt still wants to write is void."""

    says = Words(
        "Việc này đã được bắt đầu lại ở nơi khác.", "This work was begun again somewhere else."
    )


@dataclass(frozen=True)
class Order:
    """A dossier and what was asked to be done with it; `attempt`: the number of its last try."""

    id: int
    sha256: str
    name: str
    state: str
    work: str | None
    attempt: int
    wishes: dict[str, Any]
    asked: dict[str, Any]

    @property
    def actor(self) -> str:
        """Who asked, for the audit trail."""
        return str(self.asked.get("name", "worker"))

    @property
    def reason(self) -> str | None:
        return self.asked.get("reason")


@dataclass(frozen=True)
class Desk:
    """Where the work is done: the order, the clock, and a line to those who watch."""

    order: Order
    url: str
    clock: Clock
    line: Connection

    def tell(self, words: Words, step: int | None = None, steps: int | None = None) -> None:
        """One step of the work, visible at once."""
        tell(self.line, self.order.id, self.clock(), "step", words, step, steps)

    @property
    def now(self) -> datetime:
        return self.clock()


Body = Callable[[Desk], Words]


def do(work: str, dossier_id: int, url: str, clock: Clock, body: Body) -> None:
    """Do what was asked, once: a second worker, or work that is done already, changes nothing.

    `body` gives the sentence that ends the work. What it raises ends it too, as a failure.
    """
    with connect(url, autocommit=True) as line:
        line.execute(KEEPALIVE)
        if not _taken(line, dossier_id):
            return
        order = _begun(line, dossier_id, work)
        if order is None:
            return
        log.info("%s begins", work, extra={"dossier": dossier_id})
        try:
            words = body(Desk(order, url, clock, line))
        except Overtaken:
            log.warning("%s overtaken", work, extra={"dossier": dossier_id})
        except RegisterError as error:
            fail(url, order, sentence(error), clock())
        except Exception:
            fail(url, order, CRASHED, clock())
            raise
        else:
            finish(url, order, words, clock())


def _taken(line: Connection, dossier_id: int) -> bool:
    row = line.execute(SQL["take"], {"dossier_id": dossier_id}).fetchone()
    return bool(row and row[0])


def _begun(line: Connection, dossier_id: int, work: str) -> Order | None:
    """The order under a new attempt's number; None where this work is not asked for (any more)."""
    with line.cursor(row_factory=class_row(Order)) as cursor:
        return cursor.execute(SQL["attempt"], {"dossier_id": dossier_id, "work": work}).fetchone()


def claim(connection: Connection, order: Order) -> None:
    """Keep other attempts out until the transaction ends. Raises Overtaken where one has begun.

    Whatever is written for a work is written in a transaction that claims it.
    """
    if connection.execute(SQL["claim"], _attempt(order)).fetchone() is None:
        raise Overtaken


def _attempt(order: Order) -> dict[str, Any]:
    return {"dossier_id": order.id, "work": order.work, "attempt": order.attempt}


def order_of(connection: Connection, dossier_id: int) -> Order | None:
    """What is asked now; None for a dossier that is gone."""
    with connection.cursor(row_factory=class_row(Order)) as cursor:
        return cursor.execute(SQL["order"], {"dossier_id": dossier_id}).fetchone()


def sentence(error: RegisterError) -> Words:
    """What an error of ours says, with its way out."""
    if error.remedy is None:
        return error.detail
    return Words(*(f"{said} {way}" for said, way in zip(error.detail, error.remedy, strict=True)))


def finish(url: str, order: Order, words: Words, now: datetime) -> None:
    """The work is done."""
    with connect(url) as connection:
        if connection.execute(SQL["finish"], _attempt(order)).rowcount:
            tell(connection, order.id, now, "done", words)


def fail(url: str, order: Order, words: Words, now: datetime) -> None:
    """The work came to no end, and everybody can see it."""
    log.warning("%s failed", order.work, extra={"dossier": order.id})
    with connect(url) as connection:
        values = {**_attempt(order), "failure": Jsonb(words._asdict())}
        if connection.execute(SQL["fail"], values).rowcount:
            audit(
                connection, now=now, actor=order.actor, action=f"{order.work}_failed",
                subject=f"dossier/{order.sha256}",
            )  # fmt: skip
            tell(connection, order.id, now, "failed", words)


def tell(
    connection: Connection,
    dossier_id: int,
    now: datetime,
    kind: str,
    words: Words,
    step: int | None = None,
    steps: int | None = None,
) -> None:
    """One event; last in its transaction, since it holds the number's lock."""
    values = {"dossier_id": dossier_id, "now": now, "kind": kind, "step": step, "steps": steps}
    connection.execute(SQL["tell"], {**values, **words._asdict()})
