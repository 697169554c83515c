"""The fixed sentences about a change: what happened to which plan, and what it means here."""

from typing import Any

from maps.numbers import Lang, date_text, m2, number
from schemas.words import Words

ADJUSTED: dict[str, Words] = {
    "first": Words("được công bố", "is published"),
    "overall": Words("được điều chỉnh tổng thể", "is adjusted as a whole"),
    "local": Words("được điều chỉnh cục bộ", "is adjusted locally"),
}
KINDS: dict[str, Words] = {
    "published": Words("Công bố", "Published"),
    "adjusted": Words("Điều chỉnh", "Adjusted"),
    "corrected": Words("Đính chính", "Corrected"),
    "withdrawn": Words("Thu hồi", "Withdrawn"),
    "superseded": Words("Được thay thế", "Superseded"),
    "reinstated": Words("Có hiệu lực trở lại", "In force again"),
    "parcels": Words("Nạp dữ liệu thửa đất", "Parcels loaded"),
    "units": Words("Nạp đơn vị hành chính", "Administrative units loaded"),
}
LINES: dict[str, Words] = {
    "red_line": Words("chỉ giới đường đỏ", "red line"),
    "building_line": Words("chỉ giới xây dựng", "building line"),
    "corridor": Words("hành lang", "corridor"),
    "road_axis": Words("đường", "road"),
}
NOTHING = Words("không có chức năng nào", "no function")
MOST_NAMED = 3


def happened(change: dict[str, Any]) -> Words:
    """One sentence: which plan, what, by which decision, from which day."""
    name, kind = change["plan_name"], change["kind"]
    by, since = _decision(change), _days(change)
    if kind == "withdrawn":
        back = _back(change)
        return Words(
            f"Phiên bản {change['version']} của {name} bị thu hồi ({by.vi}){back.vi}.",
            f"Version {change['version']} of {name} is withdrawn ({by.en}){back.en}.",
        )
    if kind == "corrected":
        return Words(
            f"{name} được đính chính: phiên bản {change['version']} thay cho phiên bản đã thu hồi"
            f" ({by.vi}){since.vi}.",
            f"{name} is corrected: version {change['version']} stands in for one that was withdrawn"
            f" ({by.en}){since.en}.",
        )
    what = ADJUSTED[change["adjustment_kind"]]
    return Words(f"{name} {what.vi} ({by.vi}){since.vi}.", f"{name} {what.en} ({by.en}){since.en}.")


def here(change: dict[str, Any]) -> Words:
    """What it means for the place: m² whose plan differs, and what stood and stands there."""
    parts_vi, parts_en = [], []
    if area := change["area_m2"]:
        parts_vi.append(f"Nơi này có {m2(area, 'vi')} thay đổi")
        parts_en.append(f"Here {m2(area, 'en')} change")
    if (length := change["length_m"]) and not change["area_m2"]:
        parts_vi.append(f"Nơi này có {number(length, 'vi', 1)} m đường, chỉ giới thay đổi")
        parts_en.append(f"Here {number(length, 'en', 1)} m of lines change")
    said = [_difference(each) for each in change["differences"][:MOST_NAMED]]
    if not parts_vi:
        parts_vi, parts_en = ["Nơi này có đối tượng thay đổi"], ["Here an object changes"]
    tail_vi = f": {'; '.join(words.vi for words in said)}" if said else ""
    tail_en = f": {'; '.join(words.en for words in said)}" if said else ""
    return Words(f"{parts_vi[0]}{tail_vi}.", f"{parts_en[0]}{tail_en}.")


def _decision(change: dict[str, Any]) -> Words:
    if not change["decision"]:
        return Words("hồ sơ không nêu số quyết định", "the dossier states no decision number")
    day = change["date"]
    return Words(
        f"Quyết định {change['decision']}" + (f" ngày {date_text(day, 'vi')}" if day else ""),
        f"Decision {change['decision']}" + (f" of {date_text(day, 'en')}" if day else ""),
    )


