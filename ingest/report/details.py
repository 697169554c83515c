"""What a finding knows beyond its sentence, as small tables that people can read."""

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.issues import Issue
from schemas.numbers import spelt
from schemas.words import Words

MOST = 20
NOTHING = "–"
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
FOR_PROGRAMS = {"condition", "pattern", "type"}
"""Rules as the standard writes them; the sentences say the same in words."""
SAID_BY_SAMPLES = {"before", "after", "choices"}
LABELS: dict[str, Words] = {
    "after": Words("Sau", "After"),
    "all": Words("Cần có", "Wanted"),
    "area_after_m2": Words("Diện tích sau (m²)", "Area after (m²)"),
    "area_before_m2": Words("Diện tích trước (m²)", "Area before (m²)"),
    "area_m2": Words("Diện tích (m²)", "Area (m²)"),
    "article": Words("Theo", "By"),
    "before": Words("Trước", "Before"),
    "brief": Words("Nhiệm vụ", "Brief"),
    "cell": Words("Ô trong bảng tính", "Cell of the workbook"),
    "change_m2": Words("Sai khác (m²)", "Change (m²)"),
    "changed_m2": Words("Diện tích đổi cộng lại (m²)", "Area changed in all (m²)"),
    "columns": Words("Các cột", "Columns"),
    "drawn_m2": Words("Diện tích vẽ (m²)", "Area drawn (m²)"),
    "encoding": Words("Bảng mã", "Encoding"),
    "findings": Words("Số mục gộp lại", "Findings taken together"),
    "found": Words("Tìm thấy", "Found"),
    "keys": Words("Khóa", "Keys"),
    "kind": Words("Loại", "Kind"),
    "largest_m2": Words("Một chỗ đổi nhiều nhất (m²)", "Largest change at one place (m²)"),
    "layers": Words("Các lớp", "Layers"),
    "metres": Words("Lệch (m)", "Metres off"),
    "name": Words("Tên", "Name"),
    "other": Words("Bên kia", "The other"),
    "other_row": Words("Dòng bên kia", "Row of the other"),
    "parts": Words("Số phần", "Parts"),
    "percent": Words("Phần trăm", "Per cent"),
    "piece": Words("Phần", "Piece"),
    "pieces": Words("Số mảnh", "Pieces"),
    "places": Words("Số chỗ", "Places"),
    "plan": Words("Đồ án", "Plan"),
    "points": Words("Số điểm", "Points"),
    "readings": Words("Các cách đọc", "Readings"),
    "reason": Words("Lý do", "Reason"),
    "rows": Words("Các dòng đầu tiên", "First rows"),
    "said": Words("Tệp ghi", "The file says"),
    "samples": Words("Mẫu trước và sau", "Samples before and after"),
    "sheet": Words("Trang", "Sheet"),
    "srid": Words("Mã EPSG", "EPSG code"),
    "sum": Words("Tổng", "Sum"),
    "text": Words("Chữ", "Text"),
    "title": Words("Tên", "Title"),
    "unit": Words("Đơn vị", "Unit"),
    "values": Words("Các giá trị đầu tiên", "First values"),
    "wanted": Words("Cần", "Wanted"),
    "width_m": Words("Bề rộng (m)", "Width (m)"),
}


@dataclass(frozen=True)
class Detail:
    """One thing: `text` alone, or a table of `columns` and `rows`."""

    label: Words
    text: str | None = None
    columns: tuple[Words, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def details_of(issue: Issue) -> list[Detail]:
    """Whatever the finding's sentences do not say already."""
    by_samples = SAID_BY_SAMPLES if "samples" in issue.detail else set()
    said = _placeholders(issue) | FOR_PROGRAMS | by_samples
    return [
        detail
        for name, value in issue.detail.items()
        if name not in said and not name.endswith(("_vi", "_en"))
        if (detail := _detail(name, value)) is not None
    ]


def _placeholders(issue: Issue) -> set[str]:
    texts = (*issue.kind.message.words(), *issue.kind.fix.words())
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def _detail(name: str, value: Any) -> Detail | None:
    if value is None or value == [] or value == {}:
        return None
    if isinstance(value, Mapping):
        return _table(name, [value])
    if isinstance(value, Sequence) and not isinstance(value, str):
        if all(isinstance(one, Mapping) for one in value):
            return _table(name, value)
        return Detail(_label(name), text=", ".join(map(_shown, value[:MOST])))
    return Detail(_label(name), text=_shown(value))


def _table(name: str, value: Sequence[Mapping[str, Any]]) -> Detail:
    keys = dict.fromkeys(_plain(key) for one in value for key in one)
    rows = tuple(tuple(_cell(one, key) for key in keys) for one in value[:MOST])
    return Detail(_label(name), columns=tuple(map(_label, keys)), rows=rows)


def _plain(key: str) -> str:
    """`name_vi` and `name_en` are one column."""
    return key.removesuffix("_vi").removesuffix("_en")


def _cell(row: Mapping[str, Any], key: str) -> str:
    if key in row:
        return _shown(row[key])
    said = dict.fromkeys(
        str(row[f"{key}_{lang}"]) for lang in ("vi", "en") if f"{key}_{lang}" in row
    )
    return " / ".join(said) or NOTHING


def _label(name: str) -> Words:
    plain = name.replace("_", " ")
    return LABELS.get(name, Words(plain, plain))


def _shown(value: Any) -> str:
    """Measured numbers as in a Vietnamese sentence; of a fingerprint its beginning."""
    if value is None:
        return NOTHING
    if isinstance(value, float):
        return spelt(value).vi
    text = str(value)
    return f"{text[:12]}…" if _FINGERPRINT.fullmatch(text) else text
