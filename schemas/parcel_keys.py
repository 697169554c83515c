"""Sheet and parcel numbers as the register stores them, however they are typed or delivered."""

import re

LEADING_ZEROS = r"^0+([0-9]+)$"
"""A number with zeros before it, and the number; for Python's `re` and for Arrow."""


def key_part(text: str) -> str:
    """A sheet or parcel number as the register stores it: ` 005 ` → `5`, `12-A` → `12-A`."""
    return re.sub(LEADING_ZEROS, r"\1", text.strip())
