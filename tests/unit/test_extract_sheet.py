"""The sheet's own parts: a true scale, corners as certificates list them, words that are used."""

import re
from typing import Any

import pypdfium2
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Polygon, box

from maps.extract.corners import as_csv, corners_of
from maps.extract.drawing import draw_sheet
from maps.extract.press import Enclosure, _engine, font_file, print_pdf
from maps.extract.scale import HEIGHT_MM, SCALES, WIDTH_MM, grid_step, grid_values, sheet_of
from maps.extract.sheet import crs_words
from schemas.glossary import glossary, used_terms

LOT = Polygon([(588000, 1191000), (588012, 1191002), (588010, 1191020), (587999, 1191017)])
EVIL = "<script>alert(1)</script>\"'&"


@given(st.floats(0.5, 100_000), st.floats(0.5, 100_000))
def test_the_parcel_fits_at_the_largest_usual_scale(width: float, height: float) -> None:
    parcel = box(600_000, 1_000_000, 600_000 + width, 1_000_000 + height)
    sheet = sheet_of(parcel)
    west, south, east, north = sheet.bounds
    assert shapely.box(west, south, east, north).contains(parcel)
    assert east - west == pytest.approx(WIDTH_MM * sheet.scale / 1000)
    assert north - south == pytest.approx(HEIGHT_MM * sheet.scale / 1000)
    finer = [scale for scale in SCALES if scale < sheet.scale]
    if finer:
        assert (
            width > WIDTH_MM * finer[-1] / 1000 * 0.8 or height > HEIGHT_MM * finer[-1] / 1000 * 0.8
        )


@pytest.mark.parametrize("scale", SCALES)
def test_the_grid_is_round_and_not_too_dense(scale: int) -> None:
    step = grid_step(scale)
    assert str(step).rstrip("0") in ("1", "2", "5")
    assert 25 <= step * 1000 / scale <= 62.5
    values = grid_values(587_987.5, 588_023.5, step)
    assert all(value % step == 0 and 587_987.5 <= value <= 588_023.5 for value in values)


def row(layer: str, geom: Any, **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("kind", "label", "name", "names", "plan_level", "plan"))
    return empty | {"layer": layer, "wkb": shapely.to_wkb(geom)} | more


def zone(geom: Any, label: str, name: str) -> dict[str, Any]:
    return row(
        "zone",
        geom,
        label=label,
        name=name,
        names=[name],
        plan="QH",
        plan_level="zoning",
        kind="lot",
    )


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?", text)]


def test_the_map_is_true_to_its_scale() -> None:
    sheet = sheet_of(LOT)
    drawn = draw_sheet(LOT, sheet, [], corners_of(LOT), "vi")
    assert drawn.scale == 200
    assert 'width="180mm" height="128mm"' in drawn.svg
    view = numbers(re.search(r'viewBox="([^"]+)"', drawn.svg)[1])  # type: ignore[index]
    outline = re.search(
        r'<path d="M([^"Z]+)Z" fill="none" stroke-linejoin="round" stroke="#0d1420"', drawn.svg
    )
    assert outline
    flat = numbers(outline[1])
    shape = Polygon(list(zip(flat[::2], flat[1::2], strict=True)))
    mm_per_unit = 180 / view[2]
    on_paper_mm2 = shape.area * mm_per_unit**2
    assert on_paper_mm2 * 200**2 / 1e6 == pytest.approx(LOT.area, rel=0.003)


def test_the_legend_holds_what_is_on_the_parcel_alone() -> None:
    shapes = [
        zone(box(587_980, 1_190_990, 588_005, 1_191_030), "NO-1", "Nhóm nhà ở"),
        zone(box(588_012, 1_190_990, 588_040, 1_191_030), "CX-9", "Cây xanh công cộng"),
        row("line", LineString([(588_004, 1_190_990), (588_004, 1_191_030)]), kind="red_line"),
        row("line", LineString([(588_020, 1_190_990), (588_020, 1_191_030)]), kind="corridor"),
    ]
    drawn = draw_sheet(LOT, sheet_of(LOT), shapes, corners_of(LOT), "vi")
    assert [(each.symbol, each.words) for each in drawn.legend] == [
        ("NO-1", "Nhóm nhà ở"),
        ("", "Chỉ giới đường đỏ"),
        ("", "Thửa bên cạnh, quy hoạch bên ngoài thửa đất"),
    ]
    assert "CX-9" in drawn.svg


