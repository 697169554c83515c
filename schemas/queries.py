"""Named SQL: every query that needs thought lives in a `.sql` file, named and described.

A file holds blocks of the form

    -- name: parcel_by_key
    -- about: current parcels under one commune, sheet and number
    SELECT ...
"""

import re
from functools import cache
from pathlib import Path

_BLOCK = re.compile(r"^-- name: (?P<name>\w+)\n-- about: (?P<about>.+)\n", re.MULTILINE)


@cache
def load_queries(path: Path) -> dict[str, str]:
    """Query texts of one file by name. Raises ValueError where a block lacks its heading."""
    text = path.read_text(encoding="utf-8")
    heads = list(_BLOCK.finditer(text))
    if not heads or text.count("-- name:") != len(heads):
        raise ValueError(f"{path}: every query needs `-- name:` and `-- about:`")
    ends = [head.start() for head in heads[1:]] + [len(text)]
    bodies = (text[head.end() : end].strip() for head, end in zip(heads, ends, strict=True))
    queries = dict(zip((head["name"] for head in heads), bodies, strict=True))
    if len(queries) != len(heads):
        raise ValueError(f"{path}: a query name is used twice")
    return queries
