"""Which profile a delivery follows, which file plays which role, which layer becomes what."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from ingest.files.sniff import PACKAGE_KINDS, SEALED_KINDS, VECTOR_KINDS
from ingest.files.source import SHAPE_PARTS, ReceivedFile
from schemas.names import name_key
from schemas.profiles import shipped_profiles
from schemas.profiles.model import FileRule, LayerRule, Profile, Role

# Tables that a desktop GIS keeps for itself inside a GeoPackage.
HOUSEKEEPING = frozenset({"layer_styles", "qgis_projects", "ogr_empty_table"})

KEPT_WHOLE: frozenset[Role] = frozenset({"workbook", "other"})
"""Roles that a profile gives to single files; none is opened, though it be a package inside."""

_ROLE_OF_KIND: dict[str, Role] = {
    "gpkg": "gis",
    "shape": "gis",
    "geojson": "gis",
    "flatgeobuf": "gis",
    "dwg": "drawing",
    "dxf": "drawing",
    "docx": "text",
    "pdf": "text",
    "ole": "text",
    "doc": "text",
    "ppt": "text",
    "dgn": "drawing",
    "rtf": "text",
    "pptx": "text",
    "odt": "text",
    "odp": "text",
    "jpeg": "scan",
    "tiff": "scan",
    "png": "scan",
}
_GIS_SUFFIXES = frozenset({*SHAPE_PARTS, ".gml", ".kml", ".gpkg", ".geojson", ".fgb"})


@dataclass(frozen=True)
class Container:
    """Files that make one vector data set: a FileGDB folder, a shapefile's parts, or one file.

    `path`: the folder, the .shp or the file, as delivered.
    """

    path: str
    files: tuple[ReceivedFile, ...]

    @property
    def is_folder(self) -> bool:
        return all(file.path.startswith(f"{self.path}/") for file in self.files)

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)

    @property
    def kind(self) -> str:
        """What its reader must know: `gdb` for a folder, else the kind of the file itself."""
        own = (file.sniffed.kind for file in self.files if file.path == self.path)
        return "gdb" if self.is_folder else next(own)

    @property
    def stem(self) -> str:
        return PurePosixPath(self.path).stem


def recognise(files: Iterable[ReceivedFile]) -> Profile | None:
    """The shipped profile whose marks the paths of a delivery carry."""
    paths = [file.path for file in files if not file.is_junk]
    for profile in shipped_profiles().values():
        if any(_matches(pattern, path) for pattern in profile.match for path in paths):
            return profile
    return None


def kept_whole(profile: Profile | None) -> tuple[str, ...]:
    """Patterns of paths whose files are what they are, though they be packages by their content.

    The project file of a desktop GIS holds a copy of the data that lies beside it. Where the
    profile is not known yet, those of every shipped one.
    """
    profiles = [profile] if profile else shipped_profiles().values()
    rules = (rule for one in profiles for rule in _rules_of(one))
    return tuple(rule.path for rule in rules if rule.role in KEPT_WHOLE)


def _rules_of(profile: Profile | None) -> tuple[FileRule, ...]:
    return () if profile is None else profile.files


def role_of(file: ReceivedFile, profile: Profile | None) -> Role:
    """What a file is in its dossier: the profile's rules first, then its kind of content."""
    if file.is_junk:
        return "junk"
    if _in_geodatabase(file.path):
        return "gis"
    ruled = next((rule.role for rule in _rules_of(profile) if _matches(rule.path, file.path)), None)
    if file.sniffed.kind in PACKAGE_KINDS | SEALED_KINDS and ruled not in KEPT_WHOLE:
        return "package"
    if ruled is not None:
        return ruled
    if PurePosixPath(file.path).suffix.lower() in _GIS_SUFFIXES:
        return "gis"
    return _ROLE_OF_KIND.get(file.sniffed.kind, "other")


def find_containers(files: Iterable[ReceivedFile]) -> list[Container]:
    """Vector data sets of a delivery, in path order; under HoSoGIS only, where there is one."""
    there = [file for file in files if not file.is_junk]
    inside = [file for file in there if _matches(r"(^|/)HoSoGIS/", file.path)]
    if any(_starts_container(file) for file in inside):
        there = inside
    grouped: dict[str, list[ReceivedFile]] = {}
    for file in there:
        path = _container_path(file)
        if path is not None:
            grouped.setdefault(path, []).append(file)
    complete = (
        (path, parts) for path, parts in grouped.items() if any(map(_starts_container, parts))
    )
    return sorted(
        (Container(_shape_path(path, parts), tuple(parts)) for path, parts in complete),
        key=lambda container: container.path,
    )


def _starts_container(file: ReceivedFile) -> bool:
    if _in_geodatabase(file.path):
        return file.path.lower().endswith(".gdbtable")
    suffix = PurePosixPath(file.path).suffix.lower()
    if suffix in SHAPE_PARTS:
        return suffix == ".shp"
    if file.sniffed.kind in ("xml", "gml", "kml"):
        return suffix in (".gml", ".kml")
    return file.sniffed.kind in VECTOR_KINDS or suffix in (".gpkg", ".geojson", ".fgb")


def _container_path(file: ReceivedFile) -> str | None:
    path = PurePosixPath(file.path)
    if _in_geodatabase(file.path):
        parts = path.parts
        end = next(i for i, part in enumerate(parts) if part.lower().endswith(".gdb"))
        return "/".join(parts[: end + 1])
    if path.suffix.lower() in SHAPE_PARTS:
        return path.with_suffix(".shp").as_posix()
    return file.path if _starts_container(file) else None


def _shape_path(path: str, parts: list[ReceivedFile]) -> str:
    """The .shp as it is really written (.SHP), for shapefiles."""
    return next((f.path for f in parts if f.path.casefold() == path.casefold()), path)


def _in_geodatabase(path: str) -> bool:
    return any(part.lower().endswith(".gdb") for part in PurePosixPath(path).parts[:-1])


def _matches(pattern: str, path: str) -> bool:
    return re.search(pattern, path, re.IGNORECASE) is not None


@lru_cache(maxsize=4096)
def plain_key(text: str) -> str:
    """Letters and digits only, without diacritics and case: names as people vary them."""
    return name_key(text).replace(" ", "")


@dataclass(frozen=True)
class Fit:
    """What a layer is to the profile; `container`: the standard geodatabase it belongs to."""

    rule: LayerRule | None
    container: str | None


def fit_layer(profile: Profile, container: Container, layer: str, only_layer: bool) -> Fit:
    """The rule of a layer, by its geodatabase (or folder or dataset) and name."""
    home = _home(profile, container, layer)
    for rule in profile.layers:
        if rule.layer is None:
            if only_layer or layer == container.stem:
                return Fit(rule, home)
        elif plain_key(rule.layer) == plain_key(layer) and rule.container in (None, home):
            return Fit(rule, home)
    return Fit(None, home)


def _home(profile: Profile, container: Container, layer: str) -> str | None:
    """The standard geodatabase named by the path; else the only one with such a class."""
    path = PurePosixPath(container.path)
    parts = [plain_key(PurePosixPath(part).stem) for part in reversed(path.parts)]
    named = {plain_key(name): name for name in profile.containers}
    for part in parts:
        if part in named:
            return named[part]
    for part in parts:
        homes = {r.container for r in profile.layers if r.dataset and plain_key(r.dataset) == part}
        if len(homes) == 1:
            return homes.pop()
    key = plain_key(layer)
    owners = {r.container for r in profile.layers if r.layer and plain_key(r.layer) == key}
    return owners.pop() if len(owners) == 1 else profile.default_container
