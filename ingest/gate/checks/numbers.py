"""The numbers audit of one plan: areas, norms, parts and wholes, totals, the land-balance table."""

from collections.abc import Iterator

import pandas as pd
from shapely import Geometry

from ingest.files.source import ReceivedFile
from ingest.gate.audit.areas import check_areas
from ingest.gate.audit.balance import Balance
from ingest.gate.audit.balance_lines import check_balance
from ingest.gate.audit.balance_sheet import (
    MOST_COLUMNS,
    MOST_ROWS,
    Page,
    SheetUnreadable,
    read_balance,
)
from ingest.gate.audit.norms import check_norms
from ingest.gate.audit.parents import check_parents
from ingest.gate.audit.totals import check_totals
from ingest.gate.audit.zones import AuditedZones
from ingest.gate.checks.files import is_spreadsheet
from ingest.gate.checks.unseen import in_part
from ingest.gate.facts import PlanRows
from ingest.gate.inspection import Inspection
from ingest.gate.topology.level import tolerance_of
from ingest.sandbox.outcome import STOPPED, ReaderStopped
from ingest.sandbox.run import in_sandbox
from schemas.issues import Issue
from schemas.words import Words

MOST_SPREADSHEETS = 50
UNREAD = {*STOPPED, "FILE_CHANGED", "WORKBOOK_UNREADABLE"}


def audit_numbers(
    inspection: Inspection, rows: PlanRows, zones: pd.DataFrame, boundary: Geometry | None
) -> Iterator[Issue]:
    """Everything that a plan's numbers say against its drawing and each other.

    `zones`: rows of the `zone` table, m² in the storage CRS. A dossier of several plans has no
    land-balance table of one.
    """
    audited = AuditedZones.of(inspection, zones)
    yield from check_totals(inspection, rows, audited, boundary)
    if not len(audited):
        return
    yield from check_areas(audited)
    yield from check_norms(audited)
    yield from check_parents(audited, tolerance_of(inspection, rows))
    if rows.code is None:
        area = 0.0 if boundary is None else float(boundary.area)
        yield from _balances(inspection, audited, area)


def _balances(inspection: Inspection, zones: AuditedZones, area_m2: float) -> Iterator[Issue]:
    """Every land-balance table of the dossier's spreadsheets; one already found unreadable is not
    told of again.
    """
    told = {issue.file for issue in inspection.issues if issue.code in UNREAD}
    files = [f for f in inspection.received.files if is_spreadsheet(f) and f.path not in told]
    for file in files[:MOST_SPREADSHEETS]:
        try:
            pages = in_sandbox(
                read_balance, file.location, files=[file.location], refusals=(SheetUnreadable,)
            )
        except ReaderStopped as stopped:
            yield stopped.issue(file.path)
            continue
        except SheetUnreadable as error:
            yield Issue("BALANCE_UNREADABLE", file=file.path, detail={"reason": str(error)})
            continue
        for page in pages:
            if page.in_part:
                yield _page_in_part(file.path, page)
            if page.table is not None:
                yield from check_balance(Balance(file.path, page.table, zones, area_m2))
    if len(files) > MOST_SPREADSHEETS:
        yield _files_in_part(inspection.received.name, files)


def _files_in_part(name: str, files: list[ReceivedFile]) -> Issue:
    said = Words(
        "chỉ tìm bảng cân bằng đất đai trong {most} bảng tính đầu, có {n} bảng tính; từ “{first}” "
        "trở đi chưa xem",
        "the land-balance table was looked for in the first {most} of {n} spreadsheets; those "
        "from “{first}” on were not opened",
    )
    first = files[MOST_SPREADSHEETS].path
    return in_part(said, name, most=MOST_SPREADSHEETS, n=len(files), first=first)


def _page_in_part(file: str, page: Page) -> Issue:
    said = Words(
        "chỉ tìm bảng cân bằng đất đai trong {most_rows} dòng, {most_columns} cột đầu của trang "
        "tính, trang có {n_rows} dòng, {n_columns} cột",
        "the land-balance table was looked for in the first {most_rows} rows and {most_columns} "
        "columns of the sheet, which has {n_rows} and {n_columns}",
    )
    return in_part(
        said,
        file,
        page.name,
        most_rows=MOST_ROWS,
        most_columns=MOST_COLUMNS,
        n_rows=page.n_rows,
        n_columns=page.n_columns,
    )
