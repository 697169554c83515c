"""Several dossiers in one delivery: each folder HoSoGIS with a boundary of its own is one."""

from pathlib import PurePosixPath

from ingest.gate.inspection import Inspection, Layer
from schemas.issues import Issue

GIS_FOLDER = "hosogis"


def several_dossiers(inspection: Inspection) -> Issue | None:
    """The finding that says which dossiers lie in the delivery, where there are more than one."""
    found: dict[str, Layer] = {}
    for layer in inspection.layers:
        folder = _dossier_of(layer.file)
        if layer.becomes == "boundary" and len(layer) and folder is not None:
            found.setdefault(folder, layer)
    if len(found) < 2:
        return None
    listed = "; ".join(_name(inspection, folder, layer) for folder, layer in found.items())
    detail = {"n": len(found)}
    return Issue("DOSSIERS_SEVERAL", inspection.received.name, value=listed, detail=detail)


def _dossier_of(path: str) -> str | None:
    """The folder above HoSoGIS; None where a file lies in no such folder."""
    parts = PurePosixPath(path).parts
    at = next((n for n, part in enumerate(parts) if part.casefold() == GIS_FOLDER), None)
    return None if at is None else "/".join(parts[:at])


def _name(inspection: Inspection, folder: str, layer: Layer) -> str:
    """The dossier's code as its boundary has it, and its folder."""
    columns = [s.column for s in inspection.rules.plan.code if s.layer and s.column]
    cells = (layer.attributes[name].iat[0] for name in columns if name in layer.attributes.columns)
    code = next((str(cell) for cell in cells if cell not in (None, "")), None)
    return f"{code} ({folder})" if code else folder
