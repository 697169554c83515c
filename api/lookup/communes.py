"""From a commune as people write it, code or name, old or new, to the codes it may mean."""

from datetime import date

from api.deps import Pool
from schemas.errors import UnknownCommune
from schemas.unit_values import UnitMatch
from schemas.units import answer_units, ask_units, unit_query
from schemas.words import Words


async def commune_codes(database: Pool, text: str, valid_at: date) -> list[str]:
    """Every commune code that `text` may mean on a day; several parcels are the asker's choice.

    A code stands for itself. A name of that day stands for the communes that bear it. The name of
    a former commune stands for that commune's own code: its sheets were numbered apart.
    """
    text = text.strip()
    if text.isdecimal():
        return [text]
    question = ask_units(text, valid_at, "commune")
    rows = await database.fetch(*unit_query(question))
    found = answer_units(question, [row["found"] for row in rows])
    return sorted({code for match in found.matches for code in _codes(match)})


async def known_commune_codes(database: Pool, text: str, valid_at: date) -> list[str]:
    """The same. Raises UnknownCommune where no commune bears or bore the name."""
    codes = await commune_codes(database, text, valid_at)
    if not codes:
        raise UnknownCommune(
            Words(
                f"Không có phường, xã, đặc khu nào tên “{text}” (ngày {valid_at:%d/%m/%Y}).",
                f"No commune is or was called “{text}” (day {valid_at.isoformat()}).",
            ),
            remedy=Words("Tìm tên ở /v1/admin-units?q=…", "Find names at /v1/admin-units?q=…"),
        )
    return codes


def _codes(match: UnitMatch) -> tuple[str, ...]:
    former = match.matched_by == "former_name" and match.old_codes
    return tuple(match.old_codes) if former else (match.code,)
