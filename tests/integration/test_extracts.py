"""The sheet of a parcel: what it says, who signed it, and what becomes of it when the law changes."""

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from shapely import box

from api.app import create_app
from api.deps import now
from api.extracts.queue import QUEUE, Press
from api.extracts.signing import load_signer, sign
from ingest.register.load import load_delivery
from ingest.register.publish import withdraw
from maps.extract.press import print_pdf
from schemas.errors import Busy, TooManySheets
from schemas.extracts_check import ExtractCheck
from schemas.extracts_keys import KeyUnusable
from schemas.settings import Settings
from tests.conftest import Register

pytestmark = pytest.mark.skipif(shutil.which("pdfsig") is None, reason="needs poppler-utils")
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SHEET = "/parcels/99001/5/12.pdf"
ISSUE = "/v1/extracts?commune=99001&sheet=5&number=12"


@pytest.fixture
async def client(demo: Register) -> AsyncIterator[httpx.AsyncClient]:
    async with served(demo) as client:
        yield client


@asynccontextmanager
async def served(register: Register, moment: datetime = NOW) -> AsyncIterator[httpx.AsyncClient]:
    """The program for a register, at a moment."""
    app = create_app(register.settings, register.url)
    app.dependency_overrides[now] = lambda: moment
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client
    finally:
        await app.state.database.close()
        await app.state.write_database.close()


async def issued(client: httpx.AsyncClient, query: str = ISSUE) -> tuple[str, bytes]:
    """Code and bytes of a signed paper."""
    answer = await client.post(query)
    assert answer.status_code == 303, answer.text
    pdf = await client.get(answer.headers["location"])
    assert pdf.status_code == 200, pdf.text
    assert pdf.headers["content-type"] == "application/pdf"
    return answer.headers["location"].rsplit("/", 1)[1].removesuffix(".pdf"), pdf.content


