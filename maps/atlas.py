"""Published maps with folium: one self-contained page per plan version, no network needed.

Data reach the page through `tojson` and `e` in our own templates alone: folium runs the text of
popups, tooltips and elements as templates, so none of those ever gets data. `localised` is the
one way out; it refuses a page that would load anything from elsewhere.
"""

import base64
import re
from dataclasses import dataclass
from typing import Any

import folium
from branca.element import Element, MacroElement

from maps.assets import vendor_path
from maps.numbers import Lang, date_text
from maps.pages import environment
from maps.styles import NO_FUNCTION, zone_styles
from maps.svg import pattern
from schemas.errors import RegisterError
from schemas.words import Words

_LOADED = re.compile(
    r"<(?:script|link|img|iframe|source|use|image)\b[^>]*?(?:src|href)\s*=\s*[\"']?(?!data:|#)"
    r"|url\(\s*[\"']?(?!data:|#)|@import",
    re.IGNORECASE,
)


class NotVendored(RegisterError):
    says = Words(
        "Trang bản đồ này sẽ tải tệp từ nơi khác.",
        "This map page would load a file from elsewhere.",
    )


@dataclass(frozen=True)
class DossierFacts:
    """What the page says of the plan version it shows; `since` is ISO text."""

    plan: str
    version: int
    decision: str | None
    since: str | None
    invented: bool
    lang: Lang = "vi"

    @property
    def line(self) -> str:
        of = {"vi": ("Quyết định", "hiệu lực từ"), "en": ("Decision", "in force from")}[self.lang]
        return f"{of[0]} {self.decision or '–'}, {of[1]} {date_text(self.since, self.lang)}"


class OfflineMap(folium.Map):
    """A folium map with none of folium's links; Leaflet is put into the page itself."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - folium reads class attributes
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


class ZoneLayer(MacroElement):
    """Zones (GeoJSON, properties `label`, `title`, `style`) with hatch and label."""

    def __init__(self, zones: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name, self._id = "ZoneLayer", "zones"
        self.zones = zones
        keys = {"key", "fill", "outline", "width", "dash"}
        self.styles = {s.key: s.model_dump(include=keys) for s in zone_styles().values()}

    def render(self, **kwargs: Any) -> str:
        """Write our script once: branca runs what a macro wrote, data and all, as a template."""
        figure: Any = self.get_root()
        plan: Any = self._parent
        parts = {"map": plan.get_name(), "zones": self.zones, "styles": self.styles}
        figure.script.add_child(_own("atlas_zones.html", **parts), name=self.get_name())
        return ""


def dossier_map(facts: DossierFacts, zones: dict[str, Any]) -> str:
    """One HTML page that opens from a USB stick; the same input gives the same bytes.

    `zones`: GeoJSON FeatureCollection in degrees. Raises NotVendored.
    """
    page = OfflineMap(tiles=None, zoom_control=True, attribution_control=False)
    page._id = "plan"
    page.add_child(ZoneLayer(zones))
    figure: Any = page.get_root()
    leaflet = {"css": _leaflet_css(), "js": _leaflet_js()}
    figure.header.add_child(_own("atlas_head.html", facts=facts, **leaflet), index=0)
    figure.html.add_child(_own("atlas_facts.html", facts=facts, patterns=_patterns()), index=0)
    return localised(figure.render(), facts)


def localised(html: str, facts: DossierFacts) -> str:
    """Language, title and viewport set right; raises NotVendored for a page that loads anything."""
    html = html.replace("<html>", f'<html lang="{facts.lang}">', 1)
    html = re.sub(r'<meta name="viewport"[^>]*user-scalable=no[^>]*>', "", html)
    outside = re.sub(r"(<script>).*?(</script>)", r"\1\2", html, flags=re.DOTALL)
    if found := _LOADED.search(outside):
        at = found.group()[:80]
        raise NotVendored(Words(f"Trang sẽ tải: {at}", f"The page would load: {at}"))
    return html


def _own(template: str, **values: Any) -> Element:
    """An element of our own template; values are its attributes and are never templates."""
    made = Element()
    made._template = environment().get_template(template)
    for name, value in values.items():
        setattr(made, name, value)
    return made


def _patterns() -> str:
    styles = [style for style in zone_styles().values() if style.key != NO_FUNCTION.key]
    return "".join(pattern(style, style.key) for style in styles)


def _leaflet_js() -> str:
    code = vendor_path("leaflet", "leaflet.js").read_text(encoding="utf-8")
    return re.sub(r"\n//# sourceMappingURL=.*", "", code)


def _leaflet_css() -> str:
    def inline(found: re.Match[str]) -> str:
        data = base64.b64encode(vendor_path("leaflet", found[1]).read_bytes()).decode()
        return f"url(data:image/png;base64,{data})"

    css = vendor_path("leaflet", "leaflet.css").read_text(encoding="utf-8")
    return re.sub(r"url\((images/[\w.-]+)\)", inline, css)
