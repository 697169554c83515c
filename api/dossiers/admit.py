"""What arrived becomes a dossier that waits for its check; the same bytes are the same dossier."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from api.deps import WritePool
from api.dossiers.ask import QUERIES, ask_for
from api.dossiers.intake import Arrived
from api.dossiers.quota import refuse_too_much
from api.dossiers.rights import SEES_ALL
from schemas.accounts import Person
from schemas.errors import Refused
from schemas.quarantine import Quarantine, delivered_bytes
from schemas.settings import Settings
from schemas.words import Words

BEGINS_ANEW = ("rejected", "failed", "withdrawn")
"""States in which bytes that were not kept may come again."""

OF_SOMEBODY = Words(
    "Sổ đã có đúng tệp này do người khác nộp; không gì thay đổi.",
    "Somebody else delivered these very bytes; nothing changed.",
)
ASK = Words(
    "Tệp không cần nộp lại. Người duyệt hoặc người quản trị cho biết hồ sơ ấy đang ở đâu; nếu định "
    "nộp tệp khác, xem lại tệp đã chọn.",
    "It need not be delivered again. An approver or the administrator can tell how it stands; if "
    "you meant another file, look at the one you chose.",
)
OTHER_KIND = Words(
    "Sổ đã nhận đúng tệp này làm dữ liệu khác; không gì thay đổi.",
    "The register holds these very bytes as other data; nothing changed.",
)
SPLIT = Words(
    "Nếu trong tệp có hồ sơ quy hoạch, tách phần ấy ra một tệp riêng rồi nộp.",
    "If there is a planning dossier in it, put that part into a file of its own and deliver it.",
)


@dataclass(frozen=True)
class Admitted:
    """The dossier, and whether a check of it begins now."""

    id: int
    begins: bool


async def admit(
    database: WritePool,
    settings: Settings,
    arrived: Arrived,
    wishes: dict[str, Any],
    person: Person,
    moment: datetime,
) -> Admitted:
    """Keep the bytes in quarantine and ask for their check, unless both was done before.

    Raises Refused where somebody else delivered them, or they are known as other data;
    TooMuchWaits.
    """
    values = (arrived.name, arrived.size_bytes, person.id, moment)
    async with database.transaction() as connection:
        dossier_id = await connection.fetchval(QUERIES["receive"], arrived.sha256, *values)
        if dossier_id is None:
            known = await connection.fetchrow(QUERIES["known"], arrived.sha256)
            if not _comes_again(known, person, settings, arrived.sha256):
                return Admitted(known["id"], False)
            dossier_id = known["id"]
            await connection.execute(QUERIES["receive_again"], dossier_id, *values)
        await connection.execute(QUERIES["alone"], person.id)
        await refuse_too_much(connection, person, arrived.size_bytes, but=dossier_id)
        wished = {**wishes, "by": person.id}
        await ask_for(
            "check", connection, dossier_id, arrived.sha256, person, moment, wishes=wished
        )
        Quarantine(settings.quarantine_dir).admit(arrived.place, arrived.sha256)
    return Admitted(dossier_id, True)


def _comes_again(known: asyncpg.Record, person: Person, settings: Settings, sha256: str) -> bool:
    """Whether known bytes are to be kept and checked once more. Raises Refused."""
    if known["kind"] not in ("plan", "check") and known["state"] != "rejected":
        raise Refused(OTHER_KIND, remedy=SPLIT)
    ownerless = known["uploader_id"] is None and known["state"] in BEGINS_ANEW
    if not ownerless and known["uploader_id"] != person.id and person.role not in SEES_ALL:
        raise Refused(OF_SOMEBODY, remedy=ASK)
    lost = delivered_bytes(settings, sha256) is None
    return known["work"] is None and known["state"] in BEGINS_ANEW and (lost or ownerless)
