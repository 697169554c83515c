"""A delivery against what the register holds: findings that only the register can make."""

from collections.abc import Iterator
from dataclasses import replace

from ingest.delivery import Delivery
from ingest.register.record import Connection
from schemas.issues import Issue

CODE_OF_PLAN = "SELECT code FROM plan WHERE id = %s"
PLAN_IS_BEGUN = "SELECT FROM plan_version WHERE plan_id = %s AND status <> 'withdrawn' LIMIT 1"


def check_against_register(connection: Connection, delivery: Delivery) -> Delivery:
    """The delivery with the findings of the register; an ERROR among them rejects it."""
    if delivery.rejected:
        return delivery
    found = (*_orphans(connection, delivery), *_other_plans(connection, delivery))
    return replace(delivery, issues=(*delivery.issues, *found))


def _orphans(connection: Connection, delivery: Delivery) -> Iterator[Issue]:
    """Local adjustments of plans that nobody knows."""
    begun = {v.plan_id for v in delivery.versions if v.adjustment_kind != "local"}
    for version in delivery.versions:
        if version.adjustment_kind != "local" or version.plan_id in begun:
            continue
        if not connection.execute(PLAN_IS_BEGUN, [version.plan_id]).rowcount:
            code = version.plan_code
            yield Issue("PARENT_PLAN_UNKNOWN", value=code, detail={"plan": code})


def _other_plans(connection: Connection, delivery: Delivery) -> Iterator[Issue]:
    """Versions whose plan id belongs to a plan with another code."""
    for version in delivery.versions:
        known = connection.execute(CODE_OF_PLAN, [version.plan_id]).fetchone()
        if known is not None and not version.is_code_of_this_plan(known[0]):
            detail = {"other": known[0], "plan_id": version.plan_id}
            yield Issue("PLAN_ID_SHARED", value=version.plan_code, detail=detail)
