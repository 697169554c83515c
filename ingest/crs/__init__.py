"""The CRS of a delivery: what its labels claim, and what its coordinates prove."""

from ingest.crs.label import LayerCrs, find_crs, label_differs
from ingest.crs.misplaced import Box, Misplaced, misplaced
from ingest.crs.stated import stated_meridian

__all__ = [
    "Box",
    "LayerCrs",
    "Misplaced",
    "find_crs",
    "label_differs",
    "misplaced",
    "stated_meridian",
]
