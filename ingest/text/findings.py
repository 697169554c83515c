"""What is said about the texts of a table: read anew, unclear, damaged, with samples and rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.text.damage import Sign, damaged
from ingest.text.decoders import shown
from ingest.text.evidence import weigh
from ingest.text.fields import Field
from ingest.text.label import TextLabel
from ingest.text.restore import State, Text, restore
from schemas.issues import Issue

SAMPLES = 3
ROWS = 20
Rows = Sequence[int] | NDArray[np.int64]
NAMES = "(tên cột / field names)"
WINDOWS = "Windows-1252"


@dataclass(frozen=True)
class TextFinding:
    """A finding about one field (or, without `column`, all of them), not yet placed in a file."""

    code: str
    column: str | None
    row: int | None
    value: str | None
    count: int
    detail: dict[str, Any] = field(default_factory=dict)

    def issue(self, file: str, layer: str) -> Issue:
        return Issue(
            self.code,
            file=file,
            layer=layer,
            row=self.row,
            column=self.column,
            value=self.value,
            count=self.count,
            detail=self.detail,
        )


def text_findings(fields: Sequence[Field], rows: Rows, label: TextLabel) -> tuple[TextFinding, ...]:
    """Everything to be said about restored fields; `rows`: the number of each row, as cited."""
    found = [finding for one in fields for finding in _of_field(one, rows)]
    return (*found, *_assumed(fields, rows), *_wrong_label(fields, label))


def restore_names(
    names: Sequence[bytes], label: TextLabel
) -> tuple[list[str], tuple[TextFinding, ...]]:
    """The names of a table's fields restored together, in their order; a cut one is no finding."""
    texts = restore([name.decode("latin-1") for name in names], raw=True, label=label.codec)
    whole = tuple(replace(one, state="kept") if one.state == "cut" else one for one in texts)
    told = _of_field(Field(NAMES, whole, np.arange(len(whole))), range(len(whole)))
    placed = (replace(one, row=None, detail={**one.detail, "rows": []}) for one in told)
    return [one.after for one in texts], tuple(placed)


def _of_field(one: Field, rows: Rows) -> Iterator[TextFinding]:
    told = _Told(one, rows)
    for (state, encoding), texts in _by_state(one).items():
        if state == "restored":
            yield told.finding("TEXT_RESTORED", texts, encoding=encoding)
        elif state == "codes":
            yield told.finding("TEXT_DRAWING_CODES", texts)
        elif state == "trimmed":
            yield told.finding("TEXT_TRIMMED", texts)
        elif state == "composed":
            yield told.finding("TEXT_COMPOSED", texts)
        elif state == "cut":
            yield told.finding("TEXT_CUT", texts)
        elif state == "unclear":
            yield told.finding("TEXT_ENCODING_UNCLEAR", texts, **_readings(one, texts))
        elif state == "unreadable":
            yield told.finding("TEXT_UNREADABLE", texts, **_readings(one, texts))
    yield from _mixed(one, told)
    for sign, texts in _damaged(one).items():
        words = {"why_vi": sign.words.vi, "why_en": sign.words.en}
        yield told.damage(texts, words)


class _Told:
    """Makes findings about some texts of one field."""

    def __init__(self, one: Field, rows: Rows) -> None:
        self.field, self.rows = one, rows

    def finding(self, code: str, texts: list[int], **detail: Any) -> TextFinding:
        places = np.flatnonzero(np.isin(self.field.codes, texts))
        samples = [_sample(self.field.texts[number]) for number in texts[:SAMPLES]]
        more = {
            "before": samples[0]["before"],
            "after": samples[0]["after"],
            "samples": samples,
            "rows": [int(self.rows[place]) for place in places[:ROWS]],
            **detail,
        }
        row = int(self.rows[places[0]]) if len(places) else None
        value = samples[0]["before"]
        return TextFinding(code, self.field.name, row, value, max(1, len(places)), more)

    def damage(self, texts: list[int], words: dict[str, str]) -> TextFinding:
        """Here there is no before and after, only what stands there."""
        told = self.finding("TEXT_DAMAGED", texts, **words)
        values = [shown(self.field.texts[number].after) for number in texts[:ROWS]]
        kept = ("after", "rows", "why_vi", "why_en")
        detail = {name: told.detail[name] for name in kept} | {"values": values}
        return replace(told, value=values[0], detail=detail)


