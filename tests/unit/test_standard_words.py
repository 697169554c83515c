"""Patterns and conditions of a standard said in words, for whoever has to mend the dossier."""

from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ingest.gate.standard.check import _counts
from ingest.gate.standard.choice import choose
from ingest.gate.standard.columns import check_columns
from ingest.gate.standard.dossier import Dossier
from ingest.gate.standard.metadata import Metadata
from ingest.gate.standard.pieces import check_pieces, match_pieces
from ingest.gate.standard.shapes import check_shapes
from ingest.report.details import details_of
from schemas.issues import Issue
from schemas.standards.cnig import read_standards
from schemas.standards.condition_words import condition_words
from schemas.standards.conditions import parse
from schemas.standards.forms import ANYTHING, MOST_EXAMPLES, UNKNOWN, example, form_words
from schemas.standards.model import Column, Piece, RowCount, Standard
from schemas.standards.patterns import fits_whole
from tests.standard_dossier import rows_of, table_of

MODELS = Path(__file__).parents[3] / "shared" / "data" / "zoning" / "cnig" / "models.zip"
RAW = ("[0-9]", "(_", "{8}", "IS NOT NULL", "NOT LIKE", "\\")


def test_a_pattern_of_digits_says_how_many() -> None:
    assert form_words("[0-9]{8}").vi == "gồm đúng 8 chữ số, như 20171013"
    assert form_words(r"\d{3}").en == "consist of exactly 3 digits, as 123"


def test_a_few_choices_are_listed() -> None:
    assert form_words("(E|R|A)").vi == "là một trong: E, R, A"
    assert form_words("0[12]").en == "be one of: 01, 02"


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("[a-zA-Z0-9]+_PLU_[0-9]{8}(_[a-zA-Z])?", "30014_PLU_20171013"),
        ("(2[AB][0-9]{3}|[0-9]{5})", "2A123"),
        ("41175.*20140603.*", "41175…20140603…"),
        (r"Actes/[^\/]*", "Actes/…"),
        (r"30014\-PLU", "30014-PLU"),
        ("(?P<year>[0-9]{4})[A-Z]", "1234A"),
    ],
)
def test_a_form_is_shown_by_an_example(pattern: str, shown: str) -> None:
    assert example(pattern) == shown
    assert shown in form_words(pattern).vi


@pytest.mark.parametrize(
    "pattern",
    ["(?s)SECT[0-9]{2}|(?!SECT).*", r"(.)\1", "a{2000000}", "(" * 900 + "a" + ")" * 900, ".*", ""],
)
def test_of_a_pattern_beyond_an_example_nothing_is_made_up(pattern: str) -> None:
    assert example(pattern) is None
    assert form_words(pattern) == UNKNOWN


PIECES = st.sampled_from(
    ["a", "[0-9]", "[AB]", "(x|y)", "(z)?", "[a-z]+", r"\d{3}", "_", r"\.", "."]
)


@given(st.lists(PIECES, min_size=1, max_size=8))
def test_an_example_is_always_of_its_pattern(pieces: list[str]) -> None:
    pattern = "".join(pieces)
    shown = example(pattern)
    assert shown is not None or pattern.replace("(z)?", "") == ""
    assert shown is None or ANYTHING in shown or fits_whole(pattern, shown)
    assert form_words(pattern).vi.count(", ") <= MOST_EXAMPLES


@pytest.mark.parametrize(
    ("test", "vi", "en"),
    [
        (
            "NOMFIC IS NOT NULL OR TYPEINF NOT LIKE '97'",
            "nếu TYPEINF là “97” thì NOMFIC phải có giá trị",
            "if TYPEINF is “97”, NOMFIC must have a value",
        ),
        (
            "DATEFIN IS NOT NULL OR ETAT NOT IN ('04', '05')",
            "nếu ETAT là một trong “04”, “05” thì DATEFIN phải có giá trị",
            "if ETAT is one of “04”, “05”, DATEFIN must have a value",
        ),
        (
            "A IS NULL OR B IS NULL",
            "nếu A có giá trị thì B phải để trống",
            "if A has a value, B must be empty",
        ),
        (
            "(A=1 OR B=1) AND C LIKE '9%'",
            "(A phải là 1 hoặc B phải là 1) và C phải có dạng “9…”",
            "(A must be 1 or B must be 1) and C must be like “9…”",
        ),
        (
            "NOT (A > 1 AND B BETWEEN 2 AND 3)",
            "A phải không quá 1 hoặc (B phải nhỏ hơn 2 hoặc B phải lớn hơn 3)",
            "A must be at most 1 or (B must be less than 2 or B must be more than 3)",
        ),
    ],
)
def test_a_condition_is_said_as_a_rule(test: str, vi: str, en: str) -> None:
    assert condition_words(parse(test)) == (vi, en)


