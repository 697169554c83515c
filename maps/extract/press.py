"""The press: HTML to PDF/A-3a with WeasyPrint, one sheet at a time in a process, no network."""

import atexit
import gc
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.request import url2pathname

WEIGHTS = {400: "Regular", 600: "SemiBold"}
STYLE = Path(__file__).with_name("print.css")

PRESS = ThreadPoolExecutor(max_workers=1, thread_name_prefix="press")
"""The one thread of this process that prints: Pango's font maps belong to it alone."""


@dataclass(frozen=True)
class Enclosure:
    """A file attached to the sheet; `relation` as PDF/A-3 names it (Data, Source …)."""

    name: str
    data: bytes
    about: str
    relation: str = "Data"


def print_pdf(html: str, enclosures: Sequence[Enclosure], identifier: bytes) -> bytes:
    """A finished document as PDF. `identifier`: of the file, so that equal sheets are equal."""
    from weasyprint import HTML, Attachment

    fonts, style, fetcher = _engine()
    attached = [
        Attachment(
            file_obj=None, string=each.data, name=each.name, description=each.about,
            relationship=each.relation,
        )
        for each in enclosures
    ]  # fmt: skip
    with _no_collecting():
        data: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(
            stylesheets=[style],
            font_config=fonts,
            attachments=attached,
            pdf_variant="pdf/a-3a",
            pdf_identifier=identifier,
        )
    return data


@contextmanager
def _no_collecting() -> Iterator[None]:
    """No garbage collection while a sheet is printed: it would walk a million living objects."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def font_file(weight: int) -> Path:
    """A font of the sheet on disk."""
    name = f"BeVietnamPro-{WEIGHTS[weight]}.ttf"
    return Path(str(files("fontpkg_be_vietnam_pro") / "files" / name))


@cache
def _engine() -> tuple[Any, Any, Any]:
    """Fonts, style sheet and the fetcher that gives out nothing else; made at the first sheet.

    WeasyPrint is imported here: a machine without Pango still answers every other question.
    """
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    allowed = {font_file(weight).resolve() for weight in WEIGHTS}

    class OwnFiles(URLFetcher):  # type: ignore[misc]
        """Fetches the sheet's fonts and refuses whatever else a document may name."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            scheme, _, path = url.partition("://")
            if scheme != "file" or Path(url2pathname(path)).resolve() not in allowed:
                raise ValueError(f"a sheet loads nothing from outside: {url[:200]}")
            return super().fetch(url, headers)

    fetcher, fonts = OwnFiles(), FontConfiguration()
    faces = "".join(
        f"@font-face {{ font-family: 'Be Vietnam Pro'; font-weight: {weight}; "
        f"src: url('{font_file(weight).as_uri()}'); }}\n"
        for weight in WEIGHTS
    )
    atexit.register(_engine.cache_clear)  # Pango's objects must go before Python's own
    style = STYLE.read_text(encoding="utf-8")
    return fonts, CSS(string=faces + style, font_config=fonts, url_fetcher=fetcher), fetcher
