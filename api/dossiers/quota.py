"""How much may wait to be checked: for each person, and on the disk."""

import asyncpg

from api.deps import Pool
from api.dossiers.ask import QUERIES
from schemas.accounts import Person
from schemas.errors import Busy, RegisterError, TooManyAttempts
from schemas.quarantine import FREE_FLOOR_BYTES, MOST_WAITING_BYTES, Quarantine
from schemas.words import Words

WAITS = Words(
    "Hồ sơ của bạn đang chờ kiểm tra đã quá nhiều; tệp này chưa được lưu.",
    "Too much of yours waits to be checked already; this file was not stored.",
)
FIRST_THOSE = Words(
    "Đợi kiểm tra xong, hoặc kiểm tra lại những hồ sơ thất bại, rồi nộp lại tệp này.",
    "Wait until that is checked, or have those that failed checked again, then deliver this one.",
)
DISK_FULL = Words(
    "Máy chủ sắp hết chỗ chứa; tệp này chưa được lưu.",
    "The server's disk is nearly full; this file was not stored.",
)
TELL_ADMIN = Words(
    "Báo người quản trị, rồi nộp lại sau.", "Tell the administrator, and deliver it later."
)


class TooMuchWaits(TooManyAttempts):
    """One person has too many bytes in quarantine."""

    def __init__(self) -> None:
        RegisterError.__init__(self, WAITS, remedy=FIRST_THOSE)
        self.headers = {"Retry-After": "60"}


class NoRoom(Busy):
    """The disk of the state folder is nearly full; the register needs what is left."""

    says = DISK_FULL


async def refuse_too_much(
    database: Pool | asyncpg.Connection, person: Person, size_bytes: int, but: int | None = None
) -> None:
    """Raises TooMuchWaits where `size_bytes` more are too many; one dossier alone never is.

    `but`: a dossier that does not count.
    """
    waiting = await database.fetchval(QUERIES["waiting"], person.id, but)
    if waiting and waiting + size_bytes > MOST_WAITING_BYTES:
        raise TooMuchWaits


def refuse_full_disk(quarantine: Quarantine, size_bytes: int) -> None:
    """Raises NoRoom where `size_bytes` more leave less than the register needs."""
    if quarantine.free_bytes() - size_bytes < FREE_FLOOR_BYTES:
        raise NoRoom(DISK_FULL, remedy=TELL_ADMIN)
