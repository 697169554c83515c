"""Findings of a dossier's last check: pages of JSON, places as GeoJSON, all as JSON Lines."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import asyncpg
import orjson
from pydantic import Field

from api.deps import Pool
from api.params import Asked
from schemas.issues import Issue, Level, catalogue
from schemas.queries import load_queries
from schemas.report import finding_document, flat, summary_document

QUERIES = load_queries(Path(__file__).with_name("findings.sql"))
CHUNK = 2_000
FIRST = 5

Form = Literal["json", "geojson", "jsonl"]
MEDIA_TYPES: dict[Form, str] = {
    "json": "application/json",
    "geojson": "application/geo+json",
    "jsonl": "application/jsonl",
}
ACCEPTS: tuple[tuple[str, Form], ...] = (
    ("application/geo+json", "geojson"),
    ("application/jsonl", "jsonl"),
    ("application/x-ndjson", "jsonl"),
)


class IssuesQuery(Asked):
    """Which findings."""

    level: Level | None = None
    code: str | None = Field(None, pattern=r"^[A-Z0-9_]{3,60}$")
    after: int = Field(0, ge=0, le=2**62, description="Sau mục này / after this finding")
    limit: int = Field(100, ge=1, le=1000)


def form_of(accept: str) -> Form:
    """The form that a request's Accept header asks for; JSON where it says nothing of ours."""
    return next((form for media, form in ACCEPTS if media in accept), "json")


async def page_of_findings(
    database: Pool, dossier: dict[str, Any], query: IssuesQuery
) -> dict[str, Any]:
    """One page of findings, with the counts of all."""
    run = _run(dossier)
    rows = await _rows(database, run, query, query.after, query.limit + 1)
    items = [finding(row) for row in rows[: query.limit]]
    more = rows[query.limit - 1]["id"] if len(rows) > query.limit else None
    return {
        "schema": "issues/1",
        "dossier": dossier["id"],
        "counts": dossier["counts"],
        "groups": await groups(database, run),
        "items": items,
        "after": more,
    }


async def groups(database: Pool, run: int) -> list[dict[str, Any]]:
    """Codes with their counts, sentence, reason and remedy; gravest first."""
    return [
        dict(row) | _explained(row["code"]) for row in await database.fetch(QUERIES["groups"], run)
    ]


async def first_findings(database: Pool, dossier: dict[str, Any]) -> list[dict[str, Any]]:
    """The groups, each with the first of its findings."""
    run = _run(dossier)
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in await database.fetch(QUERIES["first"], run, FIRST):
        readings = orjson.loads(row["detail"]).get("readings", [])
        document = finding(row) | {"readings": readings}
        found.setdefault((row["code"], row["level"]), []).append(document)
    return [
        group | {"first": found[group["code"], group["level"]]}
        for group in await groups(database, run)
    ]


async def as_lines(
    database: Pool, dossier: dict[str, Any], query: IssuesQuery
) -> AsyncIterator[bytes]:
    """Every finding as one JSON object a line; the summary last."""
    async for row in _every(database, dossier, query, placed=False):
        yield orjson.dumps(finding(row)) + b"\n"
    counts = dossier["counts"]
    yield orjson.dumps(summary_document(dossier["profile"], counts)) + b"\n"


async def as_places(
    database: Pool, dossier: dict[str, Any], query: IssuesQuery
) -> AsyncIterator[bytes]:
    """Findings that have a place, as a GeoJSON feature collection (longitude, latitude)."""
    yield b'{"type":"FeatureCollection","features":['
    comma = b""
    async for row in _every(database, dossier, query, placed=True):
        document = finding(row)
        geometry = document.pop("geometry")
        feature = {"type": "Feature", "id": row["id"], "geometry": geometry}
        yield comma + orjson.dumps(feature | {"properties": flat(document)})
        comma = b","
    yield b"]}"


def finding(row: asyncpg.Record) -> dict[str, Any]:
    """One finding as the gate writes it (`sqh check --json`), with its number."""
    issue = Issue(
        code=row["code"],
        file=row["file"],
        layer=row["layer"],
        row=row["row_no"],
        column=row["column_name"],
        value=row["value"],
        count=row["count"],
        detail=orjson.loads(row["detail"]),
        severity=row["level"],
    )
    geometry = orjson.loads(row["geometry"]) if row["geometry"] else None
    return {"id": row["id"]} | finding_document(issue, geometry)


def _explained(code: str) -> dict[str, Any]:
    kind = catalogue()[code]
    return {
        "why": kind.why.model_dump(),
        "repairable": kind.repairable,
    }


def _run(dossier: dict[str, Any]) -> int:
    """The last check's number; 0, which no check has, where there was none."""
    return dossier["run"]["id"] if dossier["run"] else 0


async def _rows(
    database: Pool, run: int, query: IssuesQuery, after: int, limit: int, *, placed: bool = False
) -> list[asyncpg.Record]:
    return await database.fetch(QUERIES["rows"], run, query.level, query.code, after, limit, placed)


async def _every(
    database: Pool, dossier: dict[str, Any], query: IssuesQuery, *, placed: bool
) -> AsyncIterator[asyncpg.Record]:
    after = query.after
    while rows := await _rows(database, _run(dossier), query, after, CHUNK, placed=placed):
        for row in rows:
            yield row
        after = rows[-1]["id"]
