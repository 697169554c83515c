"""Pages about plans: the list, one plan with its versions, and where the open data is."""

from collections.abc import Sequence
from typing import Any

from maps.lookup_pages import ADJUSTMENTS, LEVELS
from maps.pages import Page, render


def plans_page(page: Page, plans: Sequence[dict[str, Any]]) -> str:
    """Every published plan and the version in force."""
    return render("plans.html", page, plans=plans, levels=LEVELS)


def plan_page(page: Page, plan: dict[str, Any], version: int | None) -> str:
    """One plan; `version` is the one asked for, shown open."""
    return render(
        "plan.html", page, plan=plan, version=version, levels=LEVELS, adjustments=ADJUSTMENTS
    )


def data_page(page: Page, plans: Sequence[dict[str, Any]]) -> str:
    """Where programs and QGIS find the published data."""
    return render("data.html", page, plans=plans, levels=LEVELS)
