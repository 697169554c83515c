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


STOPPED = frozenset(kind.code for kind in (ReaderCrashed, ReaderTimedOut, ReaderTooLarge, FileGone))
"""The codes of a reader that ended without an answer."""


class SandboxFailed(RegisterError):
    """The tool failed, not the file: the reading process could not be started or is not whole."""

    says = Words(
        "Máy không chạy được trình đọc tệp trong tiến trình riêng.",
        "This machine could not run the file reader in a process of its own.",
    )

    def __init__(self, names: str) -> None:
        """`names`: of the files that were to be read."""
        where = Words(f" Tệp đang đọc: {names}.", f" The file being read: {names}.")
        said = (f"{says}{at}" if names else says for says, at in zip(self.says, where, strict=True))
        super().__init__(Words(*said), remedy=NOT_THE_FILE)


NOT_THE_FILE = Words(
    "Lỗi của máy, không phải của hồ sơ: kiểm tra bộ nhớ, dung lượng đĩa và bubblewrap còn đủ "
    "không, rồi kiểm tra lại hồ sơ; nguyên nhân nằm trong nhật ký mức DEBUG.",
    "The machine is at fault, not the dossier: see whether memory, disk and bubblewrap are all "
    "there, then check the dossier again; the cause is in the log at level DEBUG.",
)
