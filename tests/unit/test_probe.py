"""Papers and scans by their bytes: pages, pixels, density, and what makes them useless."""

from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from ingest.gate import probe as probing
from ingest.gate.probe import Picture, probe
from tests.gate_dossier import jpg, pdf, put

NOISE = Image.effect_noise((400, 300), 60)


def saved(folder: Path, name: str, picture: Image.Image = NOISE, **options: object) -> Path:
    path = folder / name
    picture.save(path, **options)  # type: ignore[arg-type]
    return path


def test_a_drawn_pdf_has_pages_and_no_picture(tmp_path: Path) -> None:
    found = probe(put(tmp_path / "a.pdf", pdf(3)), "pdf")
    assert (found.fault, found.pages, found.pictures) == (None, 3, ())


def test_a_scanned_page_tells_its_dots_from_pixels_and_paper(tmp_path: Path) -> None:
    page = Image.new("RGB", (1654, 2339), "white")
    (one,) = probe(saved(tmp_path, "a.pdf", page, resolution=200), "pdf").pictures
    assert (one.page, one.width_px, one.height_px) == (1, 1654, 2339)
    assert one.dpi == pytest.approx(200, abs=0.5)


def test_a_turned_scan_in_a_form_is_measured_where_it_lies(tmp_path: Path) -> None:
    source = pypdfium2.PdfDocument(
        saved(tmp_path, "a.pdf", Image.new("L", (1654, 2339), 200), resolution=200)
    )
    turned = pypdfium2.PdfDocument.new()
    page = turned.new_page(842 / 2, 595 / 2)
    inner = source.page_as_xobject(0, turned).as_pageobject()
    inner.set_matrix(pypdfium2.PdfMatrix().scale(0.5, 0.5).rotate(90).translate(0, 595 / 2))
    page.insert_obj(inner)
    page.gen_content()
    turned.save(tmp_path / "b.pdf")
    (one,) = probe(tmp_path / "b.pdf", "pdf").pictures
    assert one.dpi == pytest.approx(400, abs=2)


def test_a_small_picture_on_a_page_is_no_scan(tmp_path: Path) -> None:
    document = pypdfium2.PdfDocument.new()
    page = document.new_page(595, 842)
    seal = pypdfium2.PdfImage.new(document)
    seal.load_jpeg(saved(tmp_path, "s.jpg"), inline=True)
    seal.set_matrix(pypdfium2.PdfMatrix().scale(100, 100))
    page.insert_obj(seal)
    page.gen_content()
    document.save(tmp_path / "a.pdf")
    assert probe(tmp_path / "a.pdf", "pdf").pictures == ()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"%PDF-1.4\n%%EOF\n", "broken"),
        (pdf(3)[:-40], "cut"),
        (b"%PDF-1.4\nnothing that could be a page", "cut"),
    ],
)
def test_a_damaged_pdf_is_told(tmp_path: Path, content: bytes, fault: str) -> None:
    assert probe(put(tmp_path / "a.pdf", content), "pdf").fault == fault


def test_a_locked_pdf_is_told(tmp_path: Path) -> None:
    key = b"<" + b"41" * 32 + b">"
    locked = b"<</Filter/Standard/V 1/R 2/P -4/O" + key + b"/U" + key + b">>"
    trailer = b"/Encrypt " + locked + b"\n/Root"
    content = pdf(1).replace(b"/Root", trailer)
    assert probe(put(tmp_path / "a.pdf", content), "pdf").fault == "locked"


def test_a_picture_tells_its_density_or_that_it_has_none(tmp_path: Path) -> None:
    assert probe(put(tmp_path / "a.jpg", jpg(300)), "jpeg").pictures == (Picture(1, 40, 30, 300),)
    assert probe(put(tmp_path / "b.jpg", jpg(None)), "jpeg").pictures[0].dpi is None
    assert probe(saved(tmp_path, "c.png"), "png").pictures[0].dpi is None
    dense = saved(tmp_path, "d.png", dpi=(300, 300))
    assert probe(dense, "png").pictures[0].dpi == pytest.approx(300, abs=0.1)


