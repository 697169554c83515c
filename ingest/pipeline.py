"""The gate from a path to a delivery: the phases, in one place and in their order.

No database and no clock: what comes out depends on the bytes, the profile and the parameters.
"""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path, PurePosixPath

import numpy as np
import shapely

from ingest.assemble import assemble, split_plans
from ingest.checks.codes import check_codes
from ingest.checks.files import check_container, check_files, is_readable
from ingest.checks.geometry import check_cleaned, check_place
from ingest.checks.layers import check_layers
from ingest.checks.sheets import check_workbook
from ingest.clean import clean, repaired
from ingest.columns import full_names
from ingest.crs import find_crs, label_differs, stated_meridian
from ingest.delivery import DeliveredFile, DeliveredVersion, Delivery
from ingest.documents import read_documents
from ingest.facts import PlanRows, facts
from ingest.inspection import Inspection, Layer
from ingest.match import HOUSEKEEPING, Container, find_containers, fit_layer, recognise, role_of
from ingest.read import LayerUnreadable, TextUnreadable, list_layers, read_layer
from ingest.secrecy import secret_place
from ingest.source import manifest, receive, received_file
from ingest.workbook import WorkbookUnreadable, read_workbook
from schemas.crs import VN2000, project, srid_of
from schemas.issues import Issue
from schemas.profiles import find_profile, profile_hash
from schemas.words import Words

Progress = Callable[[Words, int, int], None]
"""Called before each phase with its name, its number from 0, and how many there are."""


def read_delivery(
    path: Path,
    *,
    profile: str | Path | None = None,
    storage_srid: int,
    workdir: Path,
    accept_repairs: bool = False,
    today: date,
    progress: Progress | None = None,
) -> Delivery:
    """Read and check a dossier (folder, zip or single vector file).

    `profile`: a shipped profile's id, a YAML file, or None to recognise one. `workdir`: an existing
    empty folder that the caller removes once the delivery is stored. `accept_repairs`: repair
    invalid geometry, each repair being a WARNING. Raises DeliveryUnreadable, ProfileInvalid,
    UnknownCrs; everything about the data itself is an issue of the delivery.
    """
    wanted = None if profile is None else find_profile(profile)
    received = receive(Path(path), Path(workdir))
    inspection = Inspection(received, wanted, storage_srid, Path(workdir), accept_repairs, today)
    versions: list[DeliveredVersion] = []
    for number, (name, phase) in enumerate(PHASES):
        if progress is not None:
            progress(name, number, len(PHASES))
        phase(inspection, versions)
        if inspection.refused:
            break
    return _delivery(inspection, versions)


