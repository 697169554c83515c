"""A dossier over the web: delivered, checked by a worker, read by those who may, decided about."""

import re
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import shapely

from api.dossiers import difference, quota
from api.dossiers.door import refuse_alien
from schemas.db import connect
from tests.conftest import Register
from tests.dossiers import Office, Sent, crossed_dossier, hire, office_of, sending
from tests.gate_dossier import put, write_dossier, zip_of, zipped


@pytest.fixture
async def office(fresh_register: Callable[[int], Register]) -> AsyncIterator[Office]:
    async with office_of(fresh_register(9210)) as office:
        yield office


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return zipped(write_dossier(tmp_path_factory.mktemp("good")))


@pytest.fixture(scope="module")
def crossed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return crossed_dossier(tmp_path_factory.mktemp("crossed"))


def kept(office: Office) -> list[str]:
    """Every file under the state folder."""
    home = office.register.settings.state_dir
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())


# From the planner to the register


async def test_a_planner_delivers_and_a_second_person_publishes(office: Office, good: Path) -> None:
    answer = await office.deliver("lan", good)
    assert answer.status_code == 202, answer.text
    number = answer.json()["id"]
    assert answer.headers["location"] == f"/v1/dossiers/{number}"
    assert (answer.json()["state"], answer.json()["work"]) == ("received", "check")
    await office.work()
    dossier = await office.dossier("lan", number)
    assert (dossier["state"], dossier["work"], dossier["failure"]) == ("staged", None, None)
    assert dossier["may"] == ["check"]
    assert (await office.ask("binh", number, "publish", {"reason": "Đúng QĐ"})).status_code == 202
    await office.work()
    dossier = await office.dossier("lan", number)
    assert (dossier["state"], dossier["versions"][0]["status"]) == ("published", "published")
    actor, after = office.audit("publish")[0]
    assert (actor, after["reason"]) == ("binh", "Đúng QĐ")
    assert [actor for actor, _ in office.audit("ask_check")] == ["lan"]
    plans = (await office.get(None, "/v1/plans")).json()["items"]
    assert [plan["in_force"]["version"] for plan in plans] == [1]


async def test_before_the_check_the_bytes_lie_in_quarantine_alone(
    office: Office, good: Path
) -> None:
    digest = (await office.deliver("lan", good)).json()["sha256"]
    assert kept(office) == [f"quarantine/{digest}"]
    await office.work()
    assert not [name for name in kept(office) if name.startswith("quarantine")]
    assert f"blobs/{digest[:2]}/{digest}" in kept(office)


async def test_the_same_bytes_are_the_same_dossier(office: Office, good: Path) -> None:
    first = await office.deliver("lan", good)
    again = await office.deliver("lan", good)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    await office.work()
    later = await office.deliver("lan", good)
    assert (later.status_code, later.json()["state"]) == (200, "staged")
    assert office.rows("SELECT count(*) FROM dossier") == [(1,)]
    assert office.rows("SELECT count(*) FROM plan_version") == [(1,)]
    other = await office.deliver("minh", good)
    assert (other.status_code, other.json()["type"]) == (409, "/problems/refused")
    assert "người duyệt" in other.json()["remedy"]["vi"].lower()
    for word in ("lan", good.name, first.json()["received_at"]):
        assert word not in other.text, "nothing of the other's dossier is told"
    assert not [name for name in kept(office) if name.startswith("quarantine")]


async def test_a_dossier_with_an_error_is_rejected_and_says_where(
    office: Office, crossed: Path
) -> None:
    number = (await office.deliver("lan", crossed)).json()["id"]
    await office.work()
    assert (await office.dossier("lan", number))["state"] == "rejected"
    page = (await office.get("lan", f"/v1/dossiers/{number}/issues?level=ERROR")).json()
    assert page["items"][0]["code"] == "GEOMETRY_INVALID"
    assert page["items"][0]["repairable"]
    assert set(page["items"][0]["message"]) == {"vi", "en"}
    places = (
        await office.get("lan", f"/v1/dossiers/{number}/issues.geojson?code=GEOMETRY_INVALID")
    ).json()
    lon, lat = shapely.geometry.shape(places["features"][0]["geometry"]).centroid.coords[0]
    assert (round(lon, 1), round(lat, 1)) == (106.7, 10.8)
    lines = (
        await office.get(
            "lan", f"/v1/dossiers/{number}/issues", headers={"Accept": "application/jsonl"}
        )
    ).text.splitlines()
    assert '"outcome":"reject"' in lines[-1]
    assert len(lines) == len((await office.get("lan", f"/v1/dossiers/{number}/issues")).json()["items"]) + 1  # fmt: skip


