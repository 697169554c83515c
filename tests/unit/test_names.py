"""Names as keys: no diacritics, no case, no tone-mark habit; unit types apart."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vietnamadminunits.database import get_data

from schemas.names import (
    UnitName,
    has_diacritics,
    name_key,
    readings,
    spelling,
    split_unit_name,
    unit_key,
)

TONES = "\u0300\u0301\u0303\u0309\u0323"
VOWELS = "aăâeêioôơuưy"
NAMES = sorted(
    {row["ward"] for row in get_data("ward", "admin_units_legacy") if row["ward"]}
    | {row["ward"] for row in get_data("ward", "admin_units")}
)


def moved_tone(word: str) -> str:
    """The word with the tone of its final `oa`, `oe`, `uy` on the other vowel."""
    letters = unicodedata.normalize("NFD", word)
    bare = unicodedata.normalize("NFC", "".join(c for c in letters if c not in TONES))
    tones = [c for c in letters if c in TONES]
    if not tones or bare.lower()[-2:] not in ("oa", "oe", "uy"):
        return word
    first, second = bare[:-1] + tones[0] + bare[-1], bare + tones[0]
    other = second if unicodedata.normalize("NFC", first) == word else first
    return unicodedata.normalize("NFC", other)


@given(st.text())
def test_the_key_of_a_key_is_itself(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)


@given(st.text())
def test_composed_and_decomposed_text_have_one_key(text: str) -> None:
    assert name_key(unicodedata.normalize("NFD", text)) == name_key(
        unicodedata.normalize("NFC", text)
    )


@given(st.sampled_from(NAMES), st.sampled_from([str, str.upper, str.lower, str.title]))
def test_case_does_not_change_the_key(name: str, case: object) -> None:
    assert name_key(case(name)) == name_key(name)  # type: ignore[operator]


def test_both_tone_mark_habits_give_equal_keys_for_every_real_name() -> None:
    moved = {name: " ".join(moved_tone(word) for word in name.split()) for name in NAMES}
    assert sum(name != other for name, other in moved.items()) > 400
    assert [n for n, other in moved.items() if name_key(other) != name_key(n)] == []
    assert [n for n, other in moved.items() if spelling(other) != spelling(n)] == []


def test_every_real_name_is_read_as_its_own_type_and_key() -> None:
    for name in NAMES:
        kind, _ = split_unit_name(name)
        assert kind is not None, name
        asked = {(reading.kind, reading.key) for reading in readings(name)}
        assert (kind, unit_key(name)) in asked, name


@pytest.mark.parametrize(
    "text",
    ["Phường Bến Nghé", "phuong ben nghe", "P. Bến Nghé", "P.Bến Nghé", "p ben nghe", "Bến  Nghé"],
)
def test_every_way_to_write_a_ward_reaches_its_key(text: str) -> None:
    assert "ben nghe" in {reading.key for reading in readings(text)}


@pytest.mark.parametrize(
    ("text", "kind", "key"),
    [
        ("Phường 1", "Phường", "1"),
        ("phường 01", "Phường", "1"),
        ("P12", "Phường", "12"),
        ("Q.3", "Quận", "3"),
        ("TT. Yên Viên", "Thị trấn", "yen vien"),
        ("Thị xã Phú Mỹ", "Thị xã", "phu my"),
        ("TP.HCM", "Thành phố", "ho chi minh"),
        ("Đặc khu Lý Sơn", "Đặc khu", "ly son"),
        ("H. Củ Chi", "Huyện", "cu chi"),
    ],
)
def test_a_unit_type_is_recognised_apart(text: str, kind: str, key: str) -> None:
    assert (kind, key) in {(reading.kind, reading.key) for reading in readings(text)}


def test_numbered_wards_stay_apart() -> None:
    assert unit_key("Phường 1") != unit_key("Phường 12")
    assert {reading.key for reading in readings("Phường 1")} == {"phuong 1", "1"}


def test_a_name_that_begins_like_a_type_keeps_its_whole_reading() -> None:
    assert split_unit_name("Phường Phường Đúc") == ("Phường", "Phường Đúc")
    assert {(r.kind, r.key) for r in readings("Phường Đúc")} == {
        (None, "phuong duc"),
        ("Phường", "duc"),
    }
    assert {r.kind for r in readings("Phương Liễu")} == {None}
    assert {r.kind for r in readings("Xã Phường")} == {None, "Xã"}
    assert readings("Phường") == (UnitName(None, "phuong", spelling("Phường")),)


def test_apostrophes_vanish_and_dashes_separate() -> None:
    assert name_key("Ea H’leo") == name_key("Ea H'Leo") == "ea hleo"
    assert name_key("Bà Rịa - Vũng Tàu") == name_key("ba ria vung tau")


def test_damaged_letters_count_as_what_they_were() -> None:
    assert name_key("Phƣờng Ðức Thắng") == "phuong duc thang"


def test_diacritics_are_noticed() -> None:
    assert has_diacritics("Tân Thạnh")
    assert has_diacritics("Đa Kao")
    assert not has_diacritics("tan thanh")


def test_numbered_names_keep_their_type_as_official_lists_do() -> None:
    assert split_unit_name("Phường 12") == ("Phường", "Phường 12")
    assert split_unit_name("Thành phố Hồ Chí Minh") == ("Thành phố", "Hồ Chí Minh")
    assert split_unit_name("Nowhere") == (None, "Nowhere")
