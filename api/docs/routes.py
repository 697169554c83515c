"""`/docs`: every route of the OpenAPI document as a quiet page without scripts."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.deps import Database
from api.pages import PageQuery, holds_invented, page_of
from maps.pages import render

router = APIRouter()


@router.get("/docs", include_in_schema=False)
async def docs(
    request: Request, _: Annotated[PageQuery, Query()], database: Database
) -> HTMLResponse:
    """The API page."""
    routes = list(described_routes(request.app.openapi()))
    return HTMLResponse(
        render("docs.html", page_of(request, await holds_invented(database)), routes=routes)
    )


def described_routes(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Method, path, words and parameters of every route in an OpenAPI document."""
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            parameters = [
                {
                    "name": each["name"],
                    "required": each.get("required", False),
                    "words": each.get("description") or each["schema"].get("description") or "",
                    "kind": _kind(each["schema"]),
                }
                for each in route.get("parameters", [])
            ]
            words = route.get("description", "").strip()
            yield {"method": method.upper(), "path": path, "words": words, "parameters": parameters}


def _kind(schema: dict[str, Any]) -> str:
    options = [option for option in schema.get("anyOf", [schema]) if option.get("type") != "null"]
    return ", ".join(option.get("format") or option.get("type", "") for option in options)
