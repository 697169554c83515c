"""GeoPackages that come out the same, byte for byte, on every run."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.gdal import pyogrio

FIXED_TIME = {"OGR_CURRENT_DATE": "2026-04-01T00:00:00.000Z", "OGR_SQLITE_SYNCHRONOUS": "OFF"}

Array = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Layer:
    """One layer: `columns` maps a name to its type (text, int, float, date) and its values."""

    name: str
    geometry_type: str
    columns: Mapping[str, tuple[str, Sequence[object]]]
    geometry: Sequence[BaseGeometry] = field(default_factory=list)


def write_geopackage(path: Path, layers: Sequence[Layer], crs: str = "EPSG:9210") -> Path:
    """Write all layers to a new file; dates inside are fixed, so equal input gives equal bytes."""
    path.unlink(missing_ok=True)
    with _fixed_time():
        for layer in layers:
            _write_layer(path, layer, crs)
    return path


@contextmanager
def _fixed_time() -> Iterator[None]:
    before = {name: pyogrio.get_gdal_config_option(name) for name in FIXED_TIME}
    pyogrio.set_gdal_config_options(FIXED_TIME)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def _write_layer(path: Path, layer: Layer, crs: str) -> None:
    arrays = [_array(kind, values) for kind, values in layer.columns.values()]
    pyogrio.raw.write(
        path,
        np.asarray([shapely.to_wkb(shape) for shape in layer.geometry], dtype=object),
        [values for values, _ in arrays],
        list(layer.columns),
        field_mask=[mask for _, mask in arrays],
        layer=layer.name,
        driver="GPKG",
        geometry_type=layer.geometry_type,
        crs=crs,
        promote_to_multi=layer.geometry_type.startswith("Multi"),
        layer_options={"GEOMETRY_NAME": "geom", "SPATIAL_INDEX": "YES" if layer.geometry else "NO"},
    )


def _array(
    kind: str, values: Sequence[object]
) -> tuple[npt.NDArray[np.generic], npt.NDArray[np.bool_] | None]:
    """Values as the writer wants them, and which of them are NULL."""
    missing = np.asarray([value is None for value in values], dtype=bool)
    if kind == "text":
        return np.asarray(values, dtype=object), None
    empty: object = {"int": 0, "float": 0.0, "date": "1970-01-01"}[kind]
    dtype = {"int": "int32", "float": "float64", "date": "datetime64[D]"}[kind]
    filled = [empty if value is None else value for value in values]
    return np.asarray(filled, dtype=dtype), missing if missing.any() else None
