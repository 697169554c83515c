"""`kill -9` at any moment leaves the register as it was, and the next load succeeds."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import psycopg
import pytest
from shapely import box

from schemas.db import connect

TABLES = (
    "dossier", "dossier_file", "ingest_run", "issue", "plan", "plan_version", "version_period",
    "zone", "zone_cut", "plan_line", "plan_feature", "coverage", "document", "parcel",
    "parcel_alias", "audit_event",
)  # fmt: skip

PARCELS = """
from ingest.parcels.load import load_parcels
from schemas.profiles.parcels import ParcelProfile
profile = ParcelProfile.from_fields("sheet=TO,number=THUA,commune=XA,old_sheet=CU")
load_parcels(Path(file), profile=profile, url=url, settings=settings, now=now, actor="bat",
             progress=progress)
"""

PLAN = """
import hashlib
from datetime import date
import numpy as np, pandas as pd
from shapely import MultiPolygon, box
from ingest.delivery import DeliveredFile, DeliveredVersion, Delivery
from ingest.register.load import load_delivery
path = Path(file)
digest = hashlib.sha256(path.read_bytes()).hexdigest()
delivered = DeliveredFile(path.name, path, digest, "gis", "text/plain", path.stat().st_size)
def frame(count):
    return pd.DataFrame({
        "level": "cell", "symbol": "A", "geom": [box(n, 0, n + 1, 1) for n in range(count)],
        "attributes": [{}] * count, "source_file": path.name, "source_layer": "l",
        "source_row": np.arange(count)})
def version(plan):
    return DeliveredVersion(
        plan, plan, plan, "QHPK", "zoning", None, "first", None, None, date(2020, 1, 1), None,
        None, 2000, 1.0, "vector", MultiPolygon([box(0, 0, 9, 1)]), frozenset({"land_use"}),
        frame(8000), frame(0), frame(0))
delivery = Delivery(digest, path.name, "plan", "p", "0", False, (delivered,),
                    tuple(version(f"p{n}") for n in range(4)), ())
load_delivery(delivery, url=url, settings=settings, now=now, actor="bat", publish=True,
              progress=progress)
"""

LOADER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from schemas.settings import Settings
file, url, home, when = sys.argv[1:]
settings = Settings(home=Path(home), storage_srid=9210)
now = datetime.fromisoformat(when)
def progress(done, total):
    print(done, flush=True)
print("ready", flush=True)
{work}
print("done", flush=True)
"""


@pytest.fixture(scope="module")
def parcel_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100,000 parcels with old keys."""
    count = 100_000
    number = np.arange(count)
    shapes = box(500_000 + number % 300 * 10, 1_100_000 + number // 300 * 10,
                 500_010 + number % 300 * 10, 1_100_010 + number // 300 * 10)  # fmt: skip
    columns = {"TO": number // 500, "THUA": number % 500, "XA": "99001", "CU": number // 500 + 1000}
    path = tmp_path_factory.mktemp("crash") / "parcels.fgb"
    gpd.GeoDataFrame(columns, geometry=shapes, crs=9210).to_file(path, SPATIAL_INDEX="NO")
    return path


def state(url: str) -> dict[str, Any]:
    """Counts of every table, revision, and the indexes that questions need."""
    with connect(url) as connection:

        def one(query: str) -> Any:
            row = connection.execute(query).fetchone()
            return row and row[0]

        counts = {table: one(f"SELECT count(*) FROM {table}") for table in TABLES}
        indexes = one("SELECT json_agg(indexdef ORDER BY indexdef)::text FROM pg_indexes"
                      " WHERE tablename LIKE 'parcel%'")  # fmt: skip
        return {**counts, "revision": one("SELECT revision FROM register_state"), "ix": indexes}


def start(work: str, file: Path, register: Any, when: str) -> subprocess.Popen[str]:
    code = LOADER.format(work=work)
    command = [sys.executable, "-c", code, str(file), register.url,
               str(register.settings.home), when]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd())
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def sessions(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchone()
    return int(row[0]) if row else 0


def kill(process: subprocess.Popen[str], url: str) -> None:
    """End the loader without warning and wait until the server has noticed."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()
    deadline = time.monotonic() + 60
    while sessions(url) and time.monotonic() < deadline:
        time.sleep(0.05)


def after_words(count: int, delay: float = 0.0) -> Callable[[subprocess.Popen[str]], None]:
    def wait(process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for _ in range(count):
            process.stdout.readline()
        time.sleep(delay)

    return wait


WAITS = {
    "at once": after_words(0, 0.0),
    "while opening": after_words(0, 0.15),
    "in the first COPY": after_words(1),
    "in the middle": after_words(3),
    "after the last row": after_words(5, 0.02),
    "while indexing": after_words(5, 0.3),
}


@pytest.mark.slow
def test_a_killed_parcel_load_leaves_the_register_as_it_was(
    fresh_register: Any, parcel_file: Path
) -> None:
    register = fresh_register(9210)
    before = state(register.url)
    for wait in WAITS.values():
        process = start(PARCELS, parcel_file, register, "2026-11-24T08:00:00+00:00")
        wait(process)
        assert process.poll() is None
        kill(process, register.url)
        assert state(register.url) == before
    process = start(PARCELS, parcel_file, register, "2026-11-24T08:00:00+00:00")
    output, _ = process.communicate(timeout=120)
    assert output.endswith("done\n")
    after = state(register.url)
    assert (after["parcel"], after["parcel_alias"], after["revision"]) == (100_000, 100_000, 1)
    assert after["ix"] == before["ix"]
    assert list(json.loads(after["ix"]))


@pytest.mark.slow
def test_a_killed_reload_leaves_the_register_as_it_was(
    fresh_register: Any, parcel_file: Path, tmp_path: Path
) -> None:
    register = fresh_register(9210)
    first = start(PARCELS, parcel_file, register, "2026-11-24T08:00:00+00:00")
    first.communicate(timeout=120)
    before = state(register.url)
    moved = gpd.read_file(parcel_file).iloc[:50_000]
    moved["geometry"] = moved.translate(1, 1)
    second = tmp_path / "second.fgb"
    moved.to_file(second, SPATIAL_INDEX="NO")
    for wait in (after_words(1), after_words(3, 0.05), after_words(3, 0.5), after_words(3, 1.0)):
        process = start(PARCELS, second, register, "2026-11-24T09:00:00+00:00")
        wait(process)
        assert process.poll() is None
        kill(process, register.url)
        assert state(register.url) == before
    process = start(PARCELS, second, register, "2026-11-24T09:00:00+00:00")
    process.communicate(timeout=120)
    after = state(register.url)
    assert (after["parcel"], after["revision"]) == (150_000, 2)


@pytest.mark.slow
def test_a_killed_plan_load_leaves_the_register_as_it_was(
    fresh_register: Any, tmp_path: Path
) -> None:
    register = fresh_register(9210)
    before = state(register.url)
    file = tmp_path / "plan.txt"
    file.write_text("the bytes of a plan")
    for wait in (after_words(0, 0.1), after_words(1), after_words(2), after_words(3, 0.1)):
        process = start(PLAN, file, register, "2026-11-24T08:00:00+00:00")
        wait(process)
        assert process.poll() is None
        kill(process, register.url)
        assert state(register.url) == before
    process = start(PLAN, file, register, "2026-11-24T08:00:00+00:00")
    process.communicate(timeout=120)
    after = state(register.url)
    assert (after["zone"], after["zone_cut"], after["revision"]) == (32_000, 32_000, 4)
