"""What a paper or a scan is by its bytes: readable, how many pages, how fine its pictures are.

Pure: a path in, plain values out, nothing decoded. Meant to run in a process of its own.
"""

import math
import mmap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import pypdfium2
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from pypdfium2 import raw as pdfium

Fault = Literal["empty", "cut", "locked", "broken", "huge"]
PROBED_KINDS = ("pdf", "jpeg", "tiff", "png")
MOST_PIXELS = 2_000_000_000  # an A0 sheet at 1,000 dpi
MOST_PAGES = 5_000
MOST_OBJECTS = 20_000
TAIL = 1 << 16

# A page is a scan when pictures cover it and hardly any text is drawn beside them: the invisible
# text of a recognition and the words of a signature's stamp do not count.
SCAN_COVER = 0.8
STAMP_TEXTS = 20
STRIP_COVER = 0.02
NO_DENSITY = 10  # JFIF's "1 × 1" is a shape of pixels, not a density


@dataclass(frozen=True)
class Picture:
    """A scanned page or frame; `page`: from 1; `dpi`: None = the file does not state it."""

    page: int
    width_px: int
    height_px: int
    dpi: float | None


@dataclass(frozen=True)
class Probe:
    """One file. `pages` None = not readable; `pictures`: a PDF's drawn pages have none.

    `unseen`: pages of which nobody knows whether they are scans, being too many or too full.
    """

    fault: Fault | None = None
    pages: int | None = None
    pictures: tuple[Picture, ...] = ()
    unseen: int = 0


class _Faulty(Exception):
    """The file cannot be used; the argument is a Fault."""


def probe_files(locations: tuple[Path, ...], kinds: tuple[str, ...]) -> tuple[Probe, ...]:
    """Look at several files, in their order."""
    return tuple(map(probe, locations, kinds))


def probe(location: Path, kind: str) -> Probe:
    """Look at a PDF, JPEG, TIFF or PNG (`kind` as sniffed). Never raises over the content."""
    look = {"pdf": _pdf, "jpeg": _jpeg, "tiff": _tiff, "png": _png}[kind]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return look(location)
    except _Faulty as fault:
        return Probe(fault=fault.args[0])
    except Exception:  # the readers raise whatever a damaged file makes them stumble over
        return Probe(fault="broken")


def _pdf(location: Path) -> Probe:
    if b"%%EOF" not in _tail(location):
        raise _Faulty("cut")
    try:
        document = pypdfium2.PdfDocument(location)
    except pypdfium2.PdfiumError as error:
        raise _Faulty("locked" if "password" in str(error).lower() else "broken") from error
    try:
        pages = len(document)
        if not pages:
            raise _Faulty("broken")
        looked_at = range(min(pages, MOST_PAGES))
        found = [_scan_of(document[index], index + 1) for index in looked_at]
        pictures = tuple(one for one in found if isinstance(one, Picture))
        unseen = pages - len(found) + found.count("unseen")
        return Probe(pages=pages, pictures=pictures, unseen=unseen)
    finally:
        document.close()


def _scan_of(page: Any, number: int) -> Picture | Literal["unseen"] | None:
    """The picture that covers a page, in one piece or in strips; None for a drawn page.

    `unseen`: so much lies on the page that what was looked at does not tell.
    """
    width, height = page.get_size()
    if width <= 0 or height <= 0:
        raise _Faulty("broken")
    pictures: list[tuple[float, Picture]] = []
    things = list(islice(page.get_objects(), MOST_OBJECTS))
    texts = 0
    for thing in things:
        if thing.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            pictures.append(_placed(thing, number, width * height))
        elif thing.type == pdfium.FPDF_PAGEOBJ_TEXT:
            mode = pdfium.FPDFTextObj_GetTextRenderMode(thing)
            texts += mode != pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
    page.close()
    if texts > STAMP_TEXTS:
        return None
    if sum(cover for cover, _ in pictures) < SCAN_COVER:
        return "unseen" if len(things) == MOST_OBJECTS else None
    broad = [picture for cover, picture in pictures if cover >= STRIP_COVER]
    return max(broad, key=lambda picture: picture.dpi or 0, default=None)


def _placed(thing: Any, number: int, page_area: float) -> tuple[float, Picture]:
    """The share of the page that a picture covers, and how fine it is there."""
    matrix, around = thing.get_matrix(), thing.container
    while around is not None:
        matrix, around = matrix.multiply(around.get_matrix()), around.container
    width_px, height_px = thing.get_px_size()
    a, b, c, d = matrix.a, matrix.b, matrix.c, matrix.d
    across, up = math.hypot(a, b) / 72, math.hypot(c, d) / 72
    fine = min(width_px / across, height_px / up) if across and up else None
    return abs(a * d - b * c) / page_area, Picture(number, width_px, height_px, fine)


def _jpeg(location: Path) -> Probe:
    with location.open("rb") as file:
        image = JpegImageFile(file)
        picture = _picture(image, 1, _jpeg_dpi(image))
        if not _ends(file):
            raise _Faulty("cut")
    return Probe(pages=1, pictures=(picture,))


def _jpeg_dpi(image: JpegImageFile) -> float | None:
    """Density of the JFIF header, else of EXIF; the smaller of the two directions."""
    unit, density = image.info.get("jfif_unit"), image.info.get("jfif_density", (0, 0))
    if unit in (1, 2) and min(density) * unit >= NO_DENSITY:
        return float(min(density)) * (2.54 if unit == 2 else 1)
    exif = image.getexif()
    across, up, exif_unit = exif.get(0x011A), exif.get(0x011B), exif.get(0x0128)
    if across is None or exif_unit not in (2, 3):
        return None
    return _stated(min(float(across), float(up or across)) * (2.54 if exif_unit == 3 else 1))


def _ends(file: Any) -> bool:
    """Whether the picture's end mark stands after its first scan (inside one it cannot)."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = 2
        while content[at : at + 1] == b"\xff" and content[at + 1] != 0xDA:
            if content[at + 1] == 0xFF:
                at += 1
                continue
            at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        return content.find(b"\xff\xd9", at) >= 0


def _tiff(location: Path) -> Probe:
    size = location.stat().st_size
    with location.open("rb") as file:
        image = TiffImageFile(file)
        pictures = tuple(islice(_frames(image, size), MOST_PAGES))
        pages = image.n_frames
        return Probe(pages=pages, pictures=pictures, unseen=pages - len(pictures))


def _frames(image: TiffImageFile, size: int) -> Iterator[Picture]:
    for index in range(image.n_frames):
        image.seek(index)
        starts = image.tag_v2.get(273) or image.tag_v2.get(324) or ()
        lengths = image.tag_v2.get(279) or image.tag_v2.get(325) or ()
        if any(start + length > size for start, length in zip(starts, lengths, strict=False)):
            raise _Faulty("cut")
        yield _picture(image, index + 1, _stated(min(image.info.get("dpi", (0, 0)))))


def _png(location: Path) -> Probe:
    with location.open("rb") as file:
        image = PngImageFile(file)
        picture = _picture(image, 1, _stated(min(image.info.get("dpi", (0, 0)))))
        image.verify()
    return Probe(pages=1, pictures=(picture,))


def _picture(image: Any, page: int, dpi: float | None) -> Picture:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise _Faulty("huge")
    if not width or not height:
        raise _Faulty("broken")
    return Picture(page, width, height, dpi)


def _stated(dpi: float) -> float | None:
    return float(dpi) if dpi >= NO_DENSITY else None


def _tail(location: Path) -> bytes:
    with location.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - TAIL))
        return file.read()
