"""What people type in the one box is read as what it is, or as words, never as a guess."""

import pytest

from api.lookup.typed import CodeTyped, KeyTyped, PointTyped, WordsTyped, read_query


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5/12", KeyTyped("5", "12")),
        ("  5 / 12 ", KeyTyped("5", "12")),
        ("tờ 5 thửa 12", KeyTyped("5", "12")),
        ("to 5 thua 12", KeyTyped("5", "12")),
        ("Tờ bản đồ số 5, thửa đất số 12", KeyTyped("5", "12")),
        ("thửa 12 tờ 5", KeyTyped("5", "12")),
        ("thửa đất số 12, tờ bản đồ số 5", KeyTyped("5", "12")),
        ("5/12 Phường Minh Họa", KeyTyped("5", "12", "Phường Minh Họa")),
        ("5/12, phuong minh hoa", KeyTyped("5", "12", "phuong minh hoa")),
        ("tờ 5 thửa 12 Phường Minh Họa Đông", KeyTyped("5", "12", "Phường Minh Họa Đông")),
        ("Phường Minh Họa tờ 5 thửa 12", KeyTyped("5", "12", "Phường Minh Họa")),
        ("Phường Minh Họa, 5/12", KeyTyped("5", "12", "Phường Minh Họa")),
        ("99001/5/12", KeyTyped("5", "12", "99001")),
        ("106.75, 10.31", PointTyped(106.75, 10.31)),
        ("10.31 106.75", PointTyped(106.75, 10.31)),
        ("w3gvk1td8xcd", CodeTyped("w3gvk1td8xcd")),
        ("Phường Bến Nghé", WordsTyped("Phường Bến Nghé")),
        ("{{7*7}}", WordsTyped("{{7*7}}")),
        ("0, 0", WordsTyped("0, 0")),
        ("", WordsTyped("")),
    ],
)
def test_a_typed_text_has_one_reading(text: str, expected: object) -> None:
    assert read_query(text) == expected


def test_a_long_hostile_text_is_read_at_once() -> None:
    assert isinstance(read_query("tờ " * 5000 + "a" * 5000), WordsTyped | KeyTyped)
