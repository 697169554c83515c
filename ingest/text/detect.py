"""Which encoding the texts of one field are in: all of them decide together."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.text.decoders import DECODERS
from ingest.text.evidence import Evidence, weigh

SAMPLE = 500  # texts that decide for all of a field
CLEAR = 0.5  # of the score: a winner reads this much better than the text as delivered
APART = 0.25  # of the score: and this much better than any other reading that differs
VIETNAMESE = 0.6  # of all words: below it the language may be another one
THINKABLE = 0.35  # of all words: below it the language is another one
HINT = 0.5
NOTHING = weigh([])


@dataclass(frozen=True)
class Verdict:
    """`encoding`: the one clear winner, or None; `fitting`: readings that fit, best first.

    No winner and nothing fitting: whatever the language is, it is not broken Vietnamese.
    """

    encoding: str | None
    fitting: tuple[str, ...] = ()


def decide(raw: Sequence[str], delivered: Sequence[str], hint: str | None = None) -> Verdict:
    """The encoding of texts given as raw bytes (ISO-8859-1 text) and as they read now.

    `delivered`: what the texts say as the file has it, empty where it does not say anything;
    `hint`: an encoding that a font's name or the neighbouring fields speak for.
    """
    now = weigh(delivered)
    readings = {name: _reading(name, raw) for name in DECODERS}
    found = {name: weigh(texts) for name, texts in readings.items() if texts != list(delivered)}
    scores = {name: e.score + (HINT if name == hint else 0) for name, e in found.items()}
    fitting = sorted(
        (name for name, e in found.items() if _fits(name, e, now)), key=lambda name: -scores[name]
    )
    if not fitting:
        return Verdict(None)
    best = fitting[0]
    rivals = [name for name in fitting[1:] if readings[name] != readings[best]]
    apart = all(scores[best] - scores[name] >= APART for name in rivals)
    enough = _enough(found[best], hinted=best in (hint, "UTF-8"))
    return Verdict(best if apart and enough else None, (best, *rivals))


def _reading(name: str, raw: Sequence[str]) -> list[str]:
    """Each text by itself: a broken one must not swallow the beginning of the next."""
    decode = DECODERS[name]
    return [decode(text) for text in raw]


def _fits(name: str, found: Evidence, now: Evidence) -> bool:
    """The bytes of UTF-8 are a witness by themselves, whatever stands around them."""
    if found.short and not (found.good or found.bad or now.good):
        return bool(now.bad) or now == NOTHING
    return (
        found.score >= CLEAR
        and found.score - now.score >= CLEAR
        and (found.vietnamese >= THINKABLE or name == "UTF-8")
        and any(len(word) > 1 for word in found.syllables - now.syllables)
    )


def _enough(found: Evidence, *, hinted: bool) -> bool:
    """Two Vietnamese words that nothing contradicts, or a witness: a hint, the bytes of UTF-8."""
    if hinted:
        return True
    words = len(found.syllables) + found.plain
    return found.vietnamese >= VIETNAMESE and words > 1
