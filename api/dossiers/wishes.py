"""What a person may ask of a check or a decision: small bodies, JSON or a plain form."""

from typing import Annotated, Any

import orjson
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from schemas.crs import srid_of
from schemas.errors import BadQuestion, RegisterError
from schemas.profiles import shipped_profiles
from schemas.words import Words

FORM = "application/x-www-form-urlencoded"
MOST_BYTES = 16 << 10


def _profile(name: str) -> str:
    if name not in shipped_profiles():
        known = ", ".join(shipped_profiles())
        raise ValueError(f"không có profile này / no such profile; {known}")
    return name


def _srid(text: str) -> int:
    try:
        return srid_of(text)
    except RegisterError as error:
        raise ValueError(str(error.detail)) from error


class CheckWishes(BaseModel):
    """How a dossier is to be read; empty fields of a form are as good as none.

    `profile`: a shipped profile's id, None to recognise one; `crs`: the CRS that a person chose.
    """

    model_config = ConfigDict(extra="forbid")

    profile: Annotated[str, AfterValidator(_profile)] | None = None
    crs: Annotated[str, Field(max_length=20), AfterValidator(_srid)] | None = None
    accept_repairs: bool = False

    @field_validator("*", mode="before")
    @classmethod
    def empty_is_none(cls, value: Any) -> Any:
        return None if value == "" else value

    def stored(self) -> dict[str, Any]:
        """The wishes as the dossier keeps them; `crs` is an EPSG code."""
        return self.model_dump(exclude_none=True, exclude_defaults=True)


class Decision(BaseModel):
    """Why somebody publishes."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    reason: Annotated[str, Field(max_length=500)] | None = None

    def stored(self) -> dict[str, Any]:
        return {"reason": self.reason} if self.reason else {}


class Reason(Decision):
    """Why somebody turns away or withdraws; it must be said."""

    reason: Annotated[str, Field(min_length=3, max_length=500)]


def body_of(model: type[BaseModel]) -> dict[str, Any]:
    """How OpenAPI describes a body that the route reads itself."""
    schema = {"schema": model.model_json_schema()}
    return {"requestBody": {"content": {"application/json": schema, FORM: schema}}}


FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "profile": {"type": "string"},
                        "crs": {"type": "string", "example": "EPSG:9210"},
                        "accept_repairs": {"type": "boolean"},
                    },
                }
            }
        },
    }
}
"""How OpenAPI describes the form with a dossier's file."""


def read(model: type[BaseModel], fields: dict[str, Any]) -> Any:
    """The fields as the model. Raises RequestValidationError, which names each."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults) from error


async def asked(request: Request, model: type[BaseModel]) -> Any:
    """What the request's small body asks. Raises BadQuestion, RequestValidationError."""
    kind = request.headers.get("content-type", "").split(";")[0].strip()
    if kind == FORM:
        return read(model, await _form(request))
    body = await _short_body(request)
    try:
        fields = orjson.loads(body) if body else {}
    except ValueError as error:
        raise BadQuestion(Words("Không hiểu JSON này.", "This JSON is not understood.")) from error
    if not isinstance(fields, dict):
        raise BadQuestion(Words("Cần một đối tượng JSON.", "A JSON object is needed."))
    return read(model, fields)


async def _short_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise BadQuestion(Words("Yêu cầu quá dài.", "The request is too long."))
    return body


async def _form(request: Request) -> dict[str, Any]:
    items = (await request.form(max_fields=20)).multi_items()
    fields = {name: value for name, value in items if name != "csrf"}
    if len(fields) != len([name for name, _ in items if name != "csrf"]):
        raise BadQuestion(Words("Một trường được cho hai lần.", "A field is given twice."))
    return fields
