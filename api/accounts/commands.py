"""The operator's commands about accounts: `sqh account …`."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import asyncpg
import typer

from api.accounts.changes import (
    account_named,
    add_account,
    make_token,
    set_disabled,
    set_password,
    set_role,
)
from api.accounts.passwords import generated, hashed
from api.accounts.queries import QUERIES
from api.deps import WritePool
from maps.numbers import moment_text
from schemas.accounts import (
    LONGEST_TOKEN_DAYS,
    ROLE_WORDS,
    Role,
    account_name,
    new_password,
    token_label,
)
from schemas.errors import BadQuestion
from schemas.register import open_register
from schemas.settings import Settings
from schemas.terminal import emit, out, say
from schemas.words import Words

Done = TypeVar("Done")
Name = Annotated[str, typer.Argument(help="Tên tài khoản / the account's name.")]
AsRole = Annotated[Role, typer.Option("--role", help="Vai trò / role.")]
Json = Annotated[bool, typer.Option("--json", help="In JSON / print JSON.")]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Đọc một dòng / read one line of standard input.")
]
Generate = Annotated[
    bool, typer.Option("--generate", help="Tạo và in một lần / make one, print it once.")
]
ACTOR = "sqh"
UNCHANGED = Words("Không gì thay đổi.", "Nothing changed.")

account = typer.Typer(help="Tài khoản / accounts.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Hang the commands about accounts on the command line."""
    app.add_typer(account, name="account")


def _in_register(work: Callable[[asyncpg.Connection], Awaitable[Done]]) -> Done:
    """The result of work done in one transaction on the register."""

    async def once(url: str) -> Done:
        pool = WritePool(url, size=1)
        try:
            async with pool.transaction() as connection:
                return await work(connection)
        finally:
            await pool.close()

    return asyncio.run(once(open_register(Settings())))


@account.command("add")
def add(
    name: Name,
    role: AsRole,
    from_input: FromInput = False,
    generate: Generate = False,
    as_json: Json = False,
) -> None:
    """Thêm tài khoản / add an account; without an option the password is asked for twice."""
    name = account_name(name)
    password = _password(name, from_input, generate)
    secret, now = asyncio.run(hashed(password)), datetime.now(UTC)
    _in_register(lambda connection: add_account(connection, ACTOR, name, role, secret, now))
    words = Words(f"Đã thêm {name} ({role}).", f"Added {name} ({role}).")
    _tell({"name": name, "role": role, "changed": True}, words, password, generate, as_json)


@account.command("password")
def password(
    name: Name, from_input: FromInput = False, generate: Generate = False, as_json: Json = False
) -> None:
    """Đặt mật khẩu mới / set a new password; every session and token of the account ends."""
    entered = _password(account_name(name), from_input, generate)
    secret, now = asyncio.run(hashed(entered)), datetime.now(UTC)

    async def change(connection: asyncpg.Connection) -> str:
        found = await account_named(connection, name)
        await set_password(connection, ACTOR, found, secret, now)
        return str(found["name"])

    found = _in_register(change)
    words = Words(
        f"Đã đổi mật khẩu của {found}; mọi phiên và mã truy cập cũ hết hiệu lực.",
        f"Changed the password of {found}; its sessions and tokens have ended.",
    )
    _tell({"name": found, "changed": True}, words, entered, generate, as_json)


@account.command("list")
def list_accounts(as_json: Json = False) -> None:
    """Mọi tài khoản / every account."""
    rows = _in_register(lambda connection: connection.fetch(QUERIES["all"]))
    if as_json:
        emit({"schema": "accounts/1", "items": [_item(row) for row in rows]})
        return
    for row in rows:
        state = " · đã khóa / disabled" if row["disabled"] else ""
        made = moment_text(row["created_at"], "vi")
        line = f"{row['name']}  {row['role']} ({ROLE_WORDS[row['role']]}) · {made}{state}"
        out.print(line, markup=False)


