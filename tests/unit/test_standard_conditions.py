"""Conditions between columns: read by a grammar, weighed with the three truths of SQL."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ingest.gate.standard.tables import TableRows
from ingest.gate.standard.truth import broken_rows
from schemas.mistakes import Unfit
from schemas.standards.conditions import names, parse
from schemas.standards.model import Column, Condition
from tests.standard_dossier import rows_of, table_of

TABLE = table_of(Column(name="A"), Column(name="B"), Column(name="Nomfic"))


def rows(*pairs: tuple[str | None, str | None]) -> TableRows:
    return rows_of(TABLE, {"A": [a for a, _ in pairs], "B": [b for _, b in pairs]})


def broken(test: str, *pairs: tuple[str | None, str | None]) -> list[int]:
    return [int(index) for index in broken_rows(parse(test), rows(*pairs))]


def test_a_row_breaks_a_condition_only_where_it_is_false() -> None:
    pairs = ((None, "97"), ("x", "97"), (None, "01"), (None, None))
    assert broken("A IS NOT NULL OR B NOT LIKE '97'", *pairs) == [0]


def test_not_null_may_be_written_short() -> None:
    assert broken("A NOT NULL OR B IS NULL", (None, "x"), (None, None), ("y", "x")) == [0]
    assert broken("A NOTNULL", (None, "x"), ("y", None)) == [0]
    assert broken("A ISNULL", (None, "x"), ("y", None)) == [1]


def test_a_list_and_its_denial() -> None:
    assert broken("A IN ('1', '2')", ("1", None), ("3", None), (None, None)) == [1]
    assert broken("A NOT IN ('1','2')", ("1", None), ("3", None)) == [0]


def test_and_binds_before_or_and_parentheses_before_both() -> None:
    pairs = (("1", "0"), ("0", "1"), ("0", "0"))
    assert broken("A='1' OR A='0' AND B='1'", *pairs) == [2]
    assert broken("(A='1' OR A='0') AND B='1'", *pairs) == [0, 2]
    assert broken("NOT (A='1' OR B='1')", *pairs) == [0, 1]


def test_like_knows_wildcards_and_not_the_case_of_plain_letters() -> None:
    values = (("SECT01", None), ("sect1", None), ("SECT001", None), ("É", None))
    assert broken("A LIKE 'sect__'", *values) == [1, 2, 3]
    assert broken("A LIKE '%T0%'", *values) == [1, 3]
    assert broken("A LIKE 'é'", *values) == [0, 1, 2, 3]
    assert broken("A LIKE '%'", *values) == []


def test_a_bare_number_is_compared_as_a_number() -> None:
    assert broken("A >= 10", ("9", None), ("10.0", None), ("010", None)) == [0]
    assert broken("A = 10", ("10.0", None), ("11", None)) == [1]
    assert broken("A BETWEEN 2 AND 10", ("3", None), ("11", None), ("1", None)) == [1, 2]
    assert broken("A <> -1", ("-1", None), ("1", None)) == [0]


def test_columns_are_compared_with_each_other_whatever_the_case_of_their_names() -> None:
    assert broken("a = b", ("x", "x"), ("x", "y"), (None, "y")) == [1]
    assert broken('T.A <> "B"', ("x", "x"), ("x", "y")) == [0]


def test_a_quote_is_doubled_inside_a_text() -> None:
    assert broken("A = 'l''eau'", ("l'eau", None), ("leau", None)) == [1]


def test_a_column_that_is_not_delivered_is_empty() -> None:
    assert broken("Nomfic IS NOT NULL OR A NOT LIKE '97'", ("97", None), ("1", None)) == [0]


def test_the_columns_of_a_condition_are_told() -> None:
    assert names(parse("A IS NULL OR (b = 'A' AND NOT C LIKE D)")) == {"A", "b", "C", "D"}


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "A",
        "A = ",
        "A IS 5",
        "A LIKE",
        "A IN ()",
        "(A = 1",
        "A = 1)",
        "A = 1; DROP TABLE x",
        "__import__('os').system('id')",
        "LENGTH(A) > 2",
        "A = 'open",
        "SELECT 1",
        "A = 1 AND",
        "(" * 60 + "A=1" + ")" * 60,
        "NOT " * 200 + "A=1",
        "A=1 OR " * 700 + "A=1",
    ],
)
def test_what_is_not_of_the_grammar_is_refused(wrong: str) -> None:
    with pytest.raises(Unfit):
        parse(wrong)
    with pytest.raises(ValidationError):
        Condition(test=wrong)


@given(
    st.lists(
        st.sampled_from(["A", "B", "=", "'x'", "7", "AND", "OR", "NOT", "IS", "NULL", "(", ")"])
    )
    | st.text(max_size=60)
)
def test_any_text_is_read_or_refused(words: list[str] | str) -> None:
    text = words if isinstance(words, str) else " ".join(words)
    refused = None
    try:
        test = parse(text)
    except Unfit as error:
        refused = str(error)
    if refused is not None:
        assert text in refused
        return
    assert all(name in text for name in names(test))
    assert set(broken_rows(test, rows(("x", None), (None, "7")))) <= {0, 1}


@given(st.lists(st.tuples(st.sampled_from(["", "1", "2"]), st.sampled_from(["", "1"])), min_size=1))
def test_the_denial_of_a_test_breaks_exactly_where_the_test_holds(
    cells: list[tuple[str, str]],
) -> None:
    table = rows(*((a or None, b or None) for a, b in cells))
    test, denied = "A = B OR A IS NULL", "NOT (A = B OR A IS NULL)"
    both = {*broken_rows(parse(test), table).tolist(), *broken_rows(parse(denied), table).tolist()}
    open_ = {i for i, (a, b) in enumerate(cells) if a and not b}
    assert both == set(range(len(cells))) - open_


def test_a_hundred_thousand_rows_take_well_under_a_second() -> None:
    many = 100_000
    table = rows_of(
        TABLE, {"A": ["97", None] * (many // 2), "B": [str(i % 50) for i in range(many)]}
    )
    test = parse("A IS NOT NULL OR B NOT LIKE '9%' AND NOT B IN ('1','2') OR B LIKE A")
    begun = time.perf_counter()
    found = broken_rows(test, table)
    assert time.perf_counter() - begun < 1
    assert np.all(found % 2 == 1)


def test_a_like_full_of_wildcards_is_quick() -> None:
    begun = time.perf_counter()
    broken("A LIKE '" + "%a" * 120 + "%b'", *[("a" * 250, None)] * 1000)
    assert time.perf_counter() - begun < 1
