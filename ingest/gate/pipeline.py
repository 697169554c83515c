"""The gate from a path to a delivery: the phases, in one place and in their order.

No database and no clock: what comes out depends on the bytes, the profile and the parameters.
"""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from ingest.crs.places import Places
from ingest.delivery import DeliveredFile, DeliveredVersion, Delivery
from ingest.files.source import receive
from ingest.gate.assemble import assemble, split_plans
from ingest.gate.checks.cells import check_cells
from ingest.gate.checks.codes import check_plan_id
from ingest.gate.checks.drawings import check_drawings
from ingest.gate.checks.files import check_files, check_unchanged
from ingest.gate.checks.guard import check_guard
from ingest.gate.checks.several import several_dossiers
from ingest.gate.checks.stated import check_stated
from ingest.gate.checks.topology import check_topology
from ingest.gate.documents import read_documents
from ingest.gate.facts import PlanRows, facts
from ingest.gate.inspection import Inspection
from ingest.gate.layers import read_layers
from ingest.gate.match import find_containers, kept_whole, recognise, role_of
from ingest.gate.package import check_package
from ingest.gate.placing import clean_layers, find_layer_crs
from ingest.gate.plan_facts import PlanFacts
from ingest.gate.secrecy import secret_name, secret_place, secret_sheets
from ingest.gate.sheets import take_workbook
from ingest.gate.standard.check import check_dossier, delivered_tables, read_dossier
from ingest.progress import StepProgress
from ingest.report.cells import with_cells
from ingest.report.grouping import grouped
from ingest.sandbox.patience import patience
from schemas.issues import Issue
from schemas.profiles import find_profile, profile_hash
from schemas.words import Words


@patience()
def read_delivery(
    path: Path,
    *,
    profile: str | Path | None = None,
    storage_srid: int,
    workdir: Path,
    accept_repairs: bool = False,
    today: date,
    progress: StepProgress | None = None,
    crs: int | None = None,
    places: Places | None = None,
) -> Delivery:
    """Read and check a dossier (folder, zip or single vector file).

    `profile`: a shipped profile's id, a YAML file, or None to recognise one. `workdir`: an existing
    empty folder that the caller removes once the delivery is stored. `accept_repairs`: repair
    invalid geometry, each repair being a WARNING. `crs`: the EPSG code a person chose, for every
    layer; `places`: where the CRS detective looks up units (None: the installed list). Raises
    DeliveryUnreadable, ProfileInvalid, UnknownCrs; everything about the data itself is an issue of
    the delivery.
    """
    wanted = None if profile is None else find_profile(profile)
    workdir = Path(workdir).resolve()
    received = receive(Path(path).absolute(), workdir, kept_whole(wanted))
    inspection = Inspection(received, wanted, storage_srid, workdir, accept_repairs, today)
    inspection.crs, inspection.places = crs, places
    versions: list[DeliveredVersion] = []
    for number, (name, phase) in enumerate(PHASES):
        if progress is not None:
            progress(name, number, len(PHASES))
            inspection.tell = _told(progress, number)
        if phase not in FOR_THE_REGISTER or not _checks_only(inspection):
            phase(inspection, versions)
        if inspection.refused:
            break
    return _delivery(inspection, versions)


def _told(progress: StepProgress, number: int) -> Callable[[Words], None]:
    """A way to say what is being done inside phase `number`."""
    return lambda words: progress(words, number, len(PHASES))


