"""Pages of the people at the desk: signing in, one's account, all accounts, the audit trail."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from maps.audit_words import ACTIONS, told
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

DONE: dict[str, Words] = {
    "password": Words(
        "Đã đổi mật khẩu; các phiên khác và mọi mã truy cập đã kết thúc.",
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
    """Events of the audit trail in sentences, newest first.

    `older`: the next page starts before this event.
    """
    asked = {"actor": actor, "action": action, "before": older}
    return render(
        "account_audit.html",
        page,
        events=[told(event) for event in events],
        actions=actions,
        words=ACTIONS,
        actor=actor,
        action=action,
        older_url=page.link(f"/audit?{urlencode(asked)}") if older else None,
    )
