"""Classes of the standard: spelt as listed, in their geodatabase, once, and all that are needed."""

import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import shapely

from ingest.gate.inspection import Inspection, Layer
from ingest.gate.match import plain_key
from ingest.gate.plan_facts import PlanFacts
from schemas.issues import Issue
from schemas.profiles.model import LayerRule, Profile
from schemas.profiles.package import NeededClasses, Package

ALIKE = 0.82
SHAPES = {"A": {3, 6}, "L": {1, 2, 5}, "P": {0, 4}}
SHOWN = 12


def unknown_class(layer: Layer, profile: Profile) -> Iterator[Issue]:
    """What to say of a layer that the profile does not list: where it belongs, or what it means."""
    rows = {"rows": len(layer)}
    home = _home_of(layer, profile)
    if home is not None:
        value, detail = layer.container, {"home": home}
        yield layer.finding("CLASS_MISPLACED", value=value, detail=detail)
        return
    meant = _meant(layer, profile)
    if meant is not None:
        yield layer.finding("CLASS_MISNAMED", detail={"name": meant, **rows})
        return
    yield layer.finding("LAYER_UNKNOWN", detail=rows)
    yield from _suffix(layer)


def _home_of(layer: Layer, profile: Profile) -> str | None:
    """The other geodatabase that lists a class of this name."""
    key = plain_key(layer.name)
    homes = {r.container for r in profile.layers if r.layer and plain_key(r.layer) == key}
    return " / ".join(sorted(home for home in homes if home)) or None


def _meant(layer: Layer, profile: Profile) -> str | None:
    """The class that was meant: another suffix, or a spelling close to it."""
    if profile.package is None:
        return None
    own = [r for r in profile.layers if r.layer and r.container == layer.container]
    key = plain_key(layer.name)
    same_stem = [r for r in own if r.layer and plain_key(r.layer)[:-1] in (key, key[:-1])]
    if same_stem:
        fitting = [r for r in same_stem if r.geometry and _is_of(layer, r.geometry)]
        return (fitting or same_stem)[0].layer
    names = {plain_key(r.layer): r.layer for r in own if r.layer}
    near = difflib.get_close_matches(key, names, 1, ALIKE)
    return names[near[0]] if near else None


def _kinds(layer: Layer) -> set[int]:
    return {int(kind) for kind in np.unique(shapely.get_type_id(layer.geoms)) if kind >= 0}


def _is_of(layer: Layer, letter: str) -> bool:
    kinds = _kinds(layer)
    return bool(kinds) and kinds <= SHAPES[letter]


def _suffix(layer: Layer) -> Iterator[Issue]:
    """An unlisted layer whose name ends in a letter that its shapes contradict."""
    letter = layer.name[-1:].upper()
    if layer.name[-2:-1] != "_" or letter not in SHAPES or not _kinds(layer):
        return
    if not _is_of(layer, letter):
        found = "/".join(one for one, kinds in SHAPES.items() if _kinds(layer) & kinds) or "?"
        yield layer.finding("CLASS_SUFFIX", value=f"_{letter}", detail={"found": found})


def check_classes(inspection: Inspection, package: Package) -> Iterator[Issue]:
    """Findings about the classes that are listed: spelling, repetition, completeness."""
    for layer in inspection.layers:
        if layer.rule is not None and layer.rule.layer not in (None, layer.name):
            yield _spelling(layer, layer.rule)
    yield from _twice(inspection.layers)
    for needed in package.needed_classes:
        for told in inspection.plans:
            yield from _needed(inspection, needed, told)
    for geodatabase in package.geodatabases:
        left_out = {n for one in package.needed_classes for n in one.classes}
        yield from _absent(inspection, geodatabase.name, left_out)


def _spelling(layer: Layer, rule: LayerRule) -> Issue:
    marked = any(unicodedata.combining(c) or c in "đĐ" for c in _spread(layer.name))
    level = "WARNING" if marked else "INFO"
    return layer.finding("CLASS_SPELLING", detail={"name": rule.layer}, severity=level)


def _spread(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _twice(layers: Iterable[Layer]) -> Iterator[Issue]:
    """Two layers that are one class; an empty second one does no harm."""
    found: dict[tuple[str | None, str | None], list[Layer]] = {}
    for layer in layers:
        if layer.rule is not None:
            found.setdefault((layer.rule.container, layer.rule.layer), []).append(layer)
    for (_, name), same in found.items():
        if len(same) > 1:
            level = "ERROR" if sum(len(layer) > 0 for layer in same) > 1 else "INFO"
            listed = "; ".join(f"{layer.file}: {layer.name}" for layer in same)
            detail = {"name": name}
            yield same[1].finding("CLASS_TWICE", value=listed, detail=detail, severity=level)


def _needed(inspection: Inspection, needed: NeededClasses, told: PlanFacts) -> Iterator[Issue]:
    """Classes the plan cannot do without. A local adjustment leaves out what it does not touch."""
    there = _there(inspection, needed.container)
    missing = [name for name in needed.classes if name not in there]
    if missing and there:
        asked = told.level in needed.levels and told.adjustment_kind != "local"
        yield Issue(
            "CLASS_NEEDED",
            value=needed.container,
            detail={"name": ", ".join(missing), "article": needed.article},
            severity=needed.missing if asked else "WARNING",
        )


def _absent(inspection: Inspection, container: str, left_out: set[str]) -> Iterator[Issue]:
    """How many of a delivered geodatabase's classes are not there."""
    there = _there(inspection, container)
    rules = [r for r in inspection.rules.layers if r.container == container and r.layer]
    missing = [r.layer for r in rules if r.layer and r.layer not in there | left_out]
    if there and missing:
        detail = {"there": len(there), "all": len(rules), "name": shortened(missing)}
        yield Issue("CLASSES_ABSENT", value=container, detail=detail)


def _there(inspection: Inspection, container: str) -> set[str]:
    return {
        layer.rule.layer
        for layer in inspection.layers
        if layer.rule is not None and layer.rule.container == container and layer.rule.layer
    }


def shortened(names: Sequence[str]) -> str:
    """The first names of a list, and how many follow."""
    more = f" … (+{len(names) - SHOWN})" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
