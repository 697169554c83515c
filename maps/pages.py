"""Server-rendered pages: the template environment, what every page knows, and its filters."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from maps import numbers
from maps.assets import STATIC, static_url, vendor_url
from maps.numbers import Lang
from schemas.accounts import ROLE_WORDS, ROLES, Person, Role
from schemas.tickets import STAFF
from schemas.words import Words

__all__ = ["STATIC", "Lang", "Page", "environment", "render"]

DESK: tuple[tuple[str, Words, tuple[Role, ...]], ...] = (
    ("/dossiers", Words("Hồ sơ", "Dossiers"), ("planner", "approver", "admin")),
    ("/reports", Words("Phản ánh", "Reports"), STAFF),
    ("/account", Words("Tài khoản", "Account"), ROLES),
    ("/accounts", Words("Các tài khoản", "Accounts"), ("admin",)),
    ("/audit", Words("Nhật ký", "Audit trail"), ("admin",)),
)
"""Path, name and readers of every page of the desk."""


@dataclass(frozen=True)
class Page:
    """What the frame of every page needs: language, own address (path and query), nonce.

    `invented`: this page shows invented sample data and says so in a banner.
    `person`: who is signed in, on pages of the desk; `csrf`: what their forms must carry.
    """

    lang: Lang
    url: str
    invented: bool
    nonce: str = ""
    person: Person | None = None
    csrf: str = ""

    @property
    def other_lang(self) -> Lang:
        return "en" if self.lang == "vi" else "vi"

    @property
    def path(self) -> str:
        """The address without its parameters."""
        return urlsplit(self.url).path

    @property
    def asked(self) -> dict[str, str]:
        """The parameters this page was asked with."""
        return dict(parse_qsl(urlsplit(self.url).query))

    @property
    def times(self) -> dict[str, str]:
        """The legal day and the state of knowledge this page was asked for, if any."""
        return {name: self.asked[name] for name in ("valid_at", "known_at") if name in self.asked}

    def at(self, url: str) -> str:
        """An address of ours for the same day and state of knowledge as this page."""
        asked = urlencode(self.times)
        return f"{url}{'&' if '?' in url else '?'}{asked}" if asked else url

    def link(self, url: str) -> str:
        """The same, in this page's language (Vietnamese needs no parameter)."""
        return _in_language(self.at(url), self.lang)

    def today(self, url: str) -> str:
        """An address of ours that knows no other day than today, in this page's language."""
        return _in_language(url, self.lang)

    @property
    def role_words(self) -> Words:
        """What the signed-in person is."""
        assert self.person is not None
        return ROLE_WORDS[self.person.role]

    @property
    def desk_links(self) -> list[tuple[str, Words]]:
        """The pages of the desk that the signed-in person's role may open."""
        role = self.person.role if self.person else None
        return [(path, words) for path, words, roles in DESK if role in roles]

    @property
    def sign_in_url(self) -> str:
        """The sign-in page in this page's language."""
        return _in_language("/login", self.lang)

    @property
    def other_url(self) -> str:
        """This very page, with all its parameters, in the other language."""
        return _in_language(self.url, self.other_lang)


def _in_language(url: str, lang: Lang) -> str:
    parts = urlsplit(url)
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k != "lang"]
    query += [("lang", lang)] if lang == "en" else []
    own = f"/{parts.path.lstrip('/')}"  # never `//host`, whatever was asked
    return f"{own}?{urlencode(query)}" if query else own


def _in_page_language(write: Callable[..., str]) -> Callable[..., str]:
    """A filter that writes its value in the language of the page it stands in."""

    @pass_context
    def filtered(context: Context, value: Any, *args: Any) -> str:
        return write(value, context["page"].lang, *args)

    return filtered


@pass_context
def _say(context: Context, vi: str, en: str) -> str:
    """`t("Bản đồ", "Map")`: the sentence in the page's language."""
    return vi if context["page"].lang == "vi" else en


@cache
def environment() -> Environment:
    """The one Jinja environment: autoescape on, an unknown name is an error."""
    made = Environment(
        loader=PackageLoader("maps"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": _in_page_language(numbers.number),
        "m2": _in_page_language(numbers.m2),
        "percent": _in_page_language(numbers.percent),
        "moment": _in_page_language(numbers.moment_text),
        "date": _in_page_language(numbers.date_text),
        "said": _in_page_language(numbers.said),
        "date_vi": numbers.date_vi,
    }
    made.globals |= {"t": _say, "static": static_url, "vendor": vendor_url}
    return made


def render(template: str, page: Page, **values: Any) -> str:
    """One page. Values reach it escaped; markup of ours comes as `markupsafe.Markup`.

    Raises jinja2.UndefinedError for a value the template needs and did not get.
    """
    return environment().get_template(template).render(page=page, **values)
