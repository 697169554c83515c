"""The server process of a private cluster: whether it lives, what it left, how it is tuned."""

import os
import secrets
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

LOCALHOST = "127.0.0.1"
_PORTS = range(20_000, 30_000)  # below the range the kernel lends to outgoing connections
_DEAD_PID = 2**31 - 1  # larger than any process id
_ORPHAN_S = 10


@dataclass(frozen=True)
class Postmaster:
    """What `postmaster.pid` says of a running server; `state` is "ready" once it answers."""

    pid: int
    port: int
    socket_dir: Path | None
    state: str

    @property
    def answers(self) -> bool:
        """Whether it has finished starting and is not stopping."""
        return self.state in ("ready", "standby")


def postmaster(data: Path) -> Postmaster | None:
    """The living server of a data folder; None where the pid file is missing or stale."""
    try:
        lines = (data / "postmaster.pid").read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    pid, _, _, port, socket_dir, _, _, state = [*lines, *[""] * 8][:8]
    if not pid.isdigit() or not _works_in(int(pid), data):
        return None
    folder = Path(socket_dir) if socket_dir else None
    return Postmaster(int(pid), int(port or 0), folder, state.strip())


def end_orphans(data: Path) -> None:
    """Backends outlive a killed postmaster while busy; two servers on one folder destroy it."""
    for sign in (signal.SIGQUIT, signal.SIGKILL):
        for pid in _all_working_in(data):
            os.kill(pid, sign)
        deadline = time.monotonic() + _ORPHAN_S
        while _all_working_in(data) and time.monotonic() < deadline:
            time.sleep(0.05)


def clear_pid_file(data: Path) -> None:
    """A stale pid may be another process by now, and PostgreSQL would then refuse to start.

    Only the pid goes: the shared-memory key after it is PostgreSQL's own guard.
    """
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    first, _, rest = pid_file.read_bytes().partition(b"\n")
    if first.isdigit() and rest:
        pid_file.write_bytes(b"%d\n%b" % (_DEAD_PID, rest))
    else:
        pid_file.unlink()  # torn by a power cut


def _all_working_in(data: Path) -> list[int]:
    pids = [int(process.name) for process in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if _works_in(pid, data)]


def _works_in(pid: int, data: Path) -> bool:
    """Whether a process is a PostgreSQL of this data folder: that is its working directory."""
    process = Path(f"/proc/{pid}")
    if not Path("/proc/self").exists():
        return _is_postgres(pid)
    try:
        at_home = (process / "cwd").readlink() == data
        return at_home and (process / "exe").readlink().name.startswith("postgres")
    except OSError:
        return False


def _is_postgres(pid: int) -> bool:
    """The best that can be said where there is no /proc (macOS)."""
    told = subprocess.run(
        ["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return "postgres" in told.stdout


def free_port(remembered: int | None) -> int:
    """A port free on 127.0.0.1 now; the remembered one if it is."""
    known = [remembered] if remembered else []
    drawn = (secrets.choice(_PORTS) for _ in range(200))
    return next(port for port in [*known, *drawn] if _can_bind(port))


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as PostgreSQL does
        try:
            probe.bind((LOCALHOST, port))
        except OSError:
            return False
        return True


def memory_mb() -> int:
    """Memory this process may use: of the machine, or of its container where that is less."""
    found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for limit in ("memory.max", "memory/memory.limit_in_bytes"):
        file = Path("/sys/fs/cgroup") / limit
        if file.exists() and (text := file.read_text().strip()).isdigit():
            found.append(int(text))
    return min(found) // 2**20


def tuning(memory: int, *, durable: bool) -> dict[str, object]:
    """Server settings for `memory` MB; a throw-away cluster does without safety at a power cut."""
    safe = "on" if durable else "off"
    return {
        "shared_buffers": f"{min(memory // 4, 2048 if durable else 256)}MB",
        "effective_cache_size": f"{memory // 2}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": "512MB",
        "max_wal_size": "4GB",
        "random_page_cost": 1.1,
        "jit": "off",
        "fsync": safe,
        "synchronous_commit": safe,
        "full_page_writes": safe,
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "log_line_prefix": "%m [%p] ",
    }
