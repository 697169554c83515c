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
    entries: Sequence[dict[str, Any]],
    base: str,
    feeds: dict[str, str],
) -> str:
    """How to follow one place. `feeds`: their addresses here, by form; `home`: its own page.

    `base`: this site, for the address that people paste elsewhere. `entries`: at (moment),
    sentence, means (both languages), url; the newest first.
    """
    return render(
        "watch.html", page, title=title, home=home, feeds=feeds, entries=entries, base=base
    )


def area_page(page: Page) -> str:
    """The form in which the corners of an area are typed."""
    return render("watch_area.html", page)
