"""The report for a terminal: short, Vietnamese first."""

from collections.abc import Iterator

from ingest.delivery import Delivery
from ingest.report.grouping import for_reading
from ingest.report.outcome import LEVEL_WORDS, OUTCOME_WORDS, by_gravity, outcome
from schemas.issues import Issue
from schemas.numbers import spelt
from schemas.words import Words

REPAIRS = Words(
    "Tất cả {repairs} chỗ: diện tích đổi cộng lại {changed} m², nhiều nhất {largest} m².",
    "All {repairs} places: the area changes by {changed} m² added up, by {largest} m² at most.",
)
"""Of many repairs told as one."""
_UNSEEN = dict.fromkeys((*range(32), *range(0x7F, 0xA0)), "�")


def text_lines(delivery: Delivery, most: int | None = 50) -> Iterator[str]:
    """At most `most` findings (None: all), then the counts; nothing that would move a cursor."""
    return (line.translate(_UNSEEN) for line in _lines(delivery, most))


def _lines(delivery: Delivery, most: int | None) -> Iterator[str]:
    issues = for_reading(by_gravity(delivery))
    for issue in issues[:most]:
        times = f"  ×{issue.count}" if issue.count > 1 else ""
        yield f"{LEVEL_WORDS[issue.level]}  {issue.code}{times}"
        for sentence in (issue.message, *_together(issue), issue.remedy_by_command):
            yield f"    {sentence.vi}"
            yield f"    {sentence.en}"
    if most is not None and len(issues) > most:
        left = len(issues) - most
        yield f"… còn {left} mục nữa / {left} more"
    told = delivery.counts
    counts = ", ".join(f"{words}: {told[lv]}" for lv, words in LEVEL_WORDS.items() if told[lv])
    said = OUTCOME_WORDS[outcome(delivery)]
    yield f"{delivery.name}: {said}" + (f" ({counts})" if counts else "")


def _together(issue: Issue) -> Iterator[Words]:
    """What many repairs told as one change in all."""
    if "changed_m2" in issue.detail:
        repairs = spelt(issue.detail["findings"])
        changed, largest = (spelt(issue.detail[name]) for name in ("changed_m2", "largest_m2"))
        pairs = zip(REPAIRS, repairs, changed, largest, strict=True)
        yield Words(*(text.format(repairs=n, changed=c, largest=m) for text, n, c, m in pairs))
