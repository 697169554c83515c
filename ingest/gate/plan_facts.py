"""Identity, level, adjustment and dates of one plan version."""

from dataclasses import dataclass
from datetime import date

from ingest.gate.facts import PlanRows
from ingest.gate.inspection import Inspection
from ingest.gate.plan_reader import PlanReader
from ingest.gate.written import plan_slug

TOLERANCE_PER_SCALE = 0.0005


@dataclass(frozen=True)
class PlanFacts:
    """What the dossier says about its plan; None = not stated. `scale`: denominator.

    `key`: the plan's code without what changes between versions; `valid_to`: exclusive.
    """

    plan_id: str
    key: str
    code: str
    name: str
    kind: str
    level: str
    authority: str | None
    adjustment_kind: str
    decision_no: str | None
    decision_date: date | None
    valid_from: date | None
    valid_to: date | None
    national_status: str | None
    scale: int | None
    info_code: str | None
    brief_date: date | None

    @property
    def tolerance_m(self) -> float | None:
        """How far a line drawn at this scale may lie from the true one: half a millimetre."""
        return None if self.scale is None else self.scale * TOLERANCE_PER_SCALE


def read_plan_facts(inspection: Inspection, rows: PlanRows) -> PlanFacts | None:
    """Collect the facts of one plan; findings go to the inspection. None without a plan code."""
    reader = PlanReader(inspection, rows)
    plan = inspection.rules.plan
    code = reader.text(plan.code, "code")
    if code is None or not plan_slug(code):
        reader.find("PLAN_CODE_MISSING")
        return None
    digits = reader.code_groups(code)
    info = reader.info_groups()
    key = plan.plan_code.key(code) if plan.plan_code else code
    decision_date = reader.date(plan.decision_date, agree=True)
    reader.text(plan.brief_no, "number")
    valid_from = reader.date(plan.valid_from) or decision_date
    return PlanFacts(
        plan_id=plan_slug(plan.id.format(code=key)),
        key=key,
        code=code,
        name=reader.text(plan.name, "words") or code,
        kind=reader.text(plan.kind) or info.get("kind", "other"),
        level=reader.level(digits, info),
        authority=reader.text(plan.authority),
        adjustment_kind=reader.adjustment(code, digits, info),
        decision_no=reader.text(plan.decision_no, "number"),
        decision_date=decision_date,
        valid_from=valid_from,
        valid_to=reader.end(valid_from),
        national_status=reader.text(plan.national_status),
        scale=reader.scale(),
        info_code=reader.text(plan.info_code.sources, "code") if plan.info_code else None,
        brief_date=reader.date(plan.brief_date, agree=True),
    )
