"""The report for a GIS: every finding as a feature, at its place where it has one."""

from typing import Any

from ingest.delivery import Delivery
from ingest.report.outcome import by_gravity, issue_document, summary_document


def feature_collection(delivery: Delivery) -> dict[str, Any]:
    """Findings as GeoJSON features (longitude, latitude); `report`: the summary."""
    return {
        "type": "FeatureCollection",
        "report": summary_document(delivery),
        "features": [_feature(issue_document(issue)) for issue in by_gravity(delivery)],
    }


def _feature(document: dict[str, Any]) -> dict[str, Any]:
    """Nested sentences become plain columns, which is all that a GIS table can show."""
    message, fix = document.pop("message"), document.pop("fix")
    words = {f"message_{lang}": text for lang, text in message.items()}
    words |= {f"fix_{lang}": text for lang, text in fix.items()}
    geometry = document.pop("geometry")
    return {"type": "Feature", "geometry": geometry, "properties": document | words}
