"""What a limit of the gate's own left out: said every time, with the number and the limit."""

from schemas.issues import Issue
from schemas.numbers import spelt
from schemas.words import Words


def in_part(said: Words, file: str | None, layer: str | None = None, **values: int | str) -> Issue:
    """The remark that not all of a file or layer was looked at.

    `said`: what was left out and why, with `{placeholders}` for `values`.
    """
    shown = {name: _shown(value) for name, value in values.items()}
    vi = said.vi.format(**{name: words.vi for name, words in shown.items()})
    en = said.en.format(**{name: words.en for name, words in shown.items()})
    detail = {"why_vi": vi, "why_en": en}
    return Issue("LOOKED_AT_IN_PART", file=file, layer=layer, detail=detail)


def _shown(value: int | str) -> Words:
    return spelt(value) if isinstance(value, int) else Words(value, value)
