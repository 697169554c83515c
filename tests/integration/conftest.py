"""Deliveries made by hand: what the gate would pass on for a small drawn plan."""

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from shapely import MultiPolygon, box
from shapely.geometry.base import BaseGeometry

from ingest.crs.places import Places
from ingest.delivery import DeliveredDocument, DeliveredFile, DeliveredVersion, Delivery
from ingest.gdal import pyogrio
from schemas.issues import Issue

Drawn = list[tuple[dict[str, Any], BaseGeometry]]


class Drawing:
    """Makes deliveries; each name is other bytes, the same name the same bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, path: str, text: str, role: str = "gis") -> DeliveredFile:
        location = self.folder / hashlib.sha256(f"{path}{text}".encode()).hexdigest()
        location.write_text(text)
        digest = hashlib.sha256(location.read_bytes()).hexdigest()
        return DeliveredFile(path, location, digest, role, "text/plain", location.stat().st_size)

    def version(self, **changes: Any) -> DeliveredVersion:
        """A zoning plan of one cell, 100 m × 100 m, in force from 2020; `changes` replace parts."""
        boundary = changes.pop("boundary", box(0, 0, 100, 100))
        values: dict[str, Any] = {
            "plan_id": "p1", "plan_code": "P1", "plan_name": "Đồ án Minh Họa",
            "plan_kind": "QHPK", "plan_level": "zoning", "authority": "UBND phường Minh Họa",
            "adjustment_kind": "first", "decision_no": "12/QĐ-UBND",
            "decision_date": date(2019, 12, 1), "valid_from": date(2020, 1, 1), "valid_to": None,
            "national_status": None, "scale": 2000, "tolerance_m": 1.0,
            "representation": "vector", "boundary": MultiPolygon([boundary]),
            "themes": frozenset({"land_use", "red_line", "heritage"}),
            "zones": rows([({"level": "cell", "symbol": "A"}, box(0, 0, 100, 100))]),
            "lines": rows([]), "features": rows([]),
            "documents": (DeliveredDocument("decision", "Quyết định 12", "qd.txt", "12/QĐ-UBND"),),
        }  # fmt: skip
        return DeliveredVersion(**{**values, **changes})

    def delivery(
        self, name: str, *versions: DeliveredVersion, issues: tuple[Issue, ...] = (), **other: Any
    ) -> Delivery:
        files = (self.file("plan.gpkg", name), self.file("qd.txt", "qd", "decision"))
        values = {
            "sha256": hashlib.sha256(name.encode()).hexdigest(), "name": name, "kind": "plan",
            "profile": "by_hand", "profile_hash": "0" * 64, "invented": False, "files": files,
        }  # fmt: skip
        return Delivery(**{**values, **other}, versions=versions, issues=issues)


def rows(drawn: Drawn) -> pd.DataFrame:
    """A frame of drawn rows as the gate makes them."""
    records = [
        {**row, "attributes": {"TEN": "Lô đất"}, "source_file": "plan.gpkg",
         "source_layer": "quyHoach", "source_row": number, "geom": shape}
        for number, (row, shape) in enumerate(drawn)
    ]  # fmt: skip
    return pd.DataFrame(records)


@pytest.fixture
def drawing(tmp_path: Path) -> Drawing:
    return Drawing(tmp_path)


@pytest.fixture
def drawn_rows() -> Callable[[Drawn], pd.DataFrame]:
    return rows


@pytest.fixture(scope="session")
def exact_places(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """The real communes, as a file of the form that `sqh units load` leaves behind."""
    source = f"/vsizip/{shared_data / 'vn' / 'vn_admin_2026.gpkg.zip'}"
    meta, table = pyogrio.raw.read_arrow(source, layer="communes")
    path = tmp_path_factory.mktemp("boundaries") / "boundaries.fgb"
    pyogrio.raw.write_arrow(
        table, path, driver="FlatGeobuf", geometry_type="MultiPolygon", crs=meta["crs"],
        geometry_name=meta["geometry_name"] or "wkb_geometry",
    )  # fmt: skip
    return Places.of_file(path)
