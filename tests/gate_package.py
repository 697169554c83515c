"""Packages whose layers are drawn in memory: the gate's phases without a GIS file to be read."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ingest.files.source import receive
from ingest.gate.checks.layers import check_layers
from ingest.gate.inspection import Inspection, Layer
from ingest.gate.pipeline import PHASES
from schemas.issues import Issue
from schemas.profiles import find_profile
from tests.gate_dossier import (
    OTHER_GEODATABASES,
    TODAY,
    Drawn,
    common,
    completed,
    plan_layers,
    put,
    write_papers,
)

PROFILE = find_profile("vn_circular16")
GEODATABASE = b"SQLite format 3\0" + bytes(52) + b"GPKG" + bytes(40)
OF_GIS_FILES = {
    "Reading the layers",
    "Reading the standard's tables",
    "Finding the coordinate system",
    "Cleaning geometry",
    "Comparing with the standard",
}


def write_package(folder: Path, hoso: dict[str, Any] | None = None) -> Path:
    """A package of Appendix II whose geodatabases are there in name only; returns its folder."""
    top = folder / "CSDL_MinhHoa"
    write_papers(top, hoso)
    for name in ("QuyHoach", *OTHER_GEODATABASES):
        put(top / "HoSoGIS" / f"{name}.gpkg", GEODATABASE)
    return top


def look(
    top: Path,
    workdir: Path,
    layers: dict[str, Drawn] | None = None,
    *,
    more: tuple[Layer, ...] = (),
    without: tuple[str, ...] = (),
    **wishes: Any,
) -> Inspection:
    """What the gate finds of a package with these layers in QuyHoach.

    `more`: further layers; `without`: geodatabases of which nothing is delivered.
    """
    workdir.mkdir(parents=True, exist_ok=True)
    today = wishes.get("today", TODAY)
    inspection = Inspection(receive(top, workdir), PROFILE, 9210, workdir, False, today)
    for words, phase in PHASES:
        if words.en not in OF_GIS_FILES:
            phase(inspection, [])
        elif words.en == "Reading the layers":
            inspection.layers = [*_layers(layers or plan_layers(), without), *more]
            inspection.issues += check_layers(inspection.layers, PROFILE)
    return inspection


def _layers(drawn: dict[str, Drawn], without: tuple[str, ...]) -> list[Layer]:
    own = [in_memory(name, completed(name, one)) for name, one in drawn.items()]
    for home, (name, kind) in OTHER_GEODATABASES.items():
        if home not in without:
            own.append(in_memory(name, Drawn(kind, [], {c: [] for c in common(0)}), home))
    return own


def in_memory(name: str, drawn: Drawn, home: str = "QuyHoach", form: str = "gpkg") -> Layer:
    """A layer as reading it would give it."""
    rules = [r for r in PROFILE.layers if (r.container, r.layer) == (home, name)]
    columns = {
        column: pd.Series(list(cells), dtype=object) for column, cells in drawn.columns.items()
    }
    return Layer(
        file=f"HoSoGIS/{home}.{form}",
        name=name,
        container=home,
        rule=rules[0] if rules else None,
        attributes=pd.DataFrame(columns),
        rows=np.arange(1, len(drawn.geoms) + 1),
        geoms=np.array([*drawn.geoms, None], dtype=object)[:-1],
        label="EPSG:9210",
        srid=9210,
    )


def codes(found: Inspection, *levels: str) -> list[str]:
    """Issue codes found, those of the given levels."""
    return [one.code for one in found.issues if not levels or one.level in levels]


def only(found: Any, code: str) -> Issue:
    """The one finding of a code, whose sentence names its place."""
    (issue,) = [one for one in found.issues if one.code == code]
    assert "…" not in str(issue.message)
    return issue
