"""Verifying a paper over HTTP: `/verify`, and the same as a document under `/v1/verify`."""

import hashlib
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import Field
from starlette.datastructures import UploadFile

from api.accounts.access import open_to_all
from api.deps import Database, Deployment, Now, WriteDatabase
from api.extracts.check import Shown, check, check_qr
from api.extracts.routes import NOT_ISSUED, Code
from api.pages import holds_invented, page_of
from api.params import Asked
from maps.extract.verify_page import start_page, unknown_page, verify_page
from maps.pages import Lang
from schemas.errors import BadQuestion, NotFound, TooLarge
from schemas.extracts import LONGEST_TEXT, NOT_A_CODE, code_of, read_text
from schemas.extracts_check import ExtractCheck
from schemas.words import Words

router = APIRouter()
LARGEST_FILE = 8 << 20
CHECKED: dict[int | str, dict[str, Any]] = {200: {"model": ExtractCheck}}
NO_FILE = Words("Chưa chọn tệp PDF nào.", "No PDF file was chosen.")


class CheckQuery(Asked):
    """`f`: what the QR carries after `f=`, or its whole text."""

    f: str | None = Field(None, max_length=LONGEST_TEXT)


class CheckPageQuery(CheckQuery):
    """Parameters of the page of one paper."""

    lang: Lang = "vi"


class StartQuery(Asked):
    """The page's own box: a code, or the whole text of a QR."""

    q: str = Field("", max_length=LONGEST_TEXT)
    lang: Lang = "vi"


@router.get("/v1/verify/{code}", responses=CHECKED, tags=["extracts"])
async def verify(
    code: Code,
    query: Annotated[CheckQuery, Query()],
    database: Database,
    papers: WriteDatabase,
    settings: Deployment,
    moment: Now,
) -> Response:
    """Phiếu thật hay không, còn đúng không / is a paper genuine, and does it still hold."""
    found = await check(database, papers, Shown(code, query.f), settings.key_dir, moment)
    if found is None:
        raise NotFound(NOT_ISSUED, remedy=NOT_A_CODE)
    return Response(orjson.dumps(found), media_type="application/json")


@router.get("/verify", include_in_schema=False)
async def verify_start(
    request: Request, query: Annotated[StartQuery, Query()], database: Database
) -> Response:
    """The page's box; a code or a QR's text leads to the page of its paper."""
    page = page_of(request, await holds_invented(database))
    typed = query.q.strip()
    if not typed:
        return HTMLResponse(start_page(page))
    if code := code_of(typed):
        return RedirectResponse(page.link(f"/verify/{code}"), 303)
    if "SQH1." not in typed:
        return HTMLResponse(unknown_page(page, typed, None), 404)
    facts, *_ = read_text(typed)
    return RedirectResponse(page.link(f"/verify/{facts.code}?f={quote(_carried(typed))}"), 303)


def _carried(text: str) -> str:
    """`SQH1.…` of a QR's text, without the address before it and what may follow."""
    return text[text.index("SQH1.") :].split("&")[0]


@router.get("/verify/{code}", include_in_schema=False)
async def verify_html(
    request: Request,
    code: Code,
    query: Annotated[CheckPageQuery, Query()],
    database: Database,
    papers: WriteDatabase,
    settings: Deployment,
    moment: Now,
) -> HTMLResponse:
    """The page of one paper: genuine or not, still true or not, and what differs."""
    found = await check(database, papers, Shown(code, query.f), settings.key_dir, moment)
    page = page_of(request, await holds_invented(database))
    if found is None:
        qr = check_qr(query.f, None, settings.key_dir) if query.f else None
        return HTMLResponse(unknown_page(page, code, qr), 404)
    return HTMLResponse(verify_page(page, found))


@router.post("/verify", include_in_schema=False, dependencies=[Depends(open_to_all)])
async def verify_file(
    request: Request,
    database: Database,
    papers: WriteDatabase,
    settings: Deployment,
    moment: Now,
) -> HTMLResponse:
    """Whether a PDF file is byte for byte one of ours. It is hashed and thrown away."""
    sha256 = await _file_sha256(request)
    shown = Shown(None, file_sha256=sha256)
    found = await check(database, papers, shown, settings.key_dir, moment)
    page = page_of(request, await holds_invented(database))
    if found is None:
        return HTMLResponse(unknown_page(page, None, None), 404)
    return HTMLResponse(verify_page(page, found))


async def _file_sha256(request: Request) -> str:
    """sha256 of the form's file. Raises TooLarge, BadQuestion."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > LARGEST_FILE:
        raise TooLarge(
            Words(
                f"Tệp để kiểm tra không quá {LARGEST_FILE >> 20} MB.",
                f"A file to check may have {LARGEST_FILE >> 20} MB at the most.",
            )
        )
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.size:
            raise BadQuestion(NO_FILE)
        digest = hashlib.sha256()
        while chunk := await file.read(1 << 16):
            digest.update(chunk)
    return digest.hexdigest()