def test_the_density_of_exif_counts_where_jfif_says_nothing(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x011A], exif[0x011B], exif[0x0128] = 118.0, 118.0, 3
    written = saved(tmp_path, "a.jpg", exif=exif)
    assert probe(written, "jpeg").pictures[0].dpi == pytest.approx(299.7, abs=0.1)
    silent = Image.Exif()
    silent[0x010F] = "camera"
    assert probe(saved(tmp_path, "b.jpg", exif=silent), "jpeg").pictures[0].dpi is None


def test_the_coarser_direction_counts(tmp_path: Path) -> None:
    assert probe(saved(tmp_path, "a.jpg", dpi=(600, 150)), "jpeg").pictures[0].dpi == 150


def test_a_tiff_has_as_many_pages_as_frames(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.tif", save_all=True, append_images=[NOISE, NOISE], dpi=(200, 200))
    found = probe(path, "tiff")
    assert (found.pages, [one.dpi for one in found.pictures]) == (3, [200, 200, 200])


@pytest.mark.parametrize(("name", "kind"), [("a.jpg", "jpeg"), ("a.png", "png"), ("a.tif", "tiff")])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_cut_picture_is_told(tmp_path: Path, name: str, kind: str, share: float) -> None:
    whole = saved(tmp_path, name).read_bytes()
    assert probe(tmp_path / name, kind).fault is None
    cut = put(tmp_path / "cut" / name, whole[: int(len(whole) * share)])
    assert probe(cut, kind).fault in ("cut", "broken")


def test_a_thumbnails_end_is_not_the_pictures(tmp_path: Path) -> None:
    small = BytesIO()
    NOISE.resize((40, 30)).save(small, "JPEG")
    exif = b"Exif\0\0" + small.getvalue()
    whole = saved(tmp_path, "a.jpg").read_bytes()
    segment = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    with_thumbnail = whole[:2] + segment + whole[2:]
    assert probe(put(tmp_path / "b.jpg", with_thumbnail), "jpeg").fault is None
    assert probe(put(tmp_path / "c.jpg", with_thumbnail[:-2000]), "jpeg").fault == "cut"


def test_a_picture_larger_than_any_sheet_is_not_opened(tmp_path: Path) -> None:
    header = bytearray(saved(tmp_path, "a.jpg").read_bytes())
    at = header.index(b"\xff\xc0") + 5
    header[at : at + 4] = b"\xff\xff\xff\xff"
    assert probe(put(tmp_path / "b.jpg", bytes(header)), "jpeg").fault == "huge"


@pytest.mark.parametrize("kind", ["pdf", "jpeg", "tiff", "png"])
@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"%PDF", b"\xff\xd8\xff", b"II*\0" * 9])
def test_nonsense_never_raises(tmp_path: Path, kind: str, content: bytes) -> None:
    found = probe(put(tmp_path / "a", content), kind)
    assert found.fault is not None
    assert found.pages is None


def test_pages_and_objects_beyond_the_limits_are_counted_as_unseen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, "a.pdf", Image.new("L", (1654, 2339), 200), resolution=200)
    assert probe(path, "pdf").unseen == 0
    monkeypatch.setattr(probing, "MOST_PAGES", 2)
    assert probe(put(tmp_path / "b.pdf", pdf(5)), "pdf").unseen == 3
    frames = saved(tmp_path, "c.tif", save_all=True, append_images=[NOISE] * 3)
    assert probe(frames, "tiff").unseen == 2
    document = pypdfium2.PdfDocument.new()
    page = document.new_page(595, 842)
    for number in range(3):
        seal = pypdfium2.PdfImage.new(document)
        seal.load_jpeg(saved(tmp_path, "s.jpg"), inline=True)
        seal.set_matrix(pypdfium2.PdfMatrix().scale(9, 9).translate(10 * number, 0))
        page.insert_obj(seal)
    page.gen_content()
    document.save(tmp_path / "d.pdf")
    assert probe(tmp_path / "d.pdf", "pdf").unseen == 0
    monkeypatch.setattr(probing, "MOST_OBJECTS", 2)
    assert probe(tmp_path / "d.pdf", "pdf").unseen == 1
