"""The private cluster: it starts anywhere, alone, beside others, and after a killed machine."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import psycopg
import pytest

from schemas import cluster as cluster_module
from schemas.cluster import Cluster, database_url
from schemas.cluster_folder import unprivileged_user
from schemas.errors import ClusterFailed, NoPostgis
from schemas.postgres_backup import BackupFailed, backup, restore
from schemas.postgres_binaries import find_binaries, find_clients
from schemas.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")

Maker = Callable[..., Cluster]


@pytest.fixture
def make(open_folder: Path) -> Iterator[Maker]:
    """Clusters of this test alone, thrown away at its end."""
    made: list[Cluster] = []

    def make(home: Path | str = "home", *, durable: bool = False) -> Cluster:
        made.append(Cluster(open_folder / home, durable=durable))
        return made[-1]

    yield make
    for cluster in made:
        cluster.discard()


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchone()[0]


def tell(url: str, *statements: str) -> None:
    with psycopg.connect(url) as connection:
        for statement in statements:
            connection.execute(statement)


def processes_of(cluster: Cluster) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == cluster.status().data_dir:
                found.append(int(process.name))
        except OSError:
            continue
    return found


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def databases(cluster: Cluster) -> set[str]:
    with psycopg.connect(cluster.url("postgres")) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")
        return {name for (name,) in rows}


# -- start, stop, status --------------------------------------------------------------------------


def test_a_cluster_starts_stops_and_starts_again_with_its_rows(make: Maker) -> None:
    cluster = make()
    assert not cluster.status().running
    tell(cluster.start(), "CREATE TABLE kept AS SELECT 'Phường Minh Họa' AS name")
    running = cluster.status()
    assert (running.running, running.version) == (True, find_binaries().major)
    cluster.stop()
    cluster.stop()
    stopped = cluster.status()
    assert (stopped.running, stopped.pid, stopped.port) == (False, None, running.port)
    assert not processes_of(cluster)
    assert ask(cluster.start(), "SELECT name FROM kept") == "Phường Minh Họa"


def test_a_second_start_is_the_same_server_and_quick(make: Maker) -> None:
    cluster = make()
    url, pid = cluster.start(), cluster.status().pid
    began = time.monotonic()
    assert cluster.start() == url
    assert time.monotonic() - began < 0.5
    assert cluster.status().pid == pid


async def test_both_drivers_understand_the_url(make: Maker) -> None:
    url = make().start()
    assert ask(url, "SELECT current_user || ' ' || current_database()") == "sqh sqh"
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT lower('ĐƯỜNG ĐỎ')") == "đường đỏ"
    await connection.close()


def test_no_one_enters_without_the_password(make: Maker) -> None:
    cluster = make()
    cluster.start()
    status = cluster.status()
    for host in (status.socket_dir, "127.0.0.1"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=str(host), port=status.port, user="sqh", passfile="/dev/null")
    secret = cluster.folder.path / "password"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert cluster.folder.password() not in " ".join(
        (Path("/proc") / str(pid) / "cmdline").read_text() for pid in processes_of(cluster)
    )


def test_a_register_is_safe_at_a_power_cut_and_a_throw_away_cluster_is_quick(
    make: Maker,
) -> None:
    safe, quick = make("safe", durable=True).start(), make("quick").start()
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert ask(safe, f"SHOW {setting}") == "on"
        assert ask(quick, f"SHOW {setting}") == "off"
    assert [ask(safe, f"SHOW {name}") for name in ("data_checksums", "jit")] == ["on", "off"]
    assert ask(safe, "SHOW server_encoding") == "UTF8"


def test_the_operator_may_name_another_database() -> None:
    named = Settings(database_url="postgresql://elsewhere/register")
    assert database_url(named) == "postgresql://elsewhere/register"


def test_without_one_the_home_has_its_own(make: Maker) -> None:
    cluster = make()
    assert database_url(Settings(home=cluster.folder.home, database_url=None)) == cluster.url()


def test_databases_are_copied_from_a_template_and_dropped(make: Maker) -> None:
    cluster = make()
    cluster.start()
    cluster.ensure_database("model")
    cluster.ensure_database("model")
    tell(cluster.url("model"), "CREATE TABLE t AS SELECT 7 AS n")
    cluster.create_database("copy", template="model")
    in_use = psycopg.connect(cluster.url("copy"))
    assert in_use.execute("SELECT n FROM t").fetchone() == (7,)
    cluster.drop_database("copy")
    in_use.close()
    cluster.drop_database("copy")
    assert databases(cluster) == {"postgres", "sqh", "model"}


# -- where and as whom ----------------------------------------------------------------------------


@as_root
def test_the_server_is_never_root(make: Maker) -> None:
    cluster = make()
    cluster.start()
    owners = {(Path("/proc") / str(pid)).stat().st_uid for pid in processes_of(cluster)}
    assert owners == {unprivileged_user().pw_uid}
    assert not cluster.status().data_outside_home


@as_root
def test_a_home_closed_to_the_server_keeps_its_data_in_var_lib(
    make: Maker, open_folder: Path
) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    cluster = make("closed/home")
    tell(cluster.start(), "CREATE TABLE t AS SELECT 1 AS n")
    status = cluster.status()
    assert status.data_outside_home
    assert status.data_dir.is_relative_to("/var/lib")
    assert closed.stat().st_mode & 0o777 == 0o700
    cluster.stop()
    assert ask(Cluster(closed / "home").start(), "SELECT n FROM t") == 1
    cluster.discard()
    assert not status.data_dir.parent.exists()


@as_root
def test_a_copied_home_does_not_take_the_first_ones_data(make: Maker, open_folder: Path) -> None:
    (open_folder / "closed").mkdir(mode=0o700)
    cluster = make("closed/home")
    cluster.start()
    shutil.copytree(open_folder / "closed", open_folder / "copy")
    with pytest.raises(ClusterFailed, match="copy"):
        Cluster(open_folder / "copy" / "home").start()


@pytest.mark.parametrize(
    "name", ["Sổ quy hoạch của tôi", "dài/" + "Đường Nguyễn Huệ/" * 12, 'it\'s $HOME "`x`" 100%']
)
def test_any_name_of_a_home_will_do(make: Maker, name: str) -> None:
    cluster = make(f"{name}/.sqh")
    assert ask(cluster.start(), "SELECT 1") == 1
    assert cluster.status().socket_dir is not None


def test_two_homes_run_side_by_side(make: Maker) -> None:
    first, second = make("first"), make("second")
    tell(first.start(), "CREATE TABLE t AS SELECT 'first' AS n")
    tell(second.start(), "CREATE TABLE t AS SELECT 'second' AS n")
    assert first.status().port != second.status().port
    second.stop()
    assert ask(first.start(), "SELECT n FROM t") == "first"


@as_root
def test_a_socket_folder_of_someone_else_is_not_used(make: Maker) -> None:
    cluster = make()
    squatted = Path("/tmp") / f"sqh-{cluster.folder.key}"
    squatted.mkdir(mode=0o777)
    os.chown(squatted, 12345, 12345)
    try:
        url = cluster.start()
        assert urlsplit(url).hostname == "127.0.0.1"
        assert ask(url, "SELECT 1") == 1
    finally:
        cluster.stop()
        squatted.rmdir()


# -- programs -------------------------------------------------------------------------------------


def test_postgres_on_path_without_postgis_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("postgres", "initdb", "pg_ctl", "pg_config", "pg_dump", "pg_restore"):
        trap = tmp_path / name
        trap.write_text(
            f'#!/bin/sh\ncase "$1" in --version) echo "postgres 99.1";; *) echo {tmp_path};; esac\n'
        )
        trap.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert find_clients().version == "99.1"
    found = find_binaries()
    assert found.bin_dir != tmp_path
    assert (found.sharedir / "extension" / "postgis.control").is_file()
    with pytest.raises(NoPostgis, match="docker compose up"):
        find_binaries(folders=[tmp_path])


def test_a_data_folder_asks_for_its_own_major_version(make: Maker) -> None:
    assert find_binaries(find_binaries().major) == find_binaries()
    cluster = make()
    cluster.start()
    cluster.stop()
    (cluster.status().data_dir / "PG_VERSION").write_text("8\n")
    with pytest.raises(NoPostgis, match="postgresql-8-postgis-3"):
        cluster.start()


# -- ports ----------------------------------------------------------------------------------------


def test_a_taken_port_is_given_up_for_another(make: Maker) -> None:
    cluster = make()
    cluster.start()
    cluster.stop()
    port = cluster.status().port
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        assert ask(cluster.start(), "SELECT 1") == 1
        assert cluster.status().port != port


def test_a_port_snatched_while_starting_is_given_up_for_another(
    make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make("first"), make("second")
    first.start()
    snatched, free = first.status().port, cluster_module.free_port(None)
    ports = iter([snatched, free])
    monkeypatch.setattr(cluster_module, "free_port", lambda _: next(ports))
    assert ask(second.start(), "SELECT 1") == 1
    assert second.status().port == free


# -- several at once, and killed machines ---------------------------------------------------------


def test_many_processes_may_start_the_same_home_at_once(make: Maker, open_folder: Path) -> None:
    program = "import sys; from pathlib import Path; from schemas.cluster import Cluster\n"
    program += "print(Cluster(Path(sys.argv[1]), durable=False).start())"
    cluster = make()
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(cluster.folder.home)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    told = [start.communicate() for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0], told
    assert {out.strip() for out, _ in told} == {cluster.url()}


def test_a_committed_row_survives_kill_9_of_everything(make: Maker) -> None:
    cluster = make(durable=True)
    tell(cluster.start(), "CREATE TABLE t (n int)", "INSERT INTO t VALUES (42)")
    kill(*processes_of(cluster))
    assert ask(cluster.start(), "SELECT n FROM t") == 42


def test_a_busy_backend_of_a_killed_server_is_ended_first(make: Maker) -> None:
    cluster = make(durable=True)
    url = cluster.start()
    tell(url, "CREATE TABLE t AS SELECT 42 AS n")
    with psycopg.connect(url) as connection:
        backend = connection.info.backend_pid

        def work() -> None:
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT count(*) FROM generate_series(1, 100000000000) g")

        worker = threading.Thread(target=work)
        worker.start()
        time.sleep(0.3)
        kill(cluster.status().pid)
        time.sleep(0.5)
        assert backend in processes_of(cluster)
        assert ask(cluster.start(), "SELECT n FROM t") == 42
        worker.join()
    assert backend not in processes_of(cluster)


def test_a_stale_pid_that_is_another_process_now_does_no_harm(make: Maker) -> None:
    cluster = make()
    cluster.start()
    pid_file = cluster.status().data_dir / "postmaster.pid"
    stale = pid_file.read_text().splitlines()
    cluster.stop()
    user = unprivileged_user()
    other = subprocess.Popen(["sleep", "600"], user=user.pw_uid if user else None)
    try:
        pid_file.write_text("\n".join([str(other.pid), *stale[1:]]) + "\n")
        socket_dir = Path("/tmp") / f"sqh-{cluster.folder.key}"
        socket_dir.mkdir(mode=0o700)
        cluster.folder.give(socket_dir)
        (socket_dir / f".s.PGSQL.{stale[3]}.lock").write_text(f"{other.pid}\n")
        assert not cluster.status().running
        assert ask(cluster.start(), "SELECT 1") == 1
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_torn_pid_file_does_no_harm(make: Maker) -> None:
    cluster = make()
    cluster.start()
    cluster.stop()
    for torn in (b"", b"\0" * 64):
        (cluster.status().data_dir / "postmaster.pid").write_bytes(torn)
        assert ask(cluster.start(), "SELECT 1") == 1
        cluster.stop()


def test_a_half_made_data_folder_is_made_again(make: Maker) -> None:
    cluster = make()
    half = cluster.folder.path / "data.new" / "base"
    half.mkdir(parents=True)
    (half / "1").write_text("half")
    assert ask(cluster.start(), "SELECT 1") == 1
    assert not half.exists()


def test_a_server_that_cannot_start_says_why(make: Maker) -> None:
    cluster = make()
    cluster.start()
    cluster.stop()
    (cluster.status().data_dir / "postgresql.auto.conf").write_text("work_mem = 'plenty'\n")
    with pytest.raises(ClusterFailed, match="plenty") as failed:
        cluster.start()
    assert "server.log" in str(failed.value.remedy)


def test_asking_for_the_url_of_a_stopped_cluster_names_the_remedy(make: Maker) -> None:
    with pytest.raises(ClusterFailed, match="sqh db start"):
        make().url()


# -- backup and restore ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def name(cluster: Cluster) -> Iterator[str]:
    """A database of this module in the session's cluster."""
    cluster.ensure_database("to_back_up")
    tell(cluster.url("to_back_up"), "CREATE EXTENSION IF NOT EXISTS postgis")
    yield "to_back_up"
    cluster.drop_database("to_back_up")


