"""Which version of a plan is in force on which days: what follows from all its published ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from psycopg.types.range import Range


@dataclass(frozen=True, order=True)
class Dated:
    """A published version and the days its dossier declares, `[starts, ends)`.

    The order is that of succession: by first day, then by ordinal.
    """

    starts: date
    ordinal: int
    id: int
    ends: date | None
    basis: int | None = None
    """Of a local adjustment: the version whose rest it carries over."""


def in_force_before(version: Dated, published: Iterable[Dated]) -> Dated | None:
    """The published version that `version` takes over from: in force on its first day."""
    earlier = max((other for other in published if other < version), default=None)
    if earlier is None or (earlier.ends is not None and earlier.ends <= version.starts):
        return None
    return earlier


def next_after(version: Dated, published: Iterable[Dated]) -> Dated | None:
    """The published version that takes over from `version`."""
    return min((other for other in published if other > version), default=None)


def due_periods(published: Iterable[Dated]) -> dict[int, Range[date]]:
    """Days in force by version id: each until the next one starts, or its own end.

    A version whose successor starts on the same day is never in force and is left out.
    """
    line = sorted(published)
    periods = {}
    for place, version in enumerate(line):
        following = [later.starts for later in line[place + 1 : place + 2]]
        end = min([*following, *([version.ends] if version.ends else [])], default=None)
        if end is None or version.starts < end:
            periods[version.id] = Range(version.starts, end)
    return periods
