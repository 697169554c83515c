"""Identity, level, adjustment and dates of one plan version, with the findings on the way."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.gate.facts import Fact, PlanRows, facts, first, parse_date, parse_scale, plan_slug
from ingest.gate.inspection import Inspection
from schemas.issues import Issue
from schemas.profiles.sources import Sources

LEVELS = ("general", "zoning", "detailed", "site", "land_use", "other")
Day = date | None
ADJUSTMENTS = ("first", "overall", "local")
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

    @property
    def tolerance_m(self) -> float | None:
        """How far a line drawn at this scale may lie from the true one: half a millimetre."""
        return None if self.scale is None else self.scale * TOLERANCE_PER_SCALE


def read_plan_facts(inspection: Inspection, rows: PlanRows) -> PlanFacts | None:
    """Collect the facts of one plan; findings go to the inspection. None without a plan code."""
    reader = _Reader(inspection, rows)
    plan = inspection.rules.plan
    code = reader.text(plan.code, agree=True)
    if code is None or not plan_slug(code):
        reader.find("PLAN_CODE_MISSING")
        return None
    digits = reader.code_groups(code)
    info = reader.info_groups()
    key = plan.plan_code.key(code) if plan.plan_code else code
    decision_date = reader.date(plan.decision_date, agree=True)
    valid_from = reader.date(plan.valid_from) or decision_date
    return PlanFacts(
        plan_id=plan_slug(plan.id.format(code=key)),
        key=key,
        code=code,
        name=reader.text(plan.name) or code,
        kind=reader.text(plan.kind) or info.get("kind", "other"),
        level=reader.level(digits, info),
        authority=reader.text(plan.authority),
        adjustment_kind=reader.adjustment(code, digits, info),
        decision_no=reader.text(plan.decision_no, agree=True),
        decision_date=decision_date,
        valid_from=valid_from,
        valid_to=reader.end(valid_from),
        national_status=reader.text(plan.national_status),
        scale=reader.scale(),
    )


@dataclass(frozen=True)
class _Reader:
    """Reads one plan's facts and reports what it stumbles over."""

    inspection: Inspection
    rows: PlanRows

    def find(self, code: str, fact: Fact | None = None, **detail: object) -> None:
        place = fact or Fact(None)
        self.inspection.issues.append(
            Issue(
                code,
                file=place.file,
                layer=place.layer,
                row=place.row,
                column=place.column,
                value=None if place.value is None else place.text,
                detail=detail,
            )
        )

    def text(self, sources: Sources, agree: bool = False) -> str | None:
        if agree:
            self._must_agree(list(facts(self.inspection, self.rows, sources)))
        fact = first(self.inspection, self.rows, sources)
        return None if fact is None else fact.text.strip() or None

    def _must_agree(self, found: list[Fact]) -> None:
        for other in found[1:]:
            if _sameness(other) != _sameness(found[0]):
                self.find("FACTS_DIFFER", other, first=found[0].text, second=other.text)

    def date(self, sources: Sources, agree: bool = False, future: bool = False) -> Day:
        """The first readable date; an unreadable one on the way is a finding."""
        dates: list[tuple[date, Fact]] = []
        for fact in facts(self.inspection, self.rows, sources):
            found = parse_date(fact.value)
            if found is None or not 1945 <= found.year <= 2200:
                self.find("DATE_UNREADABLE", fact)
            else:
                dates.append((found, fact))
        if not dates:
            return None
        for other, fact in dates[1:] if agree else ():
            if other != dates[0][0]:
                self.find("FACTS_DIFFER", fact, first=dates[0][0].isoformat(), second=fact.text)
        if dates[0][0] > self.inspection.today and not future:
            self.find("DATE_IN_FUTURE", dates[0][1])
        return dates[0][0]

    def end(self, valid_from: Day) -> Day:
        """The day after the stated last day in force; one before the first is a finding."""
        last = self.date(self.inspection.rules.plan.valid_to, future=True)
        if last is None:
            return None
        if valid_from is not None and last < valid_from:
            fact = first(self.inspection, self.rows, self.inspection.rules.plan.valid_to)
            self.find("PERIOD_EMPTY", fact, starts=valid_from.isoformat(), ends=last.isoformat())
        return last + timedelta(days=1)

    def scale(self) -> int | None:
        for fact in facts(self.inspection, self.rows, self.inspection.rules.plan.scale):
            found = parse_scale(fact.value)
            if found is not None:
                return found
            self.find("SCALE_UNREADABLE", fact)
        return None

    def code_groups(self, code: str) -> dict[str, str]:
        """Named parts of the plan code; a code of another form is kept whole, with a warning."""
        plan = self.inspection.rules.plan
        rule = plan.plan_code
        if rule is None:
            return {}
        parts = rule.parts(code)
        if not parts:
            self.find("CODE_PATTERN", first(self.inspection, self.rows, plan.code))
        return parts

    def info_groups(self) -> dict[str, str]:
        """Level, kind and adjustment from the planning information code, where it has that form."""
        rule = self.inspection.rules.plan.info_code
        fact = None if rule is None else first(self.inspection, self.rows, rule.sources)
        found = re.match(rule.pattern, fact.text) if rule and fact else None
        if rule is None or found is None:
            return {}
        tables = {"level": rule.level, "kind": rule.kind, "adjustment": rule.adjustment}
        parts = found.groupdict(default="")
        read = {name: table.get(parts.get(name, "")) for name, table in tables.items()}
        return {name: word for name, word in read.items() if word}

    def level(self, digits: dict[str, str], info: dict[str, str]) -> str:
        plan = self.inspection.rules.plan
        by_code = plan.plan_code.levels.get(digits.get("type", "")) if plan.plan_code else None
        stated = _known(facts(self.inspection, self.rows, plan.level), LEVELS)
        if by_code and stated and by_code != stated and stated != "site":
            self.find("FACTS_DIFFER", None, first=by_code, second=stated)
        level = stated or by_code or info.get("level")
        if level is None:
            self.find("PLAN_LEVEL_UNKNOWN")
        return level or "other"

    def adjustment(self, code: str, digits: dict[str, str], info: dict[str, str]) -> str:
        """First, overall or local: in words, else by the information code, else by digits."""
        sources = self.inspection.rules.plan.adjustment_kind
        stated = _known(facts(self.inspection, self.rows, sources), ADJUSTMENTS)
        told = stated or info.get("adjustment")
        if told or not digits:
            return told or "first"
        overall, local = (_count(digits.get(name)) for name in ("overall", "local"))
        if local > 0:
            return "local"
        if overall > 1:
            return "overall"
        if overall == 1:
            self.find("ADJUSTMENT_UNCLEAR", Fact(code))
        return "first"


def _known(found: Iterable[Fact], words: tuple[str, ...]) -> str | None:
    return next((fact.text for fact in found if fact.text in words), None)


def _count(digits: str | None) -> int:
    return int(digits) if digits and digits.isdecimal() else 0


def _sameness(fact: Fact) -> str:
    return re.sub(r"\s+", "", fact.text).casefold()
