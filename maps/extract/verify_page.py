"""The page that says whether a paper is genuine and still holds; no script."""

from typing import Any

from maps.pages import Page, render
from schemas.extracts import Facts, results_of, spoken_code
from schemas.plan_levels import PLAN_LEVELS
from schemas.themes import THEMES

CERTAINTY = {"c": "certain", "l": "likely", "t": "too_close_to_call"}


def start_page(page: Page) -> str:
    """The box for a code or a QR's text."""
    return render("verify.html", page)


def verify_page(page: Page, check: dict[str, Any]) -> str:
    """One genuine paper. `check`: the document `extract-check/1`."""
    shown = {**check, "facts": _shown(check["facts"])}
    if check["qr"]:
        shown["qr"] = {**check["qr"], "facts": _shown(check["qr"]["facts"])}
    return render(
        "verify_paper.html", page, check=shown, code=spoken_code(check["code"]), **_words()
    )


def unknown_page(page: Page, code: str | None, qr: dict[str, Any] | None) -> str:
    """No such paper. `code`: as it was typed; None: a file was shown. `qr`: what its QR says."""
    shown = {**qr, "facts": _shown(qr["facts"])} if qr else None
    return render("verify_unknown.html", page, code=code, qr=shown, **_words())


def _words() -> dict[str, Any]:
    return {"levels": PLAN_LEVELS, "certainties": CERTAINTY}


def _shown(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts with each theme's title and result beside its id."""
    results = results_of(Facts.model_validate(facts))
    themes = [{"title": THEMES[theme], "result": result} for theme, result in results.items()]
    return {**facts, "results": themes}
