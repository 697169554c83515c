"""A profile file as data; where it is not YAML, the error says in which line."""

from pathlib import Path
from typing import Any

import yaml

from schemas.mistakes import Unfit, mistakes, unreadable
from schemas.words import Words

__all__ = ["Unfit", "mistakes", "read_yaml", "unreadable"]


class _NoSuchDay(yaml.constructor.ConstructorError):
    """A day that the calendar does not have; `problem` is how it is written."""


class _Loader(yaml.SafeLoader):
    """YAML's safe loader that tells where a day is none: `2020-13-01` is no bare ValueError."""

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError as error:
            raise _NoSuchDay(None, None, node.value, node.start_mark) from error


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)


def read_yaml(path: Path) -> Any:
    """What a profile file says. Raises ProfileInvalid with the line where it is not YAML."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError) as error:
        raise unreadable(path, _place_and_problem(error)) from error


def _place_and_problem(error: Exception) -> Words:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        line, column = error.problem_mark.line + 1, error.problem_mark.column + 1
        problem = Words(str(error.problem), str(error.problem))
        if isinstance(error, _NoSuchDay):
            problem = Words(f"không có ngày {error.problem}", f"there is no day {error.problem}")
        return Words(
            f"dòng {line}, cột {column}: {problem.vi}",
            f"line {line}, column {column}: {problem.en}",
        )
    return Words(f"không đọc được tệp ({error})", f"the file cannot be read ({error})")
