"""The little box of a legend: one zone style or one kind of line."""

from maps.styles import NOT_IN_CATALOGUE, line_styles, zone_styles
from maps.svg import dashes, element, paint, pattern, stroke


def draw_swatch(style_key: str, prefix: str = "swatch") -> str:
    """A legend's little box for a zone style or a kind of line; decorative, so hidden to readers.

    `prefix` keeps ids apart where a page shows several legends.
    """
    line = line_styles().get(style_key)
    style = line or zone_styles().get(style_key, NOT_IN_CATALOGUE)
    pattern_id = f"{prefix}-{style.key}"
    inside = (
        stroke(line, "M1,10H31")
        if line
        else element("defs", *[pattern(style, pattern_id)] if style.fill else [])
        + element(
            "rect",
            x=1,
            y=1,
            width=30,
            height=18,
            fill=paint(style, pattern_id),
            stroke=style.outline,
            stroke_dasharray=dashes(style),
        )
    )
    return element(
        "svg",
        inside,
        class_="swatch",
        viewBox="0 0 32 20",
        width=32,
        height=20,
        aria_hidden="true",
        focusable="false",
    )
