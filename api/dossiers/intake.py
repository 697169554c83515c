"""A delivery on its way in: streamed to the quarantine, counted and hashed, never in memory."""

import asyncio
import hashlib
import hmac
import re
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from api.dossiers.door import HEAD, PACK, refuse_alien
from api.dossiers.parts import CUT_SHORT, Event, Parts
from api.dossiers.quota import refuse_full_disk
from schemas.errors import BadQuestion, NotAllowed, RegisterError, TooLarge
from schemas.quarantine import Quarantine
from schemas.words import Words

FILE = "file"
FIELDS = frozenset({"profile", "crs", "accept_repairs", "csrf"})
FIELD_BYTES = 1_000
FORM_BYTES = 64 << 10
"""What the form may weigh beside its file."""
BUFFER = 1 << 20

NO_FILE = Words("Chưa chọn tệp (trường “file”).", "There is no file (field “file”).")
ONE_FILE = Words("Mỗi lần nộp đúng một tệp.", "One file at a time.")
NOT_STORED = Words("Không ghi được tệp xuống đĩa.", "The file could not be written to the disk.")
FORGED = Words(
    "Phiên đã hết hạn hoặc trang đã cũ; hãy tải lại trang. Không có gì thay đổi.",
    "The session has ended or the page is old; load it again. Nothing was changed.",
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True)
class Arrived:
    """A whole delivery in a file of the quarantine; `fields`: what else the form said."""

    place: Path
    sha256: str
    size_bytes: int
    name: str
    fields: dict[str, str]


@dataclass
class Intake:
    """Takes one form in. `limit_bytes`: the largest file; `mark`: what the field `csrf` must hold
    before the file begins, None where the sender is known otherwise."""

    place: Path
    limit_bytes: int
    mark: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    size_bytes: int = 0
    filename: str | None = None
    _hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    _waiting: bytearray = field(default_factory=bytearray)
    _part: str = ""
    _field: bytes = b""
    _form_bytes: int = 0

    async def receive(self, body: AsyncIterator[bytes], content_type: str, length: int) -> Arrived:
        """Raises BadQuestion, TooLarge, NotAllowed, NoRoom; ClientDisconnect: the sender gave up.

        `length`: what the sender claims for the whole form in bytes, 0 where nothing.
        """
        parts = Parts(content_type)
        self._refuse_above(length - FORM_BYTES)
        refuse_full_disk(self._quarantine, length)
        try:
            with self.place.open("xb") as file:
                async for chunk in body:
                    await self._take(parts, chunk, file)
                await self._flush(file, 0)
                parts.close()
        except OSError as error:
            raise RegisterError(NOT_STORED) from error
        return self._arrived()

    @property
    def _quarantine(self) -> Quarantine:
        return Quarantine(self.place.parent)

    async def _take(self, parts: Parts, chunk: bytes, file: BinaryIO) -> None:
        before = self.size_bytes
        for event in parts.feed(chunk):
            self._event(event)
        self._form_bytes += len(chunk) - (self.size_bytes - before)
        if self._form_bytes > FORM_BYTES:
            raise TooLarge(Words("Biểu mẫu quá lớn.", "The form is too large."))
        await self._flush(file, BUFFER)

    def _event(self, event: Event) -> None:
        if event.kind == "begin":
            self._begin(event)
        elif event.kind == "data" and self._part == FILE:
            self.size_bytes += len(event.data)
            self._refuse_above(self.size_bytes)
            self._waiting += event.data
        elif event.kind == "data":
            self._field += event.data
            if len(self._field) > FIELD_BYTES:
                raise BadQuestion(_field_words("quá dài", "too long", self._part))
        elif self._part != FILE:
            self.fields[self._part] = self._field.decode("utf-8", "replace")

    def _begin(self, event: Event) -> None:
        self._part, self._field = event.name, b""
        if event.name == FILE:
            if self.filename is not None:
                raise BadQuestion(ONE_FILE, remedy=PACK)
            if event.filename is None:
                raise BadQuestion(NO_FILE)
            self.filename = event.filename
            self._refuse_forgery()
        elif event.filename is not None:
            raise BadQuestion(ONE_FILE, remedy=PACK)
        elif event.name not in FIELDS:
            raise BadQuestion(_field_words("lạ", "unknown", event.name[:40]))
        elif event.name in self.fields:
            raise BadQuestion(_field_words("được cho hai lần", "given twice", event.name))

    def _refuse_forgery(self) -> None:
        given = self.fields.get("csrf", "")
        if self.mark is not None and not hmac.compare_digest(given.encode(), self.mark.encode()):
            raise NotAllowed(FORGED)

    def _refuse_above(self, size_bytes: int) -> None:
        if size_bytes > self.limit_bytes:
            raise too_large(self.limit_bytes)

    async def _flush(self, file: BinaryIO, above: int) -> None:
        if len(self._waiting) > above:
            waiting, self._waiting = self._waiting, bytearray()
            await asyncio.to_thread(self._write, file, waiting)

    def _write(self, file: BinaryIO, data: bytearray) -> None:
        if not file.tell():
            refuse_alien(bytes(data[:HEAD]))
        refuse_full_disk(self._quarantine, len(data))
        self._hash.update(data)
        file.write(data)

    def _arrived(self) -> Arrived:
        if self.filename is None or (not self.filename and not self.size_bytes):
            raise BadQuestion(NO_FILE)
        if not self.size_bytes:
            refuse_alien(b"")
        fields = {name: value for name, value in self.fields.items() if name != "csrf"}
        digest = self._hash.hexdigest()
        return Arrived(self.place, digest, self.size_bytes, plain_name(self.filename), fields)


def plain_name(filename: str) -> str:
    """A file's name as text: no folders, no control or direction signs, NFC, 200 characters."""
    last = re.split(r"[/\\]", _CONTROL.sub(" ", filename))[-1]
    name = unicodedata.normalize("NFC", " ".join(last.split()))
    kept = name if len(name) <= 200 else name[:180] + "…" + name[-19:]
    return kept if kept.strip(".") else "dossier"


def too_large(limit_bytes: int) -> TooLarge:
    """The refusal of a file above the limit."""
    limit = f"{limit_bytes / (1 << 20):,.0f} MiB"
    return TooLarge(
        Words(
            f"Tệp lớn hơn {limit}; không có gì được lưu.", f"The file is above {limit}; not stored."
        ),
        remedy=Words(
            "Bỏ bớt bản vẽ nặng, hoặc nhờ người quản trị nạp giúp.",
            "Leave heavy drawings out, or have the administrator load it.",
        ),
    )


def cut_short() -> BadQuestion:
    """The sender gave up in the middle."""
    return BadQuestion(CUT_SHORT)


def _field_words(vi: str, en: str, name: str) -> Words:
    return Words(f"Trường “{name}” {vi}.", f"Field “{name}” is {en}.")
