"""The wheel forgets no file: installed alone, it takes in the sample and answers a parcel."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyogrio
import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("api", "ingest", "maps", "schemas")
PARCEL = "99001/5/12"
PARCEL_LAYER = "thua_dat"
PARCEL_FIELDS = {
    "commune": "ma_xa",
    "sheet": "to_ban_do",
    "number": "so_thua",
    "old_commune": "ma_xa_cu",
    "area": "dien_tich",
    "land_use": "loai_dat",
}

pytestmark = pytest.mark.slow


def run(*command: str | Path, env: dict[str, str] | None = None, cwd: Path = ROOT) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, env=env, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def room_files() -> set[str]:
    """Every file of the four rooms that belongs to the project: known to git, or about to be."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *ROOMS)
    return {name for name in listed.split("\0") if name and (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # With the build backend at hand nothing is fetched; otherwise `build` makes its own venv.
    isolation = ["--no-isolation"] if importlib.util.find_spec("hatchling") else []
    run(sys.executable, "-m", "build", "--wheel", *isolation, "--outdir", folder, ROOT)
    return next(folder.glob("*.whl"))


def test_every_file_of_the_rooms_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    assert room_files() - packed == set()


def test_wheel_brings_the_rooms_and_the_command_line_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {*ROOMS, "sqh.py"}


class CleanMachine:
    """A venv that has the wheel and nothing of this checkout, with a register of its own."""

    def __init__(self, folder: Path, home: Path, wheel: Path) -> None:
        self.folder = folder
        venv.create(folder / "venv", with_pip=True)
        self.bin = folder / "venv" / "bin"
        unset = ("PYTHONPATH", "SQH_DATABASE_URL", "SQH_READ_DATABASE_URL", "SQH_STORAGE_SRID")
        self.env = {name: value for name, value in os.environ.items() if name not in unset}
        self.env["SQH_HOME"] = str(home)
        pip = (self.bin / "python", "-m", "pip", "install", "-qq", "--disable-pip-version-check")
        run(*pip, "--constraint", ROOT / "constraints.txt", wheel, cwd=folder)

    def sqh(self, *arguments: str | Path) -> str:
        return run(self.bin / "sqh", *arguments, env=self.env, cwd=self.folder)


@pytest.fixture(scope="module")
def machine(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CleanMachine]:
    folder = tmp_path_factory.mktemp("machine")
    # Not under pytest's folder, which the server's unprivileged user cannot enter.
    with tempfile.TemporaryDirectory(prefix="sqh-wheel-", ignore_cleanup_errors=True) as home:
        Path(home).chmod(0o711)
        machine = CleanMachine(folder, Path(home), wheel)
        yield machine
        machine.sqh("db", "stop")


def is_parcel_file(path: Path) -> bool:
    return path.suffix == ".gpkg" and PARCEL_LAYER in pyogrio.list_layers(path)[:, 0]


def is_package(path: Path) -> bool:
    """Whether `path` is a Circular 16 package, as a folder or as a zip."""
    if path.is_dir():
        return (path / "HoSoGIS").is_dir()
    if path.suffix != ".zip":
        return False
    with zipfile.ZipFile(path) as archive:
        return any("HoSoGIS/" in name for name in archive.namelist())


def take_in_sample(machine: CleanMachine, sample: Path) -> None:
    """What an authority's clerk would type, in the order in which the deliveries came."""
    machine.sqh("db", "migrate")
    delivered = sorted(sample.iterdir())
    fields = ",".join(f"{name}={column}" for name, column in PARCEL_FIELDS.items())
    for path in filter(is_parcel_file, delivered):
        machine.sqh("parcels", "load", path, "--fields", fields)
    packages = list(filter(is_package, delivered))
    assert packages, f"no Circular 16 package among {[path.name for path in delivered]}"
    for path in packages:
        machine.sqh("ingest", path, "--publish", "--accept-repairs")


def test_installed_wheel_takes_in_the_sample_and_answers_a_parcel(machine: CleanMachine) -> None:
    sample = machine.folder / "sample"
    machine.sqh("sample", sample)
    take_in_sample(machine, sample)

    answer = json.loads(machine.sqh("lookup", "--parcel", PARCEL, "--json"))

    assert answer["schema"] == "parcel-answer/1"
    assert (answer["parcel"]["sheet"], answer["parcel"]["number"]) in {(5, 12), ("5", "12")}
    themes = {theme["theme"]: theme for theme in answer["themes"]}
    assert themes["land_use"]["result"] == "applies"
    assert all(item["source"]["file"] for item in themes["land_use"]["items"])
