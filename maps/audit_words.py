"""The audit trail in sentences: who did what, to which dossier, plan or account, and why."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from maps.numbers import date_en, date_vi, number
from schemas.accounts import ROLE_WORDS
from schemas.dossier_words import STATES
from schemas.profiles import shipped_profiles
from schemas.words import Words

ACTIONS: dict[str, Words] = {
    "sign_in": Words("Đăng nhập", "Signed in"),
    "sign_in_failed": Words("Đăng nhập sai", "Failed to sign in"),
    "sign_out": Words("Đăng xuất", "Signed out"),
    "sessions_ended": Words("Kết thúc các phiên khác", "Ended other sessions"),
    "account_added": Words("Thêm tài khoản", "Added the account"),
    "account_role": Words("Đổi vai trò của", "Changed the role of"),
    "account_disabled": Words("Khóa tài khoản", "Disabled the account"),
    "account_enabled": Words("Mở khóa tài khoản", "Enabled the account"),
    "account_password": Words("Đổi mật khẩu", "Changed the password"),
    "token_made": Words("Tạo mã truy cập", "Made a token"),
    "token_revoked": Words("Thu hồi mã truy cập", "Revoked a token"),
    "ask_check": Words("Yêu cầu kiểm tra hồ sơ", "Asked for a check of the dossier"),
    "ask_publish": Words("Yêu cầu công bố hồ sơ", "Asked for publication of the dossier"),
    "ask_reject": Words("Yêu cầu trả lại hồ sơ", "Asked to turn away the dossier"),
    "ask_withdraw": Words("Yêu cầu thu hồi hồ sơ", "Asked to withdraw the dossier"),
    "check_failed": Words("Chưa kiểm tra xong hồ sơ", "Did not finish the check of the dossier"),
    "publish_failed": Words("Chưa công bố được hồ sơ", "Did not publish the dossier"),
    "reject_failed": Words("Chưa trả lại được hồ sơ", "Did not turn away the dossier"),
    "withdraw_failed": Words("Chưa thu hồi được hồ sơ", "Did not withdraw the dossier"),
    "refuse_secret": Words(
        "Từ chối nhận hồ sơ mang dấu mật", "Refused the dossier for its mark of secrecy"
    ),
    "ingest": Words("Ghi kết quả kiểm tra hồ sơ", "Recorded the check of the dossier"),
    "publish": Words("Công bố phiên bản", "Published the version"),
    "reject": Words("Trả lại hồ sơ", "Turned away the dossier"),
    "withdraw": Words("Thu hồi phiên bản", "Withdrew the version"),
    "load_units": Words("Nạp đơn vị hành chính", "Loaded administrative units"),
    "load_parcels": Words("Nạp thửa đất", "Loaded parcels"),
    "ticket_answered": Words("Trả lời phản ánh", "Answered the report"),
    "ticket_closed": Words("Đóng phản ánh", "Closed the report"),
    "original_lost": Words("Tệp gốc không còn nguyên", "An original file is not whole any more"),
}
"""What is done, as the beginning of a sentence that its subject ends."""

TO_SOMEBODY: dict[str, Words] = {
    "sign_in_failed": Words("Đăng nhập sai vào tài khoản", "Failed to sign in to the account"),
    "account_password": Words("Đổi mật khẩu của", "Changed the password of"),
    "token_made": Words("Tạo mã truy cập cho", "Made a token for"),
    "token_revoked": Words("Thu hồi mã truy cập của", "Revoked a token of"),
}
"""The same where it concerns another account than the person's own."""

ACTORS: dict[str, Words] = {
    "?": Words("Không rõ ai", "Somebody"),
    "worker": Words("Chương trình", "The program"),
}
FAULTS: dict[str, Words] = {
    "missing": Words("Tệp đã mất", "It is missing"),
    "changed": Words("Tệp đã bị đổi", "It was changed"),
}
COUNTED: dict[str, Words] = {
    "FATAL": Words("nghiêm trọng", "fatal"),
    "ERROR": Words("lỗi", "errors"),
    "WARNING": Words("cảnh báo", "warnings"),
    "INFO": Words("thông tin", "information"),
}
SHORT = 8
"""Characters of a hash that tell files apart on one page."""


@dataclass(frozen=True)
class Subject:
    """What an event is about. `href`: its page; `sha256`: of its file, if the trail names it so."""

    name: str
    href: str | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Told:
    """An event as people read it: who, did what, to what, and the sentences that follow.

    `record`: what the trail keeps beyond that, as JSON text.
    """

    at: datetime
    who: Words
    did: Words
    to: Subject | None
    more: tuple[Words, ...]
    record: str | None


def told(event: Mapping[str, Any]) -> Told:
    """One event of the trail. `before`, `after`: JSON text; `dossier`, `dossier_name`: if known."""
    before, after = (_state(event[name]) for name in ("before", "after"))
    actor, action, subject = event["actor"], event["action"], _subject(event)
    did = ACTIONS.get(action, Words(action, action))
    used, more = _sentences(before, after)
    left = {
        name: kept
        for name, state in (("before", before), ("after", after))
        if (kept := {key: value for key, value in state.items() if key not in used})
    }
    return Told(
        event["at"],
        ACTORS.get(actor, Words(actor, actor)),
        TO_SOMEBODY.get(action, did) if subject else did,
        subject,
        tuple(more),
        json.dumps(left, ensure_ascii=False) if left else None,
    )


def _state(text: str | None) -> dict[str, Any]:
    state = json.loads(text) if text else {}
    return state if isinstance(state, dict) else {"": state}


