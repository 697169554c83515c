"""A container read behind the walls: the copies GDAL made of it, taken over with care."""

import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from ingest.gdal import only
from ingest.readers.nesting import DoctypeFound
from ingest.readers.parquet import copy_parquet, describe_parquet
from ingest.readers.vector import (
    CopiedContainer,
    CopiedLayer,
    LayerFacts,
    LayerUnreadable,
    copy_columns,
    copy_layers,
    copy_several,
    describe_layers,
)
from ingest.sandbox.limits import Limits
from ingest.sandbox.outcome import ReaderCrashed
from ingest.sandbox.run import in_sandbox
from schemas.words import Words

R = TypeVar("R")
DRIVERS = {
    "gdb": "OpenFileGDB",
    "gpkg": "GPKG",
    "shape": "ESRI Shapefile",
    "geojson": "GeoJSON,GeoJSONSeq",
    "flatgeobuf": "FlatGeobuf",
    "gml": "GML",
    "kml": "KML,LIBKML",
    "parquet": "MEM",
}
"""What a kind of container needs of GDAL; its reader gets nothing else."""


@dataclass(frozen=True)
class Copies:
    """The layers of one container; their rows lie in `folder`."""

    folder: Path
    layers: tuple[CopiedLayer, ...]

    @staticmethod
    def _columns(layer: CopiedLayer) -> set[str]:
        return {"fid", "wkb", *map(str, range(len(layer.fields)))}

    def batches(self, layer: CopiedLayer) -> Iterator["pa.RecordBatch"]:
        """The rows of a layer in batches, mapped from the disk. Raises ReaderCrashed."""
        place = self.folder / f"{self.layers.index(layer)}.arrow"
        try:
            if not stat.S_ISREG(place.lstat().st_mode):
                raise pa.ArrowInvalid(place.name)
            with pa.memory_map(str(place)) as mapped, pa.ipc.open_file(mapped) as file:
                for number in range(file.num_record_batches):
                    batch = file.get_batch(number)
                    batch.validate(full=True)
                    if set(batch.schema.names) != self._columns(layer):
                        raise pa.ArrowInvalid(str(batch.schema.names))
                    yield batch
        except (pa.ArrowException, OSError, KeyError) as error:
            why = Words("bản sao không hợp lệ", "its copy is not valid")
            raise ReaderCrashed(why) from error


@dataclass(frozen=True)
class Place:
    """A container on this machine. `location`: in a folder that the reader may see whole."""

    location: Path
    kind: str
    size_bytes: int

    def run(self, function: Callable[..., R], *args: object, writes: Path | None = None) -> R:
        """A reader's function on this container; it gets the drivers of its kind alone."""
        return in_sandbox(
            function,
            self.location,
            *args,
            files=[self.location.parent],
            writes=writes,
            limits=Limits().for_bytes(self.size_bytes),
            refusals=(LayerUnreadable, DoctypeFound),
            settings=only(DRIVERS[self.kind]),
        )

    def describe(self) -> tuple[LayerFacts, ...]:
        """Its layers. Raises LayerUnreadable, DoctypeFound, ReaderStopped, SandboxFailed."""
        return self.run(describe_parquet if self.kind == "parquet" else describe_layers)

    def copy_columns(self, layer: str, columns: Sequence[str], folder: Path) -> Copies:
        """One layer's columns, copied into `folder`, made here. Raises as `describe`."""
        folder.mkdir(parents=True)
        copy = copy_parquet if self.kind == "parquet" else copy_columns
        return Copies(folder, self.run(copy, layer, tuple(columns), folder, writes=folder))


def copy_container(
    location: Path, kind: str, size_bytes: int, folder: Path, leave: tuple[str, ...] = ()
) -> Copies:
    """Copy the layers of a container into `folder`, made here; those in `leave` stay out.

    Raises LayerUnreadable, DoctypeFound, ReaderStopped, SandboxFailed.
    """
    folder.mkdir(parents=True)
    place = Place(location, kind, size_bytes)
    return Copies(folder, place.run(copy_layers, folder, leave, writes=folder))


def copy_containers(
    places: Sequence[Place], folder: Path, leave: tuple[str, ...] = ()
) -> list[Copies | LayerUnreadable | DoctypeFound]:
    """Copy several containers of one kind by one reader, below `folder`, made here.

    A container that cannot be read is told by its error. Raises ReaderStopped, SandboxFailed.
    """
    folders = tuple(folder / str(number) for number in range(len(places)))
    for one in folders:
        one.mkdir(parents=True)
    copied = in_sandbox(
        copy_several,
        tuple(place.location for place in places),
        folders,
        leave,
        files=[place.location.parent for place in places],
        writes=folder,
        limits=Limits().for_bytes(sum(place.size_bytes for place in places)),
        settings=only(DRIVERS[places[0].kind]),
    )
    return [_copies(one, home) for one, home in zip(copied, folders, strict=True)]


def _copies(copied: CopiedContainer, folder: Path) -> Copies | LayerUnreadable | DoctypeFound:
    if copied.doctype:
        return DoctypeFound()
    return Copies(folder, copied.layers) if copied.fault is None else LayerUnreadable(copied.fault)
