"""A crash leaves nothing behind for long; a working neighbour is never swept away."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from ingest.files import workplace as module
from ingest.files.workplace import sweep, workplace

HOLD = """
import sys, time
from ingest.files.workplace import workplace
with workplace() as folder:
    (folder / "ban-sao.gpkg").write_text("x")
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(module, "FRESH_SECONDS", 0)
    return tmp_path


def test_the_folder_is_private_and_gone_afterwards(base: Path) -> None:
    with workplace() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "x").write_text("x")
    assert list(base.iterdir()) == []


def test_the_folder_of_a_killed_program_is_swept_and_that_of_a_living_one_kept(base: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        folder = Path(other.stdout.readline().strip())
        try:
            time.sleep(0.05)
            sweep(base)
            assert (folder / "ban-sao.gpkg").exists()
        finally:
            os.kill(other.pid, signal.SIGKILL)
    assert folder.exists()
    with workplace() as mine:
        assert [place for place in base.iterdir() if place != mine] == []


def test_nothing_else_is_swept(base: Path) -> None:
    kept = [base / "sqh-gate-file", base / "other"]
    kept[0].write_text("x")
    kept[1].mkdir()
    (base / "sqh-gate-link").symlink_to(kept[1])
    sweep(base)
    assert len(list(base.iterdir())) == 3
