"""Names, passwords and tokens: what may be one, and what a proxy may say."""

from typing import Any
from unicodedata import normalize

import pytest
import uvicorn

import sqh
from api.accounts.passwords import READABLE, generated
from api.accounts.throttle import subjects_of
from schemas.accounts import (
    BadField,
    account_name,
    new_password,
    role_named,
    token_days,
    token_label,
)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Nguyễn Thị Lan", "Nguyễn Thị Lan"),
        (normalize("NFD", "Nguyễn Thị Lan"), "Nguyễn Thị Lan"),
        ("  Nguyễn   Thị Lan ", "Nguyễn Thị Lan"),
        ("lan.nt@so-qhkt", "lan.nt@so-qhkt"),
        ("Y Moan Ênuôl", "Y Moan Ênuôl"),
        ("O'Brien", "O'Brien"),
        ("K2", "K2"),
    ],
)
def test_people_bear_their_own_names(typed: str, name: str) -> None:
    assert account_name(typed) == name


@pytest.mark.parametrize(
    "typed",
    ["", "x", " ", "a" * 61, "a\tb", "a\nb", "a\x00b", "<b>", "a/b", "-rf", "_x", ".x", "a\u200bb",
     "a\u202eb", "a ", "a\u00a0b", "a;b", "名\u0300\u0301-", "?",
     "sqh", "Worker", "\uff21dmin"],
)  # fmt: skip
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(BadField) as refused:
        account_name(typed)
    assert refused.value.field == "name"


def test_a_password_is_long_enough_and_not_the_name() -> None:
    assert new_password("đủ dài rồi", "Lan") == "đủ dài rồi"
    assert new_password(normalize("NFD", "đủ dài rồi"), "Lan") == "đủ dài rồi"
    for typed in ("", "chín ký t", "a" * 201, "abababababab", "trần lan anh", "đủ dài\x00rồi nhé"):
        with pytest.raises(BadField):
            new_password(typed, "Trần Lan Anh")


def test_a_made_password_may_be_one_and_is_never_the_same() -> None:
    made = {generated() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert new_password(password, "Lan") == password
        assert set(password) <= {*READABLE, "-"}


def test_a_token_has_a_label_and_a_whole_number_of_days() -> None:
    assert token_label("  QGIS ở máy 3 ") == "QGIS ở máy 3"
    assert (token_days("1"), token_days("3650")) == (1, 3650)
    for days in ("0", "3651", "-1", "1.5", "", " 1", "1\n", "٣"):
        with pytest.raises(BadField):
            token_days(days)
    for label in ("", "\u200b", "a\nb", "a" * 81):
        with pytest.raises(BadField):
            token_label(label)


def test_there_are_five_roles_and_no_other() -> None:
    assert role_named("approver") == "approver"
    for text in ("", "Admin", "root", "admin "):
        with pytest.raises(BadField):
            role_named(text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("", "unix", False),
    ],
)
def test_a_house_is_one_address(one: str, other: str, same: bool) -> None:
    assert (subjects_of("a", one).address == subjects_of("a", other).address) == same


@pytest.mark.parametrize(("trusted", "believed"), [(None, False), ("", False), ("10.0.0.2", True)])
def test_forwarded_headers_are_believed_from_named_proxies_alone(
    monkeypatch: pytest.MonkeyPatch, trusted: str | None, believed: bool
) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(uvicorn, "run", lambda _, **options: asked.update(options))
    monkeypatch.delenv("SQH_TRUSTED_PROXIES", raising=False)
    if trusted is not None:
        monkeypatch.setenv("SQH_TRUSTED_PROXIES", trusted)
    sqh._serve("127.0.0.1", 8000, 1)
    assert (asked["proxy_headers"], asked["forwarded_allow_ips"] or None) == (
        believed,
        trusted or None,
    )
