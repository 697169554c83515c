"""The frame of every page, its filters, and the viewer page: escaped, bilingual, local."""

import json
import re
from datetime import UTC, date, datetime

import pytest
from jinja2 import UndefinedError

from maps import numbers, viewer
from maps.pages import Page, environment, render
from maps.tiles import VIETNAM, Tile, bounds_of, layer_of, style_index, tile_json, tile_query

HOSTILE = "<img src=x onerror=alert(1)></script>{{7*7}}"
PAGE = Page("vi", "/parcels/26734/5/12?valid_at=2026-01-01", invented=False)
BOUNDS = (106.70, 10.77, 106.71, 10.78)


def written(template: str, page: Page = PAGE, **values: object) -> str:
    return environment().from_string(template).render(page=page, **values)


def test_every_address_of_a_page_is_our_own():
    html = render("base.html", PAGE) + viewer.viewer_page(PAGE, 1, BOUNDS)
    assert re.findall(r"(?:src|href)=[\"'](?!/|#)[^\"']*", html) == []
    assert "http" not in html.replace("http-equiv", "")


def test_language_switch_keeps_the_page_and_its_parameters():
    assert PAGE.other_url == "/parcels/26734/5/12?valid_at=2026-01-01&lang=en"
    assert Page("en", PAGE.other_url, False).other_url == PAGE.url


def test_language_switch_never_leads_to_another_host():
    assert Page("vi", "//evil.example/x", False).other_url == "/x?lang=en"
    assert Page("vi", "/" * 4 + "evil.example", False).other_url == "/evil.example?lang=en"


def test_invented_data_is_announced_in_both_languages():
    html = render("base.html", Page("en", "/", invented=True))
    assert "DỮ LIỆU MINH HỌA (bịa)" in html
    assert "Invented sample data" in html
    assert "MINH HỌA" not in render("base.html", PAGE)


def test_data_reach_a_page_escaped():
    assert "<img" not in written("{{ name }}", name=HOSTILE)
    assert "49" not in written("{{ name }}", name=HOSTILE)


def test_a_missing_value_is_an_error_not_a_blank():
    with pytest.raises(UndefinedError):
        written("{{ forgotten }}")


def test_numbers_follow_the_language_of_the_page():
    english = Page("en", "/", False)
    assert written("{{ 1234.5|number }}") == "1.234,5"
    assert written("{{ 1234.5|number }}", english) == "1,234.5"
    assert written("{{ 1234.56|m2 }}") == "1.234,6\N{NO-BREAK SPACE}m²"
    assert written("{{ '2026-06-01'|date }}", english) == "1 June 2026"
    assert written("{{ '2026-06-01'|date }}") == "01/06/2026"
    assert written("{{ {'vi': 'Có', 'en': 'Yes'}|said }}", english) == "Yes"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (0.0001, "< 0,1%"), (0.375, "37,5%"), (0.99999, "> 99,9%"), (1, "100%")],
)
def test_a_little_is_never_nothing_and_nearly_all_is_never_all(share, text):
    assert numbers.percent(share, "vi") == text


def test_a_sliver_has_an_area():
    assert numbers.m2(0.01, "vi") == "< 0,1\N{NO-BREAK SPACE}m²"
    assert numbers.number(-0.001, "vi") == "0"


def test_the_three_answers_differ_in_sign_words_and_class():
    template = '{% from "macros.html" import result_tag with context %}{{ result_tag(r) }}'
    tags = [written(template, r=r) for r in ("applies", "does_not_apply", "no_data")]
    for part in (r"tag--(\w+)", r"true\">(.)<", r"</span> ([^<]+)<"):
        assert len({re.search(part, tag)[1] for tag in tags}) == 3


def test_viewer_carries_its_configuration_as_inert_json():
    html = viewer.viewer_page(Page("vi", "/map", False, nonce="n0"), 7, BOUNDS, date(2026, 1, 1))
    data = re.search(r'<script type="application/json" id="map-config">(.*?)</script>', html)[1]
    config = json.loads(data)
    assert config["style"]["sources"]["zones"]["tiles"] == [
        "/tiles/zones/{z}/{x}/{y}.mvt?revision=7&valid_at=2026-01-01"
    ]
    assert html.count("<script") == html.count('nonce="n0"') + 2  # JSON and our own module


def test_empty_register_says_so_on_the_map():
    html = viewer.viewer_page(Page("vi", "/map", False), 0, bounds_of([None] * 4))
    assert "Chưa có quy hoạch nào có hiệu lực" in html


def test_tile_json_names_tiles_zooms_and_fields():
    described = tile_json("parcels", "https://host.example", 3, VIETNAM)
    assert described["tiles"] == ["https://host.example/tiles/parcels/{z}/{x}/{y}.mvt?revision=3"]
    assert described["minzoom"] == layer_of("parcels").min_zoom == 15
    assert described["vector_layers"][0]["fields"].keys() == {"commune_code", "sheet", "number"}


def test_style_index_holds_known_names_alone():
    assert json.loads(style_index(["Nhóm nhà ở", "Lạ"])) == {"Nhóm nhà ở": ["nhom-nha-o", "NO"]}


def test_parcels_are_not_asked_for_below_zoom_15():
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert tile_query("parcels", Tile(14, 0, 0), date(2026, 1, 1), now, "{}") is None
