"""What the name of a font says about the encoding of the text that is set in it."""

import re
from dataclasses import dataclass

_TCVN3 = re.compile(r"^(\.vn|vh?n?tim|vn(arial|time|times|helv))", re.IGNORECASE)
_VNI = re.compile(r"^(vni|vn-?i)[-_ ]", re.IGNORECASE)


@dataclass(frozen=True)
class FontHint:
    """`encoding`: the likely one; `capitals`: the font draws every letter large."""

    encoding: str | None = None
    capitals: bool = False


def hint_of(font: str | None) -> FontHint:
    """The hint of a font's name (or file name); shape fonts (.shx) say nothing reliable."""
    name = (font or "").strip()
    if not name or name.lower().endswith(".shx"):
        return FontHint()
    if _TCVN3.match(name):
        return FontHint("TCVN3", re.sub(r"\.ttf$", "", name, flags=re.IGNORECASE).endswith("H"))
    return FontHint("VNI") if _VNI.match(name) else FontHint()
