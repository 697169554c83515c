"""`GET /v1/lookup` by point against pgbench with the very SQL of that route."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from api.lookup.ask import STATEMENTS
from schemas.postgres_binaries import find_binaries
from tests.bench.measure import Ratio, in_turn, limit

CONNECTIONS = 8
WORKERS = 2
SECONDS = 6

LUA = """
math.randomseed(os.time())
request = function()
  local lon = %(west)f + math.random() * (%(east)f - %(west)f)
  local lat = %(south)f + math.random() * (%(north)f - %(south)f)
  return wrk.format("GET", string.format("/v1/lookup?lon=%%.7f&lat=%%.7f", lon, lat))
end
"""


def pgbench_script(box: tuple[float, float, float, float]) -> str:
    """The route's statement with random points of the same box (storage CRS)."""
    west, south, east, north = box
    sql = STATEMENTS["point"]
    for parameter, text in (
        ("$1::timestamptz", "now()"),
        ("$2::date", "current_date"),
        ("$3::float8", ":x::float8"),
        ("$4::float8", ":y::float8"),
    ):
        sql = sql.replace(parameter, text)
    assert "$" not in sql
    sql = " ".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))
    return (
        f"\\set x random({west * 1000:.0f}, {east * 1000:.0f}) / 1000.0\n"
        f"\\set y random({south * 1000:.0f}, {north * 1000:.0f}) / 1000.0\n{sql};\n"
    )


def pgbench(url: str, script: Path) -> float:
    """Transactions a second at CONNECTIONS clients, prepared, with the route's session settings."""
    environment = os.environ | {"PGOPTIONS": "-c plan_cache_mode=force_generic_plan -c jit=off"}
    command = [
        str(find_binaries().program("pgbench")), "-n", "-M", "prepared", "-f", str(script),
        "-c", str(CONNECTIONS), "-j", "2", "-T", str(SECONDS), url,
    ]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return float(re.search(r"tps = ([\d.]+) \(without", done.stdout)[1])  # type: ignore[index]


def wrk(port: int, script: Path) -> tuple[float, float]:
    """Answers a second and the 99th percentile in ms. Fails on any answer that is not a 200."""
    command = [
        "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", "-s", str(script),
        f"http://127.0.0.1:{port}",
    ]  # fmt: skip
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(text)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])  # type: ignore[index]
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]
    return rate, float(value) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


@contextmanager
def served(port: int, environment: dict[str, str]) -> Iterator[None]:
    """The real server with WORKERS processes."""
    command = [
        sys.executable, "-m", "sqh", "serve", "--port", str(port), "--workers", str(WORKERS),
    ]  # fmt: skip
    server = subprocess.Popen(command, env=os.environ | environment)
    try:
        _wait(port)
        yield
    finally:
        server.terminate()
        server.wait()


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready"):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def run(url: str, environment: dict[str, str], port: int = 8765) -> list[Ratio]:
    """The look-up figures on a register that holds the sample city."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        metric, degrees = (
            connection.execute(
                "SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b) FROM "
                f"(SELECT {geom} AS b FROM (SELECT ST_SetSRID(ST_Extent(geom)::geometry, "
                "(SELECT storage_srid FROM register_state)) AS e FROM parcel) x) y"
            ).fetchone()
            for geom in ("e", "ST_Transform(e, 4326)")
        )
    names = ("west", "south", "east", "north")
    latencies: list[float] = []
    with TemporaryDirectory() as folder, served(port, environment):
        sql, lua = Path(folder, "lookup.sql"), Path(folder, "lookup.lua")
        sql.write_text(pgbench_script(metric))  # type: ignore[arg-type]
        lua.write_text(LUA % dict(zip(names, degrees, strict=True)))  # type: ignore[arg-type]
        wrk(port, lua)

        def ours() -> float:
            rate, p99 = wrk(port, lua)
            latencies.append(p99)
            return rate

        ratio = in_turn(
            f"GET /v1/lookup by point, {CONNECTIONS} connections, {WORKERS} workers / pgbench",
            ours,
            lambda: pgbench(url, sql),
            unit="/s",
            bar=0.40,
        )
    return [ratio, limit("GET /v1/lookup by point, p99", max(latencies), 30, "ms")]
