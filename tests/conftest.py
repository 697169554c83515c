"""What every test may ask for: a throw-away cluster, a migrated register, the shared data."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.cluster import Cluster
from schemas.settings import Settings

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@dataclass(frozen=True)
class Register:
    """A migrated register of a test's own."""

    url: str
    settings: Settings


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """A temporary folder that the server's user can reach, which pytest's own are not for root."""
    folder = Path(tempfile.mkdtemp(prefix="sqh-test-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """The same for one test."""
    with reachable_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One private cluster for all tests, without safety at a power cut."""
    with reachable_folder() as home:
        cluster = Cluster(home, durable=False)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.discard()


@pytest.fixture(scope="session")
def template_for(cluster: Cluster) -> Callable[[int], str]:
    """Name of the database migrated to head for a storage SRID, made once a session."""
    made: set[str] = set()

    def template(storage_srid: int) -> str:
        from schemas.db import migrate

        name = f"template_{storage_srid}"
        if name not in made:
            cluster.create_database(name)
            migrate(cluster.url(name), storage_srid)
            made.add(name)
        return name

    return template


@pytest.fixture(scope="session")
def template_database(template_for: Callable[[int], str]) -> str:
    """Name of the migrated database with the storage SRID that settings have by default."""
    return template_for(9210)


@contextmanager
def cloned(cluster: Cluster, template: str, storage_srid: int, home: Path) -> Iterator[Register]:
    """A register copied from a migrated template, dropped at the end."""
    name = f"register_{uuid.uuid4().hex[:12]}"
    cluster.create_database(name, template)
    url = cluster.url(name)
    settings = Settings(
        home=home, storage_srid=storage_srid, database_url=url, read_database_url=None
    )
    try:
        yield Register(url, settings)
    finally:
        cluster.drop_database(name)


@pytest.fixture(scope="module")
def register(
    cluster: Cluster, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Register]:
    """An empty register (storage SRID 9210) of this test module's own."""
    home = tmp_path_factory.mktemp("home")
    with cloned(cluster, template_database, 9210, home) as register:
        yield register


@pytest.fixture(scope="module")
def fresh_register(
    cluster: Cluster,
    template_for: Callable[[int], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[int], Register]]:
    """Call it with a storage SRID for one more empty register; all end with the module."""
    with ExitStack() as stack:

        def fresh(storage_srid: int = 9210) -> Register:
            home = tmp_path_factory.mktemp("home")
            template = template_for(storage_srid)
            return stack.enter_context(cloned(cluster, template, storage_srid, home))

        yield fresh


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real inputs beside the repository; never part of it."""
    if SHARED_DATA.is_dir():
        return SHARED_DATA
    reason = f"the shared data is not at {SHARED_DATA}"
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def sample_files() -> Iterator[Path]:
    """Folder with the deliveries of the invented ward, written once a session."""
    from ingest.sample import write_sample

    with reachable_folder() as folder:
        write_sample(folder)
        yield folder


@pytest.fixture(scope="session")
def zoning_dossier(sample_files: Path) -> Path:
    """The sample's zoning plan as its planner delivers it."""
    return sample_files / "ho-so-99QPK1000001.zip"


@pytest.fixture(scope="session")
def demo(cluster: Cluster, template_database: str, sample_files: Path) -> Iterator[Register]:
    """A register that holds the invented ward, for tests that only ask."""
    from ingest.sample.demo import load_demo

    with (
        reachable_folder() as home,
        cloned(cluster, template_database, 9210, home) as register,
    ):
        load_demo(sample_files, register.url, register.settings, DEMO_LOADED)
        yield register


DEMO_LOADED = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
"""When the demo register learned what it knows."""