def _subject(event: Mapping[str, Any]) -> Subject | None:
    """The account, dossier, version or file; None where it is the person's own account."""
    kind, _, name = event["subject"].partition("/")
    if kind == "account":
        return None if name in (event["actor"], "?") else Subject(f"“{name}”")
    if kind == "dossier":
        return _dossier(event, name)
    if _is_hash(event["subject"]):
        return Subject(kind[:SHORT], sha256=kind)
    plan, _, ordinal = event["subject"].rpartition("/")
    page = f"/plans/{quote(plan, safe='')}/versions/{ordinal}"
    is_version = event["action"] in ("publish", "withdraw")
    return Subject(event["subject"], href=page if is_version else None)


def _dossier(event: Mapping[str, Any], sha256: str) -> Subject:
    number_, name = event.get("dossier"), event.get("dossier_name")
    href = f"/dossiers/{number_}" if number_ else None
    return Subject(f"“{name}”" if name else sha256[:SHORT], href, sha256)


def _is_hash(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def _sentences(before: dict[str, Any], after: dict[str, Any]) -> tuple[set[str], list[Words]]:
    """What the states say, and the keys that this used up."""
    used: set[str] = set()
    said: list[Words] = []
    states = {**before, **after}
    for keys, say in SENTENCES:
        if states.keys() >= set(keys):
            used |= set(keys)
            said.append(say(before, after))
    periods = {key: value for key, value in after.items() if _is_period(value)}
    used |= {key for key, value in states.items() if _is_period(value)}
    counts = {level: after[level] for level in COUNTED if level in after}
    used |= set(counts)
    said += [_counts(counts)] if any(counts.values()) else []
    return used, [*said, *_in_force(periods)]


def _role(before: dict[str, Any], after: dict[str, Any]) -> Words:
    new = _role_words(after["role"])
    if "role" not in before:
        return Words(f"Vai trò: {new.vi}.", f"Role: {new.en}.")
    old = _role_words(before["role"])
    return Words(f"Từ {old.vi} thành {new.vi}.", f"From {old.en} to {new.en}.")


def _role_words(role: Any) -> Words:
    known: Mapping[Any, Words] = ROLE_WORDS
    return known.get(role, Words(str(role), str(role)))


def _state_words(before: dict[str, Any], after: dict[str, Any]) -> Words:
    state = {**before, **after}["state"]
    words = STATES.get(state, Words(str(state), str(state)))
    return Words(f"Kết quả: {words.vi}.", f"Result: {words.en}.")


def _counts(counts: dict[str, int]) -> Words:
    vi = ", ".join(f"{number(n, 'vi')} {COUNTED[level].vi}" for level, n in counts.items() if n)
    en = ", ".join(f"{COUNTED[level].en} {number(n, 'en')}" for level, n in counts.items() if n)
    return Words(f"{vi[0].upper()}{vi[1:]}.", f"{en[0].upper()}{en[1:]}.")


def _profile(before: dict[str, Any], after: dict[str, Any]) -> Words:
    shipped = shipped_profiles().get(after["profile"])
    title = shipped.title.words() if shipped else Words(after["profile"], after["profile"])
    return Words(f"Loại hồ sơ: {title.vi}.", f"Profile: {title.en}.")


def _fault(before: dict[str, Any], after: dict[str, Any]) -> Words:
    words = FAULTS.get(after["fault"], Words(str(after["fault"]), str(after["fault"])))
    return Words(f"{words.vi}.", f"{words.en}.")


def _plain(vi: str, en: str, key: str) -> Callable[[dict[str, Any], dict[str, Any]], Words]:
    """`vi` and `en` with the value of `key` in their `{}`."""

    def say(before: dict[str, Any], after: dict[str, Any]) -> Words:
        value = str({**before, **after}[key]).rstrip(".")
        return Words(vi.replace("{}", value), en.replace("{}", value))

    return say


def _expires(before: dict[str, Any], after: dict[str, Any]) -> Words:
    ends = str(after["expires_at"])
    return Words(f"Dùng được đến {date_vi(ends)}.", f"Good until {date_en(ends)}.")


SENTENCES: tuple[tuple[tuple[str, ...], Callable[[dict[str, Any], dict[str, Any]], Words]], ...] = (
    (("role",), _role),
    (("label",), _plain("Dùng cho “{}”.", "For “{}”.", "label")),
    (("expires_at",), _expires),
    (("version",), _plain("Phiên bản {}.", "Version {}.", "version")),
    (("run",), _plain("Lần kiểm tra số {}.", "Check no. {}.", "run")),
    (("profile",), _profile),
    (("crs",), _plain("Hệ tọa độ được chọn: EPSG:{}.", "CRS chosen: EPSG:{}.", "crs")),
    (
        ("accept_repairs",),
        lambda _, __: Words("Chấp nhận các cách sửa hình học.", "Repairs accepted."),
    ),
    (("state",), _state_words),
    (("fault",), _fault),
    (("address",), _plain("Từ địa chỉ {}.", "From the address {}.", "address")),
    (("reason",), _plain("Lý do: {}.", "Reason: {}.", "reason")),
)
"""The sentence that each key of a state adds, in the order in which they are read."""


def _is_period(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _in_force(periods: Mapping[str, Any]) -> Iterator[Words]:
    """`Có hiệu lực: P/1 từ 01/01/2020 đến trước 05/03/2025; …` (periods are half-open)."""
    if not periods:
        return
    vi = (f"{name}{_days(days, ' từ ', ' đến trước ', date_vi)}" for name, days in periods.items())
    en = (f"{name}{_days(days, ' from ', ' until ', date_en)}" for name, days in periods.items())
    yield Words(f"Có hiệu lực: {'; '.join(vi)}.", f"In force: {'; '.join(en)}.")


def _days(days: list[str | None], since: str, until: str, write: Callable[[str], str]) -> str:
    sides = zip((since, until), days, strict=True)
    return "".join(f"{word}{write(day)}" for word, day in sides if day)
