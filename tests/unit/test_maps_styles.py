"""The style catalogue: every file loads, nothing is guessed, colour never stands alone."""

from itertools import combinations

import pytest

from maps.hatches import TILES
from maps.styles import (
    FOLDER,
    NO_FUNCTION,
    NOT_IN_CATALOGUE,
    line_styles,
    read_style_set,
    style_of,
    style_sets,
    zone_styles,
)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_every_style_file_loads_and_names_its_source(path):
    styles = read_style_set(path)
    assert styles.verified is False
    assert all(s.legal_source == styles.legal_source for s in styles.styles)


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("Nhóm nhà ở", "nhom-nha-o"),
        ("Đất nhóm nhà ở", "nhom-nha-o"),
        ("nhom nha o", "nhom-nha-o"),
        ("VĂN HOÁ", "van-hoa"),
        ("Văn hóa", "van-hoa"),
        ("QHDH_DAT_O_Nhomnhao_CV", "nhom-nha-o"),
        ("QHDD-DAT-HTXH-Yte", "y-te"),
        ("ODT", "odt"),
        ("odt", "odt"),
    ],
)
def test_names_and_codes_find_their_style(asked, key):
    assert style_of(asked).key == key


def test_the_most_specific_known_name_wins():
    assert style_of("một tên lạ", "Nhóm nhà ở", "Dịch vụ").key == "nhom-nha-o"


def test_unknown_function_is_not_guessed():
    assert style_of("Đất ở gần giống nhóm nhà ở") is NOT_IN_CATALOGUE
    assert not style_of("?").in_catalogue


def test_no_function_is_not_an_unknown_function():
    assert style_of(None, "") is NO_FUNCTION


def test_no_two_zone_styles_of_a_set_look_alike():
    for styles in style_sets():
        for a, b in combinations(styles.styles, 2):
            same = (a.fill, a.hatch, a.dash, a.label) == (b.fill, b.hatch, b.dash, b.label)
            assert not same, (a.key, b.key)


def test_same_colour_in_one_set_means_another_hatch_or_label():
    for styles in style_sets():
        for a, b in combinations([s for s in styles.styles if s.fill], 2):
            if a.fill == b.fill:
                assert a.hatch != b.hatch or a.label != b.label, (a.key, b.key)


def test_style_for_the_unknown_looks_like_no_other():
    others = [style for style in zone_styles().values() if style is not NOT_IN_CATALOGUE]
    assert all(s.hatch != NOT_IN_CATALOGUE.hatch and s.fill != "#ffffff" for s in others)


def test_every_zone_style_has_a_label_and_a_drawable_hatch():
    for style in zone_styles().values():
        assert style.label or style is NO_FUNCTION
        assert style.hatch in TILES


def test_every_kind_of_line_has_its_own_look():
    styles = line_styles()
    assert set(styles) == {"red_line", "building_line", "corridor", "road_axis"}
    assert len({(s.dash, s.width) for s in styles.values()}) == len(styles)
