"""One dossier's page: the CRS verdict told apart, and ways out that are on the page itself."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from maps.crs_answers import CrsAnswer, crs_answers
from maps.dossier_pages import dossier_page, dossiers_page
from maps.pages import Page
from schemas.accounts import Person
from schemas.issues import Issue, catalogue

AT = "2026-11-24T08:00:00+00:00"
PAGE = Page("vi", "/dossiers/7", invented=False, person=Person(1, "Lan", "planner"), csrf="f")
DOSSIER: dict[str, Any] = {
    "id": 7, "sha256": "ab" * 32, "name": "a.zip", "state": "rejected", "work": None,
    "profile": "vn_circular16", "wishes": {}, "size_bytes": 5, "received_at": AT,
    "published_at": None, "uploader": "Lan", "versions": [], "kept": True, "stale": False,
    "failure": None, "may": ["check"], "counts": {"ERROR": 1}, "verdict": {"vi": "x", "en": "y"},
    "run": {"finished_at": AT, "code_version": "1"},
}  # fmt: skip


def reading(srid: int | None, metres: float | None = None) -> dict[str, Any]:
    name = f"EPSG:{srid}" if srid else "105°45′ không chuyển hệ"
    return {"name_vi": name, "name_en": name, "srid": srid, "metres": metres}


def group(
    code: str, *readings: dict[str, Any], value: str | None = "EPSG:5897", level: str | None = None
) -> dict[str, Any]:
    """A group of findings as the route hands it over."""
    kind = catalogue()[code]
    detail = {"why_vi": "…", "why_en": "…"}
    texts = [kind.message.vi, kind.message.en, kind.fix.vi, kind.fix.en]
    names = {name for text in texts for name in re.findall(r"{(\w+)}", text)}
    issue = Issue(code, "a.gpkg", "Lop", value=value, detail=dict.fromkeys(names, "…") | detail)
    first = {
        "id": 1, "code": code, "level": issue.level, "file": "a.gpkg", "layer": "Lop", "row": None,
        "column": None, "value": value, "message": issue.message._asdict(),
        "fix": issue.remedy._asdict(), "count": 1, "geometry": None, "readings": list(readings),
    }  # fmt: skip
    return {
        "code": code, "level": level or kind.level, "count": 1, "rows": 1, "first": [first],
        "why": kind.why.model_dump(), "repairable": kind.repairable,
    }  # fmt: skip


def page(*groups: dict[str, Any], of: Page = PAGE, **changes: Any) -> str:
    return dossier_page(of, {**DOSSIER, **changes}, groups, (), None, (), 1)


def section(html: str, ident: str) -> str:
    """The text of one section, in single spaces."""
    found = re.search(rf'<section class="card" id="{ident}".*?</section>', html, re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", found[0]).split()) if found else ""


CLEAR = group("CRS_LABEL_CONTRADICTED", reading(9210, 82_040.0), reading(None, 226.0))
TIE = group("CRS_AMBIGUOUS", reading(9210, 27_300.0), reading(9209, 224.0))


def test_a_clear_reading_is_said_and_chosen_with_one_click() -> None:
    html = page(CLEAR)
    said = section(html, "crs")
    assert "Tọa độ cho thấy hệ VN-2000 / TM-3 105-45 (EPSG:9210) ;" in said
    assert "hệ khai báo là VN-2000 / TM-3 105-00 (EPSG:5897); lệch 82,0 km." in said
    assert "Kiểm tra lại theo hệ này" in said
    assert '<input type="hidden" name="crs" value="EPSG:9210">' in html
    assert 'type="radio"' not in html
    assert "chưa chắc chắn" not in html


def test_in_english_the_displacement_has_an_english_point() -> None:
    english = Page("en", "/dossiers/7?lang=en", False, person=PAGE.person, csrf="f")
    assert "displacement 82.0 km." in section(page(CLEAR, of=english), "crs")


def test_a_tie_shows_all_and_a_person_chooses() -> None:
    html = page(TIE)
    said = section(html, "crs")
    assert re.findall(r'type="radio" name="crs" value="EPSG:(\d+)" required', html) == [
        "9210", "9209",
    ]  # fmt: skip
    assert "lệch 27,3 km so với hệ khai báo" in said
    assert "lệch 224 m so với hệ khai báo" in said
    assert "Tọa độ cho thấy hệ" not in said


def test_where_one_reading_ties_with_the_label_both_are_offered() -> None:
    (answer,) = crs_answers([group("CRS_AMBIGUOUS", reading(9209, 27_300.0), value="EPSG:9210")])
    assert [choice.srid for choice in answer.choices] == [9210, 9209]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("CRS_NOT_PROVEN", "chưa loại trừ được các hệ gần kề"),
        ("CRS_WITHOUT_EVIDENCE", "Chưa có gì để đối chiếu hệ khai báo"),
        ("CRS_FITS_NOWHERE", "Không hệ tọa độ nào đã biết đưa bản vẽ về đúng nơi khai"),
    ],
)
def test_what_is_not_proven_offers_no_choice(code: str, said: str) -> None:
    html = page(group(code, reading(9210, 226.0)))
    assert said in section(html, "crs")
    assert 'name="crs" value' not in html
    assert 'type="radio"' not in html


def test_a_right_label_needs_no_words_about_the_crs() -> None:
    assert section(page(group("CRS_PROVEN")), "crs") == ""
    assert crs_answers([group("CRS_WITHOUT_EVIDENCE", level="INFO")]) == []


def test_a_reading_without_a_code_is_told_but_cannot_be_chosen() -> None:
    html = page(group("CRS_LABEL_CONTRADICTED", reading(None, 226.0)))
    assert "không có mã EPSG" in section(html, "crs")
    assert 'name="crs" value' not in html


def test_a_wrong_part_is_not_mended_by_moving_the_right_one() -> None:
    right = group("CRS_PROVEN", value="EPSG:5897")
    html = page(CLEAR, right)
    assert "Chỉ một phần hồ sơ ghi sai hệ" in section(html, "crs")
    assert 'name="crs" value' not in html
    agreeing = group("CRS_PROVEN", value="EPSG:9210")
    assert "Kiểm tra lại theo hệ này" in section(page(CLEAR, agreeing), "crs")
    other = group("CRS_LABEL_CONTRADICTED", reading(9212, 5000.0), value="EPSG:9214")
    assert [answer.whole for answer in crs_answers([CLEAR, other])] == [False, False]


def test_readings_of_an_unlabelled_layer_are_a_choice() -> None:
    missing = group("CRS_READINGS", reading(9210), reading(9209), value=None)
    (answer,) = crs_answers([missing])
    assert isinstance(answer, CrsAnswer)
    assert (answer.kind, answer.label) == ("tie", None)
    one = group("CRS_READINGS", reading(9210), value=None)
    assert "tệp không khai hệ nào dùng được" in section(page(one), "crs")


def test_whoever_may_not_check_reads_the_verdict_without_buttons() -> None:
    html = page(CLEAR, may=[])
    assert "Tọa độ cho thấy hệ" in section(html, "crs")
    assert "Kiểm tra lại theo hệ này" not in html
    assert 'class="way"' not in html


@pytest.mark.parametrize(
    ("code", "href", "words"),
    [
        ("GEOMETRY_INVALID", "#again", "Chấp nhận sửa tự động"),
        ("PROFILE_UNMATCHED", "#wishes", "Chọn loại hồ sơ"),
        ("CRS_CHOICE_CONTRADICTED", "#wishes", "Chọn hệ tọa độ"),
        ("CRS_LABEL_CONTRADICTED", "#crs", "Chọn hệ tọa độ"),
    ],
)
def test_a_remedy_leads_to_its_control_on_the_page(code: str, href: str, words: str) -> None:
    html = page(group(code, reading(9210, 5.0)))
    assert f'<a class="way" href="{href}">{words}</a>' in html
    assert f'id="{href[1:]}"' in html


def test_accepted_repairs_are_not_proposed_again() -> None:
    html = page(group("GEOMETRY_INVALID"), wishes={"accept_repairs": True})
    assert 'class="way"' not in html
    assert 'id="accept-repairs"' not in html


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_no_finding_sends_a_web_reader_to_the_command_line(code: str) -> None:
    text = re.sub("<[^>]+>", " ", page(group(code)))
    assert not re.search(r"(?<![\w-])--[a-z]|\bsqh ", text)


def test_a_repair_keeps_the_crs_that_was_chosen() -> None:
    html = page(group("GEOMETRY_INVALID"), wishes={"crs": 9210})
    form = html[html.index('id="again"') : html.index('id="accept-repairs"')]
    assert '<input type="hidden" name="crs" value="EPSG:9210">' in form


def test_the_kind_of_dossier_is_told_by_its_title() -> None:
    html = page()
    assert "Loại hồ sơ" in html
    assert "Hồ sơ điện tử đồ án quy hoạch theo Thông tư 16/2025/TT-BXD" in html
    text = re.sub("<[^>]+>", " ", html)
    assert "profile" not in text.lower()
    assert "vn_circular16" not in text


def test_the_file_field_speaks_the_language_of_the_page() -> None:
    listing: dict[str, Any] = {"items": [], "before": None}
    html = dossiers_page(PAGE, listing, may_deliver=True, limit_bytes=1 << 30)
    assert '<label class="file__button" for="file">Chọn tệp</label>' in html
    assert "Chưa chọn tệp" in html
    assert '<input id="file" name="file" type="file" required aria-describedby="file-hint">' in html
    assert "1.024 MiB" in html


def test_times_are_told_by_the_clock_of_viet_nam() -> None:
    assert datetime.fromisoformat(AT).astimezone(UTC).hour == 8
    assert "24/11/2026 15:00" in page()
