"""The files of one home's private cluster, and the unprivileged user its server runs as.

`<home>/cluster/` holds `password` (0600), `server.log`, `lock`, `place.json` (the port; the data
folder when it is elsewhere) and `data`, PostgreSQL's own folder. Where that user cannot reach
root's home, `data` is under `/var/lib/sqh-…` instead.
"""

import fcntl
import hashlib
import json
import os
import pwd
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from schemas.errors import ClusterFailed
from schemas.postgres_binaries import PgBinaries
from schemas.words import Words


class ClusterFolder:
    """What is kept of the cluster of one home (absolute path of the state folder)."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self.path = self.home / "cluster"
        self.key = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        self.log = self.path / "server.log"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One process at a time starts or stops the cluster of a home. Raises ClusterFailed."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.path.chmod(0o700 if os.geteuid() else 0o711)
            with (self.path / "lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except (OSError, subprocess.SubprocessError) as error:
            raise ClusterFailed(Words(str(error), str(error))) from error

    # -- the data folder -----------------------------------------------------------------------

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder, whether it exists yet or not. Raises ClusterFailed."""
        elsewhere = self.place().get("data_dir")
        data = Path(elsewhere) if elsewhere else self.path / "data"
        if elsewhere:
            self._refuse_copy(data)
        return data

    def choose_data(self) -> Path:
        """Where to make the data folder: in the home unless the server's user cannot get there."""
        if self.place().get("data_dir") or self._reachable():
            return self.data
        outside = Path(tempfile.mkdtemp(prefix=f"sqh-{self.key}-", dir="/var/lib"))
        outside.chmod(0o711)
        (outside / "home").write_text(str(self.home))
        self.remember(data_dir=str(outside / "data"))
        return outside / "data"

    def is_outside(self) -> bool:
        """Whether the data is not in the home."""
        return not self.data.is_relative_to(self.home)

    def major(self) -> str | None:
        """Major version of the data folder; None where there is none yet."""
        version = self.data / "PG_VERSION"
        return version.read_text().strip() if version.exists() else None

    def _reachable(self) -> bool:
        if (user := unprivileged_user()) is None:
            return True
        test = ["test", "-x", str(self.path)]
        return not subprocess.run(
            test, user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/", check=False
        ).returncode

    def _refuse_copy(self, data: Path) -> None:
        """A copied home points to the data of the first; one register must not serve two."""
        try:
            owner = Path(data.with_name("home").read_text())
        except OSError as error:
            raise ClusterFailed(Words(f"Mất dữ liệu: {error}", f"Lost data: {error}")) from error
        if owner != self.home and ClusterFolder(owner).place().get("data_dir") == str(data):
            raise ClusterFailed(
                Words(
                    f"{self.home} là bản sao; dữ liệu {data} thuộc về {owner}.",
                    f"{self.home} is a copy; the data in {data} belongs to {owner}.",
                ),
                remedy=Words(
                    f"Xóa {self.path} để bắt đầu sổ mới.",
                    f"Delete {self.path} to begin a new register.",
                ),
            )

    # -- the server's user ---------------------------------------------------------------------

    def user(self) -> pwd.struct_passwd | None:
        """Whom the server runs as when we are root: the owner of the data; None when not root."""
        user = unprivileged_user()
        if user is None or not self.data.exists() or not self.data.stat().st_uid:
            return user
        return pwd.getpwuid(self.data.stat().st_uid)

    def give(self, path: Path) -> None:
        """Hand a file to the server's user."""
        if user := self.user():
            os.chown(path, user.pw_uid, user.pw_gid)

    def run(self, binaries: PgBinaries, program: str, *arguments: str) -> int:
        """Run a server program as the server's user, its words going to the log; its exit code.

        The environment is bare: PG* variables and a foreign PROJ_DATA must not reach the server.
        PGDATA instead of -D, because pg_ctl puts the latter through a shell.
        """
        user = self.user()
        with self.log.open("ab") as log:
            return subprocess.run(
                [binaries.program(program), *arguments],
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
                env={"PATH": os.defpath, "LC_ALL": "C", "PGDATA": str(self.data)},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
            ).returncode

    # -- password, port, log -------------------------------------------------------------------

    def password(self, *, make: bool = False) -> str:
        """The superuser's password, which only the owner of the home can read."""
        file = self.path / "password"
        if make and not file.exists():
            _write(file, secrets.token_urlsafe(24))
        return file.read_text()

    def place(self) -> dict[str, Any]:
        """What is remembered: `port`, and `data_dir` when it is outside the home.

        Raises ClusterFailed where the cluster is another user's.
        """
        try:
            return dict(json.loads((self.path / "place.json").read_text()))
        except FileNotFoundError:
            return {}
        except PermissionError as error:
            raise ClusterFailed(
                Words(f"{self.path} thuộc người dùng khác.", f"{self.path} is another user's."),
                remedy=Words("Dùng SQH_HOME khác.", "Use another SQH_HOME."),
            ) from error

    def remember(self, **facts: object) -> None:
        """Add to what is remembered."""
        _write(self.path / "place.json", json.dumps({**self.place(), **facts}))

    def log_size(self) -> int:
        """Length of the server log in bytes."""
        return self.log.stat().st_size if self.log.exists() else 0

    def log_tail(self, mark: int) -> str:
        """The last lines written to the log since it was `mark` bytes long."""
        with self.log.open("rb") as log:
            log.seek(max(mark, self.log_size() - 20_000))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-20:])

    def failure(self, mark: int) -> ClusterFailed:
        """The error that shows what the server said since `mark`."""
        tail = self.log_tail(mark)
        return ClusterFailed(
            Words(f"{ClusterFailed.says.vi}\n{tail}", f"{ClusterFailed.says.en}\n{tail}"),
            remedy=Words(f"Nhật ký: {self.log}", f"Log: {self.log}"),
        )


def unprivileged_user() -> pwd.struct_passwd | None:
    """The user to drop to; None where we are not root."""
    if os.geteuid():
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _write(file: Path, text: str) -> None:
    """Whole or not at all, also at a power cut; readable by the owner alone."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    with fresh.open("w") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    fresh.replace(file)
