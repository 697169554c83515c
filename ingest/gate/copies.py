"""A delivered container copied, read behind the walls, and ready to be taken over."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest.files.copying import FileChanged, reading_copy
from ingest.gate.match import HOUSEKEEPING, Container
from ingest.gate.read import LayerFrame, layer_frame
from ingest.readers.container import Copies, Place, copy_container, copy_containers
from ingest.readers.nesting import DoctypeFound
from ingest.readers.vector import CopiedLayer, LayerUnreadable
from ingest.sandbox.outcome import ReaderStopped
from ingest.text.label import TextLabel, label_of, take_field_names


@dataclass(frozen=True)
class Copied:
    """What the reader left of a container, and what the container says of its texts."""

    copies: Copies
    label: TextLabel
    names: tuple[bytes, ...]

    @property
    def layers(self) -> tuple[CopiedLayer, ...]:
        return self.copies.layers

    def frame(self, layer: CopiedLayer) -> LayerFrame:
        """One layer taken over. Raises LayerUnreadable, ReaderStopped."""
        return layer_frame(self.copies, layer, self.label, self.names)

    def frames(self) -> Iterator[LayerFrame]:
        return map(self.frame, self.layers)

    def remove(self) -> None:
        shutil.rmtree(self.copies.folder)


Outcome = Copied | FileChanged | LayerUnreadable | DoctypeFound | ReaderStopped
"""What became of a container: its copy, or the error that says why there is none."""


def copy_together(containers: Sequence[Container], folder: Path) -> list[Outcome]:
    """Containers of one kind by one reader; where one stops it, each by a reader of its own.

    `folder`: made here. Raises SandboxFailed.
    """
    if len(containers) > 1:
        try:
            return _by_one_reader(containers, folder)
        except (ReaderStopped, FileChanged):
            shutil.rmtree(folder)
    return [_outcome(one, folder / str(number)) for number, one in enumerate(containers)]


def _by_one_reader(containers: Sequence[Container], folder: Path) -> list[Outcome]:
    sources = [
        _Source.of(container, folder / "source" / str(number))
        for number, container in enumerate(containers)
    ]
    places = [source.place for source in sources]
    copied = copy_containers(places, folder / "rows", tuple(HOUSEKEEPING))
    shutil.rmtree(folder / "source")
    return [
        Copied(one, source.label, source.names) if isinstance(one, Copies) else one
        for one, source in zip(copied, sources, strict=True)
    ]


def _outcome(container: Container, folder: Path) -> Outcome:
    try:
        return copy_layers_of(container, folder)
    except (FileChanged, LayerUnreadable, DoctypeFound, ReaderStopped) as error:
        return error


def copy_layers_of(container: Container, folder: Path) -> Copied:
    """The layers of a container below `folder`, which is made here.

    Raises FileChanged, LayerUnreadable, DoctypeFound, ReaderStopped, SandboxFailed.
    """
    try:
        source = _Source.of(container, folder / "source")
        place, rows = source.place, folder / "rows"
        copies = copy_container(
            place.location, place.kind, place.size_bytes, rows, tuple(HOUSEKEEPING)
        )
    except BaseException:
        shutil.rmtree(folder)
        raise
    shutil.rmtree(folder / "source")
    return Copied(copies, source.label, source.names)


@dataclass(frozen=True)
class _Source:
    """A container copied for its reader, and what it says of its texts."""

    place: Place
    label: TextLabel
    names: tuple[bytes, ...]

    @classmethod
    def of(cls, container: Container, folder: Path) -> "_Source":
        location = _reading_copy(container, folder)
        names, label = take_field_names(location), label_of(location)
        return cls(Place(location, container.kind, container.size_bytes), label, names)


def _reading_copy(container: Container, folder: Path) -> Path:
    """The container's files copied to a folder of their own: GDAL may leave side files there."""
    top = PurePosixPath(container.path)
    for file in container.files:
        reading_copy(file, folder / PurePosixPath(file.path).relative_to(top.parent))
    return folder / top.name
