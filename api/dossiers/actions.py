"""Work on dossiers for programs: each answers with the dossier's document."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from api.accounts.access import Person, allow
from api.dossiers import work
from api.dossiers.documents import dossier_of, public
from api.dossiers.rights import DECIDES, DELIVERS
from api.dossiers.routes import DossierId, document
from api.dossiers.wishes import FILE_BODY, Approval, CheckWishes, Reason, body_of
from api.dossiers.work import Called
from api.params import Asked
from api.plans.routes import Ordinal, PlanId

router = APIRouter(tags=["dossiers"])

Uploader = Annotated[Person, Depends(allow(*DELIVERS))]
Decider = Annotated[Person, Depends(allow(*DECIDES))]
Nothing = Annotated[Asked, Query()]


def accepted(dossier: dict[str, Any], status: int = 202) -> Response:
    """202: work was asked for; its progress is at the dossier's events."""
    return document(dossier, status, {"Location": dossier["links"]["self"]})


@router.post("/v1/dossiers", status_code=202, openapi_extra=FILE_BODY)
async def upload(_: Nothing, person: Uploader, call: Called) -> Response:
    """Nộp hồ sơ (multipart: `file`, `profile`, `crs`, `accept_repairs`) / deliver a dossier."""
    admitted = await work.deliver(call, person)
    dossier = public(await dossier_of(call.database, admitted.id, person, call.settings))
    return accepted(dossier, 202 if admitted.begins else 200)


@router.post("/v1/dossiers/{dossier}/check", status_code=202, openapi_extra=body_of(CheckWishes))
async def check_again(dossier: DossierId, _: Nothing, person: Uploader, call: Called) -> Response:
    """Kiểm tra lại, chọn hệ tọa độ, chấp nhận sửa / check again with a CRS or repairs accepted."""
    return accepted(await work.check(call, person, dossier))


@router.post("/v1/dossiers/{dossier}/publish", status_code=202, openapi_extra=body_of(Approval))
async def publish(dossier: DossierId, _: Nothing, person: Decider, call: Called) -> Response:
    """Công bố đúng lần kiểm tra `run`, bởi người thứ hai / publish what the check `run` found.

    `run`: `run.id` của hồ sơ đã đọc; đã kiểm tra lại thì trả 409 / of the document that was read;
    409 where the dossier was checked again since. Never by whoever delivered or checked it.
    """
    return accepted(await work.decide("publish", call, person, dossier))


@router.post("/v1/dossiers/{dossier}/reject", status_code=202, openapi_extra=body_of(Reason))
async def reject(dossier: DossierId, _: Nothing, person: Decider, call: Called) -> Response:
    """Trả lại hồ sơ, có lý do / turn a dossier away, with a reason."""
    return accepted(await work.decide("reject", call, person, dossier))


@router.post(
    "/v1/plans/{plan}/versions/{version}/withdraw", status_code=202, openapi_extra=body_of(Reason)
)
async def withdraw(
    plan: PlanId, version: Ordinal, _: Nothing, person: Decider, call: Called
) -> Response:
    """Thu hồi một phiên bản, có lý do; lịch sử còn nguyên / withdraw; its history stays."""
    return accepted(await work.withdraw(call, person, plan, version))
