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
    Repairs stay single: whoever agrees to them may want to know what each one changes.
    """
    return tuple(
        one
        for same in _alike(issues)
        for one in (same if len(same) <= SINGLE or same[0].is_repair else [_together(same)])
    )


def for_reading(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """The findings as people read them: equal repairs are one too, with their sum and largest."""
    return tuple(
        one
        for same in _alike(issues)
        for one in (same if len(same) <= SINGLE else [_together(same)])
    )


def _alike(issues: Iterable[Issue]) -> Iterable[list[Issue]]:
    alike: dict[tuple[object, ...], list[Issue]] = defaultdict(list)
    for issue in issues:
        key = (issue.code, issue.level, issue.file, issue.layer, issue.column, issue.is_repair)
        alike[key].append(issue)
    return alike.values()


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
            **_changes_together(issues),
        },
        severity=first.severity,
    )


def _changes_together(issues: list[Issue]) -> dict[str, float]:
    """Of repairs: `changed_m2`, gains and losses added up, and `largest_m2`."""
    changes = [issue.change_m2 for issue in issues if issue.change_m2 is not None]
    if not changes:
        return {}
    whole = round(sum(map(abs, changes)), 4)
    return {"changed_m2": whole, "largest_m2": max(changes, key=abs)}


def _places(geometries: list[Geometry]) -> Geometry | None:
    """One point for each of the first places."""
    shapes = [geometry for geometry in geometries[:PLACES] if not geometry.is_empty]
    return (
        shapely.multipoints([shapely.point_on_surface(one) for one in shapes]) if shapes else None
    )
