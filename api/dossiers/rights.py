"""Who may do what with a dossier, and when: one answer for routes, documents and buttons."""

from collections.abc import Mapping
from typing import Any, Literal

from schemas.accounts import Person, Role
from schemas.dossier_words import STATES, WORKS
from schemas.errors import NotAllowed, Refused, RegisterError
from schemas.words import Words

Work = Literal["check", "publish", "reject", "withdraw"]

POSSIBLE_IN: dict[Work, tuple[str, ...]] = {
    "check": ("received", "checked", "staged", "rejected", "failed", "withdrawn"),
    "publish": ("staged",),
    "reject": ("staged",),
    "withdraw": ("published",),
}
"""The states in which a work can begin."""
DELIVERS: tuple[Role, ...] = ("planner", "admin")
DECIDES: tuple[Role, ...] = ("approver",)
READS: tuple[Role, ...] = ("planner", "approver", "admin")
SEES_ALL: tuple[Role, ...] = ("approver", "admin")

OWN = Words(
    "Người nộp hoặc kiểm tra hồ sơ không được tự quyết định về hồ sơ đó.",
    "Whoever delivered or checked a dossier does not decide about it.",
)
SECOND = Words(
    "Cần người thứ hai có vai trò duyệt công bố.", "A second person with the approver's role must."
)


def only_of(person: Person) -> int | None:
    """The uploader whose dossiers this person sees; None for everybody's."""
    return None if person.role in SEES_ALL else person.id


def possible(dossier: Mapping[str, Any], person: Person) -> list[Work]:
    """What this person may do with the dossier now."""
    return [work for work in POSSIBLE_IN if why_not(work, dossier, person) is None]


def why_not(work: Work, dossier: Mapping[str, Any], person: Person) -> RegisterError | None:
    """Why this person may not do it now, if so: NotAllowed, or Refused where only time is wrong."""
    if work == "check":
        if person.role != "admin" and person.id != dossier["uploader_id"]:
            return NotAllowed()
    elif person.role not in DECIDES:
        return NotAllowed()
    elif person.id in (dossier["uploader_id"], dossier["wishes"].get("by")):
        return NotAllowed(OWN, remedy=SECOND)
    return _too_early_or_late(work, dossier["state"], dossier["work"])


def _too_early_or_late(work: Work, state: str, under_way: str | None) -> Refused | None:
    asked = WORKS[work]
    if under_way is not None:
        doing = WORKS[under_way]
        return Refused(
            Words(
                f"Đang {doing.vi} hồ sơ này; đợi xong rồi {asked.vi}.",
                f"A {doing.en} is under way; the {asked.en} must wait.",
            )
        )
    if state not in POSSIBLE_IN[work]:
        now = STATES[state]
        return Refused(
            Words(
                f"Không {asked.vi} được: hồ sơ {now.vi}.",
                f"No {asked.en} now: the dossier is {now.en}.",
            )
        )
    return None
