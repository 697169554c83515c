"""The sample city: deliveries as a Vietnamese authority would send them, all of it invented.

"Phường Minh Họa" lies in open sea off Cần Giờ, around E 610000 N 1140000 in EPSG:9210, so that
nobody can mistake it for real land. Every file comes out byte for byte the same on every run.
"""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from ingest.sample.cadastre import write_parcels
from ingest.sample.dossier import detailed_plan, local_adjustment, zoning_plan
from ingest.sample.features import area_features, core_features
from ingest.sample.package import write_package
from ingest.sample.surroundings import network_features, terrain_features, today_features
from ingest.sample.units import write_units

FILE_COUNT = 7
OnFile = Callable[[Path], None]


def write_sample(directory: Path, on_file: OnFile | None = None) -> list[Path]:
    """Write the sample's seven files into `directory`, in the order in which they are loaded.

    `on_file` is called after each of the FILE_COUNT files. Existing files of these names are
    replaced.
    """
    directory.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for write in (_readme, _units, _parcels, _profile, _zoning, _detailed, _adjustment):
        written.append(write(directory))
        if on_file is not None:
            on_file(written[-1])
    return written


def _readme(directory: Path) -> Path:
    return _copied(directory, "README.txt")


def _profile(directory: Path) -> Path:
    return _copied(directory, "thua-dat.yaml")


def _copied(directory: Path, name: str) -> Path:
    path = directory / name
    path.write_bytes((files("ingest.sample") / name).read_bytes())
    return path


def _units(directory: Path) -> Path:
    return write_units(directory / "don-vi-hanh-chinh.gpkg")


def _parcels(directory: Path) -> Path:
    return write_parcels(directory / "thua-dat.gpkg")


def _zoning(directory: Path) -> Path:
    dossier = zoning_plan()
    content = (
        *core_features(dossier),
        *area_features(),
        *network_features(),
        *terrain_features(),
        *today_features(dossier),
    )
    return write_package(directory, dossier, content)


def _detailed(directory: Path) -> Path:
    dossier = detailed_plan()
    return write_package(directory, dossier, core_features(dossier))


def _adjustment(directory: Path) -> Path:
    dossier = local_adjustment()
    return write_package(directory, dossier, core_features(dossier))
