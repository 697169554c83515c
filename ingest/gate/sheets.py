"""The dossier's workbook taken in: found among the files, read from a copy, its first findings."""

from pathlib import PurePosixPath

from ingest.files.copying import FileChanged, reading_copy
from ingest.files.source import ReceivedFile
from ingest.gate.checks.files import is_dangerous
from ingest.gate.checks.sheets import check_workbook
from ingest.gate.inspection import Inspection
from ingest.gate.workbook import WorkbookRows, WorkbookUnreadable, read_workbook
from ingest.sandbox.outcome import STOPPED, ReaderStopped
from schemas.issues import Issue
from schemas.profiles.model import Workbook


def take_workbook(inspection: Inspection) -> None:
    """Read the workbook where the profile asks for one; what is wrong goes to the inspection."""
    rule = inspection.rules.workbook
    if rule is None:
        return
    books = [f for f in inspection.received.files if inspection.roles[f.path] == "workbook"]
    sound = [f for f in books if not is_dangerous(f) and f.sniffed.agrees_with(f.path)]
    if not books:
        inspection.issues.append(Issue("WORKBOOK_MISSING", file=inspection.received.name))
    stopped = {issue.file for issue in inspection.issues if issue.code in STOPPED}
    if not sound or sound[0].path in stopped:
        return
    book = _read(inspection, rule, sound[0])
    if isinstance(book, Issue):
        inspection.issues.append(book)
        return
    inspection.workbook = book
    inspection.issues += check_workbook(book, rule)
    for sheet in book.sheets.values():
        inspection.issues += (told.issue(book.path, sheet.name) for told in sheet.texts)


def _read(inspection: Inspection, rule: Workbook, file: ReceivedFile) -> WorkbookRows | Issue:
    """The workbook's rows, or why there are none."""
    copy = inspection.workdir / "reading" / f"workbook{PurePosixPath(file.path).suffix}"
    try:
        reading_copy(file, copy)
        return read_workbook(copy, file.path, rule.sheets)
    except FileChanged:
        return Issue("FILE_CHANGED", file=file.path)
    except ReaderStopped as stopped:
        return stopped.issue(file.path)
    except WorkbookUnreadable as error:
        return Issue("WORKBOOK_UNREADABLE", file=file.path, detail={"reason": str(error)})
    finally:
        copy.unlink(missing_ok=True)
