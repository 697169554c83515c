"""Loading parcels end to end, against a bare COPY of ready bytes and against geopandas.

Run on its own: `python -m tests.bench.load ../shared/data 9 1` (9 copies: a million parcels; once).
The three ways run in turn in every round on one durable private cluster, so that ratios hold on a
busy machine. Ours reads a FlatGeobuf in EPSG:4326 and checks every shape; the bare COPY does
neither, and its table has no CHECK and no foreign key.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import text

from ingest.gdal import pyogrio
from schemas.cluster import Cluster
from schemas.db import connect, engine, migrate
from tests.bench.measure import Ratio, limit, table

SRID = 31983
FIELDS = "sheet=sheet,number=number,commune=commune,address=nsvia_name"

OURS = f"""
import json, sys, time
from datetime import UTC, datetime
from pathlib import Path
from ingest.parcels.load import load_parcels
from schemas.profiles.parcels import ParcelProfile
from schemas.settings import Settings
file, url, home = sys.argv[1:]
profile = ParcelProfile.from_fields("{FIELDS}")
settings = Settings(home=Path(home), storage_srid={SRID})
start = time.perf_counter()
outcome = load_parcels(Path(file), profile=profile, url=url, settings=settings,
                       now=datetime.now(UTC), actor="bench")
seconds = time.perf_counter() - start
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
peak = int(status["VmHWM"].split()[0]) / 1024  # ru_maxrss would count the parent's memory
print(json.dumps([seconds, peak, outcome.loaded]))
"""


def run(shared_data: Path, n_copies: int = 1, rounds: int = 3) -> list[Ratio]:
    """Load `n_copies` × 115,541 parcels in each way, `rounds` times in turn."""
    home = Path(tempfile.mkdtemp(prefix="sqh-bench-", dir="/tmp"))
    home.chmod(0o711)
    cluster = Cluster(home)
    try:
        cluster.start()
        parcels = copies(shared_data, n_copies)
        file = home / "parcels.fgb"
        pyogrio.write_dataframe(parcels, file, SPATIAL_INDEX="NO")
        count = len(parcels)
        del parcels
        return _measure(cluster, home, file, count, rounds)
    finally:
        cluster.discard()
        shutil.rmtree(home)


def copies(shared_data: Path, n_copies: int) -> gpd.GeoDataFrame:
    """The parcels of Contagem beside themselves, 40 km apart, with keys; EPSG:4326."""
    place = shared_data / "parcels" / "contagem_br_parcel.geojsonl.gz"
    one = pyogrio.read_dataframe(f"/vsigzip/{place.resolve()}").to_crs(SRID)
    numbers = np.arange(len(one))
    one["sheet"] = (numbers // 500 + 1).astype(str)
    one["number"] = (numbers % 500 + 1).astype("i4")
    parts = []
    for copy in range(n_copies):
        moved = one.copy()
        offset = np.array([copy % 3, copy // 3]) * 40_000.0
        moved["geometry"] = shapely.transform(one.geometry.array, lambda xy, by=offset: xy + by)
        moved["commune"] = str(31186 + copy)
        parts.append(moved)
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True)).to_crs(4326)


def _measure(cluster: Cluster, home: Path, file: Path, count: int, rounds: int) -> list[Ratio]:
    ours, bare, geopandas, memory = [], [], [], []
    ready = home / "ready.copy"
    for number in range(rounds):
        name = f"bench_{number}"
        cluster.create_database(name)
        url = cluster.url(name)
        migrate(url, SRID)
        seconds, peak, loaded = _ours(file, url, home / f"state_{number}")
        assert loaded == count
        ours.append(seconds)
        memory.append(peak)
        _write_ready(url, ready)
        bare.append(_timed(lambda url=url: _bare(url, ready)))
        geopandas.append(_timed(lambda url=url: _geopandas(file, url)))
        cluster.drop_database(name)
        shutil.rmtree(home / f"state_{number}")
    label = f"parcels load, {count:,}"
    return [
        _faster(f"{label}, to a bare COPY with the same indexes", count, ours, bare, 0.3),
        _faster(f"{label}, to geopandas.to_postgis", count, ours, geopandas, 2),
        limit(f"{label}, memory", max(memory), 1000, "MB"),
    ]


def _faster(name: str, count: int, ours: list[float], other: list[float], bar: float) -> Ratio:
    """Our rate as a multiple of the other's, round by round; seconds in."""
    ratios = sorted(theirs / own for theirs, own in zip(other, ours, strict=True))
    return Ratio(
        name,
        count / statistics.median(ours),
        count / statistics.median(other),
        "parcels/s",
        statistics.median(ratios),
        (ratios[0], ratios[-1]),
        bar,
    )


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _ours(file: Path, url: str, home: Path) -> tuple[float, float, int]:
    command = [sys.executable, "-c", OURS, str(file), url, str(home)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, peak, loaded = json.loads(done.stdout)
    return seconds, peak, loaded


def _write_ready(url: str, ready: Path) -> None:
    """The very bytes to COPY, as the database itself writes them."""
    with (
        connect(url) as connection,
        ready.open("wb") as file,
        connection.cursor().copy("COPY parcel TO STDOUT (FORMAT binary)") as copy,
    ):
        for chunk in copy:
            file.write(chunk)


def _bare(url: str, ready: Path) -> None:
    with connect(url) as connection:
        connection.execute("CREATE TABLE bare (LIKE parcel, PRIMARY KEY (id))")
        with (
            connection.cursor().copy("COPY bare FROM STDIN (FORMAT binary)") as copy,
            ready.open("rb") as file,
        ):
            while chunk := file.read(1 << 18):
                copy.write(chunk)
        connection.execute("CREATE INDEX ON bare (commune_code, sheet, number)")
        connection.execute("CREATE INDEX ON bare (national_code) WHERE national_code IS NOT NULL")
        connection.execute("CREATE INDEX ON bare USING gist (geom)")


def _geopandas(file: Path, url: str) -> None:
    """Read, project and write, as its users do; it makes the spatial index itself."""
    frame = gpd.read_file(file).to_crs(SRID)
    target = engine(url)
    with target.begin() as connection:
        frame.to_postgis("geopandas", connection, index=False)
    with target.begin() as connection:
        connection.execute(text("CREATE INDEX ON geopandas (commune, sheet, number)"))


if __name__ == "__main__":
    print(table(run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
