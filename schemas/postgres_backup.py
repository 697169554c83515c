"""Backup and restore of a whole register, with PostgreSQL's own pg_dump and pg_restore."""

import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from schemas.errors import RegisterError
from schemas.postgres_binaries import PgBinaries, find_clients
from schemas.words import Words

_SWAP_TRIES = 5


class BackupFailed(RegisterError):
    says = Words(
        "Không sao lưu hoặc phục hồi được sổ đăng ký; sổ vẫn như cũ.",
        "The register could not be backed up or restored; it is as it was.",
    )


def at_database(url: str, database: str) -> str:
    """The same server and login, another database (libpq keyword form, for psycopg)."""
    return make_conninfo(_plain(url), dbname=database)


def backup(url: str, file: Path, binaries: PgBinaries | None = None) -> None:
    """Dump a database to one file (pg_dump custom format), readable by its owner alone.

    The file appears whole or not at all. Raises BackupFailed, NoPostgis.
    """
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        partial.touch(mode=0o600)
        _run("pg_dump", url, ["--format=custom", f"--file={partial}"], binaries)
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.replace(file)
    except OSError as error:
        raise BackupFailed(Words(f"{file}: {error}", f"{file}: {error}")) from error
    finally:
        partial.unlink(missing_ok=True)


def restore(
    url: str,
    file: Path,
    binaries: PgBinaries | None = None,
    *,
    finish: Callable[[str], None] | None = None,
) -> None:
    """Fill a fresh database from a dump, then put it in the place of the one `url` names.

    `finish` gets the fresh database's connection string before the exchange (to migrate it, and
    to write what pg_dump leaves out: rows of spatial_ref_sys with an SRID that PostGIS itself
    ships). Any failure leaves the register as it was. Raises BackupFailed, NoPostgis.
    """
    name = str(conninfo_to_dict(_plain(url))["dbname"])
    try:
        with psycopg.connect(at_database(url, "postgres"), autocommit=True) as admin:
            _claim(admin, name)
            _replace(admin, url, name, lambda fresh: _fill(fresh, file, binaries, finish))
    except psycopg.Error as error:
        raise BackupFailed(Words(str(error), str(error))) from error


def _replace(
    admin: psycopg.Connection[Any], url: str, name: str, fill: Callable[[str], None]
) -> None:
    """Make a database beside the old one, fill it, exchange the two, drop the old one."""
    fresh, replaced = f"{name}_restoring", f"{name}_replaced"
    _drop(admin, fresh, replaced)
    try:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(fresh))
        )
        fill(at_database(url, fresh))
        _exchange(admin, name, fresh, replaced)
    finally:
        _drop(admin, fresh)
    _drop(admin, replaced)


def _fill(
    url: str, file: Path, binaries: PgBinaries | None, finish: Callable[[str], None] | None
) -> None:
    options = ["--exit-on-error", "--no-owner", "--no-privileges", "--jobs=2", str(file)]
    _run("pg_restore", url, options, binaries)
    if finish:
        finish(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")  # a dump carries no planner statistics


def _claim(admin: psycopg.Connection[Any], name: str) -> None:
    """One restore of a database at a time; the claim ends with the connection."""
    row = admin.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [f"sqh {name}"]).fetchone()
    if row != (True,):
        raise BackupFailed(
            Words("Một lần phục hồi khác đang chạy.", "Another restore is under way.")
        )


def _exchange(admin: psycopg.Connection[Any], name: str, fresh: str, replaced: str) -> None:
    """Both renames in one transaction, after sending the sessions of the old database away.

    A pool may reconnect between the two steps: then the rename is refused and tried again.
    """
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    for remaining in reversed(range(_SWAP_TRIES)):
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY(%s)",
            [[name, fresh]],
        )
        try:
            with admin.transaction():
                if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).rowcount:
                    admin.execute(rename.format(sql.Identifier(name), sql.Identifier(replaced)))
                admin.execute(rename.format(sql.Identifier(fresh), sql.Identifier(name)))
            return
        except psycopg.errors.ObjectInUse:
            if not remaining:
                raise
            time.sleep(0.2)


def _drop(admin: psycopg.Connection[Any], *names: str) -> None:
    for name in names:
        admin.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def _plain(url: str) -> str:
    """A URL without the driver that SQLAlchemy wants named in it."""
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)


def _run(program: str, url: str, arguments: list[str], binaries: PgBinaries | None) -> None:
    """Run a client program; the password goes by environment, never where `ps` shows it."""
    login = conninfo_to_dict(_plain(url))
    password = login.pop("password", None)
    secret = {"PGPASSWORD": str(password)} if password else {}
    done = subprocess.run(
        [
            (binaries or find_clients()).program(program),
            f"--dbname={make_conninfo('', **login)}",
            "--no-password",
            *arguments,
        ],
        env={**os.environ, **secret},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stderr.decode(errors="replace").splitlines()[-15:])
        raise BackupFailed(
            Words(f"{program} không hoàn thành:\n{tail}", f"{program} did not finish:\n{tail}")
        )
