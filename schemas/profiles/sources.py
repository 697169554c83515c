"""Where a profile finds a value, and how it translates it: the parts that rules are made of."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

from schemas.indicators import Unit
from schemas.names import name_key
from schemas.profiles.reading import Unfit

Scalar = str | int | float | date


STRICT = ConfigDict(extra="forbid", frozen=True)
"""Every part of a profile is spelt out and never changes."""


class Source(BaseModel):
    """Where a value is written: a constant, or a column of a layer or of a workbook sheet.

    Without `sheet` and `layer` the column is one of the row's own layer. `codes` names a code
    table of the profile; `unit` says what a bare number of a norm means.
    """

    model_config = STRICT

    value: Scalar | None = None
    column: str | None = None
    sheet: str | None = None
    layer: str | None = None
    codes: str | None = None
    unit: Unit = "as_written"

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Source":
        if (self.value is None) == (self.column is None):
            raise Unfit(
                "phải nêu `value` hoặc `column`, chỉ một trong hai",
                "a source names either a value or a column",
            )
        if self.sheet is not None and self.layer is not None:
            raise Unfit(
                "chỉ nêu `sheet` hoặc `layer`", "a source names a sheet or a layer, not both"
            )
        return self


def _as_column(given: Any) -> Any:
    return {"column": given} if isinstance(given, str) else given


def _as_sources(given: Any) -> Any:
    if given is None:
        return ()
    if isinstance(given, list | tuple):
        return given
    return (given,) if isinstance(given, dict | Source) else ({"value": given},)


ColumnSource = Annotated[Source, BeforeValidator(_as_column)]
Sources = Annotated[tuple[Source, ...], BeforeValidator(_as_sources)]


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise Unfit(
            f"không phải là biểu thức chính quy: {error}", f"not a regular expression: {error}"
        ) from error
    return pattern


def check_names(template: str, known: set[str]) -> None:
    """Raises Unfit where a template such as `tw-{code}` names something else."""
    try:
        template.format(**dict.fromkeys(known, "x"))
    except (LookupError, ValueError, AttributeError) as error:
        listed = ", ".join(f"{{{name}}}" for name in sorted(known))
        raise Unfit(
            f"“{template}” chỉ được dùng {listed}", f"“{template}” may only use {listed}"
        ) from error


Pattern = Annotated[str, AfterValidator(_compiles)]
"""A regular expression."""


class CodeTable(BaseModel):
    """Translation of delivered values: whole values first, then contained phrases in order."""

    model_config = STRICT

    exact: dict[str, str] = {}
    contains: dict[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _plain_dictionary(cls, given: Any) -> Any:
        if isinstance(given, dict) and not set(given) <= {"exact", "contains"}:
            return {"exact": {str(key): str(value) for key, value in given.items()}}
        return given

    def knows(self, value: str) -> bool:
        """Whether a value is in the table, however its words are written: `Y tế`, `DAT_Yte`."""
        words = f" {name_key(value)} "
        parts = [name_key(part) for part in self.contains]
        return (
            words.strip() in map(name_key, self.exact)
            or any(f" {part} " in words for part in parts)
            or any(part.replace(" ", "") in words for part in parts if " " in part)
        )

    def translate(self, value: str) -> str | None:
        """The register's word for a delivered one; None where the table does not know it."""
        key = value.strip().casefold()
        for known, word in self.exact.items():
            if known.casefold() == key:
                return word
        return next((word for part, word in self.contains.items() if part.casefold() in key), None)
