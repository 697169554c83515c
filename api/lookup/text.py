"""The parcel answer as lines of a terminal: the answer first, Vietnamese and English."""

from collections.abc import Iterator
from typing import Any

from maps.numbers import date_vi, m2, number, percent

RESULTS = {
    "applies": "● CÓ / applies",
    "does_not_apply": "○ KHÔNG / does not apply",
    "no_data": "? CHƯA CÓ DỮ LIỆU / no data",
}
CERTAINTY = {
    "certain": "chắc chắn / certain",
    "likely": "có khả năng / likely",
    "too_close_to_call": "sát ranh, chưa kết luận được / too close to call",
}
LEVELS = {"lot": "lô/lot", "cell": "ô/cell", "area": "khu/area"}
NORMS = {"density": "mật độ/density", "storeys": "tầng/storeys", "far": "hệ số/FAR"}
NAMED_BY = ("function", "name", "symbol", "kind", "layer")


def answer_lines(answer: dict[str, Any]) -> Iterator[str]:
    """The document `parcel-answer/1` in plain lines."""
    yield answer["disclaimer"]["vi"]
    yield answer["disclaimer"]["en"]
    yield ""
    yield _subject(answer["parcel"])
    yield f"Ngày / day: {date_vi(answer['valid_at'])} · revision {answer['revision']}"
    for theme in answer["themes"]:
        yield ""
        yield f"{RESULTS[theme['result']]}: {theme['title']['vi']} / {theme['title']['en']}"
        yield f"    {theme['why']['vi']}"
        yield f"    {theme['why']['en']}"
        for item in theme["items"]:
            yield from _item(item)
    for conflict in answer["conflicts"]:
        yield from _conflict(conflict)


def _subject(parcel: dict[str, Any] | None) -> str:
    if parcel is None:
        return "Không có thửa đất nào tại đây / no parcel here"
    commune = parcel["commune"]["name"] or parcel["commune"]["code"] or "?"
    key = f"Thửa {parcel['number'] or '?'}, tờ {parcel['sheet'] or '?'}, {commune}"
    return f"{key} · {m2(parcel['area_m2'], 'vi')}"


def _item(item: dict[str, Any]) -> Iterator[str]:
    zone = item["zone"] or {}
    named = zone or item["line"] or item["feature"] or {}
    words = next((named[key] for key in NAMED_BY if named.get(key)), "?")
    level = f" [{LEVELS[zone['level']]}]" if zone else ""
    yield f"  - {words}{level}: {' · '.join([*_measures(item), CERTAINTY[item['certainty']]])}"
    if norms := [f"{NORMS[key]} “{zone[key]['text']}”" for key in NORMS if _stated(zone, key)]:
        yield f"      {', '.join(norms)}"
    plan, source = item["plan"], item["source"]
    decision = f"{plan['decision'] or '?'}{', ' + date_vi(plan['date']) if plan['date'] else ''}"
    yield f"      {plan['name']} ({decision})"
    yield f"      {source['file']}, {source['layer']}, #{source['row']}"


def _stated(zone: dict[str, Any], norm: str) -> bool:
    return bool(zone and zone[norm]["text"] and zone[norm]["text"] not in ("-", "0"))


def _measures(item: dict[str, Any]) -> Iterator[str]:
    if item["area_m2"]:
        ends = " – ".join(m2(end, "vi") for end in item["area_range_m2"] or ())
        yield m2(item["area_m2"], "vi") + (f" [{ends}]" if ends else "")
    if item["share"]:
        yield percent(item["share"], "vi")
    if item["distance_m"]:
        yield f"cách/at {number(item['distance_m'], 'vi', 1)} m"
    elif item["length_m"] and not item["area_m2"]:
        yield f"dài/along {number(item['length_m'], 'vi', 1)} m"


def _conflict(conflict: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield f"! {conflict['note']['vi']}"
    yield f"  {conflict['note']['en']}"
    for place in conflict["places"]:
        sides = " ≠ ".join(f"{_said(side)} ({side['decision']})" for side in place["says"])
        yield f"  - {m2(place['area_m2'] or 0, 'vi')}: {sides}"


def _said(side: dict[str, Any]) -> str:
    storeys = f", tầng/storeys “{side['storeys']}”" if side["storeys"] else ""
    return f"{side['function'] or '?'}{storeys}"
