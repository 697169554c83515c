"""Layers against the profile: known, with the columns it needs, under names that can be told."""

from collections.abc import Iterator

from ingest.gate.checks.classes import unknown_class
from ingest.gate.columns import looks_cut
from ingest.gate.facts import PlanRows
from ingest.gate.inspection import Layer
from ingest.gate.plan_facts import PlanFacts
from schemas.issues import Issue
from schemas.profiles.model import LayerRule, Profile


def check_layers(layers: list[Layer], profile: Profile) -> Iterator[Issue]:
    """Findings about each delivered layer, and about layers that a mapping profile waits for."""
    for layer in layers:
        if layer.rule is None:
            yield from unknown_class(layer, profile)
        elif len(layer):
            yield from _check_columns(layer, layer.rule, profile)
    yield from _check_presence(layers, profile)


def _check_columns(layer: Layer, rule: LayerRule, profile: Profile) -> Iterator[Issue]:
    delivered = set(layer.attributes.columns)
    for column in rule.required_columns:
        if column not in delivered:
            yield layer.finding("COLUMN_MISSING", column=column)
    wanted = {source.column for source in rule.columns.values() if source.column}
    if profile.package is not None:
        wanted |= {field.name for field in profile.package.fields} & set(rule.attributes)
    for column in sorted(wanted - delivered - set(rule.required_columns)):
        yield layer.finding("COLUMN_ABSENT", column=column)
    for column in looks_cut(list(layer.attributes.columns), rule.attributes):
        yield layer.finding("COLUMN_NAME_CUT", column=column)


def _check_presence(layers: list[Layer], profile: Profile) -> Iterator[Issue]:
    """A boundary the profile asks for; without one, the layers a mapping names."""
    there = {layer.rule.layer for layer in layers if layer.rule is not None}
    boundary = profile.boundary_rule
    if boundary is not None:
        if not any(layer.becomes == "boundary" and len(layer) for layer in layers):
            yield Issue("BOUNDARY_MISSING", layer=boundary.layer, detail={"name": boundary.layer})
        return
    for rule in profile.layers:
        if rule.layer not in there:
            yield Issue("LAYER_MISSING", layer=rule.layer, detail={"name": rule.layer or "*"})


def check_zones(rows: PlanRows, told: PlanFacts, profile: Profile) -> Iterator[Issue]:
    """A plan without one row of zones, where the profile knows layers that become zones.

    Zoning and detailed plans must have them, and so must whatever a mapping describes zones of;
    a general plan of a national package need not. Cells without lots name no land use.
    """
    names = [rule.layer for rule in profile.layers if rule.becomes == "zone"]
    if not names:
        return
    needed = profile.classes is None or told.level in ("zoning", "detailed")
    filled = [layer for layer, mask in rows.parts if layer.becomes == "zone" and mask.any()]
    if filled:
        lots = [rule.layer for rule in profile.layers if rule.level == "lot"]
        lacks_lots = not any(layer.rule and layer.rule.level == "lot" for layer in filled)
        if lots and needed and lacks_lots and told.adjustment_kind != "local":
            listed = ", ".join(dict.fromkeys(name or "*" for name in lots))
            yield Issue("LOTS_NONE", detail={"plan": told.code, "name": listed})
        return
    code = "ZONES_MISSING" if needed else "ZONES_NONE"
    if told.adjustment_kind == "local":
        code = "ADJUSTMENT_WITHOUT_ZONES"
    listed = ", ".join(dict.fromkeys(name or "*" for name in names))
    yield Issue(code, detail={"plan": told.code, "name": listed})
