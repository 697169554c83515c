"""A case for the CRS detective, and its readings as they stand after weighing."""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ingest.crs.corners import Corners
from ingest.crs.places import Ground
from ingest.crs.readings import Reading, positions
from ingest.crs.region import Region
from ingest.crs.stated import Stated

Against = Literal["country", "place", "lines", "corners", "sizes", "rest"]


@dataclass(frozen=True)
class Trace:
    """Points (n, 2) along drawn boundaries, in the file's numbers, and their length in them."""

    points: NDArray[np.float64]
    length: float


@dataclass(frozen=True)
class Case:
    """Layers that share a label, and everything that tells where they lie.

    `points` (n, 2): a sample of their numbers, n at least 1; `claim`: EPSG code of the label;
    `grounds`: where the dossier says it lies, sharpest first; `length_ratio`: drawn by declared
    length; `rest`: where the other files of the dossier lie.
    """

    points: NDArray[np.float64]
    claim: int | None
    grounds: tuple[Ground, ...] = ()
    stated: Stated | None = None
    traces: tuple[Trace, ...] = ()
    corners: Corners | None = None
    length_ratio: float | None = None
    rest: Region | None = None


@dataclass(frozen=True)
class Weighed:
    """A reading, where it puts the sample (n, 2), and what speaks for and against it.

    `inside`: share of the sample within the stated ground; `follows`: it keeps to known boundaries.
    """

    reading: Reading
    lonlat: NDArray[np.float64] = field(repr=False)
    inside: float | None = None
    follows: bool = False
    against: tuple[Against, ...] = ()

    @classmethod
    def at(cls, points: NDArray[np.float64], reading: Reading) -> "Weighed":
        """Points (n, 2) under a reading, not yet weighed."""
        return cls(reading, positions(points, reading))

    @property
    def middle(self) -> NDArray[np.float64]:
        return np.asarray(np.median(self.lonlat, axis=0))

    def but(self, against: Against) -> "Weighed":
        return replace(self, against=(*self.against, against))


@dataclass(frozen=True)
class Weighing:
    """All readings, the claim first where there is one.

    `ground`: the sharpest that some reading reaches; `missed`: a sharper one that none reaches;
    `used`: the kinds of evidence there were.
    """

    readings: tuple[Weighed, ...]
    ground: Ground | None
    missed: Ground | None
    used: frozenset[Against]

    @property
    def left(self) -> tuple[Weighed, ...]:
        """Readings that nothing speaks against."""
        return tuple(one for one in self.readings if not one.against)
