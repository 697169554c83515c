"""The dossier's own id: listed once in its register table, and written in every other table."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray

from ingest.gate.standard.dossier import Dossier
from ingest.gate.standard.findings import at_rows, cited, said
from ingest.gate.standard.references import Tables
from ingest.gate.standard.tables import TableRows
from schemas.issues import Issue
from schemas.standards.forms import form_words
from schemas.standards.model import Identity
from schemas.standards.patterns import PatternTooSlow, fits_whole, named_parts
from schemas.words import Words

NAMED = Words("theo tên hồ sơ “{name}”", "follow the dossier's name “{name}”")


def check_identities(tables: Tables, dossier: Dossier) -> Iterator[Issue]:
    """Every id rule of the standard. Where the dossier's name says no id, none can be found."""
    for identity in tables.standard.identities:
        wanted = id_pattern(identity, dossier)
        yield from _register(tables, dossier, identity, wanted)
        if wanted is not None:
            yield from _elsewhere(tables, dossier, identity, wanted)


def id_pattern(identity: Identity, dossier: Dossier) -> str | None:
    """The pattern of this dossier's id."""
    parts = named_parts(identity.dossier, dossier.name)
    if parts is None:
        return None
    return identity.pattern.format(**{name: regex.escape(part) for name, part in parts.items()})


def own_rows(identity: Identity, rows: TableRows, wanted: str | None) -> NDArray[np.intp]:
    """Indices of the rows of the register table that are about this dossier."""
    return np.flatnonzero(_matching(rows, identity.column, wanted))


def _register(
    tables: Tables, dossier: Dossier, identity: Identity, wanted: str | None
) -> Iterator[Issue]:
    listed = tables.of(identity.register_table)
    places = [(rows, own_rows(identity, rows, wanted)) for rows in listed]
    count = sum(len(own) for _, own in places)
    table = identity.register_table
    if count == 0:
        file = listed[0].file if listed else dossier.name
        detail = {"table": table, **_form(wanted, dossier), **cited(identity)}
        yield Issue("IDENTITY_NOT_FOUND", file=file, column=identity.column, detail=detail)
    if count > 1:
        rows, own = next((rows, own) for rows, own in places if len(own))
        last = own[-1:]
        yield from at_rows(
            "IDENTITY_TWICE", rows, last, identity.column, rule=identity, table=table, times=count
        )
    for rows in listed if identity.form else ():
        odd = np.flatnonzero(~_matching(rows, identity.column, identity.form))
        filled = odd[~rows.column(identity.column).empty[odd]]
        form: dict[str, Any] = {
            "pattern": identity.form,
            **said("form", form_words(identity.form or "")),
        }
        yield from at_rows("IDENTITY_FORM", rows, filled, identity.column, rule=identity, **form)


def _elsewhere(
    tables: Tables, dossier: Dossier, identity: Identity, wanted: str
) -> Iterator[Issue]:
    for rows in tables.rows:
        column = rows.table.column(identity.column)
        if rows.name == identity.register_table or column is None or not rows.has(column):
            continue
        other = np.flatnonzero(~_matching(rows, identity.column, wanted))
        form = _form(wanted, dossier)
        yield from at_rows("IDENTITY_OTHER", rows, other, identity.column, rule=identity, **form)


def _matching(rows: TableRows, column: str, pattern: str | None) -> NDArray[np.bool_]:
    """Which rows have a value of the pattern (n,); an empty cell has none."""
    cells = rows.column(column)
    fits = [pattern is not None and _fits(pattern, value) for value in cells.values]
    return np.append(np.array(fits, dtype=bool), False)[cells.codes]


def _fits(pattern: str, value: str) -> bool:
    try:
        return fits_whole(pattern, value, ignore_case=True)
    except PatternTooSlow:
        return False


def _form(wanted: str | None, dossier: Dossier) -> dict[str, Any]:
    """How the id must be written; where the dossier's name says none, it is that name."""
    if wanted is None:
        return {"pattern": None, **said("form", NAMED.filled(name=dossier.name))}
    return {"pattern": wanted, **said("form", form_words(wanted))}