def _inspect_files(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    files = inspection.received.files
    inspection.issues += inspection.received.issues
    inspection.issues += check_guard(inspection.received.name)
    inspection.issues += check_files(files)
    inspection.issues += check_drawings(files)
    if inspection.profile is None:
        inspection.profile = recognise(files)
    inspection.roles = {file.path: role_of(file, inspection.profile) for file in files}
    if inspection.profile is None:
        if not _all_faulty(inspection):
            inspection.issues.append(Issue("PROFILE_UNMATCHED", file=inspection.received.name))
        inspection.refused = True
        return
    inspection.containers = find_containers(files)


def _all_faulty(inspection: Inspection) -> bool:
    """Whether every file has an error of its own, which says why nobody knows what this is."""
    faulty = {issue.file for issue in inspection.issues if issue.level == "ERROR"}
    files = [file.path for file in inspection.received.files if not file.is_junk]
    return bool(files) and faulty.issuperset(files)


def _read_workbook(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    take_workbook(inspection)


def _read_layers(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    read_layers(inspection)


def _read_tables(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    """Read the tables of a dossier whose profile has models of a standard."""
    models = inspection.rules.models
    if models:
        inspection.standard, issues = read_dossier(
            inspection.received,
            models,
            inspection.workdir,
            inspection.tell,
            inspection.crs,
            today=inspection.today,
        )
        inspection.issues += issues


def _check_standard(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    if inspection.standard is not None:
        inspection.issues += check_dossier(inspection.standard)


def _checks_only(inspection: Inspection) -> bool:
    return inspection.profile is not None and inspection.profile.checks_only


def _refuse_secret_names(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    _refuse(inspection, secret_name(inspection.received))


def _refuse_secret_sheets(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    for issue in secret_sheets(inspection.received):
        if issue.code == "SECRET_REFUSED":
            _refuse(inspection, issue)
            return
        inspection.issues.append(issue)


def _refuse_secrets(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    _refuse(inspection, secret_place(inspection))


def _refuse_several(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    """Read no further where layers of different dossiers would be taken for one plan's."""
    several = several_dossiers(inspection)
    if several is not None:
        inspection.issues.append(several)
        inspection.refused = True


def _refuse(inspection: Inspection, place: Issue | None) -> None:
    """Read no further where a secret was found, and keep no copy."""
    if place is None:
        return
    inspection.issues.append(place)
    inspection.refused = True
    for copied in ("unpacked", "reading", "manifests"):
        shutil.rmtree(inspection.workdir / copied, ignore_errors=True)


def _find_crs(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    find_layer_crs(inspection)


def _clean_geometry(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    clean_layers(inspection)


def _check_topology(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    inspection.issues += check_stated(inspection.layers)
    inspection.plan_rows = split_plans(inspection)
    for rows in inspection.plan_rows:
        check_topology(inspection, rows)


def _assemble(inspection: Inspection, versions: list[DeliveredVersion]) -> None:
    documents = read_documents(inspection)
    known: dict[str, PlanFacts] = {}
    for rows in inspection.plan_rows:
        version, told = assemble(inspection, rows, documents)
        if told is not None:
            inspection.plans.append(told)
            inspection.issues += check_plan_id(told, known.setdefault(told.plan_id, told))
        if version is not None:
            versions.append(version)


def _check_package(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    inspection.issues += check_cells(inspection)
    check_package(inspection)


def _look_again(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    told = {issue.file for issue in inspection.issues if issue.code == "FILE_CHANGED"}
    changed = check_unchanged(inspection.received.files)
    inspection.issues += (issue for issue in changed if issue.file not in told)


PHASES: tuple[tuple[Words, Callable[[Inspection, list[DeliveredVersion]], None]], ...] = (
    (Words("Kiểm tra tên tệp", "Looking at the names"), _refuse_secret_names),
    (Words("Xem các bảng tính", "Looking at the spreadsheets"), _refuse_secret_sheets),
    (Words("Xem các tệp", "Looking at the files"), _inspect_files),
    (Words("Đọc bảng kê", "Reading the workbook"), _read_workbook),
    (Words("Đọc các lớp bản đồ", "Reading the layers"), _read_layers),
    (Words("Đọc các bảng theo chuẩn", "Reading the standard's tables"), _read_tables),
    (Words("Kiểm tra bí mật nhà nước", "Looking for state secrets"), _refuse_secrets),
    (Words("Xem gói có mấy hồ sơ", "Counting the dossiers"), _refuse_several),
    (Words("Xác định hệ tọa độ", "Finding the coordinate system"), _find_crs),
    (Words("Làm sạch hình học", "Cleaning geometry"), _clean_geometry),
    (Words("Kiểm tra chồng lấn, khe hở", "Looking for overlaps and gaps"), _check_topology),
    (Words("Lập phiên bản quy hoạch", "Assembling plan versions"), _assemble),
    (Words("Đối chiếu văn bản, bản vẽ", "Comparing papers and drawings"), _check_package),
    (Words("Đối chiếu với chuẩn", "Comparing with the standard"), _check_standard),
    (Words("Xem tệp có thay đổi", "Looking for changed files"), _look_again),
)

FOR_THE_REGISTER = frozenset(
    {
        _read_workbook,
        _read_layers,
        _refuse_several,
        _find_crs,
        _clean_geometry,
        _check_topology,
        _assemble,
        _check_package,
    }
)
"""Phases of a dossier that can enter the register; one that is only checked passes them by."""


def _delivery(inspection: Inspection, versions: list[DeliveredVersion]) -> Delivery:
    profile, read = inspection.profile, inspection.standard
    secret = any(issue.code == "SECRET_REFUSED" for issue in inspection.issues)
    return Delivery(
        sha256=inspection.received.sha256,
        name=inspection.received.name,
        kind="check" if _checks_only(inspection) else "plan",
        profile="" if profile is None else profile.id,
        profile_hash="" if profile is None else profile_hash(profile),
        invented=profile is not None and _is_invented(inspection),
        files=() if secret else _delivered_files(inspection),
        versions=() if secret else tuple(versions),
        issues=grouped(with_cells(inspection.issues, inspection.workbook)),
        standard=None if read is None else read.standard.name,
        tables=() if read is None or secret else delivered_tables(read),
    )


def _delivered_files(inspection: Inspection) -> tuple[DeliveredFile, ...]:
    every = (*inspection.received.files, *inspection.manifests)
    return tuple(
        DeliveredFile(
            path=file.path,
            location=file.location,
            sha256=file.sha256,
            role=inspection.roles[file.path],
            media_type=file.sniffed.media_type,
            size_bytes=file.size_bytes,
        )
        for file in every
    )


def _is_invented(inspection: Inspection) -> bool:
    """Whether the dossier says of itself that it shows sample data."""
    mark = inspection.rules.invented_mark
    notes = facts(inspection, PlanRows(None, ()), inspection.rules.plan.notes)
    stated = mark is not None and any(mark.casefold() in note.text.casefold() for note in notes)
    return inspection.rules.invented or stated
