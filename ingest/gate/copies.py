"""A delivered container copied, read behind the walls, and ready to be taken over."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest.files.copying import reading_copy
from ingest.gate.match import HOUSEKEEPING, Container
from ingest.gate.read import LayerFrame, layer_frame
from ingest.readers.container import Copies, copy_container
from ingest.readers.vector import CopiedLayer
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


def copy_layers_of(container: Container, folder: Path) -> Copied:
    """The layers of a container below `folder`, which is made here.

    Raises FileChanged, LayerUnreadable, DoctypeFound, ReaderStopped, SandboxFailed.
    """
    source = folder / "source"
    try:
        location = _reading_copy(container, source)
        names, label = take_field_names(location), label_of(location)
        size = sum(file.size_bytes for file in container.files)
        rows = folder / "rows"
        copies = copy_container(location, container.kind, size, rows, tuple(HOUSEKEEPING))
    except BaseException:
        shutil.rmtree(folder)
        raise
    shutil.rmtree(source)
    return Copied(copies, label, names)


def _reading_copy(container: Container, folder: Path) -> Path:
    """The container's files copied to a folder of their own: GDAL may leave side files there."""
    top = PurePosixPath(container.path)
    for file in container.files:
        reading_copy(file, folder / PurePosixPath(file.path).relative_to(top.parent))
    return folder / top.name
