"""The command line as an operator types it: every command, its JSON, and its exit codes."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.answers import ParcelAnswer
from schemas.cluster import Cluster
from tests.conftest import reachable_folder


class Office:
    """One operator's home and the commands typed there."""

    def __init__(self, home: Path) -> None:
        self.environment = os.environ | {"SQH_HOME": str(home)}
        self.environment.pop("SQH_DATABASE_URL", None)

    def run(self, *words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sqh", *map(str, words)],
            capture_output=True,
            text=True,
            env=self.environment | environment,
            check=False,
        )

    def json(self, *words: str | Path, code: int = 0) -> Any:
        done = self.run(*words, "--json")
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with reachable_folder() as home:
        try:
            yield Office(home)
        finally:
            Cluster(home).discard()


def test_a_dossier_goes_in_and_a_parcels_answer_comes_out(
    office: Office, sample_files: Path
) -> None:
    units = office.json("units", "load", sample_files / "don-vi-hanh-chinh.gpkg")
    assert units["changed"]
    parcels = office.json(
        "parcels",
        "load",
        sample_files / "thua-dat.gpkg",
        "--profile",
        sample_files / "thua-dat.yaml",
    )
    assert parcels["loaded"] > 5000
    zoning = sample_files / "ho-so-99QPK1000001.zip"
    assert office.json("check", zoning)["outcome"] == "accept"
    report = office.json("ingest", zoning)
    assert report["schema"] == "gate-report/1"
    assert report["stored"]["versions"] == ["99qpk0001/1"]

    staged = office.json("lookup", "--parcel", "99001/5/12")
    assert {theme["result"] for theme in staged["themes"]} == {"no_data"}, "staged is not in force"

    published = office.json("publish", "99qpk0001/1")
    assert (published["status"], published["changed"]) == ("published", True)
    assert not office.json("publish", "99qpk0001/1")["changed"]
    answer = office.json("lookup", "--parcel", "99001/5/12")
    ParcelAnswer.model_validate(answer)
    assert answer["themes"][0]["result"] == "applies"

    for file in ("ho-so-99QCT1000001.zip", "ho-so-99QPK1010001.zip"):
        office.json("ingest", sample_files / file, "--publish")
    revision = office.json("lookup", "--parcel", "99001/5/12")["revision"]
    again = office.run("ingest", zoning, "--publish")
    assert again.returncode == 0
    assert "không gì thay đổi" in again.stdout
    same = office.json("lookup", "--xy", "1140576.402,610121.219", "--crs", "EPSG:9210")
    assert same["revision"] == revision
    assert same["parcel"]["number"] == "12"

    withdrawn = office.json("withdraw", "99qpk0001/2", "--reason", "nhầm hồ sơ")
    assert withdrawn["status"] == "withdrawn"
    symbols = {
        item["zone"]["symbol"]
        for item in office.json("lookup", "--lonlat", "106.757208,10.312361")["themes"][0]["items"]
    }
    assert "OCH-05" in symbols
    assert "HH-05A" not in symbols


def test_paths_may_be_relative(office: Office, sample_files: Path, tmp_path: Path) -> None:
    dossier = next(sample_files.glob("ho-so-*QPK1000001.zip"))
    shutil.copy(dossier, tmp_path / "ho-so.zip")
    done = subprocess.run(
        [sys.executable, "-m", "sqh", "check", "ho-so.zip", "--report", "ket-qua"],
        cwd=tmp_path,
        env=office.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "ket-qua" / "report.html").is_file()


