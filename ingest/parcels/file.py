"""Any vector file as a stream of parcel batches, read from a copy: nothing is left beside it.

Through GDAL: GeoPackage, FlatGeobuf, shapefile, FileGDB, GeoJSON (also by lines), GML, KML, packed
with zip or gzip or not. Through Arrow: GeoParquet.
"""

import json
import os
import shutil
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.crs import find_crs
from ingest.files.sniff import VECTOR_KINDS
from ingest.files.source import Received, ReceivedFile
from ingest.gdal import pyogrio, text_encoding
from schemas.blobs import BlobStore
from schemas.crs import srid_of
from schemas.errors import DeliveryUnreadable, ProfileInvalid, UnknownCrs
from schemas.profiles.parcels import ParcelProfile
from schemas.words import Words

BATCH = 10_000
ONE_LAYER = (".geojson", ".geojsonl", ".json", ".fgb", ".shp")


@dataclass(frozen=True)
class ParcelBatch:
    """Parcels as delivered, n rows: named columns, WKB geometry and the source's row numbers."""

    columns: dict[str, pa.Array]
    wkb: pa.Array
    rows: pa.Array


@dataclass(frozen=True)
class ParcelTable:
    """An opened layer. `file`: path as delivered; `count`: rows where the file tells."""

    file: str
    layer: str
    srid: int
    count: int | None
    not_taken: tuple[str, ...]
    batches: Iterator[ParcelBatch]


@dataclass(frozen=True)
class _Layer:
    """A layer of a container before it is read."""

    name: str
    columns: tuple[str, ...]
    crs: str | None
    count: int | None
    stream: Callable[[Sequence[str]], Any]
    """Context manager over the batches of the named columns."""


@contextmanager
def open_parcels(
    received: Received, profile: ParcelProfile, blobs: BlobStore, workdir: Path
) -> Iterator[ParcelTable]:
    """Open the one layer that the profile means.

    Raises DeliveryUnreadable (no vector file, several, or not what its name says), ProfileInvalid
    (a column or layer the file lacks), UnknownCrs.
    """
    file, layer = _find_layer(received, profile, blobs, workdir)
    _check_columns(layer, profile)
    srid = _srid(layer, profile)
    wanted = profile.columns
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL's own remarks on the file
        with layer.stream(wanted) as batches:
            not_taken = tuple(name for name in layer.columns if name not in wanted)
            count = layer.count if layer.count and layer.count > 0 else None
            yield ParcelTable(file, layer.name, srid, count, not_taken, _guarded(file, batches))


def _find_layer(
    received: Received, profile: ParcelProfile, blobs: BlobStore, workdir: Path
) -> tuple[str, _Layer]:
    for file in received.files:
        _check_file(file)
    places = _containers(received, blobs, workdir / "copies")
    found = [
        (path, layer)
        for path, place in places.items()
        for layer in _layers(path, place)
        if profile.layer in (None, layer.name)
    ]
    if len(found) == 1:
        return found[0]
    names = ", ".join(sorted(layer.name for _, layer in found))
    if found:
        raise ProfileInvalid(
            Words(f"Tệp có nhiều lớp: {names}.", f"The file has several layers: {names}."),
            remedy=Words("Nêu `layer` trong profile.", "Name the `layer` in the profile."),
        )
    if profile.layer is not None and places:
        raise ProfileInvalid(
            Words(f"Tệp không có lớp “{profile.layer}”.", f"There is no layer “{profile.layer}”.")
        )
    raise DeliveryUnreadable(
        Words(
            f"“{received.name}” không chứa tệp véc-tơ nào đọc được.",
            f"“{received.name}” holds no vector file that can be read.",
        )
    )


def _check_file(file: ReceivedFile) -> None:
    """Keep every reader away from files that are not what they seem."""
    if file.sniffed.danger is None and file.sniffed.agrees_with(file.path):
        return
    what = file.sniffed.danger or file.sniffed.kind
    raise DeliveryUnreadable(
        Words(
            f"“{file.path}” không phải là tệp như tên gọi ({what}).",
            f"“{file.path}” is not what its name says ({what}).",
        )
    )


def _containers(received: Received, blobs: BlobStore, folder: Path) -> dict[str, Path]:
    """Delivered path → place of every vector file, FileGDBs and shapefiles put together again."""
    places: dict[str, Path] = {}
    for file in received.files:
        if file.sniffed.kind in ("zip", "gzip"):
            continue
        place = folder / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        _link(blobs.path(file.sha256) if file.unpacked_from is None else file.location, place)
        if gdb := next((p for p in place.parents if p.suffix.lower() == ".gdb"), None):
            places[gdb.relative_to(folder).as_posix()] = gdb
        elif file.sniffed.kind in (*VECTOR_KINDS, "parquet") and place.suffix.lower() != ".shx":
            places[file.path] = place
    return places


def _link(source: Path, place: Path) -> None:
    """The same bytes under the delivered name, in a folder of our own."""
    if place.exists():  # a second attempt
        return
    try:
        os.link(source, place)
    except OSError:
        shutil.copyfile(source, place)


