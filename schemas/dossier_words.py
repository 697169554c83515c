"""What is said of a dossier: its states, the work on it, and the sentence that ends a work."""

from collections.abc import Mapping
from typing import Any

from schemas.words import Words

STATES: dict[str, Words] = {
    "received": Words("đã nhận, chưa kiểm tra xong", "received, not checked yet"),
    "checked": Words("đã kiểm tra", "checked"),
    "staged": Words("đạt, chờ công bố", "accepted, waiting to be published"),
    "published": Words("đã công bố", "published"),
    "withdrawn": Words("đã thu hồi", "withdrawn"),
    "rejected": Words("không đạt", "rejected"),
    "refused": Words("từ chối nhận, không lưu gì", "refused, nothing was kept"),
    "failed": Words("thất bại: hãy thử lại", "failed: try again"),
}
"""The states of a dossier (`dossier.state`)."""

WORKS: dict[str, Words] = {
    "check": Words("kiểm tra", "check"),
    "publish": Words("công bố", "publication"),
    "reject": Words("trả lại", "rejection"),
    "withdraw": Words("thu hồi", "withdrawal"),
}
"""The kinds of work on a dossier (`dossier.work`)."""

READY = Words(
    "Đạt. Hồ sơ chờ người thứ hai công bố.", "Accepted. It waits for a second person to publish it."
)
READY_WITH_WARNINGS = Words(
    "Đạt, có {warnings} cảnh báo. Hồ sơ chờ người thứ hai công bố.",
    "Accepted; warnings: {warnings}. It waits for a second person to publish it.",
)
NOT_READY = Words(
    "Không đạt: {errors} lỗi phải sửa trước khi công bố.",
    "Rejected. Errors to put right before publication: {errors}.",
)
TURNED_AWAY = Words("Người duyệt đã trả lại hồ sơ.", "The approver turned it away.")
NO_REASON_KNOWN = Words(
    "Việc với hồ sơ này không xong và lý do không đọc được. Hãy thử lại; nếu vẫn vậy, báo người "
    "quản trị.",
    "The work on this dossier came to no end, and the reason cannot be read. Try again; if it "
    "happens again, tell the administrator.",
)
VERDICTS: dict[str, Words] = {
    "received": Words("Đã nhận hồ sơ, đang chờ kiểm tra.", "Received; it waits to be checked."),
    "checked": Words(
        "Đạt. Loại hồ sơ này chỉ được kiểm tra, không nạp vào sổ.",
        "Accepted. Dossiers of this kind are only checked, not taken into the register.",
    ),
    "published": Words("Hồ sơ đã được công bố.", "The dossier is published."),
    "withdrawn": Words(
        "Hồ sơ đã được thu hồi; lịch sử còn nguyên.", "Withdrawn; its history stays."
    ),
    "refused": Words(
        "Từ chối: hồ sơ mang dấu hiệu bí mật nhà nước, quốc phòng hoặc an ninh. Không lưu lại gì.",
        "Refused: it bears a mark of a state secret, of defence or security. Nothing was kept.",
    ),
    "failed": Words(
        "Chương trình không kiểm tra xong hồ sơ; điều này không nói gì về hồ sơ. Hãy thử lại.",
        "The program did not finish the check; that says nothing about the dossier. Try again.",
    ),
}


def verdict(state: str, counts: Mapping[str, Any]) -> Words:
    """The answer about a dossier in one sentence. `counts`: findings by level."""
    errors = counts.get("FATAL", 0) + counts.get("ERROR", 0)
    warnings = counts.get("WARNING", 0)
    if state == "rejected":
        return _counted(NOT_READY, errors=errors) if errors else TURNED_AWAY
    if state == "staged":
        return _counted(READY_WITH_WARNINGS, warnings=warnings) if warnings else READY
    return VERDICTS[state]


def _counted(words: Words, **counts: int) -> Words:
    """The sentence with its counts: `1.234` in Vietnamese, `1,234` in English."""
    english = {name: f"{count:,}" for name, count in counts.items()}
    vietnamese = {name: text.replace(",", ".") for name, text in english.items()}
    return Words(words.vi.format(**vietnamese), words.en.format(**english))


def failure_words(failure: Any) -> Words:
    """Why a work came to no end (`dossier.failure`), also where what is stored says nothing."""
    match failure:
        case {"vi": str(vi), "en": str(en)} if vi and en:
            return Words(vi, en)
    return NO_REASON_KNOWN