async def test_repairs_are_accepted_on_the_web_and_the_original_stays(
    office: Office, crossed: Path
) -> None:
    answer = (await office.deliver("lan", crossed)).json()
    await office.work()
    again = await office.ask("lan", answer["id"], "check", {"accept_repairs": True})
    assert again.status_code == 202, again.text
    await office.work()
    dossier = await office.dossier("lan", answer["id"])
    assert (dossier["state"], dossier["wishes"]) == ("staged", {"accept_repairs": True})
    findings = (await office.get("lan", f"/v1/dossiers/{answer['id']}/issues")).json()
    repaired = [each for each in findings["items"] if each["code"] == "GEOMETRY_REPAIRED"]
    assert "m²" in repaired[0]["message"]["vi"]
    blob = office.register.settings.blob_dir / answer["sha256"][:2] / answer["sha256"]
    assert blob.read_bytes() == crossed.read_bytes()


async def test_a_staged_dossier_checked_again_leaves_one_version(
    office: Office, good: Path
) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    await office.work()
    await office.ask("lan", number, "check", {"profile": "vn_circular16"})
    await office.work()
    versions = (await office.dossier("lan", number))["versions"]
    assert [(each["version"], each["status"]) for each in versions] == [(1, "staged")]
    assert office.rows("SELECT count(*) FROM ingest_run") == [(1,)]


async def test_findings_come_a_page_at_a_time(office: Office, good: Path) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    await office.work()
    with connect(office.register.url) as connection:
        connection.execute(
            "INSERT INTO issue (run_id, code, level, detail) SELECT max(id), 'WORKBOOK_MISSING',"
            " 'ERROR', '{}' FROM ingest_run CROSS JOIN generate_series(1, 250)"
            " GROUP BY generate_series"
        )
    asked = f"/v1/dossiers/{number}/issues?code=WORKBOOK_MISSING&limit=100"
    sizes, after = [], 0
    while after is not None:
        page = (await office.get("lan", f"{asked}&after={after}")).json()
        sizes.append(len(page["items"]))
        after = page["after"]
    assert sizes == [100, 100, 50]


# Empty and alien files

ALIEN: dict[str, tuple[bytes, str]] = {
    "ghi-chu.txt": ("Xin chào".encode(), "không phải gói hồ sơ"),
    "rong.zip": (b"", "Gói rỗng"),
    "khong-co-gi.zip": (b"PK\x05\x06" + b"\0" * 18, "Gói rỗng"),
    "quyet-dinh.pdf": (b"%PDF-1.7\n" + b"x" * 5000, "không phải gói hồ sơ"),
    "chuong-trinh.exe": (b"MZ\x90\x00" + b"\0" * 5000, "không phải gói hồ sơ"),
    "ngau-nhien.zip": (b"\x01\x02\x03" * 700_000, "không phải gói hồ sơ"),
}


@pytest.mark.parametrize("name", list(ALIEN))
async def test_an_empty_or_alien_file_is_turned_away_at_the_door(
    office: Office, tmp_path: Path, name: str
) -> None:
    content, said = ALIEN[name]
    answer = await office.deliver("lan", put(tmp_path / name, content))
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-parameter")
    assert said in answer.json()["message"]["vi"]
    assert "nén cả thư mục hồ sơ" in answer.json()["remedy"]["vi"].lower()
    assert kept(office) == []
    assert office.rows("SELECT count(*) FROM dossier") == [(0,)]


@pytest.mark.parametrize(
    "head",
    [b"PK\x03\x04", b"\xef\xbb\xbf  <kml>", "<gml>".encode("utf-16"), b"  0\r\nSECTION",
     b'\n{"type": "FeatureCollection"}', b"AC1032", b"\0" * 257 + b"ustar"],
)  # fmt: skip
def test_what_may_be_a_dossier_passes_the_door(head: bytes) -> None:
    refuse_alien(head)