def _layers(path: str, place: Path) -> list[_Layer]:
    """The layers with geometry of one container. Raises DeliveryUnreadable."""
    with _reading(path), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if place.suffix.lower() in (".parquet", ".geoparquet"):
            return [_parquet_layer(place)]
        if place.suffix.lower() in ONE_LAYER:  # listing would parse a GeoJSON once more
            return [_gdal_layer(place, None)]
        names = [str(name) for name, kind in pyogrio.list_layers(place) if kind is not None]
        return [_gdal_layer(place, name) for name in names]


@contextmanager
def _reading(path: str) -> Iterator[None]:
    """What GDAL and Arrow raise on a damaged file, as our own error."""
    try:
        yield
    except (
        pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.CRSError,
        pyogrio.errors.FieldError, pa.ArrowException, UnicodeDecodeError, OSError,
    ) as error:  # fmt: skip
        raise DeliveryUnreadable(
            Words(f"Không đọc được “{path}”: {error}", f"“{path}” cannot be read: {error}")
        ) from error


def _guarded(path: str, batches: Iterator[ParcelBatch]) -> Iterator[ParcelBatch]:
    """The same batches; a file that breaks off in the middle is unreadable."""
    while True:
        with _reading(path):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


def _gdal_layer(place: Path, name: str | None) -> _Layer:
    about = pyogrio.read_info(place, layer=name)
    if about["geometry_type"] is None:
        raise pyogrio.errors.DataLayerError(f"no geometry in layer {about['layer_name']}")
    columns = tuple(str(column) for column in about["fields"])

    @contextmanager
    def stream(wanted: Sequence[str]) -> Iterator[Iterator[ParcelBatch]]:
        with pyogrio.open_arrow(
            place, layer=name, columns=list(wanted), return_fids=True, use_pyarrow=True,
            batch_size=BATCH, encoding=text_encoding(place), datetime_as_string=True,
        ) as (meta, reader):  # fmt: skip
            geometry = meta["geometry_name"] or "wkb_geometry"
            yield (_batch(b, wanted, geometry, meta["fid_column"]) for b in reader)

    return _Layer(
        str(about["layer_name"]), columns, about["crs"] or None, about["features"], stream
    )


def _batch(
    batch: pa.RecordBatch, wanted: Sequence[str], geometry: str, fid: str | None
) -> ParcelBatch:
    rows = batch.column(fid) if fid else pa.array(range(len(batch)))
    columns = {name: batch.column(name) for name in wanted}
    return ParcelBatch(columns, batch.column(geometry), rows.cast(pa.int64()))


def _parquet_layer(place: Path) -> _Layer:
    """GeoParquet: WKB geometry, CRS as PROJJSON (longitude/latitude where it says nothing)."""
    file = pq.ParquetFile(place)
    about = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"{}"))
    geometry = about.get("primary_column")
    if geometry is None or about["columns"][geometry].get("encoding") != "WKB":
        raise pa.ArrowInvalid("no WKB geometry column (GeoParquet)")
    crs = about["columns"][geometry].get("crs", "OGC:CRS84")
    columns = tuple(name for name in file.schema_arrow.names if name != geometry)

    @contextmanager
    def stream(wanted: Sequence[str]) -> Iterator[Iterator[ParcelBatch]]:
        yield _parquet_batches(file, wanted, geometry)

    label = json.dumps(crs) if isinstance(crs, dict) else crs
    return _Layer(place.stem, columns, label, file.metadata.num_rows, stream)


def _parquet_batches(
    file: pq.ParquetFile, wanted: Sequence[str], geometry: str
) -> Iterator[ParcelBatch]:
    start = 0
    for batch in file.iter_batches(batch_size=BATCH, columns=[*wanted, geometry]):
        rows = pa.array(range(start, start + len(batch)), pa.int64())
        start += len(batch)
        columns = {name: batch.column(name) for name in wanted}
        yield ParcelBatch(columns, batch.column(geometry), rows)


def _check_columns(layer: _Layer, profile: ParcelProfile) -> None:
    """Raises ProfileInvalid with the columns that the layer has."""
    missing = [name for name in profile.columns if name not in layer.columns]
    if missing:
        lacks, has = ", ".join(missing), ", ".join(layer.columns)
        raise ProfileInvalid(
            Words(
                f"Lớp “{layer.name}” không có cột: {lacks}.",
                f"Layer “{layer.name}” lacks the columns: {lacks}.",
            ),
            remedy=Words(f"Các cột có trong lớp: {has}.", f"Its columns: {has}."),
        )


def _srid(layer: _Layer, profile: ParcelProfile) -> int:
    """EPSG code of the layer. Raises UnknownCrs: a CRS is never guessed."""
    crs = find_crs(layer.crs, None if profile.crs is None else srid_of(profile.crs))
    if crs is None:
        raise UnknownCrs(
            Words(
                f"Lớp “{layer.name}” không cho biết hệ tọa độ.",
                f"Layer “{layer.name}” does not tell its CRS.",
            ),
            remedy=Words("Nêu --crs EPSG:N.", "Name it with --crs EPSG:N."),
        )
    return crs.srid