def _days(change: dict[str, Any]) -> Words:
    """From when to when the version is in force, as it follows from this change."""
    own = next(each for each in change["versions"] if each["version"] == change["version"])
    if not own["began"]:
        return Words(", không có ngày nào còn hiệu lực", ", with no day in force")
    first, end = own["began"][0]
    until = (
        Words(f" đến trước ngày {date_text(end, 'vi')}", f" until before {date_text(end, 'en')}")
        if end
        else Words("", "")
    )
    return Words(
        f", có hiệu lực từ ngày {date_text(first, 'vi')}{until.vi}",
        f", in force from {date_text(first, 'en')}{until.en}",
    )


def _back(change: dict[str, Any]) -> Words:
    again = [each for each in change["versions"] if each["kind"] == "reinstated" and each["began"]]
    if not again:
        return Words(
            "; không phiên bản nào của đồ án thay vào những ngày đó",
            "; no version of the plan has its days instead",
        )
    numbers = ", ".join(str(each["version"]) for each in again)
    return Words(
        f"; phiên bản {numbers} có hiệu lực trở lại", f"; version {numbers} is in force again"
    )


def _difference(each: dict[str, Any]) -> Words:
    if each["layer"] in ("line", "feature"):
        return _mark(each)
    before, after = each["before"], each["after"]
    size_vi, size_en = m2(each["area_m2"], "vi"), m2(each["area_m2"], "en")
    if before and after and _named(before) == _named(after):
        facts = _facts(before, after)
        return Words(
            f"{_named(after).vi}: {facts.vi} ({size_vi})",
            f"{_named(after).en}: {facts.en} ({size_en})",
        )
    old, new = _named(before), _named(after)
    return Words(f"{old.vi} → {new.vi} ({size_vi})", f"{old.en} → {new.en} ({size_en})")


def _named(says: dict[str, Any] | None) -> Words:
    if says is None:
        return NOTHING
    name = says.get("function") or says.get("symbol") or says.get("land_use_code")
    return Words(name, name) if name else Words("không ghi chức năng", "no function stated")


FACTS: dict[str, Words] = {
    "symbol": Words("ký hiệu", "symbol"),
    "functions": Words("nhóm chức năng", "group of functions"),
    "land_use_code": Words("mã loại đất", "land-use code"),
    "density": Words("mật độ xây dựng", "density"),
    "storeys": Words("số tầng", "storeys"),
    "far": Words("hệ số sử dụng đất", "floor area ratio"),
    "setback_m": Words("khoảng lùi", "setback"),
}


def _facts(before: dict[str, Any], after: dict[str, Any]) -> Words:
    """What differs, each fact with its value before and after."""
    differ = [key for key in FACTS if before.get(key) != after.get(key)]
    said = [
        Words(
            f"{FACTS[key].vi} {_value(before.get(key), 'vi')} → {_value(after.get(key), 'vi')}",
            f"{FACTS[key].en} {_value(before.get(key), 'en')} → {_value(after.get(key), 'en')}",
        )
        for key in differ
    ]
    return Words(", ".join(w.vi for w in said), ", ".join(w.en for w in said))


def _value(fact: Any, lang: Lang) -> str:
    """A text, a number or a range `[min, max]` of which one end may be missing."""
    if fact is None:
        return "(không nêu)" if lang == "vi" else "(not stated)"
    if isinstance(fact, str):
        return f"“{fact}”"
    if not isinstance(fact, list):
        return number(fact, lang)
    low, high = fact
    if low is None or high is None:
        return f"{'≤' if low is None else '≥'} {number(low if high is None else high, lang)}"
    return number(low, lang) if low == high else f"{number(low, lang)}–{number(high, lang)}"


def _mark(each: dict[str, Any]) -> Words:
    says = each["after"] or each["before"]
    kind = LINES.get(says.get("kind", ""), Words(says.get("layer", "?"), says.get("layer", "?")))
    name = f" {says['name']}" if says.get("name") else ""
    verb = Words("có", "comes") if each["after"] else Words("bỏ", "goes")
    return Words(f"{verb.vi} {kind.vi}{name}", f"{kind.en}{name} {verb.en}")
