"""The pages: readable without JavaScript, from this host alone, in two languages."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser

import httpx
import pytest

from api.app import create_app
from maps.lookup_pages import search_page
from maps.pages import Page
from tests.conftest import Register

PAGES = (
    "/",
    "/?q=5/12",
    "/?q=xyz",
    "/parcels/99001/5/12",
    "/parcels/99001/28/12",
    "/parcels/99001/5/12?valid_at=2026-01-15",
    "/watch",
    "/watch/parcels/99001/5/12",
    "/reports/new",
    "/verify",
    "/plans",
    "/plans/99qpk0001",
    "/plans/99qpk0001/versions/2",
    "/data",
    "/docs",
    "/map",
)
HTML = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
async def client(demo: Register) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(demo.settings, demo.url)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", headers=HTML
    ) as client:
        yield client
    await app.state.database.close()


class Links(HTMLParser):
    """Every address a page loads or leads to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, value or "") for name, value in attrs if name in ("src", "href")]


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_loads_nothing_from_another_host(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path)
    assert page.status_code == 200, page.text
    for tag, address in Links(page.text).found:
        assert address.startswith(("/", "#", "data:")), (tag, address)
        assert not address.startswith("//")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert not re.search(r"\son\w+=|\sstyle=", page.text), "inline handlers and styles are refused"


@pytest.mark.parametrize("path", PAGES)
async def test_what_a_page_links_to_exists(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path)
    for _, address in set(Links(page.text).found):
        if address.startswith("/"):
            answer = await client.get(address.split("#")[0])
            assert answer.status_code < 400, address


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_says_that_the_sample_is_invented(
    client: httpx.AsyncClient, path: str
) -> None:
    assert "DỮ LIỆU MINH HỌA" in (await client.get(path)).text


async def test_the_parcel_page_answers_in_words_without_scripts(client: httpx.AsyncClient) -> None:
    page = (await client.get("/parcels/99001/5/12")).text
    assert "<script" not in page
    for words in (
        "Thửa đất số 12, tờ bản đồ số 5",
        "Phường Minh Họa Đông",
        "Hỗn hợp nhóm nhà ở và dịch vụ",
        "157,9",
        "41,3%",
        "45/QĐ-UBND",
        "Chỉ giới đường đỏ Đường Mẫu 3",
        "Chưa có dữ liệu",
        "<svg",
    ):
        assert words in page, words


async def test_the_same_page_in_english(client: httpx.AsyncClient) -> None:
    page = (await client.get("/parcels/99001/5/12?lang=en")).text
    assert '<html lang="en">' in page
    for words in ("Parcel 12", "157.9", "takes", "No data"):
        assert words in page, words


async def test_both_candidates_are_offered_for_a_number_that_repeats(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get("/?q=5/12")).text
    assert "/parcels/99001/5/12" in page
    assert "/parcels/99001/28/12" in page


async def test_a_single_match_goes_straight_to_its_parcel(client: httpx.AsyncClient) -> None:
    answer = await client.get("/?q=2/42 Minh Họa Đông")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/parcels/99001/2/42"


async def test_an_unknown_parcel_page_offers_the_nearest(client: httpx.AsyncClient) -> None:
    page = await client.get("/parcels/99001/5/99999")
    assert page.status_code == 404
    assert "/parcels/99001/5/" in page.text
    assert "không bị ảnh hưởng" in page.text


HOSTILE = ("{{7*7}}", "<img src=x onerror=alert(1)>", '"><script>alert(1)</script>', "' OR 1=1 --")


@pytest.mark.parametrize("text", HOSTILE)
async def test_what_is_typed_comes_back_harmless(client: httpx.AsyncClient, text: str) -> None:
    page = (await client.get("/", params={"q": text})).text
    assert "49" not in re.sub(r"\?v=\w+", "", page)
    assert "<img src=x" not in page
    assert "<script>" not in page


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_dossier_says_comes_out_harmless(text: str) -> None:
    item = {
        "url": "/x", "number": text, "sheet": text, "commune": text, "commune_code": "1",
        "area_m2": 1.0, "former_keys": [], "address": text,
    }  # fmt: skip
    page = search_page(
        Page("vi", "/", invented=False),
        text,
        {"items": [item], "why": None, "read_in": None, "more": False},
    )
    assert "<img" not in page.replace('<img src="/static', "")
    assert "<script>" not in page


async def test_the_original_paper_comes_back_byte_for_byte(
    client: httpx.AsyncClient, demo: Register
) -> None:
    page = (await client.get("/plans/99qpk0001")).text
    papers = re.findall(r'href="(/plans/[^"]+/documents/\d+)"', page)
    assert papers
    answer = await client.get(papers[0])
    assert answer.status_code == 200
    etag = answer.headers["etag"].strip('"')
    assert (demo.settings.blob_dir / etag[:2] / etag).read_bytes() == answer.content
    assert (await client.get(papers[0].rsplit("/", 1)[0] + "/999999")).status_code == 404


async def test_the_day_asked_for_goes_along(client: httpx.AsyncClient) -> None:
    asked = {"q": "2/42 Minh Họa Đông", "valid_at": "2025-08-01", "lang": "en"}
    answer = await client.get("/", params=asked)
    assert answer.headers["location"] == "/parcels/99001/2/42?valid_at=2025-08-01&lang=en"
    several = (await client.get("/", params={"q": "5/12", "valid_at": "2025-12-01"})).text
    assert "/parcels/99001/5/12?valid_at=2025-12-01" in several
    parcel = (await client.get("/parcels/99001/5/12?valid_at=2025-12-01")).text
    assert "/parcels/99001/5/12.json?valid_at=2025-12-01" in parcel
    assert "OCH-05" in parcel


async def test_the_day_form_keeps_what_else_was_asked(client: httpx.AsyncClient) -> None:
    asked = "parcel_id=1&known_at=2026-11-20T00:00:00Z"
    page = (await client.get(f"/parcels/-/-/-?{asked}")).text
    assert '<input type="hidden" name="parcel_id" value="1">' in page
    assert '<input type="hidden" name="known_at" value="2026-11-20T00:00:00Z">' in page


async def test_an_error_page_with_invented_parcels_says_so(client: httpx.AsyncClient) -> None:
    page = (await client.get("/parcels/99001/5/99999")).text
    assert "DỮ LIỆU MINH HỌA" in page


async def test_before_the_merger_the_ward_of_that_day_is_named(client: httpx.AsyncClient) -> None:
    page = (await client.get("/parcels/99001/5/12?valid_at=2024-07-01")).text
    assert "Phường Minh Họa Đông" in page.split("<h2>")[0]


async def test_a_version_can_be_taken_home_as_one_file(client: httpx.AsyncClient) -> None:
    answer = await client.get("/plans/99qpk0001/versions/2/map.html")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    assert "HH-05A" in answer.text
    assert "http://" not in answer.text.replace("http://www.w3.org", "")
    assert (await client.get("/plans/99qpk0001/versions/9/map.html")).status_code == 404


@pytest.mark.parametrize("path", ["/", "/plans", "/parcels/99001/5/12", "/v1/plans"])
async def test_head_answers_like_get(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.head(path)).status_code == 200


async def test_an_unknown_page_is_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/khong-co")
    assert answer.status_code == 404
    assert "Không tìm thấy" in answer.text
