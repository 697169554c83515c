"""Tables of French models: columns, conditions and references out of their description.

A rule that cannot be used is noted, never dropped in silence; the table keeps all its others.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pydantic import ValidationError

from schemas.issues import Bilingual
from schemas.mistakes import Unfit
from schemas.standards.conditions import names, parse
from schemas.standards.model import (
    Column,
    Condition,
    Reference,
    Rule,
    Shape,
    Table,
    Unusable,
)
from schemas.standards.patterns import compiled
from schemas.words import Words

R = TypeVar("R", bound=Rule)

_TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": "text"},
    "text": {"type": "text"},
    "json": {"type": "text"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "double": {"type": "number"},
    "decimal": {"type": "number"},
    "float": {"type": "number"},
    "number": {"type": "number"},
    "date": {"type": "date"},
    "url": {"type": "url"},
    "filename": {"type": "file"},
    "path": {"type": "path"},
}
_SHAPES: dict[str, Shape] = {
    "point": "point",
    "linestring": "line",
    "polygon": "area",
    "multipoint": "multipoint",
    "multilinestring": "multiline",
    "multipolygon": "multiarea",
    "geometrycollection": "mixed",
    "geometry": "any",
}
_REFERENCE = r"\(([^()]+)\) *REFERENCES *([\w]+) *\(([^()]+)\)"


def read_table(name: str, given: dict[str, Any], unusable: list[Unusable]) -> Table:
    columns = tuple(_column(name, one, unusable) for one in given["columns"])
    rules = _constraints(given)
    named = {column.name.casefold() for column in columns}
    conditions = _kept(name, rules.get("conditions"), _condition(named), unusable)
    keys = _kept(name, rules.get("foreignKeys"), _foreign_key, unusable)
    own = _kept(name, given["columns"], _column_reference, unusable)
    return Table(
        name=name,
        piece=name,
        columns=_cited(columns, name),
        conditions=_cited(conditions, name),
        references=_cited((*keys, *own), name),
    )


def _cited(rules: tuple[R, ...], table: str) -> tuple[R, ...]:
    """The rules with the model's file in which they stand."""
    where = {"article": f"types/{table}.json"}
    return tuple(rule.model_copy(update=where) for rule in rules)


def _column(table: str, given: dict[str, Any], unusable: list[Unusable]) -> Column:
    rules = given | _constraints(given)
    required = rules.get("required")
    if required is None:
        required = not rules.get("nullable", False)
    present = rules.get("presenceRequired")
    kept: dict[str, Any] = {
        "name": str(given["name"]),
        "required": bool(required),
        "column": "ERROR" if (required if present is None else present) else "INFO",
        "unique": bool(rules.get("unique") or rules.get("identifier")),
        **_type(table, given, unusable),
    }
    if kept["type"] == "text":
        kept |= _text_rules(rules)
    try:
        return Column(**kept)
    except ValidationError as error:
        if "pattern" not in kept:
            raise
        _note(unusable, f"{table}.{given['name']}: {kept.pop('pattern')}", error)
        return Column(**kept)


def _type(table: str, given: dict[str, Any], unusable: list[Unusable]) -> dict[str, Any]:
    wanted = str(given.get("type", "String"))
    if wanted.casefold() in _SHAPES:
        return {"type": "geometry", "geometry": _SHAPES[wanted.casefold()]}
    if wanted.casefold() not in _TYPES:
        _note(
            unusable,
            f"{table}.{given['name']}: {wanted}",
            Unfit("không biết kiểu dữ liệu này", "an unknown type"),
        )
    return _TYPES.get(wanted.casefold(), {"type": "text"})


