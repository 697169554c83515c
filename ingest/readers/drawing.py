"""How many objects a DXF becomes once its blocks are inserted, counted without inserting one.

Blocks within blocks and arrays of inserts (MINSERT) multiply: a file of 24 KB can mean 10⁹ lines.
"""

import struct
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

SENTINEL = b"AutoCAD Binary DXF\r\n\x1a\x00"
SPACE = b""
"""The drawing itself, as a block of no name."""
ENDLESS = 1 << 62

Pair = tuple[int, bytes]
_FIXED: tuple[tuple[range, str], ...] = (
    (range(10, 60), "<d"), (range(110, 150), "<d"), (range(210, 240), "<d"),
    (range(460, 470), "<d"), (range(1010, 1060), "<d"),
    (range(60, 80), "<h"), (range(170, 180), "<h"), (range(270, 290), "<h"),
    (range(370, 390), "<h"), (range(400, 410), "<h"), (range(1060, 1071), "<h"),
    (range(90, 100), "<i"), (range(420, 430), "<i"), (range(440, 460), "<i"),
    (range(1071, 1072), "<i"), (range(160, 170), "<q"), (range(290, 300), "<b"),
)  # fmt: skip


def count_objects(location: Path) -> int:
    """Objects of the whole drawing with every insert carried out; ENDLESS for a block in itself."""
    with location.open("rb") as file:
        binary = file.read(len(SENTINEL)) == SENTINEL
    pairs = _binary_pairs(location.read_bytes()) if binary else _text_pairs(location)
    blocks = _Blocks()
    for code, value in pairs:
        blocks.take(code, value)
    blocks.end()
    return blocks.expanded()


class _Blocks:
    """Objects of each block, and how often each inserts which other."""

    def __init__(self) -> None:
        self._own: Counter[bytes] = Counter()
        self._inserts: defaultdict[bytes, Counter[bytes]] = defaultdict(Counter)
        self._section = self._kind = b""
        self._block = SPACE
        self._named: bytes | None = None
        self._columns = self._rows = 1

    def take(self, code: int, value: bytes) -> None:
        if code == 0:
            self.end()
            self._kind, self._named, self._columns, self._rows = value.upper(), None, 1, 1
        elif code == 2 and self._named is None:
            self._named = value.upper()
        elif self._kind == b"INSERT" and code == 70:
            self._columns = _whole(value)
        elif self._kind == b"INSERT" and code == 71:
            self._rows = _whole(value)

    def end(self) -> None:
        """Close the object that was being read."""
        kind, name = self._kind, self._named or b""
        if kind == b"SECTION":
            self._section, self._block = name, SPACE
        elif kind == b"ENDSEC":
            self._section = b""
        elif kind == b"BLOCK":
            self._block = name
        elif kind == b"ENDBLK":
            self._block = SPACE
        elif kind and self._section in (b"ENTITIES", b"BLOCKS"):
            self._own[self._block] += 1
            if kind == b"INSERT":
                self._inserts[self._block][name] += max(1, self._columns) * max(1, self._rows)

    def expanded(self) -> int:
        """Each block is counted once, after those that it inserts."""
        counted: dict[bytes, int] = {}
        open_blocks: set[bytes] = set()
        stack = [SPACE]
        while stack:
            block = stack[-1]
            inner = self._inserts.get(block, Counter())
            waiting = [name for name in inner if name not in counted]
            if any(name in open_blocks or name == block for name in waiting):
                return ENDLESS
            if waiting:
                open_blocks.add(block)
                stack.extend(waiting)
                continue
            more = sum(counted[name] * times for name, times in inner.items())
            counted[block] = min(ENDLESS, self._own[block] + more)
            open_blocks.discard(block)
            stack.pop()
        return counted[SPACE]


def _whole(value: bytes) -> int:
    try:
        return int(value)
    except ValueError:
        return 1


def _text_pairs(location: Path) -> Iterator[Pair]:
    """Group codes and values of an ASCII DXF, two lines each; those that matter here."""
    wanted = {b"0": 0, b"2": 2, b"70": 70, b"71": 71}
    with location.open("rb") as file:
        for code, value in zip(file, file, strict=False):
            number = wanted.get(code.strip())
            if number is not None:
                yield number, value.strip()


def _binary_pairs(data: bytes) -> Iterator[Pair]:
    """Group codes and values of a binary DXF. Ends where the file is cut."""
    at, narrow = len(SENTINEL), data[23:24] != b"\x00"
    while at < len(data):
        if narrow and data[at] != 255:
            code, at = data[at], at + 1
        else:
            at += 1 if narrow else 0
            code, at = int.from_bytes(data[at : at + 2], "little"), at + 2
        value, at = _binary_value(data, at, code)
        yield code, value


def _binary_value(data: bytes, at: int, code: int) -> tuple[bytes, int]:
    if code in range(310, 320) or code == 1004:
        return b"", at + 1 + (data[at] if at < len(data) else 0)
    form = next((form for codes, form in _FIXED if code in codes), None)
    if form is None:
        end = data.find(b"\x00", at)
        end = len(data) if end < 0 else end
        return data[at:end], end + 1
    size = struct.calcsize(form)
    raw = data[at : at + size]
    value = struct.unpack(form, raw)[0] if len(raw) == size else 0
    return (b"%d" % value if isinstance(value, int) else b""), at + size
