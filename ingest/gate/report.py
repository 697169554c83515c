"""What the gate says: findings as JSON Lines for programs, a short bilingual text for people."""

from collections.abc import Iterator
from typing import Any

import orjson
import shapely

from ingest.delivery import Delivery
from schemas.issues import LEVELS, Issue

SCHEMA = "gate-report/1"
LEVEL_WORDS = {
    "FATAL": "NGHIÊM TRỌNG / FATAL",
    "ERROR": "LỖI / ERROR",
    "WARNING": "CẢNH BÁO / WARNING",
    "INFO": "THÔNG TIN / INFO",
}


def outcome(delivery: Delivery) -> str:
    """accept, accept_with_warnings or reject."""
    if delivery.rejected:
        return "reject"
    return "accept_with_warnings" if delivery.counts["WARNING"] else "accept"


def issue_document(issue: Issue) -> dict[str, Any]:
    """One finding as a JSON object; geometry in longitude and latitude."""
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
        "geometry": None if issue.geom is None else orjson.loads(shapely.to_geojson(issue.geom)),
    }


def summary_document(delivery: Delivery) -> dict[str, Any]:
    """The last line of a report."""
    return {
        "schema": SCHEMA,
        "profile": delivery.profile or None,
        "outcome": outcome(delivery),
        "counts": delivery.counts,
    }


def json_lines(delivery: Delivery, stored: dict[str, Any] | None = None) -> Iterator[str]:
    """Findings, gravest first, one JSON object a line; the summary last.

    `stored`: what became of the delivery in the register, told in the summary.
    """
    for issue in _by_gravity(delivery):
        yield orjson.dumps(issue_document(issue)).decode()
    summary = summary_document(delivery) | ({"stored": stored} if stored else {})
    yield orjson.dumps(summary).decode()


def text_lines(delivery: Delivery, most: int = 50) -> Iterator[str]:
    """The report for a terminal: at most `most` findings, then the counts."""
    issues = _by_gravity(delivery)
    for issue in issues[:most]:
        yield f"{LEVEL_WORDS[issue.level]}  {issue.code}" + _times(issue.count)
        for sentence in (issue.message, issue.remedy):
            yield f"    {sentence.vi}"
            yield f"    {sentence.en}"
    if len(issues) > most:
        left = len(issues) - most
        yield f"… còn {left} mục nữa / {left} more"
    counts = ", ".join(f"{LEVEL_WORDS[level]}: {n}" for level, n in delivery.counts.items() if n)
    said = {
        "accept": "Đạt / accepted",
        "accept_with_warnings": "Đạt, có cảnh báo / accepted with warnings",
        "reject": "Không đạt / rejected",
    }[outcome(delivery)]
    yield f"{delivery.name}: {said}" + (f" ({counts})" if counts else "")


def _by_gravity(delivery: Delivery) -> list[Issue]:
    return sorted(delivery.issues, key=lambda issue: LEVELS.index(issue.level))


def _times(count: int) -> str:
    return f"  ×{count}" if count > 1 else ""
