"""What became of a parcel file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from schemas.issues import Issue


@dataclass(frozen=True)
class ParcelOutcome:
    """What became of a parcel file, in parcels.

    `loaded`: rows written; `unchanged_rows`: said the same as before; `replaced`: rows of the
    register that ended; `held_back`: faulty, not stored; `not_in_file`: rows of the file's
    communes that stay although the file lacks them. `unchanged`: the very same bytes as before.
    """

    dossier_id: int
    loaded: int = 0
    unchanged_rows: int = 0
    replaced: int = 0
    held_back: int = 0
    not_in_file: int = 0
    unchanged: bool = False
    issues: tuple[Issue, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """The numbers alone, as the run records them."""
        names = ("loaded", "unchanged_rows", "replaced", "held_back", "not_in_file")
        return {name: getattr(self, name) for name in names}

    def with_counts(self, counts: Mapping[str, Any]) -> "ParcelOutcome":
        """The same outcome with some of its numbers filled in."""
        return replace(self, **counts)
