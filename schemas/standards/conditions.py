"""The grammar of conditions between columns: SQL's predicates, read into a tree, never executed.

    test      = and {OR and}          and       = not {AND not}        not = [NOT] predicate
    predicate = ( test )
              | value IS [NOT] NULL | value NOT NULL | value NOTNULL | value ISNULL
              | value [NOT] LIKE text | value [NOT] IN ( value {, value} )
              | value [NOT] BETWEEN value AND value
              | value (= | == | <> | != | < | <= | > | >=) value
    value     = column | 'text' | number | NULL

Words are understood in any case; a column may be written "NAME", [NAME], `NAME` or TABLE.NAME.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from schemas.mistakes import Unfit

MOST_LETTERS = 4000
DEEPEST = 50
COMPARISONS = {"=", "==", "<>", "!=", "<", "<=", ">", ">="}


@dataclass(frozen=True)
class Name:
    """A column."""

    name: str


@dataclass(frozen=True)
class Literal:
    """A text or number as written; None: NULL. `number`: written without quotes."""

    text: str | None
    number: bool = False


Value = Name | Literal


@dataclass(frozen=True)
class Compared:
    """`left` compared with `right`: one of = <> < <= > >= LIKE."""

    left: Value
    sign: str
    right: Value


@dataclass(frozen=True)
class IsNull:
    value: Value


@dataclass(frozen=True)
class Not:
    test: "Test"


@dataclass(frozen=True)
class Every:
    """All of the tests (AND)."""

    tests: tuple["Test", ...]


@dataclass(frozen=True)
class Some:
    """At least one of the tests (OR)."""

    tests: tuple["Test", ...]


Test = Compared | IsNull | Not | Every | Some

_TOKEN = regex.compile(
    r"""\s*(?:(?P<text>'(?:[^']|'')*')
    |(?P<quoted>"[^"]+"|\[[^\]]+\]|`[^`]+`)
    |(?P<number>\d+(?:\.\d+)?|\.\d+)
    |(?P<word>[^\W\d]\w*(?:\.[^\W\d]\w*)?)
    |(?P<sign><>|!=|<=|>=|==|[=<>(),-])
    )""",
    regex.VERBOSE,
)


def parse(test: str) -> Test:
    """The tree of a condition. Raises Unfit where it is not of this grammar."""
    if len(test) > MOST_LETTERS:
        raise Unfit("điều kiện quá dài", "the condition is too long")
    reader = _Reader(tuple(_tokens(test)), test)
    tree = reader.some(0)
    reader.end()
    return tree


def names(test: Test) -> frozenset[str]:
    """The columns that a condition names."""
    match test:
        case Every(tests) | Some(tests):
            return frozenset().union(*map(names, tests))
        case Not(inner):
            return names(inner)
        case IsNull(value):
            return _name(value)
        case Compared(left_value, _, right_value):
            return _name(left_value) | _name(right_value)


def _name(value: Value) -> frozenset[str]:
    return frozenset({value.name}) if isinstance(value, Name) else frozenset()


def _tokens(test: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(test.rstrip()):
        found = _TOKEN.match(test, at)
        if found is None:
            raise _unreadable(test)
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()


def _unreadable(test: str) -> Unfit:
    return Unfit(f"không đọc được điều kiện “{test}”", f"condition “{test}” cannot be read")


class _Reader:
    """Walks over the tokens once, one method a line of the grammar."""

    def __init__(self, tokens: tuple[tuple[str, str], ...], test: str) -> None:
        self.tokens, self.test, self.at = tokens, test, 0

    def some(self, depth: int) -> Test:
        tests = [self._every(depth)]
        while self._take("OR"):
            tests.append(self._every(depth))
        return Some(tuple(tests)) if len(tests) > 1 else tests[0]

    def end(self) -> None:
        if self.at < len(self.tokens):
            raise _unreadable(self.test)

    def _every(self, depth: int) -> Test:
        tests = [self._not(depth)]
        while self._take("AND"):
            tests.append(self._not(depth))
        return Every(tuple(tests)) if len(tests) > 1 else tests[0]

    def _not(self, depth: int) -> Test:
        if depth > DEEPEST:
            raise _unreadable(self.test)
        return Not(self._not(depth + 1)) if self._take("NOT") else self._predicate(depth)

    def _predicate(self, depth: int) -> Test:
        if self._take("("):
            tree = self.some(depth + 1)
            self._must(")")
            return tree
        return self._about(self._value())

    def _about(self, value: Value) -> Test:
        if self._take("IS"):
            denied = self._take("NOT")
            self._must("NULL")
            return _denied(IsNull(value), denied)
        if self._take("ISNULL"):
            return IsNull(value)
        if self._take("NOTNULL"):
            return Not(IsNull(value))
        denied = self._take("NOT")
        if denied and self._take("NULL"):
            return Not(IsNull(value))
        if self._take("LIKE"):
            return _denied(Compared(value, "LIKE", self._value()), denied)
        if self._take("IN"):
            return _denied(self._listed(value), denied)
        if self._take("BETWEEN"):
            return _denied(self._between(value), denied)
        sign = self._next() if not denied else ""
        if sign not in COMPARISONS:
            raise _unreadable(self.test)
        return _denied(Compared(value, sign.replace("==", "=").replace("!=", "<>"), self._value()))

    def _listed(self, value: Value) -> Test:
        self._must("(")
        tests: list[Test] = [Compared(value, "=", self._value())]
        while self._take(","):
            tests.append(Compared(value, "=", self._value()))
        self._must(")")
        return Some(tuple(tests))

    def _between(self, value: Value) -> Test:
        lowest = self._value()
        self._must("AND")
        return Every((Compared(value, ">=", lowest), Compared(value, "<=", self._value())))

    def _value(self) -> Value:
        minus = "-" if self._take("-") else ""
        kind, text = self._kind(), self._next()
        if kind == "number":
            return Literal(minus + text, number=True)
        if minus or kind in ("sign", ""):
            raise _unreadable(self.test)
        if kind == "text":
            return Literal(text[1:-1].replace("''", "'"))
        if kind == "quoted":
            return Name(text[1:-1])
        if text.upper() in _WORDS:
            if text.upper() == "NULL":
                return Literal(None)
            raise _unreadable(self.test)
        return Name(text.rpartition(".")[2])

    def _kind(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def _next(self) -> str:
        if self.at >= len(self.tokens):
            raise _unreadable(self.test)
        self.at += 1
        return self.tokens[self.at - 1][1]

    def _take(self, word: str) -> bool:
        if self._kind() in ("word", "sign") and self.tokens[self.at][1].upper() == word:
            self.at += 1
            return True
        return False

    def _must(self, word: str) -> None:
        if not self._take(word):
            raise _unreadable(self.test)


_WORDS = {"AND", "OR", "NOT", "IS", "NULL", "LIKE", "IN", "BETWEEN", "ISNULL", "NOTNULL"}


def _denied(test: Test, denied: bool = False) -> Test:
    return Not(test) if denied else test
