"""What a sheet is made from: the answer, and the shapes of the very same state of the register."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import shapely
from shapely import Geometry

from api.deps import Pool
from api.lookup.routes import OneOf, ParcelPath, parcel_document
from maps.extract.scale import Sheet, sheet_of
from schemas.errors import Busy, UnknownParcel
from schemas.queries import load_queries

QUERIES = load_queries(Path(__file__).with_name("extracts.sql"))
TRIES = 3


@dataclass(frozen=True)
class Gathered:
    """An answer with its shapes. `identity`: equal for answers that say the same."""

    answer: dict[str, Any]
    parcel: Geometry
    sheet: Sheet
    shapes: list[dict[str, Any]]
    identity: str


async def gather(parts: ParcelPath, query: OneOf, database: Pool, moment: datetime) -> Gathered:
    """Answer and shapes of one parcel, wholly before or wholly after any change of the register.

    Raises what the answer raises, and Busy where the register changes all the time.
    """
    for _ in range(TRIES):
        answer = await parcel_document(parts, query, database, moment)
        day, known_at = query.times(moment)
        parcel_id = answer["parcel"]["id"]
        wkb = await database.fetchval(QUERIES["parcel_shape"], parcel_id)
        if wkb is None:
            raise UnknownParcel([])
        parcel = shapely.from_wkb(wkb)
        sheet = sheet_of(parcel)
        rows = await database.fetch(QUERIES["around"], known_at, day, parcel_id, *sheet.bounds)
        revision, *shapes = [dict(row) for row in rows]
        if int(revision["label"]) == answer["revision"]:
            given = query.known_at is not None
            return Gathered(answer, parcel, sheet, shapes, identity(answer, known_at_given=given))
    raise Busy


def identity(answer: dict[str, Any], *, known_at_given: bool) -> str:
    """Hash of what an answer says: how it was asked, and when, is no part of it.

    Without a `known_at` of the asker's own, an answer given later that says the same is the same.
    """
    left_out = {"asked"} if known_at_given else {"asked", "known_at"}
    said = {key: value for key, value in answer.items() if key not in left_out}
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
