"""The reading process: takes its limits, runs one function on one request, answers, and ends.

Started as `python -m ingest.sandbox.child FD` with the request on standard input; the answer goes
to FD. It imports only what the function's own module imports.
"""

import errno
import os
import sys
import traceback
from importlib import import_module
from typing import Any, NoReturn

from ingest.sandbox.limits import LimitReached, Limits
from ingest.sandbox.values import build, build_arguments, pack, unpack

MEMORY = ("bộ nhớ", "memory")
LONGEST = 500
DISK = ("dung lượng ghi ra", "bytes written")


def main() -> NoReturn:
    limits, name, values, refused = unpack(sys.stdin.buffer.read())
    build(limits, Limits).impose()
    function = _named(name)
    arguments = build_arguments(values, function)
    answer = _answer(function, arguments, tuple(map(_named, refused)))
    with open(int(sys.argv[1]), "wb") as reply:  # noqa: PTH123 - a descriptor, not a path
        reply.write(answer)
    sys.stderr.flush()
    os._exit(0)  # a library's own clearing away may still crash; the answer is whole


def _named(name: str) -> Any:
    module, _, member = name.partition(":")
    return getattr(import_module(module), member)


def _answer(function: Any, arguments: list[Any], refusals: tuple[type[Exception], ...]) -> bytes:
    """`ok` with the value, `refused` with which refusal and its words, `limit`, or `crashed`.

    Where a crash happened goes to standard error, which the program keeps for its debug log.
    """
    try:
        return pack(["ok", function(*arguments)])
    except refusals as refusal:
        number = next(i for i, kind in enumerate(refusals) if isinstance(refusal, kind))
        return pack(["refused", number, list(refusal.args)])
    except LimitReached as reached:
        return pack(["limit", *reached.args])
    except MemoryError:
        return pack(["limit", *MEMORY])
    except OSError as error:
        if error.errno in (errno.EFBIG, errno.ENOSPC):
            return pack(["limit", *DISK])
        return _crashed(error)
    except BaseException as error:  # a Rust reader's panic is no Exception
        return _crashed(error)


def _crashed(error: BaseException) -> bytes:
    traceback.print_exc()
    words = f"{type(error).__name__}: {error}"[:LONGEST]
    return pack(["crashed", words, words])


if __name__ == "__main__":
    main()
