"""A delivery becomes rows of the register, once, whole or not at all."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, MultiPoint, Point, Polygon, box

from ingest.parcels.load import load_parcels
from ingest.parcels.outcome import ParcelOutcome
from ingest.register.load import LoadOutcome, load_delivery
from schemas.blobs import BlobStore, sha256_of
from schemas.db import connect
from schemas.errors import Refused
from schemas.issues import Issue
from schemas.profiles import find_profile
from schemas.profiles.parcels import ParcelProfile

TABLES = (
    "dossier", "dossier_file", "ingest_run", "issue", "plan", "plan_version", "zone", "zone_cut",
    "plan_line", "plan_feature", "document", "coverage", "version_period",
)  # fmt: skip
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def register(fresh_register: Any) -> Any:
    return fresh_register(9210)


def load(register: Any, delivery: Any, *, publish: bool = False) -> LoadOutcome:
    return load_delivery(
        delivery, url=register.url, settings=register.settings, now=NOW, actor="bat",
        publish=publish,
    )  # fmt: skip


@pytest.fixture
def parcel_file(tmp_path: Path) -> Path:
    path = tmp_path / "thua.gpkg"
    square = box(500_000, 1_100_000, 500_010, 1_100_010)
    frame = gpd.GeoDataFrame({"TO": ["5"], "THUA": ["1"]}, geometry=[square], crs=9210)
    frame.to_file(path, engine="pyogrio")
    return path


def parcels(register: Any, path: Path) -> ParcelOutcome:
    profile = ParcelProfile.from_fields("sheet=TO,number=THUA")
    return load_parcels(
        path, profile=profile, url=register.url, settings=register.settings, now=NOW, actor="bat"
    )


def ask(register: Any, query: str) -> list[tuple[Any, ...]]:
    with connect(register.url) as connection:
        return connection.execute(query).fetchall()


def counts(register: Any) -> dict[str, int]:
    return {table: ask(register, f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def test_a_delivery_is_staged_with_everything_it_brought(
    register: Any, drawing: Any, drawn_rows: Any
) -> None:
    version = drawing.version(
        zones=drawn_rows([
            ({"level": "cell", "symbol": "A", "density_min": 3.0, "density_max": np.nan,
              "density_text": "≥ 3", "population": 120, "far_min": None}, box(0, 0, 100, 100)),
            ({"level": "lot", "symbol": None, "population": None}, box(0, 0, 10, 10)),
        ]),
        lines=drawn_rows([
            ({"kind": "red_line", "name": "Đường số 1"}, LineString([(0, 0), (9, 9)])),
        ]),
        features=drawn_rows([
            ({"layer": "cay", "theme": None}, Point(1, 1)),
            ({"layer": "di_tich", "theme": "heritage"}, MultiPoint([(1, 1), (2, 2)])),
            ({"layer": "bang", "theme": None}, None),
        ]),
    )  # fmt: skip
    outcome = load(register, drawing.delivery("whole", version))
    assert (outcome.state, outcome.versions, outcome.unchanged) == ("staged", ("p1/1",), False)
    found = counts(register)
    assert (found["zone"], found["plan_line"], found["plan_feature"]) == (2, 1, 3)
    assert (found["document"], found["coverage"], found["version_period"]) == (1, 3, 0)
    assert ask(register, "SELECT symbol, density_min, density_max, density_text, population,"
               " far_min, area_m2, attributes->>'TEN' FROM zone ORDER BY id") == [
        ("A", 3.0, None, "≥ 3", 120, None, 10_000.0, "Lô đất"),
        (None, None, None, None, None, None, 100.0, "Lô đất"),
    ]  # fmt: skip
    assert ask(register, "SELECT ST_AsText(geom) FROM plan_feature ORDER BY id") == [
        ("MULTIPOINT((1 1))",), ("MULTIPOINT((1 1),(2 2))",), (None,),
    ]  # fmt: skip
    store = BlobStore(register.settings.blob_dir)
    for (digest,) in ask(register, "SELECT sha256 FROM dossier_file"):
        assert store.read(digest)


def test_the_same_bytes_again_change_nothing(register: Any, drawing: Any) -> None:
    delivery = drawing.delivery("again", drawing.version())
    load(register, delivery, publish=True)
    before = counts(register), ask(register, "SELECT revision FROM register_state")
    outcome = load(register, delivery, publish=True)
    assert outcome.unchanged
    assert outcome.versions == ("p1/1",)
    assert (counts(register), ask(register, "SELECT revision FROM register_state")) == before


def test_a_staged_dossier_given_again_to_publish_is_published(register: Any, drawing: Any) -> None:
    delivery = drawing.delivery("later", drawing.version())
    load(register, delivery)
    outcome = load(register, delivery, publish=True)
    assert (outcome.state, outcome.unchanged) == ("published", False)
    assert counts(register)["plan_version"] == 1
    assert ask(register, "SELECT valid FROM version_period")[0][0].lower == date(2020, 1, 1)


def test_a_rejected_delivery_leaves_files_and_findings_alone(register: Any, drawing: Any) -> None:
    issue = Issue("PARENT_PLAN_UNKNOWN", file="plan.gpkg", geom=Point(105.8, 21.0))
    delivery = drawing.delivery("bad", drawing.version(), issues=(issue,))
    outcome = load(register, delivery, publish=True)
    assert (outcome.state, outcome.versions) == ("rejected", ())
    found = counts(register)
    assert (found["dossier"], found["dossier_file"], found["issue"]) == (1, 2, 1)
    assert (found["plan"], found["plan_version"], found["zone"]) == (0, 0, 0)
    assert load(register, delivery).unchanged


def test_a_rejected_dossier_may_pass_later(register: Any, drawing: Any) -> None:
    version = drawing.version()
    bad = drawing.delivery("mended", version, issues=(Issue("PARENT_PLAN_UNKNOWN"),))
    load(register, bad)
    outcome = load(register, drawing.delivery("mended", version), publish=True)
    assert (outcome.state, outcome.unchanged) == ("published", False)
    assert counts(register)["dossier"] == 1
    assert counts(register)["issue"] == 0


def test_of_a_secret_plan_nothing_is_stored(register: Any, drawing: Any) -> None:
    issue = Issue("PARENT_PLAN_UNKNOWN")
    outcome = load(register, drawing.delivery("secret", files=(), issues=(issue,)))
    assert (outcome.dossier_id, outcome.state) == (None, "rejected")
    assert not any(counts(register).values())
    assert not register.settings.blob_dir.exists()


def test_a_local_adjustment_of_an_unknown_plan_is_rejected(register: Any, drawing: Any) -> None:
    version = drawing.version(adjustment_kind="local")
    outcome = load(register, drawing.delivery("orphan", version), publish=True)
    assert outcome.state == "rejected"
    assert [issue.code for issue in outcome.issues] == ["PARENT_PLAN_UNKNOWN"]
    assert counts(register)["plan_version"] == 0


def test_a_known_plan_id_under_another_code_is_rejected(register: Any, drawing: Any) -> None:
    load(register, drawing.delivery("one", drawing.version(plan_code="P-1")), publish=True)
    for other in (drawing.version(plan_code="p/1"), drawing.version(plan_code="P/1")):
        outcome = load(register, drawing.delivery(other.plan_code, other), publish=True)
        (issue,) = outcome.issues
        assert (outcome.state, issue.code, issue.value) == (
            "rejected",
            "PLAN_ID_SHARED",
            other.plan_code,
        )
        assert "P-1" in issue.message.vi
    assert counts(register)["plan_version"] == 1


def test_a_plan_keeps_its_id_under_its_adjustments_codes(register: Any, drawing: Any) -> None:
    rule = find_profile("vn_circular16").plan.plan_code
    for year, code in ((2020, "99QPK1000001"), (2021, "99QPK1010001"), (2022, "99QPK2000001")):
        version = drawing.version(
            plan_code=code, valid_from=date(year, 1, 1), adjustment_kind="overall", code_rule=rule
        )
        outcome = load(register, drawing.delivery(code, version), publish=True)
        assert (outcome.state, outcome.issues) == ("published", ())
    assert counts(register)["plan"] == 1


def test_bytes_known_as_parcels_are_not_taken_for_a_known_plan(
    register: Any, drawing: Any, parcel_file: Path
) -> None:
    parcels(register, parcel_file)
    delivery = drawing.delivery("plan", drawing.version(), sha256=sha256_of(parcel_file))
    with pytest.raises(Refused, match="thửa đất"):
        load(register, delivery, publish=True)
    assert counts(register)["plan_version"] == 0


def test_bytes_known_as_a_plan_are_not_taken_for_parcels(
    register: Any, drawing: Any, parcel_file: Path
) -> None:
    delivery = drawing.delivery("plan", drawing.version(), sha256=sha256_of(parcel_file))
    load(register, delivery, publish=True)
    with pytest.raises(Refused, match="quy hoạch"):
        parcels(register, parcel_file)
    assert ask(register, "SELECT count(*) FROM parcel") == [(0,)]
    assert ask(register, "SELECT kind, state FROM dossier") == [("plan", "published")]


def test_bytes_refused_as_a_plan_may_still_be_parcels(
    register: Any, drawing: Any, parcel_file: Path
) -> None:
    refused = drawing.delivery(
        "plan", sha256=sha256_of(parcel_file), issues=(Issue("PROFILE_UNMATCHED"),)
    )
    assert load(register, refused).state == "rejected"
    assert parcels(register, parcel_file).loaded == 1
    assert ask(register, "SELECT kind, state FROM dossier") == [("parcels", "published")]


def test_ordinals_go_on_where_the_plan_stands(register: Any, drawing: Any) -> None:
    load(register, drawing.delivery("one", drawing.version()))
    second = drawing.version(valid_from=date(2024, 1, 1), adjustment_kind="overall")
    third = drawing.version(valid_from=date(2023, 1, 1), adjustment_kind="overall")
    outcome = load(register, drawing.delivery("two", second, third))
    assert outcome.versions == ("p1/2", "p1/3")
    starts = ask(register, "SELECT lower(valid) FROM plan_version ORDER BY ordinal")
    assert starts == [(date(2020, 1, 1),), (date(2023, 1, 1),), (date(2024, 1, 1),)]


def test_large_zones_are_cut_for_questions_and_stay_whole_beside(
    register: Any, drawing: Any, drawn_rows: Any
) -> None:
    corners = [(np.cos(a) * 50, np.sin(a) * 50) for a in np.linspace(0, 6.28, 1000)]
    zones = drawn_rows([({"level": "cell"}, Polygon(corners, [box(-5, -5, 5, 5).exterior.coords]))])
    load(register, drawing.delivery("large", drawing.version(zones=zones)))
    whole = ask(register, "SELECT ST_NPoints(geom), ST_Area(geom) FROM zone")
    pieces = ask(register, "SELECT max(ST_NPoints(geom)), sum(ST_Area(geom)) FROM zone_cut")
    assert whole[0][0] == 1006
    assert pieces[0][0] <= 128
    assert pieces[0][1] == pytest.approx(whole[0][1], rel=1e-12)


def test_a_failure_midway_stores_nothing(register: Any, drawing: Any, drawn_rows: Any) -> None:
    broken = drawn_rows([({"level": "nonsense"}, box(0, 0, 1, 1))])
    with pytest.raises(Exception, match="zone_level_check"):
        load(register, drawing.delivery("broken", drawing.version(zones=broken)))
    assert not any(counts(register).values())


def test_a_blob_is_never_overwritten_and_never_another_file(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs")
    source = tmp_path / "a"
    source.write_text("a")
    with pytest.raises(ValueError, match="not those"):
        store.put(source, "0" * 64)
    assert not any(path.is_file() for path in store.folder.rglob("*"))
