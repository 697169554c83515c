"""Checking a paper: what the register issued under a code, and what it answers today."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from api.deps import Pool
from api.extracts.compare import differences, ended_versions, new_versions
from api.extracts.gather import QUERIES
from api.lookup.ask import Question, answer
from schemas.day import legal_day
from schemas.errors import UnknownParcel
from schemas.extracts import code_of, parcel_key, proved, read_text, unpack
from schemas.extracts_keys import public_keys
from schemas.words import Words

SAYS = {
    "current": Words(
        "Phiếu thật, do sổ này cấp. Nội dung vẫn đúng với hôm nay.",
        "Genuine: issued by this register. It still says what applies today.",
    ),
    "superseded": Words(
        "Phiếu thật, nhưng hôm nay sổ trả lời khác: đừng dùng phiếu này nữa.",
        "Genuine, but the register answers otherwise today: do not rely on this sheet any more.",
    ),
    "parcel_gone": Words(
        "Phiếu thật, nhưng thửa đất này nay không còn trong sổ (tách, gộp, đánh số lại).",
        "Genuine, but this parcel is no longer in the register (split, merged or renumbered).",
    ),
}


@dataclass(frozen=True)
class Shown:
    """What is shown to be checked: a code, and perhaps the text of the QR, or a file's sha256."""

    code: str | None
    qr_text: str | None = None
    file_sha256: str | None = None


async def check(
    database: Pool, papers: Pool, shown: Shown, key_dir: Path, moment: datetime
) -> dict[str, Any] | None:
    """The document `extract-check/1`, or None where no such paper was issued here.

    `papers`: where papers are registered; a replica that lags would deny one just issued.

    Raises BadQuestion (a QR text that is none), DatabaseUnavailable.
    """
    row = await _paper(papers, shown)
    qr = check_qr(shown.qr_text, row, key_dir) if shown.qr_text else None
    if row is None:
        return None
    then = orjson.loads(row["answer"])
    today = legal_day(moment)
    now = await _answer(database, row["parcel_id"], today, moment)
    told = _told(then, now)
    corrected = await _answer(database, row["parcel_id"], row["valid_at"], moment)
    return {
        "schema": "extract-check/1",
        "code": row["id"],
        "genuine": True,
        "status": told["status"],
        "says": SAYS[told["status"]]._asdict(),
        "parcel": parcel_key(then["parcel"]),
        "parcel_url": then["parcel"]["url"],
        "checked_at": moment,
        **{name: row[name] for name in ("issued_at", "valid_at", "known_at", "revision")},
        **{name: row[name] for name in ("sha256", "answer_sha256", "signer", "test_signer")},
        "sample": then["invented"],
        "facts": unpack(row["facts"]).model_dump(),
        "url": f"/extracts/{row['id']}.pdf",
        "corrected": corrected is None or bool(differences(then, corrected)),
        "superseded_by": told["superseded_by"],
        "ended": told["ended"],
        "differences": told["differences"],
        "qr": qr,
        "file_matches": None if shown.file_sha256 is None else shown.file_sha256 == row["sha256"],
    }


def check_qr(text: str, row: Any, key_dir: Path) -> dict[str, Any]:
    """What a QR says and whether it is ours; needs no register. Raises BadQuestion."""
    facts, packed, signature = read_text(text)
    key = public_keys(key_dir).get(facts.key)
    return {
        "facts": facts.model_dump(),
        "proved": key is not None and proved(packed, signature, key),
        "matches": row is not None and packed == row["facts"],
    }


async def _paper(papers: Pool, shown: Shown) -> Any:
    code = code_of(shown.code or "")
    if code is None and shown.file_sha256 is not None:
        code = await papers.fetchval(QUERIES["by_file"], shown.file_sha256)
    row = await papers.fetchrow(QUERIES["paper"], code) if code else None
    return row if row is not None and row["facts"] is not None else None


async def _answer(
    database: Pool, parcel_id: int, day: date, moment: datetime
) -> dict[str, Any] | None:
    question = Question("id", (parcel_id,), {"parcel_id": parcel_id})
    try:
        return await answer(database, question, day, moment)
    except UnknownParcel:
        return None


def _told(then: dict[str, Any], now: dict[str, Any] | None) -> dict[str, Any]:
    if now is None:
        return {"status": "parcel_gone", "superseded_by": [], "ended": [], "differences": []}
    found = differences(then, now)
    return {
        "status": "superseded" if found else "current",
        "superseded_by": new_versions(then, now),
        "ended": ended_versions(then, now),
        "differences": found,
    }
