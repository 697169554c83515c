"""Pages about being told: the feeds of a place and what has changed there, and drawing an area."""

from collections.abc import Sequence
from typing import Any

from maps.pages import Page, render
from schemas.words import Words


def watch_page(
    page: Page,
    *,
    title: Words,
    home: str,
    path: str,
    entries: Sequence[dict[str, Any]],
    base: str,
) -> str:
    """How to follow one place. `path`: as in `/feeds/{path}.atom`; `home`: the place's own page.

    `entries`: at (moment), sentence, means (both languages), url; the newest first.
    """
    tail = "?lang=en" if page.lang == "en" else ""
    feeds = {form: f"{base}/feeds/{path}.{form}{tail}" for form in ("atom", "json")}
    return render("watch.html", page, title=title, home=home, feeds=feeds, entries=entries)


def area_page(page: Page) -> str:
    """The form in which the corners of an area are typed."""
    return render("watch_area.html", page)
