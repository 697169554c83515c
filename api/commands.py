"""The question at the command line: `sqh lookup`."""

import asyncio
from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from api.ask_once import ask_once
from api.deps import Pool
from api.lookup.ask import Question, answer, by_key, by_lonlat, by_northing_easting
from api.lookup.communes import known_commune_codes
from api.lookup.text import answer_lines
from schemas.crs import srid_of
from schemas.day import legal_day
from schemas.errors import BadQuestion
from schemas.register import open_register
from schemas.settings import Settings
from schemas.terminal import emit, out
from schemas.words import Words

Json = Annotated[bool, typer.Option("--json", help="In JSON / print JSON.")]


def register(app: typer.Typer) -> None:
    """Hang the question on the command line."""
    app.command()(lookup)


def lookup(
    parcel: Annotated[str | None, typer.Option(help="COMMUNE/SHEET/NUMBER")] = None,
    lonlat: Annotated[str | None, typer.Option(help="LON,LAT (WGS 84)")] = None,
    xy: Annotated[str | None, typer.Option(help="NORTHING,EASTING")] = None,
    crs: Annotated[str | None, typer.Option(help="EPSG:N")] = None,
    valid_at: Annotated[str | None, typer.Option(help="YYYY-MM-DD")] = None,
    known_at: Annotated[str | None, typer.Option(help="ISO 8601")] = None,
    as_json: Json = False,
) -> None:
    """Quy hoạch nào áp dụng tại một nơi / which plans apply to one place."""
    settings, moment = Settings(), datetime.now(UTC)
    day = _date(valid_at) or legal_day(moment)
    known = _moment(known_at) or moment

    async def ask(database: Pool) -> dict[str, Any]:
        question = await _question(database, settings, parcel, lonlat, xy, crs, day)
        return await answer(database, question, day, known)

    document = asyncio.run(ask_once(open_register(settings), ask))
    if as_json:
        emit(document)
    else:
        out.print("\n".join(answer_lines(document)), markup=False)


async def _question(
    database: Pool,
    settings: Settings,
    parcel: str | None,
    lonlat: str | None,
    xy: str | None,
    crs: str | None,
    day: date,
) -> Question:
    if [parcel, lonlat, xy].count(None) != 2 or (xy is None) != (crs is None):
        raise BadQuestion(
            Words(
                "Hãy dùng đúng một cách: --parcel, --lonlat, hoặc --xy với --crs.",
                "Use exactly one of --parcel, --lonlat, or --xy with --crs.",
            )
        )
    if parcel is not None:
        parts = [part.strip() for part in parcel.split("/", 2)]
        if len(parts) != 3 or not all(parts):
            raise BadQuestion(
                Words("Viết --parcel XÃ/TỜ/THỬA.", "Write --parcel COMMUNE/SHEET/NUMBER.")
            )
        codes = await known_commune_codes(database, parts[0], day)
        asked = dict(zip(("commune", "sheet", "number"), parts, strict=True))
        return by_key(codes, parts[1], parts[2], asked)
    first, second = _pair(lonlat or xy or "")
    if lonlat is not None:
        return by_lonlat(first, second, settings.storage_srid)
    return by_northing_easting(first, second, srid_of(crs or ""), settings.storage_srid)


def _pair(text: str) -> tuple[float, float]:
    try:
        first, second = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BadQuestion(
            Words(f"Không hiểu cặp số “{text}”.", f"The pair “{text}” is not understood."),
            remedy=Words("Ví dụ: --lonlat 106.75,10.31", "For example: --lonlat 106.75,10.31"),
        ) from error
    return first, second


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadQuestion(
            Words(f"Ngày “{text}” không có thật.", f"There is no date “{text}”."),
            remedy=Words("Viết YYYY-MM-DD.", "Write YYYY-MM-DD."),
        ) from error


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadQuestion(
            Words(f"Không hiểu thời điểm “{text}”.", f"No such time: “{text}”.")
        ) from error
    if moment is not None and not 1900 <= moment.year <= 2200:
        raise BadQuestion(Words("Năm phải từ 1900 đến 2200.", "The year must be 1900 to 2200."))
    if moment is not None and moment.tzinfo is None:
        raise BadQuestion(
            Words(f"“{text}” thiếu múi giờ.", f"“{text}” has no time zone."),
            remedy=Words("Ví dụ: 2026-01-31T08:00+07:00", "For example: 2026-01-31T08:00+07:00"),
        )
    return moment