HOLLOW: dict[str, dict[str, bytes]] = {
    "folder alone": {"HoSoGIS/": b""},
    "a note": {"ghi-chu.txt": b"xin chao"},
    "junk": {"__MACOSX/._a": b"x", ".DS_Store": b"x"},
    "empty map": {"a.gpkg": b""},
    "a paper": {"qd.pdf": b"%PDF-1.7\n"},
}


@pytest.mark.parametrize("case", list(HOLLOW))
async def test_of_a_package_without_data_the_reason_alone_is_kept(
    office: Office, tmp_path: Path, case: str
) -> None:
    hollow = zip_of(tmp_path / "ho-so.zip", HOLLOW[case])
    number = (await office.deliver("lan", hollow)).json()["id"]
    await office.work()
    dossier = await office.dossier("lan", number)
    assert (dossier["state"], dossier["work"], dossier["kept"]) == ("rejected", None, False)
    assert kept(office) == []
    assert office.rows("SELECT count(*) FROM dossier_file") == [(0,)]
    page = await office.page("lan", f"/dossiers/{number}")
    assert "Gói rỗng: trong “ho-so.zip”" in page
    assert "Không nhận ra" not in page


async def test_a_package_that_nobody_recognises_is_kept(office: Office, tmp_path: Path) -> None:
    data = {"lop.geojson": b'{"type":"FeatureCollection","features":[]}'}
    number = (await office.deliver("lan", zip_of(tmp_path / "la.zip", data))).json()["id"]
    await office.work()
    dossier = await office.dossier("lan", number)
    assert (dossier["state"], dossier["kept"]) == ("rejected", True)
    page = (await office.get("lan", f"/v1/dossiers/{number}/issues")).json()
    assert "PROFILE_UNMATCHED" in [group["code"] for group in page["groups"]]


# Deciding


async def test_an_approver_turns_a_dossier_away_with_a_reason(office: Office, good: Path) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    await office.work()
    for body in ({}, {"reason": ""}, {"reason": "  "}, {"reason": None}):
        unsaid = await office.ask("binh", number, "reject", body)
        assert (unsaid.status_code, unsaid.json()["message"]["vi"]) == (400, "Chưa nêu lý do.")
        assert unsaid.json()["remedy"]["en"].startswith("Write one short sentence")
    for reason in ("a\x00b", "\ufffd\ufffd\ufffd", 7, ["vì"]):
        for work in ("publish", "reject"):
            odd = await office.ask("binh", number, work, {"reason": reason})
            assert (odd.status_code, odd.json()["message"]["vi"][:22]) == (
                400, "Không đọc được lý do: ",
            )  # fmt: skip
    answer = await office.ask("binh", number, "reject", {"reason": "Thiếu bản đồ giao thông"})
    assert answer.status_code == 202
    await office.work()
    assert (await office.dossier("lan", number))["state"] == "rejected"
    assert office.rows("SELECT count(*) FROM plan_version") == [(0,)]
    assert office.audit("reject")[0][1]["reason"] == "Thiếu bản đồ giao thông"
    page = await office.page("lan", f"/dossiers/{number}")
    assert "Thiếu bản đồ giao thông" in page
    assert (await office.ask("lan", number, "check")).status_code == 202
    await office.work()
    assert (await office.dossier("lan", number))["state"] == "staged"


async def test_a_withdrawn_version_keeps_its_history(office: Office, good: Path) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    await office.work()
    version = (await office.dossier("lan", number))["versions"][0]
    path = f"/v1/plans/{version['plan']}/versions/1/withdraw"
    assert (await office.post("binh", path, {"reason": "Quá sớm"})).status_code == 409
    await office.ask("binh", number, "publish")
    await office.work()
    assert (await office.post("binh", path, {})).status_code == 400
    assert (await office.post("lan", path, {"reason": "Tôi muốn"})).status_code == 403
    assert (await office.post("chi", path, {"reason": "Sai ranh giới"})).status_code == 202
    await office.work()
    assert (await office.dossier("lan", number))["state"] == "withdrawn"
    assert office.rows("SELECT count(*) FROM zone")[0][0] > 0
    assert office.rows("SELECT count(*) FROM version_period WHERE upper_inf(recorded)") == [(0,)]
    actor, after = office.audit("withdraw")[0]
    assert (actor, after["reason"]) == ("chi", "Sai ranh giới")
    unknown = "/v1/plans/khong-co/versions/1/withdraw"
    assert (await office.post("binh", unknown, {"reason": "Thử"})).status_code == 404


