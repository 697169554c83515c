"""Scale bar and north arrow of a drawing."""

from math import ceil, log10

from maps.numbers import Lang, number
from maps.svg import Window, element


def north_arrow(window: Window, lang: Lang) -> str:
    x, letter = window.width - 20, {"vi": "B", "en": "N"}[lang]
    return element(
        "g",
        element("rect", x=x - 13, y=6, width=26, height=40, rx=4, fill="#ffffff", opacity=0.85),
        element("path", d=f"M{x:g},10l7,18l-7,-4l-7,4Z", fill="#0d1420"),
        element("text", letter, x=x, y=42, text_anchor="middle", fill="#0d1420", font_weight=600),
    )


def scale_length(window: Window) -> float:
    """A round length (1, 2 or 5 × 10ⁿ metres) of at most about a third of the width."""
    longest = window.width / window.px_per_m * 0.34
    power = 10.0 ** (ceil(log10(longest)) - 1)
    return max(step * power for step in (1, 2, 5) if step * power <= longest)


def scale_bar(window: Window, lang: Lang) -> str:
    length_m = scale_length(window)
    bar, y = length_m * window.px_per_m, window.height - 12
    back = element(
        "rect", x=6, y=y - 23, width=bar + 20, height=31, rx=4, fill="#ffffff", opacity=0.85
    )
    ticks = f"M16,{y - 4:g}V{y + 3:g}H{16 + bar:.1f}V{y - 4:g}"
    return element(
        "g",
        back,
        element("path", d=ticks, fill="none", stroke="#0d1420", stroke_width=1.6),
        element("text", f"{number(length_m, lang)} m", x=16, y=y - 7, fill="#0d1420"),
    )
