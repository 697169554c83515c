"""Publishing and withdrawing a version: its days in force, its predecessor, the revision.

Status says what happened to a version, never what day it is: `superseded` is a published version
that a later published one follows, even where that one starts in the future. A withdrawn version
stays withdrawn; its dossier, given again, is loaded as a new version.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ingest.register.adjustment import carry_over
from ingest.register.changes import Line, line_of, log_publication, log_withdrawal
from ingest.register.periods import Dated, due_periods, in_force_before, next_after
from ingest.register.place import obstacle, published_versions
from ingest.register.record import (
    Clock,
    Connection,
    audit,
    later,
    lock_register,
    next_revision,
)
from schemas.db import connect
from schemas.errors import NotFound, Refused
from schemas.queries import load_queries
from schemas.words import Words

SQL = load_queries(Path(__file__).with_name("publish.sql"))


@dataclass(frozen=True)
class Change:
    """What a publication or withdrawal did. `changed` is False when there was nothing to do."""

    version: str
    status: str
    changed: bool
    revision: int


@dataclass(frozen=True)
class _Version:
    id: int
    plan_id: str
    ordinal: int
    status: str
    adjustment_kind: str
    dossier_id: int
    starts: date
    ends: date | None

    @property
    def name(self) -> str:
        return f"{self.plan_id}/{self.ordinal}"

    @property
    def is_local(self) -> bool:
        return self.adjustment_kind == "local"

    @property
    def dated(self) -> Dated:
        return Dated(self.starts, self.ordinal, self.id, self.ends)


def publish(
    version: str, *, url: str, now: datetime, actor: str, clock: Clock | None = None
) -> Change:
    """Put `PLAN/ORDINAL` in force from its first day; twice changes nothing.

    A local adjustment first takes over the rest of the version in force on that day.
    Raises NotFound; Refused when it was withdrawn, when a local adjustment has nothing to adjust,
    or when a later local adjustment was built on another version.
    """
    with connect(url) as connection:
        revision = lock_register(connection)
        found = _find(connection, version)
        return publish_locked(connection, found, revision, later(now, clock), actor)


def publish_staged(
    connection: Connection,
    dossier_id: int,
    revision: int,
    now: datetime,
    actor: str,
    reason: str | None = None,
) -> list[Change]:
    """Publish all staged versions of a dossier, earliest first, in the caller's transaction."""
    rows = connection.execute(SQL["staged_versions"], {"dossier_id": dossier_id}).fetchall()
    versions = (_Version(*row) for row in rows)
    return [publish_locked(connection, each, revision, now, actor, reason) for each in versions]


def publish_locked(
    connection: Connection,
    version: _Version,
    revision: int,
    now: datetime,
    actor: str,
    reason: str | None = None,
) -> Change:
    """Publish inside the caller's transaction, which holds the register's lock."""
    if version.status in ("published", "superseded"):
        return Change(version.name, version.status, False, revision)
    if version.status == "withdrawn":
        raise Refused(
            Words(f"{version.name} đã bị thu hồi.", f"{version.name} was withdrawn."),
            remedy=Words("Nạp lại hồ sơ để có phiên bản mới.", "Ingest its dossier again."),
        )
    published = published_versions(connection, version.plan_id)
    _refuse_misplaced(connection, version, published)
    if version.is_local and (basis := in_force_before(version.dated, published)) is not None:
        carry_over(connection, version.id, basis.id)
    before = _periods(connection, version.plan_id)
    line = line_of(connection, version.plan_id)
    connection.execute(SQL["mark_published"], {"version_id": version.id, "now": now})
    return _settle(connection, version, before, line, "publish", now, actor, reason)


def withdraw(
    version: str,
    reason: str | None,
    *,
    url: str,
    now: datetime,
    actor: str,
    clock: Clock | None = None,
) -> Change:
    """Take `PLAN/ORDINAL` out of force, keeping its rows; its predecessor's days come back.

    Raises NotFound; Refused while a local adjustment that is built on it is published.
    """
    with connect(url) as connection:
        revision = lock_register(connection)
        return withdraw_locked(connection, version, reason, revision, later(now, clock), actor)


def withdraw_locked(
    connection: Connection,
    version: str,
    reason: str | None,
    revision: int,
    now: datetime,
    actor: str,
) -> Change:
    """Withdraw inside the caller's transaction, which holds the register's lock."""
    found = _find(connection, version)
    if found.status == "withdrawn":
        return Change(found.name, found.status, False, revision)
    for other in published_versions(connection, found.plan_id):
        if other.basis == found.id:
            raise _built_on(found.name, f"{found.plan_id}/{other.ordinal}")
    before = _periods(connection, found.plan_id)
    line = line_of(connection, found.plan_id)
    connection.execute(SQL["mark_withdrawn"], {"version_id": found.id, "now": now})
    return _settle(connection, found, before, line, "withdraw", now, actor, reason)


