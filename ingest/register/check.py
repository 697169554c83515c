"""A delivery against what the register holds: findings that only the register can make."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ingest.delivery import DeliveredVersion, Delivery
from ingest.register.periods import Dated, in_force_before
from ingest.register.place import in_order, obstacle, published_versions, replaced
from ingest.register.record import Connection
from schemas.issues import Issue

CODE_OF_PLAN = "SELECT code FROM plan WHERE id = %s"
LAST_ORDINAL = "SELECT coalesce(max(ordinal), 0) FROM plan_version WHERE plan_id = %s"


def check_against_register(connection: Connection, delivery: Delivery) -> Delivery:
    """The delivery with the findings of the register; an ERROR among them rejects it.

    What an earlier reading of the same dossier staged must be gone from the register.
    """
    if delivery.rejected:
        return delivery
    found = tuple(_other_plans(connection, delivery)) or tuple(_misplaced(connection, delivery))
    return replace(delivery, issues=(*delivery.issues, *found))


def _misplaced(connection: Connection, delivery: Delivery) -> Iterator[Issue]:
    """Versions that could not be published now, or would take a published one's place."""
    by_plan = sorted(in_order(delivery.versions), key=lambda version: version.plan_id)
    for plan_id, versions in groupby(by_plan, key=lambda version: version.plan_id):
        yield from _misplaced_in(connection, plan_id, list(versions))


def _misplaced_in(
    connection: Connection, plan_id: str, versions: Sequence[DeliveredVersion]
) -> Iterator[Issue]:
    """The versions of one plan join its line one after the other, as publication will put them."""
    line = published_versions(connection, plan_id)
    standing = tuple(line)
    row = connection.execute(LAST_ORDINAL, [plan_id]).fetchone()
    assert row is not None
    for number, version in enumerate(versions, start=1):
        local = version.adjustment_kind == "local"
        dated = Dated(version.valid_from, row[0] + number, -number, version.valid_to)
        found = obstacle(connection, plan_id, version.plan_code, dated, line, local=local)
        found = found or replaced(connection, version.plan_code, dated, standing)
        if found is not None:
            yield found
        basis = in_force_before(dated, line) if local else None
        line.append(replace(dated, basis=None if basis is None else basis.id))


def _other_plans(connection: Connection, delivery: Delivery) -> Iterator[Issue]:
    """Versions whose plan id belongs to a plan with another code."""
    for version in delivery.versions:
        known = connection.execute(CODE_OF_PLAN, [version.plan_id]).fetchone()
        if known is not None and not version.is_code_of_this_plan(known[0]):
            detail = {"other": known[0], "plan_id": version.plan_id}
            yield Issue("PLAN_ID_SHARED", value=version.plan_code, detail=detail)
