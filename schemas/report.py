"""A finding, and the summary that ends a report, as documents: the same from every door."""

from collections.abc import Mapping
from typing import Any

from schemas.issues import Issue

SCHEMA = "gate-report/1"


def finding_document(issue: Issue, geometry: dict[str, Any] | None) -> dict[str, Any]:
    """One finding as a JSON object; of a repair with `change_m2`, a number or null.

    `geometry`: its place as GeoJSON, in longitude and latitude.
    """
    change = {"change_m2": issue.change_m2} if issue.is_repair else {}
    return {
        "code": issue.code,
        "level": issue.level,
        "file": issue.file,
        "layer": issue.layer,
        "row": issue.row,
        "column": issue.column,
        "value": issue.value,
        "message": issue.message._asdict(),
        "fix": issue.remedy._asdict(),
        "repairable": issue.kind.repairable,
        "count": issue.count,
        "geometry": geometry,
    } | change


def flat(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its sentences as plain columns, which is all that a GIS table can show."""
    columns = {name: value for name, value in document.items() if name not in ("message", "fix")}
    for name in ("message", "fix"):
        columns |= {f"{name}_{lang}": text for lang, text in document[name].items()}
    return columns


def outcome_of(counts: Mapping[str, int]) -> str:
    """accept, accept_with_warnings or reject. `counts`: findings by level."""
    if counts.get("FATAL", 0) + counts.get("ERROR", 0):
        return "reject"
    return "accept_with_warnings" if counts.get("WARNING", 0) else "accept"


def summary_document(profile: str, counts: Mapping[str, int]) -> dict[str, Any]:
    """The last line of a report. `profile`: empty where none was recognised."""
    return {
        "schema": SCHEMA,
        "profile": profile or None,
        "outcome": outcome_of(counts),
        "counts": dict(counts),
    }
