"""Plain data over the wall: requests and answers as JSON, rebuilt by their declared types.

An answer comes from a process that a stranger's file may have taken over: it is taken apart by the
type that the function declares, and whatever does not fit is refused. Nothing is ever executed.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

DATE = "$date"
SCALARS = (str, int, float, bool, NoneType)


class NotOfType(Exception):
    """The value is not what its type says."""


def pack(value: Any) -> bytes:
    """A value as JSON: scalars, dates, paths, tuples, lists, dicts by text, and dataclasses."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogateescape"
    )


def unpack(packed: bytes) -> Any:
    """What JSON says, in lists, dicts and scalars. Raises NotOfType."""
    try:
        return json.loads(packed.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError) as error:
        raise NotOfType(str(error)) from error


def build(value: Any, kind: Any) -> Any:
    """An unpacked value as its type. Raises NotOfType."""
    try:
        return _build(value, kind)
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise NotOfType(str(error)) from error


def build_arguments(values: Any, function: Callable[..., Any]) -> list[Any]:
    """The arguments of a function by its parameters' types. Raises NotOfType."""
    kinds = [kind for name, kind in get_type_hints(function).items() if name != "return"]
    given = build(values, list[Any])
    return [build(value, kind) for value, kind in zip(given, kinds, strict=False)]


def build_result(value: Any, function: Callable[..., Any]) -> Any:
    """The value of a function by its declared return type. Raises NotOfType."""
    return build(value, get_type_hints(function)["return"])


def _plain(value: Any) -> Any:
    if isinstance(value, SCALARS):
        return value
    if isinstance(value, date):
        return {DATE: value.isoformat()}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value)} is no plain data")


def _build(value: Any, kind: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return value
    if origin in (Union, UnionType):
        return _one_of(value, inner)
    if origin is Literal:
        return _fits(value, value in inner)
    if origin in (tuple, list, frozenset):
        return _series(value, origin, inner)
    if origin is dict:
        _fits(value, isinstance(value, dict))
        return {key: _build(one, inner[1]) for key, one in value.items()}
    if kind in SCALARS:
        return float(value) if kind is float and type(value) is int else _exactly(value, kind)
    return _special(value, kind)


def _special(value: Any, kind: Any) -> Any:
    if kind is date:
        _fits(value, isinstance(value, dict) and value.keys() == {DATE})
        return date.fromisoformat(value[DATE])
    if kind is Path:
        return Path(_exactly(value, str))
    if hasattr(kind, "_fields"):
        return _fits(value, isinstance(value, list)) and kind(*_parts(value, kind))
    if is_dataclass(kind):
        _fits(value, isinstance(value, dict))
        kinds = get_type_hints(kind)
        made = [field for field in fields(kind) if field.init]
        if not value.keys() <= {field.name for field in fields(kind)}:
            raise NotOfType(f"{kind}: {sorted(value)}")
        return kind(**{f.name: _build(value[f.name], kinds[f.name]) for f in made})  # type: ignore[operator]
    raise NotOfType(f"{kind} does not cross the wall")


def _parts(value: list[Any], kind: Any) -> list[Any]:
    kinds = list(get_type_hints(kind).values())
    return [_build(one, part) for one, part in zip(value, kinds, strict=True)]


def _one_of(value: Any, kinds: tuple[Any, ...]) -> Any:
    for kind in kinds:
        if kind in SCALARS and type(value) is kind:
            return value
    for kind in kinds:
        try:
            return _build(value, kind)
        except (NotOfType, ValueError, TypeError, KeyError):
            continue
    raise NotOfType(f"{type(value)} is none of {kinds}")


def _series(value: Any, origin: Any, inner: tuple[Any, ...]) -> Any:
    _fits(value, isinstance(value, list))
    if origin is tuple and inner[-1] is not Ellipsis:
        return tuple(_build(one, kind) for one, kind in zip(value, inner, strict=True))
    return origin(_build(one, inner[0]) for one in value)


def _exactly(value: Any, kind: Any) -> Any:
    return _fits(value, type(value) is kind)


def _fits(value: Any, fitting: bool) -> Any:
    if not fitting:
        raise NotOfType(str(type(value)))
    return value
