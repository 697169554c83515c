"""Vector files read into frames: attributes as text and numbers, geometry 2D, rows numbered.

Only files whose content was recognised come here, and always as copies that the program made. GDAL
runs in a process of its own and leaves Arrow files; here they are taken over, checked.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from ingest.readers.container import Copies
from ingest.readers.vector import CopiedLayer, Field, LayerUnreadable
from ingest.text.fields import restore_fields
from ingest.text.findings import TextFinding, restore_names, text_findings
from ingest.text.label import UTF8, TextLabel

__all__ = ["LayerFrame", "LayerUnreadable", "layer_frame"]


@dataclass(frozen=True)
class LayerFrame:
    """One layer as delivered, n rows.

    `rows`: feature ids of the source (n,); `geoms` (n,) 2D or None; `crs`: the file's own label
    (authority code or WKT) or None; `columns` of `attributes` keep the file's names, in NFC;
    `broken`: indices of rows whose geometry is no geometry at all; `spatial`: not a mere table;
    `remarks`: the reader's warnings; `texts`: what was found out about encodings; `raised`: indices
    of rows that had heights.
    """

    name: str
    attributes: pd.DataFrame
    rows: NDArray[np.int64]
    geoms: NDArray[np.object_]
    crs: str | None
    broken: NDArray[np.intp]
    spatial: bool = True
    remarks: tuple[str, ...] = ()
    texts: tuple[TextFinding, ...] = ()
    raised: NDArray[np.intp] = field(default_factory=lambda: np.array([], dtype=np.intp))


def layer_frame(
    copies: Copies, layer: CopiedLayer, label: TextLabel = UTF8, names: tuple[bytes, ...] = ()
) -> LayerFrame:
    """A copied layer as a frame. Raises LayerUnreadable, ReaderStopped.

    Dates come as ISO texts; texts in Unicode (NFC) without outer blanks, restored where they are in
    an old encoding. `label`: what the file says of its texts; `names`: its fields' own names, where
    the copy has others.
    """
    if layer.fault is not None:
        raise LayerUnreadable(layer.fault)
    columns = [_Column(field) for field in layer.fields]
    rows: list[NDArray[np.int64]] = []
    shapes = _Shapes()
    for batch in copies.batches(layer):
        rows.append(batch.column("fid").to_numpy(zero_copy_only=False))
        shapes.take(batch.column("wkb"))
        for number, column in enumerate(columns):
            column.take(batch.column(str(number)))
    fids = np.concatenate([np.array([], dtype=np.int64), *rows])
    own = names if len(names) == len(columns) else [c.field.name.encode() for c in columns]
    titles, told = restore_names(own, label)
    cells = dict(zip(titles, (column.cells() for column in columns), strict=True))
    texts = {t: cells[t] for t, column in zip(titles, columns, strict=True) if column.is_text}
    fields = restore_fields(texts, raw=True, label=label)
    cells |= {field.name: field.cells() for field in fields}
    return LayerFrame(
        layer.name,
        pd.DataFrame(cells, index=pd.RangeIndex(len(fids)), dtype=object),
        fids,
        shapes.geoms(),
        layer.crs,
        shapes.broken(),
        layer.spatial,
        layer.remarks,
        (*told, *text_findings(fields, fids, label)),
        shapes.raised(),
    )


class _Shapes:
    """Geometries gathered batch by batch, and the indices of those that cannot be built."""

    def __init__(self) -> None:
        self._made: list[NDArray[np.object_]] = [np.array([], dtype=object)]
        self._broken: list[NDArray[np.intp]] = [np.array([], dtype=np.intp)]
        self._raised: list[NDArray[np.intp]] = [np.array([], dtype=np.intp)]
        self._count = 0

    def take(self, wkb: "pa.Array") -> None:
        cells = wkb.to_numpy(zero_copy_only=False)
        made = np.asarray(shapely.from_wkb(cells, on_invalid="ignore"), dtype=object)
        stated = wkb.is_valid().to_numpy(zero_copy_only=False)
        self._made.append(shapely.force_2d(made))
        self._raised.append(np.flatnonzero(shapely.has_z(made)) + self._count)
        self._broken.append(np.flatnonzero(stated & shapely.is_missing(made)) + self._count)
        self._count += len(made)

    def geoms(self) -> NDArray[np.object_]:
        return np.concatenate(self._made)

    def broken(self) -> NDArray[np.intp]:
        """A ring of two points, say."""
        return np.concatenate(self._broken)

    def raised(self) -> NDArray[np.intp]:
        """Those whose points have heights."""
        return np.concatenate(self._raised)


class _Column:
    """One column's cells as plain Python values, None where empty; equal texts are one object.

    A text stays as its bytes, each one letter of ISO-8859-1: what they mean is found out later.
    """

    def __init__(self, field: Field) -> None:
        self.field = field
        self.is_text = field.kind in ("text", "latin")
        self._parts: list[NDArray[np.object_]] = [np.array([], dtype=object)]
        self._texts: dict[bytes, str] = {}

    def take(self, array: "pa.Array") -> None:
        if pa.types.is_binary(array.type):
            self._parts.append(self._shared(array))
        else:
            self._parts.append(np.array(array.to_pylist(), dtype=object))

    def cells(self) -> NDArray[np.object_]:
        cells = np.concatenate(self._parts)
        if self.field.kind == "number":
            cells[cells != cells] = None  # NaN
        return cells

    def _shared(self, array: "pa.Array") -> NDArray[np.object_]:
        coded = array.dictionary_encode()
        distinct = coded.dictionary.to_pylist()
        texts = (self._texts.setdefault(raw, self._letters(raw)) for raw in distinct)
        shared = np.array([*texts, None], dtype=object)
        codes = coded.indices.fill_null(len(distinct)).to_numpy(zero_copy_only=False)
        return np.asarray(shared[codes], dtype=object)

    def _letters(self, raw: bytes) -> str:
        if self.field.kind == "bytes":
            return raw.hex()
        encoding = "utf-8" if self.field.kind == "latin" else "iso-8859-1"
        return raw.decode(encoding, errors="replace")
