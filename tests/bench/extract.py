"""How long a sheet takes, warm: unsigned and signed, on the sample city (figures, not a test).

python -m tests.bench.extract
"""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import httpx

from api.app import create_app
from api.deps import now
from ingest.sample.demo import ensure_demo
from schemas.cluster import Cluster
from schemas.register import open_register
from schemas.settings import Settings
from tests.bench.measure import Ratio, limit, table

PARCELS = ("5/12", "5/20", "28/12", "5/40", "5/61")
ROUNDS = 4


async def times(ask: Callable[[int], Awaitable[httpx.Response]]) -> tuple[float, float]:
    """Median seconds by the clock and of this process's processor time, the first left out."""
    found = []
    for n in range(ROUNDS * len(PARCELS) + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        answer = await ask(n)
        found.append((time.perf_counter() - wall, time.process_time() - cpu))
        if answer.status_code not in (200, 303):
            raise RuntimeError(answer.text)
    return median(wall for wall, _ in found[1:]), median(cpu for _, cpu in found[1:])


async def measure(url: str, settings: Settings) -> list[Ratio]:
    """Every question is another day's, so that no sheet is kept from before."""
    app = create_app(settings, url)
    app.dependency_overrides[now] = lambda: datetime.now(UTC)
    start = datetime.now(UTC).date()

    def query(n: int) -> dict[str, str]:
        return {"valid_at": (start - timedelta(days=n)).isoformat()}

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
        unsigned = await times(
            lambda n: client.get(f"/parcels/99001/{PARCELS[n % 5]}.pdf", params=query(n))
        )
        kept = await times(lambda n: client.get(f"/parcels/99001/{PARCELS[0]}.pdf"))

        async def issue(n: int) -> httpx.Response:
            sheet, number = PARCELS[n % 5].split("/")
            key = {"commune": "99001", "sheet": sheet, "number": number}
            return await client.post("/v1/extracts", params=key | query(n))

        signed = await times(issue)
    await app.state.database.close()
    await app.state.write_database.close()
    return [
        limit(name, 1000 * wall, bar, "ms", f"processor {1000 * cpu:.0f} ms")
        for name, (wall, cpu), bar in (
            ("extract, unsigned, printed anew", unsigned, 300),
            ("extract, unsigned, kept", kept, 300),
            ("extract, signed and registered", signed, 800),
        )
    ]


def run() -> list[Ratio]:
    """The figures on a new sample city."""
    home = Path(tempfile.mkdtemp(prefix="sqh-bench-", dir="/tmp"))
    home.chmod(0o711)
    try:
        settings = Settings(home=home)
        url = open_register(settings)
        ensure_demo(url, settings, datetime.now(UTC))
        return asyncio.run(measure(url, settings))
    finally:
        Cluster(home).discard()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    os.environ.pop("SQH_DATABASE_URL", None)
    found = run()
    sys.stdout.write(table(found) + "\n")
    sys.stdout.write("\n".join(f"{each.name}: {each.note}" for each in found) + "\n")
