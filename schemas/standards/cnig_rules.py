"""What the French validator asks of a dossier beyond its model files, as data of the standard.

Ids of plans (2013 and 2014: `41175` … `20140603`; later: the name of the dossier's folder), written
pieces as PDF only, generators and their zones of a servitude, communes of an intercommunal plan.
"""

from typing import Any

from schemas.standards.model import (
    Column,
    Confinement,
    Group,
    Identity,
    Reference,
    RowCount,
    Standard,
    Table,
    Union,
)
from schemas.standards.patterns import named_parts

_MODEL = r"cnig_(?P<kind>[a-z]+)(?:_(?P<category>\w+?))?_(?P<year>[0-9]{4})"
_COMMUNE = "(2[AB][0-9]{3}|[0-9]{5})"
_OWNER = f"({_COMMUNE}|[0-9]{{9}})"
_PLANS = "(PLU|PLUi|PLUI|POS|CC|PSMV)"
_EARLY_ID = f"{_OWNER}_?[0-9]{{8}}"
_LATE_ID = f"{_OWNER}_{_PLANS}_[0-9]{{8}}(_[A-Z])?|[0-9]{{9}}_SCOT_[0-9]{{8}}(_[A-Z])?"
_WRITTEN = frozenset({"plu", "plui", "pos", "psmv", "cc", "scot"})


def with_national_rules(standard: Standard) -> Standard:
    """The standard with what its kind of plan and year bring along."""
    parts = named_parts(_MODEL, standard.name)
    if parts is None:
        return standard
    kind, year = parts["kind"].casefold(), int(parts["year"])
    more: dict[str, Any] = {
        "stated": _stated(parts["kind"], year),
        "groups": (*_papers(standard), *(_servitude_groups(standard) if kind == "sup" else ())),
        "confinements": _pdf_only(standard) if kind in _WRITTEN else (),
        "tables": tuple(_table(table, kind, year) for table in standard.tables),
        "unions": _servitudes(standard) if kind == "sup" else (),
        "identities": () if kind == "sup" else _identities(standard, kind, year),
    }
    return Standard.model_validate(standard.model_dump() | more)


def _stated(kind: str, year: int) -> str:
    """How metadata name the standard; an intercommunal plan may be called a plan."""
    names = "PLUi?" if kind.casefold() == "plui" else kind
    return rf"(?i)\s*CNIG\s+{names}\s+v?\s*{year}.*"


def _papers(standard: Standard) -> tuple[Group, ...]:
    papers = tuple(piece.name for piece in standard.pieces if piece.kind == "document")
    return (Group(name="PDF", pieces=papers),) if papers else ()


def _servitude_groups(standard: Standard) -> tuple[Group, ...]:
    named = {
        part: tuple(table.name for table in standard.tables if part in table.name)
        for part in ("GENERATEUR", "ASSIETTE")
    }
    return tuple(Group(name=part, pieces=pieces) for part, pieces in named.items() if pieces)


def _pdf_only(standard: Standard) -> tuple[Confinement, ...]:
    titles = tuple(p.name for p in standard.pieces if p.name == "TITRES_PIECES_ECRITES")
    return (Confinement(folder="Pieces_ecrites", extensions=("pdf",), pieces=titles),)


def _table(table: Table, kind: str, year: int) -> Table:
    columns = tuple(_column(table.name, column, kind, year) for column in table.columns)
    return table.model_copy(update={"columns": columns, "counts": _counts(table.name, kind)})


def _column(table: str, column: Column, kind: str, year: int) -> Column:
    if column.type != "text" or column.pattern is not None:
        return column
    if column.name.casefold() == "insee":
        return column.model_copy(update={"pattern": _COMMUNE})
    if (table, column.name, kind, year) == ("PRESCRIPTION_SURF", "TXT", "plui", 2017):
        return column.model_copy(update={"pattern": r"(?s)SECT[0-9]{2}|(?!SECT).*"})
    return column


def _counts(table: str, kind: str) -> tuple[RowCount, ...]:
    if table == "DOC_URBA_COM" and kind == "plui":
        return (RowCount(least=2, mandatory="WARNING"),)
    if table == "PERIMETRE_SCOT" and kind == "scot":
        return (RowCount(least=1, most=1),)
    return ()


def _servitudes(standard: Standard) -> tuple[Union, ...]:
    """Points, lines and areas together: ids occur once, and a zone names its generator."""
    sources = tuple(t for t in standard.tables if "_GENERATEUR_SUP_" in t.name.upper())
    zones = tuple(t for t in standard.tables if "_ASSIETTE_SUP_" in t.name.upper())
    if not sources or not zones or not all(table.column("IDGEN") for table in (*sources, *zones)):
        return ()
    named = Reference(columns=("IDGEN",), table="GENERATEUR_SUP", targets=("IDGEN",))
    return (
        Union(name="GENERATEUR_SUP", tables=tuple(t.name for t in sources), unique=("IDGEN",)),
        Union(
            name="ASSIETTE_SUP",
            tables=tuple(t.name for t in zones),
            unique=("IDASS",),
            references=(named,),
        ),
    )


def _identities(standard: Standard, kind: str, year: int) -> tuple[Identity, ...]:
    if "DOC_URBA" not in {table.name for table in standard.tables}:
        return ()
    if kind == "scot" and year == 2013:
        return ()
    early = year <= 2014
    dossier = "(?P<owner>[^_]+)_[^_]+_(?P<date>[0-9]{8}).*" if early else "(?P<name>.*)"
    return (
        Identity(
            column="IDURBA",
            register_table="DOC_URBA",
            dossier=dossier,
            pattern="{owner}.*{date}.*" if early else "{name}",
            form=f"{_EARLY_ID}|{_LATE_ID}",
        ),
    )
