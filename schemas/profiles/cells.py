"""What the cells of a column hold: filled, each value once, words that a code table knows."""

from pydantic import model_validator

from schemas.issues import Level
from schemas.profiles.package import Backed


class CellRule(Backed):
    """Cells of a layer. `columns`: one of them is filled in every row, else `empty`.

    `repeated`: level of a value that several rows share; `known`: code tables, where a value that
    none of them knows is a warning (it is kept as it is).
    """

    columns: tuple[str, ...]
    empty: Level | None = None
    repeated: Level | None = None
    known: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_firm(self) -> "CellRule":
        self.must_be_firm(self.empty, self.repeated)
        return self


class FactCell(Backed):
    """A cell of the plan's own row in the workbook that is to be filled.

    `elsewhere`: its level where another place states the same fact; `nowhere`: where none does
    (None: that is told by itself); `known`: as of a layer's cells.
    """

    column: str
    elsewhere: Level = "WARNING"
    nowhere: Level | None = None
    known: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_firm(self) -> "FactCell":
        self.must_be_firm(self.elsewhere, self.nowhere)
        return self
