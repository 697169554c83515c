"""Regular expressions from a stranger's file: compiled once, and never allowed to run away.

A pattern such as `(a+)+$` takes ages on a short text. Every match has a time limit; one that
reaches it is a rule that cannot be applied, never a silent yes or no.
"""

from functools import lru_cache
from typing import Annotated, Any

import regex
from pydantic import AfterValidator

from schemas.mistakes import Unfit

MOST_LETTERS = 2000
"""The longest pattern that is taken."""
SECONDS = 0.5
"""The longest that one text may occupy a pattern."""


class PatternTooSlow(Exception):
    """A pattern needed more time for one text than it may take."""


@lru_cache(maxsize=4096)
def compiled(pattern: str, ignore_case: bool = False) -> Any:
    """A pattern ready to match. Raises Unfit where it is none, or is too long."""
    if len(pattern) > MOST_LETTERS:
        raise Unfit(
            f"biểu thức dài hơn {MOST_LETTERS} ký tự", f"a pattern of over {MOST_LETTERS} letters"
        )
    try:
        return regex.compile(pattern, regex.V1 | (regex.IGNORECASE if ignore_case else 0))
    except (regex.error, RecursionError, OverflowError) as error:
        raise Unfit(
            f"không phải là biểu thức chính quy: {error}", f"not a regular expression: {error}"
        ) from error


def fits_whole(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether the whole text follows the pattern. Raises PatternTooSlow."""
    try:
        found = compiled(pattern, ignore_case).fullmatch(text, timeout=SECONDS)
    except TimeoutError as error:
        raise PatternTooSlow(pattern) from error
    return found is not None


def named_parts(pattern: str, text: str) -> dict[str, str] | None:
    """The named groups of a pattern that the whole text follows, case ignored; None if not."""
    try:
        found = compiled(pattern, ignore_case=True).fullmatch(text, timeout=SECONDS)
    except TimeoutError as error:
        raise PatternTooSlow(pattern) from error
    return None if found is None else {k: v or "" for k, v in found.groupdict().items()}


def _compiles(pattern: str) -> str:
    compiled(pattern)
    return pattern


SafePattern = Annotated[str, AfterValidator(_compiles)]
"""A regular expression that is only ever matched with a time limit."""
