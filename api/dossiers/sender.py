"""Who sends a form with a file, when no script can add the session's mark as a header.

The mark is then the form's first field. It is looked at before the file begins (`Intake.mark`), so
that a stranger's page cannot deliver anything, and nothing large is read before that.
"""

from typing import Annotated

from fastapi import Depends, Request

from api.accounts.access import Access, Person, visit_of
from api.accounts.credentials import SESSION_COOKIE
from api.deps import Now, WriteDatabase
from schemas.errors import NotAllowed, NotSignedIn


class FormAccess(Access):
    """As `Access` by cookie; the route proves the mark. Raises NotSignedIn, NotAllowed."""

    async def __call__(  # type: ignore[override]
        self,
        request: Request,
        database: WriteDatabase,
        moment: Now,
        cookie: Annotated[str | None, Depends(SESSION_COOKIE)],
    ) -> Person:
        request.state.private = True
        visit = await visit_of(database, None, cookie, moment)
        if visit is None:
            raise NotSignedIn
        if visit.person.role not in self.roles:
            raise NotAllowed
        request.state.visit = visit
        return visit.person
