"""Thousands of equal findings made one: their number, and the first places."""

from collections import defaultdict
from collections.abc import Iterable

import shapely
from shapely import Geometry

from schemas.issues import Issue

SINGLE = 100
PLACES = 20


def grouped(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Findings by kind, as first met; more than 100 of one kind in one place become the first.

    One kind in one place: the same code, level, file, layer and column. The one that is left counts
    them all, lies at their first 20 places, and lists their first rows and values in `detail`.
    """
    alike: dict[tuple[object, ...], list[Issue]] = defaultdict(list)
    for issue in issues:
        alike[issue.code, issue.level, issue.file, issue.layer, issue.column].append(issue)
    return tuple(
        one
        for same in alike.values()
        for one in ([_together(same)] if len(same) > SINGLE else same)
    )


def _together(issues: list[Issue]) -> Issue:
    first = issues[0]
    rows = [issue.row for issue in issues if issue.row is not None]
    values = dict.fromkeys(issue.value for issue in issues if issue.value is not None)
    return Issue(
        first.code,
        file=first.file,
        layer=first.layer,
        row=first.row,
        column=first.column,
        value=first.value,
        count=sum(issue.count for issue in issues),
        geom=_places([issue.geom for issue in issues if issue.geom is not None]),
        detail={
            **first.detail,
            "findings": len(issues),
            "rows": rows[:PLACES],
            "values": list(values)[:PLACES],
        },
        severity=first.severity,
    )


def _places(geometries: list[Geometry]) -> Geometry | None:
    """One point for each of the first places."""
    shapes = [geometry for geometry in geometries[:PLACES] if not geometry.is_empty]
    return (
        shapely.multipoints([shapely.point_on_surface(one) for one in shapes]) if shapes else None
    )
