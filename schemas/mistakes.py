"""What is wrong with a profile or standard, at its place and in both languages."""

from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schemas.errors import ProfileInvalid
from schemas.words import Words


class Unfit(ValueError):
    """A mistake in a profile that a validator tells in both languages."""

    def __init__(self, vi: str, en: str) -> None:
        self.words = Words(vi, en)
        super().__init__(str(self.words))


_PYDANTIC = {
    "missing": Words("thiếu mục này", "this key is missing"),
    "extra_forbidden": Words("không có mục nào tên như vậy", "there is no such key"),
    "string_type": Words("phải là chữ", "a text is needed"),
    "bool_type": Words("phải là true hoặc false", "true or false is needed"),
    "bool_parsing": Words("phải là true hoặc false", "true or false is needed"),
    "tuple_type": Words("phải là danh sách", "a list is needed"),
    "dict_type": Words("phải gồm các mục “tên: giá trị”", "“key: value” entries are needed"),
    "model_type": Words("phải gồm các mục “tên: giá trị”", "“key: value” entries are needed"),
    "literal_error": Words("phải là một trong: {expected}", "must be one of: {expected}"),
    "string_pattern_mismatch": Words("không theo mẫu {pattern}", "does not follow {pattern}"),
}
"""Pydantic's kinds of mistakes in our words."""


def mistakes(path: Path, error: ValidationError) -> ProfileInvalid:
    """The error that lists each mistake pydantic found as `layers.0.level: …`."""
    told = [(_path_of(one), _words(one)) for one in error.errors(include_url=False)]
    return unreadable(
        path,
        Words(
            "; ".join(f"{place}: {words.vi}" for place, words in told),
            "; ".join(f"{place}: {words.en}" for place, words in told),
        ),
    )


def unreadable(path: Path, why: Words) -> ProfileInvalid:
    """The error of one profile file."""
    return ProfileInvalid(
        Words(
            f"Tệp mô tả loại hồ sơ “{path.name}” không hợp lệ: {why.vi}.",
            f"Profile “{path.name}” is not valid: {why.en}.",
        )
    )


def _path_of(mistake: ErrorDetails) -> str:
    return ".".join(str(step) for step in mistake["loc"]) or "(…)"


def _words(mistake: ErrorDetails) -> Words:
    about = mistake.get("ctx", {})
    own = about.get("error")
    if isinstance(own, Unfit):
        return own.words
    known = _PYDANTIC.get(mistake["type"])
    if known is not None:
        return known.filled(**about)
    return Words(mistake["msg"], mistake["msg"])
