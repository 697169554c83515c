"""The look-up pages: the search box, the parcel's answer in words, and problems."""

from collections.abc import Sequence
from typing import Any

import shapely
from markupsafe import Markup

from maps.drawing import DrawnLine, DrawnZone, draw_parcel
from maps.numbers import said
from maps.pages import Page, render
from maps.styles import line_styles, style_of
from schemas.plan_levels import PLAN_LEVELS, fineness
from schemas.problems import Problem
from schemas.words import Words

ZONE_LEVELS: dict[str, Words] = {
    "lot": Words("Lô đất, chức năng sử dụng đất", "Lots and functions"),
    "cell": Words("Ô quy hoạch (chỉ tiêu chung của ô)", "Planning cell (norms of the whole cell)"),
    "area": Words("Khu quy hoạch (chỉ tiêu chung của khu)", "Planning area (norms of the area)"),
}
ADJUSTMENTS: dict[str, Words] = {
    "first": Words("Phê duyệt lần đầu", "First approval"),
    "overall": Words("Điều chỉnh tổng thể", "Overall adjustment"),
    "local": Words("Điều chỉnh cục bộ", "Local adjustment"),
}
DRAWING_WIDTH_PX = 400


def search_page(page: Page, q: str, found: dict[str, Any] | None) -> str:
    """The start page with its one box, and what was found where something was asked."""
    return render("search.html", page, q=q, found=found)


def parcel_page(page: Page, answer: dict[str, Any], shapes: Sequence[dict[str, Any]]) -> str:
    """One parcel's answer. `shapes`: rows of the query `picture`, WKB in the storage CRS."""
    land_use, *others = answer["themes"]
    return render(
        "parcel.html",
        page,
        answer=answer,
        parcel=answer["parcel"],
        land_use=land_use,
        plans=by_plan(land_use["items"]),
        applies=[theme for theme in others if theme["result"] == "applies"],
        quiet=alike([theme for theme in others if theme["result"] != "applies"]),
        changes=answer["changes"],
        picture=picture(shapes, page),
        drawn_plan=finest_plan(shapes),
        levels=PLAN_LEVELS,
        zone_levels=ZONE_LEVELS,
        adjustments=ADJUSTMENTS,
    )


def alike(themes: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Themes with the same result for the same reason, together."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for theme in themes:
        groups.setdefault((theme["result"], theme["why"]["code"]), []).append(theme)
    return list(groups.values())


def problem_page(problem: Problem, page: Page) -> str:
    """A problem as a page: what happened, what to do, what was perhaps meant."""
    return render("problem.html", page, problem=problem)


def by_plan(items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Land-use items grouped by plan, the finest plan level first, lots before their cells."""
    groups: dict[str, dict[str, Any]] = {}
    for item in items:
        group = groups.setdefault(
            item["plan"]["id"], {"plan": item["plan"], "zones": {}, "papers": {}}
        )
        group["zones"].setdefault(item["zone"]["level"], []).append(item)
        group["papers"] |= {paper["url"]: paper for paper in item["documents"]}
    for group in groups.values():
        group["zones"] = {lv: group["zones"][lv] for lv in ZONE_LEVELS if lv in group["zones"]}
        group["papers"] = list(group["papers"].values())
    return sorted(groups.values(), key=lambda group: -fineness(group["plan"]["level"]))


def finest_plan(shapes: Sequence[dict[str, Any]]) -> str | None:
    """Name of the finest plan that draws zones here: the one the drawing shows."""
    zones = [row for row in shapes if row["layer"] == "zone"]
    found = max(zones, key=lambda row: (fineness(row["plan_level"]), row["plan"]), default=None)
    return found["plan"] if found else None


def picture(shapes: Sequence[dict[str, Any]], page: Page) -> Markup | None:
    """A small drawing of the parcel in the zones of the finest plan that has any there."""
    parcel = next((row for row in shapes if row["layer"] == "parcel"), None)
    if parcel is None:
        return None
    shown = finest_plan(shapes)
    zones = [
        DrawnZone(
            geom=shapely.from_wkb(row["wkb"]),
            label=row["label"] or "",
            style_key=style_of(*row["names"]).key,
            title=row["name"] or "",
        )
        for row in shapes
        if row["layer"] == "zone" and row["plan"] == shown
    ]
    lines = [
        DrawnLine(
            geom=shapely.from_wkb(row["wkb"]),
            kind=row["kind"],
            title=row["name"] or said(line_styles()[row["kind"]].words, page.lang),
        )
        for row in shapes
        if row["layer"] == "line"
    ]
    svg = draw_parcel(
        shapely.from_wkb(parcel["wkb"]), zones, lines, DRAWING_WIDTH_PX, lang=page.lang
    )
    return Markup(svg)  # noqa: S704  escaped by the drawing itself
