"""Measured numbers in a sentence: each language has its own separators."""

from schemas.words import Words

_SWAPPED = str.maketrans(",.", ".,")


def spelt(value: float, decimals: int = 2) -> Words:
    """A number to so many decimals, without needless zeros: 1.234,5 in Vietnamese, 1,234.5."""
    plain = f"{value:,.{decimals}f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    english = "0" if plain in ("-0", "") else plain
    return Words(english.translate(_SWAPPED), english)
