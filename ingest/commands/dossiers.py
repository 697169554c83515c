"""The commands that read a whole dossier: check, ingest."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from ingest.commands.given import ACTOR, Accept, Delivered, Json, clock, opened
from ingest.commands.versions import STATES
from ingest.crs.places import Places, known_places
from ingest.delivery import Delivery
from ingest.files.workplace import workplace
from ingest.gate.pipeline import read_delivery
from ingest.register.load import LoadOutcome, load_delivery
from ingest.report.json_lines import json_lines
from ingest.report.text import text_lines
from ingest.report.write import Written, report_folder, write_reports
from schemas.crs import srid_of
from schemas.day import legal_day
from schemas.errors import BadQuestion, DeliveryUnreadable
from schemas.profiles import refuse_checks_only
from schemas.settings import Settings
from schemas.terminal import counter, err, out, say, stages
from schemas.words import Words

Profile = Annotated[
    str | None, typer.Option(help="Tên, tệp YAML hoặc mô hình / name, YAML file or models.")
]
ChosenCrs = Annotated[
    str | None, typer.Option("--crs", help="EPSG:N do người chọn, thắng nhãn / beats labels.")
]
Boundaries = Annotated[
    Path | None, typer.Option(help="Tệp ranh giới xã / file of commune boundaries.")
]
Report = Annotated[
    Path | None, typer.Option(help="Thư mục ghi báo cáo / folder for the report's files.")
]
NOT_ANNOTATED = Words(
    "Không mở được bảng tính của hồ sơ để ghi chú; tệp Excel của báo cáo chỉ có danh sách.",
    "The dossier's workbook could not be opened for comments; the report's holds the list alone.",
)


@dataclass(frozen=True)
class Wishes:
    """The CRS a person chose (EPSG code), and where the detective looks up units."""

    crs: int | None
    places: Places


def register(app: typer.Typer) -> None:
    """Hang the commands about dossiers on the command line."""
    app.command()(check)
    app.command()(ingest)


def check(
    path: Delivered,
    profile: Profile = None,
    as_json: Json = False,
    accept_repairs: Accept = False,
    report: Report = None,
    crs: ChosenCrs = None,
    boundaries: Boundaries = None,
) -> None:
    """Kiểm tra, không cần cơ sở dữ liệu / check; no database, nothing stored."""
    settings = Settings()
    folder = None if report is None else report_folder(report)
    wishes = _wishes(crs, boundaries, settings)
    with _read(path, profile, accept_repairs, as_json, settings, wishes) as delivery:
        _tell(delivery, as_json)
        if folder is not None:
            _tell_reports(write_reports(delivery, folder, settings.storage_srid))
        raise typer.Exit(1 if delivery.rejected else 0)


def ingest(
    path: Delivered,
    profile: Profile = None,
    publish: Annotated[bool, typer.Option("--publish", help="Công bố luôn / publish.")] = False,
    accept_repairs: Accept = False,
    as_json: Json = False,
    crs: ChosenCrs = None,
    boundaries: Boundaries = None,
) -> None:
    """Kiểm tra rồi nạp vào sổ / check, then load into the register."""
    refuse_checks_only(profile)
    settings, url, now = opened()
    wishes = _wishes(crs, boundaries, settings)
    with _read(path, profile, accept_repairs, as_json, settings, wishes) as delivery:
        with counter(Words("Đang nạp", "Loading"), quiet=as_json) as count:
            outcome = load_delivery(
                delivery,
                url=url,
                settings=settings,
                now=now,
                actor=ACTOR,
                publish=publish,
                progress=count,
                clock=clock,
            )
        found = delivery.issues + outcome.issues
        _tell(replace(delivery, issues=found), as_json, outcome)
    raise typer.Exit(1 if outcome.state == "rejected" else 0)


def _wishes(crs: str | None, boundaries: Path | None, settings: Settings) -> Wishes:
    try:
        places = known_places(boundaries, settings.boundary_file)
    except DeliveryUnreadable as error:  # the caller's mistake: 1 would speak of the dossier
        raise BadQuestion(error.detail, remedy=error.remedy) from error
    return Wishes(None if crs is None else srid_of(crs), places)


@contextmanager
def _read(
    path: Path,
    profile: str | None,
    accept_repairs: bool,
    quiet: bool,
    settings: Settings,
    wishes: Wishes,
) -> Iterator[Delivery]:
    """A delivery read and checked; its working copy is gone afterwards.

    Raises BadQuestion where nothing is at `path`.
    """
    if not path.exists():
        raise BadQuestion(
            Words(f"Không có tệp hay thư mục “{path}”.", f"There is no file or folder “{path}”.")
        )
    with workplace() as workdir:
        with stages(quiet=quiet) as tell:
            delivery = read_delivery(
                path,
                profile=profile,
                storage_srid=settings.storage_srid,
                workdir=workdir,
                accept_repairs=accept_repairs,
                today=legal_day(clock()),
                progress=tell,
                crs=wishes.crs,
                places=wishes.places,
            )
        yield delivery


def _tell(delivery: Delivery, as_json: bool, outcome: LoadOutcome | None = None) -> None:
    """The findings on standard output; behind them what became of the dossier, if it was loaded."""
    if as_json:
        stored = None if outcome is None else asdict(replace(outcome, issues=()))
        for line in json_lines(delivery, stored):
            sys.stdout.write(line + "\n")
        return
    for line in text_lines(delivery):
        sys.stdout.write(line + "\n")
    if outcome is None:
        return
    if outcome.unchanged:
        say(Words("Sổ đã có đúng hồ sơ này; không gì thay đổi.", "Already here; nothing changed."))
        return
    for version in outcome.versions:
        out.print(f"✓ {version}: {STATES[outcome.state]}", markup=False)


def _tell_reports(written: Written) -> None:
    """Where the report is, on standard error: standard output may be read by a program."""
    if not written.annotated:
        err.print(f"! {NOT_ANNOTATED}", markup=False)
    for path in written.paths:
        err.print(f"→ {path}", markup=False)
