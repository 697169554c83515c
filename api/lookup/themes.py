"""Each theme's result: applies, does not apply, or no data, and why. None is left out."""

from typing import Any

from api.lookup.facts import Facts, feature_item, line_item, takes, zone_item
from api.lookup.words import why
from schemas.themes import LINE_THEMES, THEMES

Covered = tuple[float, bool]


def covered(facts: Facts, theme: str) -> Covered:
    """Share of the ground that plans in force speak about (0 to 1), and whether that is all."""
    share, whole = facts["covered"].get(theme, (0.0, False))
    return (1.0 if whole else share), whole


def _answer(
    facts: Facts, theme: str, result: str, code: str, items: list[Any], left_out: int = 0
) -> dict[str, Any]:
    return {
        "theme": theme,
        "title": THEMES[theme]._asdict(),
        "result": result,
        "why": why(code),
        "covered_share": covered(facts, theme)[0],
        "items": items,
        "left_out": left_out,
    }


def _without_hit(facts: Facts, theme: str, items: list[Any]) -> dict[str, Any]:
    share, whole = covered(facts, theme)
    if whole:
        return _answer(facts, theme, "does_not_apply", "covered_none_here", items)
    if share > 0:
        return _answer(facts, theme, "no_data", "covered_in_part", items)
    code = "plan_without_theme" if facts["covered"] else "no_plan_here"
    return _answer(facts, theme, "no_data", code, items)


def land_use(facts: Facts, parcel_area: float | None) -> dict[str, Any]:
    """Functions and norms of every plan level in force."""
    items = [zone_item(facts, row, parcel_area) for row in facts["zones"]]
    share, whole = covered(facts, "land_use")
    if items:
        code = "plan_in_force" if whole else "covered_in_part"
        return _answer(facts, "land_use", "applies", code, items)
    code = "plan_without_zone" if share > 0 else "no_plan_here"
    if not share and facts["covered"]:
        code = "plan_without_theme"
    return _answer(facts, "land_use", "no_data", code, [])


def line_theme(facts: Facts, theme: str, parcel_area: float | None) -> dict[str, Any]:
    """A red line, building line, corridor or road: the strip it takes, or how far it runs."""
    kind = LINE_THEMES[theme]
    rows = [row for row in facts["lines"] if row["kind"] == kind]
    items = [line_item(facts, row, parcel_area) for row in rows]
    left_out = facts["left_out"].get(kind, 0)
    if any(takes(row) for row in rows):
        known = any(item["area_m2"] for item in items)
        code = "line_takes" if known else "line_crosses"
        code = "object_here" if parcel_area is None else code
        return _answer(facts, theme, "applies", code, items, left_out)
    if any(row["side_unknown"] for row in rows):
        return _answer(facts, theme, "no_data", "side_unknown", items, left_out)
    return _without_hit(facts, theme, items)


def feature_theme(facts: Facts, theme: str, parcel_area: float | None) -> dict[str, Any]:
    """Heritage and technical works on the parcel's ground."""
    rows = [row for row in facts["features"] if row["theme"] == theme]
    items = [feature_item(facts, row, parcel_area) for row in rows]
    if items:
        left_out = facts["left_out"].get(theme, 0)
        return _answer(facts, theme, "applies", "object_here", items, left_out)
    return _without_hit(facts, theme, [])


def all_themes(facts: Facts, parcel_area: float | None) -> list[dict[str, Any]]:
    """Every theme the register knows, in its fixed order."""
    answers = []
    for theme in THEMES:
        if theme == "land_use":
            answers.append(land_use(facts, parcel_area))
        elif theme in LINE_THEMES:
            answers.append(line_theme(facts, theme, parcel_area))
        else:
            answers.append(feature_theme(facts, theme, parcel_area))
    return answers
