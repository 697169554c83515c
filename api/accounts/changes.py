"""Changes to accounts: added, given a role, disabled, a new password, tokens. All are audited."""

from datetime import datetime, timedelta

import asyncpg

from api.accounts.audit import write_audit
from api.accounts.credentials import hash_of, new_token
from api.accounts.queries import QUERIES
from schemas.accounts import Person, Role, account_name
from schemas.errors import NotFound, Refused
from schemas.words import Words

TOKEN_MARK = "sqh_"  # noqa: S105  what scanners for leaked secrets look for
NO_ACCOUNT = Words("Không có tài khoản này.", "There is no such account.")


async def account_named(connection: asyncpg.Connection, name: str) -> asyncpg.Record:
    """The account that bears this name, whatever the case. Raises NotFound, BadField."""
    found = await connection.fetchrow(QUERIES["by_name"], account_name(name))
    if found is None:
        raise NotFound(NO_ACCOUNT)
    return found


async def account_numbered(connection: asyncpg.Connection, account: int) -> asyncpg.Record:
    """The account with this id, held until the change is done. Raises NotFound."""
    found = await connection.fetchrow(QUERIES["by_id"], account)
    if found is None:
        raise NotFound(NO_ACCOUNT)
    return found


async def add_account(
    connection: asyncpg.Connection,
    actor: Person | str,
    name: str,
    role: Role,
    secret: str,
    moment: datetime,
) -> int:
    """A new account's id. `secret`: the password's hash. Raises Refused where the name is taken."""
    try:
        added: int = await connection.fetchval(QUERIES["add"], name, role, secret, moment)
    except asyncpg.UniqueViolationError as error:
        raise Refused(
            Words(f"Đã có tài khoản “{name}”.", f"There is an account “{name}”.")
        ) from error
    after = {"role": role}
    await write_audit(connection, actor, "account_added", f"account/{name}", after=after, at=moment)
    return added


async def set_role(
    connection: asyncpg.Connection,
    actor: Person | str,
    account: asyncpg.Record,
    role: Role,
    moment: datetime,
) -> bool:
    """Whether the role changed. Raises Refused for one's own."""
    _not_oneself(actor, account)
    if account["role"] == role:
        return False
    await connection.execute(QUERIES["set_role"], account["id"], role)
    states = ({"role": account["role"]}, {"role": role})
    subject = f"account/{account['name']}"
    await write_audit(connection, actor, "account_role", subject, *states, at=moment)
    return True


async def set_disabled(
    connection: asyncpg.Connection,
    actor: Person | str,
    account: asyncpg.Record,
    disabled: bool,
    moment: datetime,
) -> bool:
    """Whether anything changed; a disabled account's sessions and tokens end for good.

    Raises Refused for one's own account.
    """
    _not_oneself(actor, account)
    if account["disabled"] == disabled:
        return False
    await connection.execute(QUERIES["set_disabled"], account["id"], disabled)
    if disabled:
        await connection.execute(QUERIES["end_sessions"], account["id"], None)
        await connection.execute(QUERIES["revoke_tokens"], account["id"], moment)
    action = "account_disabled" if disabled else "account_enabled"
    await write_audit(connection, actor, action, f"account/{account['name']}", at=moment)
    return True


def _not_oneself(actor: Person | str, account: asyncpg.Record) -> None:
    if isinstance(actor, Person) and actor.id == account["id"]:
        raise Refused(
            Words(
                "Không tự đổi vai trò hoặc tự khóa tài khoản của mình.",
                "Nobody changes their own role or disables their own account.",
            )
        )


async def set_password(
    connection: asyncpg.Connection,
    actor: Person | str,
    account: asyncpg.Record,
    secret: str,
    moment: datetime,
) -> None:
    """A new password; every session and token of the account ends: either may be a thief's."""
    await connection.execute(QUERIES["set_secret"], account["id"], secret)
    await connection.execute(QUERIES["end_sessions"], account["id"], None)
    await connection.execute(QUERIES["revoke_tokens"], account["id"], moment)
    await write_audit(
        connection, actor, "account_password", f"account/{account['name']}", at=moment
    )


async def make_token(
    connection: asyncpg.Connection,
    actor: Person | str,
    account: asyncpg.Record,
    label: str,
    days: int,
    moment: datetime,
) -> str:
    """A new bearer token, shown this once. Raises Refused where the account is disabled."""
    if account["disabled"]:
        raise Refused(Words("Tài khoản đang bị khóa.", "The account is disabled."))
    token = TOKEN_MARK + new_token()
    ends = moment + timedelta(days=days)
    values = (account["id"], hash_of(token), label, moment, ends)
    await connection.execute(QUERIES["add_token"], *values)
    after = {"label": label, "expires_at": ends}
    subject = f"account/{account['name']}"
    await write_audit(connection, actor, "token_made", subject, after=after, at=moment)
    return token


async def revoke_token(
    connection: asyncpg.Connection, person: Person, token: int, moment: datetime
) -> None:
    """End one of one's own tokens. Raises NotFound."""
    label = await connection.fetchval(QUERIES["revoke_token"], person.id, token, moment)
    if label is None:
        raise NotFound(Words("Không có mã truy cập này.", "There is no such token."))
    before, subject = {"label": label}, f"account/{person.name}"
    await write_audit(connection, person, "token_revoked", subject, before=before, at=moment)
