"""Reading the layers of a dossier: every container from a copy, every layer under its rule."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context

from ingest.files.copying import FileChanged
from ingest.files.source import manifest, received_file
from ingest.gate.checks.files import check_container, is_readable
from ingest.gate.checks.layers import check_layers
from ingest.gate.columns import full_names
from ingest.gate.copies import Copied, copy_layers_of
from ingest.gate.inspection import Inspection, Layer
from ingest.gate.match import Container, fit_layer
from ingest.gate.read import LayerFrame, LayerUnreadable
from ingest.readers.nesting import DoctypeFound
from ingest.readers.vector import CopiedLayer
from ingest.sandbox.outcome import ReaderStopped
from schemas.issues import Issue
from schemas.words import Words

READERS = 2
"""Containers read at the same time: one is copied while the other's rows are taken over."""


def read_layers(inspection: Inspection) -> None:
    """Read every layer of every sound container; findings go to the inspection."""
    sound = [container for container in inspection.containers if is_readable(container)]
    with ThreadPoolExecutor(READERS) as pool:
        copying = {
            container.path: pool.submit(
                copy_context().run,
                copy_layers_of,
                container,
                inspection.workdir / "reading" / str(number),
            )
            for number, container in enumerate(sound)
        }
        for container in inspection.containers:
            if container.path not in copying:
                inspection.issues += check_container(container)
                continue
            if container.is_folder:
                _write_manifest(inspection, container)
            inspection.tell(Words(f"Đọc {container.path}", f"Reading {container.path}"))
            _take(inspection, container, copying.pop(container.path))
    inspection.issues += check_layers(inspection.layers, inspection.rules)


def _take(inspection: Inspection, container: Container, copying: Future[Copied]) -> None:
    """Every layer of a container, or the finding that stopped its reader."""
    try:
        copied = copying.result()
        try:
            for layer in copied.layers:
                _take_layer(inspection, container, copied, layer)
        finally:
            copied.remove()
    except FileChanged:
        inspection.issues.append(Issue("FILE_CHANGED", file=container.path))
    except DoctypeFound:
        inspection.issues.append(Issue("XML_DOCTYPE", file=container.path))
    except ReaderStopped as stopped:
        inspection.issues.append(stopped.issue(container.path))
    except LayerUnreadable as error:
        inspection.issues.append(_unreadable(container, None, error))


def _unreadable(container: Container, layer: str | None, error: LayerUnreadable) -> Issue:
    detail = {"reason": str(error)}
    return Issue("LAYER_UNREADABLE", file=container.path, layer=layer, detail=detail)


def _take_layer(
    inspection: Inspection, container: Container, copied: Copied, layer: CopiedLayer
) -> None:
    try:
        frame = copied.frame(layer)
    except LayerUnreadable as error:
        inspection.issues.append(_unreadable(container, layer.name, error))
        return
    inspection.issues += (told.issue(container.path, frame.name) for told in frame.texts)
    only = len(copied.layers) == 1
    _place_layer(inspection, container, frame, only)


def _place_layer(
    inspection: Inspection, container: Container, frame: LayerFrame, only: bool
) -> None:
    name = frame.name
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
    if len(frame.raised):
        first, count = int(frame.raised[0]), len(frame.raised)
        inspection.issues.append(layer.finding("GEOMETRY_FLATTENED", first, count=count))


def _write_manifest(inspection: Inspection, container: Container) -> None:
    """A geodatabase folder as one delivered thing, so that a row can cite it: its file list."""
    number = len(inspection.manifests)
    listing = inspection.workdir / "manifests" / f"{number}.txt"
    listing.parent.mkdir(parents=True, exist_ok=True)
    listing.write_text(manifest(container.files), encoding="utf-8")
    inspection.manifests.append(received_file(container.path, listing))
    inspection.roles[container.path] = "gis"
