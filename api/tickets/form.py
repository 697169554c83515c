"""The multipart form of a report as it streams in: bounded, whatever its sender says of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from api.dossiers.parts import Event, Parts
from schemas.accounts import BadField
from schemas.errors import BadQuestion, TooLarge
from schemas.tickets import LARGEST_PHOTO
from schemas.words import Words

PHOTO = "photo"
FIELDS = ("message", "parcel", "plan", "version", "zone", "lon", "lat")
FIELD_BYTES = {"message": 24_000}
OTHER_BYTES = 400
FORM_BYTES = LARGEST_PHOTO + (64 << 10)
SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
NO_PHOTO = Words(
    "Chỉ nhận ảnh JPEG hoặc PNG; không có gì được lưu.",
    "Only a JPEG or PNG photo is taken; nothing was stored.",
)
PHOTO_TOO_LARGE = Words(
    "Ảnh quá lớn: tối đa 5 MB; không có gì được lưu.",
    "The photo is too large: at most 5 MB; nothing was stored.",
)


@dataclass
class Sent:
    """What a form brought: its fields, and the photo's bytes where there is one."""

    fields: dict[str, str] = field(default_factory=dict)
    photo: bytes | None = None


@dataclass
class _Reading:
    parts: dict[str, bytearray] = field(default_factory=dict)
    name: str = ""

    def take(self, event: Event) -> None:
        if event.kind == "begin":
            self._begin(event)
        elif event.kind == "data":
            self.parts[self.name] += event.data
            _refuse_long(self.name, len(self.parts[self.name]))

    def _begin(self, event: Event) -> None:
        if event.name not in (*FIELDS, PHOTO) or event.name in self.parts:
            raise BadQuestion(
                Words(
                    f"Biểu mẫu chỉ có các mục, mỗi mục một lần: {', '.join((*FIELDS, PHOTO))}.",
                    f"The form has these fields, each once: {', '.join((*FIELDS, PHOTO))}.",
                )
            )
        self.name = event.name
        self.parts[event.name] = bytearray()


async def read_form(content_type: str, stream: AsyncIterator[bytes]) -> Sent:
    """The form of a body. Raises BadQuestion, BadField, TooLarge; then nothing was stored."""
    parts, reading, size = Parts(content_type), _Reading(), 0
    async for chunk in stream:
        size += len(chunk)
        if size > FORM_BYTES:
            raise TooLarge(PHOTO_TOO_LARGE)
        for event in parts.feed(chunk):
            reading.take(event)
    parts.close()
    photo = bytes(reading.parts.pop(PHOTO, b"")) or None
    if photo and not photo.startswith(SIGNATURES):
        raise BadField(PHOTO, NO_PHOTO)
    return Sent({name: _text(name, raw) for name, raw in reading.parts.items()}, photo)


def _refuse_long(name: str, size: int) -> None:
    if name == PHOTO and size > LARGEST_PHOTO:
        raise TooLarge(PHOTO_TOO_LARGE)
    if name != PHOTO and size > FIELD_BYTES.get(name, OTHER_BYTES):
        raise BadField(name, Words(f"Mục {name} quá dài.", f"The field {name} is too long."))


def _text(name: str, raw: bytearray) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadField(
            name, Words(f"Mục {name} không phải UTF-8.", f"The field {name} is not UTF-8.")
        ) from error