def tool(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
    return (done.stdout + done.stderr).decode()


def text_of(pdf: bytes, folder: Path, *options: str) -> str:
    (folder / "sheet.pdf").write_bytes(pdf)
    return tool("pdftotext", *options, folder / "sheet.pdf", "-")


def signature_of(pdf: bytes, folder: Path) -> str:
    (folder / "signed.pdf").write_bytes(pdf)
    return tool("pdfsig", "-nocert", folder / "signed.pdf")


def enclosed(pdf: bytes, folder: Path, name: str = "answer.json") -> bytes:
    (folder / "sheet.pdf").write_bytes(pdf)
    target = folder / name
    tool("pdfdetach", "-savefile", name, "-o", target, folder / "sheet.pdf")
    return target.read_bytes()


async def test_the_preview_says_that_it_is_unsigned_and_what_it_is_not(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    answer = await client.get(SHEET)
    assert answer.status_code == 200, answer.text
    text = text_of(answer.content, tmp_path)
    first = text[: text.index("\f")]
    assert "Chưa ký / unsigned" in first
    assert first.index("Phiếu này không phải là gì") < first.index("Quy hoạch có hiệu lực")
    flat = " ".join(text.split())
    for words in (
        "không thay cho văn bản trả lời của cơ quan có thẩm quyền",
        "Hỗn hợp nhóm nhà ở và dịch vụ: 157,9 m²",
        "Chỉ giới đường đỏ",
        "Chưa có dữ liệu: sổ không biết",
        "Không áp dụng cho thửa đất này",
        "Mật độ xây dựng: Phần trăm diện tích đất",
        "kinh tuyến trục 105°45′, múi chiếu 3° (EPSG:9210)",
        "DỮ LIỆU MINH HỌA",
    ):
        assert words in flat, words
    assert "does not contain any signatures" in signature_of(answer.content, tmp_path)


async def test_the_sheet_and_the_answer_are_one(client: httpx.AsyncClient, tmp_path: Path) -> None:
    document = (await client.get("/parcels/99001/5/12.json")).json()
    for pdf in ((await client.get(SHEET)).content, (await issued(client))[1]):
        attached = json.loads(enclosed(pdf, tmp_path))
        assert attached | {"asked": None} == document | {"asked": None}


async def test_the_english_sheet_speaks_english(client: httpx.AsyncClient, tmp_path: Path) -> None:
    text = text_of((await client.get(SHEET + "?lang=en")).content, tmp_path)
    assert "What this sheet is not" in text
    assert "Phiếu này không phải" not in text


async def test_a_signed_paper_is_valid_and_one_altered_byte_breaks_it(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    _code, pdf = await issued(client)
    said = signature_of(pdf, tmp_path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "Chữ ký thử nghiệm / test signature" in text_of(pdf, tmp_path)
    at = pdf.index(b"stream") + 40
    altered = pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
    assert "Signature is Valid" not in signature_of(altered, tmp_path)
    genuine = await client.post("/verify", files={"file": ("a.pdf", pdf)})
    assert genuine.status_code == 200
    assert "giống từng byte" in genuine.text
    forged = await client.post("/verify", files={"file": ("a.pdf", altered)})
    assert forged.status_code == 404
    assert "không phải là bản đã cấp" in forged.text


async def test_the_same_answer_on_one_day_is_one_paper(client: httpx.AsyncClient) -> None:
    one, two = await asyncio.gather(issued(client), issued(client))
    assert one == two
    other, _ = await issued(client, ISSUE + "&valid_at=2025-01-01")
    english, _ = await issued(client, ISSUE + "&lang=en")
    assert len({one[0], other, english}) == 3


async def test_a_paper_is_checked_by_its_code(client: httpx.AsyncClient) -> None:
    code, _pdf = await issued(client)
    check = (await client.get(f"/v1/verify/{code.lower()}")).json()
    ExtractCheck.model_validate(check)
    assert (check["status"], check["genuine"], check["test_signer"]) == ("current", True, True)
    assert check["differences"] == []
    assert not check["corrected"]
    page = await client.get(f"/verify/{code}")
    assert page.status_code == 200
    assert "Phiếu thật, còn đúng" in page.text
    assert "<script" not in page.text


@pytest.mark.parametrize("code", ["0000-0000-0000", "ABC", "<b>x", "%00", "Ấ" * 12, "a" * 60])
async def test_an_unknown_code_is_told_clearly(client: httpx.AsyncClient, code: str) -> None:
    page = await client.get(f"/verify/{code}", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert "Sổ này không cấp phiếu mang mã ấy" in page.text
    assert "<b>x" not in page.text
    document = await client.get(f"/v1/verify/{code}")
    assert document.status_code == 404
    assert document.json()["type"] == "/problems/not-found"
    assert (await client.get(f"/extracts/{code}.pdf")).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["?x=1", "?valid_at=2026-02-30", "?known_at=yesterday", "?lang=fr", "?parcel_id=0",
     "?valid_at=2026-01-01&valid_at=2026-01-02", "?known_at=2026-01-01T00:00:00"],
)  # fmt: skip
async def test_a_wrong_parameter_is_a_400_with_its_name(
    client: httpx.AsyncClient, query: str
) -> None:
    for answer in (
        await client.get(SHEET + query),
        await client.post(ISSUE + query.replace("?", "&")),
    ):
        assert answer.status_code == 400, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


async def test_bad_input_never_reaches_the_press(client: httpx.AsyncClient) -> None:
    assert (await client.get("/parcels/99001/5/99999.pdf")).status_code == 404
    assert (await client.post("/v1/extracts?commune=99001&sheet=5")).status_code == 400
    assert (await client.get("/verify/7K3Q9M2X4TRB?f=SQH1.AAAA")).status_code == 400
    assert (await client.get("/v1/verify/7K3Q9M2X4TRB?x=1")).status_code == 400
    assert (await client.get("/verify?q=SQH1.x")).status_code == 400
    none = await client.post("/verify", data={"file": "x"})
    assert none.status_code == 400
    huge = await client.post("/verify", content=b"x", headers={"content-length": "99999999"})
    assert huge.status_code == 413
    wrong = await client.post(
        "/verify", content=b"--", headers={"content-type": "multipart/form-data; boundary=x"}
    )
    assert wrong.status_code == 400


async def test_the_qr_proves_itself_without_network(
    client: httpx.AsyncClient, demo: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from schemas.extracts import signed_text
    from sqh import app

    code, _ = await issued(client)
    (tmp_path / "keys.json").write_text((await client.get("/v1/extracts/keys")).text)
    with psycopg.connect(demo.url) as connection:
        facts, signature = connection.execute(
            "SELECT facts, signature FROM extract WHERE id = %s", [code]
        ).fetchone()  # type: ignore[misc]
    text = f"http://test/verify/{code}?f={signed_text(facts, signature)}"
    page = await client.get(text)
    assert page.status_code == 200
    assert "mang chữ ký của sổ này và đúng với phiếu" in page.text
    typed = await client.get("/verify", params={"q": text})
    assert typed.status_code == 303
    assert typed.headers["location"].startswith(f"/verify/{code}?f=SQH1.")
    assert (await client.get("/verify", params={"q": code})).headers[
        "location"
    ] == f"/verify/{code}"

    monkeypatch.setenv("SQH_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("SQH_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    run = CliRunner()
    told = run.invoke(app, ["verify", "--json", "--key", str(tmp_path / "keys.json"), text])
    assert told.exit_code == 0
    assert json.loads(told.stdout)["genuine"] is True
    forged = signed_text(facts, bytes(64))
    told = run.invoke(app, ["verify", "--json", "--key", str(tmp_path / "keys.json"), forged])
    assert told.exit_code == 1
    assert json.loads(told.stdout)["genuine"] is False
    page = await client.get(f"/verify/{code}?f={forged}")
    assert "không mang chữ ký của sổ này" in page.text


async def test_a_paper_issued_before_a_new_decision_is_superseded(
    fresh_register: Callable[..., Register], drawing: Any, drawn_rows: Any, tmp_path: Path
) -> None:
    register = fresh_register(9210)
    evil = "<img src=x onerror=alert(1)> & Đất ở"

    def plan(name: str, function: str, **more: Any) -> None:
        zones = drawn_rows(
            [({"level": "lot", "symbol": "A", "function_1": function}, box(0, 0, 100, 100))]
        )
        version = drawing.version(zones=zones, **more)
        done = load_delivery(
            drawing.delivery(name, version), url=register.url, settings=register.settings,
            now=more.get("at", NOW - timedelta(days=9)), actor="t", publish=True,
        )  # fmt: skip
        assert done.state == "published"

    plan("one", evil)
    with psycopg.connect(register.url) as connection:
        connection.execute(
            "INSERT INTO parcel (commune_code, sheet, number, valid, recorded, attributes, source_file_id,"
            " source_layer, source_row, geom) SELECT '1', '5', '12', '(,)', '[2024-01-01,)', '{}', min(id),"
            " 'l', 1, ST_Multi(ST_MakeEnvelope(10, 10, 30, 40, 9210)) FROM dossier_file"
        )
    query = "/v1/extracts?commune=1&sheet=5&number=12"
    async with served(register) as client:
        code, pdf = await issued(client, query)
        text = " ".join(text_of(pdf, tmp_path).split())
        assert evil in text, "a hostile name stays text"
        assert (await client.get(f"/v1/verify/{code}")).json()["status"] == "current"
    plan(
        "two", "Đất cây xanh", adjustment_kind="overall", decision_no="99/QĐ-UBND",
        decision_date=date(2026, 11, 20), valid_from=date(2026, 11, 26),
    )  # fmt: skip
    async with served(register, NOW + timedelta(days=1)) as client:
        early = (await client.get(f"/v1/verify/{code}")).json()
        assert early["status"] == "current", "a decision not yet in force supersedes nothing"
    async with served(register, NOW + timedelta(days=3)) as client:
        check = (await client.get(f"/v1/verify/{code}")).json()
        ExtractCheck.model_validate(check)
        assert check["status"] == "superseded"
        assert [each["decision"] for each in check["superseded_by"]] == ["99/QĐ-UBND"]
        assert [each["decision"] for each in check["ended"]] == ["12/QĐ-UBND"]
        (changed,) = [
            each for each in check["differences"] if each["then"] and evil in each["then"]["vi"]
        ]
        assert "Đất cây xanh" in changed["now"]["vi"]
        page = await client.get(f"/verify/{code}")
        assert "99/QĐ-UBND" in page.text
        assert "đã bị thay thế" in page.text
        assert "<img" not in page.text.replace('<img src="/static', "")
        new, _ = await issued(client, query)
        assert new != code
        withdraw("p1/2", "nhầm", url=register.url, now=NOW + timedelta(days=3), actor="t")
    async with served(register, NOW + timedelta(days=4)) as client:
        assert (await client.get(f"/v1/verify/{code}")).json()["status"] == "current"
        assert (await client.get(f"/v1/verify/{new}")).json()["status"] == "superseded"
        with psycopg.connect(register.url) as connection:
            connection.execute("UPDATE parcel SET recorded = '[2024-01-01,2026-11-25)'")
        gone = (await client.get(f"/v1/verify/{code}")).json()
        assert gone["status"] == "parcel_gone"
        assert "thửa đất không còn" in (await client.get(f"/verify/{code}")).text


async def test_too_many_wait_at_the_press_and_the_rest_are_told_to_come_back() -> None:
    press = Press()
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow() -> bytes:
        asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()
        return b"x"

    waiting = [asyncio.ensure_future(press.sheet(f"k{n}", slow)) for n in range(QUEUE)]
    again = asyncio.ensure_future(press.sheet("k0", slow))
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await press.sheet("one more", slow)
    gate.set()
    assert await asyncio.gather(*waiting, again) == [b"x"] * (QUEUE + 1)
    assert await press.sheet("one more", lambda: b"y") == b"y"


async def test_a_busy_press_answers_503_with_retry_after(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.extracts.queue.QUEUE", 0)
    answer = await client.get(SHEET + "?valid_at=2026-01-05")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["type"] == "/problems/busy"


def test_one_address_cannot_fill_the_store() -> None:
    press = Press()
    for _ in range(60):
        press.count_issue("a", NOW)
    with pytest.raises(TooManySheets):
        press.count_issue("a", NOW)
    press.count_issue("b", NOW)
    press.count_issue("a", NOW + timedelta(hours=1))


@pytest.mark.parametrize("form", ["p12", "pem", "ec"])
def test_the_office_signs_with_its_own_certificate(form: str, tmp_path: Path) -> None:
    file = office_certificate(form, tmp_path)
    settings = Settings(
        home=tmp_path, signing_key=file, signing_password="bí mật" if form == "p12" else None,  # type: ignore[arg-type]
        public_url="https://quyhoach.example.vn",
    )  # fmt: skip
    signer = load_signer(settings, NOW)
    assert (signer.name, signer.test) == ("UBND Phường Minh Họa", False)
    pdf = sign(print_pdf("<html lang=vi><title>x</title><p>chào", [], b"0"), signer, "x")
    assert "Signature is Valid" in signature_of(pdf, tmp_path)
    with pytest.raises(KeyUnusable, match="SQH_PUBLIC_URL"):
        load_signer(settings.model_copy(update={"public_url": None}), NOW)
    broken = tmp_path / "broken.pem"
    broken.write_bytes(b"-----BEGIN nothing")
    with pytest.raises(KeyUnusable, match=re.escape(str(broken))):
        load_signer(settings.model_copy(update={"signing_key": broken}), NOW)


def office_certificate(form: str, folder: Path) -> Path:
    """A certificate of an office, made with the system's own openssl-like tools: cryptography."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        NoEncryption,
        PrivateFormat,
    )
    from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
    from cryptography.x509.oid import NameOID

    key: Any = (
        ec.generate_private_key(ec.SECP256R1())
        if form == "ec"
        else rsa.generate_private_key(65537, 2048)
    )
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "UBND Phường Minh Họa")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=900))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / f"office.{'p12' if form == 'p12' else 'pem'}"
    if form == "p12":
        file.write_bytes(
            serialize_key_and_certificates(
                b"office", key, made, None, BestAvailableEncryption("bí mật".encode())
            )
        )
    else:
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(pem + made.public_bytes(Encoding.PEM))
    return file


async def test_the_parcel_page_leads_to_its_sheet_and_its_paper(client: httpx.AsyncClient) -> None:
    page = (await client.get("/parcels/99001/5/12?valid_at=2026-01-01")).text
    action = re.search(r'<form method="post" action="([^"]+)"', page)
    preview = re.search(r'href="(/parcels/[^"]+\.pdf[^"]*)"', page)
    assert action
    assert preview
    done = await client.post(action[1].replace("&amp;", "&"))
    assert done.status_code == 303
    assert done.headers["location"].startswith("/extracts/")
    shown = await client.get(preview[1].replace("&amp;", "&"))
    assert shown.headers["content-type"] == "application/pdf"
