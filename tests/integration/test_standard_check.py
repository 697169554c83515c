"""A dossier checked against models of a standard, through the gate; nothing of it is stored."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.delivery import Delivery
from ingest.gate.pipeline import read_delivery
from ingest.report.outcome import issue_document, summary_document
from schemas.errors import ProfileInvalid
from tests.standard_dossier import model_files, write_dossier, write_model


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "model", model_files())


def read(dossier: Path, profile: Path | str, tmp_path: Path) -> Delivery:
    workdir = tmp_path / f"work {len(list(tmp_path.iterdir()))}"
    workdir.mkdir()
    today = date(2026, 11, 24)
    return read_delivery(
        dossier, profile=str(profile), storage_srid=9210, workdir=workdir, today=today
    )


def sqh(tmp_path: Path, *words: str | Path) -> tuple[int, list[dict[str, Any]], str]:
    """`sqh WORDS --json`: the exit code, its JSON lines, and all it says."""
    done = subprocess.run(
        [sys.executable, "-m", "sqh", *map(str, words), "--json"],
        capture_output=True,
        text=True,
        env=os.environ | {"SQH_HOME": str(tmp_path / "home")},
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return done.returncode, lines, done.stderr + done.stdout


def zone_rows(*labels: str) -> str:
    square = '"POLYGON((700000 6600000,700100 6600000,700100 6600100,700000 6600000))"'
    rows = (f"{label},U,3001420171013,{square}\r\n" for label in labels)
    return "LIBELLE,TYPEZONE,IDURBA,WKT\r\n" + "".join(rows)


@pytest.mark.slow
def test_the_command_line_tells_the_standard_and_its_tables(model: Path, tmp_path: Path) -> None:
    code, lines, said = sqh(tmp_path, "check", write_dossier(tmp_path), "--profile", model)
    assert code == 0, said
    (summary,) = lines
    assert (summary["profile"], summary["standard"]) == ("cnig", "cnig_PLU_2013")
    assert summary["outcome"] == "accept"
    register, zones = summary["tables"]
    assert register == {
        "name": "DOC_URBA", "file": "DOC_URBA.csv", "rows": 1, "delivered": 1, "box": None,
    }  # fmt: skip
    assert (zones["name"], zones["rows"]) == ("ZONE_URBA", 1)
    assert zones["box"] == pytest.approx([3.0, 46.5, 3.0013, 46.5009], abs=1e-4)


@pytest.mark.slow
def test_ingest_refuses_a_profile_that_only_checks_and_opens_no_register(
    model: Path, tmp_path: Path
) -> None:
    code, _, said = sqh(tmp_path, "ingest", write_dossier(tmp_path), "--profile", model)
    assert code not in (0, 3), said
    assert "never loaded" in said
    assert not (tmp_path / "home").exists()


def test_a_dossier_that_does_not_follow_is_rejected_with_the_place(
    model: Path, tmp_path: Path
) -> None:
    dossier = write_dossier(tmp_path, zones=zone_rows("UA", "too long"))
    delivery = read(dossier, model, tmp_path)
    assert summary_document(delivery)["outcome"] == "reject"
    (issue,) = map(issue_document, delivery.issues)
    assert (issue["code"], issue["level"]) == ("CELL_TOO_LONG", "ERROR")
    assert (issue["file"], issue["layer"]) == ("Donnees/ZONE_URBA.csv", "ZONE_URBA")
    assert (issue["row"], issue["column"], issue["value"]) == (2, "LIBELLE", "too long")
    assert issue["geometry"]["type"] == "Point"
    assert issue["message"]["vi"].startswith("Bảng ZONE_URBA")


def test_no_vietnamese_rule_is_asked_of_such_a_dossier(model: Path, tmp_path: Path) -> None:
    delivery = read(write_dossier(tmp_path), model, tmp_path)
    assert delivery.issues == ()
    assert (delivery.kind, delivery.versions) == ("check", ())


@pytest.mark.parametrize("place", ["table", "unknown column", "name"])
def test_a_state_secret_is_refused_all_the_same(model: Path, tmp_path: Path, place: str) -> None:
    rows = zone_rows("UA")
    more = rows.replace("WKT\r\n", "WKT,NOTE\r\n").replace('00))"\r\n', '00))",TUYỆT MẬT\r\n')
    zones = {"table": rows.replace("UA,", "TUYỆT MẬT,"), "unknown column": more, "name": rows}
    dossier = write_dossier(tmp_path, zones=zones[place])
    if place == "name":
        (dossier / "TUYỆT MẬT.pdf").write_bytes(b"%PDF-1.4\n")
    delivery = read(dossier, model, tmp_path)
    assert "SECRET_REFUSED" in {issue.code for issue in delivery.issues}
    assert (delivery.files, delivery.tables) == ((), ())
    assert not any("CELL_" in issue.code for issue in delivery.issues)


def test_a_dossier_that_no_model_is_meant_for_names_the_candidates(tmp_path: Path) -> None:
    models = tmp_path / "models"
    write_model(models / "a", model_files())
    write_model(models / "b", model_files("cnig_PLU_2014"))
    dossier = write_dossier(tmp_path)
    several = read(dossier, models, tmp_path)
    (issue,) = several.issues
    assert (issue.code, issue.level) == ("STANDARD_SEVERAL_FIT", "ERROR")
    assert "cnig_PLU_2013, cnig_PLU_2014" in issue.message.en
    assert "tables" not in summary_document(several)
    dossier = dossier.rename(tmp_path / "Elsewhere")
    assert [issue.code for issue in read(dossier, models, tmp_path).issues] == [
        "STANDARD_NONE_FITS"
    ]
    named = read(dossier, f"{models}#cnig_PLU_2013", tmp_path)
    assert "STANDARD_FOLDER_NAME" in {issue.code for issue in named.issues}
    assert named.standard == "cnig_PLU_2013"


def test_metadata_choose_between_models_of_one_name(tmp_path: Path) -> None:
    models = tmp_path / "models"
    write_model(models / "a", model_files())
    write_model(models / "b", model_files("cnig_PLU_2017"))
    dossier = write_dossier(tmp_path, standard="CNIG PLU v2013")
    assert read(dossier, models, tmp_path).standard == "cnig_PLU_2013"


def test_hostile_models_end_in_a_finding_or_a_sentence(tmp_path: Path) -> None:
    dossier = write_dossier(tmp_path, zones=zone_rows("a" * 200 + "!"))
    files = model_files()
    files["files.json"]["constraints"]["folderName"] = "((a+)+)+|[0-9]{5}_PLU_[0-9]{8}"
    zones = files["types/ZONE_URBA.json"]["columns"][0]["constraints"]
    zones |= {"pattern": "(a+)+b|(a|aa)+c|(.*)*d", "maxLength": 300}
    slow = write_model(tmp_path / "slow", files)
    codes = [issue.code for issue in read(dossier, slow, tmp_path).issues]
    assert codes == ["STANDARD_RULE_UNUSABLE"]
    broken = write_model(tmp_path / "broken", files | {"files.json": '{"name": '})
    with pytest.raises(ProfileInvalid, match=r"files\.json"):
        read(dossier, broken, tmp_path)
