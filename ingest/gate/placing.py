"""Bringing the layers of a dossier to their place: which CRS, where it lies, storable shapes."""

import numpy as np
import shapely

from ingest.crs import LayerCrs, find_crs, label_differs
from ingest.crs.readings import reading_of
from ingest.crs.stated import read_statement
from ingest.gate.checks.geometry import check_place, without_shape
from ingest.gate.cleaning import clean_layer
from ingest.gate.crs_findings import check_crs
from ingest.gate.facts import PlanRows, facts
from ingest.gate.inspection import Inspection, Layer
from schemas.crs import project, srid_of
from schemas.issues import Issue
from schemas.words import Words


def find_layer_crs(inspection: Inspection) -> None:
    """Say of every layer with shapes which CRS it is in; one that cannot be told is an error.

    A person's choice wins over the profile's word, and that over the file's label. Then the
    coordinates are asked whether it is true.
    """
    wanted = srid_of(inspection.rules.crs) if inspection.rules.crs else None
    for layer in inspection.layers:
        if not len(layer) or shapely.is_missing(layer.geoms).all():
            continue
        found = _layer_crs(layer, inspection.crs, wanted)
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
    if inspection.crs is not None:
        inspection.issues.append(_chosen(inspection, inspection.crs))
    _compare_crs(inspection)
    inspection.issues += check_crs(inspection)


def _layer_crs(layer: Layer, chosen: int | None, wanted: int | None) -> LayerCrs | None:
    if chosen is not None:
        return LayerCrs(chosen, "chosen", layer.label)
    return find_crs(layer.label, wanted)


def _chosen(inspection: Inspection, srid: int) -> Issue:
    """That a person chose the CRS, and which labels say something else."""
    differing = {
        f"“{layer.file}”: {_first_line(layer.label)}"
        for layer in inspection.layers
        if layer.srid is not None and (layer.label is None or label_differs(layer.label, srid))
    }
    listed = "; ".join(sorted(differing))
    said = Words(f"nhãn khác: {listed}", f"labels: {listed}")
    if not differing:
        said = Words("nhãn cũng vậy", "as labelled")
    return Issue(
        "CRS_CHOSEN",
        file=inspection.received.name,
        value=f"EPSG:{srid}",
        detail={"why_vi": said.vi, "why_en": said.en},
    )


def _first_line(label: str | None) -> str:
    return "–" if label is None else label.strip().splitlines()[0][:80]


def _compare_crs(inspection: Inspection) -> None:
    """One dossier, one CRS, and the one its workbook states."""
    used: dict[int, set[str]] = {}
    for layer in inspection.layers:
        if layer.srid is not None:
            used.setdefault(layer.srid, set()).add(layer.file)
    if len(used) > 1:
        listed = (f"EPSG:{srid} ({', '.join(sorted(files))})" for srid, files in used.items())
        inspection.issues.append(Issue("CRS_MIXED", value="; ".join(sorted(listed))))
    everything = PlanRows(None, ())
    plane = [r for r in map(reading_of, sorted(used)) if r.other is None and not r.form.degrees]
    for fact in facts(inspection, everything, inspection.rules.plan.stated_crs):
        stated = read_statement(fact.text)
        if plane and not any(stated.agrees_with(reading) for reading in plane):
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


def clean_layers(inspection: Inspection) -> None:
    """Bring every layer to the storage CRS and into storable form."""
    for layer in inspection.layers:
        if layer.srid is None:
            if layer.spatial and len(layer) and shapely.is_missing(layer.geoms).all():
                inspection.issues.append(without_shape(layer, np.arange(len(layer))))
            layer.geoms = np.full(len(layer), None, dtype=object)
            continue
        wrong = list(check_place(layer, inspection.rules.place))
        inspection.issues += wrong
        if wrong:
            layer.geoms = np.full(len(layer), None, dtype=object)
            continue
        layer.geoms = project(layer.geoms, layer.srid, inspection.storage_srid)
        layer.srid = inspection.storage_srid
        clean_layer(inspection, layer)
