"""Extracts over HTTP: the unsigned preview, the signed paper, and the keys that prove papers.

`GET …/{number}.pdf` changes nothing, so it gives the unsigned preview. A signed paper is a record
of its own: `POST /v1/extracts` issues it and leads to `/extracts/{code}.pdf`, which never changes.
"""

from typing import Annotated, Any
from urllib.parse import quote

import orjson
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from api.accounts.access import open_to_all
from api.deps import Database, Deployment, Now, WriteDatabase
from api.extracts.gather import QUERIES, gather
from api.extracts.issue import Wish, issue, preview
from api.extracts.queue import Press
from api.lookup.routes import OneOf, ParcelPath, Parts
from api.params import KeyPart
from maps.pages import Lang
from schemas.blobs import BlobStore
from schemas.errors import NotFound
from schemas.extracts import code_of, parcel_key
from schemas.extracts_keys import facts_key, public_keys
from schemas.settings import Settings
from schemas.words import Words

router = APIRouter(tags=["extracts"])
PDF = "application/pdf"
PAPER: dict[int | str, dict[str, Any]] = {200: {"content": {PDF: {}}}}
Code = Annotated[str, Path(max_length=60)]

NOT_ISSUED = Words(
    "Không có phiếu nào mang mã này do sổ này cấp.",
    "No paper with this code was issued by this register.",
)


class SheetQuery(OneOf):
    """Parameters of a sheet: those of the parcel's answer, and its language."""

    lang: Lang = "vi"


class IssueQuery(SheetQuery):
    """The parcel of a paper: commune, sheet and number, or `parcel_id` with dashes for them."""

    commune: KeyPart
    sheet: KeyPart
    number: KeyPart


def press_of(request: Request) -> Press:
    """The press of this program."""
    press: Press = request.app.state.press
    return press


ThePress = Annotated[Press, Depends(press_of)]


def public_url(request: Request, settings: Settings) -> str:
    """The address that papers print: the deployment's own, else that of the request."""
    return settings.public_url or str(request.base_url).rstrip("/")


def file_name(answer: dict[str, Any], suffix: str) -> str:
    """Name of a sheet's file: parcel, day and what it is."""
    key = parcel_key(answer["parcel"]).replace("/", "-").replace("#", "")
    return f"phieu-{key}-{answer['valid_at']}-{suffix}.pdf"


def inline(name: str) -> dict[str, str]:
    """Shown in the browser, saved under its own name."""
    return {"Content-Disposition": f"inline; filename*=UTF-8''{quote(name)}"}


@router.get("/parcels/{commune}/{sheet}/{number:path}.pdf", responses=PAPER)
async def parcel_pdf(
    request: Request,
    parts: Parts,
    query: Annotated[SheetQuery, Query()],
    database: Database,
    settings: Deployment,
    press: ThePress,
    moment: Now,
) -> Response:
    """Phiếu A4 của một thửa, chưa ký / one parcel's sheet, A4, unsigned; nothing is registered."""
    found = await gather(parts, query, database, moment)
    wish = Wish(query.lang, public_url(request, settings), moment)
    pdf = await preview(press, found, wish, settings)
    headers = inline(file_name(found.answer, "chua-ky")) | {"Cache-Control": "no-cache"}
    return Response(pdf, media_type=PDF, headers=headers)


@router.post(
    "/extracts",  # the button of the parcel's page, whose problems are pages
    status_code=303,
    include_in_schema=False,
    dependencies=[Depends(open_to_all)],
)
@router.post(
    "/v1/extracts",
    status_code=303,
    response_class=RedirectResponse,
    dependencies=[Depends(open_to_all)],
)
async def issue_extract(
    request: Request,
    query: Annotated[IssueQuery, Query()],
    database: Database,
    papers: WriteDatabase,
    settings: Deployment,
    press: ThePress,
    moment: Now,
) -> RedirectResponse:
    """Cấp phiếu có chữ ký số / issue a signed paper; the same answer on one day is one paper."""
    parts = ParcelPath(query.commune, query.sheet, query.number)
    found = await gather(parts, query, database, moment)
    wish = Wish(query.lang, public_url(request, settings), moment)
    address = request.client.host if request.client else ""
    code = await issue(press, papers, found, wish, settings, address)
    return RedirectResponse(f"/extracts/{code}.pdf", 303)


@router.get("/extracts/{code}.pdf", responses=PAPER)
async def extract_pdf(code: Code, papers: WriteDatabase, settings: Deployment) -> Response:
    """Phiếu đã cấp, nguyên vẹn từng byte / an issued paper, byte for byte as it was signed."""
    known = code_of(code)
    row = await papers.fetchrow(QUERIES["paper"], known) if known else None
    if row is None:
        raise NotFound(NOT_ISSUED)
    path = BlobStore(settings.blob_dir).path(row["sha256"])
    if not path.is_file():
        raise NotFound(
            Words(
                "Phiếu này có trong sổ nhưng tệp của nó không còn ở máy chủ.",
                "This paper is registered, but the server no longer has its file.",
            )
        )
    headers = inline(file_name(orjson.loads(row["answer"]), row["id"])) | {
        "ETag": f'"{row["sha256"]}"',
        "Cache-Control": "public, max-age=31536000, immutable",
    }
    return FileResponse(path, media_type=PDF, headers=headers)


@router.get("/v1/extracts/keys")
async def extract_keys(settings: Deployment) -> Response:
    """Khóa công khai để kiểm tra mã QR / the public keys that prove QR codes without a network."""
    facts_key(settings.key_dir)
    keys = [
        {
            "id": name,
            "algorithm": "Ed25519",
            "pem": key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        }
        for name, key in public_keys(settings.key_dir).items()
    ]
    document = {"schema": "extract-keys/1", "keys": keys}
    return Response(orjson.dumps(document), media_type="application/json")
