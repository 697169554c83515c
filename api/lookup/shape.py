"""The whole answer document from the database's facts. Pure: no clock, no database."""

from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from api.lookup.facts import Facts, plan_ref, source
from api.lookup.themes import all_themes
from api.lookup.words import DISCLAIMER, INVENTED, why
from schemas.names import name_key
from schemas.plan_levels import fineness


def parcel_url(commune: str | None, sheet: str | None, number: str | None) -> str | None:
    """Address of a parcel's page; None where its key is not whole."""
    if not (commune and sheet and number):
        return None
    return "/parcels/" + "/".join(quote(part, safe="") for part in (commune, sheet, number))


def parcel_facts(facts: Facts, row: dict[str, Any]) -> dict[str, Any]:
    """The `parcel` part of the answer."""
    commune, former = row["commune"] or {}, row["former"] or []
    file = facts["files"][str(row["file_id"])]
    return {
        "id": row["id"],
        "commune": {
            "code": row["commune_code"],
            "name": commune.get("name"),
            "province": commune.get("province"),
            "old_names": sorted({key["name"] for key in former if key["name"]}),
        },
        **{key: row[key] for key in ("sheet", "number", "national_code")},
        "former_keys": [
            {
                "commune_code": key["commune_code"],
                "commune_name": key["name"],
                "sheet": key["sheet"],
                "number": key["number"],
            }
            for key in former
        ],
        **{key: row[key] for key in ("matched_by", "land_code", "address")},
        "area_legal_m2": row["area_legal_m2"],
        "area_m2": row["area_m2"],
        "invented": file["invented"],
        "loaded_at": file["loaded_at"],
        "source": source(facts, row),
        "url": parcel_url(row["commune_code"], row["sheet"], row["number"]),
    }


def _says(item: dict[str, Any]) -> dict[str, Any]:
    zone = item["zone"]
    norms = {name: zone[name]["text"] for name in ("density", "storeys", "far")}
    decision = {"decision": item["plan"]["decision"], "date": item["plan"]["date"]}
    return {"symbol": zone["symbol"], "function": zone["function"]} | norms | decision


def _norms_clash(one: dict[str, Any], other: dict[str, Any], *, refines: bool) -> bool:
    """Whether two stated ranges disagree. A finer plan may be stricter than the coarser one."""
    if one["max"] is None or other["max"] is None:
        return False
    if refines:
        apart = other["min"] is not None and one["max"] < other["min"]
        return bool(apart or one["max"] > other["max"])
    return bool(one["max"] != other["max"])


def differences(fine: dict[str, Any], coarse: dict[str, Any]) -> list[str]:
    """What two zone items on the same ground say differently.

    `fine` is of the finer plan level, or of the same one. A norm that only one of them states is
    no conflict, and neither is a detailed plan that stays within the zoning plan's range.
    """
    found = []
    functions = [name_key(item["zone"]["function"] or "") for item in (fine, coarse)]
    if all(functions) and functions[0] != functions[1]:
        found.append("function")
    refines = fine["plan"]["level"] != coarse["plan"]["level"]
    for norm in ("density", "storeys", "far"):
        if _norms_clash(fine["zone"][norm], coarse["zone"][norm], refines=refines):
            found.append(norm)
    return found


def conflicts(facts: Facts, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pairs of plans that disagree on the same ground, each with the places where they do.

    Zones are compared with zones of the same level: lots with lots, cells with cells.
    """
    by_zone = {row["zone_id"]: item for row, item in zip(facts["zones"], items, strict=True)}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for first, second, area in facts["overlaps"]:
        fine, coarse = sorted((by_zone[first], by_zone[second]), key=_by_fineness, reverse=True)
        differs = differences(fine, coarse)
        if fine["zone"]["level"] != coarse["zone"]["level"] or not differs:
            continue
        pair = (coarse["plan"]["id"], fine["plan"]["id"])
        conflict = found.setdefault(pair, _conflict(coarse["plan"], fine["plan"]))
        says = [_says(coarse), _says(fine)]
        conflict["places"].append({"area_m2": area, "differs": differs, "says": says})
    for conflict in found.values():
        conflict["places"].sort(key=lambda place: -(place["area_m2"] or 0))
        conflict["area_m2"] = sum(place["area_m2"] or 0 for place in conflict["places"])
    return list(found.values())


def _conflict(*plans: dict[str, Any]) -> dict[str, Any]:
    return {
        "theme": "land_use",
        "plans": list(plans),
        "places": [],
        "area_m2": None,
        "decision": None,
        "note": why("plans_differ"),
    }


def _by_fineness(item: dict[str, Any]) -> tuple[int, str]:
    return fineness(item["plan"]["level"]), item["plan"]["id"]


def changes(facts: Facts) -> list[dict[str, Any]]:
    """Every version that spoke about this place, in order of the days it was in force."""
    return [
        {
            "plan": plan_ref(facts, version, version),
            "adjustment_kind": facts["versions"][str(version)]["adjustment_kind"],
            "valid_from": start,
            "valid_to": end,
        }
        for version, start, end in facts["changes"]
    ]


def shape_answer(
    facts: Facts, asked: dict[str, Any], valid_at: date, known_at: datetime
) -> dict[str, Any]:
    """The answer document for facts about at most one parcel."""
    parcel = parcel_facts(facts, facts["parcels"][0]) if facts["parcels"] else None
    area = facts["area_m2"]
    themes = all_themes(facts, area)
    invented = bool(parcel and parcel["invented"]) or any(
        version["invented"] for version in facts["versions"].values()
    )
    words = (
        f"{INVENTED.vi} {DISCLAIMER.vi}" if invented else DISCLAIMER.vi,
        f"{INVENTED.en} {DISCLAIMER.en}" if invented else DISCLAIMER.en,
    )
    return {
        "schema": "parcel-answer/1",
        "asked": asked,
        "valid_at": valid_at.isoformat(),
        "known_at": known_at.isoformat(),
        "revision": facts["revision"],
        "parcel": parcel,
        "themes": themes,
        "conflicts": conflicts(facts, themes[0]["items"]),
        "changes": changes(facts),
        "invented": invented,
        "disclaimer": {"vi": words[0], "en": words[1]},
    }
