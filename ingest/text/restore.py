"""The texts of one field made readable: what each says now, and how that is known."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal, NamedTuple

from ingest.text.bytes_read import cut_utf8_text, labelled_text, utf8_text, western_text
from ingest.text.control_codes import with_characters, with_signs
from ingest.text.decoders import DECODERS, as_bytes
from ingest.text.detect import SAMPLE, Verdict, decide
from ingest.text.evidence import has_broken_words, weigh

State = Literal["kept", "composed", "codes", "restored", "assumed", "cut", "unclear", "unreadable"]
_WIDE = frozenset(
    {"big5", "cp932", "cp949", "cp950", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "shift_jis"}
)
"""Codecs of several bytes a letter: what fits one of them, and is labelled so, is in it."""


@dataclass(frozen=True)
class Text:
    """One distinct text. `before`: as delivered; `after`: what goes on; `encoding`: restored from.

    `readings`: (encoding, text) pairs where the encoding is not clear; `found`: the encoding that
    the bytes proved to be in, restored or not.
    """

    before: str
    after: str
    state: State = "kept"
    encoding: str | None = None
    readings: tuple[tuple[str, str], ...] = ()
    found: str | None = None


def restore(
    texts: Sequence[str], *, raw: bool = False, label: str | None = None, hint: str | None = None
) -> list[Text]:
    """Each text of a field, restored where one reading is clearly right.

    `raw`: the texts are bytes in ISO-8859-1; `label`: the codec that the file names for them;
    `hint`: an encoding that speaks for itself elsewhere.
    """
    first = [_read(with_characters(text), raw, label) for text in texts]
    if raw and (label == "utf-8" or any(one.found == "UTF-8" for one in first)):
        first = [_without_cut_letter(one) if one.state == "unreadable" else one for one in first]
    return [_finished(one, text) for one, text in zip(_restored(first, hint), texts, strict=True)]


def _restored(texts: list[Text], hint: str | None) -> list[Text]:
    """Texts whose letters are all bytes of old encodings, restored where that is clear."""
    raw = {at: octets for at, one in enumerate(texts) if (octets := _octets(one)) is not None}
    if not raw:
        return texts
    mixed = _holds_unicode(one.after for at, one in enumerate(texts) if at not in raw)
    open_texts = [_Open(texts[at], octets) for at, octets in raw.items()]
    decided = dict(zip(raw, _decide_all(open_texts, hint, mixed), strict=True))
    return [decided.get(at, one) for at, one in enumerate(texts)]


class _Open(NamedTuple):
    """A text that may be in an old encoding, with its bytes as ISO-8859-1."""

    text: Text
    raw: str


def _read(text: str, raw: bool, label: str | None) -> Text:
    if text.isascii():
        return Text(text, text)
    return _as_labelled(text, label) if raw else _as_delivered(text)


def _as_delivered(text: str) -> Text:
    composed = unicodedata.normalize("NFC", text)
    return Text(text, composed, "kept" if composed == text else "composed")


def _as_labelled(text: str, label: str | None) -> Text:
    """Bytes as UTF-8 where that is beyond doubt, else as the label has it, else unreadable."""
    if label in _WIDE and (read := labelled_text(text, label)) is not None:
        return Text(read, read)
    if (read := utf8_text(text, sure=label == "utf-8")) is not None:
        composed = _as_delivered(read)
        return Text(read, composed.after, composed.state, found="UTF-8")
    if (read := labelled_text(text, label)) is not None:
        return Text(text, read)
    return Text(text, text, "unreadable")


def _without_cut_letter(text: Text) -> Text:
    read = cut_utf8_text(text.before)
    if read is None:
        return text
    return Text(text.before, unicodedata.normalize("NFC", read), "cut", found="UTF-8")


def _holds_unicode(sure: Iterable[str]) -> bool:
    """Whether some texts of the field are Vietnamese in Unicode beyond doubt."""
    marked = (text for text in sure if not text.isascii())
    return len(weigh(islice(marked, SAMPLE)).syllables) > 1


def _octets(text: Text) -> str | None:
    """The bytes of a text that may be in an old encoding; None where it is in none."""
    if text.state not in ("kept", "unreadable") or text.before.isascii():
        return None
    return as_bytes(text.before)


def _decide_all(texts: list[_Open], hint: str | None, mixed: bool) -> list[Text]:
    """The open texts of a field; in a field that holds Unicode too, only those that are broken."""
    chosen = _broken(texts) if mixed else list(range(len(texts)))
    verdict = _verdict([texts[at] for at in chosen], hint)
    if verdict.encoding is None and not mixed and (broken := _broken(texts)) != chosen:
        chosen, verdict = broken, _verdict([texts[at] for at in broken], hint)
    decided = [one.text for one in texts]
    for at in chosen:
        decided[at] = _decided(texts[at], verdict)
    return decided


def _broken(texts: list[_Open]) -> list[int]:
    return [
        at
        for at, (text, _) in enumerate(texts)
        if text.state == "unreadable" or has_broken_words(text.after)
    ]


def _verdict(texts: Sequence[_Open], hint: str | None) -> Verdict:
    step = -(-len(texts) // SAMPLE) or 1
    some = texts[::step]
    delivered = ["" if text.state == "unreadable" else text.after for text, _ in some]
    return decide([raw for _, raw in some], delivered, hint)


def _decided(one: _Open, verdict: Verdict) -> Text:
    text, raw = one
    if verdict.encoding is None:
        return _undecided(text, raw, verdict)
    after = unicodedata.normalize("NFC", DECODERS[verdict.encoding](raw))
    if "\ufffd" in after or (after == text.after and text.state == "kept"):
        return text
    return Text(text.before, after, "restored", verdict.encoding, found=verdict.encoding)


def _undecided(text: Text, raw: str, verdict: Verdict) -> Text:
    """Several readings fit, or none: a text that says something as it is stays as it is."""
    readings = tuple((name, DECODERS[name](raw)) for name in verdict.fitting)
    if text.state == "unreadable":
        western = None if readings else western_text(text.before)
        if western is None:
            return replace(text, readings=readings)
        return Text(text.before, western, "assumed", "CP1252", found="CP1252")
    differing = tuple((name, read) for name, read in readings if read != text.after)
    return replace(text, state="unclear", readings=differing) if differing else text


def _finished(text: Text, delivered: str) -> Text:
    """Signs for their codes, no outer blanks; `before` as it stood in the file."""
    after = with_signs(text.after).strip()
    coded = len(after) < len(text.after.strip()) or with_characters(delivered) != delivered
    if text.state == "kept" and coded:
        return replace(text, before=delivered, after=after, state="codes")
    if after == text.after:
        return text
    return replace(text, after=after)


def pooled_hint(fields: Iterable[Sequence[Text]]) -> str | None:
    """The encoding that restored fields agree on: a witness for a neighbour with few words."""
    found = {text.encoding for field in fields for text in field if text.state == "restored"}
    found.discard(None)
    return found.pop() if len(found) == 1 else None