def _text_rules(rules: dict[str, Any]) -> dict[str, Any]:
    listed = rules.get("enum") or rules.get("listOfValues")
    longest = rules.get("maxLength") if rules.get("maxLength") is not None else rules.get("size")
    pattern = rules.get("pattern") or rules.get("regexp")
    return {
        "min_length": rules.get("minLength"),
        "max_length": longest if longest is not None and longest >= 0 else None,
        "values": tuple(str(value) for value in listed) if listed else None,
        **({"pattern": str(pattern)} if pattern else {}),
    }


def _condition(named: set[str]) -> Callable[[str], Condition]:
    def build(test: str) -> Condition:
        condition = Condition(test=test)
        missing = sorted(one for one in names(parse(test)) if one.casefold() not in named)
        if missing:
            listed = ", ".join(missing)
            raise Unfit(f"bảng không có cột {listed}", f"the table has no column {listed}")
        return condition

    return build


def _foreign_key(given: Any) -> Reference:
    if isinstance(given, dict):
        source, table, target = (
            given["sourceColumnNames"], given["targetTableName"], given["targetColumnNames"],
        )  # fmt: skip
        return Reference(columns=tuple(source), table=table, targets=tuple(target))
    found = compiled(_REFERENCE, True).fullmatch(str(given).strip())
    if found is None:
        raise Unfit("không phải là tham chiếu", "not a reference")
    return Reference(columns=_names(found[1]), table=found[2], targets=_names(found[3]))


def _column_reference(given: dict[str, Any]) -> Reference | None:
    """`OTHER_TABLE.COLUMN` (or `OTHER_TABLE(COLUMN)`) of one column."""
    wanted = (given | _constraints(given)).get("reference")
    if not wanted:
        return None
    table, dot, column = str(wanted).rstrip(") ").replace("(", ".").partition(".")
    if not dot:
        raise Unfit("không phải là tham chiếu", "not a reference")
    return Reference(columns=(str(given["name"]),), table=table.strip(), targets=(column.strip(),))


def with_known_targets(
    table: Table, columns: dict[str, set[str]], unusable: list[Unusable]
) -> Table:
    """The table with those references that lead somewhere. `columns`: of every table and list."""
    kept = []
    for reference in table.references:
        lost = _lost(table.name, reference.columns, columns)
        lost += _lost(reference.table, reference.targets, columns)
        if not lost:
            kept.append(reference)
            continue
        told = ", ".join(lost)
        shown = f"{table.name}: {', '.join(reference.columns)} → {reference.table}"
        _note(unusable, shown, Unfit(f"không có {told}", f"there is no {told}"))
    return table.model_copy(update={"references": tuple(kept)})


def _lost(table: str, names: tuple[str, ...], columns: dict[str, set[str]]) -> list[str]:
    """What a side of a reference names and nobody has."""
    there = columns.get(table)
    if there is None:
        return [table]
    return [f"{table}.{name}" for name in names if name.casefold() not in there]


def _kept(
    table: str, given: list[Any] | None, build: Callable[[Any], R | None], unusable: list[Unusable]
) -> tuple[R, ...]:
    """The rules that can be built; the others are noted as unusable."""
    return tuple(_built(table, given or [], build, unusable))


def _built(
    table: str, given: list[Any], build: Callable[[Any], R | None], unusable: list[Unusable]
) -> Iterator[R]:
    for one in given:
        try:
            rule = build(one)
        except (Unfit, ValidationError) as error:
            shown = one["name"] if isinstance(one, dict) and "name" in one else one
            _note(unusable, f"{table}: {shown}", error)
        else:
            if rule is not None:
                yield rule


def _note(unusable: list[Unusable], rule: str, error: Exception) -> None:
    own = error
    if isinstance(error, ValidationError):
        own = error.errors()[0].get("ctx", {}).get("error", error)
    words = own.words if isinstance(own, Unfit) else Words(str(own), str(own))
    unusable.append(Unusable(rule=rule, reason=Bilingual(vi=words.vi, en=words.en)))


def _constraints(given: dict[str, Any]) -> dict[str, Any]:
    return given.get("constraints") or {}


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in listed.split(","))
