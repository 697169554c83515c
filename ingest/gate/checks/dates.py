"""Dates of a plan in their order: brief, submission and appraisal, decision."""

from collections.abc import Iterator, Sequence

from ingest.gate.agreement import number_key
from ingest.gate.inspection import Inspection
from ingest.gate.listing import Entry
from ingest.gate.plan_facts import PlanFacts
from ingest.gate.written import is_impossible, parse_date
from schemas.issues import Issue

BEFORE_DECISION = ("submission", "appraisal")


def check_dates(inspection: Inspection, lines: Sequence[Entry], told: PlanFacts) -> Iterator[Issue]:
    """Findings about the order of the plan's days, and about the decision among the papers."""
    if told.brief_date and told.decision_date and told.decision_date < told.brief_date:
        detail = {"brief": told.brief_date.isoformat(), "plan": told.code}
        yield Issue("DECISION_BEFORE_BRIEF", value=told.decision_date.isoformat(), detail=detail)
    for entry in lines:
        yield from _paper(inspection, entry, told)
    yield from _decision(lines, told)


def _paper(inspection: Inspection, entry: Entry, told: PlanFacts) -> Iterator[Issue]:
    """The day a listed paper was signed: a day at all, and before the decision it led to."""
    cell = entry.row.get(entry.rule.date) if entry.rule.date else None
    if cell in (None, ""):
        return
    day = parse_date(cell)
    if day is None:
        code = "DATE_IMPOSSIBLE" if is_impossible(cell) else "DATE_UNREADABLE"
        yield entry.finding(code, entry.rule.date, str(cell))
    elif day > inspection.today:
        yield entry.finding("DATE_IN_FUTURE", entry.rule.date, day.isoformat())
    elif entry.role in BEFORE_DECISION and told.decision_date and day > told.decision_date:
        detail = {"title": entry.title or entry.role, "decision": told.decision_date.isoformat()}
        yield entry.finding("PAPER_AFTER_DECISION", entry.rule.date, day.isoformat(), **detail)


def _decision(lines: Sequence[Entry], told: PlanFacts) -> Iterator[Issue]:
    """The plan's decision among the listed ones: its number is there, and its day is the same."""
    decisions = [entry for entry in lines if entry.role == "decision"]
    if told.decision_no is None or not decisions:
        return
    key = number_key(told.decision_no)
    numbered = [entry for entry in decisions if entry.text(entry.rule.number)]
    own = [entry for entry in numbered if number_key(entry.text(entry.rule.number)) == key]
    if not own:
        if numbered:
            number = numbered[0].rule.number
            yield numbered[0].finding("DECISION_NOT_LISTED", number, told.decision_no)
        return
    for entry in own:
        day = parse_date(entry.row.get(entry.rule.date)) if entry.rule.date else None
        if day and told.decision_date and day != told.decision_date:
            detail = {"first": told.decision_date.isoformat(), "second": day.isoformat()}
            yield entry.finding("FACTS_DIFFER", entry.rule.date, day.isoformat(), **detail)
