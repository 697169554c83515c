"""A condition between columns said in words: `if TYPEINF is “97”, NOMFIC must have a value`."""

from collections.abc import Iterable, Sequence

from schemas.standards.conditions import (
    Compared,
    Every,
    IsNull,
    Literal,
    Name,
    Not,
    Some,
    Test,
    Value,
)
from schemas.words import Words

_SIGNS: dict[str, tuple[str, str, str]] = {
    "=": ("là", "is", "be"),
    "<>": ("khác", "is not", "not be"),
    "<": ("nhỏ hơn", "is less than", "be less than"),
    "<=": ("không quá", "is at most", "be at most"),
    ">": ("lớn hơn", "is more than", "be more than"),
    ">=": ("ít nhất là", "is at least", "be at least"),
    "LIKE": ("có dạng", "is like", "be like"),
    "NOT LIKE": ("không có dạng", "is not like", "not be like"),
    "filled": ("có giá trị", "has a value", "have a value"),
    "empty": ("để trống", "is empty", "be empty"),
}
"""What is said of a column: in Vietnamese, in English, and in English after “must”."""
_DENIED = {
    "=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "LIKE": "NOT LIKE",
}  # fmt: skip


def condition_words(test: Test) -> Words:
    """The condition as one sentence without an end: an if and a must, where it has two sides."""
    if isinstance(test, Some):
        wanted = [one for one in test.tests if not _is_premise(one)]
        given = [_denial(one) for one in test.tests if _is_premise(one)]
        if given and not wanted:
            wanted = [_denial(given.pop())]
        if given:
            return _joined("nếu {} thì {}", "if {}, {}", _all(given, False), _any(wanted, True))
        return _any(wanted, True)
    return _said(test, True)


def _is_premise(test: Test) -> bool:
    """Whether an alternative is better said as what the others depend on."""
    match test:
        case Not(IsNull()):
            return False
        case Not() | IsNull() | Compared(sign="<>"):
            return True
    return False


def _denial(test: Test) -> Test:
    return test.test if isinstance(test, Not) else Not(test)


def _said(test: Test, must: bool) -> Words:
    match test:
        case Not(inner):
            return _said_denied(inner, must)
        case Every(tests):
            return _all(tests, must)
        case Some(tests):
            return _any(tests, must)
        case IsNull(value):
            return _phrase(value, "empty", None, must)
        case Compared(left, sign, right):
            return _phrase(left, _plain(sign, right), right, must)


def _said_denied(test: Test, must: bool) -> Words:
    match test:
        case Not(inner):
            return _said(inner, must)
        case Every(tests):
            return _any([_denial(one) for one in tests], must)
        case Some(tests):
            return _all([_denial(one) for one in tests], must)
        case IsNull(value):
            return _phrase(value, "filled", None, must)
        case Compared(left, sign, right):
            return _phrase(left, _DENIED[_plain(sign, right)], right, must)


def _plain(sign: str, right: Value) -> str:
    """LIKE without a wildcard is equality."""
    wild = isinstance(right, Name) or any(one in (right.text or "") for one in "%_")
    return "=" if sign == "LIKE" and not wild else sign


def _all(tests: Sequence[Test], must: bool) -> Words:
    if len(tests) == 1:
        return _said(tests[0], must)
    return _listed([_bracketed(one, must) for one in tests], " và ", " and ")


def _any(tests: Sequence[Test], must: bool) -> Words:
    """Alternatives; many values of one column are a list."""
    values = _values(tests)
    if values is not None:
        name, texts = values
        listed = ", ".join(texts)
        verb = "must be" if must else "is"
        ask = "phải là" if must else "là"
        return Words(f"{name} {ask} một trong {listed}", f"{name} {verb} one of {listed}")
    if len(tests) == 1:
        return _said(tests[0], must)
    return _listed([_bracketed(one, must) for one in tests], " hoặc ", " or ")


def _values(tests: Sequence[Test]) -> tuple[str, list[str]] | None:
    """The column and the values where each test says that this one column has some value."""
    found = [
        (one.left.name, _shown(one.right))
        for one in tests
        if isinstance(one, Compared)
        and isinstance(one.left, Name)
        and isinstance(one.right, Literal)
        and _plain(one.sign, one.right) == "="
    ]
    if len(found) < len(tests) or len(found) < 2 or len({name for name, _ in found}) > 1:
        return None
    return found[0][0], [value for _, value in found]


def _bracketed(test: Test, must: bool) -> Words:
    """A side of an “and” or “or”, in brackets where it has sides itself."""
    words = _said(test, must)
    inner = test
    while isinstance(inner, Not):
        inner = inner.test
    listed = isinstance(test, Some) and _values(test.tests) is not None
    if isinstance(inner, Every | Some) and not listed:
        return Words(f"({words.vi})", f"({words.en})")
    return words


def _phrase(left: Value, sign: str, right: Value | None, must: bool) -> Words:
    vi, en, en_must = _SIGNS[sign]
    name, other = _shown(left), "" if right is None else f" {_shown(right)}"
    return Words(
        f"{name} {'phải ' if must else ''}{vi}{other}",
        f"{name} {'must ' + en_must if must else en}{other}",
    )


def _shown(value: Value) -> str:
    """A column by its name, a text in quotes; `%` and `_` of a form as people write them."""
    if isinstance(value, Name):
        return value.name
    if value.text is None:
        return "NULL"
    return value.text if value.number else f"“{value.text.replace('%', '…')}”"


def _listed(parts: Iterable[Words], vi: str, en: str) -> Words:
    told = list(parts)
    return Words(vi.join(one.vi for one in told), en.join(one.en for one in told))


def _joined(vi: str, en: str, *parts: Words) -> Words:
    return Words(vi.format(*(one.vi for one in parts)), en.format(*(one.en for one in parts)))
