"""A delivery standard as data: its pieces, tables, columns, conditions, references, code lists.

One model describes any package: a state's own form (`circular16`) or the model files of another
country (`cnig`). It never holds code; the engine in `ingest/gate/standard/` reads nothing else.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.issues import Bilingual, Level
from schemas.mistakes import Unfit
from schemas.standards.conditions import parse
from schemas.standards.patterns import SafePattern, compiled

Must = Literal["ERROR", "WARNING", "INFO", "none"]
"""The level of the finding where the thing is not there; `none`: it may be left out."""

PieceKind = Literal[
    "directory", "table", "document", "drawing", "scan", "metadata", "workbook", "other"
]
ColumnType = Literal[
    "text", "integer", "number", "boolean", "date", "url", "file", "path", "geometry"
]
"""`file`: the name of a delivered file, wherever it lies; `path`: its path below the root."""

Shape = Literal["point", "line", "area", "multipoint", "multiline", "multiarea", "mixed", "any"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Strict):
    """Whence a rule comes and when it holds: in force on the days of `[valid_from, valid_to)`."""

    article: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def in_force(self, day: date) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day < self.valid_to)


class Piece(Rule):
    """A file or folder of the delivery.

    `path`: regular expression of the whole path below the dossier's root, case ignored, without
    the extension; `extensions`: lower case without dot, () for a folder or for any; of several
    pieces that fit, the one with the longest `path` is meant. `anywhere`: the path may begin in any
    folder. `alternatives`: names of pieces any of which, when delivered, makes up for this one.
    `title`: what people call it.
    """

    name: str
    kind: PieceKind
    path: SafePattern
    extensions: tuple[str, ...] = ()
    anywhere: bool = False
    mandatory: Must = "none"
    alternatives: tuple[str, ...] = ()
    title: Bilingual | None = None


class Group(Rule):
    """Pieces of which at least one must be delivered."""

    name: str
    pieces: tuple[str, ...]
    mandatory: Must = "ERROR"


class Confinement(Rule):
    """A folder that holds nothing but files of some extensions, and files of some pieces."""

    folder: str
    extensions: tuple[str, ...]
    pieces: tuple[str, ...] = ()


class Reference(Rule):
    """Columns whose values must occur together in columns of a table, union or code list.

    A row with an empty value is not asked, unless that column must have a value.
    """

    columns: tuple[str, ...] = Field(min_length=1)
    table: str
    targets: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _pairs_up(self) -> Self:
        if len(self.columns) != len(self.targets):
            raise Unfit("hai bên tham chiếu lệch số cột", "a reference pairs columns one to one")
        return self


class Column(Rule):
    """A column of a table; names are compared without regard to case.

    `column`: the finding's level where the column is missing; `required`: every row has a value;
    `unique`: no value twice in the table, over all its files; `pattern`: of the whole value;
    `geometry`: allowed shape of a `geometry` column (a multi-shape allows its single ones);
    `also`: further names of the column.
    """

    name: str
    type: ColumnType = "text"
    geometry: Shape | None = None
    column: Must = "none"
    required: bool = False
    unique: bool = False
    min_length: int | None = None
    max_length: int | None = None
    pattern: SafePattern | None = None
    values: tuple[str, ...] | None = None
    also: tuple[str, ...] = ()


class Condition(Rule):
    """What every row must satisfy: `A IS NOT NULL OR B NOT LIKE '97'` (grammar: `conditions`).

    Only a row for which the test is false breaks it; with empty values it can be undecided.
    """

    test: str

    @model_validator(mode="after")
    def _is_readable(self) -> Self:
        parse(self.test)
        return self


class RowCount(Rule):
    """How many rows a delivered table has."""

    least: int = 0
    most: int | None = None
    mandatory: Must = "ERROR"


class Table(Rule):
    """A table: the rows of piece `piece`, or of its layer or sheet `layer`.

    `mandatory`: level of the finding where `layer` is missing although the piece is there.
    """

    name: str
    piece: str
    layer: str | None = None
    mandatory: Must = "none"
    columns: tuple[Column, ...] = ()
    conditions: tuple[Condition, ...] = ()
    references: tuple[Reference, ...] = ()
    counts: tuple[RowCount, ...] = ()
    title: Bilingual | None = None

    @property
    def geometry(self) -> Column | None:
        """The column of shapes; None for a mere table."""
        return next((column for column in self.columns if column.type == "geometry"), None)

    def column(self, name: str) -> Column | None:
        """The column of this name, whatever its case."""
        wanted = name.casefold()
        return next((one for one in self.columns if one.name.casefold() == wanted), None)


class Union(Rule):
    """Tables that are one in the eyes of some rules, such as points, lines and areas of one thing.

    `unique`: columns without a value twice over all of them.
    """

    name: str
    tables: tuple[str, ...]
    unique: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()


class CodeList(_Strict):
    """Rows of codes; a list of single codes has one column."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Identity(Rule):
    """How the dossier's own id is written in its tables.

    `dossier`: regular expression of the dossier's name whose named groups fill `pattern`, the
    regular expression of the id. One row of table `register` carries it in `column` (the others are
    about other plans, but follow `form`); wherever else `column` occurs, it is this id.
    """

    column: str
    register_table: str
    dossier: SafePattern
    pattern: str
    form: SafePattern | None = None


