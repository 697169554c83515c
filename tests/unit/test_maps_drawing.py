"""The parcel drawing: accessible, escaped, self-contained, true to scale."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box
from shapely.affinity import scale

from maps.drawing import DrawnLine, DrawnZone, draw_parcel, window_around

SVG = "{http://www.w3.org/2000/svg}"
PARCEL = box(600_000, 1_190_000, 600_010, 1_190_020)
HOSTILE = "\"'><img src=x onerror=alert(1)></script>{{7*7}}"


def house_zone(label: str = "A1-NO-01", title: str = "Nhóm nhà ở") -> DrawnZone:
    return DrawnZone(box(599_900, 1_189_900, 600_008, 1_190_100), label, "nhom-nha-o", title)


def road_zone() -> DrawnZone:
    return DrawnZone(box(600_008, 1_189_900, 600_100, 1_190_100), "GT", "giao-thong", "Đường")


def red_line() -> DrawnLine:
    ends = [(600_008, 1_189_900), (600_008, 1_190_100)]
    return DrawnLine(LineString(ends), "red_line", "Chỉ giới đường đỏ")


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def test_drawing_is_an_image_with_title_and_description_in_vietnamese():
    root = parsed(draw_parcel(PARCEL, [house_zone(), road_zone()], [red_line()]))
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == title.get("id")
    assert root.get("aria-describedby") == desc.get("id")
    assert "nằm trong: A1-NO-01 (Nhóm nhà ở); GT (Đường)" in desc.text
    assert "Chỉ giới đường đỏ" in desc.text


def test_zone_that_only_touches_is_not_in_the_description():
    beside = DrawnZone(box(600_010, 1_190_000, 600_050, 1_190_020), "X", "dich-vu", "Dịch vụ")
    desc = parsed(draw_parcel(PARCEL, [beside])).find(f"{SVG}desc")
    assert "không nằm trong vùng quy hoạch nào" in desc.text


def test_hostile_names_are_inert():
    svg = draw_parcel(PARCEL, [house_zone(HOSTILE, HOSTILE)], [red_line()], title=HOSTILE)
    root = parsed(svg)
    assert "<img" not in svg
    assert root.find(f"{SVG}title").text == HOSTILE
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "title", "desc", "defs", "pattern", "rect", "path", "g", "text")
    }


def test_nothing_is_loaded_and_no_inline_style_is_used():
    svg = draw_parcel(PARCEL, [house_zone(), road_zone()], [red_line()])
    assert "style=" not in svg
    assert "href" not in svg
    assert re.findall(r"url\((?!#)", svg) == []


def test_every_reference_has_its_pattern_and_ids_are_unique():
    root = parsed(draw_parcel(PARCEL, [house_zone(), road_zone(), house_zone()]))
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    used = {e.get("fill")[5:-1] for e in root.iter() if (e.get("fill") or "").startswith("url(")}
    assert len(ids) == len(set(ids))
    assert used <= set(ids)


def test_same_drawing_twice_is_the_same_text_and_two_drawings_share_no_id():
    one, same = draw_parcel(PARCEL, [house_zone()]), draw_parcel(PARCEL, [house_zone()])
    other = draw_parcel(scale(PARCEL, 2, 2), [house_zone()])
    assert one == same
    assert not set(re.findall(r' id="([^"]+)"', one)) & set(re.findall(r' id="([^"]+)"', other))


def test_unknown_style_is_drawn_as_not_in_the_catalogue():
    svg = draw_parcel(PARCEL, [DrawnZone(box(0, 0, 1e6, 2e6), "?", "no such style", "Lạ")])
    assert "not-in-catalogue" in svg


def test_every_zone_of_the_parcel_is_labelled():
    texts = [e.text for e in parsed(draw_parcel(PARCEL, [house_zone(), road_zone()])).iter()]
    assert {"A1-NO-01", "GT", "B"} <= set(texts)


def test_scale_bar_is_true():
    svg = draw_parcel(PARCEL, [], width_px=360)
    metres = float(re.search(r">([\d,.]+) m<", svg)[1].replace(",", "."))
    start, end = re.search(r"M([\d.]+),[\d.]+V[\d.]+H([\d.]+)V", svg).groups()
    window = window_around(PARCEL, 360)
    assert (float(end) - float(start)) / window.px_per_m == pytest.approx(metres, rel=0.01)


@pytest.mark.parametrize("shape", [PARCEL, box(0, 0, 400, 3), box(0, 0, 2, 90), box(0, 0, 1, 1)])
def test_parcel_and_margin_fit_the_window(shape):
    window = window_around(shape, 360)
    west, north, east, south = window.pixels(shape).bounds[:4]
    assert 0 < west < east < window.width
    assert 0 < north < south < window.height
    assert east - west <= window.width / 1.6 + 1e-6


def test_parcel_of_several_parts_with_a_hole_is_drawn():
    ring = Polygon(box(0, 0, 30, 30).exterior, [box(10, 10, 20, 20).exterior])
    svg = draw_parcel(MultiPolygon([ring, box(40, 0, 50, 10)]), [])
    assert max(path.count("M") for path in re.findall(r' d="([^"]+)"', svg)) >= 3


def test_empty_parcel_is_refused():
    with pytest.raises(ValueError, match="empty"):
        draw_parcel(Polygon(), [])


def test_drawing_stays_small():
    many = DrawnZone(Point(600_000, 1_190_000).buffer(500, quad_segs=20_000), "V", "dich-vu", "V")
    assert len(draw_parcel(PARCEL, [many, house_zone()], [red_line()])) < 12_000


@given(st.floats(0.5, 5000), st.floats(0.5, 5000))
def test_any_size_of_parcel_gives_well_formed_svg(width, height):
    parcel = box(600_000, 1_190_000, 600_000 + width, 1_190_000 + height)
    drawn = parsed(draw_parcel(parcel, [house_zone(), road_zone()], [red_line()]))
    assert drawn.tag.endswith("svg")
