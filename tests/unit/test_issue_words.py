"""Sentences of the catalogue suit every door; each door says itself how a choice is made."""

import re

import pytest

from schemas.dossier_words import verdict
from schemas.issues import OPTIONS, Issue, catalogue

OPTION = re.compile(r"(?<![\w-])--[a-z]|\bsqh ")


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_no_sentence_of_the_catalogue_speaks_of_the_command_line(code: str) -> None:
    kind = catalogue()[code]
    for sentence in (kind.message, kind.why, kind.fix):
        assert not OPTION.search(f"{sentence.vi} {sentence.en}")


@pytest.mark.parametrize(
    ("code", "option"),
    [
        ("CRS_LABEL_CONTRADICTED", "--crs EPSG:N"),
        ("GEOMETRY_INVALID", "--accept-repairs"),
        ("PROFILE_UNMATCHED", "--profile TÊN"),
        ("STANDARD_SEVERAL_FIT", "--profile NGUỒN#TÊN"),
        ("CRS_NOT_PROVEN", "--boundaries TỆP"),
    ],
)
def test_at_the_command_line_a_remedy_names_the_option(code: str, option: str) -> None:
    issue = Issue(code, "a.gpkg", "Lop", detail={"why_vi": "x", "why_en": "y"})
    assert issue.remedy_by_command.vi.startswith(issue.remedy.vi)
    assert option in issue.remedy_by_command.vi
    assert option not in issue.remedy.vi


def test_a_remedy_without_a_choice_is_the_same_everywhere() -> None:
    issue = Issue("CRS_MISSING", "a.gpkg", "Lop")
    assert issue.kind.decided_by is None
    assert issue.remedy_by_command == issue.remedy


def test_every_repair_and_no_option_in_vain() -> None:
    decided = {kind.decided_by for kind in catalogue().values()}
    assert decided == {None, *OPTIONS}
    for kind in catalogue().values():
        assert (kind.decided_by == "repairs") == kind.repairable


def test_measured_numbers_have_the_separators_of_the_language() -> None:
    detail = {"reason": "x", "area_before_m2": 15_000.5, "area_after_m2": 1234.25}
    issue = Issue("GEOMETRY_REPAIRED", "a.gpkg", "Lop", row=1234, detail=detail)
    assert "dòng 1234 " in issue.message.vi
    assert "(15.000,5 → 1.234,25 m²)" in issue.message.vi
    assert "(15,000.5 → 1,234.25 m²)" in issue.message.en


def test_the_verdict_counts_in_the_language_of_its_reader() -> None:
    assert verdict("rejected", {"ERROR": 12_345}) == (
        "Không đạt: 12.345 lỗi phải sửa trước khi công bố.",
        "Rejected. Errors to put right before publication: 12,345.",
    )
    assert "1.234 cảnh báo" in verdict("staged", {"WARNING": 1234}).vi
