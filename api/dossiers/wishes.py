"""What a person may ask of a check or a decision: small bodies, JSON or a plain form."""

import re
from typing import Annotated, Any, ClassVar

import orjson
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from api.accounts.access import FORM
from schemas.crs import srid_of
from schemas.errors import BadQuestion, RegisterError
from schemas.profiles import shipped_profiles
from schemas.words import Words

MOST_BYTES = 16 << 10
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ud800-\udfff]")


def _profile(name: str) -> str:
    if name not in shipped_profiles():
        known = ", ".join(shipped_profiles())
        raise ValueError(f"không có loại hồ sơ này / no such profile; {known}")
    return name


def _srid(text: Any) -> Any:
    if text in (None, ""):
        return None
    if not isinstance(text, str) or len(text) > 20:
        raise ValueError("EPSG:N")
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
    crs: Annotated[
        int | None, BeforeValidator(_srid), WithJsonSchema({"type": "string", "maxLength": 20})
    ] = None
    accept_repairs: bool = False

    @field_validator("*", mode="before")
    @classmethod
    def empty_is_none(cls, value: Any) -> Any:
        return None if value == "" else value

    def stored(self) -> dict[str, Any]:
        """The wishes as the dossier keeps them; `crs` is an EPSG code."""
        return self.model_dump(exclude_none=True, exclude_defaults=True)


LEAST_LETTERS, MOST_LETTERS = 3, 500
WRITE = Words(
    "Ghi lý do bằng một câu ngắn rồi gửi lại.", "Write one short sentence and send again."
)
NO_REASON = Words("Chưa nêu lý do.", "No reason is given.")
LONG_REASON = Words(
    f"Lý do dài quá {MOST_LETTERS} chữ cái.", f"The reason is longer than {MOST_LETTERS} letters."
)
UNREADABLE = Words(
    "Không đọc được lý do: có ký tự không phải chữ.",
    "The reason cannot be read: there are signs in it that are no text.",
)


class Decision(BaseModel):
    """Why somebody decides; it may be left out."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    least_letters: ClassVar[int] = 0

    reason: Annotated[str, Field(max_length=MOST_LETTERS)] | None = None

    @model_validator(mode="before")
    @classmethod
    def reason_is_a_sentence(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """Raises BadQuestion, which says what is wrong in words for people."""
        reason = fields.get("reason")
        if not isinstance(reason, str | None) or _UNREADABLE.search(reason or ""):
            raise BadQuestion(UNREADABLE, remedy=WRITE)
        letters = len((reason or "").strip())
        if letters < cls.least_letters:
            raise BadQuestion(NO_REASON, remedy=WRITE)
        if letters > MOST_LETTERS:
            raise BadQuestion(LONG_REASON, remedy=WRITE)
        return fields

    def stored(self) -> dict[str, Any]:
        return {"reason": self.reason} if self.reason else {}


class Approval(Decision):
    """Publish what this check found (`run.id` of the dossier's document), and nothing newer."""

    run: Annotated[int, Field(ge=1, le=2**62)]

    def stored(self) -> dict[str, Any]:
        return super().stored() | {"run": self.run}


class Reason(Decision):
    """Why somebody turns away or withdraws; it must be said."""

    least_letters: ClassVar[int] = LEAST_LETTERS

    reason: Annotated[str, Field(min_length=LEAST_LETTERS, max_length=MOST_LETTERS)]


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
