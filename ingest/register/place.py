"""The place of a version in its plan: what publication refuses, the check finds beforehand.

Both ask `obstacle`, about the same line of published versions. It answers with a finding, whose
sentence and remedy a refusal repeats.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from ingest.delivery import DeliveredVersion
from ingest.register.periods import Dated, in_force_before, next_after
from ingest.register.record import Connection
from schemas.issues import Issue
from schemas.queries import load_queries

SQL = load_queries(Path(__file__).with_name("publish.sql"))


def in_order(versions: Iterable[DeliveredVersion]) -> list[DeliveredVersion]:
    """Versions as they join their plans: by first day, adjustments after what they adjust."""
    return sorted(versions, key=lambda v: (v.valid_from, v.adjustment_kind == "local"))


def published_versions(connection: Connection, plan_id: str) -> list[Dated]:
    """The line of a plan's published versions."""
    return _versions(connection, plan_id, ["published", "superseded"])


def obstacle(
    connection: Connection,
    plan_id: str,
    code: str,
    version: Dated,
    published: Sequence[Dated],
    *,
    local: bool,
) -> Issue | None:
    """Why the register as it stands would not publish a version; None where it would.

    `code`: what people call the plan; `published`: the line that the version is to join.
    """
    if local and in_force_before(version, published) is None:
        return _not_based(connection, plan_id, code, version, published)
    following = next_after(version, published)
    if following is None or following.basis is None:
        return None
    detail = {
        "later": _called(connection, following.id),
        "basis": _called(connection, following.basis),
        "day": _day(version.starts),
    }
    return Issue("ADJUSTMENT_FOLLOWS", value=code, detail=detail)


def replaced(
    connection: Connection, code: str, version: Dated, published: Iterable[Dated]
) -> Issue | None:
    """That a published version starts on the same day and would never be in force any more."""
    same_day = [other for other in published if other < version and other.starts == version.starts]
    if not same_day:
        return None
    detail = {"other": _called(connection, max(same_day).id), "day": _day(version.starts)}
    return Issue("VERSION_REPLACED", value=code, detail=detail)


def _not_based(
    connection: Connection, plan_id: str, code: str, version: Dated, published: Sequence[Dated]
) -> Issue:
    """What a local adjustment misses: its plan, a version on its day, or that one's publication."""
    waiting = [v for v in _versions(connection, plan_id, ["staged"]) if v.id != version.id]
    if not published and not waiting:
        return Issue("PARENT_PLAN_UNKNOWN", value=code, detail={"plan": code})
    basis = in_force_before(version, [*published, *waiting])
    if basis is not None:
        detail = {"basis": _called(connection, basis.id)}
        return Issue("ADJUSTMENT_WAITS", value=code, detail=detail)
    return Issue("ADJUSTMENT_NOT_BASED", value=code, detail={"day": _day(version.starts)})


def _versions(connection: Connection, plan_id: str, statuses: list[str]) -> list[Dated]:
    values = {"plan_id": plan_id, "statuses": statuses}
    return [Dated(*row) for row in connection.execute(SQL["line"], values).fetchall()]


def _called(connection: Connection, version_id: int) -> str:
    """`PLAN/ORDINAL`, with the number of its decision where it has one."""
    row = connection.execute(SQL["called"], {"version_id": version_id}).fetchone()
    assert row is not None
    return str(row[0])


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