def _sample(text: Text) -> dict[str, str]:
    return {"before": shown(text.before), "after": shown(text.after)}


def _readings(one: Field, texts: list[int]) -> dict[str, Any]:
    """The readings of the first text that has any: two encodings can both make sense of it."""
    readings = next((one.texts[n].readings for n in texts if one.texts[n].readings), ())
    said = [{"encoding": encoding, "text": text} for encoding, text in readings]
    return {"readings": said, "choices": "; ".join(f"{e}: “{t}”" for e, t in readings) or "…"}


def _by_state(one: Field) -> dict[tuple[State, str | None], list[int]]:
    found: dict[tuple[State, str | None], list[int]] = defaultdict(list)
    for number, text in enumerate(one.texts):
        if text.state != "kept":
            found[text.state, text.encoding].append(number)
    return found


def _mixed(one: Field, told: _Told) -> Iterator[TextFinding]:
    """Texts that read well as they are beside others that were restored: one may be mistaken."""
    restored = [n for n, text in enumerate(one.texts) if text.state == "restored"]
    if not restored:
        return
    well = [n for n, text in enumerate(one.texts) if _reads_well(text)]
    if well:
        changed = told.finding("TEXT_RESTORED", restored)
        encodings = sorted({str(one.texts[n].encoding) for n in restored})
        detail = {
            "n_restored": changed.count,
            "encoding": ", ".join(encodings),
            "restored": changed.detail["after"],
            "samples": changed.detail["samples"],
            "values": [one.texts[n].after for n in well[:ROWS]],
        }
        kept = told.finding("TEXT_MIXED", well, **detail)
        yield replace(kept, detail={**kept.detail, "n_kept": kept.count})


def _reads_well(text: Text) -> bool:
    kept = text.state in ("kept", "trimmed", "composed", "codes")
    return kept and not text.after.isascii() and weigh([text.after]).good > 0


def _damaged(one: Field) -> dict[Sign, list[int]]:
    unread = ("unclear", "unreadable")
    return damaged(["" if text.state in unread else text.after for text in one.texts])


def _assumed(fields: Sequence[Field], rows: Rows) -> Iterator[TextFinding]:
    """Texts of another language in a file that names no encoding: once for all fields."""
    texts = {
        one.name: [n for n, text in enumerate(one.texts) if text.state == "assumed"]
        for one in fields
    }
    findings = [
        _Told(one, rows).finding("TEXT_ENCODING_ASSUMED", texts[one.name])
        for one in fields
        if texts[one.name]
    ]
    if findings:
        first = findings[0]
        columns = ", ".join(str(finding.column) for finding in findings)
        detail = {**first.detail, "encoding": WINDOWS, "columns": columns}
        count = sum(finding.count for finding in findings)
        yield TextFinding(first.code, None, first.row, first.value, count, detail)


def _wrong_label(fields: Iterable[Field], label: TextLabel) -> Iterator[TextFinding]:
    """The encoding that the file names is not the one its texts are in."""
    if label.said is None:
        return
    found = {text.found for one in fields for text in one.texts} - {None}
    if found and (label.codec is None or found - {_name(label.codec)}):
        encodings = ", ".join(sorted(str(name) for name in found))
        detail = {"said": label.said, "encoding": encodings}
        yield TextFinding("TEXT_LABEL_WRONG", None, None, label.said, 1, detail)


def _name(codec: str) -> str:
    return "UTF-8" if codec == "utf-8" else codec.upper()
