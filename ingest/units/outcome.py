"""What a load of administrative units did."""

from dataclasses import dataclass

from schemas.issues import Issue


@dataclass(frozen=True)
class UnitsOutcome:
    """What a load did: rows added and changed, boundaries, findings, and the revision after it.

    `boundaries`: how many the file gave; `boundaries_changed`: how many of them are new or differ.
    `repaired`: boundaries that were invalid and were made valid.
    """

    revision: int
    units_added: int = 0
    units_changed: int = 0
    successions_saved: int = 0
    boundaries: int = 0
    boundaries_changed: int = 0
    repaired: int = 0
    issues: tuple[Issue, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the register differs from before; then its revision was raised."""
        return bool(
            self.units_added
            or self.units_changed
            or self.successions_saved
            or self.boundaries_changed
        )

    @property
    def counts(self) -> dict[str, int]:
        """The numbers alone, as the run and the log record them."""
        names = (
            "units_added", "units_changed", "successions_saved", "boundaries",
            "boundaries_changed", "repaired",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}
