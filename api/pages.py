"""What every page route needs: the frame of the page, and whether invented data is about."""

from dataclasses import replace

from fastapi import Request

from api.accounts.access import Visit
from api.deps import Pool
from api.params import At
from api.security import nonce_of
from maps.pages import Lang, Page


class PageQuery(At):
    """Parameters of a page."""

    lang: Lang = "vi"


def page_of(request: Request, invented: bool) -> Page:
    """The frame of a page: its language and own address."""
    lang: Lang = "en" if request.query_params.get("lang") == "en" else "vi"
    url = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return Page(lang, url, invented, nonce_of(request))


def desk_page(request: Request, invented: bool = False, *, at: str | None = None) -> Page:
    """The frame of a page for someone signed in: it names them, and its forms bear their mark.

    `at`: where the page lives, when a form at another address answers with it.
    """
    visit: Visit = request.state.visit
    page = replace(page_of(request, invented), person=visit.person, csrf=visit.csrf)
    return replace(page, url=page.link(at)) if at else page


async def holds_invented(database: Pool) -> bool:
    """Whether the register holds invented sample data, which every page then says."""
    query = "SELECT EXISTS (SELECT FROM dossier WHERE invented AND state = 'published')"
    return bool(await database.fetchval(query))
