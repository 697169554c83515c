"""Which administrative unit is meant: by code or name, old or new, on a day.

One query serves both drivers: it is written with `$1` and each row is one JSON text, so

    found = await database.fetch(*unit_query(question))      # asyncpg
    answer = answer_units(question, [row[0] for row in found])

and `find_units` does the same with psycopg.
"""

import json
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from psycopg import RawCursor

from schemas.names import has_diacritics, readings, unit_key, unit_spelling
from schemas.queries import load_queries
from schemas.unit_values import (
    Level,
    MatchedBy,
    Overlooked,
    UnitAnswer,
    UnitMatch,
    UnitQuestion,
    day_of,
    kin_of,
)
from schemas.unit_words import say_why

SQL = load_queries(Path(__file__).with_name("units.sql"))

_CODE = re.compile(r"^\d{2}$|^\d{3}$|^\d{5}$")

Fact = dict[str, Any]


def ask_units(text: str, at: date, level: Level | None = None) -> UnitQuestion:
    """The question in a typed text: a code (2, 3 or 5 digits), or a name.

    After a comma may stand the district or province: `Phường 1, Quận 3, TP.HCM`.
    """
    first, *rest = (part.strip() for part in text.split(","))
    within = tuple(frozenset(r.key for r in readings(part)) for part in rest if readings(part))
    if _CODE.match(first):
        return UnitQuestion(text, at, first, (), within, level)
    return UnitQuestion(text, at, None, readings(first), within, level)


def unit_query(question: UnitQuestion) -> tuple[str, date, list[str], list[str], Level | None]:
    """SQL (`$1` style) and its four values."""
    codes = [question.code] if question.code else []
    keys = sorted({reading.key for reading in question.readings})
    return SQL["units_asked"], question.at, codes, keys, question.level


def find_units(
    connection: psycopg.Connection[Any], text: str, at: date, level: Level | None = "commune"
) -> list[UnitMatch]:
    """Units in force on `at` that a code or name may mean, old or new, in any spelling.

    More than one: the text is ambiguous and nobody may pick silently.
    """
    question = ask_units(text, at, level)
    sql, *values = unit_query(question)
    found = RawCursor(connection).execute(sql, values)
    return list(answer_units(question, (row[0] for row in found)).matches)


def answer_units(question: UnitQuestion, found: Iterable[str]) -> UnitAnswer:
    """The answer from the query's JSON rows.

    A code means the unit in force that bears it; only a code no longer in use leads to successors.
    A name means every unit in force that bears it and every successor of one that once did.
    """
    facts = [fact for fact in map(json.loads, found) if _within(question, fact)]
    facts, overlooked = _as_typed(question, facts)
    here = [fact for fact in facts if fact["unit"] and fact["unit"]["id"] == fact["asked"]["id"]]
    gone = [fact for fact in facts if fact["unit"] and fact not in here]
    used = here if question.code and here else here + gone
    by_unit: dict[int, list[Fact]] = {}
    for fact in used:
        by_unit.setdefault(fact["unit"]["id"], []).append(fact)
    matches = tuple(_match(question, facts) for facts in by_unit.values())
    return UnitAnswer(matches, say_why(question, matches, facts, overlooked))


def _within(question: UnitQuestion, fact: Fact) -> bool:
    """Whether the unit lies, or lay, in every district and province named with it."""
    places = (
        place
        for side in ("asked", "unit")
        for place in (fact[side] or {}).items()
        if place[0] in ("district", "province") and place[1]
    )
    keys = {unit_key(name) for _, name in places}
    return all(keys & named for named in question.within)


def _as_typed(question: UnitQuestion, facts: list[Fact]) -> tuple[list[Fact], Overlooked | None]:
    """The facts that fit the name best, and what had to be overlooked for it.

    A name typed with diacritics is held to them where any unit bears them, and to its unit type
    likewise: `Tân Thạnh` is not `Tân Thành`, but `tan thanh` is both.
    """
    if question.code:
        return facts, None
    typed = has_diacritics(question.text.split(",")[0])
    for spelled in (True, False) if typed else (False,):
        for kind in (True, False):
            fitting = [f for f in facts if _fits(question, f["asked"], spelled, kind)]
            if fitting:
                lost: Overlooked | None = "spelling" if typed and not spelled else None
                return fitting, lost if kind else lost or "kind"
    return [], None


def _fits(question: UnitQuestion, unit: Fact, spelled: bool, kind: bool) -> bool:
    return any(
        name.key == unit["key"]
        and (not spelled or name.spelling == unit_spelling(unit["full_name"]))
        and (not kind or name.kind in (None, unit["kind"]))
        for name in question.readings
    )


def _match(question: UnitQuestion, facts: list[Fact]) -> UnitMatch:
    """One unit in force from the facts that lead to it: borne by itself, or by former units."""
    unit = facts[0]["unit"]
    former = [fact for fact in facts if fact["asked"]["id"] != unit["id"]]
    own: MatchedBy = "code" if question.code else "name"
    return UnitMatch(
        code=unit["code"],
        level=unit["level"],
        kind=unit["kind"],
        name=unit["name"],
        full_name=unit["full_name"],
        name_en=unit["name_en"],
        district=unit["district"],
        province_code=unit["province_code"],
        province=unit["province"],
        valid_from=day_of(unit["valid_from"]),
        valid_to=day_of(unit["valid_to"]),
        has_boundary=unit["has_boundary"],
        invented=unit["invented"],
        matched_by="former_name" if len(former) == len(facts) else own,
        former=tuple(
            kin_of(fact["asked"] | {"share": fact["share"], "main": fact["main"]})
            for fact in former
        ),
        predecessors=tuple(kin_of(fact) for fact in facts[0]["predecessors"]),
        successors=tuple(kin_of(fact) for fact in facts[0]["successors"]),
    )