async def test_nobody_decides_about_what_they_delivered_or_checked(
    office: Office, good: Path
) -> None:
    number = (await office.deliver("an", good)).json()["id"]
    await office.work()
    own = await office.ask("an", number, "publish")
    assert (own.status_code, own.json()["type"]) == (403, "/problems/not-allowed")
    with connect(office.register.url) as connection:
        connection.execute("UPDATE account SET role = 'approver' WHERE name = 'an'")
    assert (await office.ask("an", number, "publish")).status_code == 403
    assert (await office.ask("an", number, "reject", {"reason": "Vì sao"})).status_code == 403
    assert (await office.ask("binh", number, "publish")).status_code == 202


async def test_whoever_accepted_the_repairs_of_another_does_not_publish(
    office: Office, crossed: Path
) -> None:
    number = (await office.deliver("lan", crossed)).json()["id"]
    await office.work()
    assert (await office.ask("binh", number, "check", {"accept_repairs": True})).status_code == 403
    await office.ask("an", number, "check", {"accept_repairs": True})
    await office.work()
    assert (await office.ask("an", number, "publish")).status_code == 403
    assert (await office.ask("binh", number, "publish")).status_code == 202


async def test_another_planners_dossier_is_not_there(office: Office, good: Path) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    for part in ("", "/issues", "/issues.geojson", "/events", "/difference"):
        path = f"/v1/dossiers/{number}{part}"
        statuses = {
            name: (await office.get(name, path)).status_code
            for name in (None, "minh", "oanh", "cuc")
        }
        assert statuses == {None: 401, "minh": 404, "oanh": 403, "cuc": 403}, part
    missing = await office.get("minh", "/v1/dossiers/999999")
    hidden = await office.get("minh", f"/v1/dossiers/{number}")
    assert missing.json() == hidden.json()
    assert (await office.ask("minh", number, "check")).status_code == 404


async def test_each_planner_sees_their_own_and_an_approver_all(office: Office, good: Path) -> None:
    await office.deliver("lan", good)
    listed = {
        name: len((await office.get(name, "/v1/dossiers")).json()["items"])
        for name in ("lan", "minh", "binh", "an")
    }
    assert listed == {"lan": 1, "minh": 0, "binh": 1, "an": 1}
    assert (await office.deliver("binh", good)).status_code == 403
    assert (await office.deliver(None, good)).status_code == 401


# Hostile deliveries: refused in words, nothing left behind

BOUNDARY = "xxGRENZExx"


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    named = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()
BAD_FORMS: dict[str, tuple[bytes, int]] = {
    "empty file": (part("file", b"", "a.zip") + END, 400),
    "no file": (part("profile", b"vn_circular16") + END, 400),
    "nothing chosen": (part("file", b"", "") + END, 400),
    "file as text": (part("file", b"PK") + END, 400),
    "two files": (part("file", b"a", "a.zip") + part("file", b"b", "b.zip") + END, 400),
    "file under another name": (part("tep", b"a", "a.zip") + END, 400),
    "second file under another name": (
        part("file", b"a", "a.zip") + part("crs", b"a", "b.zip") + END,
        400,
    ),
    "unknown field": (part("la", b"1") + part("file", b"a", "a.zip") + END, 400),
    "field twice": (part("crs", b"") + part("crs", b"") + part("file", b"a", "a.zip") + END, 400),
    "long field": (part("crs", b"9" * 2000) + part("file", b"a", "a.zip") + END, 400),
    "huge field": (part("crs", b"9" * 200_000) + part("file", b"a", "a.zip") + END, 400),
    "profile of the server": (
        part("profile", b"/etc/passwd") + part("file", b"a", "a.zip") + END,
        400,
    ),
    "no such crs": (part("crs", b"EPSG:1") + part("file", b"a", "a.zip") + END, 400),
    "cut short": (part("file", b"abc", "a.zip"), 400),
    "cut in a header": (f"--{BOUNDARY}\r\nContent-Dispo".encode(), 400),
    "no body": (b"", 400),
    "noise": (b"\x00\xff" * 500, 400),
    "endless header": (f"--{BOUNDARY}\r\n".encode() + b"X: " + b"y" * 90_000 + b"\r\n", 400),
    "over the cap": (part("file", b"x" * 200_001, "a.zip") + END, 413),
    "form over its cap": (b"\r\n" * 1 + part("file", b"a", "a.zip") + END + b"z" * 70_000, 413),
}


