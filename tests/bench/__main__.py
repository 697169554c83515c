"""`make bench`: every figure of docs/benchmarks.md, as ratios measured in one run.

python -m tests.bench [--shared ../shared/data] [--copies 9] [--rounds 3] [--json]
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from ingest.sample.demo import ensure_demo
from schemas.cluster import Cluster
from schemas.register import open_register
from schemas.settings import Settings
from tests.bench import dossier, load, lookup, topology
from tests.bench.measure import Ratio, as_json, limit, table

ROOT = Path(__file__).parents[2]


def sample_city(home: Path) -> tuple[str, list[Ratio]]:
    """The sample city made, checked, loaded and published in a new home: seconds from nothing."""
    settings = Settings(home=home)
    started = time.perf_counter()
    url = open_register(settings)
    ensure_demo(url, settings, datetime.now(UTC))
    seconds = time.perf_counter() - started
    return url, [limit("sample city: new cluster, made, checked, published", seconds, 180, "s")]


def questions() -> list[Ratio]:
    """The sample's loading time and the look-up by point."""
    home = Path(tempfile.mkdtemp(prefix="sqh-bench-", dir="/tmp"))
    home.chmod(0o711)
    try:
        url, found = sample_city(home)
        return found + lookup.run(url, {"SQH_HOME": str(home)})
    finally:
        Cluster(home).discard()
        shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    """Run everything and print the table; exit 1 where a bar is missed."""
    ask = argparse.ArgumentParser(prog="make bench")
    ask.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "data")
    ask.add_argument("--copies", type=int, default=9)
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--json", action="store_true")
    wanted = ask.parse_args()
    os.environ.pop("SQH_DATABASE_URL", None)
    if shutil.which("wrk") is None:
        sys.stderr.write("✗ Cần chương trình wrk / wrk is needed: apt install wrk\n")
        return 2
    found = questions()
    found += topology.run(wanted.rounds)
    if wanted.shared.is_dir():
        found += dossier.run(wanted.shared)
        found += load.run(wanted.shared, 1, wanted.rounds)
        found += load.run(wanted.shared, wanted.copies, 1)
    else:
        sys.stderr.write(f"· {wanted.shared}: không có / absent; no loading figures\n")
    sys.stdout.write((as_json(found) if wanted.json else table(found)) + "\n")
    cpu = subprocess.run(["nproc"], capture_output=True, text=True, check=True).stdout.strip()
    sys.stderr.write(f"· {cpu} cores, {datetime.now(UTC):%Y-%m-%d}\n")
    return 0 if all(each.met is not False for each in found) else 1


if __name__ == "__main__":
    raise SystemExit(main())
