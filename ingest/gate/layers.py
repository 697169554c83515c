"""Reading the layers of a dossier: every container from a copy, every layer under its rule."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from itertools import groupby

from ingest.files.copying import FileChanged
from ingest.files.source import manifest, received_file
from ingest.gate.checks.files import check_container, is_readable
from ingest.gate.checks.layers import check_layers
from ingest.gate.columns import full_names
from ingest.gate.copies import Copied, Outcome, copy_together
from ingest.gate.inspection import Inspection, Layer
from ingest.gate.match import Container, fit_layer
from ingest.gate.read import LayerFrame, LayerUnreadable
from ingest.readers.nesting import DoctypeFound
from ingest.readers.vector import CopiedLayer
from ingest.sandbox.outcome import ReaderStopped
from schemas.issues import Issue
from schemas.words import Words

READERS = 2
"""Readers at work at the same time; meanwhile the rows of what they copied are taken over."""
SMALL = 4 << 20
TOGETHER = 16


def read_layers(inspection: Inspection) -> None:
    """Read every layer of every sound container; findings go to the inspection."""
    sound = [container for container in inspection.containers if is_readable(container)]
    with ThreadPoolExecutor(READERS) as pool:
        copying: dict[str, tuple[Future[list[Outcome]], int]] = {}
        for number, together in enumerate(_together(sound)):
            folder = inspection.workdir / "reading" / str(number)
            task = pool.submit(copy_context().run, copy_together, together, folder)
            copying |= {one.path: (task, place) for place, one in enumerate(together)}
        for container in inspection.containers:
            if container.path not in copying:
                inspection.issues += check_container(container)
                continue
            if container.is_folder:
                _write_manifest(inspection, container)
            inspection.tell(Words(f"Đọc {container.path}", f"Reading {container.path}"))
            task, place = copying.pop(container.path)
            _take(inspection, container, task.result()[place])
    inspection.issues += check_layers(inspection.layers, inspection.rules)


def _together(containers: Sequence[Container]) -> Iterator[list[Container]]:
    """Containers that one reader copies: small ones of one kind, a few for each reader."""
    for _, alike in groupby(containers, key=lambda one: (one.kind, one.size_bytes > SMALL)):
        several = list(alike)
        share = min(TOGETHER, -(-len(several) // READERS))
        most = 1 if several[0].size_bytes > SMALL else share
        yield from (several[at : at + most] for at in range(0, len(several), most))


def _take(inspection: Inspection, container: Container, outcome: Outcome) -> None:
    """Every layer of a container, or the finding that stopped its reader."""
    try:
        if isinstance(outcome, Exception):
            raise outcome
        try:
            for layer in outcome.layers:
                _take_layer(inspection, container, outcome, layer)
        finally:
            outcome.remove()
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
