"""The gate's commands: check, ingest, parcels, units, publish, withdraw, sample."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ingest.crs.places import Places, known_places
from ingest.delivery import Delivery
from ingest.files.workplace import workplace
from ingest.gate.pipeline import read_delivery
from ingest.parcels.load import load_parcels
from ingest.parcels.outcome import ParcelOutcome
from ingest.register.load import LoadOutcome, load_delivery
from ingest.register.publish import Change
from ingest.register.publish import publish as publish_version
from ingest.register.publish import withdraw as withdraw_version
from ingest.report.json_lines import json_lines
from ingest.report.outcome import issue_document
from ingest.report.text import text_lines
from ingest.report.write import Written, report_folder, write_reports
from ingest.sample import FILE_COUNT, write_sample
from ingest.sample.demo import load_demo
from ingest.units.load import load_units
from ingest.units.outcome import UnitsOutcome
from schemas.crs import srid_of
from schemas.day import legal_day
from schemas.errors import BadQuestion, ProfileInvalid
from schemas.profiles import refuse_checks_only
from schemas.profiles.parcels import ParcelProfile
from schemas.register import open_register
from schemas.settings import Settings
from schemas.terminal import counter, emit, err, out, say, stages
from schemas.words import Words

Delivered = Annotated[Path, typer.Argument(help="Thư mục, zip hoặc tệp / folder, zip or file.")]
Profile = Annotated[
    str | None, typer.Option(help="Tên, tệp YAML hoặc mô hình / name, YAML file or models.")
]
Accept = Annotated[
    bool, typer.Option("--accept-repairs", help="Chấp nhận sửa hình học / accept repairs.")
]
ChosenCrs = Annotated[
    str | None, typer.Option("--crs", help="EPSG:N do người chọn, thắng nhãn / beats labels.")
]
Boundaries = Annotated[
    Path | None, typer.Option(help="Tệp ranh giới xã / file of commune boundaries.")
]
Json = Annotated[bool, typer.Option("--json", help="In JSON / print JSON.")]
Report = Annotated[
    Path | None, typer.Option(help="Thư mục ghi báo cáo / folder for the report's files.")
]
Reason = Annotated[str | None, typer.Option(help="Lý do / reason.")]
Version = Annotated[str, typer.Argument(help="PLAN/ORDINAL")]
ACTOR = "sqh"
MOST = 50
NOT_ANNOTATED = Words(
    "Không mở được bảng tính của hồ sơ để ghi chú; tệp Excel của báo cáo chỉ có danh sách.",
    "The dossier's workbook could not be opened for comments; the report's holds the list alone.",
)
STATES = {
    "staged": Words("chờ công bố", "staged"),
    "published": Words("đã công bố", "published"),
    "superseded": Words("đã công bố, có phiên bản sau", "published, a later version follows"),
    "withdrawn": Words("đã thu hồi", "withdrawn"),
    "rejected": Words("bị từ chối", "rejected"),
}

units = typer.Typer(help="Đơn vị hành chính / administrative units.", no_args_is_help=True)
parcels = typer.Typer(help="Thửa đất / parcels.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Hang the gate's commands on the command line."""
    app.command()(check)
    app.command()(ingest)
    app.command()(publish)
    app.command()(withdraw)
    app.command()(sample)
    units.command("load")(units_load)
    parcels.command("load")(parcels_load)
    app.add_typer(units, name="units")
    app.add_typer(parcels, name="parcels")


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
        _report(delivery, as_json)
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
    settings, url, now = _open()
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
                clock=_clock,
            )
        _report(replace(delivery, issues=delivery.issues + outcome.issues), as_json, outcome)
    raise typer.Exit(1 if outcome.state == "rejected" else 0)


def units_load(
    file: Annotated[Path | None, typer.Argument(help="Tệp ranh giới / boundaries.")] = None,
    as_json: Json = False,
) -> None:
    """Nạp đơn vị hành chính có lịch sử / load administrative units with their history."""
    settings, url, now = _open()
    with stages(quiet=as_json) as tell:
        outcome = load_units(file, url=url, settings=settings, now=now, actor=ACTOR, progress=tell)
    _tell(outcome, as_json, changed=outcome.changed)


