"""All forms of a report written into one folder."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ingest.delivery import Delivery
from ingest.report.folder import ReportFolder
from ingest.report.geojson import feature_lines
from ingest.report.html import html_page
from ingest.report.json_lines import json_lines
from ingest.report.text import text_lines
from ingest.report.workbook import workbook_name, write_workbook

FIXED = ("report.html", "report.txt", "findings.jsonl", "findings.geojson")


@dataclass(frozen=True)
class Written:
    """The files of a report; `annotated`: the delivered workbook could be commented."""

    paths: tuple[Path, ...]
    annotated: bool


def report_folder(path: Path) -> ReportFolder:
    """The folder, made and looked at before a long check begins. Raises BadQuestion."""
    folder = ReportFolder(path)
    folder.check(FIXED)
    folder.make()
    return folder


def write_reports(delivery: Delivery, folder: ReportFolder, storage_srid: int) -> Written:
    """Write every form of the report, all or none. `storage_srid`: CRS of the geometry.

    Raises BadQuestion where somebody else's file stands in the way.
    """
    book = workbook_name(delivery)
    folder.check([*FIXED, book])
    with tempfile.TemporaryDirectory(prefix=".sqh-report-", dir=folder.path) as making:
        there = Path(making)
        texts: dict[str, Iterable[str]] = {
            "report.html": (html_page(delivery, storage_srid),),
            "report.txt": text_lines(delivery, most=None),
            "findings.jsonl": json_lines(delivery),
            "findings.geojson": feature_lines(delivery),
        }
        for name, lines in texts.items():
            _write(there / name, lines)
        annotated = write_workbook(delivery, there / book)
        placed = folder.take([*(there / name for name in texts), there / book])
    return Written(tuple(placed), annotated)


def _write(to: Path, lines: Iterable[str]) -> None:
    with to.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
