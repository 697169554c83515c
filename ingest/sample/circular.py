"""Classes and attributes of Circular 16/2025 Appendix II, as the sample fills them.

The list of classes and the types of their attributes are those of the shipped profile
`vn_circular16`. A feature with an attribute that its class does not have raises.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from shapely.geometry.base import BaseGeometry

from ingest.sample.geopackage import Layer
from schemas.profiles import find_profile

_GEOMETRY = {"A": "MultiPolygon", "L": "MultiLineString", "P": "Point"}
_TYPES = {"float": "float", "double": "float", "int": "int", "date": "date"}


@dataclass(frozen=True)
class FeatureClass:
    """One class: where it lives, its geometry letter (A, L, P) and its attributes with types."""

    geodatabase: str
    name: str
    geometry: str
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class Feature:
    """One object of a class; attributes left out are NULL."""

    geodatabase: str
    name: str
    geometry: BaseGeometry
    attributes: Mapping[str, object] = field(default_factory=dict)


@cache
def classes() -> tuple[FeatureClass, ...]:
    """Every class of the four geodatabases, in the order of the circular."""
    return tuple(
        FeatureClass(
            rule.container,
            rule.layer,
            rule.geometry,
            {name: _TYPES.get(rule.types.get(name, ""), "text") for name in rule.attributes},
        )
        for rule in find_profile("vn_circular16").layers
        if rule.container and rule.layer and rule.geometry and rule.attributes
    )


def filled_layers(
    geodatabase: str, features: Sequence[Feature], common: Mapping[str, object]
) -> list[Layer]:
    """Every class of a geodatabase as a layer: filled where there is content, else empty.

    `common`: values that every object carries where its class has the attribute (codes of the
    dossier); `maDoiTuong` is counted per class.
    """
    own = [feature for feature in features if feature.geodatabase == geodatabase]
    listed = [found for found in classes() if found.geodatabase == geodatabase]
    strange = {feature.name for feature in own} - {found.name for found in listed}
    if strange:
        raise ValueError(f"{geodatabase} has no class {sorted(strange)}")
    return [_layer(found, [f for f in own if f.name == found.name], common) for found in listed]


def _layer(found: FeatureClass, features: Sequence[Feature], common: Mapping[str, object]) -> Layer:
    rows: list[dict[str, object]] = []
    for number, feature in enumerate(features, 1):
        strange = set(feature.attributes) - set(found.attributes)
        if strange:
            raise ValueError(f"{found.name} has no attribute {sorted(strange)}")
        stem = found.name.rsplit("_", 1)[0]
        rows.append({**common, "maDoiTuong": f"{stem}_{number:04d}", **feature.attributes})
    columns = {
        name: (kind, [row.get(name) for row in rows]) for name, kind in found.attributes.items()
    }
    return Layer(found.name, _GEOMETRY[found.geometry], columns, [f.geometry for f in features])