def _settle(
    connection: Connection,
    version: _Version,
    before: dict[str, Any],
    line: Line,
    action: str,
    now: datetime,
    actor: str,
    reason: str | None,
) -> Change:
    """Bring periods, statuses, predecessors and the dossier in line, and write both logs.

    `before`, `line`: the plan's days in force, and its versions, as they stood.
    """
    _set_periods(connection, version.plan_id, now)
    connection.execute(SQL["settle_succession"], {"plan_id": version.plan_id})
    connection.execute(SQL["settle_dossier"], {"dossier_id": version.dossier_id, "now": now})
    after = {**_periods(connection, version.plan_id), **({"reason": reason} if reason else {})}
    audit(
        connection, now=now, actor=actor, action=action, subject=version.name,
        before=before, after=after,
    )  # fmt: skip
    stands, revision = line_of(connection, version.plan_id), next_revision(connection)
    log = log_publication if action == "publish" else log_withdrawal
    log(connection, version.id, line, stands, now, revision)
    return Change(version.name, stands[version.id].status, True, revision)


def _set_periods(connection: Connection, plan_id: str, now: datetime) -> None:
    """Close and open only the periods that changed, so that `recorded` tells the history."""
    due = due_periods(published_versions(connection, plan_id))
    open_rows = connection.execute(SQL["open_periods"], {"plan_id": plan_id}).fetchall()
    standing = set()
    for period_id, version_id, valid, known_from in open_rows:
        if due.get(version_id) == valid:
            standing.add(version_id)
            continue
        if known_from > now:
            raise Refused(
                Words(
                    f"Đồng hồ chạy lùi: sổ đã ghi đến {known_from}.",
                    f"The clock runs backwards: the register is written up to {known_from}.",
                )
            )
        close = "drop_period" if known_from == now else "close_period"
        connection.execute(SQL[close], {"period_id": period_id, "now": now})
    for version_id, valid in due.items():
        if version_id not in standing:
            values = {"plan_id": plan_id, "version_id": version_id, "valid": valid, "now": now}
            connection.execute(SQL["open_period"], values)


def _refuse_misplaced(connection: Connection, version: _Version, published: list[Dated]) -> None:
    """Refuse a version that has no place in the line of its plan's versions."""
    found = obstacle(
        connection, version.plan_id, version.name, version.dated, published, local=version.is_local
    )
    if found is not None:
        raise Refused(found.message, remedy=found.remedy)
    following = next_after(version.dated, published)
    if following is not None and following.starts == version.starts:
        later, day = f"{version.plan_id}/{following.ordinal}", f"{version.starts:%d/%m/%Y}"
        raise Refused(
            Words(
                f"{later} đã có hiệu lực từ cùng ngày {day}.",
                f"{later} is in force from the same day, {day}.",
            ),
            remedy=Words(
                "Kiểm tra lại hồ sơ này nếu nó phải thay phiên bản ấy; nếu không, trả lại hồ sơ.",
                "Check this dossier again if it is to take that place; else turn it away.",
            ),
        )


def _built_on(basis: str, adjustment: str) -> Refused:
    return Refused(
        Words(
            f"Điều chỉnh cục bộ {adjustment} đã được công bố trên nền phiên bản {basis}.",
            f"The local adjustment {adjustment} was published on top of version {basis}.",
        ),
        remedy=Words(f"Thu hồi {adjustment} trước.", f"Withdraw {adjustment} first."),
    )


def _find(connection: Connection, name: str) -> _Version:
    """The version named `PLAN/ORDINAL`. Raises NotFound."""
    plan_id, _, ordinal = name.strip().rpartition("/")
    if ordinal.isdecimal() and len(ordinal) < 10:
        values = {"plan_id": plan_id, "ordinal": int(ordinal)}
        if row := connection.execute(SQL["version_by_name"], values).fetchone():
            return _Version(*row)
    raise NotFound(
        Words(f"Không có phiên bản “{name}”.", f"There is no version “{name}”."),
        remedy=Words("Viết MÃ_ĐỒ_ÁN/SỐ_PHIÊN_BẢN.", "Write PLAN/ORDINAL, such as 99qpk0001/1."),
    )


def _periods(connection: Connection, plan_id: str) -> dict[str, Any]:
    """The plan's days in force now, for the log: `{"PLAN/1": ["2020-01-01", null]}`."""
    rows = connection.execute(SQL["periods_for_log"], {"plan_id": plan_id}).fetchall()
    return {f"{plan_id}/{ordinal}": [starts, ends] for ordinal, starts, ends in rows}
