"""The workbook of a report: the delivered one annotated, or a list of findings alone."""

from pathlib import Path, PurePosixPath

from ingest.delivery import DeliveredFile, Delivery
from ingest.report.annotate import NotAnnotated, Note, annotate
from ingest.report.grouping import for_reading
from ingest.report.outcome import LEVEL_WORDS, by_gravity
from ingest.sandbox.limits import Limits
from ingest.sandbox.outcome import ReaderStopped
from ingest.sandbox.run import in_sandbox
from schemas.issues import Issue

FORMS = (".xlsx", ".xlsm")
BYTES_A_REPAIR = 200
"""What a line of the list of repairs counts towards the time that writing may take."""


def workbook_name(delivery: Delivery) -> str:
    """The delivered workbook's own name, or the dossier's."""
    book = _delivered(delivery)
    stem = PurePosixPath(delivery.name if book is None else book.path).stem
    return f"{stem or 'hoso'}.xlsx"


def write_workbook(delivery: Delivery, to: Path) -> bool:
    """Write the workbook; whether the delivered one, where there is one, could be annotated.

    A stranger's workbook is opened behind the sandbox's walls. Raises SandboxFailed.
    """
    issues = by_gravity(delivery)
    notes = tuple(_note(issue) for issue in for_reading(issues))
    repairs = tuple(_repair(issue) for issue in issues if issue.is_repair)
    book = _delivered(delivery)
    if book is not None:
        try:
            in_sandbox(
                annotate,
                book.location,
                notes,
                repairs,
                to,
                files=[book.location],
                writes=to.parent,
                limits=Limits().for_bytes(book.size_bytes + BYTES_A_REPAIR * len(repairs)),
                refusals=(NotAnnotated,),
            )
        except (NotAnnotated, ReaderStopped):
            to.unlink(missing_ok=True)
        else:
            return True
    annotate(None, notes, repairs, to)
    return book is None


def _delivered(delivery: Delivery) -> DeliveredFile | None:
    books = (file for file in delivery.files if file.role == "workbook")
    return next((f for f in books if PurePosixPath(f.path).suffix.lower() in FORMS), None)


def _note(issue: Issue) -> Note:
    message, fix, cell = issue.message, issue.remedy, issue.detail.get("cell")
    return Note(
        level=issue.level,
        sheet=issue.layer,
        cell=cell,
        words_vi=message.vi,
        words_en=message.en,
        line=(
            str(LEVEL_WORDS[issue.level]), issue.code, message.vi, message.en, fix.vi, fix.en,
            issue.file, issue.layer, cell, issue.row, issue.column, issue.value, issue.count,
        ),
    )  # fmt: skip


def _repair(issue: Issue) -> tuple[str | int | float | None, ...]:
    """A line of the list of repairs: where, and the area before, after and between in m²."""
    before, after = issue.detail.get("area_before_m2"), issue.detail.get("area_after_m2")
    return (
        issue.code, issue.file, issue.layer, issue.row, issue.value, issue.count,
        _number(before), _number(after), issue.change_m2,
    )  # fmt: skip


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
