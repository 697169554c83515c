"""Who may work at the gate and the desk: roles, names, passwords."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, get_args

from schemas.errors import BadQuestion
from schemas.words import Words

Role = Literal["planner", "approver", "officer", "clerk", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
ROLE_WORDS: dict[Role, Words] = {
    "planner": Words("Người nộp hồ sơ", "Planner"),
    "approver": Words("Người duyệt công bố", "Approver"),
    "officer": Words("Cán bộ thẩm định", "Officer"),
    "clerk": Words("Nhân viên một cửa", "Clerk"),
    "admin": Words("Quản trị", "Administrator"),
}

LONGEST_NAME = 60
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
LONGEST_LABEL = 80
LONGEST_TOKEN_DAYS = 3650
RESERVED = ("sqh", "worker")
"""Actors of the audit trail that are no person: the operator at the command line, the jobs."""
_NAME = re.compile(r"[^\W_](?:[\w .@'-]*[\w.])")


class BadField(BadQuestion):
    """What was entered in one field cannot be taken; the form says so beside it."""

    def __init__(self, field: str, detail: Words) -> None:
        super().__init__(detail)
        self.field = field


@dataclass(frozen=True)
class Person:
    """Someone signed in. `id`: the account; `name`: as written in the audit trail."""

    id: int
    name: str
    role: Role


def account_name(text: str) -> str:
    """The name an account bears: NFC, single spaces, no look-alikes in full width. Raises BadField.

    Names are unique whatever their case; letters, digits, spaces and `. _ - @ '` make one.
    """
    name = re.sub(" +", " ", unicodedata.normalize("NFC", text)).strip(" ")
    plain = unicodedata.normalize("NFKC", name) == name
    if len(name) > LONGEST_NAME or not plain or not _NAME.fullmatch(name):
        raise BadField(
            "name",
            Words(
                f"Tên tài khoản có từ 2 đến {LONGEST_NAME} ký tự: chữ, số, dấu cách và . _ - @ '",
                f"An account's name has 2 to {LONGEST_NAME} characters: letters, digits, spaces "
                "and . _ - @ '",
            ),
        )
    if name.casefold() in RESERVED:
        raise BadField(
            "name",
            Words(
                f"“{name}” là tên chương trình dùng trong nhật ký; hãy chọn tên khác.",
                f"“{name}” is a name the program uses in the audit trail; choose another.",
            ),
        )
    return name


def new_password(text: str, name: str) -> str:
    """The password, where it may be one for the account of this name. Raises BadField."""
    password = unicodedata.normalize("NFC", text)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadField(
            "password",
            Words(
                f"Mật khẩu cần từ {SHORTEST_PASSWORD} đến {LONGEST_PASSWORD} ký tự.",
                f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.",
            ),
        )
    if "\x00" in password or password.casefold() == name.casefold() or len(set(password)) < 4:
        raise BadField(
            "password",
            Words(
                "Mật khẩu không được trùng tên hoặc chỉ lặp vài ký tự.",
                "A password is not the name, and not a few characters repeated.",
            ),
        )
    return password


def token_label(text: str) -> str:
    """What a token is for, in a few words. Raises BadField."""
    label = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(label) <= LONGEST_LABEL or not label.isprintable():
        raise BadField(
            "label",
            Words(
                f"Ghi chú cần từ 1 đến {LONGEST_LABEL} ký tự.",
                f"A label has 1 to {LONGEST_LABEL} characters.",
            ),
        )
    return label


def token_days(text: str) -> int:
    """How many days a token lasts. Raises BadField."""
    if not re.fullmatch("[0-9]{1,4}", text) or not 1 <= int(text) <= LONGEST_TOKEN_DAYS:
        raise BadField(
            "days",
            Words(
                f"Thời hạn là số nguyên từ 1 đến {LONGEST_TOKEN_DAYS} ngày.",
                f"A token lasts a whole number of days, 1 to {LONGEST_TOKEN_DAYS}.",
            ),
        )
    return int(text)


def role_named(text: str) -> Role:
    """The role of this name. Raises BadField."""
    for role in ROLES:
        if role == text:
            return role
    names = ", ".join(ROLES)
    raise BadField("role", Words(f"Vai trò là một trong: {names}.", f"A role is one of: {names}."))
