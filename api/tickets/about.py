"""What a report is about: a parcel, a plan version, a zone of it or a point, looked up first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.deps import Pool
from api.lookup.ask import by_lonlat
from api.lookup.communes import known_commune_codes
from api.tickets.queries import QUERIES
from schemas.day import legal_day
from schemas.errors import BadQuestion, NotFound, UnknownParcel
from schemas.parcel_keys import key_part
from schemas.plan_levels import fineness
from schemas.words import Words

WHICH = Words(
    "Phản ánh cần một đối tượng: parcel=XÃ/TỜ/THỬA; plan và version (có thể thêm zone); hoặc lon "
    "và lat.",
    "A report needs its object: parcel=COMMUNE/SHEET/NUMBER; plan and version (and perhaps zone); "
    "or lon and lat.",
)
NO_VERSION = Words(
    "Sổ không có phiên bản quy hoạch đã công bố này.", "There is no such published plan version."
)


@dataclass(frozen=True)
class Subject:
    """`words`: stored as they are; `reference`: the object by its public names.

    `place`: easting and northing in the storage CRS; `authority_id`: whose answer is due.
    """

    words: str
    reference: dict[str, Any]
    place: tuple[float | None, float | None] = (None, None)
    parcel_id: int | None = None
    authority_id: int | None = None


async def subject_of(
    database: Pool, fields: dict[str, str], storage_srid: int, moment: datetime
) -> Subject:
    """The object that the fields name. Raises BadQuestion, NotFound, UnknownParcel."""
    given = {name: value.strip() for name, value in fields.items() if value.strip()}
    given.pop("message", None)
    names = frozenset(given)
    point = {"lon", "lat"} <= names
    rest = names - {"lon", "lat"}
    if point != bool(names & {"lon", "lat"}) or any("\x00" in value for value in given.values()):
        raise BadQuestion(WHICH)
    place = _place(given, storage_srid) if point else (None, None)
    if rest == {"parcel"}:
        return await _parcel(database, given, place, moment)
    if rest in ({"plan", "version"}, {"plan", "version", "zone"}):
        return await _version(database, given, place)
    if rest or not point:
        raise BadQuestion(WHICH)
    lon, lat = float(given["lon"]), float(given["lat"])
    office = await _office(database, moment, place, None)
    words = f"Điểm trên bản đồ: kinh độ {lon:.6f}, vĩ độ {lat:.6f}"
    return Subject(words, _point(given), place, None, office)


def _place(given: dict[str, str], storage_srid: int) -> tuple[float, float]:
    try:
        lon, lat = float(given["lon"]), float(given["lat"])
    except ValueError as error:
        raise BadQuestion(WHICH) from error
    x, y = by_lonlat(lon, lat, storage_srid).values
    return float(str(x)), float(str(y))


def _point(given: dict[str, str]) -> dict[str, Any]:
    if "lon" not in given:
        return {}
    return {"lon": round(float(given["lon"]), 6), "lat": round(float(given["lat"]), 6)}


async def _parcel(
    database: Pool,
    given: dict[str, str],
    place: tuple[float | None, float | None],
    moment: datetime,
) -> Subject:
    parts = given["parcel"].split("/", 2)
    if len(parts) != 3 or not all(part.strip() for part in parts):
        raise BadQuestion(WHICH)
    day = legal_day(moment)
    codes = await known_commune_codes(database, parts[0], day)
    key = (codes, key_part(parts[1]), key_part(parts[2]))
    rows = await database.fetch(QUERIES["parcel"], moment, day, *key)
    if not rows:
        raise UnknownParcel([])
    row = rows[0]
    words = f"Thửa {row['number']}, tờ {row['sheet']}, {row['commune'] or row['commune_code']}"
    name = f"{row['commune_code']}/{row['sheet']}/{row['number']}"
    office = await _office(database, moment, place, row["id"])
    parcel_id = row["id"] if len(rows) == 1 and place == (None, None) else None
    return Subject(words, {"parcel": name, **_point(given)}, place, parcel_id, office)


async def _version(
    database: Pool, given: dict[str, str], place: tuple[float | None, float | None]
) -> Subject:
    version = given["version"]
    if not (version.isascii() and version.isdigit() and 0 < int(version) < 2**31):
        raise BadQuestion(WHICH)
    row = await database.fetchrow(QUERIES["version"], given["plan"], int(version))
    if row is None:
        raise NotFound(NO_VERSION)
    reference: dict[str, Any] = {"plan": row["id"], "version": row["ordinal"]}
    words = f"{row['name']}, phiên bản {row['ordinal']}"
    if zone := given.get("zone"):
        drawn = await database.fetchval(QUERIES["zone"], row["id"], row["ordinal"], zone)
        if not drawn:
            raise NotFound(
                Words(
                    f"Phiên bản này không vẽ ô, lô nào mang ký hiệu “{zone}”.",
                    f"This version draws no zone with the symbol “{zone}”.",
                )
            )
        reference, words = reference | {"zone": zone}, f"{words}, ô “{zone}”"
    return Subject(words, reference | _point(given), place, None, row["authority_id"])


async def _office(
    database: Pool,
    moment: datetime,
    place: tuple[float | None, float | None],
    parcel_id: int | None,
) -> int | None:
    """The authority of the finest plan in force there; None where two are equally fine."""
    rows = await database.fetch(QUERIES["offices"], moment, legal_day(moment), *place, parcel_id)
    finest = max((fineness(row["level"]) for row in rows), default=None)
    offices = {row["authority_id"] for row in rows if fineness(row["level"]) == finest}
    return offices.pop() if len(offices) == 1 else None