@pytest.fixture(scope="module")
def small_office(fresh_register: Callable[[int], Register]) -> tuple[Register, dict[str, str]]:
    found = fresh_register(9210)
    settings = found.settings.model_copy(update={"max_upload_bytes": 200_000})
    return Register(found.url, settings), hire(found.url)


@pytest.fixture
async def small(small_office: tuple[Register, dict[str, str]]) -> AsyncIterator[Office]:
    async with office_of(*small_office) as office:
        yield office


@pytest.mark.parametrize("length", ["told", "untold"])
@pytest.mark.parametrize("case", list(BAD_FORMS))
async def test_a_bad_form_is_refused_and_leaves_nothing(
    small: Office, case: str, length: str
) -> None:
    body, status = BAD_FORMS[case]
    sent = Sent(body, "multipart/form-data; boundary=" + BOUNDARY, chunk=7_000)
    answer = await sending(small, "lan", sent, told=length == "told")
    assert answer.status == status, (case, answer.body)
    problem = answer.json()
    assert problem["status"] == status
    assert problem["message"]["vi"]
    assert kept(small) == []
    assert small.rows("SELECT count(*) FROM dossier") == [(0,)]


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data", "text/plain", "",
             "multipart/form-data; boundary=" + "x" * 300]
)  # fmt: skip
async def test_what_is_no_form_is_refused(small: Office, kind: str) -> None:
    answer = await sending(small, "lan", Sent(b"{}", kind))
    assert answer.status == 400
    assert kept(small) == []


async def test_a_length_above_the_cap_is_refused_before_anything_is_read(small: Office) -> None:
    sent = Sent(b"never read", "multipart/form-data; boundary=b", length="9999999999")
    answer = await sending(small, "lan", sent)
    assert (answer.status, answer.chunks_read) == (413, 0)


async def test_a_sender_who_gives_up_leaves_nothing(small: Office) -> None:
    body = part("file", b"x" * 90_000, "a.zip")
    sent = Sent(body, "multipart/form-data; boundary=" + BOUNDARY, chunk=7_000, gives_up=True)
    await sending(small, "lan", sent)
    assert kept(small) == []
    assert small.rows("SELECT count(*) FROM dossier") == [(0,)]


NAMES = {
    "../../etc/passwd.zip": "passwd.zip",
    "C:\\Users\\lan\\hồ sơ.zip": "hồ sơ.zip",
    "đồ án 😀.zip": "đồ án 😀.zip",
    "a%0D%0AX-Evil: 1.zip": "a%0D%0AX-Evil: 1.zip",
    "\u202egnp.zip": "gnp.zip",
    "x\x01\x7fy.zip": "x y.zip",
    "..": "dossier",
    "d\u0323o\u0302.zip": "ḍô.zip",
    "<img src=x onerror=alert(1)>.zip": "<img src=x onerror=alert(1)>.zip",
    "{{7*7}}.zip": "{{7*7}}.zip",
}


async def named(office: Office, filename: str) -> dict[str, Any]:
    """What the program says of a dossier delivered under a name."""
    body = part("file", b"PK\x03\x04" + filename.encode(), filename) + END
    answer = await sending(office, "lan", Sent(body, f"multipart/form-data; boundary={BOUNDARY}"))
    assert answer.status == 202, answer.body
    return answer.json()


