"""A vector container copied into Arrow files, layer by layer: all that GDAL does for the gate.

GDAL's Arrow stream is quick and small, but ends without a word where a GeoPackage or geodatabase is
damaged in the middle. So what it gave is counted, and where rows are missing the layer is read
again by the slow way, which tells the error.
"""

import errno
import json
import warnings
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Error as SqliteError
from sqlite3 import connect
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from ingest.gdal import pyogrio
from ingest.readers.arrow import Budget, Field, Kind, fields_of, write_layer
from ingest.readers.nesting import DoctypeFound, check_nesting
from ingest.sandbox.limits import beyond
from schemas.words import Words

__all__ = [
    "CopiedContainer",
    "CopiedLayer",
    "Field",
    "LayerFacts",
    "LayerUnreadable",
    "copy_columns",
    "copy_layers",
    "copy_several",
    "describe_layers",
]

BATCH = 20_000
SMALL = 32 << 20
DISK_FULL = (errno.EFBIG, errno.ENOSPC)
LATIN = "ISO-8859-1"
MOST_LAYERS = 2_000
MOST_FIELDS = 2_000
MOST_REMARKS = 20
ONE_LAYER = (".geojson", ".geojsonl", ".json", ".fgb", ".shp")
TOLD_ALWAYS = (".gml", ".kml")
"""Read by the slow way at once: their streams lose what follows an error."""


class LayerUnreadable(Exception):
    """GDAL could not read the container or one of its layers."""


@dataclass(frozen=True)
class CopiedLayer:
    """A layer in `<number>.arrow`: columns `fid`, `0`, `1`, … in the fields' order, and `wkb`.

    `crs`: the file's own label; `fault`: why it could not be read; then there is no file.
    """

    name: str
    fields: tuple[Field, ...] = ()
    crs: str | None = None
    spatial: bool = True
    remarks: tuple[str, ...] = ()
    fault: str | None = None


def copy_layers(location: Path, folder: Path, leave: tuple[str, ...]) -> tuple[CopiedLayer, ...]:
    """Copy every layer, but those named in `leave`, into `folder`. Raises LayerUnreadable."""
    check_nesting(location)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            names = [str(name) for name, _ in pyogrio.list_layers(location)]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError) as error:
        raise LayerUnreadable(_placeless(error, location)) from error
    if len(names) > MOST_LAYERS:
        raise beyond(MOST_LAYERS, Words("lớp", "layers"))
    budget, small = Budget(), _size(location) <= SMALL
    wanted = [name for name in names if name not in leave]
    return tuple(
        _copied(_Source(location, name, small), folder / f"{number}.arrow", budget)
        for number, name in enumerate(wanted)
    )


@dataclass(frozen=True)
class CopiedContainer:
    """One of several containers. `fault`: why it could not be read; `doctype`: it declares one."""

    layers: tuple[CopiedLayer, ...] = ()
    fault: str | None = None
    doctype: bool = False


def copy_several(
    locations: tuple[Path, ...], folders: tuple[Path, ...], leave: tuple[str, ...]
) -> tuple[CopiedContainer, ...]:
    """Copy several containers, each into its own folder."""
    return tuple(_copied_container(*one, leave) for one in zip(locations, folders, strict=True))


def _copied_container(location: Path, folder: Path, leave: tuple[str, ...]) -> CopiedContainer:
    try:
        return CopiedContainer(copy_layers(location, folder, leave))
    except LayerUnreadable as error:
        return CopiedContainer(fault=str(error))
    except DoctypeFound:
        return CopiedContainer(doctype=True)


@dataclass(frozen=True)
class LayerFacts:
    """A layer before it is copied. `count`: rows as the file states them, -1 unknown."""

    name: str
    columns: tuple[str, ...]
    crs: str | None
    count: int
    spatial: bool


def describe_layers(location: Path) -> tuple[LayerFacts, ...]:
    """What a container says of its layers. Raises LayerUnreadable."""
    check_nesting(location)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if location.suffix.lower() in ONE_LAYER:  # listing would parse a GeoJSON once more
                return (_facts(location, None),)
            return tuple(_facts(location, str(name)) for name, _ in pyogrio.list_layers(location))
    except (ValueError, RuntimeError, OSError) as error:
        raise LayerUnreadable(_placeless(error, location)) from error


def _facts(location: Path, name: str | None) -> LayerFacts:
    about = pyogrio.read_info(location, layer=name, encoding=_Source(location, "").encoding)
    columns = tuple(str(column) for column in about["fields"])
    _check_fields(columns)
    spatial = about["geometry_type"] is not None
    crs = about["crs"] or None
    return LayerFacts(str(about["layer_name"]), columns, crs, int(about["features"]), spatial)


def copy_columns(
    location: Path, layer: str, columns: tuple[str, ...], folder: Path
) -> tuple[CopiedLayer, ...]:
    """Copy some columns of one layer into `folder`, in the file's order."""
    source = _Source(location, layer, columns=columns)
    return (_copied(source, folder / "0.arrow", Budget()),)


@dataclass(frozen=True)
class _Source:
    """A layer to copy; `small`: the whole container is read in no time and little memory.

    `columns`: those that are wanted, None for all.
    """

    location: Path
    name: str
    small: bool = False
    columns: tuple[str, ...] | None = None

    @property
    def wanted(self) -> list[str] | None:
        return None if self.columns is None else list(self.columns)

    @property
    def encoding(self) -> str | None:
        """A shapefile's texts come as the bytes they are, whatever encoding it names."""
        return "UTF-8" if self.location.suffix.lower() in (".shp", ".dbf") else None


