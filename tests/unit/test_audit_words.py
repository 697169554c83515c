"""The audit trail is told in sentences: who, what, to which dossier or account, and why."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from maps.account_pages import audit_page
from maps.audit_words import Told, told
from maps.pages import Page

HASH = "3f2a91c0" + "ab" * 28
AT = datetime(2026, 11, 24, 8, tzinfo=UTC)


def event(action: str, subject: str, **more: Any) -> dict[str, Any]:
    """A row of the trail; `before` and `after` are states."""
    states = {name: json.dumps(more.pop(name)) if name in more else None for name in STATES}
    return {"at": AT, "actor": "Lan", "action": action, "subject": subject, **states, **more}


STATES = ("before", "after")


def sentence(found: Told) -> str:
    """The whole event in Vietnamese."""
    to = f" {found.to.name}" if found.to else ""
    return " ".join([f"{found.who.vi}: {found.did.vi}{to}.", *(each.vi for each in found.more)])


CASES = [
    (
        event("sign_in", "account/Lan", after={"address": "192.0.2.1"}),
        "Lan: Đăng nhập. Từ địa chỉ 192.0.2.1.",
    ),
    (
        event("sign_in_failed", "account/Lan", actor="?", after={"address": "::1"}),
        "Không rõ ai: Đăng nhập sai vào tài khoản “Lan”. Từ địa chỉ ::1.",
    ),
    (
        event(
            "account_role", "account/Cúc", before={"role": "planner"}, after={"role": "approver"}
        ),
        "Lan: Đổi vai trò của “Cúc”. Từ Người nộp hồ sơ thành Người duyệt công bố.",
    ),
    (
        event(
            "token_made",
            "account/Lan",
            after={"label": "QGIS", "expires_at": "2027-02-22T08:00:00+00:00"},
        ),
        "Lan: Tạo mã truy cập. Dùng cho “QGIS”. Dùng được đến 22/02/2027.",
    ),
    (
        event(
            "reject",
            f"dossier/{HASH}",
            before={"state": "staged"},
            after={"state": "rejected", "reason": "Thiếu bản vẽ."},
        ),
        "Lan: Trả lại hồ sơ 3f2a91c0. Kết quả: không đạt. Lý do: Thiếu bản vẽ.",
    ),
    (
        event("ask_check", f"dossier/{HASH}", after={"crs": 9210, "profile": "vn_circular16"}),
        "Lan: Yêu cầu kiểm tra hồ sơ 3f2a91c0. Loại hồ sơ: Hồ sơ điện tử đồ án quy hoạch theo "
        "Thông tư 16/2025/TT-BXD, Phụ lục II. Hệ tọa độ được chọn: EPSG:9210.",
    ),
    (
        event(
            "ingest",
            f"dossier/{HASH}",
            after={"state": "rejected", "ERROR": 1234, "WARNING": 2, "INFO": 0, "FATAL": 0},
        ),
        "Lan: Ghi kết quả kiểm tra hồ sơ 3f2a91c0. Kết quả: không đạt. 1.234 lỗi, 2 cảnh báo.",
    ),
    (
        event(
            "publish",
            "P1/2",
            before={"P1/1": ["2020-01-01", None]},
            after={"P1/1": ["2020-01-01", "2025-03-05"], "P1/2": ["2025-03-05", None]},
        ),
        "Lan: Công bố phiên bản P1/2. Có hiệu lực: P1/1 từ 01/01/2020 đến trước 05/03/2025; "
        "P1/2 từ 05/03/2025.",
    ),
    (
        event("original_lost", HASH, actor="worker", after={"fault": "changed"}),
        "Chương trình: Tệp gốc không còn nguyên 3f2a91c0. Tệp đã bị đổi.",
    ),
]


@pytest.mark.parametrize(("row", "expected"), CASES, ids=[row["action"] for row, _ in CASES])
def test_an_event_is_a_sentence(row: dict[str, Any], expected: str) -> None:
    assert sentence(told(row)) == expected
    assert told(row).record is None


def test_a_known_dossier_is_named_and_linked() -> None:
    found = told(event("reject", f"dossier/{HASH}", dossier=7, dossier_name="phuong-a.zip"))
    assert found.to is not None
    assert (found.to.name, found.to.href) == ("“phuong-a.zip”", "/dossiers/7")


def test_what_no_sentence_says_is_kept_as_recorded() -> None:
    found = told(event("load_units", "units/x.gpkg", after={"added": 3}))
    assert found.record == '{"after": {"added": 3}}'
    assert told(event("unheard_of", "x", after=[1])).did.vi == "unheard_of"


def test_the_page_shows_a_short_hash_and_the_whole_one_on_demand() -> None:
    page = Page("vi", "/audit", invented=False)
    events = [event("reject", f"dossier/{HASH}", after={"state": "rejected", "reason": "<b>x"})]
    html = audit_page(
        page, events=events, actions=["reject"], actor="", action="reject", older=None
    )
    shown, _, on_demand = html.partition("<details>")
    assert "3f2a91c0" in shown
    assert HASH not in shown
    assert HASH in on_demand
    assert "{&#34;" not in html
    assert "Lý do: &lt;b&gt;x." in html
    assert '<option value="reject" selected>Trả lại hồ sơ</option>' in html
