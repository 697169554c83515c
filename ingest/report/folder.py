"""The folder of a report: its own files are replaced, anybody else's never."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import orjson

from schemas.errors import BadQuestion
from schemas.words import Words

LISTING = ".sqh-report.json"
SCHEMA = "gate-report-files/1"
IN_THE_WAY = Words(
    "Trong thư mục báo cáo đã có “{name}” không phải do chương trình viết, hoặc đã bị sửa.",
    "The report's folder holds “{name}”, which this program did not write, or which was changed.",
)
NO_FOLDER = Words("“{name}” không phải là thư mục.", "“{name}” is not a folder.")
NOT_WRITABLE = Words(
    "Không ghi được vào thư mục báo cáo “{name}”.",
    "The report's folder “{name}” cannot be written.",
)
ELSEWHERE = Words(
    "Hãy chọn thư mục khác, hoặc dời tệp đó đi.", "Choose another folder, or move that file away."
)


class ReportFolder:
    """A folder for reports, made if missing; a listing of hashes tells what is ours in it."""

    def __init__(self, path: Path) -> None:
        """Raises BadQuestion where something else has that name."""
        if path.exists() and not path.is_dir():
            raise BadQuestion(NO_FOLDER.filled(name=path.name), remedy=ELSEWHERE)
        self.path = path.absolute()
        self._known = self._listed()

    def make(self) -> None:
        """Make the folder where there is none. Raises BadQuestion where nobody may write there."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                pass
        except OSError as error:
            raise BadQuestion(NOT_WRITABLE.filled(name=str(self.path)), remedy=ELSEWHERE) from error

    def check(self, names: Iterable[str]) -> None:
        """Raises BadQuestion where a file of such a name is not an untouched report of ours."""
        for name in names:
            if (self.path / name).exists() and not self._is_ours(name):
                raise BadQuestion(IN_THE_WAY.filled(name=name), remedy=ELSEWHERE)

    def take(self, written: list[Path]) -> list[Path]:
        """Move finished files in, one atomic step each; reports of before that are ours go.

        `written`: files in a folder on the same disk. Raises BadQuestion.
        """
        names = [path.name for path in written]
        self.check(names)
        for stale in self._known.keys() - set(names):
            if self._is_ours(stale):
                (self.path / stale).unlink()
        listing = {path.name: _hash(path) for path in written}
        placed = [self._placed(path) for path in written]
        note = written[0].with_name(LISTING)
        note.write_bytes(orjson.dumps({"schema": SCHEMA, "files": listing}))
        self._placed(note)
        return placed

    def _placed(self, path: Path) -> Path:
        to = self.path / path.name
        os.replace(path, to)  # noqa: PTH105 - atomic by contract
        return to

    def _is_ours(self, name: str) -> bool:
        place = self.path / name
        if place.name != name:
            return False
        return place.is_file() and self._known.get(name) == _hash(place)

    def _listed(self) -> dict[str, str]:
        try:
            listing = orjson.loads((self.path / LISTING).read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return {}
        is_ours = isinstance(listing, dict) and listing.get("schema") == SCHEMA
        files = listing.get("files") if is_ours else None
        return files if isinstance(files, dict) else {}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
