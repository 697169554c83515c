"""What a dossier says in words of where it lies and in which CRS: evidence for the detective."""

import re

from ingest.crs.places import Ground, Places
from ingest.crs.stated import Stated, read_statement
from ingest.gate.facts import PlanRows, all_rows, facts
from ingest.gate.inspection import Inspection


def stated_in(inspection: Inspection) -> Stated | None:
    """What the workbook states about the CRS."""
    found = facts(inspection, PlanRows(None, ()), inspection.rules.plan.stated_crs)
    stated = (read_statement(fact.text) for fact in found)
    return next((one for one in stated if not one.empty), None)


def grounds_of(inspection: Inspection, places: Places) -> tuple[Ground, ...]:
    """Where the dossier says it lies: its place and plan names, and the provinces in its codes."""
    plan = inspection.rules.plan
    rows = all_rows(inspection)
    texts = [fact.text for fact in facts(inspection, rows, plan.location)]
    names = [fact.text for fact in facts(inspection, rows, plan.name)]
    return places.ground(texts, names, province_codes(inspection))


def province_codes(inspection: Inspection) -> set[str]:
    """Province codes of two digits in the plan code and the planning information code."""
    plan, rows = inspection.rules.plan, all_rows(inspection)
    found = set()
    if plan.plan_code is not None:
        for fact in facts(inspection, rows, plan.code):
            found.add(plan.plan_code.parts(fact.text).get("province", ""))
    if plan.info_code is not None:
        for fact in facts(inspection, rows, plan.info_code.sources):
            parts = re.match(plan.info_code.pattern, fact.text)
            found.add("" if parts is None else parts.groupdict().get("province", ""))
    return found - {""}