def test_nothing_at_a_path_is_bad_usage(office: Office, tmp_path: Path) -> None:
    done = office.run("check", tmp_path / "khong-co.zip")
    assert done.returncode == 2
    assert "khong-co.zip" in done.stderr


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1, ["lookup", "--parcel", "99001/5/99999"]),
        (1, ["publish", "khong-co/1"]),
        (1, ["withdraw", "khong-co/1"]),
        (2, ["lookup"]),
        (2, ["lookup", "--parcel", "99001"]),
        (2, ["lookup", "--lonlat", "abc"]),
        (2, ["lookup", "--xy", "1140576,610121"]),
        (2, ["lookup", "--xy", "1140576,610121", "--crs", "EPSG:0"]),
        (2, ["lookup", "--parcel", "99001/5/12", "--valid-at", "2026-02-30"]),
        (2, ["lookup", "--colour", "red"]),
        (2, ["lookup", "--parcel", "99001/5/12", "--known-at", "2026-01-01T00:00:00"]),
        (2, ["lookup", "--parcel", "99001/5/12", "--known-at", "0001-01-01T00:00:00+14:00"]),
        (1, ["lookup", "--parcel", "Phường Không Có/5/12"]),
        (2, ["parcels", "load", "x.gpkg"]),
        (2, ["parcels", "load", "x.gpkg", "--fields", "sheet"]),
        (2, ["check", "x.zip", "--profile", "khong-co"]),
    ],
)
def test_a_wrong_word_has_its_exit_code_and_a_sentence(
    office: Office, code: int, words: list[str]
) -> None:
    done = office.run(*words)
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_told_before_anything_else(office: Office) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        for words in (["up"], ["serve"]):
            done = office.run(*words, "--port", str(taken.getsockname()[1]))
            assert done.returncode == 2
            assert "http://" not in done.stdout


def test_a_lost_database_is_the_tools_failure(office: Office) -> None:
    lost = {"SQH_DATABASE_URL": "postgresql://nobody:x@127.0.0.1:1/none"}
    done = office.run("lookup", "--parcel", "99001/5/12", **lost)
    assert done.returncode == 3
    assert "không phải là kết quả tra cứu" in done.stderr


def test_a_file_that_is_no_dossier_is_refused_with_its_place(
    office: Office, tmp_path: Path
) -> None:
    fake = tmp_path / "ho-so.zip"
    fake.write_text("không phải zip")
    done = office.run("ingest", fake, "--json")
    assert done.returncode == 1
    *findings, summary = (json.loads(line) for line in done.stdout.splitlines())
    assert summary["outcome"] == "reject"
    assert any(finding["file"] for finding in findings)
    assert all(finding["message"]["vi"] and finding["fix"]["vi"] for finding in findings)


def test_a_program_is_told_of_an_error_in_json(office: Office, tmp_path: Path) -> None:
    fake = tmp_path / "thua.gpkg"
    fake.write_text("không phải gpkg")
    done = office.run("parcels", "load", fake, "--fields", "sheet=a,number=b", "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["schema"] == "error/1"
    assert "thua.gpkg" in told["message"]["vi"]


def test_the_database_commands_work(office: Office, tmp_path: Path) -> None:
    assert office.json("db", "start")["running"]
    assert office.json("db", "url")["url"].startswith("postgresql://")
    assert office.json("db", "migrate") == {"migrated": True}
    before = office.json("lookup", "--parcel", "99001/5/12")
    copy = tmp_path / "sao-luu.tar"
    office.json("db", "backup", copy)
    assert office.run("db", "backup", copy).returncode == 1, "never over another file"
    office.json("withdraw", "99qpk0001/1")
    assert office.json("lookup", "--parcel", "99001/5/12")["themes"] != before["themes"]
    office.json("db", "restore", copy)
    assert office.json("lookup", "--parcel", "99001/5/12")["themes"] == before["themes"]
    assert office.run("db", "restore", tmp_path / "none.tar").returncode == 3
    assert not office.json("db", "stop")["running"]


def test_a_backup_brings_the_originals_to_another_machine(office: Office, tmp_path: Path) -> None:
    copy = tmp_path / "sao-luu.tar"
    office.json("db", "backup", copy)
    with reachable_folder() as home:
        other = Office(home)
        try:
            other.json("db", "restore", copy)
            here, there = (Path(each.environment["SQH_HOME"], "blobs") for each in (office, other))
            kept = {path.name for path in here.glob("*/*")}
            assert kept
            assert {path.name for path in there.glob("*/*")} == kept
            assert other.json("lookup", "--parcel", "99001/5/12")["parcel"]["number"] == "12"
        finally:
            Cluster(home).discard()


def test_every_command_explains_itself(office: Office) -> None:
    done = office.run("--help")
    for name in (
        "up",
        "serve",
        "worker",
        "check",
        "ingest",
        "publish",
        "withdraw",
        "lookup",
        "sample",
    ):
        assert name in done.stdout
        assert office.run(name, "--help").returncode == 0
