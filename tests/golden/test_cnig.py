"""Four real French dossiers: exactly the findings, rows and boxes of that state's own validator."""

import json
import shutil
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.delivery import Delivery
from ingest.gate.pipeline import read_delivery

pytestmark = [pytest.mark.slow, pytest.mark.shared_data]

GOLDEN: dict[str, tuple[str, dict[tuple[str, str], int]]] = {
    "41175_PLU_20140603": ("cnig_PLU_2013", {("ERROR", "CELL_PATTERN"): 1}),
    "50545_CC_20140101": (
        "cnig_CC_2014",
        {
            ("ERROR", "SHAPES_MISSING_EVERYWHERE"): 1,
            ("ERROR", "CELL_EMPTY"): 1,
            ("ERROR", "PIECE_MISSING"): 1,
            ("ERROR", "PIECE_FOLDER_MISSING"): 1,
            ("ERROR", "IDENTITY_NOT_FOUND"): 1,
            ("ERROR", "IDENTITY_OTHER"): 1,
        },
    ),
    "110068012_PM3_28_20161104": (
        "cnig_SUP_PM3_2013",
        {("ERROR", "CONDITION_BROKEN"): 6, ("ERROR", "CELL_PATTERN"): 3},
    ),
    "30014_PLU_20171013": (
        "cnig_PLU_2017",
        {
            ("ERROR", "IDENTITY_OTHER"): 18,
            ("ERROR", "PIECE_TYPE"): 2,
            ("ERROR", "CODE_NOT_LISTED"): 1,
            ("ERROR", "CELL_NOT_ALLOWED"): 1,
            ("ERROR", "LINKED_FILE_MISSING"): 1,
            ("WARNING", "IDENTITY_TWICE"): 1,
            ("WARNING", "PIECE_UNEXPECTED"): 1,
        },
    ),
}


def check(path: Path, profile: str, tmp_path: Path) -> Delivery:
    workdir = tmp_path / "work"
    shutil.rmtree(workdir, ignore_errors=True)
    workdir.mkdir()
    today = date(2026, 11, 24)
    return read_delivery(path, profile=profile, storage_srid=9210, workdir=workdir, today=today)


def counts(delivery: Delivery) -> dict[tuple[str, str], int]:
    """Findings that matter by level and code; remarks (INFO) are left out, as the oracle does."""
    found: Counter[tuple[str, str]] = Counter()
    for issue in delivery.issues:
        if issue.level != "INFO":
            found[issue.level, issue.code] += issue.count
    return dict(found)


def expected_tables(path: Path) -> dict[str, tuple[int, Any]]:
    told = json.loads(path.read_text(encoding="utf-8"))
    return {
        file["path"]: (file["totalFeatures"], file["boundingBox"])
        for file in told["files"]
        if file["type"] == "table"
    }


@pytest.mark.parametrize(
    ("name", "delivered"),
    [
        *((name, "zip") for name in GOLDEN),
        ("110068012_PM3_28_20161104", "folder"),
        ("50545_CC_20140101", "folder in a folder"),
        ("30014_PLU_20171013", "flat zip"),
    ],
)
def test_a_dossier_gives_exactly_the_findings_of_the_outside_oracle(
    shared_data: Path, tmp_path: Path, name: str, delivered: str
) -> None:
    cnig = shared_data / "zoning" / "cnig"
    model, findings = GOLDEN[name]
    path = as_delivered(cnig / f"{name}.zip", tmp_path / "in", name, delivered)
    delivery = check(path, str(cnig / "models.zip"), tmp_path)
    assert delivery.standard == model
    assert counts(delivery) == findings
    assert delivery.versions == ()
    told = {t.file.removeprefix(f"{name}/"): (t.rows, t.box) for t in delivery.tables}
    wanted = expected_tables(cnig / f"{name}.expected.json")
    assert {file: rows for file, (rows, _) in told.items()} == {
        file: rows for file, (rows, _) in wanted.items()
    }
    for file, (_, box) in wanted.items():
        if box is None:
            assert told[file][1] is None
        else:
            assert told[file][1] == pytest.approx(box, abs=1e-6)


def as_delivered(source: Path, folder: Path, name: str, how: str) -> Path:
    """The same dossier: as the zip it is, unpacked, below another folder, or zipped without one."""
    if how == "zip":
        return source
    with zipfile.ZipFile(source) as pack:
        pack.extractall(folder)
    if how == "folder":
        return folder / name
    if how == "folder in a folder":
        return folder
    return Path(shutil.make_archive(str(folder / name), "zip", folder / name))


def test_the_row_and_the_values_of_a_finding_are_those_of_the_oracle(
    shared_data: Path, tmp_path: Path
) -> None:
    cnig = shared_data / "zoning" / "cnig"
    delivery = check(cnig / "30014_PLU_20171013.zip", str(cnig / "models.zip"), tmp_path)
    (pair,) = (issue for issue in delivery.issues if issue.code == "CODE_NOT_LISTED")
    assert (pair.layer, pair.row, pair.value) == ("INFO_SURF", 15, "04,99")
    assert pair.file is not None
    assert pair.file.endswith("30014_INFO_SURF_20171013.dbf")
    assert pair.geom is not None
    assert (pair.geom.x, pair.geom.y) == pytest.approx((4.37987, 43.98913), abs=1e-4)
    delivery = check(cnig / "41175_PLU_20140603.zip", str(cnig / "models.zip"), tmp_path)
    (dated,) = (issue for issue in delivery.issues if issue.code == "CELL_PATTERN")
    assert (dated.layer, dated.column, dated.value) == ("DOC_URBA", "DATEREF", "2011")


def test_a_model_can_be_named_where_the_metadata_do_not_say_which(
    shared_data: Path, tmp_path: Path
) -> None:
    cnig = shared_data / "zoning" / "cnig"
    with zipfile.ZipFile(cnig / "41175_PLU_20140603.zip") as pack:
        pack.extractall(tmp_path / "in")
    dossier = tmp_path / "in" / "41175_PLU_20140603"
    next(dossier.glob("*.xml")).write_text("<nothing/>")
    models = cnig / "models.zip"
    lost = check(dossier, str(models), tmp_path)
    assert counts(lost) == {("ERROR", "STANDARD_SEVERAL_FIT"): 1}
    named = check(dossier, f"{models}#cnig_PLU_2013", tmp_path)
    assert counts(named) == GOLDEN["41175_PLU_20140603"][1]
