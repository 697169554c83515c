"""Pages of the gate: all dossiers with the form to deliver one, and one with its findings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from maps.crs_answers import crs_answers, label_name, system_name
from maps.map_style import map_style
from maps.numbers import Lang, said
from maps.pages import Page, render
from maps.tiles import VIETNAM, Bounds
from maps.viewer import CONTROLS, viewer_config
from schemas.crs import VN2000
from schemas.dossier_words import STATES, WORKS
from schemas.issues import Choice, catalogue
from schemas.profiles import shipped_profiles
from schemas.words import Words

LEVELS: dict[str, Words] = {
    "FATAL": Words("Nghiêm trọng", "Fatal"),
    "ERROR": Words("Lỗi", "Error"),
    "WARNING": Words("Cảnh báo", "Warning"),
    "INFO": Words("Thông tin", "Information"),
}
CHANGES: dict[str, Words] = {
    "added": Words("thêm", "added"),
    "removed": Words("bỏ", "removed"),
    "changed": Words("đổi", "changed"),
    "unchanged": Words("giữ nguyên", "unchanged"),
}
ZONE_LEVELS: dict[str, Words] = {
    "lot": Words("Lô đất, chức năng", "Lots and functions"),
    "cell": Words("Ô quy hoạch", "Planning cells"),
    "area": Words("Khu quy hoạch", "Planning areas"),
}
FACTS: dict[str, Words] = {
    "symbol": Words("ký hiệu", "symbol"),
    "function_1": Words("chức năng mức 1", "function, level 1"),
    "function_2": Words("chức năng mức 2", "function, level 2"),
    "function_3": Words("chức năng mức 3", "function, level 3"),
    "land_use_code": Words("mã loại đất", "land-use code"),
    "density": Words("mật độ", "density"),
    "storeys": Words("tầng cao", "storeys"),
    "far": Words("hệ số sử dụng đất", "floor-area ratio"),
    "setback_m": Words("khoảng lùi", "setback"),
    "shape": Words("hình", "shape"),
}
NO_WISHES: dict[str, Any] = {"profile": None, "crs": None, "accept_repairs": False}
WAYS: dict[Choice, tuple[str, Words]] = {
    "crs": ("#wishes", Words("Chọn hệ tọa độ", "Choose the CRS")),
    "repairs": ("#again", Words("Chấp nhận sửa tự động", "Accept the repairs")),
    "profile": ("#wishes", Words("Chọn loại hồ sơ", "Choose the profile")),
}
"""Where on a dossier's page a choice is made, and what the link to it says."""
SCRIPT_WORDS: dict[str, Words] = {
    "sending": Words("Đang gửi tệp", "Sending the file"),
    "received": Words("Đã gửi xong, đang ghi nhận…", "Sent; being received…"),
    "too_large": Words("Tệp lớn hơn giới hạn.", "The file is larger than the limit."),
    "no_file": Words("Hãy chọn một tệp.", "Please choose a file."),
    "failed": Words(
        "Chưa gửi được; không có gì được lưu. Hãy thử lại.",
        "It could not be sent; nothing was stored. Please try again.",
    ),
    "cancelled": Words("Đã hủy; không có gì được lưu.", "Cancelled; nothing was stored."),
    "lost": Words("Mất kết nối; đang nối lại…", "Connection lost; trying again…"),
    "no_map": Words(
        "Trình duyệt này không vẽ được bản đồ; bảng bên dưới vẫn đủ.",
        "This browser cannot draw the map; the tables say everything too.",
    ),
}


def dossiers_page(
    page: Page, listing: Mapping[str, Any], *, may_deliver: bool, limit_bytes: int
) -> str:
    """All dossiers a person sees, and the form to deliver one."""
    items = [_with_moments(item) for item in listing["items"]]
    return render(
        "dossiers.html",
        page,
        listing={**listing, "items": items},
        may_deliver=may_deliver,
        limit_bytes=limit_bytes,
        states=STATES,
        levels=LEVELS,
        profiles=profiles(page.lang),
        systems=systems(),
        words=_words(page.lang),
    )


