"""Plain forms: their fields, exactly those expected, and where a person goes afterwards."""

from typing import Annotated

from fastapi import Request
from pydantic import AfterValidator, Field

from api.accounts.access import FORM
from api.params import Asked
from maps.pages import Lang
from schemas.errors import BadQuestion
from schemas.words import Words

HOME = "/account"
LONGEST_FIELD = 2_000


def _own_path(text: str) -> str:
    """The text, where it is an address of ours; never another host, never a header's end."""
    if not text.startswith("/") or text[1:2] in ("/", "\\") or not text.isprintable():
        raise ValueError("chỉ nhận địa chỉ trong trang này / an address of this site only")
    return text


OwnPath = Annotated[str, Field(max_length=LONGEST_FIELD), AfterValidator(_own_path)]


class DeskQuery(Asked):
    """Parameters of a page of the desk."""

    lang: Lang = "vi"


class LoginQuery(DeskQuery):
    """Where to go once signed in."""

    next: OwnPath = HOME


async def form_of(request: Request, *names: str, longest: int = LONGEST_FIELD) -> dict[str, str]:
    """The fields of a plain form: exactly `names`, beside `csrf`. Raises BadQuestion."""
    if request.headers.get("content-type", "").split(";")[0].strip() != FORM:
        raise BadQuestion(Words("Chỉ nhận biểu mẫu.", f"Only {FORM} is understood."))
    items = (await request.form(max_fields=100, max_part_size=65_536)).multi_items()
    fields = {name: value for name, value in items if isinstance(value, str)}
    if len(fields) != len(items) or set(fields) - {"csrf"} != set(names):
        given = ", ".join(sorted(names))
        raise BadQuestion(
            Words(f"Biểu mẫu cần đúng các mục: {given}.", f"The form has exactly: {given}.")
        )
    return {name: _short(name, fields[name], longest) for name in names}


def _short(name: str, value: str, longest: int) -> str:
    if len(value) > longest or "\x00" in value:
        raise BadQuestion(Words(f"Mục {name} không hợp lệ.", f"The field {name} is not valid."))
    return value


def own_path(text: str) -> str:
    """The same check for a form's field. Raises BadQuestion."""
    try:
        return _own_path(text)
    except ValueError as error:
        raise BadQuestion(Words(*str(error).split(" / ", 1))) from error
