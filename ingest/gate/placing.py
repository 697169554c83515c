"""Bringing the layers of a dossier to their place: which CRS, where it lies, storable shapes."""

import numpy as np
import shapely

from ingest.crs import find_crs, label_differs, stated_meridian
from ingest.gate.checks.geometry import check_cleaned, check_place, without_shape
from ingest.gate.clean import clean, repaired
from ingest.gate.facts import PlanRows, facts
from ingest.gate.inspection import Inspection
from schemas.crs import VN2000, project, srid_of
from schemas.issues import Issue


def find_layer_crs(inspection: Inspection) -> None:
    """Say of every layer with shapes which CRS it is in; one that cannot be told is an error."""
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
    used: dict[int, set[str]] = {}
    for layer in inspection.layers:
        if layer.srid is not None:
            used.setdefault(layer.srid, set()).add(layer.file)
    if len(used) > 1:
        listed = (f"EPSG:{srid} ({', '.join(sorted(files))})" for srid, files in used.items())
        inspection.issues.append(Issue("CRS_MIXED", value="; ".join(sorted(listed))))
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
        cleaned = clean(layer.geoms, layer.rule.family if layer.rule else None)
        inspection.issues += check_cleaned(layer, cleaned, inspection.accept_repairs)
        layer.geoms = repaired(cleaned) if inspection.accept_repairs else cleaned.geoms
