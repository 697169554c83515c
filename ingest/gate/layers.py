"""Reading the layers of a dossier: every container from a copy, every layer under its rule."""

import shutil
from pathlib import Path, PurePosixPath

from ingest.files.source import manifest, received_file
from ingest.gate.checks.files import check_container, is_readable
from ingest.gate.checks.layers import check_layers
from ingest.gate.columns import full_names
from ingest.gate.inspection import Inspection, Layer
from ingest.gate.match import HOUSEKEEPING, Container, fit_layer
from ingest.gate.read import LayerUnreadable, TextUnreadable, list_layers, read_layer
from schemas.issues import Issue


def read_layers(inspection: Inspection) -> None:
    """Read every layer of every sound container; findings go to the inspection."""
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
        reading_copy(file.location, folder / PurePosixPath(file.path).relative_to(top.parent))
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


def reading_copy(location: Path, to: Path) -> None:
    """A copy that a reader may litter around."""
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(location, to)