async def test_a_files_name_is_text_and_nothing_else(office: Office) -> None:
    for filename, name in NAMES.items():
        dossier = await named(office, filename)
        assert dossier["name"] == name
        page = await office.page("lan", f"/dossiers/{dossier['id']}")
        assert "<img src=x" not in page
        assert "49" not in re.sub(r"[?&]v=\w+|\d\d:49|[0-9a-f]{64}", "", page)
    long = await named(office, "ồ" * 900 + ".zip")
    assert long["name"].endswith(".zip")
    await office.work()
    states = office.rows("SELECT DISTINCT state FROM dossier")
    assert states == [("rejected",)], "no name keeps the file from being checked"


# Secrets and unsafe archives


async def test_of_a_state_secret_nothing_is_kept(office: Office, tmp_path: Path) -> None:
    folder = write_dossier(tmp_path, hoso={"Ghi chú": "Hồ sơ TỐI MẬT theo quyết định"})
    secret = zipped(folder).rename(tmp_path / "ho-so-ten-dac-biet.zip")
    answer = (await office.deliver("lan", secret)).json()
    await office.work()
    dossier = await office.dossier("lan", answer["id"])
    assert (dossier["state"], dossier["name"], dossier["run"]) == ("refused", "", None)
    assert kept(office) == []
    for table in ("issue", "dossier_file", "ingest_run", "plan", "plan_version", "zone"):
        assert office.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    everything = office.rows(
        "SELECT string_agg(t::text, '') FROM (SELECT to_jsonb(d) FROM dossier d UNION ALL SELECT"
        " to_jsonb(a) FROM audit_event a UNION ALL SELECT to_jsonb(e) FROM dossier_event e UNION"
        " ALL SELECT to_jsonb(j) FROM procrastinate_jobs j) t"
    )[0][0]
    assert "dac-biet" not in everything
    assert "TỐI MẬT" not in everything
    assert office.audit("refuse_secret") == [("lan", {"state": "refused"})]
    assert "Không lưu lại gì" in await office.page("lan", f"/dossiers/{answer['id']}")
    again = await office.deliver("lan", secret)
    assert (again.status_code, again.json()["state"]) == (200, "refused")
    assert kept(office) == []
    assert (await office.ask("lan", answer["id"], "check")).status_code == 409


async def test_a_secret_name_alone_is_enough(office: Office, tmp_path: Path, good: Path) -> None:
    secret = put(tmp_path / "Kho TỐI MẬT.zip", good.read_bytes())
    number = (await office.deliver("lan", secret)).json()["id"]
    await office.work()
    assert (await office.dossier("lan", number))["state"] == "refused"
    assert kept(office) == []


async def test_of_an_unsafe_archive_the_findings_alone_are_kept(
    office: Office, tmp_path: Path
) -> None:
    evil = zip_of(tmp_path / "a.zip", {"../../../tmp/x": b"x"})
    number = (await office.deliver("lan", evil)).json()["id"]
    await office.work()
    dossier = await office.dossier("lan", number)
    assert (dossier["state"], dossier["kept"]) == ("rejected", False)
    assert kept(office) == []
    page = (await office.get("lan", f"/v1/dossiers/{number}/issues")).json()
    assert page["groups"][0]["code"] == "ARCHIVE_UNSAFE"
    gone = await office.ask("lan", number, "check")
    assert gone.status_code == 409
    assert "nộp lại" in gone.json()["remedy"]["vi"]
    again = await office.deliver("lan", evil)
    assert (again.status_code, again.json()["id"]) == (202, number)
    await office.work()
    assert office.rows("SELECT count(*) FROM dossier") == [(1,)]


