"""Overlaps and gaps of 100,000 zones, against a plain Python loop over pairs.

Run on its own: `python -m tests.bench.topology`. The zones are a generated tiling of crooked lots
with planted overlaps and gaps. The loop is what one writes without set operations: neighbours by a
sweep from west to east, `shapely` scalar by scalar for each pair, and gaps by taking one zone after
the other away from the boundary. It would take minutes on all zones, so it runs on a block
of them and is scaled by their number, which favours it: what it takes away from grows with them.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from ingest.gate.topology.faults import find_faults
from ingest.gate.topology.overlaps import find_overlaps
from ingest.gate.topology.tolerance import Tolerance
from schemas.profiles.tolerances import TopologyRule
from tests.bench.measure import Ratio, in_turn, limit, table

SIDE = 317
BLOCK = 100
POINTS = 4  # of each side of a lot
STEP_M = 12.5
SEED = 20_261_123
TOLERANCE = Tolerance.of(TopologyRule(), 2000)

ALONE = """
import json, time
from tests.bench.topology import SIDE, TOLERANCE, planted
from ingest.gate.topology.faults import find_faults
tiling = planted(SIDE)
start = time.perf_counter()
faults = find_faults(tiling.zones, tiling.boundary, TOLERANCE)
seconds = time.perf_counter() - start
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
peak = int(status["VmHWM"].split()[0]) / 1024
print(json.dumps([seconds, peak, len(faults.overlaps), len(faults.gaps)]))
"""


@dataclass(frozen=True)
class Tiling:
    """side × side lots that filled their boundary before some were grown and some shrunk."""

    zones: NDArray[np.object_]
    boundary: Geometry


def planted(side: int) -> Tiling:
    """A tiling with an overlap round one lot in 500 and a gap round another one in 500."""
    rng = np.random.default_rng(SEED)
    zones = _lots(side, rng)
    boundary = shapely.coverage_union_all(zones)
    inner = [i for i in range(side**2) if 0 < i // side < side - 1 and 0 < i % side < side - 1]
    chosen = rng.choice(inner, 2 * (side**2 // 500), replace=False)
    for places, metres in ((chosen[::2], 0.4), (chosen[1::2], -0.4)):
        zones[places] = shapely.buffer(zones[places], metres, join_style="mitre")
    return Tiling(zones, boundary)


def _lots(side: int, rng: np.random.Generator) -> NDArray[np.object_]:
    """Crooked lots that share every vertex of their edges."""
    count = side * POINTS + 1
    grid = np.stack(np.meshgrid(np.arange(count), np.arange(count), indexing="ij"), -1) * STEP_M
    points = grid + rng.uniform(-2, 2, grid.shape)
    rings = np.concatenate(
        [_ring(points, i * POINTS, j * POINTS) for i in range(side) for j in range(side)]
    )
    owner = np.repeat(np.arange(side**2), 4 * POINTS)
    return np.asarray(shapely.polygons(shapely.linearrings(rings, indices=owner)), dtype=object)


def _ring(points: NDArray[np.float64], x: int, y: int) -> NDArray[np.float64]:
    p = POINTS
    return np.concatenate(
        [
            points[x : x + p, y],
            points[x + p, y : y + p],
            points[x + p : x : -1, y + p],
            points[x, y + p : y : -1],
        ]
    )


def loop_overlaps(zones: list[Geometry]) -> int:
    """Pairs that overlap, one by one."""
    return sum(
        zones[i].intersection(zones[j]).area > TOLERANCE.noise_m2 for i, j in _neighbours(zones)
    )


def _neighbours(zones: list[Geometry]) -> Iterator[tuple[int, int]]:
    """Pairs whose boxes meet, by a sweep from west to east."""
    boxes = [zone.bounds for zone in zones]
    order = sorted(range(len(zones)), key=lambda i: boxes[i][0])
    for at, i in enumerate(order):
        _, south, east, north = boxes[i]
        for j in order[at + 1 :]:
            box = boxes[j]
            if box[0] > east:
                break
            if box[1] <= north and box[3] >= south:
                yield i, j


def loop_gaps(zones: list[Geometry], boundary: Geometry) -> int:
    """Open places, by taking the zones away one by one."""
    rest = boundary
    for zone in zones:
        rest = rest.difference(zone)
    return sum(part.area > TOLERANCE.noise_m2 for part in shapely.get_parts(rest))


def run(rounds: int = 3) -> list[Ratio]:
    """Ours on all zones and the loop on a block of them, in turn."""
    every, block = planted(SIDE), planted(BLOCK)
    _agree(block)
    zones = list(block.zones)
    count, some = len(every.zones), len(zones)
    whole = in_turn(
        f"overlaps and gaps, {count:,} zones / Python pair loop",
        lambda: count / _timed(lambda: find_faults(every.zones, every.boundary, TOLERANCE)),
        lambda: some / _timed(lambda: (loop_overlaps(zones), loop_gaps(zones, block.boundary))),
        unit="zones/s",
        bar=20,
        rounds=rounds,
        note=f"the loop on {some:,} zones, scaled by number",
    )
    pairs = in_turn(
        f"overlaps alone, {count:,} zones / Python pair loop",
        lambda: count / _timed(lambda: find_overlaps(every.zones, TOLERANCE)),
        lambda: some / _timed(lambda: loop_overlaps(zones)),
        unit="zones/s",
        bar=None,
        rounds=rounds,
        note=f"the loop on {some:,} zones, scaled by number",
    )
    seconds, peak, *_ = json.loads(_alone())
    return [
        whole,
        pairs,
        limit(f"overlaps and gaps, {count:,} zones", seconds, 60, "s"),
        limit(f"overlaps and gaps, {count:,} zones, memory", peak, 2000, "MB"),
    ]


def _agree(block: Tiling) -> None:
    """Both must find the same faults, or the figures mean nothing."""
    faults = find_faults(block.zones, block.boundary, TOLERANCE)
    zones = list(block.zones)
    found = len(faults.overlaps), len(faults.gaps)
    assert found == (loop_overlaps(zones), loop_gaps(zones, block.boundary)), found


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _alone() -> str:
    """Ours in a process of its own: seconds, peak memory, faults found."""
    command = [sys.executable, "-c", ALONE]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    print(table(run()))