class Unusable(_Strict):
    """A rule of the standard's own files that cannot be applied, and why."""

    rule: str
    reason: Bilingual


class Standard(_Strict):
    """A whole standard.

    `folder`: regular expression of the names of dossiers it is meant for; `stated`: of how a
    dossier's metadata names it; `listed`: extensions of files that must belong to a piece (() =
    all); `crs`: of tables that do not say theirs; `spatial`: at least one table has shapes;
    `levels`: severities that differ from the issue catalogue, by code.
    """

    name: str
    title: Bilingual | None = None
    folder: SafePattern | None = None
    stated: SafePattern | None = None
    listed: tuple[str, ...] = ()
    crs: str | None = None
    spatial: bool = False
    pieces: tuple[Piece, ...] = ()
    groups: tuple[Group, ...] = ()
    confinements: tuple[Confinement, ...] = ()
    tables: tuple[Table, ...] = ()
    unions: tuple[Union, ...] = ()
    code_lists: tuple[CodeList, ...] = ()
    identities: tuple[Identity, ...] = ()
    unusable: tuple[Unusable, ...] = ()
    levels: dict[str, Level] = {}

    @model_validator(mode="after")
    def _names_its_parts(self) -> Self:
        pieces = {piece.name for piece in self.pieces}
        tables = {table.name for table in self.tables}
        targets = tables | {codes.name for codes in self.code_lists}
        targets |= {union.name for union in self.unions}
        _known("thành phần", "piece", {n for p in self.pieces for n in p.alternatives}, pieces)
        _known("thành phần", "piece", {n for g in self.groups for n in g.pieces}, pieces)
        _known("thành phần", "piece", {table.piece for table in self.tables}, pieces)
        _known("bảng", "table", {n for u in self.unions for n in u.tables}, tables)
        asking: tuple[Table | Union, ...] = (*self.tables, *self.unions)
        _known("bảng", "table", {r.table for one in asking for r in one.references}, targets)
        for one in asking:
            for reference in one.references:
                _known("cột", "column", _keys(reference.columns), self.columns_of(one.name))
                _known("cột", "column", _keys(reference.targets), self.columns_of(reference.table))
        return self

    @model_validator(mode="after")
    def _fills_its_identities(self) -> Self:
        for identity in self.identities:
            groups = compiled(identity.dossier).groupindex
            try:
                compiled(identity.pattern.format(**dict.fromkeys(groups, "x")))
            except (LookupError, ValueError) as error:
                told = f"“{identity.pattern}”: {error}"
                raise Unfit(f"mẫu mã không dùng được {told}", f"no id pattern {told}") from error
        return self

    def columns_of(self, name: str) -> set[str]:
        """Names, in small letters, of the columns of a table or code list, or of all of a union."""
        for union in self.unions:
            if union.name == name and union.tables:
                return set.intersection(*map(self.columns_of, union.tables))
        for table in self.tables:
            if table.name == name:
                return _keys(column.name for column in table.columns)
        return {
            key for codes in self.code_lists if codes.name == name for key in _keys(codes.columns)
        }


def _keys(names: Iterable[str]) -> set[str]:
    return {name.casefold() for name in names}


def _known(vi: str, en: str, named: set[str], there: set[str]) -> None:
    """Raises Unfit where something is named that the standard does not have."""
    for missing in sorted(named - there):
        raise Unfit(f"không có {vi} tên “{missing}”", f"there is no {en} “{missing}”")
