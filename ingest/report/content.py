"""What the report's page says: the verdict, and findings by code with their places."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.delivery import Delivery
from ingest.report.details import Detail, details_of
from ingest.report.grouping import for_reading
from ingest.report.map import ReportMap, report_map
from ingest.report.outcome import LEVEL_WORDS, by_gravity, outcome
from ingest.report.places import Place, places_of
from schemas.issues import Issue, Level
from schemas.numbers import spelt
from schemas.profiles import shipped_profiles
from schemas.words import Words

MOST = 500
"""Findings of one code that are listed."""
SHOWN = 160
"""Letters of a value, or of a line of the contents, that are shown."""
VERDICTS = {
    "reject": Words(
        "Không đạt: phải sửa {errors} lỗi trước khi công bố.",
        "Rejected: errors to be put right before publication: {errors}.",
    ),
    "accept_with_warnings": Words(
        "Đạt, có {warnings} cảnh báo nên xem.", "Accepted; warnings to look at: {warnings}."
    ),
    "accept": Words("Đạt: không có lỗi.", "Accepted: no errors."),
}
TOOLS = (
    ("in", "+", Words("Phóng to", "Zoom in")),
    ("out", "−", Words("Thu nhỏ", "Zoom out")),
    ("all", "⤢", Words("Xem tất cả", "See all")),
    ("left", "←", Words("Sang trái", "Move left")),
    ("right", "→", Words("Sang phải", "Move right")),
    ("up", "↑", Words("Lên trên", "Move up")),
    ("down", "↓", Words("Xuống dưới", "Move down")),
)
_WHERE = (
    ("file", Words("Tệp", "file")),
    ("layer", Words("Lớp", "layer")),
    ("row", Words("Dòng", "row")),
    ("column", Words("Cột", "column")),
    ("value", Words("Giá trị", "value")),
)


@dataclass(frozen=True)
class Finding:
    """One finding on the page. `number`: on the map; `fix`: where it differs from its group's."""

    message: Words
    count: int
    where: tuple[tuple[Words, str], ...]
    details: tuple[Detail, ...]
    number: int | None
    fix: Words | None


@dataclass(frozen=True)
class Group:
    """All findings of one code and level; `more` of them are not listed.

    `together`: many repairs are told as one.
    """

    code: str
    level: Level
    words: Words
    count: int
    why: Words
    fix: Words | None
    repairable: bool
    findings: tuple[Finding, ...]
    more: int
    together: bool

    @property
    def anchor(self) -> str:
        return f"{self.code}-{self.level}".lower()

    @property
    def opening(self) -> str:
        """The first finding's sentence, for the table of contents."""
        return _short(self.findings[0].message.vi)


@dataclass(frozen=True)
class Page:
    """All that the template says. `levels`: of the numbered findings; `width`: of the map."""

    name: str
    profile: Words | None
    sha256: str
    plans: tuple[str, ...]
    outcome: str
    verdict: Words
    counts: tuple[tuple[Level, Words, int], ...]
    groups: tuple[Group, ...]
    map: ReportMap | None
    levels: Mapping[int, Level]
    unnumbered: int
    tools: tuple[tuple[str, str, Words], ...] = TOOLS

    @property
    def width(self) -> Words:
        """How far the map reaches from west to east."""
        return distance(1000 * self.map.metres if self.map else 0)

    @property
    def bar(self) -> Words:
        """What the scale bar says."""
        return distance(self.map.bar_metres if self.map else 0)


def distance(metres: float) -> Words:
    """A length for a sentence, in metres or kilometres."""
    far = metres >= 999.5
    number = spelt(metres / 1000, 1) if far else spelt(metres, 1 if metres < 10 else 0)
    return Words(*(f"{text} {'km' if far else 'm'}" for text in number))


def profile_words(delivery: Delivery) -> Words | None:
    """What people call the profile; a user's own has only the name that its file gives it."""
    if not delivery.profile:
        return None
    shipped = shipped_profiles().get(delivery.profile)
    title = Words(delivery.profile, "") if shipped is None else shipped.title.words()
    if delivery.standard is None:
        return title
    return Words(f"{title.vi}: {delivery.standard}", title.en)


def page_of(delivery: Delivery, storage_srid: int) -> Page:
    """The page about a delivery; `storage_srid`: CRS of its geometry."""
    issues = for_reading(by_gravity(delivery))
    places = places_of(issues)
    counts = delivery.counts
    errors = counts["FATAL"] + counts["ERROR"]
    return Page(
        name=delivery.name,
        profile=profile_words(delivery),
        sha256=delivery.sha256,
        plans=tuple(f"{one.plan_name} ({one.plan_code})" for one in delivery.versions),
        outcome=outcome(delivery),
        verdict=VERDICTS[outcome(delivery)].filled(errors=errors, warnings=counts["WARNING"]),
        counts=tuple((lv, words, counts[lv]) for lv, words in LEVEL_WORDS.items() if counts[lv]),
        groups=_groups(issues, places),
        map=report_map(delivery, places.values(), storage_srid),
        levels={place.number: issues[index].level for index, place in places.items()},
        unnumbered=sum(issue.geom is not None for issue in issues) - len(places),
    )


def _groups(issues: Sequence[Issue], places: dict[int, Place]) -> tuple[Group, ...]:
    alike: dict[tuple[str, Level], list[int]] = defaultdict(list)
    for index, issue in enumerate(issues):
        alike[issue.code, issue.level].append(index)
    return tuple(_group([(issues[at], places.get(at)) for at in same]) for same in alike.values())


def _group(placed: list[tuple[Issue, Place | None]]) -> Group:
    first = placed[0][0]
    fixes = {issue.remedy for issue, _ in placed}
    fix = first.remedy if len(fixes) == 1 else None
    return Group(
        code=first.code,
        level=first.level,
        words=LEVEL_WORDS[first.level],
        count=sum(issue.count for issue, _ in placed),
        why=first.kind.why.words(),
        fix=fix,
        repairable=first.kind.repairable,
        findings=tuple(_finding(issue, place, fix is None) for issue, place in placed[:MOST]),
        more=max(0, len(placed) - MOST),
        together=any("changed_m2" in issue.detail for issue, _ in placed),
    )


def _finding(issue: Issue, place: Place | None, own_fix: bool) -> Finding:
    values = ((words, getattr(issue, name)) for name, words in _WHERE)
    return Finding(
        message=issue.message,
        count=issue.count,
        where=tuple((words, _short(str(value))) for words, value in values if value is not None),
        details=tuple(details_of(issue)),
        number=None if place is None else place.number,
        fix=issue.remedy if own_fix else None,
    )


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
