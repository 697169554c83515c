"""How a reader can end other than well: stopped by a limit, crashed, or never started."""

from schemas.errors import RegisterError
from schemas.issues import Issue
from schemas.words import Words


class ReaderStopped(Exception):
    """A file made its reader end without an answer. `code`: issue code; `why`: which limit."""

    code = "READER_CRASHED"

    def __init__(self, why: Words) -> None:
        super().__init__(str(why))
        self.why = why

    def issue(self, file: str) -> Issue:
        """The finding about the file that did it."""
        return Issue(self.code, file=file, detail={"why_vi": self.why.vi, "why_en": self.why.en})


class ReaderCrashed(ReaderStopped):
    """The reader broke down on the file."""


class ReaderTimedOut(ReaderStopped):
    """The reader was still at work when its time was over."""

    code = "READER_TIMED_OUT"


class ReaderTooLarge(ReaderStopped):
    """The reader wanted more memory, disk or parts than one file may take."""

    code = "READER_TOO_LARGE"


class FileGone(ReaderStopped):
    """The file was there when it was received, and is not now."""

    code = "FILE_CHANGED"


class SandboxFailed(RegisterError):
    """The tool failed, not the file: the reading process could not be started or is not whole."""

    says = Words("Không khởi động được tiến trình đọc tệp.", "The reading process did not start.")