def dossier_page(
    page: Page,
    dossier: Mapping[str, Any],
    groups: Sequence[dict[str, Any]],
    events: Sequence[dict[str, Any]],
    difference: Mapping[str, Any] | None,
    reports: Sequence[str],
    revision: int,
) -> str:
    """One dossier. `difference`: None where it is not compared here; `events`: told so far."""
    crs = crs_answers(groups)
    return render(
        "dossier.html",
        page,
        dossier={**_with_moments(dossier), "wishes": {**NO_WISHES, **dossier["wishes"]}},
        groups=[_with_way(group, dossier, bool(crs)) for group in groups],
        events=[_with_moments(event) for event in events],
        difference=difference,
        reports=reports,
        repairable=sum(group["rows"] for group in groups if group["repairable"]),
        crs=crs,
        label_name=label_name,
        system_name=system_name,
        states=STATES,
        works=WORKS,
        levels=LEVELS,
        changes=CHANGES,
        zone_levels=ZONE_LEVELS,
        facts=FACTS,
        profiles=profiles(page.lang),
        systems=systems(),
        words=_words(page.lang),
        config=_map_config(page.lang, dossier, groups, difference, revision),
    )


def _with_way(
    group: Mapping[str, Any], dossier: Mapping[str, Any], asks_crs: bool
) -> dict[str, Any]:
    """The group with where on the page its choice is made; None where it cannot be made here."""
    decided_by = catalogue()[group["code"]].decided_by
    way = WAYS.get(decided_by) if decided_by else None
    settled = decided_by == "repairs" and dossier["wishes"].get("accept_repairs")
    if settled or "check" not in dossier["may"] or not dossier["kept"]:
        way = None
    return {**group, "way": ("#crs", way[1]) if way and decided_by == "crs" and asks_crs else way}


def _with_moments(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its times of day as such."""
    made = dict(document)
    for name in ("received_at", "published_at", "at", "finished_at"):
        if isinstance(made.get(name), str):
            made[name] = datetime.fromisoformat(made[name])
    if made.get("run"):
        made["run"] = _with_moments(made["run"])
    return made


def profiles(lang: Lang) -> dict[str, str]:
    """The shipped profiles' titles by id."""
    return {each.id: said(each.title.words(), lang) for each in shipped_profiles().values()}


def systems() -> dict[int, str]:
    """The projected VN-2000 systems by EPSG code."""
    return {srid: system_name(srid) for srid, each in VN2000.items() if each.meridian is not None}


def _words(lang: Lang) -> dict[str, str]:
    return {key: said(words, lang) for key, words in SCRIPT_WORDS.items()}


def _map_config(
    lang: Lang,
    dossier: Mapping[str, Any],
    groups: Sequence[dict[str, Any]],
    difference: Mapping[str, Any] | None,
    revision: int,
) -> dict[str, Any] | None:
    """What the map of places and changes needs; None where there is nothing to show."""
    changes = _change_features(difference)
    placed = any(each["geometry"] for group in groups for each in group["first"])
    if not changes["features"] and not placed:
        return None
    shown: Bounds = VIETNAM
    return viewer_config(lang, revision, shown, None) | {
        "style": map_style(revision, shown, None),
        "findings": f"/v1/dossiers/{dossier['id']}/issues.geojson" if placed else None,
        "changes": changes,
        "drawn": [name for name in CHANGES if name in _kinds(changes)],
        "words": _words(lang),
        "controls": {key: said(words, lang) for key, words in CONTROLS.items()},
    }


def _change_features(difference: Mapping[str, Any] | None) -> dict[str, Any]:
    items = [item for each in (difference or {}).get("versions", ()) for item in each["items"]]
    features = [
        {
            "type": "Feature",
            "geometry": item["geometry"],
            "properties": {"change": item["change"], "symbol": _symbol(item)},
        }
        for item in items
    ]
    return {"type": "FeatureCollection", "features": features}


def _kinds(changes: Mapping[str, Any]) -> set[str]:
    """The kinds of change that are drawn."""
    return {feature["properties"]["change"] for feature in changes["features"]}


def _symbol(item: Mapping[str, Any]) -> str:
    zone = item["after"] or item["before"]
    return str(zone.get("symbol", ""))
