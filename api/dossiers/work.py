"""What people do with dossiers: deliver, check again, publish, turn away, withdraw a version.

Each is written once; the API answers with the dossier's document, the plain form with its page.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Depends, Request
from starlette.requests import ClientDisconnect

from api.deps import Deployment, Now, Pool, WriteDatabase
from api.dossiers.admit import Admitted, admit
from api.dossiers.ask import QUERIES, ask_for
from api.dossiers.documents import dossier_of, public
from api.dossiers.intake import Intake, cut_short
from api.dossiers.quota import refuse_too_much
from api.dossiers.rights import Work, why_not
from api.dossiers.wishes import Approval, CheckWishes, Decision, Reason, asked, read
from api.plans.routes import NO_PLAN
from schemas.accounts import Person
from schemas.errors import NotFound, Refused
from schemas.quarantine import Quarantine
from schemas.words import Words

GONE = Words("Tệp của hồ sơ không còn được giữ.", "The file of this dossier is not kept any more.")
SEND_AGAIN = Words("Hãy nộp lại tệp.", "Please deliver the file again.")
CHECKED_SINCE = Words(
    "Hồ sơ đã được kiểm tra lại sau khi bạn mở trang; kết quả có thể khác. Chưa công bố gì.",
    "The dossier was checked again after you opened the page; the findings may differ. Nothing was "
    "published.",
)
READ_AGAIN = Words(
    "Mở lại trang hồ sơ, xem kết quả mới rồi công bố.",
    "Open the dossier's page again, read the new findings, then publish.",
)
NOT_IN_FORCE = Words(
    "Phiên bản này chưa được công bố hoặc đã thu hồi.",
    "This version is not published, or is withdrawn already.",
)


@dataclass(frozen=True)
class Call:
    """A request for work: what it says, the register, the settings, and when it came."""

    request: Request
    database: WriteDatabase
    settings: Deployment
    moment: Now


Called = Annotated[Call, Depends()]


async def deliver(call: Call, person: Person, mark: str | None = None) -> Admitted:
    """Take in the request's form with its file; `mark`: what its field `csrf` must hold."""
    length = _claimed(call.request)
    await refuse_too_much(call.database, person, min(length, call.settings.max_upload_bytes))
    with Quarantine(call.settings.quarantine_dir).arriving() as place:
        intake = Intake(place, call.settings.max_upload_bytes, mark)
        kind = call.request.headers.get("content-type", "")
        try:
            arrived = await intake.receive(call.request.stream(), kind, length)
        except ClientDisconnect:
            raise cut_short() from None
        wishes = read(CheckWishes, arrived.fields).stored()
        return await admit(call.database, call.settings, arrived, wishes, person, call.moment)


def _claimed(request: Request) -> int:
    """The length in bytes that a request claims; 0 where it claims none."""
    length = request.headers.get("content-length", "")
    return int(length[:20]) if length.isdecimal() else 0


async def check(call: Call, person: Person, dossier_id: int) -> dict[str, Any]:
    """Check a dossier again, as the request wishes. Raises as `_begin` does."""
    wishes = (await asked(call.request, CheckWishes)).stored() | {"by": person.id}
    return await _begin("check", call, person, dossier_id, wishes=wishes)


async def decide(
    work: Literal["publish", "reject"], call: Call, person: Person, dossier_id: int
) -> dict[str, Any]:
    """Publish what a check found or turn it away, as the request says. Raises as `_begin` does."""
    order = (await asked(call.request, DECISIONS[work])).stored()
    return await _begin(work, call, person, dossier_id, asked=order)


DECISIONS: dict[str, type[Decision]] = {"publish": Approval, "reject": Reason}


async def withdraw(call: Call, person: Person, plan: str, version: int) -> dict[str, Any]:
    """Withdraw a version; the dossier that delivered it. Raises as `_begin` does."""
    order = (await asked(call.request, Reason)).stored() | {"version": f"{plan}/{version}"}
    delivered = await _dossier_of_version(call.database, plan, version)
    return await _begin("withdraw", call, person, delivered, asked=order)


async def _begin(
    work: Work, call: Call, person: Person, dossier_id: int, **order: Any
) -> dict[str, Any]:
    """Ask for a work, if this person may; the dossier as it then stands.

    Raises NotFound, NotAllowed, Refused. `order`: `asked` or `wishes` of `ask_for`.
    """
    database, settings = call.database, call.settings
    dossier = await dossier_of(database, dossier_id, person, settings)
    if (reason := why_not(work, dossier, person)) is not None:
        raise reason
    if work == "check" and not dossier["kept"]:
        raise Refused(GONE, remedy=SEND_AGAIN)
    if work == "publish" and order["asked"]["run"] != dossier["run"]["id"]:
        raise Refused(CHECKED_SINCE, remedy=READ_AGAIN)
    async with database.transaction() as connection:
        await ask_for(work, connection, dossier_id, dossier["sha256"], person, call.moment, **order)
    return public(await dossier_of(database, dossier_id, person, settings))


async def _dossier_of_version(database: Pool, plan: str, version: int) -> int:
    """The dossier that delivered a published version. Raises NotFound, Refused."""
    row = await database.fetchrow(QUERIES["version_dossier"], plan, version)
    if row is None:
        raise NotFound(NO_PLAN)
    if row["status"] not in ("published", "superseded"):
        raise Refused(NOT_IN_FORCE)
    return int(row["id"])
