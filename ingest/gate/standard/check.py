"""A dossier against its standard, from its name to its ids: what the pipeline calls."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from ingest.delivery import DeliveredTable
from ingest.files.source import Received
from ingest.gate.standard.choice import choose
from ingest.gate.standard.columns import check_columns
from ingest.gate.standard.dossier import Dossier, open_dossier
from ingest.gate.standard.findings import at_rows, cited, said
from ingest.gate.standard.identities import check_identities, id_pattern, own_rows
from ingest.gate.standard.links import check_links
from ingest.gate.standard.metadata import Metadata, read_metadata
from ingest.gate.standard.pieces import Delivered, check_pieces, match_pieces
from ingest.gate.standard.reading import read_tables
from ingest.gate.standard.references import Tables, check_references
from ingest.gate.standard.tables import TableRows
from ingest.gate.standard.truth import broken_rows
from ingest.sandbox.outcome import ReaderStopped
from ingest.sandbox.run import in_sandbox
from schemas.issues import Issue
from schemas.standards.condition_words import condition_words
from schemas.standards.conditions import parse
from schemas.standards.model import RowCount, Standard
from schemas.standards.validity import standard_on
from schemas.words import Words


@dataclass(frozen=True)
class StandardDossier:
    """A dossier read under its standard; `issues`: what reading it brought to light."""

    standard: Standard
    delivered: Delivered
    metadata: Metadata
    tables: Tables
    issues: tuple[Issue, ...] = ()

    @property
    def dossier(self) -> Dossier:
        return self.delivered.dossier


def read_dossier(
    received: Received,
    standards: Sequence[Standard],
    workdir: Path,
    tell: Callable[[Words], None] = lambda _: None,
    crs: int | None = None,
    *,
    today: date,
) -> tuple[StandardDossier | None, tuple[Issue, ...]]:
    """Choose the standard and read its tables; without one, only the findings that say so.

    `tell`: what is being done; `crs`: EPSG code of all shapes, where a person chose it;
    `today`: the rules of this day hold.
    """
    dossier = replace(open_dossier(received, standards), crs=crs)
    metadata, said = _metadata(dossier)
    choice = choose(standards, dossier, metadata)
    if choice.standard is None:
        return None, (*said, *choice.issues)
    standard = standard_on(choice.standard, today)
    delivered = match_pieces(standard, dossier)
    readings = list(read_tables(standard, delivered, workdir, tell))
    rows = [one for reading in readings for one in reading.rows]
    issues = (*said, *choice.issues, *(issue for reading in readings for issue in reading.issues))
    read = StandardDossier(standard, delivered, metadata, Tables(standard, rows), issues)
    return read, ()


def _metadata(dossier: Dossier) -> tuple[Metadata, tuple[Issue, ...]]:
    """What the XML files say of the dossier, read in a process of its own."""
    places = tuple(
        file.location
        for path, file in sorted(dossier.files.items())
        if path.casefold().endswith(".xml")
    )
    if not places:
        return Metadata(), ()
    try:
        return in_sandbox(read_metadata, places, files=places), ()
    except ReaderStopped as stopped:
        return Metadata(), (stopped.issue(dossier.name),)


def check_dossier(read: StandardDossier) -> Iterator[Issue]:
    """Every rule of the standard, with the severities that the standard gives."""
    for issue in _findings(read):
        level = read.standard.levels.get(issue.code)
        yield issue if level is None else replace(issue, severity=level)


def _findings(read: StandardDossier) -> Iterator[Issue]:
    yield from read.issues
    yield from _unusable(read.standard)
    yield from check_pieces(read.delivered)
    for rows in read.tables.rows:
        yield from _encoding(rows, read.metadata)
        yield from check_columns(rows)
        yield from _conditions(rows)
        yield from _counts(rows)
        yield from check_links(rows, read.dossier)
    yield from check_references(read.tables)
    yield from check_identities(read.tables, read.dossier)
    if read.standard.spatial and all(rows.box is None for rows in read.tables.rows):
        yield Issue("SHAPES_MISSING_EVERYWHERE", file=read.dossier.name)


def _unusable(standard: Standard) -> Iterator[Issue]:
    for one in standard.unusable:
        detail = {"why_vi": one.reason.vi, "why_en": one.reason.en}
        yield Issue("STANDARD_RULE_UNUSABLE", file=standard.name, value=one.rule, detail=detail)


def _encoding(rows: TableRows, metadata: Metadata) -> Iterator[Issue]:
    """Texts that are not in UTF-8 although nothing says that they are in something else."""
    stated = metadata.charset or "UTF-8"
    if rows.western and stated in ("UTF-8", "US-ASCII"):
        yield Issue("TABLE_ENCODING", file=rows.file, layer=rows.name, value=stated)


def _conditions(rows: TableRows) -> Iterator[Issue]:
    for condition in rows.table.conditions:
        test = parse(condition.test)
        detail: dict[str, Any] = {
            "condition": condition.test,
            **said("rule", condition_words(test)),
        }
        broken = broken_rows(test, rows)
        yield from at_rows("CONDITION_BROKEN", rows, broken, rule=condition, **detail)


def _counts(rows: TableRows) -> Iterator[Issue]:
    if not len(rows):
        yield Issue("TABLE_EMPTY", file=rows.file, layer=rows.name)
    for rule in rows.table.counts:
        most = np.inf if rule.most is None else rule.most
        if rule.mandatory != "none" and not rule.least <= len(rows) <= most:
            yield Issue(
                "TABLE_ROW_COUNT",
                file=rows.file,
                layer=rows.name,
                value=str(len(rows)),
                detail={**said("wanted", _wanted(rule)), **cited(rule)},
                severity=rule.mandatory,
            )


def _wanted(rule: RowCount) -> Words:
    if rule.most is None:
        return Words(f"ít nhất {rule.least}", f"at least {rule.least}")
    if rule.least == rule.most:
        return Words(f"đúng {rule.least}", f"exactly {rule.least}")
    return Words(f"từ {rule.least} đến {rule.most}", f"{rule.least} to {rule.most}")


def delivered_tables(read: StandardDossier) -> tuple[DeliveredTable, ...]:
    """Rows and boxes of every table, in path order. A register lists other dossiers' rows too."""
    registers = {identity.register_table: identity for identity in read.standard.identities}
    told = []
    for rows in sorted(read.tables.rows, key=lambda one: one.file):
        identity, count = registers.get(rows.name), len(rows)
        own = count
        if identity is not None:
            own = len(own_rows(identity, rows, id_pattern(identity, read.dossier)))
        told.append(DeliveredTable(rows.name, rows.file, own, count, rows.box))
    return tuple(told)
