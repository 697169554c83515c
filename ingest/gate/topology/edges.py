"""Edges of areas that no neighbour shares: where one area borders on open ground, or on a fault.

In a faultless coverage every inner edge is drawn twice, once in each direction, and cancels out.
What is left is all that matters for gaps and overlaps: between two points that no left-over edge
separates, the number of areas that lie over them is the same.
"""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

Bits = NDArray[np.uint64]
Shapes = NDArray[np.object_]
AT_ONCE = 20_000
BUCKETS = 16


def unshared_edges(areas: Shapes) -> Shapes:
    """Lines (k,) of the edges of valid areas (n,) that do not cancel out, runs of them joined."""
    keys, signs = _keys(areas)
    left = _left_over(keys, signs)
    del keys, signs
    lines, start = [], 0
    for points, edge in _outlines(areas):
        own = left[start : start + int(edge.sum())]
        start += len(own)
        lines.append(_runs(points, edge, own))
    return np.concatenate(lines) if lines else np.array([], dtype=object)


def _outlines(areas: Shapes) -> Iterator[tuple[NDArray[np.float64], NDArray[np.bool_]]]:
    """Points of outlines, inside on their left, some areas at a time.

    And after which of them (m − 1,) an edge goes to the next point.
    """
    for at in range(0, len(areas), AT_ONCE):
        parts = shapely.get_parts(shapely.orient_polygons(areas[at : at + AT_ONCE]))
        rings = shapely.get_rings(parts)
        points, ring = shapely.get_coordinates(rings, return_index=True)
        yield points + 0.0, ring[1:] == ring[:-1]


def _keys(areas: Shapes) -> tuple[Bits, NDArray[np.int8]]:
    """A number for every edge, the same for its reverse, and its direction (+1, −1)."""
    keys, signs = [np.array([], dtype=np.uint64)], [np.array([], dtype=np.int8)]
    for points, edge in _outlines(areas):
        ends = _mixed(_mixed(points[:, 0].view(np.uint64)) + points[:, 1].view(np.uint64))
        here, there = ends[:-1][edge], ends[1:][edge]
        low, high = np.minimum(here, there), np.maximum(here, there)
        keys.append(_mixed(_mixed(low) + high))
        signs.append(np.where(here < there, 1, -1).astype(np.int8))
    return np.concatenate(keys), np.concatenate(signs)


def _mixed(bits: Bits) -> Bits:
    """Every bit of a number spread over all of them (splitmix64)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(bits ^ (bits >> np.uint64(31)), dtype=np.uint64)


def _left_over(keys: Bits, signs: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Edges (m,) not drawn as often one way as the other; sorted in buckets, to save memory."""
    left = np.zeros(len(keys), bool)
    bucket = (keys >> np.uint64(64 - BUCKETS.bit_length() + 1)).astype(np.int8)
    for number in range(BUCKETS):
        (places,) = np.nonzero(bucket == number)
        if not len(places):
            continue
        order = np.argsort(keys[places], kind="stable")
        ordered = keys[places][order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        sums = np.add.reduceat(signs[places][order].astype(np.int64), starts)
        counts = np.diff(np.r_[starts, len(ordered)])
        left[places[order]] = np.repeat(sums != 0, counts)
    return left


def _runs(points: NDArray[np.float64], edge: NDArray[np.bool_], left: NDArray[np.bool_]) -> Shapes:
    """The left-over edges of some outlines as lines, those that follow each other as one."""
    wanted = np.zeros(len(edge), bool)
    wanted[edge] = left
    (at,) = np.nonzero(wanted)
    if not len(at):
        return np.array([], dtype=object)
    begins = np.r_[True, at[1:] != at[:-1] + 1]
    run = np.cumsum(begins) - 1
    where = np.concatenate((at, at[np.flatnonzero(np.r_[begins[1:], True])] + 1))
    owner = np.concatenate((run, np.arange(run[-1] + 1)))
    order = np.argsort(owner, kind="stable")
    return np.asarray(shapely.linestrings(points[where[order]], indices=owner[order]), dtype=object)
