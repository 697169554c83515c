"""The texts of a table's fields restored: each field by itself, its neighbours as witnesses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ingest.text.fonts import FontHint, hint_of
from ingest.text.label import TextLabel
from ingest.text.restore import Text, pooled_hint, restore

Cells = Sequence[object] | NDArray[np.object_]
FONT_FIELDS = frozenset({"font", "fontname", "font_name", "textfont", "textstyle", "text_style"})


@dataclass(frozen=True)
class Field:
    """One field after restoration, n cells. `texts`: distinct ones; `codes` (n,): which, or -1."""

    name: str
    texts: tuple[Text, ...]
    codes: NDArray[np.intp]

    def cells(self) -> NDArray[np.object_]:
        """The cells as they go on; None where there was no text."""
        known = np.array([*(text.after for text in self.texts), None], dtype=object)
        return np.asarray(known[self.codes], dtype=object)


def restore_fields(columns: Mapping[str, Cells], *, raw: bool, label: TextLabel) -> list[Field]:
    """Restore columns of texts (None: empty), all of one length.

    `raw`: the texts are bytes in ISO-8859-1, `label` being what the file says of them.
    """
    styles = _styles(columns)

    def read(texts: Sequence[str], hint: str | None, font: str | None = None) -> list[Text]:
        return restore(texts, raw=raw, label=label.codec, hint=hint, font=font)

    fields = [_field(name, cells, styles, read, None) for name, cells in columns.items()]
    hint = pooled_hint(field.texts for field in fields)
    if hint is None:
        return fields
    return [
        _field(field.name, columns[field.name], styles, read, hint) if _is_open(field) else field
        for field in fields
    ]


def _is_open(field: Field) -> bool:
    return any(text.state in ("unclear", "unreadable", "assumed") for text in field.texts)


def _field(
    name: str,
    cells: Cells,
    styles: Sequence[FontHint] | None,
    read: Callable[..., list[Text]],
    hint: str | None,
) -> Field:
    """A field's texts, those of each font by themselves where the table names fonts."""
    if styles is None:
        codes, distinct = pd.factorize(np.array(cells, dtype=object), use_na_sentinel=True)
        return Field(name, tuple(read(list(distinct), hint)), codes)
    keys = pd.Series(list(zip(cells, styles, strict=True)), dtype=object)
    codes, pairs = pd.factorize(keys)
    empty = np.array([text is None for text, _ in pairs], dtype=bool)
    texts: list[Text] = [Text("", "")] * len(pairs)
    for style in dict.fromkeys(styles):
        at = [n for n, (text, own) in enumerate(pairs) if own == style and text is not None]
        done = read([pairs[n][0] for n in at], hint, style.encoding)
        for n, text in zip(at, done, strict=True):
            texts[n] = _in_capitals(text) if style.capitals else text
    return Field(name, tuple(texts), np.where(empty[codes], -1, codes))


def _in_capitals(text: Text) -> Text:
    """The text as its font draws it."""
    if text.encoding != "TCVN3":
        return text
    return Text(text.before, text.after.upper(), text.state, text.encoding)


def _styles(columns: Mapping[str, Cells]) -> list[FontHint] | None:
    """What each row's font says, where the table names fonts that say anything."""
    for name, cells in columns.items():
        if name.casefold() in FONT_FIELDS:
            known = {cell: hint_of(cell) for cell in set(cells) if isinstance(cell, str)}
            if any(hint != FontHint() for hint in known.values()):
                return [known.get(str(cell), FontHint()) for cell in cells]
    return None
