"""Any vector file as a stream of parcel batches, read from a copy: nothing is left beside it.

Through GDAL: GeoPackage, FlatGeobuf, shapefile, FileGDB, GeoJSON (also by lines), GML, KML, packed
or not. Through Arrow: GeoParquet. Both run behind the sandbox's walls.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ingest.crs import find_crs
from ingest.files.sniff import PACKAGE_KINDS, VECTOR_KINDS
from ingest.files.source import Received, ReceivedFile
from ingest.gdal import text_encoding
from ingest.readers.container import Copies, Place
from ingest.readers.nesting import DoctypeFound
from ingest.readers.vector import LayerFacts, LayerUnreadable
from ingest.sandbox.outcome import ReaderStopped
from ingest.text.label import UTF8, label_of
from schemas.blobs import BlobStore
from schemas.crs import srid_of
from schemas.errors import DeliveryUnreadable, ProfileInvalid, UnknownCrs
from schemas.profiles.parcels import ParcelProfile
from schemas.words import Words


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
    """A layer of a container before it is read. `file`: the container's path as delivered."""

    file: str
    place: Place
    facts: LayerFacts


@contextmanager
def open_parcels(
    received: Received, profile: ParcelProfile, blobs: BlobStore, workdir: Path
) -> Iterator[ParcelTable]:
    """Open the one layer that the profile means.

    Raises DeliveryUnreadable (no vector file, several, or not what its name says), ProfileInvalid
    (a column or layer the file lacks), UnknownCrs.
    """
    layer = _find_layer(received, profile, blobs, workdir)
    facts, wanted = layer.facts, profile.columns
    _check_columns(facts, profile)
    srid = _srid(facts, profile)
    rows = workdir / "rows"
    shutil.rmtree(rows, ignore_errors=True)  # a second attempt
    with _reading(layer.file):
        copies = layer.place.copy_columns(facts.name, wanted, rows)
    not_taken = tuple(name for name in facts.columns if name not in wanted)
    count = facts.count if facts.count > 0 else None
    batches = _guarded(layer.file, _batches(copies, layer.place.location))
    yield ParcelTable(layer.file, facts.name, srid, count, not_taken, batches)
    shutil.rmtree(rows)


def _find_layer(
    received: Received, profile: ParcelProfile, blobs: BlobStore, workdir: Path
) -> _Layer:
    for file in received.files:
        _check_file(file)
    places = _containers(received, blobs, workdir / "copies")
    found = [
        layer
        for path, place in places.items()
        for layer in _layers(path, place)
        if profile.layer in (None, layer.facts.name)
    ]
    if len(found) == 1:
        return found[0]
    names = ", ".join(sorted(layer.facts.name for layer in found))
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


def _containers(received: Received, blobs: BlobStore, folder: Path) -> dict[str, Place]:
    """Delivered path → every vector file, FileGDBs and shapefiles put together again."""
    places: dict[str, Place] = {}
    for file in received.files:
        if file.sniffed.kind in PACKAGE_KINDS:
            continue
        place = folder / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        _link(blobs.path(file.sha256) if file.unpacked_from is None else file.location, place)
        if gdb := next((p for p in place.parents if p.suffix.lower() == ".gdb"), None):
            path = gdb.relative_to(folder).as_posix()
            before = places[path].size_bytes if path in places else 0
            places[path] = Place(gdb, "gdb", before + file.size_bytes)
        elif file.sniffed.kind in (*VECTOR_KINDS, "parquet") and place.suffix.lower() != ".shx":
            places[file.path] = Place(place, file.sniffed.kind, file.size_bytes)
    return places


def _link(source: Path, place: Path) -> None:
    """The same bytes under the delivered name, in a folder of our own."""
    if place.exists():  # a second attempt
        return
    try:
        os.link(source, place)
    except OSError:
        shutil.copyfile(source, place)


def _layers(path: str, place: Place) -> list[_Layer]:
    """The layers with geometry of one container. Raises DeliveryUnreadable."""
    with _reading(path):
        return [_Layer(path, place, facts) for facts in place.describe() if facts.spatial]


@contextmanager
def _reading(path: str) -> Iterator[None]:
    """What a reader says of a damaged file, or what stopped it there, as our own error."""
    try:
        yield
    except (LayerUnreadable, DoctypeFound, ReaderStopped, pa.ArrowException, ValueError) as error:
        reason = str(error) or "DOCTYPE"
        raise DeliveryUnreadable(
            Words(f"Không đọc được “{path}”: {reason}", f"“{path}” cannot be read: {reason}")
        ) from error


def _guarded(path: str, batches: Iterator[ParcelBatch]) -> Iterator[ParcelBatch]:
    """The same batches; a file that breaks off in the middle is unreadable."""
    while True:
        with _reading(path):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


def _batches(copies: Copies, location: Path) -> Iterator[ParcelBatch]:
    """The copied rows. Texts as the file says; where it says nothing, UTF-8, strictly."""
    (layer,) = copies.layers
    if layer.fault is not None:
        raise LayerUnreadable(layer.fault)
    codec = None if text_encoding(location) else label_of(location).codec
    for batch in copies.batches(layer):
        columns = {
            field.name: _text(batch.column(str(at)), codec)
            if field.kind == "text"
            else batch.column(str(at))
            for at, field in enumerate(layer.fields)
        }
        yield ParcelBatch(columns, batch.column("wkb"), batch.column("fid"))


def _text(cells: pa.Array, codec: str | None) -> pa.Array:
    if codec in (None, UTF8.codec):
        try:
            return cells.cast(pa.string())
        except pa.ArrowInvalid as error:
            raise LayerUnreadable("chữ không phải UTF-8 / its text is not UTF-8") from error
    coded = cells.dictionary_encode()
    texts = [raw.decode(str(codec)) for raw in coded.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(coded.indices, pa.array(texts, pa.string())).cast(
        pa.string()
    )


def _check_columns(layer: LayerFacts, profile: ParcelProfile) -> None:
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


def _srid(layer: LayerFacts, profile: ParcelProfile) -> int:
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
