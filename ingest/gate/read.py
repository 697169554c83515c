"""Vector files read into frames: attributes as text and numbers, geometry 2D, rows numbered.

Only files whose content was recognised come here, and always as copies that the program made.
"""

import unicodedata
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from ingest.gdal import pyogrio, text_encoding


class LayerUnreadable(Exception):
    """GDAL could not read the container or one of its layers."""


class TextUnreadable(Exception):
    """A text of the layer is in another encoding than the file says."""


@dataclass(frozen=True)
class LayerFrame:
    """One layer as delivered, n rows.

    `rows`: feature ids of the source (n,); `geoms` (n,) 2D or None; `crs`: the file's own label
    (authority code or WKT) or None; `columns` of `attributes` keep the file's names, in NFC;
    `broken`: indices of rows whose geometry is no geometry at all; `spatial`: not
    a mere table; `remarks`: the reader's warnings.
    """

    name: str
    attributes: pd.DataFrame
    rows: NDArray[np.int64]
    geoms: NDArray[np.object_]
    crs: str | None
    broken: NDArray[np.intp]
    spatial: bool = True
    remarks: tuple[str, ...] = ()


def list_layers(location: Path) -> list[str]:
    """Names of a container's layers, those without geometry too. Raises LayerUnreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [str(name) for name, _ in pyogrio.list_layers(location)]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError) as error:
        raise LayerUnreadable(str(error)) from error


def read_layer(location: Path, layer: str) -> LayerFrame:
    """Read one layer whole. Raises LayerUnreadable, TextUnreadable.

    Dates come as ISO texts; texts in NFC without outer blanks.
    """
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            meta, rows, wkb, values = pyogrio.raw.read(
                location,
                layer=layer,
                encoding=text_encoding(location),
                force_2d=True,
                return_fids=True,
                datetime_as_string=True,
            )
            geoms, broken = _geometries(wkb, len(rows))
    except UnicodeDecodeError as error:
        raise TextUnreadable(str(error)) from error
    except (ValueError, RuntimeError, OSError, shapely.errors.GEOSException) as error:
        raise LayerUnreadable(str(error)) from error
    names = [unicodedata.normalize("NFC", str(name)).strip() for name in meta["fields"]]
    whole = [kind.startswith("OFTInteger") for kind in meta["ogr_types"]]
    columns = {
        name: _column(array, is_whole)
        for name, array, is_whole in zip(names, values, whole, strict=True)
    }
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))
    remarks = tuple(sorted({str(one.message) for one in warned}))
    crs = meta["crs"] or None
    spatial = meta["geometry_type"] is not None
    return LayerFrame(layer, frame, rows.astype(np.int64), geoms, crs, broken, spatial, remarks)


def _geometries(
    wkb: NDArray[np.object_] | None, count: int
) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Geometries (n,), and the indices of those that cannot be built (a ring of two points)."""
    if wkb is None:
        return np.full(count, None, dtype=object), np.array([], dtype=np.intp)
    made = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
    stated = np.array([one is not None for one in wkb], dtype=bool)
    return shapely.force_2d(made), np.flatnonzero(stated & shapely.is_missing(made))


def _column(array: NDArray[np.generic], whole: bool = False) -> "pd.Series[Any]":
    """Cells as plain Python values; empty cells None. Each distinct text is cleaned once.

    `whole`: a field of integers, which comes as floats where a cell is empty.
    """
    if not len(array):
        return pd.Series(dtype=object)
    if whole and array.dtype.kind == "f":
        cells = [None if np.isnan(cell) else int(cell) for cell in array]
        return pd.Series(cells, dtype=object)
    if array.dtype != object:
        column = pd.Series(array).astype(object)
        return column.where(pd.notna(column), None)
    codes, distinct = pd.factorize(pd.Series(array, dtype=object), use_na_sentinel=True)
    cleaned = np.array([*(_cell(cell) for cell in distinct), None], dtype=object)
    return pd.Series(cleaned[codes], dtype=object)


def _cell(cell: object) -> object:
    if isinstance(cell, bytes):
        return cell.hex()
    return unicodedata.normalize("NFC", cell).strip() if isinstance(cell, str) else cell
