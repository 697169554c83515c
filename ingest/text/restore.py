"""The texts of one field made readable: what each says now, and how that is known."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal, NamedTuple

from ingest.text.bytes_read import cut_utf8_text, labelled_text, utf8_text, western_text
from ingest.text.common import all_common
from ingest.text.control_codes import with_characters, with_signs
from ingest.text.decoders import DECODERS, as_bytes
from ingest.text.detect import SAMPLE, Verdict, decide
from ingest.text.evidence import has_broken_words, reads_better, weigh

State = Literal[
    "kept", "trimmed", "composed", "codes", "restored", "assumed", "cut", "unclear", "unreadable"
]
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
    texts: Sequence[str],
    *,
    raw: bool = False,
    label: str | None = None,
    hint: str | None = None,
    font: str | None = None,
) -> list[Text]:
    """Each text of a field, restored where one reading is clearly right.

    A text in Unicode that reads well stays, whatever its neighbours are in. `raw`: the texts are
    bytes in ISO-8859-1; `label`: the codec that the file names for them; `hint`: an encoding that
    speaks for itself elsewhere; `font`: the one of the font that all these texts are set in.
    """
    first = [_read(with_characters(text), raw, label) for text in texts]
    if raw and (label == "utf-8" or any(one.found == "UTF-8" for one in first)):
        first = [_without_cut_letter(one) if one.state == "unreadable" else one for one in first]
    restored = _restored(first, font or hint, bytes_only=raw, font=font is not None)
    return [_finished(one, text) for one, text in zip(restored, texts, strict=True)]


def _restored(texts: list[Text], hint: str | None, *, bytes_only: bool, font: bool) -> list[Text]:
    """Texts whose letters are all bytes of old encodings, restored where that is clear."""
    raw = {at: octets for at, one in enumerate(texts) if (octets := _octets(one)) is not None}
    if not raw:
        return texts
    mixed = _holds_unicode(one.after for at, one in enumerate(texts) if at not in raw)
    open_texts = [
        _Open(texts[at], octets, font or (bytes_only and texts[at].found is None))
        for at, octets in raw.items()
    ]
    decided = dict(zip(raw, _decide_all(open_texts, hint, mixed), strict=True))
    return [decided.get(at, one) for at, one in enumerate(texts)]


class _Open(NamedTuple):
    """A text that may be in an old encoding, with its bytes as ISO-8859-1.

    `either`: one that reads well both ways goes with its neighbours: its font says so, or only a
    label says what its bytes mean.
    """

    text: Text
    raw: str
    either: bool


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
    """The open texts of a field. The broken ones tell the encoding, with the help of the others
    where the field holds nothing in Unicode beyond doubt.
    """
    broken = [_is_broken(one) for one in texts]
    chosen = [at for at, one in enumerate(texts) if broken[at] or (one.either and not mixed)]
    verdict = _verdict([texts[at] for at in chosen], hint)
    if verdict.encoding is None and not mixed:
        verdict = _verdict(texts, hint)
    rare = [] if mixed else _rare(texts, set(chosen), verdict)
    decided = [one.text for one in texts]
    for at in chosen:
        decided[at] = _decided(texts[at], verdict)
    for at in rare:
        decided[at] = _decided(texts[at]._replace(either=True), verdict)
    return decided


def _rare(texts: list[_Open], chosen: set[int], verdict: Verdict) -> list[int]:
    """Other texts, spelt well both ways, of which only the verdict's reading has common words.

    None where a text of the field has common words as it is and rare ones in that reading.
    """
    if verdict.encoding is None:
        return []
    rare = []
    for at, (text, raw, _) in enumerate(texts):
        read = DECODERS[verdict.encoding](raw)
        if at in chosen or read == text.after:
            continue
        now, then = all_common(text.after), all_common(read)
        if now and not then:
            return []
        if then and not now:
            rare.append(at)
    return rare


def _is_broken(one: _Open) -> bool:
    """No right text is made of the bytes of another one in UTF-8."""
    text, raw, _ = one
    return text.state == "unreadable" or has_broken_words(text.after) or utf8_text(raw) is not None


def _verdict(texts: Sequence[_Open], hint: str | None) -> Verdict:
    step = -(-len(texts) // SAMPLE) or 1
    some = texts[::step]
    delivered = ["" if one.text.state == "unreadable" else one.text.after for one in some]
    return decide([one.raw for one in some], delivered, hint)


def _decided(one: _Open, verdict: Verdict) -> Text:
    """One text under the verdict on its field, unless it reads better as it is."""
    text = one.text
    if verdict.encoding is None:
        return _undecided(text, one.raw, verdict)
    after = unicodedata.normalize("NFC", DECODERS[verdict.encoding](one.raw))
    if "\ufffd" in after or (after == text.after and text.state == "kept"):
        return text
    proven = text.state == "unreadable" or verdict.encoding == "UTF-8"
    if not proven and not reads_better(after, text.after, tie=one.either):
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
    if text.state == "kept":
        return replace(text, before=text.after, after=after, state="trimmed")
    return replace(text, after=after)


def pooled_hint(fields: Iterable[Sequence[Text]]) -> str | None:
    """The encoding that restored fields agree on: a witness for a neighbour with few words."""
    found = {text.encoding for field in fields for text in field if text.state == "restored"}
    found.discard(None)
    return found.pop() if len(found) == 1 else None
