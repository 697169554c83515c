"""Commands called wrongly: Vietnamese first, the library's words second, exit code 2."""

from typing import Annotated, Literal

import pytest
import typer

from schemas.usage_errors import Commands

app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False)
more = typer.Typer(no_args_is_help=True)
app.add_typer(more, name="more")


@app.command()
def check(
    path: str,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 1,
    role: Annotated[Literal["a", "b"], typer.Option()] = "a",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Check."""
    if path == "abort":
        raise typer.Abort
    raise typer.Exit(1 if path == "wrong" else 0)


@more.command()
def add(name: Annotated[str, typer.Option()]) -> None:
    """Add."""


@more.command()
def say() -> None:
    """Say."""
    raise RuntimeError("hỏng")


def called(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        app(list(words), prog_name="sqh")
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("words", "vi", "en"),
    [
        (("check",), "Thiếu đối số path.", "Missing argument"),
        (("more", "add"), "Thiếu tùy chọn --name.", "Missing option"),
        (("check", "x", "--prt"), "Không có tùy chọn --prt. Có phải --port?", "No such option"),
        (
            ("check", "x", "--port", "abc"),
            "Giá trị của --port không hợp lệ: phải là số nguyên.",
            "Inv",
        ),
        (("check", "x", "--port", "0"), "phải từ 1 trở lên.", "Invalid value for"),
        (("check", "x", "--port", "70000"), "không được quá 65535.", "Invalid value for"),
        (("check", "x", "--role", "z"), "phải là một trong: a, b.", "Invalid value for"),
        (("check", "x", "y", "z"), "Thừa đối số: y z.", "unexpected extra argument"),
        (("check", "x", "--port"), "Tùy chọn --port cần một giá trị.", "requires an argument"),
        (
            ("check", "x", "--json=3"),
            "Tùy chọn --json không nhận giá trị.",
            "does not take a value",
        ),
        (("chek",), "Không có lệnh “chek”. Có phải “check”?", "No such command"),
        (("zzz",), "Không có lệnh “zzz”.", "No such command 'zzz'."),
    ],
)
def test_a_wrong_call_is_told_in_vietnamese_and_then_in_english(
    words: tuple[str, ...], vi: str, en: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(*words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = (one for one in said.err.splitlines() if one.startswith("✗"))
    assert vi in line
    assert line.index(vi) < line.index(en)
    if "--port" not in words[-1:] and "--json=3" not in words:  # there the library knows no command
        assert "→ Xem / see: sqh" in said.err
        assert "Cách gọi / usage: sqh" in said.err


def test_a_group_without_a_command_shows_its_help_and_says_nothing_more(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert called("more") == 2
    said = capsys.readouterr()
    assert "✗" not in said.err
    assert "add" in said.out


def test_exit_codes_of_commands_stay_and_other_errors_pass(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert called("check", "fine") == 0
    assert called("check", "wrong") == 1
    assert called("check", "abort") == 1
    assert "Đã dừng" in capsys.readouterr().err
    assert called("--help") == 0
    with pytest.raises(RuntimeError, match="hỏng"):
        app(["more", "say"], prog_name="sqh")
