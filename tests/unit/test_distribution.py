"""The four rooms and the command line belong to the distribution `soquyhoach`, and to no other."""

import importlib.metadata
import importlib.util
import json
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

DISTRIBUTION = "soquyhoach"
ROOMS = ["api", "ingest", "maps", "schemas", "sqh"]


def other_owners(name: str) -> list[str]:
    """Installed distributions, besides ours, that bring a top-level module `name`."""
    owners = importlib.metadata.packages_distributions().get(name, [])
    return sorted(set(owners) - {DISTRIBUTION})


def editable_root() -> Path | None:
    """Folder of the project when it is installed with `pip install -e`; None for a wheel."""
    record = importlib.metadata.distribution(DISTRIBUTION).read_text("direct_url.json")
    origin = json.loads(record or "{}")
    if not origin.get("dir_info", {}).get("editable"):
        return None
    return Path(unquote(urlsplit(origin["url"]).path)).resolve()


def source_file(name: str) -> Path:
    """The file that `import name` would run, found without running it."""
    spec = importlib.util.find_spec(name)
    assert spec is not None, f"{name} cannot be imported"
    assert spec.origin is not None, f"{name} is a folder without __init__.py"
    return Path(spec.origin).resolve()


def belongs_to_us(file: Path) -> bool:
    """Whether `file` lies in the installed project's folder or in the wheel's list of files."""
    root = editable_root()
    if root is not None:
        return file.parent in (root, *(root / room for room in ROOMS))
    listed = importlib.metadata.distribution(DISTRIBUTION).files or []
    return file in {Path(str(entry.locate())).resolve() for entry in listed}


@pytest.mark.parametrize("name", ROOMS)
def test_top_level_name_is_imported_from_this_distribution(name: str) -> None:
    assert belongs_to_us(source_file(name))


@pytest.mark.parametrize("name", ROOMS)
def test_no_other_distribution_brings_the_name(name: str) -> None:
    assert other_owners(name) == []


def test_a_foreign_distribution_with_a_room_of_the_same_name_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = tmp_path / "foreign-1.0.dist-info"
    foreign.mkdir()
    (foreign / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign\nVersion: 1.0\n")
    (foreign / "RECORD").write_text("api/__init__.py,,\n")
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "api", raising=False)

    assert other_owners("api") == ["foreign"]
    assert not belongs_to_us(source_file("api"))


def test_command_sqh_is_ours() -> None:
    scripts = importlib.metadata.distribution(DISTRIBUTION).entry_points
    assert {point.name: point.value for point in scripts} == {"sqh": "sqh:main"}
