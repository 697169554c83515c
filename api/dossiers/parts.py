"""A multipart body as it streams in: the parts it is made of, never more than a chunk in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from schemas.errors import BadQuestion
from schemas.words import Words

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FORM_WITH_FILE = "multipart/form-data"
NOT_A_FORM = Words(
    "Yêu cầu không phải là biểu mẫu tải tệp (multipart/form-data).",
    "The request is no form with a file (multipart/form-data).",
)
BROKEN_FORM = Words("Biểu mẫu tải tệp bị hỏng.", "The form with the file is broken.")
CUT_SHORT = Words(
    "Tệp chưa đến hết; không có gì được lưu.", "The file did not arrive whole; nothing was stored."
)


@dataclass(frozen=True)
class Event:
    """A part begins (`name`, and `filename` where it is a file), brings `data`, or ends."""

    kind: Literal["begin", "data", "end"]
    name: str = ""
    filename: str | None = None
    data: bytes = b""


class Parts:
    """Feed it the body; it gives events. Raises BadQuestion for what is no sound form."""

    def __init__(self, content_type: str) -> None:
        kind, options = parse_options_header(content_type)
        if kind.decode("latin-1") != FORM_WITH_FILE or not options.get(b"boundary"):
            raise BadQuestion(NOT_A_FORM)
        self._events: list[Event] = []
        self._field, self._value = b"", b""
        self._headers: dict[str, bytes] = {}
        self._is_whole = False
        try:
            self._parser = MultipartParser(options[b"boundary"], self._callbacks())
        except FormParserError as error:
            raise BadQuestion(BROKEN_FORM) from error

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """What `chunk` brought."""
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise BadQuestion(BROKEN_FORM) from error
        events, self._events = self._events, []
        yield from events

    def close(self) -> None:
        """Raises BadQuestion where the body ended before the form did."""
        if not self._is_whole:
            raise BadQuestion(CUT_SHORT)

    def _callbacks(self) -> "MultipartCallbacks":
        return {
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._begin,
            "on_part_data": self._data,
            "on_part_end": lambda: self._events.append(Event("end")),
            "on_end": self._end,
        }

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._field.decode("latin-1").lower()] = self._value
        self._field, self._value = b"", b""

    def _begin(self) -> None:
        disposition = self._headers.get("content-disposition", b"")
        _, options = parse_options_header(disposition)
        name, filename = options.get(b"name", b""), options.get(b"filename")
        self._headers = {}
        self._events.append(
            Event("begin", _text(name), None if filename is None else _text(filename))
        )

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._events.append(Event("data", data=data[start:end]))

    def _end(self) -> None:
        self._is_whole = True


def _text(raw: bytes) -> str:
    """Browsers send UTF-8; what is not is shown with replacement signs."""
    return raw.decode("utf-8", "replace")
