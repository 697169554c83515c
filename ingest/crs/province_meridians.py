"""Central meridians in use in each present province: today's, and those of older data.

Today's are those of provincial maps (Circular 24/2025/TT-BNNMT); the older ones are those of the 63
provinces before 1/7/2025.
"""

import csv
from functools import cache
from pathlib import Path


@cache
def meridians_of(province: str) -> tuple[float, ...]:
    """Meridians (degrees) of a province by its code, today's first; none where it is unknown."""
    return _table().get(province, ())


@cache
def _table() -> dict[str, tuple[float, ...]]:
    path = Path(__file__).with_name("province_meridians.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        return {
            row["province"]: tuple(map(float, f"{row['now']} {row['older']}".split()))
            for row in csv.DictReader(lines)
        }