async def test_a_broken_zip_is_kept_nowhere(office: Office, tmp_path: Path, good: Path) -> None:
    half = put(tmp_path / "nua.zip", good.read_bytes()[: good.stat().st_size // 2])
    number = (await office.deliver("lan", half)).json()["id"]
    await office.work()
    assert (await office.dossier("lan", number))["state"] == "rejected"
    assert not [name for name in kept(office) if name.startswith("quarantine")]


# Pages and plain forms


async def test_the_plain_form_delivers_without_a_script(office: Office, good: Path) -> None:
    async with office.browser("lan") as browser:
        page = (await browser.get("/dossiers")).text
        mark = re.search(r'name="csrf" value="(\w+)"', page)
        assert mark
        answer = await browser.post(
            "/dossiers", data={"csrf": mark[1]}, files={"file": (good.name, good.read_bytes())}
        )
        assert answer.status_code == 303, answer.text
        await office.work()
        page = (await browser.get(answer.headers["location"])).text
    assert "Đạt" in page


@pytest.mark.parametrize("where", ["nowhere", "wrong", "after the file"])
async def test_a_form_without_its_mark_delivers_nothing(
    office: Office, good: Path, where: str
) -> None:
    mark = office.mark("lan").encode()
    file = part("file", good.read_bytes(), "a.zip")
    forms = {
        "nowhere": file,
        "wrong": part("csrf", b"0" * 64) + file,
        "after the file": file + part("csrf", mark),
    }
    sent = Sent(forms[where] + END, f"multipart/form-data; boundary={BOUNDARY}")
    answer = await sending(office, "lan", sent, path="/dossiers", cookie=True)
    assert answer.status == 403
    assert kept(office) == []
    assert office.rows("SELECT count(*) FROM dossier") == [(0,)]


async def test_plain_forms_check_publish_and_withdraw(office: Office, good: Path) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    await office.work()
    for who, path, more in (
        ("lan", f"/dossiers/{number}/check", {"crs": "", "profile": "", "accept_repairs": "true"}),
        ("binh", f"/dossiers/{number}/publish", {"reason": ""}),
        ("binh", "/plans/79qpk0001/versions/1/withdraw", {"reason": "Sai tỷ lệ"}),
    ):
        if path.endswith("/publish"):
            more = {**more, "run": str(office.last_run(number))}
        async with office.browser(who) as browser:
            assert (await browser.post(path, data=more)).status_code == 403
            answer = await browser.post(path, data={"csrf": office.mark(who), **more})
            assert answer.status_code == 303, answer.text
        await office.work()
    assert (await office.dossier("lan", number))["state"] == "withdrawn"


async def test_pages_load_nothing_from_another_host_and_obey_the_policy(
    office: Office, crossed: Path
) -> None:
    number = (await office.deliver("lan", crossed)).json()["id"]
    for _ in range(2):
        for who in ("lan", "binh", "an"):
            for path in ("/dossiers", f"/dossiers/{number}", f"/dossiers/{number}?lang=en"):
                page = await office.page(who, path)
                assert not re.search(r"\son\w+=|\sstyle=", page), path
                links = re.findall(r'(?:src|href|action)="([^"]*)"', page)
                assert all(re.match(r"/(?!/)|#|data:", link) for link in links), links
        await office.work()


async def test_the_page_says_the_verdict_first_and_offers_the_repair(
    office: Office, crossed: Path
) -> None:
    number = (await office.deliver("lan", crossed)).json()["id"]
    assert "Đang kiểm tra" in await office.page("lan", f"/dossiers/{number}")
    await office.work()
    page = await office.page("lan", f"/dossiers/{number}")
    assert page.index("Không đạt") < page.index("Vì sao")
    assert "Chấp nhận sửa và kiểm tra lại" in page
    assert "Công bố</button>" not in page
    english = await office.page("lan", f"/dossiers/{number}?lang=en")
    assert "Accept the repairs" in english


async def test_a_failure_whose_reason_cannot_be_read_is_told_in_words(
    office: Office, good: Path
) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    for failure in ("{}", '"x"', '{"vi": 1, "en": null}', "[]"):
        with connect(office.register.url) as connection:
            connection.execute(
                "UPDATE dossier SET state = 'failed', work = NULL, failure = %s::jsonb", [failure]
            )
        said = (await office.dossier("lan", number))["verdict"]
        assert "lý do không đọc được" in said["vi"]
        assert "Try again" in said["en"]
        assert "lý do không đọc được" in await office.page("lan", f"/dossiers/{number}")
        events = (await office.get("lan", f"/v1/dossiers/{number}/events")).text
        assert "lý do không đọc được" in events


async def test_people_without_a_part_in_it_see_no_dossiers(office: Office) -> None:
    async with office.browser("cuc") as browser:
        assert (await browser.get("/dossiers")).status_code == 403
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(office.app), base_url="http://test"
    ) as stranger:
        answer = await stranger.get("/dossiers", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=")


async def test_a_report_is_served_by_its_name_alone(office: Office, good: Path) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    folder = office.register.settings.report_dir / str(number)
    folder.mkdir(parents=True)
    put(folder / "bao-cao.html", b"<script>alert(1)</script>")
    async with office.browser("lan") as browser:
        answer = await browser.get(f"/dossiers/{number}/reports/bao-cao.html")
        assert answer.status_code == 200
        assert "attachment" in answer.headers["content-disposition"]
        assert answer.headers["content-type"] == "application/octet-stream"
        for name in ("..%2f..%2fpg", "%2e%2e", "khac.html"):
            assert (await browser.get(f"/dossiers/{number}/reports/{name}")).status_code == 404


async def test_where_many_compare_the_page_does_without_and_the_api_says_when(
    office: Office, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    await office.work()
    monkeypatch.setattr(difference, "AT_ONCE", 0)
    answer = await office.get("binh", f"/v1/dossiers/{number}/difference")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "so sánh" in answer.json()["message"]["vi"]
    assert "Tải lại" in answer.json()["remedy"]["vi"]
    assert "So với bản đang có hiệu lực" in await office.page("binh", f"/dossiers/{number}")
    async with office.browser("binh") as browser:
        asked = await browser.get(f"/dossiers/{number}?difference=true")
    assert asked.status_code == 503
    assert "Tải lại sau ít phút" in asked.text


async def test_nobody_fills_the_quarantine(
    office: Office, good: Path, crossed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MOST_WAITING_BYTES", good.stat().st_size + 10)
    first = (await office.deliver("lan", good)).json()["id"]
    refused = await office.deliver("lan", crossed)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert "chờ kiểm tra" in refused.json()["message"]["vi"]
    assert office.rows("SELECT id FROM dossier") == [(first,)]
    assert len(kept(office)) == 1
    body = part("file", crossed.read_bytes(), crossed.name) + END
    sent = Sent(body, f"multipart/form-data; boundary={BOUNDARY}")
    untold = await sending(office, "lan", sent, told=False)
    assert untold.status == 429, "nor one whose length is not told"
    assert len(kept(office)) == 1
    assert (await office.deliver("lan", good)).status_code == 429
    assert (await office.deliver("minh", crossed)).status_code == 202, "others are not held up"
    await office.work()
    with connect(office.register.url) as connection:
        connection.execute("DELETE FROM dossier WHERE id <> %s", [first])
    assert (await office.deliver("lan", crossed)).status_code == 202, (
        "what is checked counts no more"
    )


async def test_a_nearly_full_disk_takes_nothing_in(
    office: Office, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "FREE_FLOOR_BYTES", 1 << 60)
    answer = await office.deliver("lan", good)
    assert (answer.status_code, kept(office)) == (503, [])
    assert "hết chỗ" in answer.json()["message"]["vi"]
    assert "quản trị" in answer.json()["remedy"]["vi"]
    free = office.register.settings.state_dir
    monkeypatch.setattr(quota, "FREE_FLOOR_BYTES", shutil.disk_usage(free).free + (1 << 34))
    sent = Sent(
        part("file", good.read_bytes(), "a.zip") + END, f"multipart/form-data; boundary={BOUNDARY}"
    )
    assert (await sending(office, "lan", sent, told=False)).status == 503
    assert kept(office) == []


async def test_the_plain_form_is_for_browsers_alone(office: Office, good: Path) -> None:
    body = (
        part("csrf", office.mark("lan").encode()) + part("file", good.read_bytes(), "a.zip") + END
    )
    sent = Sent(body, f"multipart/form-data; boundary={BOUNDARY}")
    assert (await sending(office, "lan", sent, path="/dossiers")).status == 403
    assert (await sending(office, "lan", sent, path="/dossiers", cookie=True)).status == 303


async def test_bodies_are_small_and_understood(office: Office, good: Path) -> None:
    number = (await office.deliver("lan", good)).json()["id"]
    await office.work()
    bad: tuple[Any, ...] = (b"{", b"[]", b'{"la": 1}', b'{"crs": "EPSG:1"}', b'{"profile": "x"}')
    for body in (*bad, b'{"accept_repairs": "khong"}', b"x" * 20_000):
        answer = await office.send("lan", f"/v1/dossiers/{number}/check", body)
        assert answer.status_code == 400, body
    assert (await office.dossier("lan", number))["work"] is None
