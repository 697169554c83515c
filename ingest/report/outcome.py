"""The verdict on a delivery, and a finding as the world outside sees it."""

from dataclasses import asdict
from typing import Any

import orjson
import shapely

from ingest.delivery import Delivery
from schemas import report
from schemas.issues import LEVELS, Issue, Level
from schemas.words import Words

LEVEL_WORDS: dict[Level, Words] = {
    "FATAL": Words("NGHIÊM TRỌNG", "FATAL"),
    "ERROR": Words("LỖI", "ERROR"),
    "WARNING": Words("CẢNH BÁO", "WARNING"),
    "INFO": Words("THÔNG TIN", "INFO"),
}
OUTCOME_WORDS = {
    "accept": Words("Đạt", "accepted"),
    "accept_with_warnings": Words("Đạt, có cảnh báo", "accepted with warnings"),
    "reject": Words("Không đạt", "rejected"),
}


def outcome(delivery: Delivery) -> str:
    """accept, accept_with_warnings or reject."""
    return report.outcome_of(delivery.counts)


def issue_document(issue: Issue) -> dict[str, Any]:
    """One finding as a JSON object; geometry in longitude and latitude."""
    geometry = None if issue.geom is None else orjson.loads(shapely.to_geojson(issue.geom))
    return report.finding_document(issue, geometry)


def summary_document(delivery: Delivery) -> dict[str, Any]:
    """The last line of a report."""
    return report.summary_document(delivery.profile, delivery.counts) | _tables(delivery)


def _tables(delivery: Delivery) -> dict[str, Any]:
    """Of a dossier checked against a standard: which one, and the tables that it describes."""
    if delivery.standard is None:
        return {}
    return {"standard": delivery.standard, "tables": [asdict(one) for one in delivery.tables]}


def by_gravity(delivery: Delivery) -> list[Issue]:
    """Findings, gravest first, else in the order in which they were found."""
    return sorted(delivery.issues, key=lambda issue: LEVELS.index(issue.level))