def _inspect_files(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    files = inspection.received.files
    inspection.issues += inspection.received.issues
    inspection.issues += check_files(files)
    if inspection.profile is None:
        inspection.profile = recognise(files)
    inspection.roles = {file.path: role_of(file, inspection.profile) for file in files}
    if inspection.profile is None:
        inspection.issues.append(Issue("PROFILE_UNMATCHED", file=inspection.received.name))
        inspection.refused = True
        return
    inspection.containers = find_containers(files)


def _read_workbook(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    rule = inspection.rules.workbook
    if rule is None:
        return
    books = [f for f in inspection.received.files if inspection.roles[f.path] == "workbook"]
    sound = [f for f in books if f.sniffed.danger is None and f.sniffed.agrees_with(f.path)]
    if not sound:
        if not books:
            inspection.issues.append(Issue("WORKBOOK_MISSING", file=inspection.received.name))
        return
    copy = inspection.workdir / "reading" / f"workbook{PurePosixPath(sound[0].path).suffix}"
    _copy(sound[0].location, copy)
    try:
        inspection.workbook = read_workbook(copy, sound[0].path, rule.sheets)
    except WorkbookUnreadable as error:
        detail = {"reason": str(error)}
        inspection.issues.append(Issue("WORKBOOK_UNREADABLE", file=sound[0].path, detail=detail))
        return
    inspection.issues += check_workbook(inspection.workbook, rule)


def _read_layers(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    for number, container in enumerate(inspection.containers):
        if not is_readable(container):
            inspection.issues += check_container(container)
            continue
        location = _reading_copy(inspection, container, number)
        try:
            names = [name for name in list_layers(location) if name not in HOUSEKEEPING]
        except LayerUnreadable as error:
            inspection.issues.append(
                Issue("LAYER_UNREADABLE", file=container.path, detail={"reason": str(error)})
            )
            continue
        for name in names:
            _take_layer(inspection, container, location, name, only=len(names) == 1)
    inspection.issues += check_layers(inspection.layers, inspection.rules)


def _take_layer(
    inspection: Inspection, container: Container, location: Path, name: str, only: bool
) -> None:
    try:
        frame = read_layer(location, name)
    except (LayerUnreadable, TextUnreadable) as error:
        code = "LAYER_UNREADABLE" if isinstance(error, LayerUnreadable) else "TEXT_UNREADABLE"
        detail = {"reason": str(error)}
        inspection.issues.append(Issue(code, file=container.path, layer=name, detail=detail))
        return
    inspection.issues += (
        Issue("READER_REMARK", file=container.path, layer=name, value=remark)
        for remark in frame.remarks
    )
    fit = fit_layer(inspection.rules, container, name, only)
    standard = fit.rule.attributes if fit.rule else ()
    mapped = [s.column for s in fit.rule.columns.values() if s.column] if fit.rule else []
    names = full_names(list(frame.attributes.columns), standard or mapped)
    layer = Layer(
        file=container.path,
        name=name,
        container=fit.container,
        rule=fit.rule,
        attributes=frame.attributes.rename(columns=names),
        rows=frame.rows,
        geoms=frame.geoms,
        label=frame.crs,
        spatial=frame.spatial,
    )
    inspection.layers.append(layer)
    if len(frame.broken):
        first, count = int(frame.broken[0]), len(frame.broken)
        inspection.issues.append(layer.finding("GEOMETRY_UNREADABLE", first, count=count))


def _reading_copy(inspection: Inspection, container: Container, number: int) -> Path:
    """The container's files copied to a folder of their own: GDAL may leave side files there."""
    folder = inspection.workdir / "reading" / str(number)
    top = PurePosixPath(container.path)
    for file in container.files:
        _copy(file.location, folder / PurePosixPath(file.path).relative_to(top.parent))
    if container.is_folder:
        _write_manifest(inspection, container, number)
    return folder / top.name


def _write_manifest(inspection: Inspection, container: Container, number: int) -> None:
    """A geodatabase folder as one delivered thing, so that a row can cite it: its file list."""
    listing = inspection.workdir / "manifests" / f"{number}.txt"
    listing.parent.mkdir(parents=True, exist_ok=True)
    listing.write_text(manifest(container.files), encoding="utf-8")
    inspection.manifests.append(received_file(container.path, listing))
    inspection.roles[container.path] = "gis"


def _copy(location: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(location, to)


def _refuse_secrets(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    place = secret_place(inspection)
    if place is None:
        return
    inspection.issues.append(place)
    inspection.refused = True
    for copied in ("unpacked", "reading", "manifests"):
        shutil.rmtree(inspection.workdir / copied, ignore_errors=True)


def _find_crs(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    wanted = srid_of(inspection.rules.crs) if inspection.rules.crs else None
    for layer in inspection.layers:
        if not len(layer) or shapely.is_missing(layer.geoms).all():
            continue
        found = find_crs(layer.label, wanted)
        if found is None:
            code = "CRS_MISSING" if layer.label is None else "CRS_UNKNOWN"
            inspection.issues.append(layer.finding(code, value=layer.label))
            continue
        layer.srid = found.srid
        if found.how == "recognised":
            issue = layer.finding("CRS_RECOGNISED", value=layer.label, detail={"srid": found.srid})
            inspection.issues.append(issue)
        if found.how == "profile" and label_differs(layer.label, found.srid):
            inspection.issues.append(
                layer.finding("CRS_LABEL_DIFFERS", value=layer.label, detail={"srid": found.srid})
            )
    _compare_crs(inspection)


def _compare_crs(inspection: Inspection) -> None:
    """One dossier, one CRS, and the one its workbook states."""
    used = {layer.srid: layer for layer in inspection.layers if layer.srid is not None}
    if len(used) > 1:
        listed = ", ".join(f"EPSG:{srid}" for srid in sorted(used))
        inspection.issues.append(Issue("CRS_MIXED", value=listed))
    everything = PlanRows(None, ())
    for fact in facts(inspection, everything, inspection.rules.plan.stated_crs):
        meridian = stated_meridian(fact.text)
        drawn = {VN2000[srid].meridian for srid in used if srid in VN2000}
        if meridian is not None and drawn and meridian not in drawn:
            inspection.issues.append(
                Issue(
                    "CRS_STATEMENT_DIFFERS",
                    file=fact.file,
                    layer=fact.layer,
                    row=fact.row,
                    column=fact.column,
                    value=fact.text,
                    detail={"drawn": ", ".join(f"EPSG:{srid}" for srid in sorted(used))},
                )
            )


def _clean_geometry(inspection: Inspection, _: list[DeliveredVersion]) -> None:
    """Bring every layer to the storage CRS and into storable form."""
    for layer in inspection.layers:
        if layer.srid is None:
            if layer.spatial and len(layer) and shapely.is_missing(layer.geoms).all():
                inspection.issues.append(layer.finding("GEOMETRY_EMPTY", 0, count=len(layer)))
            layer.geoms = np.full(len(layer), None, dtype=object)
            continue
        wrong = list(check_place(layer, inspection.rules.place))
        inspection.issues += wrong
        if wrong:
            layer.geoms = np.full(len(layer), None, dtype=object)
            continue
        layer.geoms = project(layer.geoms, layer.srid, inspection.storage_srid)
        layer.srid = inspection.storage_srid
        cleaned = clean(layer.geoms, layer.rule.family if layer.rule else None)
        inspection.issues += check_cleaned(layer, cleaned, inspection.accept_repairs)
        layer.geoms = repaired(cleaned) if inspection.accept_repairs else cleaned.geoms


def _assemble(inspection: Inspection, versions: list[DeliveredVersion]) -> None:
    documents = read_documents(inspection)
    for rows in split_plans(inspection):
        version, told = assemble(inspection, rows, documents)
        if version is not None:
            versions.append(version)
        if told is not None and rows.code is None:
            inspection.issues += check_codes(inspection.layers, told.code)


PHASES: tuple[tuple[Words, Callable[[Inspection, list[DeliveredVersion]], None]], ...] = (
    (Words("Xem các tệp", "Looking at the files"), _inspect_files),
    (Words("Đọc bảng kê", "Reading the workbook"), _read_workbook),
    (Words("Đọc các lớp bản đồ", "Reading the layers"), _read_layers),
    (Words("Kiểm tra bí mật nhà nước", "Looking for state secrets"), _refuse_secrets),
    (Words("Xác định hệ tọa độ", "Finding the coordinate system"), _find_crs),
    (Words("Làm sạch hình học", "Cleaning geometry"), _clean_geometry),
    (Words("Lập phiên bản quy hoạch", "Assembling plan versions"), _assemble),
)


def _delivery(inspection: Inspection, versions: list[DeliveredVersion]) -> Delivery:
    profile = inspection.profile
    secret = any(issue.code == "SECRET_REFUSED" for issue in inspection.issues)
    return Delivery(
        sha256=inspection.received.sha256,
        name=inspection.received.name,
        kind="plan",
        profile="" if profile is None else profile.id,
        profile_hash="" if profile is None else profile_hash(profile),
        invented=profile is not None and _is_invented(inspection),
        files=() if secret else _delivered_files(inspection),
        versions=() if secret else tuple(versions),
        issues=tuple(inspection.issues),
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
