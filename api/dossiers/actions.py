"""What people do with dossiers: deliver, check again, publish, turn away, withdraw a version."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from api.accounts.access import Person, allow
from api.deps import Deployment, Now, Pool, WriteDatabase, WritePool
from api.dossiers.admit import Admitted, admit
from api.dossiers.ask import QUERIES, ask_for
from api.dossiers.documents import dossier_of, public
from api.dossiers.intake import Intake, cut_short
from api.dossiers.rights import DECIDES, DELIVERS, Work, why_not
from api.dossiers.routes import DossierId, document
from api.dossiers.wishes import FILE_BODY, CheckWishes, Decision, Reason, asked, body_of, read
from api.params import Asked
from api.plans.routes import NO_PLAN, Ordinal, PlanId
from schemas.errors import NotFound, Refused
from schemas.quarantine import Quarantine
from schemas.settings import Settings
from schemas.words import Words

router = APIRouter(tags=["dossiers"])

Uploader = Annotated[Person, Depends(allow(*DELIVERS))]
Decider = Annotated[Person, Depends(allow(*DECIDES))]
Nothing = Annotated[Asked, Query()]

GONE = Words("Tệp của hồ sơ không còn được giữ.", "The file of this dossier is not kept any more.")
SEND_AGAIN = Words("Hãy nộp lại tệp.", "Please deliver the file again.")
NOT_IN_FORCE = Words(
    "Phiên bản này chưa được công bố hoặc đã thu hồi.",
    "This version is not published, or is withdrawn already.",
)


async def deliver(
    request: Request,
    database: WritePool,
    settings: Settings,
    person: Person,
    moment: datetime,
    mark: str | None = None,
) -> Admitted:
    """Take in the request's form with its file; `mark`: what its field `csrf` must hold."""
    with Quarantine(settings.quarantine_dir).arriving() as place:
        intake = Intake(place, settings.max_upload_bytes, mark)
        headers = request.headers
        try:
            arrived = await intake.receive(
                request.stream(), headers.get("content-type", ""), headers.get("content-length")
            )
        except ClientDisconnect:
            raise cut_short() from None
        wishes = read(CheckWishes, arrived.fields).stored()
        return await admit(database, settings, arrived, wishes, person, moment)


async def begin(
    work: Work,
    database: WritePool,
    settings: Settings,
    person: Person,
    moment: datetime,
    dossier_id: int,
    **order: Any,
) -> dict[str, Any]:
    """Ask for a work, if this person may; the dossier as it then stands.

    Raises NotFound, NotAllowed, Refused. `order`: `asked` or `wishes` of `ask_for`.
    """
    dossier = await dossier_of(database, dossier_id, person, settings)
    if (reason := why_not(work, dossier, person)) is not None:
        raise reason
    if work == "check" and not dossier["kept"]:
        raise Refused(GONE, remedy=SEND_AGAIN)
    async with database.transaction() as connection:
        await ask_for(work, connection, dossier_id, dossier["sha256"], person, moment, **order)
    return public(await dossier_of(database, dossier_id, person, settings))


async def dossier_of_version(database: Pool, plan: str, version: int) -> int:
    """The dossier that delivered a published version. Raises NotFound, Refused."""
    row = await database.fetchrow(QUERIES["version_dossier"], plan, version)
    if row is None:
        raise NotFound(NO_PLAN)
    if row["status"] not in ("published", "superseded"):
        raise Refused(NOT_IN_FORCE)
    return int(row["id"])


def accepted(dossier: dict[str, Any]) -> Response:
    """202: work was asked for; its progress is at the dossier's events."""
    return document(dossier, 202, {"Location": dossier["links"]["self"]})


@router.post("/v1/dossiers", status_code=202, openapi_extra=FILE_BODY)
async def upload(
    request: Request,
    _: Nothing,
    person: Uploader,
    database: WriteDatabase,
    settings: Deployment,
    moment: Now,
) -> Response:
    """Nộp hồ sơ (multipart: `file`, `profile`, `crs`, `accept_repairs`) / deliver a dossier."""
    admitted = await deliver(request, database, settings, person, moment)
    dossier = public(await dossier_of(database, admitted.id, person, settings))
    location = {"Location": dossier["links"]["self"]}
    return document(dossier, 202 if admitted.begins else 200, location)


@router.post("/v1/dossiers/{dossier}/check", status_code=202, openapi_extra=body_of(CheckWishes))
async def check_again(
    request: Request,
    dossier: DossierId,
    _: Nothing,
    person: Uploader,
    database: WriteDatabase,
    settings: Deployment,
    moment: Now,
) -> Response:
    """Kiểm tra lại, chọn hệ tọa độ, chấp nhận sửa / check again with a CRS or repairs accepted."""
    wishes = (await asked(request, CheckWishes)).stored() | {"by": person.id}
    people = (database, settings, person, moment)
    return accepted(await begin("check", *people, dossier, wishes=wishes))


@router.post("/v1/dossiers/{dossier}/publish", status_code=202, openapi_extra=body_of(Decision))
async def publish(
    request: Request,
    dossier: DossierId,
    _: Nothing,
    person: Decider,
    database: WriteDatabase,
    settings: Deployment,
    moment: Now,
) -> Response:
    """Công bố, bởi người thứ hai / publish; never by whoever delivered or checked it."""
    order = (await asked(request, Decision)).stored()
    people = (database, settings, person, moment)
    return accepted(await begin("publish", *people, dossier, asked=order))


@router.post("/v1/dossiers/{dossier}/reject", status_code=202, openapi_extra=body_of(Reason))
async def reject(
    request: Request,
    dossier: DossierId,
    _: Nothing,
    person: Decider,
    database: WriteDatabase,
    settings: Deployment,
    moment: Now,
) -> Response:
    """Trả lại hồ sơ, có lý do / turn a dossier away, with a reason."""
    order = (await asked(request, Reason)).stored()
    people = (database, settings, person, moment)
    return accepted(await begin("reject", *people, dossier, asked=order))


@router.post(
    "/v1/plans/{plan}/versions/{version}/withdraw", status_code=202, openapi_extra=body_of(Reason)
)
async def withdraw(
    request: Request,
    plan: PlanId,
    version: Ordinal,
    _: Nothing,
    person: Decider,
    database: WriteDatabase,
    settings: Deployment,
    moment: Now,
) -> Response:
    """Thu hồi một phiên bản, có lý do; lịch sử còn nguyên / withdraw; its history stays."""
    order = (await asked(request, Reason)).stored() | {"version": f"{plan}/{version}"}
    people = (database, settings, person, moment)
    delivered = await dossier_of_version(database, plan, version)
    return accepted(await begin("withdraw", *people, delivered, asked=order))
