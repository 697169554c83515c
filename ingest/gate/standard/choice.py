"""Which of several standards a dossier follows: by its name, then by what its metadata say.

Never guessed: where none fits, or several do, the candidates are named and a person chooses.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.gate.standard.dossier import Dossier
from ingest.gate.standard.findings import said
from ingest.gate.standard.metadata import Metadata
from schemas.issues import Issue
from schemas.standards.forms import example
from schemas.standards.model import Standard
from schemas.standards.patterns import PatternTooSlow, fits_whole
from schemas.words import Words

MOST_NAMES = 8


@dataclass(frozen=True)
class Choice:
    """The standard, or why there is none."""

    standard: Standard | None
    issues: tuple[Issue, ...] = ()


def choose(standards: Sequence[Standard], dossier: Dossier, metadata: Metadata) -> Choice:
    """The standard meant for a dossier of this name; a single one is taken at its word."""
    if len(standards) == 1:
        (only,) = standards
        named = only.folder is None or _fits(only.folder, dossier.name)
        issues = () if named else (_about("STANDARD_FOLDER_NAME", dossier, standards),)
        return Choice(only, issues)
    fitting = [one for one in standards if one.folder and _fits(one.folder, dossier.name)]
    if not fitting:
        return Choice(None, (_about("STANDARD_NONE_FITS", dossier, standards),))
    stated = [one for one in fitting if _is_stated(one, metadata)]
    left = stated or fitting
    if len(left) > 1:
        return Choice(None, (_about("STANDARD_SEVERAL_FIT", dossier, left),))
    return Choice(left[0])


def _is_stated(standard: Standard, metadata: Metadata) -> bool:
    wanted = standard.stated
    return wanted is not None and any(_fits(wanted, title) for title in metadata.standards)


def _fits(pattern: str, text: str) -> bool:
    try:
        return fits_whole(pattern, text, ignore_case=True)
    except PatternTooSlow:
        return False


def _about(code: str, dossier: Dossier, standards: Sequence[Standard]) -> Issue:
    names = ", ".join(sorted(standard.name for standard in standards))
    detail = {"standards": names, **said("names", _names(standards))}
    return Issue(code, file=dossier.name, value=dossier.name, detail=detail)


def _names(standards: Sequence[Standard]) -> Words:
    """How the names of dossiers look that these standards are meant for."""
    folders = dict.fromkeys(one.folder for one in standards if one.folder)
    shown = dict.fromkeys(filter(None, map(example, folders)))
    if not shown:
        return Words("theo chuẩn", "as the standard says")
    listed = ", ".join(list(shown)[:MOST_NAMES])
    return Words(f"cho giống dạng {listed}", f"so that it looks like {listed}")
