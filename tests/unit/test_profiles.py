"""Every shipped profile loads, says what the standard says, and refuses what it does not know."""

from collections import Counter
from pathlib import Path

import pytest
from pydantic import ValidationError

from schemas.errors import ProfileInvalid
from schemas.profiles import find_profile, profile_hash, shipped_profiles
from schemas.profiles.model import Profile
from schemas.themes import THEMES

TESTS = Path(__file__).parents[1]


def test_every_shipped_profile_loads() -> None:
    assert set(shipped_profiles()) >= {"vn_circular16"}


def test_circular_16_lists_153_classes_in_four_geodatabases() -> None:
    profile = find_profile("vn_circular16")
    counts = Counter(rule.container for rule in profile.layers)
    assert counts == {"QuyHoach": 79, "HienTrang": 67, "NenDiaHinh": 4, "MocGioi": 3}
    assert all(rule.label and rule.attributes for rule in profile.layers)


def test_themes_of_a_profile_are_themes_of_the_answer() -> None:
    for profile in shipped_profiles().values():
        assert {rule.theme for rule in profile.layers if rule.theme} <= set(THEMES)


def test_only_the_planned_geodatabase_answers_for_themes() -> None:
    for rule in find_profile("vn_circular16").layers:
        if rule.container != "QuyHoach":
            assert rule.theme is None
            assert rule.becomes == "feature"


def test_mapped_columns_are_attributes_of_the_class() -> None:
    for rule in find_profile("vn_circular16").layers:
        if rule.becomes != "feature":
            assert {s.column for s in rule.columns.values()} <= set(rule.attributes)


@pytest.mark.parametrize("path", sorted((TESTS / "profiles").glob("*.yaml")), ids=lambda p: p.stem)
def test_mapping_profiles_of_the_tests_load(path: Path) -> None:
    assert find_profile(path).layers


def test_every_profile_knows_the_marks_of_state_secrets() -> None:
    mapping = find_profile(TESTS / "profiles" / "tw_zoning.yaml")
    assert mapping.secrecy.marks == find_profile("vn_circular16").secrecy.marks


@pytest.mark.parametrize(
    "wrong",
    [
        {"nothing_known": 1},
        {"layers": [{"becomes": "zone"}]},
        {"layers": [{"becomes": "line"}]},
        {"layers": [{"becomes": "zone", "level": "lot", "columns": {"colour": "c"}}]},
        {"layers": [{"columns": {"name": {"column": "a", "codes": "none"}}}]},
        {"layers": [{"columns": {"name": {"column": "a", "value": "b"}}}]},
        {"files": [{"path": "(", "role": "gis"}]},
        {"plan": {"code": "x", "plan_code": {"pattern": "(", "id": "x"}}},
        {"plan": {"code": "x", "plan_code": {"pattern": "(?P<a>x)", "id": "{b}"}}},
        {"plan": {"code": "x", "id": "{other}"}},
        {"plan": {"code": "x", "info_code": {"sources": "y", "pattern": "(?P<level>1"}}},
    ],
)
def test_an_unknown_or_half_said_thing_is_refused(wrong: dict[str, object]) -> None:
    good = {"id": "a", "title": {"vi": "a", "en": "a"}, "plan": {"code": "x"}}
    Profile.model_validate(good)
    with pytest.raises(ValidationError):
        Profile.model_validate({**good, **wrong})


def test_a_missing_or_broken_profile_says_so(tmp_path: Path) -> None:
    with pytest.raises(ProfileInvalid, match="vn_circular16"):
        find_profile("khong_co")
    (tmp_path / "a.yaml").write_text("id: [", encoding="utf-8")
    with pytest.raises(ProfileInvalid):
        find_profile(tmp_path / "a.yaml")
    (tmp_path / "b.yaml").write_text("- 1", encoding="utf-8")
    with pytest.raises(ProfileInvalid):
        find_profile(tmp_path / "b.yaml")


def test_the_hash_changes_with_what_the_profile_says_and_nothing_else() -> None:
    profile = find_profile("vn_circular16")
    assert profile_hash(profile) == profile_hash(profile.model_copy())
    assert profile_hash(profile) != profile_hash(profile.model_copy(update={"crs": "EPSG:5897"}))
