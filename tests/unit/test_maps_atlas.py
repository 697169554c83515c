"""Published folium maps: nothing from another host, hostile names inert, the same bytes again."""

import re

import folium
import pytest

from maps.atlas import DossierFacts, NotVendored, dossier_map, localised

HOSTILE = "<img src=x onerror=alert(1)></script>{{7*7}}"
FACTS = DossierFacts("Quy hoạch phân khu", 2, "12/QĐ-UBND", "2026-01-02", invented=True)


def zones(label: str) -> dict[str, object]:
    ring = [[106.7, 10.77], [106.71, 10.77], [106.71, 10.78], [106.7, 10.77]]
    feature = {
        "type": "Feature",
        "properties": {"label": label, "title": label, "style": "nhom-nha-o"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    return {"type": "FeatureCollection", "features": [feature]}


def test_published_map_loads_nothing():
    html = dossier_map(FACTS, zones("A1"))
    assert re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=", html) == []
    assert re.findall(r"url\((?!data:|#|\" *\+)", html.split("<script>")[0]) == []


def test_published_map_is_vietnamese_and_can_be_zoomed_by_hand():
    html = dossier_map(FACTS, zones("A1"))
    assert '<html lang="vi">' in html
    assert html.count('name="viewport"') == 1
    assert "user-scalable=no" not in html
    assert "DỮ LIỆU MINH HỌA (bịa)" in html


def test_hostile_names_are_inert():
    facts = DossierFacts(HOSTILE, 1, HOSTILE, "2026-01-02", invented=False)
    html = dossier_map(facts, zones(HOSTILE))
    assert "<img" not in html
    # Written, not computed: in title, heading, decision, label and the label's title.
    assert html.count("{{7*7}}") == 5
    assert html.count("</script>") == html.count("<script>")


def test_same_input_gives_the_same_bytes():
    assert dossier_map(FACTS, zones("A1")) == dossier_map(FACTS, zones("A1"))


def test_a_page_that_would_load_from_elsewhere_is_refused():
    with pytest.raises(NotVendored):
        localised(folium.Map().get_root().render(), FACTS)
