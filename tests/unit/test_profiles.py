"""Every shipped profile loads, says what the standard says, and refuses what it does not know."""

from collections import Counter
from pathlib import Path

import pytest
from pydantic import ValidationError

from schemas.errors import ProfileInvalid
from schemas.profiles import find_profile, profile_hash, shipped_profiles
from schemas.profiles.model import Profile
from schemas.profiles.parcels import ParcelProfile
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


GOOD = "id: a\ntitle: {vi: a, en: a}\nplan: {code: x}\n"


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        (
            "id: a\nvalid_from: 2020-13-01",
            "dòng 2, cột 13: không có ngày 2020-13-01",
            "line 2, column 13: there is no day 2020-13-01",
        ),
        ("id: [", "dòng 1, cột 6: ", "line 1, column 6: "),
        ("- 1", "(…): phải gồm các mục", "(…): “key: value” entries"),
        ("", "(…): phải gồm các mục", "(…): “key: value” entries"),
        (
            GOOD.replace("code: x", "code: x, id: 'tw-{codee}'"),
            "plan: “tw-{codee}” chỉ được dùng {code}",
            "plan: “tw-{codee}” may only use {code}",
        ),
        (GOOD.replace("code: x", "code: x, id: 'tw-{}'"), "plan: “tw-{}”", "plan: “tw-{}”"),
        (GOOD.replace("code: x", "code: x, id: 'tw-{code'"), "plan: “tw-{code”", "may only use"),
        (GOOD.replace("id: a", "id: A B"), "id: không theo mẫu", "id: does not follow"),
        (
            GOOD + "layers: [{becomes: zone}]",
            "layers.0: `level` là của lớp",
            "layers.0: `level` belongs",
        ),
        (
            GOOD + "layers: [{becomes: zone, level: plot}]",
            "layers.0.level: phải là một trong: 'area', 'cell' or 'lot'",
            "layers.0.level: must be one of",
        ),
        (GOOD + "colour: red", "colour: không có mục nào", "colour: there is no such key"),
        ("id: a\nplan: {code: x}", "title: thiếu mục này", "title: this key is missing"),
        (GOOD + "classes: khong_co.csv", "bảng lớp không đọc được", "no table of classes"),
    ],
)
def test_a_mistake_in_a_profile_is_told_at_its_place_in_both_languages(
    tmp_path: Path, text: str, vi: str, en: str
) -> None:
    path = tmp_path / "sai.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileInvalid) as raised:
        find_profile(path)
    assert vi in raised.value.detail.vi
    assert en in raised.value.detail.en
    assert "http" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "vi"),
    [
        ("fields: {to: TO}", "fields.to"),
        ("fields: {sheet: TO}\nconstants: {sheet: '5'}", "vừa là cột vừa là hằng số: sheet"),
        ("colour: red", "colour: không có mục nào"),
        ("constants: {sheet: 2020-02-31}", "không có ngày 2020-02-31"),
        ("fields: [", "dòng 1, cột 10"),
    ],
)
def test_a_mistake_in_a_parcel_profile_is_told_at_its_place(
    tmp_path: Path, text: str, vi: str
) -> None:
    path = tmp_path / "thua.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileInvalid) as raised:
        ParcelProfile.from_file(path)
    assert vi in raised.value.detail.vi
    assert "http" not in str(raised.value)


def test_the_hash_changes_with_what_the_profile_says_and_nothing_else() -> None:
    profile = find_profile("vn_circular16")
    assert profile_hash(profile) == profile_hash(profile.model_copy())
    assert profile_hash(profile) != profile_hash(profile.model_copy(update={"crs": "EPSG:5897"}))
