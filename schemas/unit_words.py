"""What must be said about an answer on administrative units: nothing, several, former, reused."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from schemas.unit_values import Overlooked, UnitMatch, UnitQuestion, day_of
from schemas.words import Words

Fact = dict[str, Any]

OVERLOOKED = {
    "kind": Words(
        "Không có đơn vị nào đúng cả tên lẫn loại đã ghi; đây là đơn vị cùng tên, khác loại.",
        "No unit has both this name and this type; these have the name and another type.",
    ),
    "spelling": Words(
        "Không có đơn vị nào viết đúng dấu như đã ghi; đây là tên giống khi bỏ dấu.",
        "No unit is spelled with these diacritics; these are alike without them.",
    ),
}


def say_why(
    question: UnitQuestion,
    matches: Sequence[UnitMatch],
    facts: Sequence[Fact],
    overlooked: Overlooked | None,
) -> Words | None:
    """The sentences that go with an answer; None where one unit was plainly matched."""
    if not matches:
        return _joined(_nothing(question, facts))
    said = [OVERLOOKED[overlooked]] if overlooked else []
    if len(matches) > 1:
        said.append(_several(question, len(matches)))
    elif matches[0].matched_by == "former_name":
        said += _former(matches[0])
    if question.code:
        said += _reused(question, matches, facts)
    return _joined(said) if said else None


def _joined(sentences: Iterable[Words]) -> Words:
    return Words(*(" ".join(language) for language in zip(*sentences, strict=True)))


def _nothing(question: UnitQuestion, facts: Sequence[Fact]) -> list[Words]:
    at = _vietnamese(question.at)
    said = [
        Words(
            f"Không có đơn vị hành chính nào là “{question.text}” vào ngày {at}.",
            f"No administrative unit is “{question.text}” on {question.at}.",
        )
    ]
    for fact in facts[:3]:
        said += _other_days(fact["asked"], question.at)
    return said


def _other_days(unit: Fact, at: date) -> list[Words]:
    """When a unit that is not in force exists, or ceased to."""
    start, end, name = day_of(unit["valid_from"]), day_of(unit["valid_to"]), unit["full_name"]
    if start and start > at:
        return [
            Words(f"{name} có từ {_vietnamese(start)}.", f"{name} exists from {start} on."),
        ]
    if end and end <= at:
        return [
            Words(
                f"{name} không còn từ {_vietnamese(end)}; sổ không ghi đơn vị kế tiếp.",
                f"{name} ceased on {end}; the register names no successor.",
            )
        ]
    return []


def _several(question: UnitQuestion, count: int) -> Words:
    return Words(
        f"“{question.text}” có thể là {count} đơn vị: chọn một, ghi thêm tỉnh sau dấu phẩy, "
        "hoặc dùng mã.",
        f"“{question.text}” may be {count} units: choose one, add the province after a comma, "
        "or use the code.",
    )


def _former(match: UnitMatch) -> list[Words]:
    said = []
    for old in match.former:
        if old.until is None:
            continue
        whole = old.share == "whole"
        said.append(
            Words(
                f"{_placed(old.full_name, old.district)} là đơn vị cũ, đến trước ngày "
                f"{_vietnamese(old.until)}; nay {'toàn bộ' if whole else 'một phần'} thuộc "
                f"{match.full_name}.",
                f"{_placed(old.full_name, old.district)} is a former unit, until {old.until}; "
                f"{'all' if whole else 'part'} of it now belongs to {match.full_name}.",
            )
        )
    return said


def _reused(
    question: UnitQuestion, matches: Sequence[UnitMatch], facts: Sequence[Fact]
) -> list[Words]:
    """What else the code was or will be called, outside the day asked."""
    names = {match.full_name for match in matches}
    said = []
    for unit in (fact["asked"] for fact in facts):
        if unit["full_name"] in names:
            continue
        names.add(unit["full_name"])
        start, end = day_of(unit["valid_from"]), day_of(unit["valid_to"])
        name = _placed(unit["full_name"], unit["district"])
        if end and end <= question.at:
            said.append(
                Words(
                    f"Trước ngày {_vietnamese(end)}, mã {question.code} là {name}.",
                    f"Before {end}, code {question.code} was {name}.",
                )
            )
        elif start and start > question.at:
            said.append(
                Words(
                    f"Từ ngày {_vietnamese(start)}, mã {question.code} là {name}.",
                    f"From {start} on, code {question.code} is {name}.",
                )
            )
    return said


def _placed(name: str, district: str | None) -> str:
    return f"{name}, {district}" if district else name


def _vietnamese(day: date) -> str:
    return f"{day:%d/%m/%Y}"
