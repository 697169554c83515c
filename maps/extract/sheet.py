"""The extract as one HTML document, ready for the press. Pure: the answer and shapes go in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from markupsafe import Markup
from shapely import Geometry

from maps.extract.corners import PRINTED, Corner, as_csv, corners_of
from maps.extract.drawing import draw_sheet
from maps.extract.press import Enclosure
from maps.extract.qr import qr_svg
from maps.extract.scale import Sheet
from maps.lookup_pages import ADJUSTMENTS, ZONE_LEVELS, by_plan
from maps.numbers import Lang
from maps.pages import Page, render
from schemas.crs import VN2000
from schemas.extracts import spoken_code
from schemas.glossary import used_terms
from schemas.plan_levels import PLAN_LEVELS
from schemas.words import Words

ANSWER_FILE, CORNERS_FILE = "answer.json", "corners.csv"
ABOUT_ANSWER = "Câu trả lời đầy đủ / the whole answer (parcel-answer/1)"
ABOUT_CORNERS = "Mọi đỉnh thửa / all corners: X north, Y east, metres"


@dataclass(frozen=True)
class Stamp:
    """What makes a sheet a paper: its code, who signs, when, and the QR's text (an address).

    Without `code` it is an unsigned preview, whose QR leads to the parcel's page.
    """

    issued_at: datetime
    qr_text: str
    verify_url: str
    code: str | None = None
    signer: str | None = None
    test: bool = False

    @property
    def spoken(self) -> str:
        return spoken_code(self.code) if self.code else ""


@dataclass(frozen=True)
class Printable:
    """An HTML document and the files to enclose."""

    html: str
    enclosures: list[Enclosure]


def extract_sheet(
    answer: dict[str, Any],
    answer_json: bytes,
    parcel: Geometry,
    sheet: Sheet,
    shapes: Sequence[dict[str, Any]],
    stamp: Stamp,
    *,
    lang: Lang,
    srid: int,
    public_url: str,
) -> Printable:
    """The sheet of an answer about one parcel. `shapes`: rows of the query `around`."""
    page = Page(lang, "/", answer["invented"])
    corners = corners_of(parcel)
    found = draw_sheet(parcel, sheet, shapes, corners, lang)
    common = {
        "answer": answer,
        "parcel": answer["parcel"],
        "levels": PLAN_LEVELS,
        "zone_levels": ZONE_LEVELS,
        "adjustments": ADJUSTMENTS,
        "known_at": datetime.fromisoformat(answer["known_at"]),
        "stamp": stamp,
        "public_url": public_url,
    }
    said = Markup(render("extract_answer.html", page, **common, **answer_parts(answer)))  # noqa: S704
    html = render(
        "extract.html",
        page,
        **common,
        said=said,
        terms=used_terms(said.striptags() + " VN-2000", lang),
        map=found,
        crs=crs_words(srid),
        corner_rows=in_two_columns(corners[:PRINTED]),
        printed=min(PRINTED, len(corners)),
        corner_count=len(corners),
        corners_file=CORNERS_FILE,
        answer_file=ANSWER_FILE,
        qr=qr_svg(stamp.qr_text),
        papers=papers(answer),
    )
    enclosures = [Enclosure(ANSWER_FILE, answer_json, ABOUT_ANSWER, "Source")]
    if len(corners) > PRINTED:
        enclosures.append(Enclosure(CORNERS_FILE, as_csv(corners).encode(), ABOUT_CORNERS))
    return Printable(html, enclosures)


def answer_parts(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer sorted as a reader needs it: what applies, what does not, what nobody knows."""
    land_use, *others = answer["themes"]
    return {
        "land_use": land_use,
        "plans": by_plan(land_use["items"]),
        "applies": [theme for theme in others if theme["result"] == "applies"],
        "clear": [t for t in answer["themes"] if t["result"] == "does_not_apply"],
        "unknown": [t for t in answer["themes"] if t["result"] == "no_data"],
    }


def papers(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Every plan version that the answer rests on, with its papers and source rows."""
    found: dict[tuple[str, str | None], dict[str, Any]] = {}
    for theme in answer["themes"]:
        for item in theme["items"]:
            plan = item["plan"]
            entry = found.setdefault(
                (plan["id"], plan["decision"]), {"plan": plan, "papers": {}, "rows": {}}
            )
            entry["papers"] |= {paper["url"]: paper for paper in item["documents"]}
            source = item["source"]
            layers = entry["rows"].setdefault((source["dossier"], source["file"]), {})
            rows = layers.setdefault(source["layer"], [])
            if source["row"] not in rows:
                rows.append(source["row"])
    return list(found.values())


def in_two_columns(corners: Sequence[Corner]) -> list[tuple[Corner, Corner | None]]:
    """The list as rows of two, read down the first column and then down the second."""
    half = (len(corners) + 1) // 2
    return list(zip_longest(corners[:half], corners[half:]))


def crs_words(srid: int) -> Words:
    """The storage CRS in words: system, central meridian, zone width, EPSG code."""
    system = VN2000.get(srid)
    if system is None or system.meridian is None:
        return Words(f"EPSG:{srid}", f"EPSG:{srid}")
    degrees, minutes = divmod(round(system.meridian * 60), 60)
    width = 6 if system.scale == 0.9996 else 3
    name = f"{degrees}°{minutes:02d}′"
    return Words(
        f"VN-2000, kinh tuyến trục {name}, múi chiếu {width}° (EPSG:{srid})",
        f"VN-2000, central meridian {name}, {width}° zone (EPSG:{srid})",
    )
