"""Every sentence the program says, in Vietnamese first and English beside it."""

from typing import NamedTuple


class Words(NamedTuple):
    """One sentence in both languages."""

    vi: str
    en: str

    def __str__(self) -> str:
        return f"{self.vi} / {self.en}"

    def filled(self, **values: object) -> "Words":
        """The same sentence with its `{placeholders}` replaced."""
        return Words(self.vi.format(**values), self.en.format(**values))