def _size(location: Path) -> int:
    places = location.rglob("*") if location.is_dir() else [location]
    return sum(place.stat().st_size for place in places)


def _copied(source: _Source, to: Path, budget: Budget) -> CopiedLayer:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            fields, crs, spatial = _copy(source, to, budget)
        except MemoryError:
            raise
        except (ValueError, RuntimeError, OSError, pa.ArrowException) as error:
            if getattr(error, "errno", None) in DISK_FULL:
                raise
            to.unlink(missing_ok=True)
            return CopiedLayer(source.name, fault=_placeless(error, source.location))
    remarks = _some(sorted({_placeless(one.message, source.location) for one in warned}))
    return CopiedLayer(source.name, fields, crs, spatial, remarks)


def _placeless(words: Warning | Exception | str, location: Path) -> str:
    """What GDAL says, without the folder of this machine that the file was read in."""
    return str(words).replace(f"{location.parent}/", "")


def _some(remarks: list[str]) -> tuple[str, ...]:
    """The first remarks, and how many more there are."""
    more = len(remarks) - MOST_REMARKS
    if more <= 0:
        return tuple(remarks)
    return (*remarks[:MOST_REMARKS], f"… và {more} nhắc nhở nữa / and {more} more remarks")


Facts = tuple[tuple[Field, ...], str | None, bool]
"""Fields, CRS label, and whether there is geometry."""


def _copy(source: _Source, to: Path, budget: Budget) -> Facts:
    """The quick way for large containers, and where a text is no UTF-8, which it lets pass.

    The slow way takes as many rows as a GeoPackage says it has; where it has more, the quick one is
    the only one that gives them all.
    """
    if _says_too_few(source):
        return _copy_quickly(source, to, budget)
    if source.small or source.location.suffix.lower() in TOLD_ALWAYS:
        try:
            return _copy_slowly(source, to, budget, source.encoding)
        except UnicodeDecodeError:
            pass
    try:
        return _copy_quickly(source, to, budget)
    except UnicodeDecodeError:
        return _copy_slowly(source, to, budget, LATIN)


def _says_too_few(source: _Source) -> bool:
    """Whether a GeoPackage's own count of a layer is below the rows it holds."""
    if source.location.suffix.lower() != ".gpkg":
        return False
    table = source.name.replace('"', '""')
    try:
        with closing(connect(f"file:{quote(str(source.location))}?immutable=1", uri=True)) as file:
            query = "SELECT feature_count FROM gpkg_ogr_contents WHERE lower(table_name) = lower(?)"
            said = file.execute(query, [source.name]).fetchone()
            if said is None or said[0] is None:
                return False
            (held,) = file.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
    except SqliteError:  # no such table, or damaged: GDAL says what is wrong
        return False
    return bool(held > said[0])


def _copy_quickly(source: _Source, to: Path, budget: Budget) -> Facts:
    about = pyogrio.read_info(
        source.location, layer=source.name, encoding=source.encoding, force_feature_count=True
    )
    _check_fields(about["fields"])
    with pyogrio.open_arrow(
        source.location, layer=source.name, encoding=source.encoding, return_fids=True,
        use_pyarrow=True, batch_size=BATCH, datetime_as_string=True, columns=source.wanted,
    ) as (meta, stream):  # fmt: skip
        fields = fields_of(meta["fields"], stream.schema.types[1:], "text")
        rows = write_layer(to, fields, (list(batch.columns) for batch in stream), budget)
    if rows < about["features"]:
        return _copy_slowly(source, to, budget, source.encoding or LATIN)
    return fields, meta["crs"] or None, meta["geometry_type"] is not None


def _copy_slowly(source: _Source, to: Path, budget: Budget, encoding: str | None) -> Facts:
    meta, fids, wkb, values = pyogrio.raw.read(
        source.location, layer=source.name, encoding=encoding, return_fids=True,
        datetime_as_string=True, columns=source.wanted,
    )  # fmt: skip
    _check_fields(meta["fields"])
    whole = [str(kind).startswith("OFTInteger") for kind in meta["ogr_types"]]
    columns = [_column(array, one) for array, one in zip(values, whole, strict=True)]
    text: Kind = "latin" if encoding == LATIN else "text"
    fields = fields_of(meta["fields"], [column.type for column in columns], text)
    spatial = meta["geometry_type"] is not None
    geometry = [] if wkb is None else [pa.array(wkb.tolist(), pa.binary())]
    write_layer(to, fields, [[pa.array(fids.tolist(), pa.int64()), *columns, *geometry]], budget)
    return fields, meta["crs"] or None, spatial


def _check_fields(names: Sequence[str]) -> None:
    if len(names) > MOST_FIELDS:
        raise beyond(MOST_FIELDS, Words("cột", "columns"))


def _column(array: Any, whole: bool) -> "pa.Array":
    """A numpy column in Arrow; integers with empty cells come as floats."""
    kind = array.dtype.kind
    cells = array.astype(str).tolist() if kind == "M" else array.tolist()
    if kind in "fM":
        cells = [None if cell in ("NaT", cell) and cell != cell else cell for cell in cells]
    if whole and kind == "f":
        return pa.array([None if cell is None else int(cell) for cell in cells], pa.int64())
    if kind == "O":
        cells = [_told(cell) for cell in cells]
        return pa.array(cells, None if any(cell is not None for cell in cells) else pa.string())
    return pa.array(cells, {"f": pa.float64(), "M": pa.string(), "b": pa.bool_()}.get(kind))


def _told(cell: Any) -> str | bytes | None:
    if isinstance(cell, str | bytes | None):
        return cell
    return json.dumps(cell.tolist() if hasattr(cell, "tolist") else cell, default=str)
