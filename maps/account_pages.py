"""Pages of the people at the desk: signing in, one's account, all accounts, the audit trail."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from maps.pages import Page, render
from schemas.accounts import (
    LONGEST_LABEL,
    LONGEST_NAME,
    LONGEST_PASSWORD,
    LONGEST_TOKEN_DAYS,
    ROLE_WORDS,
    SHORTEST_PASSWORD,
    BadField,
)
from schemas.words import Words

ACTIONS: dict[str, Words] = {
    "sign_in": Words("Đăng nhập", "Signed in"),
    "sign_in_failed": Words("Đăng nhập sai", "Failed to sign in"),
    "sign_out": Words("Đăng xuất", "Signed out"),
    "sessions_ended": Words("Kết thúc các phiên khác", "Ended other sessions"),
    "account_added": Words("Thêm tài khoản", "Added an account"),
    "account_role": Words("Đổi vai trò", "Changed a role"),
    "account_disabled": Words("Khóa tài khoản", "Disabled an account"),
    "account_enabled": Words("Mở khóa tài khoản", "Enabled an account"),
    "account_password": Words("Đổi mật khẩu", "Changed a password"),
    "token_made": Words("Tạo mã truy cập", "Made a token"),
    "token_revoked": Words("Thu hồi mã truy cập", "Revoked a token"),
    "ask_check": Words("Yêu cầu kiểm tra hồ sơ", "Asked for a check"),
    "ask_publish": Words("Yêu cầu công bố", "Asked for publication"),
    "ask_reject": Words("Yêu cầu từ chối hồ sơ", "Asked for a rejection"),
    "ask_withdraw": Words("Yêu cầu thu hồi", "Asked for a withdrawal"),
    "check_failed": Words("Kiểm tra bị hỏng giữa chừng", "A check failed"),
    "publish_failed": Words("Công bố bị hỏng giữa chừng", "A publication failed"),
    "reject_failed": Words("Từ chối bị hỏng giữa chừng", "A rejection failed"),
    "withdraw_failed": Words("Thu hồi bị hỏng giữa chừng", "A withdrawal failed"),
    "refuse_secret": Words("Từ chối hồ sơ mật", "Refused a secret dossier"),
    "ingest": Words("Nạp hồ sơ vào sổ", "Loaded a dossier"),
    "publish": Words("Công bố phiên bản", "Published a version"),
    "reject": Words("Từ chối hồ sơ", "Rejected a dossier"),
    "withdraw": Words("Thu hồi phiên bản", "Withdrew a version"),
    "ticket_answered": Words("Trả lời phản ánh", "Answered a report"),
    "ticket_closed": Words("Đóng phản ánh", "Closed a report"),
    "original_lost": Words("Mất hoặc đổi tệp gốc", "An original is lost or changed"),
}
DONE: dict[str, Words] = {
    "password": Words(
        "Đã đổi mật khẩu; các phiên khác đã kết thúc.",
        "The password was changed; all other sessions have ended.",
    ),
    "sessions": Words("Các phiên khác đã kết thúc.", "All other sessions have ended."),
    "revoked": Words("Mã truy cập đã bị thu hồi.", "The token was revoked."),
}


def login_page(
    page: Page, *, next_path: str, name: str, fault: Words | None, somebody: bool
) -> str:
    """The sign-in form. `somebody`: whether there is any account yet."""
    return render(
        "login.html", page, next_path=next_path, name=name, fault=fault, somebody=somebody
    )


def account_page(
    page: Page,
    *,
    sessions: Sequence[dict[str, Any]],
    tokens: Sequence[dict[str, Any]],
    token: str | None,
    done: str | None,
    fault: BadField | None,
) -> str:
    """One's own account. `token`: a bearer token just made, shown this once."""
    return render(
        "account.html",
        page,
        sessions=sessions,
        tokens=tokens,
        token=token,
        done=DONE[done] if done else None,
        fault=fault,
        roles=ROLE_WORDS,
        limits={
            "shortest_password": SHORTEST_PASSWORD,
            "longest_password": LONGEST_PASSWORD,
            "longest_label": LONGEST_LABEL,
            "longest_days": LONGEST_TOKEN_DAYS,
        },
    )


def accounts_page(
    page: Page,
    *,
    accounts: Sequence[dict[str, Any]],
    entered: dict[str, str],
    fault: BadField | None,
    added: tuple[str, str] | None,
) -> str:
    """All accounts. `added`: name and first password of the one just made, shown this once."""
    return render(
        "accounts.html",
        page,
        accounts=accounts,
        entered=entered,
        fault=fault,
        added=added,
        roles=ROLE_WORDS,
        longest_name=LONGEST_NAME,
    )


def audit_page(
    page: Page,
    *,
    events: Sequence[dict[str, Any]],
    actions: Sequence[str],
    actor: str,
    action: str,
    older: int | None,
) -> str:
    """Events of the audit trail, newest first. `older`: the next page starts before this event."""
    asked = {"actor": actor, "action": action, "before": older}
    return render(
        "account_audit.html",
        page,
        events=events,
        actions=actions,
        words=ACTIONS,
        actor=actor,
        action=action,
        older_url=page.link(f"/audit?{urlencode(asked)}") if older else None,
    )
