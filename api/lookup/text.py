"""The parcel answer as lines of a terminal: the answer first, Vietnamese and English."""

from collections.abc import Iterator
from typing import Any

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


def answer_lines(answer: dict[str, Any]) -> Iterator[str]:
    """The document `parcel-answer/1` in plain lines."""
    yield f"{answer['disclaimer']['vi']}"
    yield f"{answer['disclaimer']['en']}"
    yield ""
    yield _subject(answer["parcel"])
    yield f"Ngày pháp lý / legal day: {answer['valid_at']} · revision {answer['revision']}"
    for theme in answer["themes"]:
        yield ""
        yield f"{RESULTS[theme['result']]}: {theme['title']['vi']} / {theme['title']['en']}"
        yield f"    {theme['why']['vi']} / {theme['why']['en']}"
        yield from (f"  - {_item(item)}" for item in theme["items"])
    for conflict in answer["conflicts"]:
        yield ""
        yield f"! {conflict['note']['vi']}"
        yield f"  {conflict['note']['en']}"
        for place in conflict["places"]:
            sides = " ≠ ".join(f"{_said(side)} ({side['decision']})" for side in place["says"])
            yield f"  - {place['area_m2'] or 0:.1f} m²: {sides}"


def _said(side: dict[str, Any]) -> str:
    storeys = f", tầng/storeys “{side['storeys']}”" if side["storeys"] else ""
    return f"{side['function'] or '?'}{storeys}"


def _subject(parcel: dict[str, Any] | None) -> str:
    if parcel is None:
        return "Không có thửa đất nào tại đây / no parcel here"
    commune = parcel["commune"]["name"] or parcel["commune"]["code"] or "?"
    key = f"Thửa {parcel['number'] or '?'}, tờ {parcel['sheet'] or '?'}, {commune}"
    return f"{key} · {parcel['area_m2']:.1f} m²"


def _item(item: dict[str, Any]) -> str:
    named = item.get("zone") or item.get("line") or item.get("feature") or {}
    words = next((named[key] for key in NAMED_BY if named.get(key)), "?")
    area = f" {item['area_m2']:.1f} m²" if item["area_m2"] else ""
    share = f" ({item['share']:.1%})" if item["share"] else ""
    distance = item.get("distance_m")
    far = f" {distance:.1f} m" if distance and not area else ""
    decision = item["plan"]["decision"] or "?"
    return f"{words}:{area}{share}{far} · {decision} · {CERTAINTY[item['certainty']]}"


NAMED_BY = ("function", "name", "symbol", "kind", "layer")