def _item(row: asyncpg.Record) -> dict[str, Any]:
    return {name: row[name] for name in ("name", "role", "disabled", "created_at")}


@account.command("role")
def role(name: Name, role: AsRole, as_json: Json = False) -> None:
    """Đổi vai trò / give another role."""
    now = datetime.now(UTC)

    async def change(connection: asyncpg.Connection) -> tuple[str, bool]:
        found = await account_named(connection, name)
        return found["name"], await set_role(connection, ACTOR, found, role, now)

    known, changed = _in_register(change)
    words = Words(f"{known} nay là {role}.", f"{known} is now {role}.") if changed else UNCHANGED
    _tell({"name": known, "role": role, "changed": changed}, words, None, False, as_json)


@account.command("disable")
def disable(name: Name, as_json: Json = False) -> None:
    """Khóa tài khoản / disable it; its sessions and tokens end at once."""
    _close(name, True, Words("Đã khóa {name}.", "Disabled {name}."), as_json)


@account.command("enable")
def enable(name: Name, as_json: Json = False) -> None:
    """Mở khóa tài khoản / enable it again."""
    _close(name, False, Words("Đã mở khóa {name}.", "Enabled {name}."), as_json)


def _close(name: str, disabled: bool, words: Words, as_json: bool) -> None:
    now = datetime.now(UTC)

    async def change(connection: asyncpg.Connection) -> tuple[str, bool]:
        found = await account_named(connection, name)
        return found["name"], await set_disabled(connection, ACTOR, found, disabled, now)

    known, changed = _in_register(change)
    document = {"name": known, "disabled": disabled, "changed": changed}
    said = words.filled(name=known) if changed else UNCHANGED
    _tell(document, said, None, False, as_json)


@account.command("token")
def token(
    name: Name,
    label: Annotated[str, typer.Option(help="Dùng cho việc gì / what it is for.")],
    days: Annotated[int, typer.Option(min=1, max=LONGEST_TOKEN_DAYS, help="Số ngày / days.")] = 90,
    as_json: Json = False,
) -> None:
    """Tạo mã truy cập cho chương trình, in một lần / make a bearer token, printed once."""
    now, label = datetime.now(UTC), token_label(label)

    async def make(connection: asyncpg.Connection) -> str:
        found = await account_named(connection, name)
        return await make_token(connection, ACTOR, found, label, days, now)

    made = _in_register(make)
    if as_json:
        emit({"name": name, "label": label, "days": days, "token": made})
    else:
        say(Words("Mã truy cập, chỉ hiện lần này:", "The bearer token, shown this once:"))
        out.print(made, markup=False)


def _password(name: str, from_input: bool, generate: bool) -> str:
    """The password, never from the command's words. Raises BadQuestion."""
    if from_input and generate:
        raise BadQuestion(
            Words("Chỉ dùng một trong hai.", "Use --password-stdin or --generate, not both.")
        )
    if generate:
        return generated()
    if from_input:
        return new_password(sys.stdin.readline().rstrip("\r\n"), name)
    if not sys.stdin.isatty():
        raise BadQuestion(
            Words("Không có ai để hỏi mật khẩu.", "There is nobody to ask for a password."),
            remedy=Words(
                "Dùng --password-stdin hoặc --generate.", "Use --password-stdin or --generate."
            ),
        )
    typed = typer.prompt(
        "Mật khẩu / password", hide_input=True, confirmation_prompt="Nhập lại / again", err=True
    )
    return new_password(typed, name)


def _tell(
    document: dict[str, Any], words: Words, password: str | None, generate: bool, as_json: bool
) -> None:
    """What was done; a generated password with it, this once."""
    if as_json:
        emit(document | ({"password": password} if generate else {}))
        return
    say(words)
    if generate:
        say(Words("Mật khẩu, chỉ hiện lần này:", "The password, shown this once:"))
        out.print(password, markup=False)