def parcels_load(
    path: Delivered,
    profile: Annotated[Path | None, typer.Option(help="Tệp YAML / YAML file.")] = None,
    fields: Annotated[str | None, typer.Option(help="sheet=COL,number=COL,…")] = None,
    crs: Annotated[str | None, typer.Option(help="EPSG:N")] = None,
    accept_repairs: Accept = False,
    as_json: Json = False,
) -> None:
    """Nạp thửa đất / load parcels."""
    if (profile is None) == (fields is None):
        raise ProfileInvalid(
            Words("Hãy dùng --profile hoặc --fields.", "Use either --profile or --fields.")
        )
    settings, url, now = _open()
    described = (
        ParcelProfile.from_file(profile)
        if profile is not None
        else ParcelProfile.from_fields(fields or "", crs=crs)
    )
    if profile is not None and crs is not None:
        described = described.model_copy(update={"crs": f"EPSG:{srid_of(crs)}"})
    with counter(Words("Đang nạp thửa đất", "Loading parcels"), quiet=as_json) as count:
        outcome = load_parcels(
            path,
            profile=described,
            url=url,
            settings=settings,
            now=now,
            actor=ACTOR,
            accept_repairs=accept_repairs,
            progress=count,
            clock=_clock,
        )
    _tell(outcome, as_json, changed=not outcome.unchanged)


def publish(version: Version, reason: Reason = None, as_json: Json = False) -> None:
    """Công bố một phiên bản / put a staged version in force."""
    _, url, now = _open()
    _changed(
        publish_version(version, url=url, now=now, actor=_actor(reason), clock=_clock), as_json
    )


def withdraw(version: Version, reason: Reason = None, as_json: Json = False) -> None:
    """Thu hồi một phiên bản, giữ lịch sử / withdraw a version; its history stays."""
    _, url, now = _open()
    _changed(
        withdraw_version(version, reason, url=url, now=now, actor=ACTOR, clock=_clock), as_json
    )


def sample(
    directory: Annotated[Path, typer.Argument(help="Thư mục ghi ra / folder to write.")],
    load: Annotated[bool, typer.Option("--load", help="Nạp luôn vào sổ / load it too.")] = False,
    as_json: Json = False,
) -> None:
    """Viết hồ sơ mẫu của phường bịa / write the deliveries of the invented ward."""
    with counter(Words("Đang viết hồ sơ mẫu", "Writing the sample"), quiet=as_json) as count:
        done: list[Path] = []

        def written(path: Path) -> None:
            done.append(path)
            count(len(done), FILE_COUNT)

        files = write_sample(directory, written)
    if load:
        settings, url, now = _open()
        load_demo(directory, url, settings, now)
    if as_json:
        emit({"files": [str(path) for path in files], "loaded": load})
        return
    for path in files:
        out.print(str(path), markup=False)


def _open() -> tuple[Settings, str, datetime]:
    """The register that `SQH_*` names, up to date, and the time of this command."""
    settings = Settings()
    return settings, open_register(settings), _clock()


def _clock() -> datetime:
    return datetime.now(UTC)


def _actor(reason: str | None) -> str:
    return f"{ACTOR}: {reason}" if reason else ACTOR


@dataclass(frozen=True)
class CrsWishes:
    """The CRS a person chose (EPSG code), and where the detective looks up units."""

    crs: int | None
    places: Places


def _wishes(crs: str | None, boundaries: Path | None, settings: Settings) -> CrsWishes:
    places = known_places(boundaries, settings.boundary_file)
    return CrsWishes(None if crs is None else srid_of(crs), places)


@contextmanager
def _read(
    path: Path,
    profile: str | None,
    accept_repairs: bool,
    quiet: bool,
    settings: Settings,
    wishes: CrsWishes,
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
                today=legal_day(_clock()),
                progress=tell,
                crs=wishes.crs,
                places=wishes.places,
            )
        yield delivery


def _report(delivery: Delivery, as_json: bool, outcome: LoadOutcome | None = None) -> None:
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


def _tell(outcome: UnitsOutcome | ParcelOutcome, as_json: bool, *, changed: bool) -> None:
    """What a load did, in numbers, with its findings."""
    facts = asdict(replace(outcome, issues=())) | {"changed": changed}
    facts["issues"] = [issue_document(issue) for issue in outcome.issues]
    if as_json:
        emit(facts)
        return
    for issue in outcome.issues[:MOST]:
        times = f" ×{issue.count}" if issue.count > 1 else ""
        out.print(f"{issue.level}  {issue.code}{times}  {issue.message}", markup=False)
    if len(outcome.issues) > MOST:
        out.print(f"… +{len(outcome.issues) - MOST}", markup=False)
    numbers = ", ".join(f"{name}={value}" for name, value in facts.items() if name != "issues")
    say(Words("Xong", "Done") if changed else Words("Không gì thay đổi", "Nothing changed"))
    out.print(f"  {numbers}", markup=False)


def _changed(change: Change, as_json: bool) -> None:
    if as_json:
        emit(asdict(change))
        return
    sign = "✓" if change.changed else "="
    out.print(f"{sign} {change.version}: {STATES[change.status]}", markup=False)
