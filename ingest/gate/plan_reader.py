"""Reading the facts of one plan where its profile says they stand, with the findings on the way."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ingest.gate.agreement import Sort, agreement
from ingest.gate.facts import Fact, PlanRows, facts, first
from ingest.gate.inspection import Inspection
from ingest.gate.written import is_impossible, parse_date, parse_scale
from schemas.issues import Issue
from schemas.profiles.sources import Sources
from schemas.words import Words

LEVELS = ("general", "zoning", "detailed", "site", "land_use", "other")
Day = date | None
ADJUSTMENTS = {
    "first": Words("lập mới", "a first plan"),
    "overall": Words("điều chỉnh tổng thể", "an overall adjustment"),
    "local": Words("điều chỉnh cục bộ", "a local adjustment"),
}


@dataclass(frozen=True)
class PlanReader:
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

    def text(self, sources: Sources, sort: Sort | None = None) -> str | None:
        """The first filled value; with a `sort` every other one must agree with it."""
        if sort is not None:
            self._must_agree(list(facts(self.inspection, self.rows, sources)), sort)
        fact = first(self.inspection, self.rows, sources)
        return None if fact is None else fact.text.strip() or None

    def _must_agree(self, found: list[Fact], sort: Sort) -> None:
        for other in found[1:]:
            verdict = agreement(sort, found[0], other)
            if verdict == "different":
                self.find("FACTS_DIFFER", other, first=found[0].text, second=other.text)
            elif verdict == "variant":
                self.find("FACTS_VARIANT", other, first=found[0].text, second=other.text)

    def date(self, sources: Sources, agree: bool = False, future: bool = False) -> Day:
        """The first readable date; an unreadable one on the way is a finding."""
        dates: list[Fact] = []
        for fact in facts(self.inspection, self.rows, sources):
            found = parse_date(fact.value)
            if is_impossible(fact.value):
                self.find("DATE_IMPOSSIBLE", fact)
            elif found is None or not 1945 <= found.year <= 2200:
                self.find("DATE_UNREADABLE", fact)
            else:
                dates.append(replace(fact, value=found))
        if not dates:
            return None
        if agree:
            self._must_agree(dates, "date")
        day = parse_date(dates[0].value)
        if day is not None and day > self.inspection.today and not future:
            self.find("DATE_IN_FUTURE", dates[0])
        return day

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
        found: list[Fact] = []
        for fact in facts(self.inspection, self.rows, self.inspection.rules.plan.scale):
            if parse_scale(fact.value) is None:
                self.find("SCALE_UNREADABLE", fact)
            else:
                found.append(fact)
        self._must_agree(found, "scale")
        return parse_scale(found[0].value) if found else None

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
        stated = _known(facts(self.inspection, self.rows, sources), tuple(ADJUSTMENTS))
        told = stated or info.get("adjustment")
        possible = _possible(digits)
        if told is None:
            if len(possible) > 1:
                self.find("ADJUSTMENT_UNCLEAR", Fact(code))
            return possible[0] if possible else "first"
        if possible and told not in possible:
            self._contradicts(code, told, possible[0])
        if stated and info.get("adjustment", stated) != stated:
            self._contradicts(self._info_text(), stated, info["adjustment"])
        return told

    def _contradicts(self, code: str, stated: str, told: str) -> None:
        read, written = ADJUSTMENTS[told], ADJUSTMENTS[stated]
        self.find(
            "CODE_CONTRADICTS",
            Fact(code),
            why_vi=f"mã nói {read.vi}, hồ sơ ghi {written.vi}",
            why_en=f"the code says {read.en}, the dossier states {written.en}",
        )

    def _info_text(self) -> str:
        rule = self.inspection.rules.plan.info_code
        fact = first(self.inspection, self.rows, rule.sources) if rule else None
        return "" if fact is None else fact.text


def _possible(digits: dict[str, str]) -> tuple[str, ...]:
    """What a code's adjustment digits may mean, the likeliest first; 1 is used in two ways."""
    if not digits:
        return ()
    overall, local = (_count(digits.get(name)) for name in ("overall", "local"))
    if local > 0:
        return ("local",)
    if overall > 1:
        return ("overall",)
    return ("first", "overall") if overall == 1 else ("first",)


def _known(found: Iterable[Fact], words: tuple[str, ...]) -> str | None:
    return next((fact.text for fact in found if fact.text in words), None)


def _count(digits: str | None) -> int:
    return int(digits) if digits and digits.isdecimal() else 0
