"""Every finding the gate can make is in the catalogue, in both languages, with its place filled."""

import re
import string
from pathlib import Path

import pytest

from schemas.issues import Issue, catalogue

ROOT = Path(__file__).parents[2]
PLACES = {"file", "layer", "row", "column", "value"}


def raised_codes() -> set[str]:
    """Codes named in the sources of ingest: the first text of Issue(...) and finding(...)."""
    found: set[str] = set()
    for path in (ROOT / "ingest").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'(?:Issue|finding|find|_find)\(\s*"([A-Z][A-Z_]+)"', text))
        found |= set(re.findall(r'code = "([A-Z][A-Z_]+)"', text))
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_code_that_is_raised_is_in_the_catalogue() -> None:
    raised = raised_codes()
    assert len(raised) > 25
    assert raised <= set(catalogue())


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_a_code_speaks_both_languages_with_the_same_placeholders(code: str) -> None:
    kind = catalogue()[code]
    assert re.fullmatch(r"[A-Z][A-Z_]*[A-Z]", code)
    for sentence in (kind.message, kind.why, kind.fix):
        assert sentence.vi.strip()
        assert sentence.en.strip()
        assert sentence.vi != sentence.en
        in_english = {re.sub("_vi$", "_en", name) for name in placeholders(sentence.vi)}
        assert in_english == placeholders(sentence.en)


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_the_sentences_of_a_code_fill(code: str) -> None:
    kind = catalogue()[code]
    texts = (kind.message.vi, kind.message.en, kind.fix.vi, kind.fix.en)
    names = set().union(*map(placeholders, texts))
    issue = Issue(code, "a.gpkg", "Lop", 1, "cot", "x", detail=dict.fromkeys(names - PLACES, "y"))
    assert "{" not in issue.message.vi + issue.message.en
    assert issue.level == kind.level


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_a_finding_without_a_known_layer_row_or_column_never_says_none(code: str) -> None:
    kind = catalogue()[code]
    texts = (kind.message.vi, kind.message.en, kind.fix.vi, kind.fix.en)
    names = set().union(*map(placeholders, texts))
    issue = Issue(code, "a.gpkg", value="x", detail=dict.fromkeys(names - PLACES, "y"))
    for words in (issue.message, issue.remedy):
        assert "None" not in str(words)


def test_a_file_that_cannot_be_listed_is_named_instead_of_its_layer() -> None:
    unread = Issue("LAYER_UNREADABLE", "a.gpkg", detail={"reason": "hỏng"}).message
    assert unread == ("Không đọc được “a.gpkg”: hỏng", "“a.gpkg” cannot be read: hỏng")
    broken = Issue("COLUMN_MISSING", "a.gpkg", column="ma").message
    assert broken == ("Tệp “a.gpkg” thiếu cột ma.", "File “a.gpkg” lacks column ma.")
    secret = Issue("SECRET_REFUSED", "MẬT.pdf").message
    assert secret.vi.endswith("an ninh (“MẬT.pdf”).")


def test_an_unknown_layer_is_advised_by_the_profile_in_use() -> None:
    fix = catalogue()["LAYER_UNKNOWN"].fix
    assert "16/2025" not in fix.vi + fix.en
    assert "loại hồ sơ đang dùng" in fix.vi


def test_parcel_and_register_codes_have_their_levels() -> None:
    levels = {code: kind.level for code, kind in catalogue().items()}
    assert levels["PARCEL_HELD_BACK"] == "WARNING"
    assert levels["PARENT_PLAN_UNKNOWN"] == "ERROR"
    assert levels["COLUMN_NOT_TAKEN"] == "INFO"
    assert levels["SECRET_REFUSED"] == "ERROR"
