"""Then and now: which decisive statements of a paper differ from today's answer. Pure."""

from collections.abc import Iterator
from typing import Any

from maps.numbers import Lang, date_text, m2, number
from schemas.issues import Bilingual
from schemas.themes import THEMES
from schemas.words import Words

Answer = dict[str, Any]
Key = tuple[Any, ...]
HIT_M2 = 0.05

RESULTS = {
    "applies": Words("có áp dụng", "applies"),
    "does_not_apply": Words("không áp dụng", "does not apply"),
    "no_data": Words("chưa có dữ liệu", "no data"),
}
NORMS = {
    "density": Words("mật độ", "density"),
    "storeys": Words("tầng cao", "storeys"),
    "far": Words("hệ số", "floor area ratio"),
}


def differences(then: Answer, now: Answer) -> list[dict[str, Any]]:
    """Every decisive statement that only one of two answers makes, or that they make otherwise."""
    old, new = dict(statements(then)), dict(statements(now))
    return [
        {
            "what": (old.get(key) or new[key])["what"],
            "then": old[key]["says"] if key in old else None,
            "now": new[key]["says"] if key in new else None,
        }
        for key in dict.fromkeys([*old, *new])
        if old.get(key) != new.get(key)
    ]


def statements(answer: Answer) -> Iterator[tuple[Key, dict[str, Any]]]:
    """The decisive statements of an answer, each under a key that outlives new plan versions."""
    yield ("parcel",), _statement(_what_parcel(), lambda lang: _parcel(answer["parcel"], lang))
    for theme in answer["themes"]:
        name = theme["theme"]
        result = RESULTS[theme["result"]]
        yield ("theme", name), {"what": _both(THEMES[name]), "says": _both(result)}
        seen: dict[Key, int] = {}
        for item in sorted(theme["items"], key=_order):
            if not _decisive(item):
                continue
            key: Key = (name, item["plan"]["id"], *_name(item))
            seen[key] = seen.get(key, 0) + 1
            yield (*key, seen[key]), _item(name, item)


def _decisive(item: dict[str, Any]) -> bool:
    """A zone, an object on the ground, or a line that takes, crosses or is too close to call."""
    if item["line"] is None:
        return True
    return bool(
        (item["area_m2"] or 0) > HIT_M2
        or item["distance_m"] is None
        or item["certainty"] == "too_close_to_call"
    )


def _order(item: dict[str, Any]) -> tuple[str, float]:
    return str(_name(item)), -(item["area_m2"] or 0)


def _name(item: dict[str, Any]) -> Key:
    zone, line, feature = item["zone"], item["line"], item["feature"]
    if zone:
        return (zone["level"], zone["symbol"] or zone["function"] or "?")
    if line:
        return (line["kind"], line["name"] or "?")
    return (feature["layer"], feature["name"] or "?")


def _item(theme: str, item: dict[str, Any]) -> dict[str, Any]:
    title = _name(item)[1]
    what = {
        lang: f"{THEMES[theme]._asdict()[lang]}: {title} ({item['plan']['name']})"
        for lang in ("vi", "en")
    }
    return _statement(Bilingual(**what).model_dump(), lambda lang: _measures(item, lang))


def _measures(item: dict[str, Any], lang: Lang) -> str:
    parts: list[str] = []
    if item["zone"] and item["zone"]["function"]:
        parts.append(item["zone"]["function"])
    if item["area_m2"] is not None:
        parts.append(m2(item["area_m2"], lang))
    for norm, words in NORMS.items():
        text = item["zone"] and item["zone"][norm]["text"]
        if text and text not in ("-", "0"):
            parts.append(f"{words._asdict()[lang]} “{text}”")
    line = item["line"] or {}
    if line.get("width_m"):
        parts.append(f"{'lộ giới' if lang == 'vi' else 'width'} {number(line['width_m'], lang)} m")
    if line.get("setback_m"):
        setback = "khoảng lùi" if lang == "vi" else "setback"
        parts.append(f"{setback} {number(line['setback_m'], lang)} m")
    if item["certainty"] == "too_close_to_call":
        parts.append("sát ranh" if lang == "vi" else "too close to call")
    if item["plan"]["decision"]:
        parts.append(_decision(item["plan"], lang))
    return "; ".join(parts) or ("có" if lang == "vi" else "yes")


def _decision(plan: dict[str, Any], lang: Lang) -> str:
    word = "QĐ" if lang == "vi" else "decision"
    day = f", {date_text(plan['date'], lang)}" if plan["date"] else ""
    return f"{word} {plan['decision']}{day}"


def _what_parcel() -> dict[str, str]:
    return {"vi": "Thửa đất", "en": "The parcel"}


def _parcel(parcel: dict[str, Any], lang: Lang) -> str:
    commune = parcel["commune"]["name"] or parcel["commune"]["code"] or "?"
    number_word, sheet_word = ("thửa", "tờ") if lang == "vi" else ("parcel", "sheet")
    key = (
        f"{number_word} {parcel['number'] or '?'}, {sheet_word} {parcel['sheet'] or '?'}, {commune}"
    )
    return f"{key}; {m2(parcel['area_m2'], lang)}"


def _statement(what: dict[str, str], say: Any) -> dict[str, Any]:
    return {"what": what, "says": {"vi": say("vi"), "en": say("en")}}


def _both(words: Words) -> dict[str, str]:
    return {"vi": words.vi, "en": words.en}


def new_versions(then: Answer, now: Answer) -> list[dict[str, Any]]:
    """Plan versions that speak about the place today and did not when the paper was issued."""
    known = {_version(change) for change in then["changes"]}
    today = now["valid_at"]
    return [
        _decided(change)
        for change in now["changes"]
        if _version(change) not in known
        and (change["valid_from"] or "") <= today
        and (change["valid_to"] is None or change["valid_to"] > today)
    ]


def ended_versions(then: Answer, now: Answer) -> list[dict[str, Any]]:
    """Plan versions in force on the paper's day that no longer are, or that were withdrawn."""
    day, today = then["valid_at"], now["valid_at"]
    open_now = {
        _version(change)
        for change in now["changes"]
        if change["valid_to"] is None or change["valid_to"] > today
    }
    ends = {_version(change): change["valid_to"] for change in now["changes"]}
    return [
        {**_decided(change), "valid_to": ends.get(_version(change), change["valid_to"])}
        for change in then["changes"]
        if (change["valid_from"] or "") <= day
        and (change["valid_to"] is None or change["valid_to"] > day)
        and _version(change) not in open_now
    ]


def _version(change: dict[str, Any]) -> tuple[str, int]:
    return change["plan"]["id"], change["plan"]["version"]


def _decided(change: dict[str, Any]) -> dict[str, Any]:
    plan = change["plan"]
    return {
        "plan": plan["id"],
        **{key: plan[key] for key in ("name", "version", "decision", "date", "url")},
        "valid_from": change["valid_from"],
        "valid_to": change["valid_to"],
    }
