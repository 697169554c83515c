"""The standard's own contradictions where a dossier meets them: told as the standard's, not its."""

import re
from collections.abc import Iterator

from ingest.gate.checks.sheets import OPTIONAL
from ingest.gate.facts import Fact
from ingest.gate.inspection import Inspection
from schemas.issues import Issue
from schemas.profiles.package import Package

COUNTED = {"HienTrang": "existing_classes", "QuyHoach": "planned_classes"}
_WORDS = re.compile("sử dụng đất quy hoạch", re.IGNORECASE)


def check_contradictions(inspection: Inspection, package: Package) -> Iterator[Issue]:
    """One finding, of level INFO, for every contradiction the dossier touches."""
    for name, place in _met(inspection, package):
        known = package.contradiction(name)
        if known is not None:
            yield Issue(
                "STANDARD_CONTRADICTION",
                file=place.file,
                layer=place.layer,
                column=place.column,
                detail={
                    "why_vi": known.text.vi, "why_en": known.text.en, "article": known.article,
                },
            )  # fmt: skip


def _met(inspection: Inspection, package: Package) -> Iterator[tuple[str, Fact]]:
    book, sheet = inspection.workbook, inspection.sheet(package.sheet)
    if book and sheet and len(sheet.missing) == 1 and sheet.missing[0] in OPTIONAL:
        yield "workbook_columns", Fact(None, book.path, sheet.name, None, sheet.missing[0])
    for container, name in COUNTED.items():
        listed = {r.layer for r in inspection.rules.layers if r.container == container}
        own = [one for one in inspection.layers if one.rule and one.rule.container == container]
        if listed and listed <= {one.rule.layer for one in own if one.rule}:
            yield name, Fact(None, own[0].file)
    unclear = any(issue.code == "ADJUSTMENT_UNCLEAR" for issue in inspection.issues)
    rule = inspection.rules.plan.plan_code
    for told in inspection.plans:
        digit = rule.parts(told.code).get("overall") if rule else None
        if digit in ("0", "1") and told.adjustment_kind == "first" and not unclear:
            yield "dossier_code", Fact(told.code)
    if (place := _new_words(inspection)) is not None:
        yield "land_use_words", place


def _new_words(inspection: Inspection) -> Fact | None:
    """The first cell of the workbook that uses the wording of the later circular."""
    book = inspection.workbook
    for sheet in book.sheets.values() if book else ():
        for row in sheet.rows:
            for column, cell in row.items():
                if book and isinstance(cell, str) and _WORDS.search(cell):
                    return Fact(cell, book.path, sheet.name, None, column)
    return None
