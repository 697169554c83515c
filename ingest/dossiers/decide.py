"""What an approver decides about a dossier: publish it, turn it away, withdraw a version.

Each is one transaction under the register's lock; a failure leaves everything as it was.
"""

from ingest.dossiers.work import SQL, Desk, Order, claim, do, order_of
from ingest.register.publish import publish_staged, withdraw_locked
from ingest.register.record import Clock, Connection, audit, later, lock_register, unstage
from schemas.db import connect
from schemas.dossier_words import STATES, verdict
from schemas.errors import NotFound, Refused
from schemas.run_identity import is_stale
from schemas.settings import Settings
from schemas.words import Words

STALE = Words(
    "Hồ sơ được kiểm tra bằng phiên bản chương trình hoặc profile cũ.",
    "The dossier was checked with an earlier program or profile.",
)
CHECK_AGAIN = Words("Hãy kiểm tra lại rồi công bố.", "Check it again, then publish.")
CHECKED_SINCE = Words(
    "Hồ sơ đã được kiểm tra lại sau lần kiểm tra mà người duyệt đã xem; không có gì được công bố.",
    "The dossier was checked again after the check that the approver read; nothing was published.",
)
READ_AGAIN = Words("Hãy xem kết quả mới rồi công bố.", "Read the new findings, then publish.")


def publish_dossier(dossier_id: int, *, url: str, settings: Settings, clock: Clock) -> None:
    """Put all staged versions of a dossier in force, in one transaction."""
    do("publish", dossier_id, url, clock, lambda desk: _publish(desk, settings))


def reject_dossier(dossier_id: int, *, url: str, settings: Settings, clock: Clock) -> None:
    """Turn a staged dossier away: its versions go, its files and findings stay."""
    do("reject", dossier_id, url, clock, _reject)


def withdraw_version(dossier_id: int, *, url: str, settings: Settings, clock: Clock) -> None:
    """Take one version of a published dossier out of force."""
    do("withdraw", dossier_id, url, clock, _withdraw)


def _publish(desk: Desk, settings: Settings) -> Words:
    asked, now = desk.order, desk.now
    with connect(desk.url) as connection:
        revision = lock_register(connection)
        claim(connection, asked)
        order = _again(connection, asked)
        if order.state == "published":
            return verdict("published", {})
        _refuse_unless_staged(order)
        _refuse_unread(connection, asked, settings)
        at = later(now, desk.clock)
        publish_staged(connection, order.id, revision, at, asked.actor, asked.reason)
    return verdict("published", {})


def _reject(desk: Desk) -> Words:
    asked = desk.order
    with connect(desk.url) as connection:
        lock_register(connection)
        claim(connection, asked)
        order = _again(connection, asked)
        if order.state != "rejected":
            _refuse_unless_staged(order)
            unstage(connection, order.id)
            connection.execute(SQL["turn_away"], {"dossier_id": order.id})
            audit(
                connection, now=desk.now, actor=asked.actor, action="reject",
                subject=f"dossier/{asked.sha256}", before={"state": order.state},
                after={"state": "rejected", "reason": asked.reason},
            )  # fmt: skip
    return Words(
        f"Người duyệt trả lại hồ sơ: {asked.reason}", f"Turned away by the approver: {asked.reason}"
    )


def _withdraw(desk: Desk) -> Words:
    asked = desk.order
    now = desk.now
    with connect(desk.url) as connection:
        revision = lock_register(connection)
        claim(connection, asked)
        at = later(now, desk.clock)
        version = asked.asked["version"]
        change = withdraw_locked(connection, version, asked.reason, revision, at, asked.actor)
    return Words(
        f"Đã thu hồi {change.version}: {asked.reason}", f"Withdrew {change.version}: {asked.reason}"
    )


def _again(connection: Connection, asked: Order) -> Order:
    """The dossier as it is now that nobody else writes. Raises NotFound."""
    order = order_of(connection, asked.id)
    if order is None:
        raise NotFound
    return order


def _refuse_unless_staged(order: Order) -> None:
    if order.state != "staged":
        state = STATES[order.state]
        raise Refused(
            Words(f"Hồ sơ không còn chờ công bố: {state.vi}.", f"It does not wait: {state.en}.")
        )


def _refuse_unread(connection: Connection, order: Order, settings: Settings) -> None:
    """Only what the approver read is published, and only as the program would read it today."""
    row = connection.execute(SQL["last_reading"], {"dossier_id": order.id}).fetchone()
    if row is None or row[0] != order.asked.get("run"):
        raise Refused(CHECKED_SINCE, remedy=READ_AGAIN)
    if is_stale(row[1], (row[2], row[3], row[4]), settings):
        raise Refused(STALE, remedy=CHECK_AGAIN)
