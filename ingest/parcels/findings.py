"""What a parcel file's run found: faulty shapes one by one, missing and repeated keys in groups."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingest.parcels.rows import Array, ParcelRows
from ingest.parcels.shapes import OTHER_KINDS, Faulty
from ingest.shapes import shown_area
from schemas.crs import WGS84, project_one
from schemas.issues import Issue
from schemas.profiles.parcels import FieldName
from schemas.words import Words

LOCATED = 1_000
"""As many faulty shapes of one kind are listed with their place; the others are counted."""

FIRST_PLACES = 10
_KEY_WORDS: dict[FieldName, Words] = {
    "commune": Words("mã xã", "commune"),
    "sheet": Words("số tờ", "sheet"),
    "number": Words("số thửa", "number"),
}
_JOIN = "\x1f"

_WRONG_KIND = Words(
    "hình sai loại ({why}), thửa phải là vùng (Polygon)",
    "its geometry is a {why}, a parcel must be a Polygon",
)
_SHAPE_WORDS = {
    "empty": Words("không có hình", "it has no geometry"),
    **dict.fromkeys(OTHER_KINDS, _WRONG_KIND),
}


@dataclass
class _Group:
    """How many rows share a finding, and the first of them."""

    row: int
    count: int = 0


@dataclass
class ParcelFindings:
    """Gathers the findings of one file batch by batch. `srid`: the storage CRS."""

    file: str
    layer: str
    srid: int
    not_taken: tuple[str, ...]
    held_back: int = 0
    _listed: dict[str, list[Issue]] = field(default_factory=dict)
    _unlisted: dict[str, _Group] = field(default_factory=dict)
    _lacking: dict[FieldName, _Group] = field(default_factory=dict)
    _keys: list[Array] = field(default_factory=list)
    _rows: list[Array] = field(default_factory=list)

    def add(self, batch: ParcelRows) -> None:
        """Take note of one batch."""
        for fault in batch.faults:
            self._add_fault(fault)
        if len(batch):
            self._add_keys(batch)

    def issues(self) -> tuple[Issue, ...]:
        """All findings of the file."""
        return tuple(self._issues())

    def _issues(self) -> Iterator[Issue]:
        for listed in self._listed.values():
            yield from listed
        for code, group in self._unlisted.items():
            yield self._issue(code, row=group.row, count=group.count, detail=_shape("…"))
        for name, group in self._lacking.items():
            lacking = _KEY_WORDS[name]
            yield self._issue(
                "PARCEL_KEY_MISSING", row=group.row, column=name, count=group.count,
                detail={"why_vi": lacking.vi, "why_en": lacking.en},
            )  # fmt: skip
        yield from self._repeated()
        if self.not_taken:
            names = ", ".join(self.not_taken)
            yield self._issue("COLUMN_NOT_TAKEN", column=names, count=len(self.not_taken))

    def _add_fault(self, fault: Faulty) -> None:
        repaired = fault.after_m2 is not None
        self.held_back += not repaired
        code = "GEOMETRY_REPAIRED" if repaired else "PARCEL_HELD_BACK"
        listed = self._listed.setdefault(code, [])
        if len(listed) >= LOCATED:
            self._unlisted.setdefault(code, _Group(fault.row)).count += 1
            return
        place = None if fault.place is None else project_one(fault.place, self.srid, WGS84)
        detail = _shape(fault.why, fault.before_m2, fault.after_m2)
        listed.append(self._issue(code, row=fault.row, value=fault.why, geom=place, detail=detail))

    def _add_keys(self, batch: ParcelRows) -> None:
        """Keep the batch's whole keys (some 20 bytes each) to find the repeated ones at the end."""
        nothing = pa.nulls(len(batch), pa.string())
        parts = {name: batch.fields.get(name, nothing) for name in _KEY_WORDS}
        for name, part in parts.items():
            if part.null_count:
                first = batch.rows.filter(part.is_null())[0].as_py()
                self._lacking.setdefault(name, _Group(first)).count += part.null_count
        keys = pc.binary_join_element_wise(*parts.values(), _JOIN)
        if keys.null_count < len(keys):
            self._keys.append(keys.drop_null())
            self._rows.append(batch.rows.filter(keys.is_valid()))

    def _repeated(self) -> Iterator[Issue]:
        if not self._keys:
            return
        table = pa.table({"key": pa.chunked_array(self._keys), "row": pa.chunked_array(self._rows)})
        groups = table.group_by("key", use_threads=False).aggregate([("row", "count")])
        repeated = groups.filter(pc.greater(groups["row_count"], 1))
        if not len(repeated):
            return
        among = table.filter(pc.is_in(table["key"], repeated["key"].combine_chunks()))
        places = [
            {"key": place["key"].replace(_JOIN, "/"), "row": place["row"]}
            for place in among.slice(0, FIRST_PLACES).to_pylist()
        ]
        yield self._issue(
            "PARCEL_KEY_REPEATED",
            row=places[0]["row"],
            value=places[0]["key"],
            count=len(repeated),
            detail={"keys": len(repeated), "parcels": len(among), "first": places},
        )

    def _issue(self, code: str, **place: Any) -> Issue:
        return Issue(code, file=self.file, layer=self.layer, **place)


def _shape(why: str, before_m2: float = 0.0, after_m2: float | None = None) -> dict[str, Any]:
    """What the catalogue's sentences on shapes ask for; areas to the square decimetre."""
    after = before_m2 if after_m2 is None else after_m2
    told = _SHAPE_WORDS.get(
        why, Words("hình không hợp lệ ({why})", "its geometry is invalid ({why})")
    )
    return {
        "reason": why,
        "why_vi": told.filled(why=why).vi,
        "why_en": told.filled(why=why).en,
        "area_before_m2": shown_area(before_m2, 2),
        "area_after_m2": shown_area(after, 2),
        "difference_m2": shown_area(after - before_m2, 2),
    }
