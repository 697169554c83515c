"""Who sends a form with a file, when no script can add the session's mark as a header.

The mark is then the form's first field. It is looked at before the file begins (`Intake.mark`), so
that a stranger's page cannot deliver anything, and nothing large is read before that.
"""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials

from api.accounts.access import BROWSER_ONLY, Access, Person, visit_of
from api.accounts.credentials import BEARER, SESSION_COOKIE
from api.deps import Now, WriteDatabase
from schemas.errors import NotAllowed, NotSignedIn


class FormAccess(Access):
    """As `Access` by cookie; the route proves the mark. Raises NotSignedIn, NotAllowed."""

    async def __call__(
        self,
        request: Request,
        database: WriteDatabase,
        moment: Now,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
        cookie: Annotated[str | None, Depends(SESSION_COOKIE)],
    ) -> Person:
        request.state.private = True
        if bearer:
            raise NotAllowed(BROWSER_ONLY)
        visit = await visit_of(database, None, cookie, moment)
        if visit is None:
            raise NotSignedIn
        if visit.person.role not in self.roles:
            raise NotAllowed
        request.state.visit = visit
        return visit.person