@pytest.fixture
def register_url(cluster: Cluster, name: str) -> str:
    """A small register with one parcel."""
    url = cluster.url(name)
    tell(
        url,
        "DROP TABLE IF EXISTS parcel",
        "CREATE TABLE parcel (label text, geom geometry(Point, 4326))",
        "INSERT INTO parcel VALUES ('Thửa 5/12', ST_Point(106.7, 10.77, 4326))",
    )
    return url


PARCEL = "SELECT label || ' ' || ST_AsText(geom) FROM parcel"


def test_a_backup_brings_the_register_back(
    cluster: Cluster, register_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "sổ.dump"
    backup(register_url, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [left.name for left in tmp_path.iterdir()] == ["sổ.dump"]
    before = databases(cluster)
    tell(register_url, "UPDATE parcel SET label = 'hỏng'")
    idle = psycopg.connect(register_url)
    idle.execute("SELECT 1 FROM parcel")
    restore(register_url, file)
    idle.close()
    assert ask(register_url, PARCEL) == "Thửa 5/12 POINT(106.7 10.77)"
    assert databases(cluster) == before


def test_a_backup_can_fill_a_register_that_is_gone(
    cluster: Cluster, register_url: str, name: str, tmp_path: Path
) -> None:
    backup(register_url, tmp_path / "dump")
    cluster.drop_database(name)
    restore(register_url, tmp_path / "dump")
    assert ask(register_url, PARCEL) == "Thửa 5/12 POINT(106.7 10.77)"


def test_a_failed_restore_leaves_the_register_as_it_was(
    cluster: Cluster, register_url: str, tmp_path: Path
) -> None:
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    backup(register_url, whole)
    torn.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
    tell(register_url, "UPDATE parcel SET label = 'mới hơn'")
    before = databases(cluster)

    def refuse(_: str) -> None:
        raise BackupFailed

    with pytest.raises(BackupFailed, match="pg_restore"):
        restore(register_url, torn)
    with pytest.raises(BackupFailed):
        restore(register_url, whole, finish=refuse)
    assert ask(register_url, "SELECT label FROM parcel") == "mới hơn"
    assert databases(cluster) == before


def test_a_failed_backup_leaves_the_older_file(cluster: Cluster, tmp_path: Path) -> None:
    file = tmp_path / "dump"
    file.write_text("older")
    with pytest.raises(BackupFailed, match="pg_dump"):
        backup(cluster.url("no_such_database"), file)
    assert file.read_text() == "older"
    assert [left.name for left in tmp_path.iterdir()] == ["dump"]


def test_finish_can_write_what_a_dump_leaves_out(register_url: str, tmp_path: Path) -> None:
    """pg_dump skips rows of spatial_ref_sys whose SRID PostGIS ships, even changed ones."""
    official = "UPDATE spatial_ref_sys SET proj4text = 'official' WHERE srid = 3405"
    tell(register_url, official)
    backup(register_url, tmp_path / "dump")
    restore(register_url, tmp_path / "dump")
    kept = "SELECT proj4text FROM spatial_ref_sys WHERE srid = 3405"
    assert ask(register_url, kept) != "official"
    restore(register_url, tmp_path / "dump", finish=lambda fresh: tell(fresh, official))
    assert ask(register_url, kept) == "official"


def test_two_restores_of_one_register_do_not_mix(register_url: str, tmp_path: Path) -> None:
    backup(register_url, tmp_path / "dump")

    def again(_: str) -> None:
        restore(register_url, tmp_path / "dump")

    with pytest.raises(BackupFailed, match="under way"):
        restore(register_url, tmp_path / "dump", finish=again)


def test_a_migrated_register_is_cloned_for_this_module(register: object) -> None:
    assert ask(register.url, "SELECT storage_srid FROM register_state") == 9210


def test_the_real_schema_goes_through_a_dump(
    cluster: Cluster, fresh_register: Callable[[int], object], tmp_path: Path
) -> None:
    """Checks, indexes and generated columns must not lean on a search path: pg_restore has none."""
    url = fresh_register(9210).url
    backup(url, tmp_path / "dump")
    restore(url, tmp_path / "dump")
    assert ask(url, "SELECT storage_srid FROM register_state") == 9210


def test_a_register_in_another_crs_can_be_had(fresh_register: Callable[[int], object]) -> None:
    assert ask(fresh_register(3826).url, "SELECT storage_srid FROM register_state") == 3826
