"""The photo of a report: drawn anew in the sandbox, the copy kept, what came forgotten."""

from pathlib import Path

from psycopg.types.json import Jsonb

from ingest.files.workplace import workplace
from ingest.sandbox.limits import GIB, Limits
from ingest.sandbox.outcome import ReaderStopped
from ingest.sandbox.run import in_sandbox
from ingest.tickets.redraw import NAME, NotAPhoto, redraw
from schemas.db import connect
from schemas.queries import load_queries

SQL = load_queries(Path(__file__).with_name("tickets.sql"))
BOUNDS = Limits(memory_bytes=2 * GIB, cpu_seconds=20, wall_seconds=40, file_bytes=16 << 20)
LARGEST_COPY = 4 << 20
TOO_MUCH = ("không mở được ảnh trong giới hạn an toàn", "the photo cannot be opened within limits")


def clean_photo(ticket_id: str, *, url: str) -> None:
    """Turn what was sent into what may be shown, or say why not; twice changes nothing.

    Raises SandboxFailed where the tool is to blame: the photo goes on waiting, and the job is told
    to have failed.
    """
    with connect(url) as connection:
        row = connection.execute(SQL["waiting"], {"ticket_id": ticket_id}).fetchone()
        if row is None:
            return
        try:
            image = _drawn(bytes(row[0]))
        except NotAPhoto as refusal:
            why = Jsonb({"vi": refusal.args[0], "en": refusal.args[1]})
            connection.execute(SQL["refuse"], {"ticket_id": ticket_id, "why": why})
        else:
            connection.execute(SQL["keep"], {"ticket_id": ticket_id, "image": image})


def _drawn(came: bytes) -> bytes:
    """The clean copy of a photo. Raises NotAPhoto, SandboxFailed."""
    with workplace() as folder:
        photo, out = folder / "came", folder / "out"
        photo.write_bytes(came)
        out.mkdir()
        try:
            in_sandbox(
                redraw, photo, out, files=(photo,), writes=out, limits=BOUNDS,
                refusals=(NotAPhoto,),
            )  # fmt: skip
        except ReaderStopped as stopped:
            raise NotAPhoto(*TOO_MUCH) from stopped
        copy = out / NAME
        if copy.is_symlink() or not copy.is_file() or copy.stat().st_size > LARGEST_COPY:
            raise NotAPhoto(*TOO_MUCH)
        image = copy.read_bytes()
    if not (image.startswith(b"\xff\xd8\xff") and b"Exif\x00\x00" not in image[:65_536]):
        raise NotAPhoto(*TOO_MUCH)
    return image
