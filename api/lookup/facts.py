"""From the database's facts to plan statements: references, norms, ranges and certainty."""

from typing import Any
from urllib.parse import quote

from api.lookup.words import why

Facts = dict[str, Any]
HIT_MIN_M2 = 0.01
"""Less common ground than this is touching, not a hit (a 1 mm line error along 10 m)."""


def plan_ref(facts: Facts, version_id: int, origin_id: int) -> dict[str, Any]:
    """The version in force, with the decision of the version that delivered the statement."""
    version, origin = facts["versions"][str(version_id)], facts["versions"][str(origin_id)]
    return {
        "id": version["plan_id"],
        "name": version["name"],
        "level": version["level"],
        "version": version["ordinal"],
        "decision": origin["decision"],
        "date": origin["date"],
        "since": origin["valid_from"],
        "status": version["status"],
        "national_status": version["national_status"],
        "authority": version["authority"],
        "scale": origin["scale"],
        "tolerance_m": origin["tolerance_m"],
        "representation": origin["representation"],
        "loaded_at": origin["loaded_at"],
        "invented": version["invented"],
        "url": f"/plans/{quote(version['plan_id'])}/versions/{version['ordinal']}",
    }


def documents(facts: Facts, origin_id: int) -> list[dict[str, Any]]:
    """The papers delivered with a version."""
    origin = facts["versions"][str(origin_id)]
    base = f"/plans/{quote(origin['plan_id'])}/versions/{origin['ordinal']}/documents"
    return [
        {
            **{key: paper[key] for key in ("role", "title", "number", "date", "pages")},
            "url": f"{base}/{paper['id']}",
        }
        for paper in origin["documents"]
    ]


def source(facts: Facts, row: dict[str, Any]) -> dict[str, Any]:
    """File, layer and row a statement rests on."""
    file = facts["files"][str(row["file_id"])]
    return {
        "file": file["path"],
        "layer": row["layer"],
        "row": row["row"],
        "sha256": file["sha256"],
        "dossier": file["dossier"],
    }


def _norm(triple: list[Any]) -> dict[str, Any]:
    return {"min": triple[0], "max": triple[1], "text": triple[2]}


def certainty(low: float | None, representation: str) -> str:
    """How surely a statement applies at all.

    `low`: what is left (m², or m for a point) when the lines move by the plan's tolerance; None
    where the plan states no scale. An answer from a scan is never certain.
    """
    if low is not None and low <= HIT_MIN_M2:
        return "too_close_to_call"
    return "certain" if low is not None and representation == "vector" else "likely"


NOT_SAID = dict.fromkeys(("zone", "line", "feature", "distance_m", "length_m", "note"))


def _statement(facts: Facts, row: dict[str, Any]) -> dict[str, Any]:
    return NOT_SAID | {
        "plan": plan_ref(facts, row["version_id"], row["origin_id"]),
        "documents": documents(facts, row["origin_id"]),
        "source": source(facts, row),
    }


def zone_item(facts: Facts, row: dict[str, Any], parcel_area: float | None) -> dict[str, Any]:
    """One zone on the parcel (or at the point, where areas are unknown)."""
    item = _statement(facts, row)
    functions = [text for text in row["functions"] if text]
    area, low, high = row["area_m2"], row["low"], row["high"]
    tolerance = row["tolerance_m"]
    left = low if area is not None or tolerance is None else row["edge_m"] - tolerance
    return item | {
        "zone": {
            "level": row["level"],
            "symbol": row["symbol"],
            "function": functions[-1] if functions else None,
            "function_levels": functions,
            "land_use_code": row["land_use_code"],
            "density": _norm(row["density"]),
            "storeys": _norm(row["storeys"]),
            "far": _norm(row["far"]),
            "setback_m": row["setback_m"],
        },
        "area_m2": area,
        "area_range_m2": None if low is None else [min(low, area), max(high, area)],
        "share": None if area is None or not parcel_area else min(1.0, area / parcel_area),
        "certainty": certainty(left, item["plan"]["representation"]),
    }


def takes(row: dict[str, Any]) -> bool:
    """Whether a line takes a part of the subject, or crosses it with that part unknown."""
    return bool(row["inside"] or row["crosses"])


def _line_certainty(row: dict[str, Any], representation: str) -> str:
    tolerance = row["tolerance_m"]
    if row["area_m2"] > HIT_MIN_M2:
        return certainty(row["low"], representation)
    if tolerance is not None and row["distance_m"] <= tolerance:
        return "too_close_to_call"
    return certainty(None if tolerance is None else row["distance_m"] + 1, representation)


def line_item(facts: Facts, row: dict[str, Any], parcel_area: float | None) -> dict[str, Any]:
    """One line on or near the parcel: the strip it takes, or its distance."""
    item = _statement(facts, row)
    area = row["area_m2"]
    unknown = row["side_unknown"] or (row["crosses"] and area <= HIT_MIN_M2)
    silent = unknown or parcel_area is None
    bounds = None if silent or row["low"] is None else [row["low"], max(row["high"], area)]
    return item | {
        "line": {
            "kind": row["kind"],
            "name": row["name"],
            "setback_m": row["setback_m"],
            "width_m": row["width_m"],
        },
        "area_m2": None if silent else area,
        "area_range_m2": bounds,
        "share": None if silent or not parcel_area else min(1.0, area / parcel_area),
        "distance_m": None if row["inside"] or row["crosses"] else row["distance_m"],
        "length_m": row["length_m"],
        "certainty": _line_certainty(row, item["plan"]["representation"]),
        "note": why("side_unknown") if row["side_unknown"] else None,
    }


def feature_item(facts: Facts, row: dict[str, Any], parcel_area: float | None) -> dict[str, Any]:
    """Another delivered object on the parcel."""
    item = _statement(facts, row)
    area = row["area_m2"]
    return item | {
        "feature": {"name": row["name"], "layer": row["layer"]},
        "area_m2": area,
        "area_range_m2": None,
        "share": None if area is None or not parcel_area else min(1.0, area / parcel_area),
        "length_m": row["length_m"],
        "certainty": "likely",
    }
