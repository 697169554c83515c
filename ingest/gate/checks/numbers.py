"""The numbers audit of one plan: areas, norms, parts and wholes, totals, the land-balance table."""

from collections.abc import Iterator
from pathlib import PurePosixPath

import pandas as pd
from shapely import Geometry

from ingest.files.source import ReceivedFile
from ingest.gate.audit.areas import check_areas
from ingest.gate.audit.balance import Balance
from ingest.gate.audit.balance_lines import check_balance
from ingest.gate.audit.balance_sheet import SheetUnreadable, read_balance
from ingest.gate.audit.norms import check_norms
from ingest.gate.audit.parents import check_parents
from ingest.gate.audit.totals import check_totals
from ingest.gate.audit.zones import AuditedZones
from ingest.gate.checks.files import is_dangerous
from ingest.gate.facts import PlanRows
from ingest.gate.inspection import Inspection
from ingest.gate.topology.level import tolerance_of
from ingest.sandbox.outcome import ReaderStopped
from ingest.sandbox.run import in_sandbox
from schemas.issues import Issue

SPREADSHEETS = (".xlsx", ".xlsm", ".xls", ".ods")
MOST_SPREADSHEETS = 50


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
    """Every land-balance table of the dossier's spreadsheets."""
    for file in [f for f in inspection.received.files if _is_spreadsheet(f)][:MOST_SPREADSHEETS]:
        try:
            tables = in_sandbox(
                read_balance, file.location, files=[file.location], refusals=(SheetUnreadable,)
            )
        except ReaderStopped as stopped:
            yield stopped.issue(file.path)
            continue
        except SheetUnreadable as error:
            yield Issue("BALANCE_UNREADABLE", file=file.path, detail={"reason": str(error)})
            continue
        for table in tables:
            yield from check_balance(Balance(file.path, table, zones, area_m2))


def _is_spreadsheet(file: ReceivedFile) -> bool:
    suffix = PurePosixPath(file.path).suffix.lower()
    sound = not file.is_junk and not is_dangerous(file) and file.sniffed.agrees_with(file.path)
    return suffix in SPREADSHEETS and sound
