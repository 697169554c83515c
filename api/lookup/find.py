"""The search box: every parcel that fits what was typed, never a silent pick."""

from datetime import date, datetime
from typing import Any

import orjson

from api.deps import Pool
from api.lookup.ask import (
    QUERIES_NEAR,
    Question,
    answer,
    by_lonlat,
    by_northing_easting,
    candidates,
)
from api.lookup.communes import commune_codes
from api.lookup.typed import (
    KeyTyped,
    PlaneTyped,
    PointTyped,
    Typed,
    WordsTyped,
    read_query,
)
from schemas.errors import SeveralParcels, UnknownParcel
from schemas.parcel_keys import key_part
from schemas.words import Words

LISTED = 50
"""Parcels listed at the most; the query finds one more, to tell that there are more."""

NOTHING = {
    "key": Words(
        "Sổ không có thửa đất nào mang số tờ, số thửa này.",
        "No parcel in this register bears this sheet and number.",
    ),
    "place": Words(
        "Không có đơn vị hành chính nào khớp với tên đã nhập.",
        "No administrative unit fits the name you typed.",
    ),
    "point": Words(
        "Sổ không có thửa đất nào tại tọa độ này.", "This register has no parcel at this point."
    ),
    "words": Words(
        "Chưa hiểu nội dung đã nhập. Ví dụ: 5/12 · tờ 5 thửa 12 Phường Minh Họa · 106.75, 10.31.",
        "This is not understood. For example: 5/12 · tờ 5 thửa 12 Phường Minh Họa · 106.75, 10.31.",
    ),
}


async def find_parcels(
    database: Pool, text: str, valid_at: date, known_at: datetime, storage_srid: int
) -> dict[str, Any]:
    """`search/1`: the parcels that fit, whether there is exactly one, and if none, why."""
    typed = read_query(text)
    items, reason = await _candidates(database, typed, valid_at, known_at, storage_srid)
    return {
        "schema": "search/1",
        "q": text,
        "valid_at": valid_at.isoformat(),
        "known_at": known_at.isoformat(),
        "understood_as": type(typed).__name__.removesuffix("Typed").lower(),
        "read_in": f"EPSG:{storage_srid}" if isinstance(typed, PlaneTyped) else None,
        "unique": len(items) == 1,
        "more": len(items) > LISTED,
        "items": items[:LISTED],
        "why": None if items else NOTHING[reason]._asdict(),
    }


async def _candidates(
    database: Pool,
    typed: Typed,
    valid_at: date,
    known_at: datetime,
    storage_srid: int,
) -> tuple[list[dict[str, Any]], str]:
    if isinstance(typed, KeyTyped):
        return await _by_key(database, typed, valid_at, known_at)
    if isinstance(typed, WordsTyped):
        return [], "words"
    if isinstance(typed, PointTyped):
        question = by_lonlat(typed.lon, typed.lat, storage_srid)
        return await _by_question(database, question, valid_at, known_at), "point"
    if isinstance(typed, PlaneTyped):
        question = by_northing_easting(typed.northing, typed.easting, storage_srid, storage_srid)
        return await _by_question(database, question, valid_at, known_at), "point"
    question = Question("code", (typed.code,))
    return await _by_question(database, question, valid_at, known_at), "key"


async def _by_key(
    database: Pool, typed: KeyTyped, valid_at: date, known_at: datetime
) -> tuple[list[dict[str, Any]], str]:
    codes = await commune_codes(database, typed.place, valid_at) if typed.place else None
    if codes == []:
        return [], "place"
    rows = await database.fetch(
        QUERIES_NEAR["by_sheet_number"],
        known_at,
        valid_at,
        key_part(typed.sheet),
        key_part(typed.number),
        codes,
    )
    return candidates([_plain(orjson.loads(row[0])) for row in rows]), "key"


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"matched_by": row["matched_by"].split(" ")[-1]}


async def _by_question(
    database: Pool, question: Question, valid_at: date, known_at: datetime
) -> list[dict[str, Any]]:
    try:
        document = await answer(database, question, valid_at, known_at)
    except SeveralParcels as several:
        return several.candidates
    except UnknownParcel:
        return []
    parcel = document["parcel"]
    if parcel is None:
        return []
    row = parcel | {"commune_code": parcel["commune"]["code"], "former": parcel["former_keys"]}
    return candidates([row])
