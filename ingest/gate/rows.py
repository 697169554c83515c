"""Rows of zones, lines and other features: mapped columns, norms as ranges, and their source."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from ingest.gate.inspection import Inspection, Layer
from schemas.indicators import Indicators, Norm, parse_indicators, parse_quantity
from schemas.profiles.sources import Source

ZONE_TEXTS = ("symbol", "function_1", "function_2", "function_3", "land_use_code")
NORMS: tuple[Norm, ...] = ("density", "storeys", "far")
SOURCE = ["attributes", "source_file", "source_layer", "source_row", "geom"]
ZONE_COLUMNS = [
    "level", *ZONE_TEXTS, "area_declared_m2", "area_m2",
    *(f"{norm}_{end}" for norm in NORMS for end in ("min", "max", "text")),
    "setback_m", "population", *SOURCE,
]  # fmt: skip
MOST_PEOPLE = 2.0**31 - 1  # an `integer` holds no more
LINE_COLUMNS = ["kind", "name", "setback_m", "width_m", *SOURCE]
FEATURE_COLUMNS = ["layer", "theme", "name", *SOURCE]


def json_value(value: Any) -> Any:
    """A cell as JSON has it: dates as ISO texts, no infinite numbers."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def attribute_rows(layer: Layer, mask: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """The rows' attributes as dictionaries ready for JSON, under the standard's names."""
    frame = layer.attributes[mask]
    names = [str(name) for name in frame.columns]
    if not names:
        return [{} for _ in range(len(frame))]
    columns = [[json_value(cell) for cell in frame[name].tolist()] for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _sourced(layer: Layer, mask: NDArray[np.bool_]) -> dict[str, Any]:
    """The columns every content row has: where it comes from, what it said, where it lies."""
    count = int(mask.sum())
    return {
        "attributes": _objects(attribute_rows(layer, mask)),
        "source_file": _objects([layer.file] * count),
        "source_layer": _objects([layer.name] * count),
        "source_row": layer.rows[mask],
        "geom": _objects(layer.geoms[mask]),
    }


def stacked(frames: Iterator[pd.DataFrame | None], columns: list[str]) -> pd.DataFrame:
    """Frames of several layers as one; an empty frame with its columns where there is none."""
    found = [frame for frame in frames if frame is not None and len(frame)]
    if not found:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    return pd.concat(found, ignore_index=True)[columns]


def _objects(cells: Iterable[Any]) -> "pd.Series[Any]":
    """A column of texts or dictionaries as they are: None stays None."""
    return pd.Series(list(cells), dtype=object)


def zone_rows(inspection: Inspection, layer: Layer, mask: NDArray[np.bool_]) -> pd.DataFrame | None:
    """Rows of the `zone` table from a layer of areas; unclear norms are findings."""
    if layer.becomes != "zone" or layer.rule is None:
        return None
    mask = mask & ~shapely.is_missing(layer.geoms)
    reader = _Cells(inspection, layer, mask)
    columns: dict[str, Any] = {name: _objects(reader.texts(name)) for name in ZONE_TEXTS}
    for norm in NORMS:
        read = reader.norm(norm, norm)
        columns |= {
            f"{norm}_min": read.low,
            f"{norm}_max": read.high,
            f"{norm}_text": _objects(read.text),
        }
    population = reader.numbers("population", whole=True)
    columns |= {
        "area_declared_m2": reader.numbers("area_declared_m2"),
        "setback_m": reader.norm("setback_m", "metres").low,
        "population": pd.Series(population, dtype="Int64"),
        "area_m2": shapely.area(layer.geoms[mask]),
    }
    return pd.DataFrame(
        {**columns, "level": _objects([layer.rule.level] * reader.count), **_sourced(layer, mask)}
    )


def line_rows(inspection: Inspection, layer: Layer, mask: NDArray[np.bool_]) -> pd.DataFrame | None:
    """Rows of the `plan_line` table from a layer of lines."""
    if layer.becomes != "line" or layer.rule is None:
        return None
    mask = mask & ~shapely.is_missing(layer.geoms)
    reader = _Cells(inspection, layer, mask)
    columns = {
        "kind": _objects([layer.rule.kind] * reader.count),
        "name": _objects(reader.texts("name")),
        "setback_m": reader.single("setback_m"),
        "width_m": reader.single("width_m"),
    }
    return pd.DataFrame({**columns, **_sourced(layer, mask)})


def feature_rows(layer: Layer, mask: NDArray[np.bool_]) -> pd.DataFrame | None:
    """Other layers whole, and the rows of zone and line layers that have no usable geometry."""
    if layer.becomes == "boundary":
        return None
    if layer.becomes != "feature":
        mask = mask & shapely.is_missing(layer.geoms)
    name = layer.rule.columns.get("name") if layer.rule else None
    theme = layer.rule.theme if layer.rule and layer.becomes == "feature" else None
    cells = layer.attributes.get(name.column) if name and name.column else None
    count = int(mask.sum())
    columns = {
        "layer": _objects([(layer.rule.layer if layer.rule else None) or layer.name] * count),
        "theme": _objects([theme] * count),
        "name": _objects([None] * count if cells is None else _texts(cells[mask])),
    }
    return pd.DataFrame({**columns, **_sourced(layer, mask)})


def _texts(cells: "pd.Series[Any]") -> list[str | None]:
    return [None if cell in (None, "") else str(json_value(cell)) for cell in cells.tolist()]


def _amount(value: Any, whole: bool) -> float | None:
    """A positive amount; NaN where not stated, None where not understood or out of range.

    Of whole things a number is rounded (people computed from an area), a text never.
    """
    amount = parse_quantity(value)
    if amount is not None and whole and isinstance(value, float):
        amount = float(np.round(amount)) or np.nan
    if amount is None or np.isnan(amount):
        return amount
    sound = amount <= MOST_PEOPLE and not amount % 1 if whole else bool(np.isfinite(amount))
    return amount if sound and amount > 0 else None


class _Cells:
    """Reads mapped columns of the chosen rows of a layer; findings go to the inspection."""

    def __init__(self, inspection: Inspection, layer: Layer, mask: NDArray[np.bool_]) -> None:
        self.inspection, self.layer = inspection, layer
        self.mask, self.count = mask, int(mask.sum())

    def _source(self, target: str) -> Source | None:
        return self.layer.rule.columns.get(target) if self.layer.rule else None

    def _cells(self, source: Source | None) -> "pd.Series[Any]":
        if source is not None and source.value is not None:
            return pd.Series([source.value] * self.count, dtype=object)
        if source is None or source.column not in self.layer.attributes.columns:
            return pd.Series([None] * self.count, dtype=object)
        return self.layer.attributes.loc[self.mask, source.column].reset_index(drop=True)

    def texts(self, target: str) -> NDArray[np.object_]:
        """Texts, translated by the source's code table; an untranslated one is a finding."""
        source = self._source(target)
        cells = self._cells(source)
        if source is None or source.codes is None:
            return np.array(_texts(cells), dtype=object)
        table = self.inspection.rules.codes[source.codes]
        indices, distinct = pd.factorize(cells, use_na_sentinel=True)
        words = [table.translate(str(value)) for value in distinct]
        for number, (value, word) in enumerate(zip(distinct, words, strict=True)):
            if word is None and value != "":
                self._find("CODE_UNKNOWN", source, indices == number, str(value))
        return np.array([*words, None], dtype=object)[indices]

    def norm(self, target: str, norm: Norm) -> Indicators:
        source = self._source(target)
        cells = self._cells(source)
        read = parse_indicators(cells, source.unit if source else "as_written", norm)
        for code, flags in (
            ("INDICATOR_UNREADABLE", read.unreadable),
            ("INDICATOR_IMPLAUSIBLE", read.implausible),
        ):
            for value in pd.unique(pd.Series(read.text[flags], dtype=object)):
                if source is not None:
                    self._find(code, source, flags & (read.text == value), str(value))
        return read

    def single(self, target: str) -> NDArray[np.float64]:
        """One number of metres; a range is none (its text stays in the attributes)."""
        read = self.norm(target, "metres")
        return np.where(read.low == read.high, read.low, np.nan)

    def numbers(self, target: str, *, whole: bool = False) -> NDArray[np.float64]:
        """Positive amounts, also as text; NaN where not stated, or (a finding) not understood."""
        source = self._source(target)
        indices, distinct = pd.factorize(self._cells(source), use_na_sentinel=True)
        read = np.full(len(distinct) + 1, np.nan)
        for number, value in enumerate(distinct):
            amount = _amount(value, whole)
            if amount is not None:
                read[number] = amount
            elif source is not None:
                self._find("NUMBER_UNREADABLE", source, indices == number, str(value))
        return read[indices]

    def _find(self, code: str, source: Source, rows: NDArray[np.bool_], value: str) -> None:
        first = int(np.flatnonzero(self.mask)[np.flatnonzero(rows)[0]])
        count = int(rows.sum())
        self.inspection.issues.append(
            self.layer.finding(code, first, column=source.column, value=value, count=count)
        )
