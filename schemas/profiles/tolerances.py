"""How exact a drawing must be: the numbers by which overlaps, gaps and sums are judged."""

from typing import Literal

from pydantic import BaseModel, Field

from schemas.profiles.sources import STRICT, Sources

ZoneLevel = Literal["area", "cell", "lot"]
Gravity = Literal["ERROR", "WARNING"]


class TopologyRule(BaseModel):
    """Overlaps, gaps and slivers of the zones of one plan and level.

    `tolerance_mm`, `least_area_mm2`: on the drawing, so on the ground × scale and × scale²; a fault
    both wider and larger is above tolerance and takes the level `overlap`, `outside` or `gap`,
    any other is a WARNING, and so is every fault of a plan whose scale is not known.
    `unscaled_tolerance_m`: what counts as narrow where the scale is not known (1/500: 0.25 m).
    `noise_m`, `noise_m2`: width and area that coordinates rounded to the millimetre make; overlaps
    and gaps below either are never told.
    `nearly_same`: share of the common area in the area of both from which two zones count as one
    drawn twice. `full_cover`: the levels whose zones must fill the boundary.
    `snap_share`: the largest part of a zone's area that snapping edges may move.
    """

    model_config = STRICT

    tolerance_mm: float = Field(default=0.5, gt=0)
    least_area_mm2: float = Field(default=1.0, ge=0)
    unscaled_tolerance_m: float = Field(default=0.25, gt=0)
    noise_m: float = Field(default=0.002, gt=0)
    noise_m2: float = Field(default=0.01, ge=0)
    nearly_same: float = Field(default=0.95, gt=0.5, le=1)
    overlap: Gravity = "ERROR"
    outside: Gravity = "ERROR"
    gap: Gravity = "ERROR"
    full_cover: tuple[ZoneLevel, ...] = ()
    snap_share: float = Field(default=0.005, gt=0, le=0.05)


class ShapeRule(BaseModel):
    """What a single shape may look like. Vertices and parts are counted per feature.

    `repeated_m`: two points in a row nearer than this are one. `spike_degrees`, `spike_m`: angle
    and opening below which a corner is a spike. `closing_m`: the distance of a line's two ends
    below which it was surely meant to be closed.
    """

    model_config = STRICT

    most_vertices: int = Field(default=100_000, gt=3)
    most_parts: int = Field(default=5_000, gt=0)
    repeated_m: float = Field(default=0.001, ge=0)
    spike_degrees: float = Field(default=1.0, gt=0, lt=30)
    spike_m: float = Field(default=0.25, gt=0)
    closing_m: float = Field(default=0.25, gt=0)


class AuditRule(BaseModel):
    """Numbers of the dossier that must agree. `deviation`: from which share they differ.

    `area_m2` and `population`: where the totals of the whole plan are stated.
    """

    model_config = STRICT

    deviation: float = Field(default=0.005, gt=0, lt=1)
    area_m2: Sources = ()
    population: Sources = ()
