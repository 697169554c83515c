"""Which guard the readers ran behind, said where it is not the strongest."""

from collections.abc import Iterator

from ingest.sandbox.guard import Guard, find_guard
from schemas.issues import Issue
from schemas.words import Words

WORDS: dict[Guard, Words] = {
    "namespace": Words(
        "không có mạng, có giới hạn bộ nhớ và thời gian, nhưng còn thấy tệp của máy",
        "no network, limits of memory and time, but the machine's files can be seen",
    ),
    "limits": Words("chỉ có giới hạn bộ nhớ và thời gian", "limits of memory and time alone"),
}


def check_guard(name: str, guard: Guard | None = None) -> Iterator[Issue]:
    """One remark for the dossier of this name; `guard`: the one in force here, unless given."""
    words = WORDS.get(guard or find_guard())
    if words is not None:
        detail = {"why_vi": words.vi, "why_en": words.en}
        yield Issue("READER_GUARD", file=name, detail=detail)
