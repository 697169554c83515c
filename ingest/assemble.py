"""From inspected layers to plan versions: the frames that the register's tables are loaded from."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon

from ingest.delivery import DeliveredDocument, DeliveredVersion
from ingest.facts import PlanRows
from ingest.inspection import Inspection, Layer
from ingest.plan_facts import PlanFacts, read_plan_facts
from schemas.indicators import Indicators, Norm, parse_indicators
from schemas.issues import Issue
from schemas.profiles.model import Source
from schemas.themes import LINE_THEMES

ZONE_TEXTS = ("symbol", "function_1", "function_2", "function_3", "land_use_code")
NORMS: tuple[Norm, ...] = ("density", "storeys", "far")
SOURCE = ["attributes", "source_file", "source_layer", "source_row", "geom"]
ZONE_COLUMNS = [
    "level", *ZONE_TEXTS, "area_declared_m2", "area_m2",
    *(f"{norm}_{end}" for norm in NORMS for end in ("min", "max", "text")),
    "setback_m", "population", *SOURCE,
]  # fmt: skip
LINE_COLUMNS = ["kind", "name", "setback_m", "width_m", *SOURCE]
FEATURE_COLUMNS = ["layer", "theme", "name", *SOURCE]


def split_plans(inspection: Inspection) -> list[PlanRows]:
    """The rows of each plan: one plan per dossier, or one per value of the plan code column."""
    by_column = [
        source.column
        for source in inspection.rules.plan.code
        if source.column and source.sheet is None and source.layer is None
    ]
    if not by_column:
        everything = tuple((layer, np.ones(len(layer), bool)) for layer in inspection.layers)
        return [PlanRows(None, everything)]
    return _split_by(inspection, by_column[0])


def _split_by(inspection: Inspection, column: str) -> list[PlanRows]:
    parts: dict[str, list[tuple[Layer, NDArray[np.bool_]]]] = {}
    for layer in inspection.layers:
        if column not in layer.attributes.columns:
            inspection.issues.append(layer.finding("LAYER_WITHOUT_PLAN", column=column))
            continue
        codes = layer.attributes[column].fillna("").astype(str).to_numpy()
        empty = np.flatnonzero(codes == "")
        if len(empty):
            first = int(empty[0])
            issue = layer.finding("PLAN_CODE_EMPTY", first, column=column, count=len(empty))
            inspection.issues.append(issue)
        for code in np.unique(codes[codes != ""]):
            parts.setdefault(str(code), []).append((layer, codes == code))
    return [PlanRows(code, tuple(found)) for code, found in sorted(parts.items())]


def assemble(
    inspection: Inspection, rows: PlanRows, documents: tuple[DeliveredDocument, ...]
) -> tuple[DeliveredVersion | None, PlanFacts | None]:
    """One plan version from its rows; None where code, boundary or date are missing (findings)."""
    told = read_plan_facts(inspection, rows)
    if told is None:
        return None, None
    filled = [part for part in rows.parts if part[1].any()]
    zones = _stacked((_zones(inspection, *part) for part in filled), ZONE_COLUMNS)
    lines = _stacked((_lines(inspection, *part) for part in filled), LINE_COLUMNS)
    features = _stacked((_features(*part) for part in filled), FEATURE_COLUMNS)
    boundary = _boundary(inspection, rows, zones)
    if told.valid_from is None:
        inspection.issues.append(_no_decision_date(inspection, told))
    elif told.decision_no is None and inspection.rules.plan.decision_no:
        inspection.issues.append(Issue("DECISION_NUMBER_MISSING", detail={"plan": told.code}))
    if told.valid_from is None or boundary is None:
        return None, told
    version = DeliveredVersion(
        plan_id=told.plan_id,
        plan_code=told.code,
        plan_name=told.name,
        plan_kind=told.kind,
        plan_level=told.level,
        authority=told.authority,
        adjustment_kind=told.adjustment_kind,
        decision_no=told.decision_no,
        decision_date=told.decision_date,
        valid_from=told.valid_from,
        valid_to=told.valid_to,
        national_status=told.national_status,
        scale=told.scale,
        tolerance_m=told.tolerance_m,
        representation="vector" if len(zones) or len(lines) or len(features) else "scan",
        boundary=boundary,
        themes=_themes(zones, lines, features),
        zones=zones,
        lines=lines,
        features=features,
        documents=documents,
        attributes=_statements(inspection, rows),
    )
    return version, told


def _no_decision_date(inspection: Inspection, told: PlanFacts) -> Issue:
    source = next((s for s in inspection.rules.plan.decision_date if s.column), None)
    book = inspection.workbook
    return Issue(
        "DECISION_MISSING",
        file=book.path if book and source and source.sheet else None,
        layer=(source.sheet or source.layer) if source else None,
        column=source.column if source else None,
        detail={"plan": told.code},
    )


def _themes(zones: pd.DataFrame, lines: pd.DataFrame, features: pd.DataFrame) -> frozenset[str]:
    """What the version speaks about: a layer without rows proves nothing."""
    drawn = set(lines["kind"])
    themes = {theme for theme, kind in LINE_THEMES.items() if kind in drawn}
    themes |= set(features["theme"].dropna())
    return frozenset(themes | ({"land_use"} if len(zones) else set()))


def _boundary(inspection: Inspection, rows: PlanRows, zones: pd.DataFrame) -> MultiPolygon | None:
    """Union of the boundary layer's areas, or of the zones where the profile has no such layer."""
    drawn = [
        layer.geoms[mask & ~shapely.is_missing(layer.geoms)]
        for layer, mask in rows.parts
        if layer.becomes == "boundary"
    ]
    rule = inspection.rules.boundary_rule
    if rule is None:
        drawn = [zones["geom"].to_numpy(dtype=object)]
    areas = np.concatenate(drawn) if drawn else np.array([], dtype=object)
    if not len(areas):
        if rule is not None and not _faults(inspection, rule.layer):
            detail = {"name": rule.layer}
            inspection.issues.append(Issue("BOUNDARY_MISSING", layer=rule.layer, detail=detail))
        return None
    union = shapely.union_all(areas)
    parts = shapely.get_parts(union)
    polygons = parts[shapely.get_type_id(parts) == 3]
    return MultiPolygon(list(polygons)) if len(polygons) else None


