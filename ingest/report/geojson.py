"""The report for a GIS: every finding as a feature, at its place where it has one."""

from collections.abc import Iterator
from typing import Any

import orjson

from ingest.delivery import Delivery
from ingest.report.outcome import by_gravity, issue_document, summary_document
from schemas.issues import Issue
from schemas.report import flat


def feature_lines(delivery: Delivery) -> Iterator[str]:
    """A GeoJSON feature collection (longitude, latitude), one feature a line.

    `report`: the summary. Line by line, because there may be a hundred thousand repairs.
    """
    summary = orjson.dumps(summary_document(delivery)).decode()
    yield f'{{"type":"FeatureCollection","report":{summary},"features":['
    comma = ""
    for issue in by_gravity(delivery):
        yield comma + orjson.dumps(_feature(issue)).decode()
        comma = ","
    yield "]}"


def _feature(issue: Issue) -> dict[str, Any]:
    document = issue_document(issue)
    geometry = document.pop("geometry")
    return {"type": "Feature", "geometry": geometry, "properties": flat(document)}
