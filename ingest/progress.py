"""How long work tells a terminal, or nobody, how far it is."""

from collections.abc import Callable

from schemas.words import Words

StepProgress = Callable[[Words, int, int], None]
"""Called before each step with its name, the steps done, and how many there are."""

RowProgress = Callable[[int, int | None], None]
"""Called with the rows done so far and, where known, the rows in all."""
