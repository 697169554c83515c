"""Tilings: a boundary cut by lines into faces that share every vertex, on the millimetre grid."""

from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from ingest.sample.place import MILLIMETRE

CRUMB_M2 = 0.05


def tile(boundary: BaseGeometry, cutters: Iterable[BaseGeometry]) -> list[Polygon]:
    """Faces of `boundary` cut by the lines (or outlines) of `cutters`, from south-west on."""
    lines = [boundary.boundary, *(_outline(shape) for shape in cutters)]
    noded = shapely.union_all(np.asarray(lines, dtype=object), grid_size=MILLIMETRE)
    faces = shapely.normalize(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))
    inside = shapely.covers(boundary.buffer(0.01), faces)
    return _without_crumbs(sorted((f for f in faces[inside] if f.area > 0), key=lambda f: f.bounds))


def _without_crumbs(faces: list[Polygon]) -> list[Polygon]:
    """Specks left where two cuts miss each other by a millimetre join the neighbour beside them."""
    whole = [face for face in faces if face.area > CRUMB_M2]
    for crumb in (face for face in faces if face.area <= CRUMB_M2):
        sides = [shapely.length(shapely.intersection(crumb, face)) for face in whole]
        beside = int(np.argmax(sides))
        whole[beside] = shapely.normalize(shapely.coverage_union(whole[beside], crumb))
    return [part for face in whole for part in shapely.get_parts(face)]


def _outline(shape: BaseGeometry) -> BaseGeometry:
    outline: BaseGeometry = shape.boundary if shape.area > 0 else shape
    return outline


def joined(faces: Sequence[BaseGeometry]) -> MultiPolygon:
    """Faces of one tiling as one multipolygon; the outer vertices stay as they are."""
    union = shapely.coverage_union_all(np.asarray(faces, dtype=object))
    return MultiPolygon(sorted(_polygons(union), key=lambda p: p.bounds))


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    return [part for part in shapely.normalize(shapely.get_parts(shape)) if not part.is_empty]


def common_edge(one: BaseGeometry, other: BaseGeometry) -> MultiLineString:
    """Where two parts of one tiling meet, as lines."""
    shared = shapely.intersection(one.boundary, other.boundary)
    return as_lines(shared)


def as_lines(shape: BaseGeometry) -> MultiLineString:
    """Only the lines of a geometry, merged, rounded to the millimetre, in a fixed order."""
    parts = [p for p in _flat(shape) if isinstance(p, LineString) and p.length > MILLIMETRE]
    merged = shapely.line_merge(MultiLineString(parts))
    whole = shapely.set_precision(merged, MILLIMETRE, mode="pointwise")
    lines = [p for p in shapely.get_parts(whole) if p.length > 0]
    return MultiLineString(sorted(lines, key=lambda line: (line.bounds, line.length)))


def _flat(shape: BaseGeometry) -> list[BaseGeometry]:
    if shape.geom_type == "GeometryCollection" or shape.geom_type.startswith("Multi"):
        return [leaf for part in shapely.get_parts(shape) for leaf in _flat(part)]
    return [shape]