def told(issue: Issue) -> str:
    """All that people read of a finding."""
    sentences = (*issue.message, *issue.remedy)
    details = (f"{one.label} {one.text} {one.rows}" for one in details_of(issue))
    return "\n".join((*sentences, issue.value or "", *details))


def test_no_finding_about_a_cell_shows_a_pattern_or_a_type_of_programs() -> None:
    columns = (Column(name="A", pattern="[0-9]{8}"), Column(name="B", type="integer"))
    rows = rows_of(table_of(*columns), {"A": ["2011"], "B": ["x"]})
    form, kind = check_columns(rows)
    assert "= “2011”, nhưng phải gồm đúng 8 chữ số, như 20171013." in form.message.vi
    assert kind.message.vi.endswith("B = “x” không phải là số nguyên.")
    assert kind.message.en.endswith("B = “x” is not a whole number.")
    assert not any(raw in told(form) for raw in RAW)
    assert (form.detail["pattern"], kind.detail["type"]) == ("[0-9]{8}", "integer")


def test_a_shape_that_cannot_be_used_says_why_in_both_languages() -> None:
    column = Column(name="geom", type="geometry", geometry="area", required=True)
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    rows = rows_of(table_of(column), {}, [bow, shapely.Point(0, 0)])
    kind, broken = check_shapes(rows, column)
    assert kind.message.vi.endswith("hình không dùng được (điểm).")
    assert broken.message.vi.endswith("hình không dùng được (đường biên tự cắt).")
    assert broken.message.en.endswith("the shape cannot be used (its outline crosses itself).")
    assert broken.value == "Self-intersection"


def test_a_missing_piece_says_how_to_name_it() -> None:
    piece = Piece(
        name="ZONE_URBA", kind="table", path="Donnees/[AB0-9]{5}_ZONE_[0-9]{8}(_[A-Z])?",
        extensions=("dbf", "tab"), mandatory="ERROR",
    )  # fmt: skip
    (issue,) = check_pieces(match_pieces(Standard(name="s", pieces=(piece,)), Dossier("d", "", {})))
    assert issue.remedy.vi == (
        "Bổ sung tệp; đường dẫn phải có dạng như Donnees/30014_ZONE_20171013, đuôi .dbf, .tab."
    )
    assert issue.value == "Donnees/30014_ZONE_20171013"
    assert issue.detail["pattern"] == piece.path
    assert not any(raw in told(issue) for raw in RAW)


def test_a_dossier_of_no_standard_is_told_how_its_name_must_look() -> None:
    standards = [
        Standard(name=f"cnig_{kind}_2017", folder=f"[0-9]+_{kind}_[0-9]{{8}}(_[A-Z])?")
        for kind in ("PLU", "CC")
    ]
    choice = choose(standards, Dossier("abc", "", {}), Metadata())
    (issue,) = choice.issues
    assert "cho giống dạng 1_PLU_20171013, 1_CC_20171013" in issue.remedy.vi
    assert "so that it looks like 1_PLU_20171013, 1_CC_20171013" in issue.remedy.en


@pytest.mark.parametrize(
    ("least", "most", "said"), [(2, None, "ít nhất 2"), (1, 1, "đúng 1"), (3, 5, "từ 3 đến 5")]
)
def test_the_number_of_rows_is_said_without_signs(least: int, most: int | None, said: str) -> None:
    table = table_of(Column(name="A")).model_copy(
        update={"counts": (RowCount(least=least, most=most),)}
    )
    issues = _counts(rows_of(table, {"A": ["x"] * 2 if least == 1 else ["x"]}))
    (issue,) = (one for one in issues if one.code == "TABLE_ROW_COUNT")
    assert issue.message.vi.endswith(f"chuẩn đòi hỏi {said}.")


def test_the_standards_of_france_have_words_for_every_condition_and_nearly_every_pattern() -> None:
    standards = read_standards(MODELS)
    tests = {c.test for one in standards for t in one.tables for c in t.conditions}
    assert tests
    for words in (condition_words(parse(test)) for test in tests):
        assert not any(raw in str(words) for raw in RAW)
        assert words.vi.startswith(("nếu", "NOMREG"))
    patterns = {c.pattern for one in standards for t in one.tables for c in t.columns if c.pattern}
    assert all(form_words(pattern) != UNKNOWN for pattern in patterns)