def test_a_hostile_name_stays_text_on_the_map() -> None:
    shapes = [
        zone(box(587_980, 1_190_990, 588_040, 1_191_030), EVIL[:20], EVIL),
        row("neighbour", box(588_012, 1_191_000, 588_022, 1_191_020), label=EVIL[:15]),
    ]
    drawn = draw_sheet(LOT, sheet_of(LOT), shapes, corners_of(LOT), "vi")
    assert "<script" not in drawn.svg
    assert "&lt;script&gt;" in drawn.svg


def test_corners_run_clockwise_from_the_north_and_close_their_ring() -> None:
    corners = corners_of(LOT)
    assert [(c.number, c.x, c.y) for c in corners][:2] == [
        (1, 1_191_020, 588_010),
        (2, 1_191_002, 588_012),
    ]
    assert sum(c.edge_m for c in corners) == pytest.approx(LOT.length)
    ring = Polygon([(c.y, c.x) for c in corners])
    assert not ring.exterior.is_ccw
    assert ring.equals(LOT)
    holed = LOT.difference(box(588_003, 1_191_005, 588_006, 1_191_008))
    assert [c.number for c in corners_of(holed)] == list(range(1, 9))
    assert as_csv(corners).splitlines()[1] == "1,1191020.000,588010.000,18.111"


def test_the_crs_is_named_with_meridian_and_code() -> None:
    assert "105°45′" in crs_words(9210).vi
    assert "EPSG:9210" in crs_words(9210).vi
    assert "6°" in crs_words(3405).vi
    assert crs_words(32648).vi == "EPSG:32648"


def test_only_used_words_are_explained() -> None:
    used = used_terms("Mật độ xây dựng: 40%. Chỉ giới đường đỏ lấy 5 m²", "vi")
    assert [term.term.vi for term in used] == ["Mật độ xây dựng", "Chỉ giới đường đỏ"]
    assert used_terms("", "vi") == []
    for term in glossary():
        assert term.means.vi.endswith(".")
        assert term.means.en.endswith(".")
        assert used_terms(f"… {term.forms('vi')[0]} …", "vi"), term.term
        assert used_terms(f"… {term.forms('en')[0]} …", "en"), term.term


@pytest.mark.parametrize(
    "html",
    ['<img src="file:///etc/passwd">', '<img src="http://127.0.0.1:9/x">', '<img src="http://[::1]/">',
     '<link rel="stylesheet" href="file:///etc/passwd">', '<object data="file:///etc/hostname"></object>',
     f'<img src="{font_file(400).as_uri()}/../../../__init__.py">'],
)  # fmt: skip
def test_the_press_fetches_nothing(html: str) -> None:
    page = "<html lang=vi><title>x</title><body><p>chào"
    bare = print_pdf(page, [], b"0")
    assert len(print_pdf(page + html, [], b"0")) < len(bare) + 1500
    *_, fetcher = _engine()
    (address,) = re.findall(r'(?:src|href|data)="([^"]+)"', html)
    with pytest.raises(ValueError, match="loads nothing from outside"):
        fetcher.fetch(address)


def test_the_press_encloses_files() -> None:
    enclosure = Enclosure("a.json", b'{"a": 1}', "about")
    pdf = print_pdf("<html lang=vi><title>x</title><p>chào", [enclosure], b"0")
    with pypdfium2.PdfDocument(pdf) as document:
        (attached,) = [document.get_attachment(n) for n in range(document.count_attachments())]
        assert attached.get_name() == "a.json"
        assert bytes(attached.get_data()) == b'{"a": 1}'
