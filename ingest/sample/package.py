"""A dossier as the circular wants it delivered: one folder `CSDL_<TenDoAn>`, zipped."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.sample.circular import Feature, filled_layers
from ingest.sample.dossier import Dossier
from ingest.sample.fixed import write_zip
from ingest.sample.geopackage import write_geopackage
from ingest.sample.papers import write_decision, write_drawing, write_regulation
from ingest.sample.workbook import (
    DRAWING_FOLDER,
    decision_file,
    regulation_file,
    write_workbook,
)

GEODATABASES = ("NenDiaHinh", "HienTrang", "QuyHoach", "MocGioi")
EMPTY_FOLDERS = ("HoSoBASIC/BanVe", "HoSoBASIC/VanBan")


def package_name(dossier: Dossier) -> str:
    """File name of the zipped dossier."""
    return f"ho-so-{dossier.code}.zip"


def write_package(directory: Path, dossier: Dossier, features: Sequence[Feature]) -> Path:
    """Write `ho-so-<maHoSoQH>.zip` with every class of the circular, empty ones included."""
    with TemporaryDirectory() as made:
        root = Path(made) / f"CSDL_{dossier.folder}"
        for folder in EMPTY_FOLDERS:
            (root / folder).mkdir(parents=True)
        _write_scans(root / "HoSoScan", dossier)
        _write_geodatabases(root / "HoSoGIS", dossier, features)
        return write_zip(directory / package_name(dossier), _entries(Path(made)))


def _write_scans(scans: Path, dossier: Dossier) -> None:
    drawings, papers = scans / "BanVe" / DRAWING_FOLDER, scans / "VanBan"
    for folder in (drawings, papers):
        folder.mkdir(parents=True)
    write_workbook(scans / f"{dossier.code}.xlsx", dossier)
    write_decision(papers / decision_file(dossier), dossier)
    write_regulation(papers / regulation_file(dossier), dossier)
    write_drawing(drawings / f"{DRAWING_FOLDER}.jpg", dossier)


def _write_geodatabases(folder: Path, dossier: Dossier, features: Sequence[Feature]) -> None:
    folder.mkdir()
    for name in GEODATABASES:
        layers = filled_layers(name, features, dossier.common)
        write_geopackage(folder / f"{name}.gpkg", layers)


def _entries(root: Path) -> dict[str, bytes]:
    """Every file, and every folder that has none, by its path in the zip."""
    entries = {}
    for path in sorted(root.rglob("*"), key=lambda p: p.as_posix()):
        name = path.relative_to(root).as_posix()
        if path.is_file():
            entries[name] = path.read_bytes()
        elif not any(path.iterdir()):
            entries[f"{name}/"] = b""
    return entries
