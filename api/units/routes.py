"""`GET /v1/admin-units`: which unit a code or name means on a day."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints

from api.deps import Database, Now
from api.params import Asked
from api.units.find import units_document
from schemas.answers_units import AdminUnitsDocument, Level
from schemas.day import legal_day
from schemas.errors import BadQuestion
from schemas.units import answer_units, ask_units, unit_query
from schemas.words import Words

router = APIRouter()

ONE_WAY = Words("Hãy nêu q (tên hoặc mã) hoặc code (mã).", "Give q (name or code) or code.")

UnitText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]+$"),
]
UnitCode = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}|[0-9]{3}|[0-9]{5})$")]


class UnitsQuery(Asked):
    """A name or a code, and the day on which it is meant."""

    q: UnitText | None = Field(
        None, description="Tên (có hoặc không dấu) hoặc mã / name or code: Phường 1, Quận 3"
    )
    code: UnitCode | None = Field(None, description="Mã đơn vị / unit code: 2, 3 or 5 digits")
    level: Level | None = Field(None, description="Cấp của tên đã hỏi / level of the asked unit")
    at: date | None = Field(None, description="Ngày pháp lý / legal day (YYYY-MM-DD)")
    limit: int = Field(20, ge=1, le=500)


@router.get("/v1/admin-units", response_model=AdminUnitsDocument)
async def admin_units(
    query: Annotated[UnitsQuery, Query()], database: Database, now: Now
) -> AdminUnitsDocument:
    """Đơn vị hành chính theo tên hoặc mã vào một ngày / units by name or code on a day."""
    text = query.code or query.q
    if text is None or (query.code and query.q):
        raise BadQuestion(ONE_WAY)
    question = ask_units(text, query.at or legal_day(now), query.level)
    rows = await database.fetch(*unit_query(question))
    answer = answer_units(question, [row["found"] for row in rows])
    echo = query.model_dump(include={"q", "code", "level"})
    return units_document(question, answer, echo, query.limit)
