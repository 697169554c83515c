"""The places one may watch: a parcel, a commune, a drawn area; each with its ground."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from api.changes.areas import ground_of, read
from api.changes.queries import QUERIES
from api.deps import Pool
from api.lookup.ask import candidates
from api.lookup.communes import known_commune_codes
from maps.pages import Lang
from schemas.day import legal_day
from schemas.errors import NotFound, SeveralParcels, UnknownCommune, UnknownParcel
from schemas.parcel_keys import key_part
from schemas.words import Words


@dataclass(frozen=True)
class Place:
    """`path`: its part of an address, as in `/feeds/{path}.atom`; `ground`: WKB, storage CRS.

    `parcel_id`: which of several that share the key, where one was chosen.
    """

    path: str
    title: Words
    page: str
    ground: bytes
    invented: bool = False
    parcel_id: int | None = None

    @property
    def chosen(self) -> str:
        """What an address of this place ends with, so that it leads to the one that was chosen."""
        return _chosen(self.parcel_id)

    def feed(self, form: str, lang: Lang) -> str:
        """The address of its feed on this site."""
        english = ("&" if self.chosen else "?") + "lang=en" if lang == "en" else ""
        return f"/feeds/{self.path}.{form}{self.chosen}{english}"


def _chosen(parcel_id: int | None) -> str:
    return "" if parcel_id is None else f"?parcel_id={parcel_id}"


async def parcel_place(
    database: Pool, commune: str, sheet: str, number: str, parcel_id: int | None, moment: datetime
) -> Place:
    """The parcel of today that a key leads to. Raises SeveralParcels, UnknownParcel."""
    day = legal_day(moment)
    codes = await known_commune_codes(database, commune, day)
    key = (codes, key_part(sheet), key_part(number))
    rows = await database.fetch(QUERIES["parcels"], moment, day, *key, parcel_id)
    if not rows:
        raise UnknownParcel([])
    if len(rows) > 1:
        raise SeveralParcels(
            candidates([dict(row) | {"commune": {"name": row["commune"]}} for row in rows])
        )
    row = rows[0]
    parts = [quote(part, safe="") for part in (row["commune_code"], row["sheet"], row["number"])]
    where = row["commune"] or row["commune_code"]
    return Place(
        path="parcels/" + "/".join(parts),
        title=Words(
            f"Thửa {row['number']}, tờ {row['sheet']}, {where}",
            f"Parcel {row['number']}, sheet {row['sheet']}, {where}",
        ),
        page="/parcels/" + "/".join(parts) + _chosen(parcel_id),
        ground=row["wkb"],
        invented=bool(row["invented"]),
        parcel_id=parcel_id,
    )


async def commune_place(database: Pool, code: str, moment: datetime) -> Place:
    """A commune of today. Raises UnknownCommune; NotFound where its boundary is not known."""
    row = await database.fetchrow(QUERIES["commune"], code, legal_day(moment))
    if row is None:
        raise UnknownCommune(
            Words(
                f"Hôm nay không có phường, xã nào mang mã {code}.",
                f"No commune bears the code {code} today.",
            ),
            remedy=Words(
                f"Xem /v1/admin-units?q={code} để biết đơn vị kế thừa.",
                f"See /v1/admin-units?q={code} for its successors.",
            ),
        )
    if row["wkb"] is None:
        raise NotFound(
            Words(
                f"Sổ chưa có ranh giới của {row['full_name']}, nên không biết thay đổi nào ở đó.",
                f"The register has no boundary of {row['full_name']}, so it cannot tell what "
                "changes there.",
            )
        )
    return Place(
        path=f"communes/{code}",
        title=Words(row["full_name"], row["full_name"]),
        page=f"/watch/communes/{code}",
        ground=row["wkb"],
        invented=row["invented"],
    )


def area_place(text: str, storage_srid: int) -> Place:
    """A drawn area; all of it stands in its address. Raises BadQuestion."""
    return Place(
        path=f"areas/{text}",
        title=Words("Vùng đã vẽ", "The drawn area"),
        page=f"/watch/areas/{text}",
        ground=ground_of(read(text), storage_srid),
    )
