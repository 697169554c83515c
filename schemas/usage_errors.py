"""A command called wrongly: what is wrong in Vietnamese, then the library's own words. Exit code 2.

The library says it in English alone and changes where its errors live from version to version; they
are known here by their names and by what they offer.
"""

import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import typer
from typer.core import TyperGroup

from schemas.terminal import err

SILENT = "NoArgsIsHelpError"
"""Its help has been printed already."""
ABORTED = 1

_SENTENCES: tuple[tuple[str, str], ...] = (
    (r"No such command '(.*?)'\.?(?: Did you mean (.*?)\?)?", "Không có lệnh “{0}”.{1}"),
    (r"Missing command\.", "Thiếu tên lệnh."),
    (r"Got unexpected extra arguments? ?(?:\(s\))? ?\((.*)\)", "Thừa đối số: {0}."),
    (r"Option '(.*)' requires (?:an|\d+) arguments?\.", "Tùy chọn {0} cần một giá trị."),
    (r"Option '(.*)' does not take a value\.", "Tùy chọn {0} không nhận giá trị."),
)
_REASONS: tuple[tuple[str, str], ...] = (
    (r".*valid integer.*", "phải là số nguyên"),
    (r".*valid number.*", "phải là số"),
    (r".*greater than or equal to (\S+).*", "phải từ {0} trở lên"),
    (r".*less than or equal to (\S+).*", "không được quá {0}"),
    (r".*in the range (.*)\.", "phải nằm trong khoảng {0}"),
    (r".*is not one of (.*)\.", "phải là một trong: {0}"),
    (r".*does not exist\.", "không có tệp hay thư mục này"),
    (r".*is a directory\.", "đây là thư mục"),
    (r".*is a file\.", "đây là tệp"),
    (r".*is not readable\.", "không đọc được"),
    (r".*is not writable\.", "không ghi được"),
)


class Commands(TyperGroup):
    """The outermost group of commands: usage errors leave in both languages."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command, and end the program where it stands alone, as the library does."""
        run = partial(
            super().main, args, prog_name, complete_var, False, windows_expand_args, **extra
        )
        if not standalone_mode:
            return run()
        try:
            code = run()
        except typer.Abort:
            err.print("✗ Đã dừng. / Aborted.", markup=False)
            sys.exit(ABORTED)
        except Exception as error:
            if not hasattr(error, "format_message"):
                raise
            complain_of_usage(error)
            sys.exit(getattr(error, "exit_code", 2))
        sys.exit(code if isinstance(code, int) else 0)


def complain_of_usage(error: Any) -> None:
    """On standard error: how the command is called, what is wrong, and where to read more."""
    if type(error).__name__ == SILENT:
        return
    context = getattr(error, "ctx", None)
    if context is not None:
        usage = context.get_usage().removeprefix("Usage: ")
        err.print(f"Cách gọi / usage: {usage}", markup=False)
    original = " ".join(error.format_message().split())
    err.print(f"✗ {in_vietnamese(error)} / {original}", markup=False)
    if context is not None:
        err.print(f"  → Xem / see: {context.command_path} --help", markup=False)


def in_vietnamese(error: Any) -> str:
    """What is wrong with a call, in one sentence."""
    told = _KINDS.get(type(error).__name__, _plain)
    return told(error)


def _missing(error: Any) -> str:
    kind = getattr(error, "param_type", None) or getattr(error.param, "param_type_name", "")
    what = "tùy chọn" if kind == "option" else "đối số"
    return f"Thiếu {what} {_hint(error)}."


def _no_option(error: Any) -> str:
    near = ", ".join(sorted(error.possibilities or ()))
    return f"Không có tùy chọn {error.option_name}." + (f" Có phải {near}?" if near else "")


def _bad_value(error: Any) -> str:
    reason = _translated(_REASONS, error.message)
    return f"Giá trị của {_hint(error)} không hợp lệ" + (f": {reason}." if reason else ".")


def _plain(error: Any) -> str:
    return _translated(_SENTENCES, error.format_message()) or "Lệnh gọi không đúng."


_KINDS: dict[str, Callable[[Any], str]] = {
    "MissingParameter": _missing,
    "NoSuchOption": _no_option,
    "BadParameter": _bad_value,
}


def _hint(error: Any) -> str:
    """The option or argument as it is typed."""
    given = error.param_hint or (error.param.get_error_hint() if error.param else "")
    listed = given if isinstance(given, str) else " / ".join(given)
    return listed.replace("'", "")


def _translated(sentences: tuple[tuple[str, str], ...], message: str) -> str | None:
    text = " ".join(message.split())
    for pattern, sentence in sentences:
        found = re.fullmatch(pattern, text)
        if found is not None:
            near = [group.replace("'", "") if group else "" for group in found.groups()]
            return sentence.format(near[0] if near else "", _suggestion(near))
    return None


def _suggestion(groups: list[str]) -> str:
    return f" Có phải “{groups[1]}”?" if len(groups) > 1 and groups[1] else ""
