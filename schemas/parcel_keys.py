"""Sheet and parcel numbers as the register stores them, however they are typed or delivered."""

import re

_ZEROS = re.compile(r"0+(?=[0-9]+\Z)")


def key_part(text: str) -> str:
    """A sheet or parcel number as the register stores it: ` 005 ` → `5`, `12-A` → `12-A`."""
    return _ZEROS.sub("", text.strip(), count=1) if text.strip().isdecimal() else text.strip()
