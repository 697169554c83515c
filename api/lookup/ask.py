"""Asking the register about one place. The SQL is in `lookup.sql`; the shaping is pure."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from api.deps import Pool
from api.lookup.shape import parcel_url, shape_answer
from schemas.crs import VN2000, WGS84, transformer
from schemas.errors import BadQuestion, SeveralParcels, UnknownParcel
from schemas.parcel_keys import key_part
from schemas.queries import load_queries
from schemas.words import Words

QUERIES = load_queries(Path(__file__).with_name("lookup.sql"))
QUERIES_NEAR = load_queries(Path(__file__).with_name("find.sql"))


def statement(subject: str) -> str:
    """The one SQL statement that answers for a kind of subject (point, key, code, id)."""
    return f"WITH {QUERIES[f'subject_by_{subject}']}\n{QUERIES['answer']}"


STATEMENTS = {kind: statement(kind) for kind in ("point", "key", "code", "id", "geometry")}


@dataclass(frozen=True)
class Question:
    """One question: which subject, its values in the statement's order, and how it was asked."""

    subject: str
    values: tuple[object, ...]
    asked: dict[str, Any] = field(default_factory=dict)


def by_key(codes: list[str], sheet: str, number: str, asked: dict[str, Any]) -> Question:
    """A question for a sheet and number under any of these commune codes."""
    return Question("key", (codes, key_part(sheet), key_part(number)), asked)


def by_lonlat(lon: float, lat: float, storage_srid: int) -> Question:
    """A question for a point in WGS 84. Raises BadQuestion where the point has no place."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadQuestion(
            Words(
                f"Kinh độ {lon:g}, vĩ độ {lat:g} nằm ngoài Trái Đất.",
                f"Longitude {lon:g}, latitude {lat:g} is off the Earth.",
            ),
            remedy=Words("lon từ -180 đến 180, lat từ -90 đến 90.", "lon -180..180, lat -90..90."),
        )
    x, y = transformer(WGS84, storage_srid).transform(lon, lat)
    return Question("point", _finite(x, y), {"lon": lon, "lat": lat})


def by_northing_easting(first: float, second: float, srid: int, storage_srid: int) -> Question:
    """A question for projected coordinates, northing first as land certificates print them.

    In VN-2000 no easting can be a northing, so a pair given the other way round has one reading
    too; the reading used stands in `asked`.
    """
    northing, easting = first, second
    if srid in VN2000 and VN2000[srid].meridian is not None and second > 900_000 > first:
        northing, easting = second, first
    x, y = transformer(srid, storage_srid).transform(easting, northing)
    asked = {"northing": northing, "easting": easting, "crs": f"EPSG:{srid}"}
    if northing != first:
        asked["read_as"] = "easting, northing"
    return Question("point", _finite(x, y), asked)


def _finite(x: float, y: float) -> tuple[float, float]:
    if abs(x) < 1e8 and abs(y) < 1e8:
        return (x, y)
    raise BadQuestion(
        Words(
            "Tọa độ nằm ngoài vùng dùng được của hệ tọa độ.",
            "The coordinates lie outside of the area of use of the CRS.",
        )
    )


def candidates(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Parcels offered for choice; each has an address of its own, even where keys repeat."""
    offered = [candidate(row) for row in rows]
    addresses = [each["url"] for each in offered]
    for each in offered:
        if each["url"] is None or addresses.count(each["url"]) > 1:
            each["url"] = f"{each['url'] or '/parcels/-/-/-'}?parcel_id={each['parcel_id']}"
    return offered


def candidate(row: dict[str, Any]) -> dict[str, Any]:
    """A parcel as it is offered for choice."""
    commune = row.get("commune") or {}
    return {
        "parcel_id": row["id"],
        "commune_code": row["commune_code"],
        "commune": commune.get("name"),
        "sheet": row["sheet"],
        "number": row["number"],
        "address": row.get("address"),
        "area_m2": row["area_m2"],
        "matched_by": row["matched_by"],
        "former_keys": row.get("former") or [],
        "invented": bool(row["invented"]),
        "url": parcel_url(row["commune_code"], row["sheet"], row["number"]),
        "lookup": f"/v1/lookup?parcel_id={row['id']}",
    }


async def answer(
    database: Pool, question: Question, valid_at: date, known_at: datetime
) -> dict[str, Any]:
    """The answer document.

    Raises SeveralParcels, UnknownParcel (a key that leads nowhere), DatabaseUnavailable.
    """
    text = await database.fetchval(
        STATEMENTS[question.subject], known_at, valid_at, *question.values
    )
    facts = orjson.loads(text)
    if len(facts["parcels"]) > 1:
        raise SeveralParcels(candidates(facts["parcels"]))
    if not facts["parcels"] and question.subject not in ("point", "geometry"):
        raise UnknownParcel(await _nearest(database, question, valid_at, known_at))
    return shape_answer(facts, question.asked, valid_at, known_at)


async def _nearest(
    database: Pool, question: Question, valid_at: date, known_at: datetime
) -> list[dict[str, Any]]:
    """Parcels whose keys come nearest to one that does not exist."""
    if question.subject != "key":
        return []
    rows = await database.fetch(QUERIES_NEAR["nearest_keys"], known_at, valid_at, *question.values)
    return candidates([orjson.loads(row[0]) for row in rows])
