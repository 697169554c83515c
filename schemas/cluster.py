"""The private PostGIS cluster of one home: made, started, stopped, and asked where it listens."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from schemas.cluster_folder import ClusterFolder
from schemas.cluster_server import (
    LOCALHOST,
    Postmaster,
    clear_pid_file,
    end_orphans,
    free_port,
    memory_mb,
    postmaster,
    tuning,
)
from schemas.errors import ClusterFailed
from schemas.postgres_binaries import PgBinaries, find_binaries
from schemas.settings import Settings
from schemas.words import Words

ROLE = DATABASE = "sqh"
_PATIENCE_S = 600  # crash recovery of a large register takes minutes
_LAUNCHES = 10
_KNOCKS = 20
_LOG_LIMIT = 8_000_000


@dataclass(frozen=True)
class ClusterStatus:
    """Where the cluster is and whether it runs; `version` is the major of its data folder."""

    running: bool
    pid: int | None
    port: int | None
    socket_dir: Path | None
    data_dir: Path
    data_outside_home: bool
    version: str | None


def database_url(settings: Settings) -> str:
    """The register's database: the one the operator names, else this home's own, started.

    Raises NoPostgis, ClusterFailed.
    """
    return settings.database_url or Cluster(settings.state_dir).start()


class Cluster:
    """The private cluster of one home (the state folder); its superuser and database are `sqh`.

    `durable=False` trades safety at a power cut for speed: only for clusters thrown away.
    """

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.durable = durable
        self.folder = ClusterFolder(home)
        # A socket's path may have 107 bytes; XDG_RUNTIME_DIR would vanish at log-out, under the
        # running server. Owner and mode are checked before use.
        self._socket_dir = Path("/tmp") / f"sqh-{self.folder.key}"  # noqa: S108

    # -- start and stop ------------------------------------------------------------------------

    def start(self) -> str:
        """Make the cluster where there is none, start it unless it runs; return its URL.

        Several processes may call this at once. Raises NoPostgis, ClusterFailed.
        """
        with self.folder.alone():
            return self._reached(_KNOCKS)

    def _reached(self, knocks: int) -> str:
        """Start and enter; a server that was killed this moment looks alive a little longer."""
        if self._settled() is None:
            self._launch(self._prepared())
        try:
            self.ensure_database(DATABASE)
            return self.url()
        except ClusterFailed:
            if knocks <= 1:
                raise
        time.sleep(0.1)
        return self._reached(knocks - 1)

    def stop(self) -> None:
        """End all sessions and shut down cleanly; nothing to do where nothing runs."""
        if not self.folder.path.is_dir():
            return
        with self.folder.alone():
            if self._settled() is None:
                return
            mark = self.folder.log_size()
            stop = ("stop", "--mode=fast", "--wait", "--timeout=120", "--silent")
            if self.folder.run(self._binaries(), "pg_ctl", *stop):
                raise self.folder.failure(mark)
            if self._owns_socket_dir():
                shutil.rmtree(self._socket_dir)

    def discard(self) -> None:
        """Stop, and delete the cluster with all its data."""
        self.stop()
        if self._owns_socket_dir():
            shutil.rmtree(self._socket_dir)
        if self.folder.is_outside():
            shutil.rmtree(self.folder.data.parent)
        shutil.rmtree(self.folder.path, ignore_errors=True)

    def status(self) -> ClusterStatus:
        """What is known of the cluster, without starting it. Raises ClusterFailed."""
        server = postmaster(self.folder.data)
        return ClusterStatus(
            running=server is not None,
            pid=server.pid if server else None,
            port=server.port if server else self.folder.place().get("port"),
            socket_dir=server.socket_dir if server else None,
            data_dir=self.folder.data,
            data_outside_home=self.folder.is_outside(),
            version=self.folder.major(),
        )

    def url(self, database: str = DATABASE) -> str:
        """`postgresql://` URL with the password in it: by socket, or by TCP where that is closed.

        Raises ClusterFailed where the cluster does not run.
        """
        if (server := postmaster(self.folder.data)) is None:
            raise ClusterFailed(
                Words("Cụm PostgreSQL riêng chưa chạy.", "The private cluster is not running."),
                remedy=Words("Chạy `sqh db start`.", "Run `sqh db start`."),
            )
        login = f"postgresql://{ROLE}:{self.folder.password()}"
        where = server.socket_dir
        if where and os.access(where / f".s.PGSQL.{server.port}", os.R_OK | os.W_OK):
            return f"{login}@/{database}?host={where}&port={server.port}"
        return f"{login}@{LOCALHOST}:{server.port}/{database}"

    # -- databases -----------------------------------------------------------------------------

    def ensure_database(self, name: str) -> None:
        """Create a database unless it is there."""
        with self._admin() as admin:
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).rowcount:
                admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create a database, as a copy of `template` (which nobody may be using) where given."""
        names = sql.Identifier(name), sql.Identifier(template or "template1")
        with self._admin() as admin:
            admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))

    def drop_database(self, name: str) -> None:
        """Drop a database if it is there, sending its sessions away."""
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        with self._admin() as admin:
            admin.execute(drop.format(sql.Identifier(name)))

    @contextmanager
    def _admin(self) -> Iterator[psycopg.Connection[Any]]:
        try:
            connection = psycopg.connect(self.url("postgres"), autocommit=True)
        except psycopg.OperationalError as error:
            raise ClusterFailed(Words(str(error), str(error))) from error
        with connection:
            yield connection

    # -- making the data folder ----------------------------------------------------------------

    def _binaries(self) -> PgBinaries:
        """A data folder can be served by its own major version alone."""
        return find_binaries(self.folder.major())

    def _prepared(self) -> PgBinaries:
        """The programs for this data folder, which is made first where there is none."""
        binaries = self._binaries()
        if self.folder.major() is None:
            data = self.folder.choose_data()
            staging = data.with_name("data.new")
            shutil.rmtree(staging, ignore_errors=True)  # a half-finished initdb
            staging.mkdir(mode=0o700)
            self.folder.give(staging)
            self._initdb(binaries, staging)
            _settle_name(staging, data)
        return binaries

    def _initdb(self, binaries: PgBinaries, staging: Path) -> None:
        """initdb reads the password from a file, which the server's user must be able to read."""
        mark = self.folder.log_size()
        handed = staging.with_name("password.handed")
        handed.unlink(missing_ok=True)
        handed.touch(mode=0o600)
        handed.write_text(self.folder.password(make=True))
        self.folder.give(handed)
        options = [
            f"--pgdata={staging}", f"--username={ROLE}", f"--pwfile={handed}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums",
        ]  # fmt: skip
        try:
            if self.folder.run(binaries, "initdb", *options, *["--no-sync"][self.durable :]):
                raise self.folder.failure(mark)
        finally:
            handed.unlink()
        with (staging / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude 'sqh.conf' # rewritten at every start; ALTER SYSTEM wins\n")

    # -- launching -----------------------------------------------------------------------------

    def _settled(self) -> Postmaster | None:
        """The running server once it answers; None where there is none (any more)."""
        deadline = time.monotonic() + _PATIENCE_S
        while (server := postmaster(self.folder.data)) and not server.answers:
            if time.monotonic() > deadline:
                raise self.folder.failure(0)
            time.sleep(0.05)
        return server

    def _launch(self, binaries: PgBinaries) -> None:
        """Clear what a killed machine left, then start; on another port when one is snatched."""
        end_orphans(self.folder.data)
        clear_pid_file(self.folder.data)
        if self.folder.log_size() > _LOG_LIMIT:
            self.folder.log.replace(self.folder.log.with_suffix(".log.old"))
        start = ("start", "--wait", f"--timeout={_PATIENCE_S}", "--silent")
        for _ in range(_LAUNCHES):
            mark = self.folder.log_size()
            self._configure(free_port(self.folder.place().get("port")))
            if not self.folder.run(binaries, "pg_ctl", *start):
                return
            if "could not bind" not in self.folder.log_tail(mark):
                break
        raise self.folder.failure(mark)

    def _configure(self, port: int) -> None:
        self.folder.remember(port=port)
        settings = {
            "cluster_name": f"sqh-{self.folder.key}",
            "listen_addresses": LOCALHOST,
            "port": port,
            "unix_socket_directories": self._socket_dir if self._socket_dir_is_ours() else "",
            **tuning(memory_mb(), durable=self.durable),
        }
        conf = self.folder.data / "sqh.conf"
        conf.write_text("".join(f"{name} = '{value}'\n" for name, value in settings.items()))
        self.folder.give(conf)

    def _socket_dir_is_ours(self) -> bool:
        """Make the socket folder, or empty it; False where the name is someone else's."""
        try:
            self._socket_dir.mkdir(mode=0o700)
            self.folder.give(self._socket_dir)
        except FileExistsError:
            if not self._owns_socket_dir():
                return False
        for stale in self._socket_dir.glob(".s.PGSQL.*"):
            stale.unlink()
        return True

    def _owns_socket_dir(self) -> bool:
        """Whether it is a folder (no link) of the server's user, closed to all others."""
        try:
            found = self._socket_dir.lstat()
        except FileNotFoundError:
            return False
        user = self.folder.user()
        return (found.st_uid, found.st_mode) == (user.pw_uid if user else os.geteuid(), 0o40700)


def _settle_name(staging: Path, final: Path) -> None:
    """Rename, and have the new name on disk before anything is stored under it."""
    staging.rename(final)
    parent = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
