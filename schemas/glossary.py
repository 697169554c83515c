"""The glossary: words of a parcel answer in plain language, and which of them a text uses."""

import re
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from schemas.words import Words

FILE = Path(__file__).with_name("glossary.yaml")


class Term(BaseModel):
    """One term; `words`: how it stands in texts, where that is not the term itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    term: Words
    means: Words
    words: dict[Literal["vi", "en"], tuple[str, ...]] = Field(default_factory=dict)

    def forms(self, lang: Literal["vi", "en"]) -> tuple[str, ...]:
        """How the term is written in texts of a language."""
        return self.words.get(lang) or (self.term.vi if lang == "vi" else self.term.en,)


@cache
def glossary() -> tuple[Term, ...]:
    """Every term, in the order in which a sheet explains them. Raises pydantic.ValidationError."""
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(
        Term.model_validate(
            {**each, "term": Words(**each["term"]), "means": Words(**each["means"])}
        )
        for each in raw
    )


def used_terms(text: str, lang: Literal["vi", "en"]) -> list[Term]:
    """The terms that a text uses, whole words, in any case."""
    return [term for term in glossary() if any(_stands_in(f, text) for f in term.forms(lang))]


def _stands_in(form: str, text: str) -> bool:
    start = r"\b" if form[0].isalnum() else ""
    return re.search(f"{start}{re.escape(form)}\\b", text, re.IGNORECASE) is not None