def _faults(inspection: Inspection, layer: str | None) -> bool:
    """Whether an error already says why a layer has nothing to give."""
    return any(issue.layer == layer and issue.level == "ERROR" for issue in inspection.issues)


def _statements(inspection: Inspection, rows: PlanRows) -> dict[str, Any]:
    """Whatever the sheets and the boundary layer state, as delivered."""
    book = inspection.workbook
    stated: dict[str, Any] = {
        name: [{column: _json(cell) for column, cell in row.items()} for row in sheet.rows]
        for name, sheet in (book.sheets.items() if book else ())
    }
    for layer, mask in rows.parts:
        if layer.becomes == "boundary":
            stated.setdefault(layer.name, []).extend(_attributes(layer, mask))
    return stated


def _json(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _attributes(layer: Layer, mask: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """The rows' attributes as dictionaries ready for JSON, under the standard's names."""
    frame = layer.attributes[mask]
    names = [str(name) for name in frame.columns]
    if not names:
        return [{} for _ in range(len(frame))]
    columns = [[_json(cell) for cell in frame[name].tolist()] for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _sourced(layer: Layer, mask: NDArray[np.bool_]) -> dict[str, Any]:
    """The columns every content row has: where it comes from, what it said, where it lies."""
    count = int(mask.sum())
    return {
        "attributes": _objects(_attributes(layer, mask)),
        "source_file": _objects([layer.file] * count),
        "source_layer": _objects([layer.name] * count),
        "source_row": layer.rows[mask],
        "geom": _objects(layer.geoms[mask]),
    }


def _stacked(frames: Iterator[pd.DataFrame | None], columns: list[str]) -> pd.DataFrame:
    found = [frame for frame in frames if frame is not None and len(frame)]
    if not found:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    return pd.concat(found, ignore_index=True)[columns]


def _objects(cells: Iterable[Any]) -> "pd.Series[Any]":
    """A column of texts or dictionaries as they are: None stays None."""
    return pd.Series(list(cells), dtype=object)


def _zones(inspection: Inspection, layer: Layer, mask: NDArray[np.bool_]) -> pd.DataFrame | None:
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
    population = reader.numbers("population")
    columns |= {
        "area_declared_m2": reader.numbers("area_declared_m2"),
        "setback_m": reader.norm("setback_m", "metres").low,
        "population": pd.array(np.where(population < 0, np.nan, population).round(), dtype="Int64"),
        "area_m2": shapely.area(layer.geoms[mask]),
    }
    return pd.DataFrame(
        {**columns, "level": _objects([layer.rule.level] * reader.count), **_sourced(layer, mask)}
    )


def _lines(inspection: Inspection, layer: Layer, mask: NDArray[np.bool_]) -> pd.DataFrame | None:
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


def _features(layer: Layer, mask: NDArray[np.bool_]) -> pd.DataFrame | None:
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
    return [None if cell in (None, "") else str(_json(cell)) for cell in cells.tolist()]


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

    def numbers(self, target: str) -> NDArray[np.float64]:
        """Numbers; also those written as text with a decimal comma."""
        read = parse_indicators(self._cells(self._source(target)), "as_written", "storeys")
        return np.where(read.low == read.high, read.low, np.nan)

    def _find(self, code: str, source: Source, rows: NDArray[np.bool_], value: str) -> None:
        first = int(np.flatnonzero(self.mask)[np.flatnonzero(rows)[0]])
        count = int(rows.sum())
        self.inspection.issues.append(
            self.layer.finding(code, first, column=source.column, value=value, count=count)
        )
