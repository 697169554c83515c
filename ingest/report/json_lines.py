"""The report for programs: one JSON object a line."""

from collections.abc import Iterator
from typing import Any

import orjson

from ingest.delivery import Delivery
from ingest.report.outcome import by_gravity, issue_document, summary_document


def json_lines(delivery: Delivery, stored: dict[str, Any] | None = None) -> Iterator[str]:
    """Findings, gravest first, one JSON object a line; the summary last.

    `stored`: what became of the delivery in the register, told in the summary.
    """
    for issue in by_gravity(delivery):
        yield orjson.dumps(issue_document(issue)).decode()
    summary = summary_document(delivery) | ({"stored": stored} if stored else {})
    yield orjson.dumps(summary).decode()
