"""Of a state secret nothing is left: no event, no file, no report, and nobody else's file goes."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.dossiers.check import check_dossier
from ingest.register.load import load_delivery
from ingest.register.record import lock_register
from schemas.blobs import BlobStore
from schemas.db import connect
from tests.conftest import Register
from tests.dossiers import Office, office_of
from tests.gate_dossier import put, write_dossier, zipped

SECRET = "Kho TỐI MẬT.zip"
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
async def office(fresh_register: Callable[[int], Register]) -> AsyncIterator[Office]:
    async with office_of(fresh_register(9210)) as office:
        yield office


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return zipped(write_dossier(tmp_path_factory.mktemp("good")))


def kept(office: Office) -> list[str]:
    """Every file under the state folder."""
    home = office.register.settings.state_dir
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())


def events(office: Office, number: int) -> list[str]:
    query = "SELECT kind FROM dossier_event WHERE dossier_id = %s ORDER BY seq"
    return [kind for (kind,) in office.rows(query, number)]


async def staged(office: Office, path: Path) -> dict[str, Any]:
    number = (await office.deliver("lan", path)).json()["id"]
    await office.work()
    dossier = await office.dossier("lan", number)
    assert dossier["state"] == "staged"
    return dossier


async def found_secret(office: Office, number: int) -> None:
    """The dossier checked once more, now under a name that marks it."""
    with connect(office.register.url) as connection:
        connection.execute("UPDATE dossier SET name = %s WHERE id = %s", [SECRET, number])
    assert (await office.ask("lan", number, "check")).status_code == 202
    await office.work()


async def test_what_was_told_of_a_secret_is_forgotten_with_it(
    office: Office, tmp_path: Path, good: Path
) -> None:
    secret = put(tmp_path / SECRET, good.read_bytes())
    number = (await office.deliver("lan", secret)).json()["id"]
    await office.work()
    assert (await office.dossier("lan", number))["state"] == "refused"
    assert events(office, number) == ["done"]
    told = (await office.get("lan", f"/v1/dossiers/{number}/events")).text
    assert "event: end" in told
    assert "event: step" not in told


async def test_a_secret_found_by_a_later_check_takes_everything_along(
    office: Office, good: Path
) -> None:
    dossier = await staged(office, good)
    assert kept(office) != []
    await found_secret(office, dossier["id"])
    assert (await office.dossier("lan", dossier["id"]))["state"] == "refused"
    assert kept(office) == []
    assert events(office, dossier["id"]) == ["done"]
    for table in ("issue", "dossier_file", "ingest_run", "plan_version", "zone"):
        assert office.rows(f"SELECT count(*) FROM {table}") == [(0,)], table


async def test_files_that_another_dossier_delivered_too_stay(office: Office, good: Path) -> None:
    dossier = await staged(office, good)
    paper = office.rows("SELECT sha256 FROM dossier_file WHERE path LIKE '%%.pdf' LIMIT 1")[0][0]
    with connect(office.register.url) as connection:
        connection.execute(
            "WITH other AS (INSERT INTO dossier (sha256, name, kind, profile, state, received_at)"
            " VALUES (repeat('0', 64), 'b', 'plan', '', 'rejected', now()) RETURNING id)"
            " INSERT INTO dossier_file (dossier_id, path, sha256, role, media_type, size_bytes)"
            " SELECT id, hash, hash, 'paper', '', 1 FROM other, unnest(%s::text[]) hash",
            [[paper, dossier["sha256"]]],
        )
    await found_secret(office, dossier["id"])
    assert kept(office) == sorted(
        f"blobs/{digest[:2]}/{digest}" for digest in (paper, dossier["sha256"])
    )


async def test_a_removal_that_broke_off_is_repeated(office: Office, good: Path) -> None:
    dossier = await staged(office, good)
    await found_secret(office, dossier["id"])
    settings = office.register.settings
    for left in (
        BlobStore(settings.blob_dir).path(dossier["sha256"]),
        settings.quarantine_dir / dossier["sha256"],
        settings.report_dir / str(dossier["id"]) / "report.html",
    ):
        left.parent.mkdir(parents=True, exist_ok=True)
        left.write_bytes(b"left by a worker that died")
    with connect(office.register.url) as connection:
        connection.execute("UPDATE dossier SET work = 'check'")
    register = office.register
    check_dossier(dossier["id"], url=register.url, settings=settings, clock=lambda: NOW)
    assert kept(office) == []
    assert (await office.dossier("lan", dossier["id"]))["work"] is None


async def test_what_was_published_stays_when_a_later_check_finds_a_mark(
    office: Office, good: Path
) -> None:
    dossier = await staged(office, good)
    number = dossier["id"]
    await office.ask("binh", number, "publish")
    await office.work()
    path = f"/v1/plans/{dossier['versions'][0]['plan']}/versions/1/withdraw"
    await office.post("binh", path, {"reason": "Sai ranh giới"})
    await office.work()
    await office.ask("lan", number, "check")
    await office.work()
    before = kept(office), office.rows("SELECT count(*) FROM dossier_file")
    await found_secret(office, number)
    found = await office.dossier("lan", number)
    assert (found["state"], found["work"], found["may"]) == ("withdrawn", None, ["check"])
    assert "trước đây đã được công bố" in found["verdict"]["vi"]
    assert "quản trị" in found["verdict"]["vi"]
    assert [each["status"] for each in found["versions"]] == ["withdrawn"]
    assert (kept(office), office.rows("SELECT count(*) FROM dossier_file")) == before
    assert events(office, number) == ["failed"]
    assert office.audit("refuse_secret") == [("lan", {"state": "withdrawn"})]


async def test_a_file_removed_while_another_dossier_waits_is_kept_again(
    office: Office, drawing: Any
) -> None:
    """Its bytes were there when the load began, and are gone when its turn comes."""
    register = office.register
    delivery = drawing.delivery("waits", drawing.version())
    blob = BlobStore(register.settings.blob_dir).path(delivery.files[0].sha256)
    load = {"settings": register.settings, "now": NOW, "actor": "test", "publish": False}
    with connect(register.url) as other:
        lock_register(other)
        loading = threading.Thread(
            target=load_delivery, args=(delivery,), kwargs={"url": register.url, **load}
        )
        loading.start()
        deadline = time.monotonic() + 10
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while not office.rows(waits)[0][0]:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
        blob.unlink()
    loading.join()
    assert blob.is_file()
