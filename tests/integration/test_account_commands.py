"""The operator's commands about accounts: what they do, print, refuse and never show."""

import io
import json
import os
import pty
import re
import select
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

import pytest

import sqh
from schemas.db import connect
from tests.conftest import Register

PASSWORD = "mật khẩu đủ dài"
PATIENCE_S = 120


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it printed."""

    code: int
    said: str
    complained: str


class Operator:
    """Someone at the command line of one register."""

    def __init__(self, register: Register) -> None:
        self.url = register.url
        self.environment = os.environ | {
            "SQH_DATABASE_URL": register.url,
            "SQH_HOME": str(register.settings.home),
        }

    def run(self, *words: str, typed: str = "") -> Done:
        """The command in this process, as `sqh` runs it; `typed` is piped in."""
        said, complained = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            for name in ("SQH_DATABASE_URL", "SQH_HOME"):
                patch.setenv(name, self.environment[name])
            patch.setattr(sys, "argv", ["sqh", "account", *words])
            patch.setattr(sys, "stdin", io.StringIO(typed))
            with (
                redirect_stdout(said),
                redirect_stderr(complained),
                pytest.raises(SystemExit) as left,
            ):
                sqh.main()
        code = left.value.code
        assert isinstance(code, int)
        return Done(code, said.getvalue(), complained.getvalue())

    def json(self, *words: str, typed: str = "") -> Any:
        done = self.run(*words, "--json", typed=typed)
        assert done.code == 0, done
        return json.loads(done.said)

    def at_a_terminal(self, *words: str, typed: list[str]) -> tuple[int, str]:
        """Exit code and all that the terminal showed."""
        shown, answers = b"", [f"{line}\n".encode() for line in typed]
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            [sys.executable, "-m", "sqh", "account", *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=self.environment,
            start_new_session=True,
        ) as program:
            os.close(theirs)
            while select.select([ours], [], [], PATIENCE_S)[0]:
                try:
                    shown += os.read(ours, 4096)
                except OSError:  # the program has left its terminal
                    break
                asked = len(re.findall(rb"(?:password|again): ", shown))
                for _ in range(asked - (len(typed) - len(answers))):
                    os.write(ours, answers.pop(0))
            else:
                program.kill()
        os.close(ours)
        return program.returncode, shown.decode()


@pytest.fixture(scope="module")
def operator(register: Register) -> Operator:
    return Operator(register)


def test_an_account_lives_through_all_commands(operator: Operator) -> None:
    added = operator.json("add", "Nguyễn  Thị Lan", "--role", "planner", "--generate")
    assert (added["name"], added["role"]) == ("Nguyễn Thị Lan", "planner")
    assert len(added["password"]) == 19
    other = operator.run("add", "An", "--role", "admin", "--password-stdin", typed=PASSWORD + "\n")
    assert other.code == 0
    assert PASSWORD not in other.said + other.complained
    changed = operator.json("role", "nguyễn thị lan", "--role", "approver")
    assert changed == {"name": "Nguyễn Thị Lan", "role": "approver", "changed": True}
    assert not operator.json("role", "Nguyễn Thị Lan", "--role", "approver")["changed"]
    token = operator.json("token", "An", "--label", "QGIS", "--days", "7")["token"]
    assert token.startswith("sqh_")
    assert operator.json("disable", "AN") == {"name": "An", "disabled": True, "changed": True}
    assert operator.run("token", "An", "--label", "x").code == 1
    assert operator.json("enable", "An")["changed"]
    fresh = operator.run("password", "An", "--generate")
    assert len(fresh.said.splitlines()[-1]) == 19
    items = operator.json("list")["items"]
    assert [(item["name"], item["role"], item["disabled"]) for item in items] == [
        ("An", "admin", False),
        ("Nguyễn Thị Lan", "approver", False),
    ]
    with connect(operator.url) as connection:
        events = connection.execute("SELECT actor, action FROM audit_event ORDER BY id").fetchall()
        kept = str(connection.execute("SELECT json_agg(a) FROM account a").fetchone())
    assert {actor for actor, _ in events} == {"sqh"}
    assert [action for _, action in events] == [
        "account_added", "account_added", "account_role", "token_made", "account_disabled",
        "account_enabled", "account_password",
    ]  # fmt: skip
    assert "$argon2id$" in kept
    assert added["password"] not in kept


@pytest.mark.parametrize(
    ("code", "words", "typed"),
    [
        (2, ["add", "Bình", "--role", "boss", "--generate"], ""),
        (2, ["add", "Bình", "--role", "admin"], ""),
        (2, ["add", "Bình", "--role", "admin", "--password-stdin"], "ngắn\n"),
        (2, ["add", "Bình", "--role", "admin", "--password-stdin", "--generate"], PASSWORD),
        (2, ["add", "<b>", "--role", "admin", "--generate"], ""),
        (1, ["role", "Không Có", "--role", "admin"], ""),
        (1, ["add", "AN", "--role", "admin", "--generate"], ""),
        (2, ["token", "An", "--label", " "], ""),
        (2, ["token", "An", "--label", "x", "--days", "0"], ""),
    ],
)
def test_a_wrong_word_changes_nothing(
    operator: Operator, code: int, words: list[str], typed: str
) -> None:
    with connect(operator.url) as connection:
        connection.execute(
            "INSERT INTO account (name, role, created_at) VALUES ('An', 'admin', now()) ON CONFLICT DO NOTHING"
        )
        before = connection.execute("SELECT count(*) FROM audit_event").fetchone()
    done = operator.run(*words, typed=typed)
    assert done.code == code, done
    assert done.complained.strip()
    assert "Traceback" not in done.complained
    with connect(operator.url) as connection:
        assert connection.execute("SELECT count(*) FROM audit_event").fetchone() == before


def test_at_a_terminal_the_password_is_asked_twice_and_not_shown(operator: Operator) -> None:
    words = ("add", "Cúc", "--role", "clerk")
    code, shown = operator.at_a_terminal(*words, typed=[PASSWORD, PASSWORD])
    assert code == 0, shown
    assert "Đã thêm Cúc" in shown
    assert PASSWORD not in shown
    code, shown = operator.at_a_terminal(
        "password", "Cúc", typed=[PASSWORD, "một lần khác", PASSWORD, PASSWORD]
    )
    assert code == 0, shown
    assert PASSWORD not in shown
