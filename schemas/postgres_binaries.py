"""PostgreSQL's own programs: which installation on this machine has PostGIS."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import NoPostgis
from schemas.words import Words

_PLACES = (
    "usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "usr/pgsql-*/bin",  # PGDG on Red Hat
    "usr/local/pgsql/bin",  # from source
    "opt/homebrew/opt/postgresql*/bin",
    "usr/local/opt/postgresql*/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
)
_SERVER = ("postgres", "initdb", "pg_ctl")
_CLIENT = ("pg_dump", "pg_restore")


@dataclass(frozen=True)
class PgBinaries:
    """One PostgreSQL installation: its programs, its version ("15.18") and its share folder."""

    bin_dir: Path
    version: str
    sharedir: Path

    @property
    def major(self) -> str:
        """The part of the version that a data folder is bound to ("15")."""
        return self.version.split(".")[0]

    def program(self, name: str) -> str:
        """Absolute path of one program."""
        return str(self.bin_dir / name)


def bin_folders() -> list[Path]:
    """Folders where PostgreSQL programs may be; `postgres` on PATH is not believed.

    A link there says nothing about PostGIS; `pg_config` names the folder it was built for.
    """
    folders = [folder for place in _PLACES for folder in Path("/").glob(place)]
    pg_config = shutil.which("pg_config")
    if pg_config and (named := _says(pg_config, "--bindir")):
        folders.append(Path(named))
    return folders


def find_binaries(major: str | None = None, folders: Iterable[Path] | None = None) -> PgBinaries:
    """The newest installation that has PostGIS; of `major` alone where a data folder asks so.

    Raises NoPostgis with the packages to install.
    """
    described = (
        _describe(folder, _SERVER) for folder in (bin_folders() if folders is None else folders)
    )
    fit = [
        found
        for found in described
        if found and _has_postgis(found.sharedir) and major in (None, found.major)
    ]
    if not fit:
        raise _no_postgis(major)
    return max(fit, key=_newness)


def find_clients() -> PgBinaries:
    """The newest `pg_dump` and `pg_restore`, with or without PostGIS. Raises NoPostgis."""
    folders = bin_folders()
    fit = [found for folder in folders if (found := _describe(folder, _CLIENT))]
    on_path = shutil.which("pg_dump")
    if not fit and on_path and (found := _describe(Path(on_path).parent, _CLIENT)):
        fit.append(found)
    if not fit:
        raise NoPostgis(
            Words(
                "Không tìm thấy pg_dump và pg_restore.", "pg_dump and pg_restore were not found."
            ),
            remedy=Words("apt install postgresql-client", "apt install postgresql-client"),
        )
    return max(fit, key=_newness)


def _no_postgis(major: str | None) -> NoPostgis:
    packages = (
        f"postgresql-{major} postgresql-{major}-postgis-3"
        if major
        else "postgresql postgresql-postgis"
    )
    detail = Words(
        f"Không tìm thấy PostgreSQL {major} có PostGIS, phiên bản mà dữ liệu này cần.",
        f"PostgreSQL {major} with PostGIS, which this data needs, was not found.",
    )
    return NoPostgis(
        detail if major else None,
        remedy=Words(
            f"Chạy `apt install {packages}` hoặc `docker compose up`.",
            f"Run `apt install {packages}`, or `docker compose up`.",
        ),
    )


def _newness(found: PgBinaries) -> tuple[int, ...]:
    return tuple(int(part) for part in found.version.split("."))


def _has_postgis(sharedir: Path) -> bool:
    return (sharedir / "extension" / "postgis.control").is_file()


def _says(program: str, option: str) -> str:
    """What a program prints for one option; nothing where it cannot be run."""
    try:
        return subprocess.run(
            [program, option], capture_output=True, text=True, timeout=10, check=True
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""


def _describe(folder: Path, programs: tuple[str, ...]) -> PgBinaries | None:
    if not all(os.access(folder / name, os.X_OK) for name in programs):
        return None
    version = re.search(r"\d+(\.\d+)*", _says(str(folder / programs[0]), "--version"))
    if version is None:
        return None
    return PgBinaries(folder, version[0], _sharedir(folder, version[0].split(".")[0]))


def _sharedir(folder: Path, major: str) -> Path:
    """Where the extensions of an installation are; `pg_config` may be missing beside it."""
    share = folder.parent / "share"
    named = _says(str(folder / "pg_config"), "--sharedir")
    guesses = [Path(f"/usr/share/postgresql/{major}"), share / "postgresql", share]
    candidates = [Path(named)] if named else guesses
    return next((place for place in candidates if _has_postgis(place)), candidates[-1])
