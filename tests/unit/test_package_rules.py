"""Rules of the shipped package: each names its article, and only what is certain may forbid."""

from collections import Counter

import pytest
from pydantic import ValidationError

from schemas.issues import catalogue
from schemas.profiles import find_profile
from schemas.profiles.package import FIRM, CodeRule, Folder, Package, Paper
from schemas.standards.circular16 import package_standard

PROFILE = find_profile("vn_circular16")


@pytest.fixture
def package() -> Package:
    assert PROFILE.package is not None
    return PROFILE.package


def test_every_rule_names_its_article_and_how_well_it_is_known(package: Package) -> None:
    rules = (
        *package.folders, *package.geodatabases, *package.fields, *package.needed_classes,
        *package.papers, *package.scans, *package.rules, *package.contradictions,
    )  # fmt: skip
    assert len(rules) > 35
    for rule in rules:
        assert rule.confidence in ("A", "B", "C", "K")
        assert any(mark in rule.article for mark in ("TT ", "NĐ "))


def test_only_what_is_certain_forbids_publication(package: Package) -> None:
    for rule in package.rules:
        if rule.confidence not in FIRM:
            levels = {rule.level or catalogue()[code].level for code in rule.codes}
            assert levels <= {"INFO", "WARNING"}


@pytest.mark.parametrize("confidence", ["C", "K"])
def test_an_uncertain_rule_that_forbids_is_refused(confidence: str) -> None:
    known = {"article": "TT 1", "confidence": confidence}
    with pytest.raises(ValidationError, match="not certain"):
        CodeRule.model_validate({**known, "codes": ["PAPER_UNREADABLE"]})
    with pytest.raises(ValidationError, match="not certain"):
        CodeRule.model_validate({**known, "codes": ["PAGES_DIFFER"], "level": "ERROR"})
    with pytest.raises(ValidationError, match="not certain"):
        Folder.model_validate({**known, "name": "A", "missing": "ERROR"})
    words = {"title": {"vi": "a", "en": "b"}, "roles": ["x"], "absent": "INFO"}
    with pytest.raises(ValidationError, match="not certain"):
        Paper.model_validate({**known, **words, "listed": "ERROR"})
    assert CodeRule.model_validate({**known, "codes": ["PAGES_DIFFER"]}).level is None


def test_a_rule_of_an_unknown_code_is_refused() -> None:
    with pytest.raises(ValidationError, match="no issue code"):
        CodeRule.model_validate({"article": "TT 1", "confidence": "A", "codes": ["NO_SUCH_CODE"]})


def test_a_code_has_one_rule(package: Package) -> None:
    counted = Counter(code for rule in package.rules for code in rule.codes)
    assert max(counted.values()) == 1


def test_the_circular_is_a_standard_of_four_geodatabases_and_153_tables(package: Package) -> None:
    standard = package_standard(PROFILE, package)
    assert Counter(table.piece for table in standard.tables) == {
        "NenDiaHinh": 4, "HienTrang": 67, "QuyHoach": 79, "MocGioi": 3,
    }  # fmt: skip
    types = Counter(column.type for table in standard.tables for column in table.columns)
    assert (types["number"], types["integer"], types["date"]) == (199, 48, 4)
    assert types["geometry"] == 153


def test_every_table_has_both_codes_of_15_letters(package: Package) -> None:
    for table in package_standard(PROFILE, package).tables:
        for name in ("maThongTinQH", "maHoSoQH"):
            column = table.column(name)
            assert column is not None
            assert (column.max_length, column.required, column.type) == (15, True, "text")
