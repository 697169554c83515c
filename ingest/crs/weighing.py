"""Weighing: every reading of a file against the evidence, and what speaks against it."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ingest.crs.case import Against, Case, Trace, Weighed, Weighing
from ingest.crs.corners import SAME_M, Corners
from ingest.crs.follow import LEAST_LENGTH_M, Following, KnownLines
from ingest.crs.measures import CLOSE, scale_against
from ingest.crs.misplaced import Box
from ingest.crs.places import Ground, Places
from ingest.crs.readings import (
    TM3,
    Reading,
    candidates,
    in_viet_nam,
    positions,
    reading_of,
    scale_at,
)
from ingest.crs.region import Region
from ingest.crs.stated import Stated

LEAST_INSIDE, MOSTLY = 0.05, 0.5
SLACK_M = {True: 150.0, False: 3_000.0}
AROUND_DEGREES = 0.015


def weigh(case: Case, places: Places) -> Weighing:
    """Weigh the claim and every candidate reading of a case."""
    claim = [] if case.claim is None else [reading_of(case.claim)]
    readings = dict.fromkeys([*claim, *candidates(case.points)])
    weighed = [Weighed.at(case.points, reading) for reading in readings]
    weighed = [one if in_viet_nam(one.lonlat) else one.but("country") for one in weighed]
    weighed, ground, missed = _against_grounds(weighed, case)
    used: set[Against] = set() if ground is None else {"place"}
    if case.rest is not None:
        weighed, used = _outside_rest(weighed, case.rest), used | {"rest"}
    for trace in case.traces:
        followed = _along_lines(weighed, trace, places)
        used |= set() if followed is None else {"lines"}
        weighed = followed or weighed
    if case.corners is not None and (told := _by_corners(weighed, case, case.corners)):
        weighed, used = told, used | {"corners"}
    if (scale := scale_against(case.length_ratio)) is not None:
        weighed = [one.but("sizes") if _mismeasured(one, case, scale) else one for one in weighed]
        used |= {"sizes"}
    return Weighing(tuple(weighed), ground, missed, frozenset(used))


def _against_grounds(
    weighed: list[Weighed], case: Case
) -> tuple[list[Weighed], Ground | None, Ground | None]:
    """Readings outside the sharpest ground that is reached, and a sharper one that is not.

    Where none is reached, the widest speaks against all.
    """
    missed = None
    for ground in case.grounds:
        shares = [
            0.0 if one.against else _share(ground.region, one.lonlat, SLACK_M[ground.exact])
            for one in weighed
        ]
        if _is_reached(shares, case):
            return [_placed(one, s) for one, s in zip(weighed, shares, strict=True)], ground, missed
        missed = missed or ground
    if missed is None:
        return weighed, None, None
    return [_placed(one, 0.0) for one in weighed], case.grounds[-1], missed


def _is_reached(shares: list[float], case: Case) -> bool:
    """Whether the claim lies in a ground at all, or another reading lies mostly in it.

    A plan beside the commune that it names is not moved into it by a reading that just touches it.
    """
    touched = shares if case.claim is None else shares[:1]
    return max(touched, default=0.0) >= LEAST_INSIDE or max(shares, default=0.0) >= MOSTLY


def _placed(one: Weighed, share: float) -> Weighed:
    placed = replace(one, inside=share)
    return placed if one.against or share >= LEAST_INSIDE else placed.but("place")


def _share(region: Region, lonlat: NDArray[np.float64], slack_m: float) -> float:
    return float(region.holds(lonlat, slack_m).mean())


def _outside_rest(weighed: list[Weighed], rest: Region) -> list[Weighed]:
    return [
        one if one.against or _share(rest, one.lonlat, SLACK_M[True]) else one.but("rest")
        for one in weighed
    ]


def _along_lines(weighed: list[Weighed], trace: Trace, places: Places) -> list[Weighed] | None:
    """Readings that leave boundaries which another follows; None: nothing is followed."""
    known: list[tuple[Box, KnownLines]] = []
    following: dict[int, Following] = {}
    for at, one in enumerate(weighed):
        if not one.against and _length_m(one.reading, trace.length) >= LEAST_LENGTH_M:
            lonlat = positions(trace.points, one.reading)
            kept = _lines_around(_box(lonlat), known, places).followed_by(lonlat)
            if kept is not None:
                following[at] = kept
    closest = min(following.values(), key=lambda kept: kept.mean_m, default=None)
    if closest is None or not closest.follows:
        return None
    return [
        one
        if at not in following
        else one.but("lines")
        if following[at].much_worse_than(closest)
        else replace(one, follows=True)
        for at, one in enumerate(weighed)
    ]


def _length_m(reading: Reading, length: float) -> float:
    return length * (111_000.0 if reading.form.degrees else reading.form.factor)


def _box(lonlat: NDArray[np.float64]) -> Box:
    west, south = lonlat.min(axis=0)
    east, north = lonlat.max(axis=0)
    return (float(west), float(south), float(east), float(north))


def _lines_around(box: Box, known: list[tuple[Box, KnownLines]], places: Places) -> KnownLines:
    """The known lines about a box, read once for readings that lie near each other."""
    for wide, lines in known:
        if wide[0] <= box[0] and wide[1] <= box[1] and wide[2] >= box[2] and wide[3] >= box[3]:
            return lines
    more = AROUND_DEGREES
    wide = (box[0] - more, box[1] - more, box[2] + more, box[3] + more)
    lines = KnownLines.of(places.lines(wide), wide)
    known.append((wide, lines))
    return lines


def _by_corners(weighed: list[Weighed], case: Case, corners: Corners) -> list[Weighed] | None:
    """Readings that contradict the stated coordinates; None: those tell nothing."""
    form = corners.same_numbers()
    if form is not None:
        fits = [one.reading.form == form and _as_stated(one.reading, case) for one in weighed]
        return [one if fit else one.but("corners") for one, fit in zip(weighed, fits, strict=True)]
    stated = _stated_reading(case.stated)
    if stated is None:
        return None
    apart = [corners.apart_m(one.reading, stated) for one in weighed]
    if min(apart) > SAME_M:
        return None
    return [
        one if metres <= SAME_M else one.but("corners")
        for one, metres in zip(weighed, apart, strict=True)
    ]


def _as_stated(reading: Reading, case: Case) -> bool:
    """Whether a reading has the datum and scale of the legal table: VN-2000, or as is stated."""
    stated = case.stated
    if stated is not None and stated.wgs84 is not None:
        datum_fits = stated.wgs84 == (reading.shift == "none")
    else:
        claimed = None if case.claim is None else reading_of(case.claim)
        datum_fits = reading == claimed or reading.shift == "official"
    return datum_fits and (stated is None or stated.scale in (None, reading.scale))


def _stated_reading(stated: Stated | None) -> Reading | None:
    if stated is None or stated.meridian is None:
        return None
    return Reading(stated.meridian, stated.scale or TM3, "none" if stated.wgs84 else "official")


def _mismeasured(one: Weighed, case: Case, scale: float) -> bool:
    """Whether sizes speak against a reading that does not itself stretch the ground so much."""
    own = scale_at(case.points, one.reading)
    ratio = case.length_ratio
    return one.reading.scale == scale and own is not None and abs(own - (ratio or 1.0)) >= CLOSE


def usable(points: Iterable[NDArray[np.float64]]) -> NDArray[np.float64]:
    """All finite points (n, 2) of several arrays."""
    every = np.concatenate([np.empty((0, 2)), *points])
    return np.asarray(every[np.isfinite(every).all(axis=1)])
