"""Pages about plans: the list, one plan with its versions, and where the open data is."""

from collections.abc import Sequence
from typing import Any

from maps.atlas import DossierFacts, dossier_map
from maps.lookup_pages import ADJUSTMENTS
from maps.pages import Lang, Page, render
from maps.styles import style_of
from schemas.plan_levels import PLAN_LEVELS


def plans_page(page: Page, plans: Sequence[dict[str, Any]]) -> str:
    """Every published plan and the version in force."""
    return render("plans.html", page, plans=plans, levels=PLAN_LEVELS)


def plan_page(page: Page, plan: dict[str, Any], version: int | None) -> str:
    """One plan; `version` is the one asked for, shown open."""
    return render(
        "plan.html", page, plan=plan, version=version, levels=PLAN_LEVELS, adjustments=ADJUSTMENTS
    )


def data_page(page: Page, plans: Sequence[dict[str, Any]]) -> str:
    """Where programs and QGIS find the published data."""
    return render("data.html", page, plans=plans, levels=PLAN_LEVELS)


def plan_map(
    plan: dict[str, Any], version: dict[str, Any], features: Sequence[dict[str, Any]], lang: Lang
) -> str:
    """A version's zones as one self-contained map. `features`: GeoJSON, symbol and functions."""
    facts = DossierFacts(
        plan=plan["name"],
        version=version["version"],
        decision=version["decision"],
        since=version["in_force"][0][0] if version["in_force"] else None,
        invented=version["invented"],
        lang=lang,
    )
    drawn = [feature | {"properties": _labelled(feature["properties"])} for feature in features]
    return dossier_map(facts, {"type": "FeatureCollection", "features": drawn})


def _labelled(zone: dict[str, Any]) -> dict[str, str]:
    style = style_of(*zone["functions"], zone["code"])
    title = next((name for name in zone["functions"] if name), zone["symbol"] or "?")
    return {"label": zone["symbol"] or style.label, "title": title, "style": style.key}
