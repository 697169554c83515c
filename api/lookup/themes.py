"""Each theme's result: applies, does not apply, or no data, and why. None is left out."""

from typing import Any

from api.lookup.facts import HIT_MIN_M2, Facts, feature_item, line_item, zone_item
from api.lookup.words import why
from schemas.themes import LINE_THEMES, THEMES

WHOLE = 1 - 1e-6


def covered_share(facts: Facts, theme: str) -> float:
    """Share of the ground that some plan in force speaks about, for one theme (0 to 1)."""
    return max((share for name, _, share in facts["covered"] if name == theme), default=0.0)


def _answer(theme: str, result: str, code: str, share: float, items: list[Any]) -> dict[str, Any]:
    return {
        "theme": theme,
        "title": THEMES[theme]._asdict(),
        "result": result,
        "why": why(code),
        "covered_share": share,
        "items": items,
    }


def _without_hit(facts: Facts, theme: str, items: list[Any]) -> dict[str, Any]:
    share = covered_share(facts, theme)
    if share >= WHOLE:
        return _answer(theme, "does_not_apply", "covered_none_here", share, items)
    if share > 0:
        return _answer(theme, "no_data", "covered_in_part", share, items)
    code = "plan_without_theme" if facts["covered"] else "no_plan_here"
    return _answer(theme, "no_data", code, share, items)


def land_use(facts: Facts, parcel_area: float | None) -> dict[str, Any]:
    """Functions and norms of every plan level in force."""
    items = [zone_item(facts, row, parcel_area) for row in facts["zones"]]
    share = covered_share(facts, "land_use")
    if items:
        code = "plan_in_force" if share >= WHOLE else "covered_in_part"
        return _answer("land_use", "applies", code, share, items)
    code = "plan_without_zone" if share > 0 else "no_plan_here"
    if not share and facts["covered"]:
        code = "plan_without_theme"
    return _answer("land_use", "no_data", code, share, [])


def line_theme(facts: Facts, theme: str, parcel_area: float | None) -> dict[str, Any]:
    """A red line, building line, corridor or road: the strip it takes, or how far it runs."""
    rows = [row for row in facts["lines"] if row["kind"] == LINE_THEMES[theme]]
    items = [line_item(facts, row, parcel_area) for row in rows]
    takes = [
        item
        for item, row in zip(items, rows, strict=True)
        if row["area_m2"] > HIT_MIN_M2 or row["crosses"]
    ]
    if takes:
        share = covered_share(facts, theme)
        known = any(item["area_m2"] for item in takes)
        code = "line_takes" if known else "line_crosses"
        if parcel_area is None:
            code = "object_here"
        return _answer(theme, "applies", code, share, items)
    return _without_hit(facts, theme, items)


def feature_theme(facts: Facts, theme: str, parcel_area: float | None) -> dict[str, Any]:
    """Heritage and technical works on the parcel's ground."""
    rows = [row for row in facts["features"] if row["theme"] == theme]
    items = [feature_item(facts, row, parcel_area) for row in rows]
    if items:
        return _answer(theme, "applies", "object_here", covered_share(facts, theme), items)
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
